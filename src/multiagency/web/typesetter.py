"""The process that makes papers, one after another within limits: `python -m multiagency.web.typesetter BYTES SECONDS`.

A paper can take hundreds of megabytes and the typesetter keeps some of it: here that ends with this process, and a
paper that takes more than it may ends it alone. It holds no key and no connection, and imports nothing that does.

Asked on stdin: one line of JSON, `{"template": path, "data": {…}}`. Answered on stdout: one line of JSON, `{"size": n,
"last": bool}` and then n bytes of PDF/UA-1, or `{"error": sentence, …}`. It ends when stdin does.
"""

import json
import os
import re
import resource
import signal
import sys
import unicodedata
from pathlib import Path
from typing import Any

import typst

from multiagency.web.legible import mark

PAPERS = 200
"""A process ends after so many, and after one that took more than `KEPT` bytes of memory: it would keep them."""
KEPT = 400 * 1024 * 1024
_ROUNDS = 4
_SOURCE = Path(__file__).parent.parent
_FONTS = typst.Fonts(include_system_fonts=False)
_NAMED = re.compile(r'the text (?:contains the disallowed codepoint )?`"((?:[^"\\]|\\.)*)"`')
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
_FIRM = re.compile("[\t\n -~\xa0-\u024f\u2010-\u2026]")
"""What every one of our fonts holds: never the reason of a refusal."""


def set_paper(template: str, data: dict[str, Any]) -> bytes:
    """Return the template filled with the data as a PDF/UA-1 file.

    The typesetter names what no font holds (PDF/UA-1 lets nothing be left blank): that is written as its code point,
    and listed at the end of the paper. It may also panic over marks that combine with nothing of their own script:
    these are then written so, or in the end all but the plainest characters. Raises `typst.TypstError` when something
    else is wrong.
    """
    unfit: set[str] = set()
    for _ in range(_ROUNDS):
        try:
            return _compile(template, data, unfit)
        except typst.TypstError as error:
            found = _named(error.diagnostic) - unfit
            if not found:
                raise
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # of PyO3, which can be imported from nowhere
                raise
            found = {char for char in _odd(data) if unicodedata.category(char)[0] == "M"} - unfit or _odd(data)
        unfit |= found
    return _compile(template, data, _odd(data))


def marked(data: dict[str, Any], unfit: set[str]) -> dict[str, Any]:
    """Return the data with a mark in place of each unfit character, and the list of them for the end of the paper."""
    shown: dict[str, Any] = _without(data, str.maketrans({char: mark(char) for char in unfit}))
    return shown | {"marks": [f"{mark(char)} {unicodedata.name(char, '')}".strip() for char in sorted(unfit)]}


def _compile(template: str, data: dict[str, Any], unfit: set[str]) -> bytes:
    made = typst.compile(
        _SOURCE / template,
        root=_SOURCE,
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(marked(data, unfit), ensure_ascii=False)},
        font_paths=_FONTS,
        ignore_system_fonts=True,
    )
    if not isinstance(made, bytes):
        raise TypeError("one document was asked for")
    return made


def _without(value: Any, marks: dict[int, str]) -> Any:
    """Return the data with marks in all its texts."""
    if not marks:
        return value
    if isinstance(value, str):
        return value.translate(marks)
    if isinstance(value, list):
        return [_without(part, marks) for part in value]
    return {name: _without(part, marks) for name, part in value.items()} if isinstance(value, dict) else value


def _named(diagnostic: str) -> set[str]:
    """Return the characters that a refusal names; of a cluster, those that are not in every font."""
    found: set[str] = set()
    for quoted in _NAMED.findall(diagnostic):
        text = _ESCAPED.sub(lambda e: chr(int(e[1], 16)) if e[1] else {"0": "\0"}.get(e[2], e[2]), quoted)
        found |= {char for char in text if not _FIRM.match(char)}
    return found


def _odd(value: Any) -> set[str]:
    text = json.dumps(value, ensure_ascii=False)
    return {char for char in text if not _FIRM.match(char)}


def _resident() -> int:
    """Return the bytes that this process holds: what `getrusage` calls the most can be its parent's."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main(memory: int, seconds: int) -> int:
    """Make papers until there are no more to make, or it was enough for one process.

    `memory`: bytes of address space; `seconds`: processor time of one paper. What takes more is killed.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for made, line in enumerate(sys.stdin.buffer, 1):
        used = resource.getrusage(resource.RUSAGE_SELF)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, resource.RLIM_INFINITY))
        asked = json.loads(line)
        try:
            paper, header = set_paper(asked["template"], asked["data"]), {}
        except typst.TypstError as error:
            paper, header = b"", {"error": error.message}
        except MemoryError:
            os.kill(os.getpid(), signal.SIGKILL)  # as every other limit ends it
        last = made >= PAPERS or _resident() > KEPT
        sys.stdout.buffer.write(json.dumps({**header, "size": len(paper), "last": last}).encode() + b"\n" + paper)
        sys.stdout.buffer.flush()
        if last:
            break
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
