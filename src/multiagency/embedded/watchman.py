"""Sees to it that nothing outlives the process that started it, however that ends, `kill -9` included.

A process of its own, in a session of its own, that waits for a pipe to close: the kernel closes it whatever happens. It
was told whom to end then. `python -m multiagency.embedded.watchman DIRECTORY` stops the database there last.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from multiagency.embedded.postgres import EmbeddedPostgres

_PATIENCE = 10
"""Seconds that a process may take to end by itself."""
_LATE = 2
"""Seconds after which the database is looked for again: it may just have been starting."""
_DONE = "done"


class Watchman:
    """What the process that starts others knows of its watchman."""

    def __init__(self, database: Path) -> None:
        words = [sys.executable, "-m", "multiagency.embedded.watchman", str(database)]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, text=True, start_new_session=True)  # noqa: S603

    def watch(self, pid: int) -> None:
        """End this process too when its starter is gone."""
        self._tell(str(pid))

    def dismiss(self) -> None:
        """Say that everything was stopped in order."""
        with contextlib.suppress(BrokenPipeError):
            self._tell(_DONE)
        self._process.communicate()

    def _tell(self, word: str) -> None:
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.write(f"{word}\n")
            self._process.stdin.flush()


def _end(watched: list[int]) -> None:
    """End processes by their descriptors, which name no other process when a number is used again."""
    for sign, patience in ((signal.SIGTERM, _PATIENCE), (signal.SIGKILL, 1)):
        for descriptor in watched:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(descriptor, sign)
        deadline = time.monotonic() + patience
        while watched and time.monotonic() < deadline:
            ended, _, _ = select.select(watched, [], [], 0.1)
            watched = [descriptor for descriptor in watched if descriptor not in ended]


def main(database: Path) -> int:
    """Wait until the starter says that it is done, or is gone; then end what it started."""
    watched = []
    for line in sys.stdin:
        if line.strip() == _DONE:
            return 0
        with contextlib.suppress(ProcessLookupError):
            watched.append(os.pidfd_open(int(line)))
    _end(watched)
    server = EmbeddedPostgres(database)
    server.stop()
    time.sleep(_LATE)
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
