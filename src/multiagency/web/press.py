"""Keeps typesetters at work: a few child processes that stay warm, are replaced in time, and may fail alone."""

import atexit
import json
import subprocess
import sys
from queue import LifoQueue
from threading import Timer
from typing import Any

from multiagency.kernel.errors import Conflict

TYPESETTERS = 2
"""Papers made at the same time; more wait for their turn."""
MEMORY = 1024 * 1024 * 1024
"""Bytes of address space of a typesetter; what it takes of memory is less, and `LARGEST` of `web/pdf.py` fits."""
SECONDS = 60
"""Of processor time for one paper."""
_ENVIRONMENT = {"RAYON_NUM_THREADS": "2"}
"""All that a typesetter is told: else it takes a thread for each processor, and the unit allows 64."""
PATIENCE = 90
"""Seconds that one paper may take, with all other work of the machine going on."""


class PaperFault(RuntimeError):
    """A template is wrong: a fault of ours. The message may quote the paper: nobody is shown it, and no log has it."""


class Press:
    """Makes papers in child processes; safe to use from several threads."""

    def __init__(self, memory: int = MEMORY, patience: float = PATIENCE) -> None:
        self._memory, self._patience = memory, patience
        self._free: LifoQueue[_Typesetter | None] = LifoQueue()
        for _ in range(TYPESETTERS):
            self._free.put(None)  # a place; who works there comes with the first paper
        atexit.register(self.close)

    def make(self, template: str, data: dict[str, Any]) -> bytes:
        """Return one paper; blocks. Raises `Conflict` when it takes more than a paper may, `PaperFault`."""
        typesetter = self._free.get() or _Typesetter(self._memory)
        kept: _Typesetter | None = None
        try:
            paper = typesetter.make(template, data, self._patience)
            kept = None if typesetter.retired else typesetter
            return paper
        finally:
            if kept is None:
                typesetter.end()
            self._free.put(kept)

    def warm(self) -> None:
        """Let one typesetter be ready before the first paper is asked for."""
        self._free.put(self._free.get() or _Typesetter(self._memory))

    def close(self) -> None:
        """End those that wait for work."""
        places = [self._free.get() for _ in range(self._free.qsize())]
        for typesetter in places:
            if typesetter is not None:
                typesetter.end()
            self._free.put(None)


class _Typesetter:
    """One child process."""

    def __init__(self, memory: int) -> None:
        words = [sys.executable, "-I", "-m", "multiagency.web.typesetter", str(memory), str(SECONDS)]
        # What it says when it panics may hold what somebody wrote about a client: nobody hears it.
        pipe, nobody = subprocess.PIPE, subprocess.DEVNULL
        self._child = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=nobody, env=_ENVIRONMENT)  # noqa: S603
        self.retired = False

    def make(self, template: str, data: dict[str, Any], patience: float) -> bytes:
        """Return the paper, or raise as `Press.make` does; after an exception it makes no other."""
        alarm = Timer(patience, self._child.kill)
        alarm.start()
        try:
            header, paper = self._asked(json.dumps({"template": template, "data": data}).encode() + b"\n")
        except (OSError, ValueError) as error:
            self.retired = True
            if self._child.wait() > 0:  # it ended by itself, with an exception; a limit kills
                raise PaperFault("the typesetter failed") from error
            raise Conflict("error.paper_too_large") from error
        finally:
            alarm.cancel()
        self.retired = header["last"]
        if "error" in header:
            raise PaperFault(header["error"])
        return paper

    def _asked(self, line: bytes) -> tuple[dict[str, Any], bytes]:
        """Ask for a paper and read it. Raises ValueError or OSError when the child ended before it was whole."""
        if self._child.stdin is None or self._child.stdout is None:
            raise ValueError("a child without pipes")
        self._child.stdin.write(line)
        self._child.stdin.flush()
        header = json.loads(self._child.stdout.readline())
        paper = self._child.stdout.read(header["size"])
        if len(paper) < header["size"]:
            raise ValueError("ended in the middle")
        return header, paper

    def end(self) -> None:
        """End the process, whatever it does."""
        self._child.kill()
        self._child.communicate()
