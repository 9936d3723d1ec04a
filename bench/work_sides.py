"""The two sides of `bench/work.py`: a tree with its own interpreter, and the demo's processes out of it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TREE = Path(__file__).parents[1]
_SERVICE = """
import json, sys
from pathlib import Path
from multiagency.demo.household import DATABASE, Household, free_port
with Household(Path(sys.argv[1]), free_port()) as house:
    server = {"host": str(house.server.socket_directory), "user": "postgres", "database": DATABASE}
    server["password"] = house.server.superuser_password
    pids = {"web": house._children[0].pid, "worker": house._children[1].pid}
    found = {"base_url": house.base_url, "password": house.passwords["demo_account"], "server": server, "pids": pids}
    print(json.dumps(found), flush=True)
    sys.stdin.read()
"""
"""What both commits have: the demo on a durable database, with one web process, one worker, mail and a witness."""


@dataclass(slots=True)
class Side:
    """One tree, where its service keeps its data, and who works there."""

    name: str
    tree: Path
    data: Path
    people: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[dict[str, Any]]:
        """Run the service as the product starts it; give where it is. What it keeps is there the next time."""
        words = [str(self.tree / ".venv" / "bin" / "python"), "-c", _SERVICE, str(self.data)]
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("MULTIAGENCY_", "PYTHON"))}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen(words, cwd=self.tree, env=clean, **pipes) as service:  # type: ignore[call-overload] # noqa: S603
            try:
                line = service.stdout.readline()
                if not line:
                    raise RuntimeError(f"the service of {self.name} did not start; its message stands above")
                yield json.loads(line)
            finally:
                service.stdin.close()
                service.wait()


@contextmanager
def checkout(commit: str, place: Path) -> Iterator[Path]:
    """Give a tree of that commit with the virtual environment that its own Makefile makes."""
    git = ["git", "-C", str(TREE), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--detach", str(place), commit], check=True)  # noqa: S603
    try:
        with (place / ".bench-install.log").open("w") as log:
            words = ["make", "install", f"PYTHON={sys.executable}"]
            subprocess.run(words, cwd=place, stdout=log, stderr=log, check=True)  # noqa: S603
        yield place
    finally:
        subprocess.run([*git, "remove", "--force", str(place)], check=True)  # noqa: S603


def cpu_seconds(pid: int) -> float:
    """Return what a process has used of the processors."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
