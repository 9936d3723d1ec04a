"""One demo in one directory, and none whose terminal or starter is gone."""

import ctypes
import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SET_SIGNAL_OF_PARENTS_DEATH = 1  # PR_SET_PDEATHSIG of prctl(2)
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class AlreadyRuns(RuntimeError):
    """Another demo works in the directory; the message says which process, and where it answers."""


@contextmanager
def alone(directory: Path, address: str) -> Iterator[None]:
    """Work alone in a directory, which is made if it is missing. Raises `AlreadyRuns`; a demo that died is none."""
    directory.mkdir(mode=0o711, parents=True, exist_ok=True)
    handle = os.open(directory / "running", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(handle, 0)
        os.write(handle, f"process {os.getpid()}, {address}".encode())
        yield
    except BlockingIOError as error:
        raise AlreadyRuns(os.read(handle, 200).decode()) from error
    finally:
        os.close(handle)


def end_in_order() -> None:
    """Let Ctrl-C, SIGTERM, the end of the terminal and the end of our own starter raise KeyboardInterrupt, once.

    Whoever starts the demo under nohup wants it to outlive both of the latter.
    """

    def stop(_: int, __: object) -> None:
        for sign in _SIGNALS:
            signal.signal(sign, signal.SIG_IGN)
        raise KeyboardInterrupt

    stays = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    for sign in _SIGNALS[:2] if stays else _SIGNALS:
        signal.signal(sign, stop)
    if not stays:
        ctypes.CDLL(None).prctl(_SET_SIGNAL_OF_PARENTS_DEATH, signal.SIGTERM)
