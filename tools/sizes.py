"""Says which file or function is too long, and which function does not declare what it returns."""

import ast
import subprocess
import sys
from pathlib import Path

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
COUNTED = {".py", ".sql", ".html", ".css", ".toml", ".sh"}


def faults_of(path: Path) -> list[str]:
    """Return what is wrong with one file."""
    text = path.read_text("utf-8")
    lines = text.count("\n")
    found = [f"{path}: {lines} lines, {LONGEST_FILE} at most"] if lines > LONGEST_FILE else []
    if path.suffix == ".py":
        functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        found += [fault for function in functions for fault in _faults_of_function(path, function)]
    return found


def _faults_of_function(path: Path, function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    place = f"{path}:{function.lineno} {function.name}"
    found = [f"{place}: {lines} lines, {LONGEST_FUNCTION} at most"] if lines > LONGEST_FUNCTION else []
    ours = path.parts[0] in {"src", "tools"}
    if ours and function.returns is None and function.name != "__init__":
        found.append(f"{place}: says not what it returns")
    return found


def main() -> int:
    """Check every file that git tracks or would track; return 1 when something is too long."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], capture_output=True, text=True, check=True
    )
    paths = [Path(name) for name in listed.stdout.splitlines()]
    counted = [path for path in paths if path.suffix in COUNTED and path.exists()]
    found = [fault for path in counted for fault in faults_of(path)]
    for fault in found:
        print(fault)
    if len(counted) < 50:
        print(f"only {len(counted)} files were seen: this check checks nothing")
        return 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
