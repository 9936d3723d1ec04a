"""Where a test run puts what it throws away: in memory where there is room, since each test makes a thousand files."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - everybody may write there, so each directory below is made with mkdtemp
_ROOM = 6 << 30
"""Bytes that must be free: a run on two processors uses less than half of it."""


def work_in_memory() -> None:
    """Let every temporary directory of this process and its children stand in memory, if the machine has the room."""
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM:
        tempfile.tempdir = os.environ["TMPDIR"] = str(_MEMORY)


@contextmanager
def throwaway(name: str) -> Iterator[Path]:
    """Give a directory that the database's user may pass through, which pytest's own does not allow."""
    directory = Path(tempfile.mkdtemp(prefix=f"multiagency-{name}-"))
    directory.chmod(0o711)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
