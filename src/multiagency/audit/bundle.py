"""The bundle: a file that proves the log without database or network; written, and read into what is checked.

A bundle is UTF-8 JSON Lines. The first line is `{"format":"multiagency-audit-bundle-2","checkpoint":"<signed note>"}`.
Then come, in the order of the log, lines of two forms. An entry: `{"index":0,"entry":"<base64 of the hashed bytes>"}`.
A stretch of 2**level entries that is not shown, because it was not asked for or its time is over, as the root of its
subtree: `{"index":0,"level":5,"hash":"<base64>"}`. Together they give the root that the checkpoint signs, so a part of
the log proves itself as the whole does.
What the parts prove is checked by `checking`.
"""

import json
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable
from typing import BinaryIO

from multiagency.audit.checking import (
    Hidden,
    MalformedPart,
    Part,
    Shown,
    Verdict,
    unusable,
    verify_parts,
)
from multiagency.audit.note import decode_base64, encode_base64
from multiagency.audit.trust import Trust
from multiagency.kernel.progress import Progress

FORMAT = "multiagency-audit-bundle-2"
"""The first line of a bundle names this format."""

_LEVELS = 64
_USUAL = re.compile(rb'\{"index":(0|[1-9][0-9]{0,18}),"entry":"([A-Za-z0-9+/=]*)"\}\n?')


def opening(checkpoint_note: str) -> bytes:
    """Return the first line of a bundle."""
    return _line({"format": FORMAT, "checkpoint": checkpoint_note})


def line(part: Part) -> bytes:
    """Return the line of a bundle for one part."""
    if isinstance(part, Shown):
        return _line({"index": part.index, "entry": encode_base64(part.entry)})
    return _line({"index": part.index, "level": part.level, "hash": encode_base64(part.hash)})


def write(out: BinaryIO, checkpoint_note: str, parts: Iterable[Part]) -> None:
    """Write a bundle: the signed checkpoint, then the parts in the order of the log."""
    out.write(opening(checkpoint_note))
    out.writelines(map(line, parts))


def verify(lines: Iterable[bytes], trust: Trust, progress: Progress | None = None) -> Verdict:
    """Verify a bundle, given line by line (an open binary file will do).

    Whatever the content, the answer is a verdict and not an error; errors of reading or of `progress` come through.
    """
    rest = iter(lines)
    note = _checkpoint_note(next(rest, b""))
    if note is None:
        return unusable(f"The file does not begin as a {FORMAT}.")
    # Whoever is handed a file has nothing else to hold an unsigned entry against; a database's is signed later.
    return verify_parts(map(_part, rest), note, trust, progress, unsigned=False)


def _checkpoint_note(line: bytes) -> str | None:
    """Read the first line of a bundle; None when it is not one."""
    fields = _fields(line)
    note = fields.get("checkpoint")
    if fields.keys() != {"format", "checkpoint"} or fields["format"] != FORMAT or not isinstance(note, str):
        return None
    return note


def _part(line: bytes) -> Part:
    """Read a line into an entry or a stretch; MalformedPart when it is neither."""
    usual = _USUAL.fullmatch(line)  # as `line` writes it: a third of the time that the general way takes
    if usual is None:
        return _general_part(line)
    place, encoded = usual.groups()
    try:
        content = a2b_base64(encoded)
    except ValueError:
        raise MalformedPart("The entry is not base64.") from None
    if b2a_base64(content, newline=False) != encoded:
        raise MalformedPart("The entry is not base64.")
    return Shown(int(place), content)


def _general_part(line: bytes) -> Part:
    fields = _fields(line)
    index, encoded = fields.get("index"), fields.get("entry", fields.get("hash"))
    if type(index) is not int or not isinstance(encoded, str):
        raise MalformedPart("The line is not an entry.")
    try:
        content = decode_base64(encoded)
    except ValueError:
        raise MalformedPart("The entry is not base64.") from None
    if fields.keys() == {"index", "entry"}:
        return Shown(index, content)
    level = fields.get("level")
    if fields.keys() != {"index", "level", "hash"} or type(level) is not int or not 0 <= level < _LEVELS:
        raise MalformedPart("The line is not an entry.")
    return Hidden(index, level, content)


def _fields(line: bytes) -> dict[str, object]:
    """Read a line as a JSON object without repeated names; empty when it is anything else."""
    try:
        value = json.loads(line.decode(), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse an object whose second field of the same name another reader might take for the first."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("repeated name")
    return fields


def _line(fields: dict[str, object]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
