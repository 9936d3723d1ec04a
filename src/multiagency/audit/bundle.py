"""The verifier, and the bundle it reads: a file that proves the log without database or network.

A bundle is UTF-8 JSON Lines. The first line is `{"format":"multiagency-audit-bundle-2","checkpoint":"<signed note>"}`.
Then come, in the order of the log, lines of two forms. An entry: `{"index":0,"entry":"<base64 of the hashed bytes>"}`.
A stretch of 2**level entries that is not shown, because it was not asked for or its time is over, as the root of its
subtree: `{"index":0,"level":5,"hash":"<base64>"}`. Together they give the root that the checkpoint signs, so a part of
the log proves itself as the whole does.
Source of hashing, note and checkpoint: RFC 6962 section 2.1, C2SP signed-note and tlog-checkpoint.
"""

import base64
import json
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import BinaryIO

from multiagency.audit.note import BadNote, decode_base64
from multiagency.audit.tree import Frontier, leaf_hash
from multiagency.audit.trust import Trust

FORMAT = "multiagency-audit-bundle-2"
"""The first line of a bundle names this format."""

PROGRESS_STEP = 1000
"""Progress is told after so many entries, and once more at the end."""

_LEVELS = 64
_USUAL = re.compile(rb'\{"index":(0|[1-9][0-9]{0,18}),"entry":"([A-Za-z0-9+/=]*)"\}\n?')


@dataclass(slots=True)
class Shown:
    """An entry that is shown: its place in the log, its hashed bytes, and its stored leaf hash where there is one."""

    index: int
    entry: bytes
    stored_leaf_hash: bytes | None = None


@dataclass(slots=True)
class Hidden:
    """2**level entries from `index` on that are not shown, as the 32-byte root of their subtree."""

    index: int
    level: int
    hash: bytes


Part = Shown | Hidden
Progress = Callable[[int, int], None]
"""Told how many entries have been gone through, and how many there will be."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found.

    `entries` counts those shown and found in order, `tree_size` is the size the checkpoint signs (0 when it could not
    be opened), `root` the computed root in hex, `witnesses` the names of the trusted witnesses that co-signed. On a
    fault, `ok` is False, `reason` a sentence, and `first_bad` the index at which it showed, or None where the fault
    cannot be put to one entry.
    """

    ok: bool
    entries: int
    tree_size: int
    root: str
    witnesses: list[str]
    first_bad: int | None
    reason: str | None

    def as_dict(self) -> dict[str, object]:
        """Return the seven fields under their names, in the order above, ready for JSON."""
        return asdict(self)


def unusable(reason: str) -> Verdict:
    """Return the verdict on something that could not be looked into at all."""
    return Verdict(False, 0, 0, Frontier().root().hex(), [], None, reason)


class Checker:
    """Checks the parts of a log against one signed checkpoint, one by one and in constant memory.

    It stops at the first fault. Where parts come from an asynchronous source, use it directly; otherwise
    `verify_parts` does.
    """

    def __init__(self, checkpoint_note: str, trust: Trust, *, unsigned: bool = True) -> None:
        """Open the checkpoint; one that cannot be trusted is the first fault.

        Without `unsigned` an entry that the checkpoint does not cover is a fault, as nothing speaks for it.
        """
        self.frontier = Frontier()
        self.entries = 0
        self.place = 0
        self.size = 0
        self._root = b""
        self._witnesses: list[str] = []
        self._first_bad: int | None = None
        self._reason: str | None = None
        self._kept = trust.kept
        self._unsigned = unsigned
        try:
            checkpoint = trust.open(checkpoint_note)
            self.size, self._root = checkpoint.size, checkpoint.root
            self._witnesses = trust.witnessed(checkpoint_note)
        except (BadNote, ValueError) as error:
            self.reject(str(error))
            return
        if self._kept and self._kept.size > self.size:
            self.reject(f"The log went back: {self._kept.size} entries were signed before, now {self.size}.")
        self._look_at_kept()

    @property
    def failed(self) -> bool:
        """Whether there is a fault already."""
        return self._reason is not None

    def add(self, part: Part) -> bool:
        """Check the next part: its place, and its stored leaf hash where there is one; False once there is a fault."""
        if self._reason is not None:
            return False
        if part.index != self.place:
            return self.refuse(f"Entry {self.place} was expected, entry {part.index} was found.")
        if isinstance(part, Hidden):
            return self._add_hidden(part)
        computed = leaf_hash(part.entry)
        if part.stored_leaf_hash is not None and part.stored_leaf_hash != computed:
            return self.refuse(f"The stored leaf hash of entry {part.index} does not fit its content.")
        if self.place < self.size:
            self.frontier.append(computed)
        self.entries += 1
        self.place += 1
        if self._kept is not None:
            self._look_at_kept()
        return True

    def _add_hidden(self, part: Hidden) -> bool:
        if self.place + (1 << part.level) > self.size:
            return self.refuse(f"The stretch from {part.index} on reaches beyond the signed part of the log.")
        try:
            self.frontier.append(part.hash, part.level)
        except ValueError as error:
            return self.refuse(str(error))
        self.place = self.frontier.size
        self._look_at_kept()
        return True

    def _look_at_kept(self) -> None:
        if self._kept is None or self.frontier.size < self._kept.size:
            return
        if self.frontier.size > self._kept.size:
            self.reject(f"The log at {self._kept.size} entries cannot be told from this; take more of it.")
        elif self.frontier.root() != self._kept.root:
            self.reject(f"The log was rewritten: its first {self._kept.size} entries are not those signed before.")
        self._kept = None

    def refuse(self, reason: str) -> bool:
        """Record a fault at the entry expected next, unless there is one already; always False."""
        if self._reason is None:
            self._first_bad, self._reason = self.place, reason
        return False

    def reject(self, reason: str) -> bool:
        """Record a fault that cannot be put to one entry, unless there is one already; always False."""
        self._reason = self._reason or reason
        return False

    def finish(self) -> Verdict:
        """Compare what was added with the checkpoint's size and root and return the verdict, after the last part."""
        if self._reason is None and self.place < self.size:
            self.refuse(f"The checkpoint counts {self.size} entries, only {self.place} were found.")
        if self._reason is None and self.frontier.root() != self._root:
            self.reject("The entries do not give the root that the checkpoint signs.")
        if self._reason is None and self.place > self.size and not self._unsigned:
            self._first_bad = self.size
            self.reject(f"The checkpoint counts {self.size} entries and does not cover the rest.")
        return Verdict(
            ok=self._reason is None,
            entries=self.entries,
            tree_size=self.size,
            root=self.frontier.root().hex(),
            witnesses=self._witnesses,
            first_bad=self._first_bad,
            reason=self._reason,
        )


def opening(checkpoint_note: str) -> bytes:
    """Return the first line of a bundle."""
    return _line({"format": FORMAT, "checkpoint": checkpoint_note})


def line(part: Part) -> bytes:
    """Return the line of a bundle for one part."""
    if isinstance(part, Shown):
        return _line({"index": part.index, "entry": _base64(part.entry)})
    return _line({"index": part.index, "level": part.level, "hash": _base64(part.hash)})


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


def verify_parts(
    parts: Iterable[Part],
    checkpoint_note: str,
    trust: Trust,
    progress: Progress | None = None,
    *,
    unsigned: bool = True,
) -> Verdict:
    """Verify the parts of a log against a signed checkpoint.

    Entries after the checkpoint's size are checked for place and leaf hash, but do not enter the root; without
    `unsigned` they are a fault. Reading stops at the first fault. Errors of the source come through.
    """
    checker = Checker(checkpoint_note, trust, unsigned=unsigned)
    try:
        for part in parts:
            if not checker.add(part):
                break
            if progress and checker.place % PROGRESS_STEP == 0:
                progress(checker.place, checker.size)
    except _MalformedLineError as error:
        checker.refuse(str(error))
    if progress:
        progress(checker.place, checker.size)
    return checker.finish()


class _MalformedLineError(ValueError):
    """A line of a bundle that is neither entry nor stretch; the message is the reason."""


def _checkpoint_note(line: bytes) -> str | None:
    """Read the first line of a bundle; None when it is not one."""
    fields = _fields(line)
    note = fields.get("checkpoint")
    if fields.keys() != {"format", "checkpoint"} or fields["format"] != FORMAT or not isinstance(note, str):
        return None
    return note


def _part(line: bytes) -> Part:
    """Read a line into an entry or a stretch; _MalformedLineError when it is neither."""
    usual = _USUAL.fullmatch(line)  # as `line` writes it: a third of the time that the general way takes
    if usual is None:
        return _general_part(line)
    place, encoded = usual.groups()
    try:
        content = a2b_base64(encoded)
    except ValueError:
        raise _MalformedLineError("The entry is not base64.") from None
    if b2a_base64(content, newline=False) != encoded:
        raise _MalformedLineError("The entry is not base64.")
    return Shown(int(place), content)


def _general_part(line: bytes) -> Part:
    fields = _fields(line)
    index, encoded = fields.get("index"), fields.get("entry", fields.get("hash"))
    if type(index) is not int or not isinstance(encoded, str):
        raise _MalformedLineError("The line is not an entry.")
    try:
        content = decode_base64(encoded)
    except ValueError:
        raise _MalformedLineError("The entry is not base64.") from None
    if fields.keys() == {"index", "entry"}:
        return Shown(index, content)
    level = fields.get("level")
    if fields.keys() != {"index", "level", "hash"} or type(level) is not int or not 0 <= level < _LEVELS:
        raise _MalformedLineError("The line is not an entry.")
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


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _line(fields: dict[str, object]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
