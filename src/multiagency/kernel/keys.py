"""The master keys on disk: the one in use, and earlier ones until nothing is wrapped under them any more.

`master.key` wraps every new data key; `master-<n>.key` are its predecessors. A running process looks again when the
file has changed, or when it meets a data key wrapped under a master key it does not know: changing the master key stops
nobody.
"""

import contextlib
import logging
import os
import re
import secrets
from pathlib import Path
from uuid import UUID

from multiagency.kernel.crypto import CannotDecrypt, DataKey, MasterKey, read_key
from multiagency.kernel.errors import Unavailable

CURRENT = "master.key"
_EARLIER = re.compile(r"master-(\d+)\.key")
_SIZE = 32
_log = logging.getLogger(__name__)


def master_directory(keys: Path) -> Path:
    """Return where the master keys stand: `master/` where there is one, else beside the other keys.

    A process that is shown single files goes on seeing one that was replaced; so the units show it a directory.
    """
    own = keys / "master"
    return own if own.is_dir() else keys


class MasterKeyMissing(CannotDecrypt, Unavailable):
    """What is asked for was wrapped by a master key that this process does not have; says which."""

    key = "error.master_key_missing"

    def __init__(self, master_id: str | None) -> None:
        Unavailable.__init__(self, master_key=master_id or "?")
        self.master_id = master_id

    def __str__(self) -> str:
        return missing_master(self.master_id)


def missing_master(master_id: str | None) -> str:
    """Return the sentence for whoever runs the service."""
    named = f"the master key {master_id}" if master_id else "a master key whose id was not recorded"
    return (
        f"{named} is missing or not the right one: put its file back from the backup, as {CURRENT} or beside it as "
        "master-<number>.key; no process need be started anew, and what other keys open goes on"
    )


class MasterKeys:
    """All master keys of a directory. Raises ValueError, in a sentence, when one is missing, too short or readable."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._read()

    def current(self) -> MasterKey:
        """Return the master key for new data keys; looks whether the file has been replaced since."""
        with contextlib.suppress(OSError):
            if _stamp(self._directory / CURRENT) != self._seen:
                self._look_again()
        return self._current

    def unwrap(self, key_id: UUID, wrapped: bytes, master_id: str | None = None) -> DataKey:
        """Return the data key; without a `master_id` every key is tried, the newest first.

        Raises `MasterKeyMissing` when none of them does, also after another look into the directory, `CannotDecrypt`
        when it is none of that master key's.
        """
        try:
            return self._unwrap(key_id, wrapped, master_id)
        except CannotDecrypt:
            if master_id in self._keys:
                raise  # it is not what its row says it is; no other key opens it
            self._look_again()
            return self._unwrap(key_id, wrapped, master_id)

    def derived(self, purpose: bytes) -> list[bytes]:
        """Return the keys derived for a purpose, that of the master key in use first."""
        self.current()
        return [master.derived(purpose) for master in self._keys.values()]

    def _unwrap(self, key_id: UUID, wrapped: bytes, master_id: str | None) -> DataKey:
        for known, master in self._keys.items():
            if master_id in (None, known):
                with contextlib.suppress(CannotDecrypt):
                    return master.unwrap(key_id, wrapped)
        if master_id in self._keys:
            raise CannotDecrypt
        raise MasterKeyMissing(master_id)

    def _look_again(self) -> None:
        """Read the directory anew; when it cannot be read, what is known goes on serving."""
        try:
            self._read()
        except (OSError, ValueError) as error:
            _log.warning("the master keys cannot be read anew: %s", type(error).__name__)

    def _read(self) -> None:
        try:
            seen = _stamp(self._directory / CURRENT)
        except FileNotFoundError:
            raise ValueError(
                f"{CURRENT} is missing in {self._directory}: put it back from the backup; a new one opens nothing old"
            ) from None
        earlier = earlier_keys(self._directory)
        paths = [self._directory / CURRENT, *(earlier[number] for number in sorted(earlier, reverse=True))]
        masters = [_master(path) for path in paths]
        self._current, self._seen = masters[0], seen
        self._keys = {master.id: master for master in masters}


def _master(path: Path) -> MasterKey:
    try:
        return MasterKey(read_key(path))
    except ValueError as error:
        raise ValueError(f"{path.name} is no usable master key: {error}") from None


def earlier_keys(directory: Path) -> dict[int, Path]:
    """Return the files of earlier master keys by their number; the highest is the newest of them."""
    return {int(found[1]): path for path in directory.iterdir() if (found := _EARLIER.fullmatch(path.name))}


def make_new_master(directory: Path) -> Path:
    """Put a new master key in place and return the file under which the earlier one goes on being read.

    There is no instant without `master.key`: the earlier key gets its second name before the new one takes the first.
    """
    number = max(earlier_keys(directory), default=0) + 1
    current, earlier, coming = directory / CURRENT, directory / f"master-{number}.key", directory / f"{CURRENT}.new"
    owner = current.stat()
    coming.unlink(missing_ok=True)
    with os.fdopen(os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(_SIZE))
        file.flush()
        os.fsync(file.fileno())
        if os.geteuid() == 0:  # the service's user must be able to read it, as it read the earlier one
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
    earlier.hardlink_to(current)
    coming.replace(current)
    _sync(directory)
    return earlier


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns
