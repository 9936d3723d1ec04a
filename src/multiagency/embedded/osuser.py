"""The operating system user that the embedded database runs as."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DATABASE_USER = "multiagency-db"
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
_HELP = (
    f"PostgreSQL refuses to run as root, and the system user {DATABASE_USER} could not be created for it: {{why}}. "
    "Install useradd (Debian and Ubuntu: passwd, Fedora: shadow-utils, Alpine: shadow), create the user by hand, "
    "or start as an ordinary user."
)


@dataclass(frozen=True)
class Account:
    """A user that programs run as; `switch` tells that it is not the user of this process."""

    uid: int
    gid: int
    switch: bool

    def own(self, path: Path) -> None:
        """Make this user the owner of one file or directory (not of what is in it, nor of a link's target)."""
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def run(self, argv: Sequence[str | Path], cwd: Path, timeout: float = 180) -> subprocess.CompletedProcess[str]:
        """Run one program to its end as this user and return its exit code and output.

        It gets a session of its own, so that Ctrl-C in our terminal does not reach it, and none of our environment.
        `timeout` is in seconds. Raises OSError when the program cannot be started, subprocess.TimeoutExpired.
        """
        return subprocess.run(  # noqa: S603
            [str(word) for word in argv],
            cwd=cwd,
            env={"PATH": _PATH, "LC_ALL": "C"},
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
            umask=0o077,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )

    def reaches(self, directory: Path) -> bool:
        """Tell whether this user can enter the directory through all of its parents, and write in it."""
        question = 'test -x "$0" && test -w "$0"'
        return self.run(["/bin/sh", "-c", question, directory], cwd=Path("/")).returncode == 0


def database_account() -> Account:
    """Return the user for the database: the current one, or `multiagency-db` (made when missing) instead of root.

    Raises RuntimeError, naming what to install, when we are root and the user cannot be created.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    entry = _entry() or _create()
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def _entry() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(DATABASE_USER)
    except KeyError:
        return None


def _create() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path=_PATH)
    if useradd is None:
        raise RuntimeError(_HELP.format(why="there is no useradd"))
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false"]
    root = Account(0, 0, switch=False)
    done = root.run([useradd, *options, DATABASE_USER], cwd=Path("/"))
    # Its exit code is not asked: another process may have created the user a moment before.
    entry = _entry()
    if entry is None:
        raise RuntimeError(_HELP.format(why=done.stderr.strip()))
    return entry
