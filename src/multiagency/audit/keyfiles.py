"""The key files that the settings name: made once, kept and backed up apart from the data."""

import os
import secrets
from pathlib import Path

from multiagency.audit.note import Signer
from multiagency.kernel.keys import CURRENT, earlier_keys, master_directory

SIZE = 32


def make_key_files(directory: Path, log_origin: str) -> str:
    """Make the key files (0600) and log.vkey where they are missing; return the log's verifier key.

    An existing key is never replaced: data sealed under it would be lost. Raises ValueError when `master/` would get a
    master key of its own although there is one beside it.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    masters = master_directory(directory)
    if masters != directory and (directory / CURRENT).exists():
        raise ValueError(f"move {CURRENT} and its predecessors into {masters.name}/ first")
    if earlier_keys(masters) and not (masters / CURRENT).exists():
        raise ValueError(f"{CURRENT} is missing beside its predecessors: put it back from the backup")
    _write_once(masters / CURRENT, secrets.token_bytes(SIZE), 0o600)
    for name in ("lookup.key", "log.key"):
        _write_once(directory / name, secrets.token_bytes(SIZE), 0o600)
    # Text: the video service is given the same secret, and takes no other.
    _write_once(directory / "room.key", f"{secrets.token_urlsafe(SIZE)}\n".encode(), 0o600)
    verifier_key = Signer(log_origin, (directory / "log.key").read_bytes()).verifier_key
    _write_once(directory / "log.vkey", f"{verifier_key}\n".encode(), 0o644)
    return verifier_key


def _write_once(path: Path, content: bytes, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(content)
