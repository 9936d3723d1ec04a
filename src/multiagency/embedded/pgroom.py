"""The directory made for one embedded database, and the places in it."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from multiagency.embedded.osuser import Account

# Linux allows 107 bytes for the path of a socket and macOS 103.
_LONGEST_SOCKET_PATH = 103
_SOCKET_NAME = ".s.PGSQL.5432"
_TEMPORARY = "multiagency-db-"
_NOT_FOR_A_SHELL = frozenset('"$`\\\n\r')


class Room:
    """The directory of one embedded database: its data, its socket, its log, and what only the operator reads."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self.data = self.directory / "data"
        self.log = self.directory / "server.log"
        self._superuser = self.directory / "superuser"

    def prepare(self, account: Account) -> None:
        """Make the directory if it is missing, closed to all but `account` (and root); no parent's mode changes.

        Raises RuntimeError when it holds something else, or when `account` cannot reach it; OSError.
        """
        if _NOT_FOR_A_SHELL & set(str(self.directory)):
            raise RuntimeError(f"the path of the database must be free of quotes, $ and \\: {self.directory}")
        _make_parents(self.directory.parent)
        self.directory.mkdir(mode=0o700, exist_ok=True)
        self._claim()
        account.own(self.directory)
        self.directory.chmod(0o700)
        if not account.reaches(self.directory):
            raise RuntimeError(
                f"the user that PostgreSQL runs as cannot enter {self.directory}: one of the directories above is "
                "closed to it, and they are left as they are. Choose another place (MULTIAGENCY_DATA)."
            )

    def _claim(self) -> None:
        names = {entry.name for entry in self.directory.iterdir()}
        if names and self._superuser.name not in names:
            raise RuntimeError(f"{self.directory} holds something else: give the database an empty directory")
        self._superuser.mkdir(mode=0o700, exist_ok=True)
        found = self._superuser.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise RuntimeError(f"{self._superuser} belongs to somebody else: was this database made by another user?")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold off every other process that would start or stop the same database meanwhile."""
        handle = os.open(self._superuser / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def password(self) -> str:
        """Return the superuser's password. Raises FileNotFoundError before the first start."""
        return (self._superuser / "password").read_text(encoding="ascii")

    def make_password(self) -> str:
        """Return the superuser's password, made on the first call; only the user of this process can read its file."""
        path = self._superuser / "password"
        if not path.exists():
            unfinished = path.with_name("password.new")
            _write_new(unfinished, secrets.token_urlsafe(32))
            unfinished.rename(path)
        return self.password()

    @contextmanager
    def password_file_for(self, account: Account) -> Iterator[Path]:
        """Lend `account`, which cannot read the superuser's file, a copy of the password while the block runs."""
        path = self.directory / "password.once"
        _write_new(path, self.make_password())
        try:
            account.own(path)
            yield path
        finally:
            path.unlink()

    def place_for_socket(self) -> Path | None:
        """Return the socket's directory inside this one, or None when its path is too long for a socket."""
        place = self.directory / "run"
        return place if len(os.fsencode(place / _SOCKET_NAME)) <= _LONGEST_SOCKET_PATH else None

    def make_socket_directory(self, account: Account) -> Path:
        """Make an empty directory for the socket, a temporary one when this room's path is too long; return it."""
        place = self.place_for_socket()
        if place is None:
            place = Path(tempfile.mkdtemp(prefix=_TEMPORARY))
        else:
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(mode=0o700)
        account.own(place)
        return place


def remove_temporary_socket_directory(place: Path | None) -> None:
    """Remove a temporary directory for a socket; do nothing for any other."""
    if place is not None and place.name.startswith(_TEMPORARY) and place.parent == Path(tempfile.gettempdir()):
        shutil.rmtree(place, ignore_errors=True)


def _write_new(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)


def _make_parents(directory: Path) -> None:
    """Make missing parents that others may pass but not list; existing ones stay as they are."""
    if directory.exists():
        return
    _make_parents(directory.parent)
    directory.mkdir()
    directory.chmod(0o711)
