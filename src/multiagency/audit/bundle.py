"""The verifier, and the bundle it reads: a file that proves the log without database or network.

A bundle is UTF-8 JSON Lines. The first line is `{"format":"multiagency-audit-bundle-1","checkpoint":"<signed note>"}`,
then comes one line per entry in index order, `{"index":0,"entry":"<base64 of the hashed bytes>"}`.
Source of hashing, note and checkpoint: RFC 6962 section 2.1, C2SP signed-note and tlog-checkpoint.
"""

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import BinaryIO

from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.note import BadNote, Verifier, decode_base64
from multiagency.audit.tree import Frontier, leaf_hash

FORMAT = "multiagency-audit-bundle-1"
"""The first line of a bundle names this format."""

PROGRESS_STEP = 1000
"""Progress is told after so many entries, and once more at the end."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found.

    `entries` counts those read and found in order, `tree_size` is the size the checkpoint signs (0 when it could not
    be opened), `root` the computed root of the first `tree_size` entries in hex. On a fault, `ok` is False, `reason`
    a sentence, and `first_bad` the index at which it showed, or None where the fault cannot be put to one entry.
    Where `entries` is larger than `tree_size`, the entries after it are in order but not yet covered by a signature.
    """

    ok: bool
    entries: int
    tree_size: int
    root: str
    first_bad: int | None
    reason: str | None

    def as_dict(self) -> dict[str, object]:
        """Return the six fields under their names, in the order above, ready for JSON."""
        return asdict(self)


class EntryChecker:
    """Checks numbered entries against one signed checkpoint, one by one and in constant memory.

    It stops at the first fault. Where entries come from an asynchronous source, use it directly; otherwise
    `verify_entries` does.
    """

    def __init__(self, checkpoint_note: str, verifier: Verifier) -> None:
        """Open the checkpoint; one that cannot be trusted is the first fault."""
        self._frontier = Frontier()
        self._checkpoint: Checkpoint | None = None
        self._entries = 0
        self._first_bad: int | None = None
        self._reason: str | None = None
        try:
            checkpoint = Checkpoint.parse(verifier.open(checkpoint_note))
        except (BadNote, ValueError) as error:
            self._reason = str(error)
            return
        if checkpoint.origin != verifier.name:
            self._reason = "The checkpoint is of another log than the key."
            return
        self._checkpoint = checkpoint

    @property
    def entries(self) -> int:
        """How many entries were added and found in order."""
        return self._entries

    def add(self, index: int, entry: bytes, stored_leaf_hash: bytes | None) -> bool:
        """Check the next entry: its index, and its stored leaf hash where there is one; False once there is a fault."""
        if self._checkpoint is None or self._reason is not None:
            return False
        if index != self._entries:
            return self.refuse(f"Entry {self._entries} was expected, entry {index} was found.")
        computed = leaf_hash(entry)
        if stored_leaf_hash is not None and stored_leaf_hash != computed:
            return self.refuse(f"The stored leaf hash of entry {index} does not fit its content.")
        if index < self._checkpoint.size:
            self._frontier.append(computed)
        self._entries += 1
        return True

    def refuse(self, reason: str) -> bool:
        """Record a fault at the entry expected next, unless there is one already; always False."""
        if self._reason is None:
            self._first_bad, self._reason = self._entries, reason
        return False

    def finish(self) -> Verdict:
        """Compare what was added with the checkpoint's size and root and return the verdict, after the last entry."""
        if self._checkpoint is not None and self._reason is None:
            self._compare(self._checkpoint)
        return Verdict(
            ok=self._reason is None,
            entries=self._entries,
            tree_size=self._checkpoint.size if self._checkpoint else 0,
            root=self._frontier.root().hex(),
            first_bad=self._first_bad,
            reason=self._reason,
        )

    def _compare(self, checkpoint: Checkpoint) -> None:
        if self._entries < checkpoint.size:
            self.refuse(f"The checkpoint counts {checkpoint.size} entries, only {self._entries} were found.")
        elif self._frontier.root() != checkpoint.root:
            self._reason = "The entries do not give the root that the checkpoint signs."


def write(out: BinaryIO, checkpoint_note: str, entries: Iterable[bytes]) -> None:
    """Write a bundle: the signed checkpoint, then the hashed bytes of each entry, index 0 first."""
    out.write(_line({"format": FORMAT, "checkpoint": checkpoint_note}))
    for index, entry in enumerate(entries):
        out.write(_line({"index": index, "entry": base64.b64encode(entry).decode("ascii")}))


def verify(lines: Iterable[bytes], verifier: Verifier, progress: Callable[[int], None] | None = None) -> Verdict:
    """Verify a bundle, given line by line (an open binary file will do), against the log's key.

    Whatever the content, the answer is a verdict and not an error; errors of reading or of `progress` come through.
    """
    rest = iter(lines)
    note = _checkpoint_note(next(rest, b""))
    if note is None:
        return Verdict(False, 0, 0, Frontier().root().hex(), None, f"The file does not begin as a {FORMAT}.")
    return _run(EntryChecker(note, verifier), map(_entry, rest), progress)


def verify_entries(
    entries: Iterable[tuple[int, bytes, bytes | None]],
    checkpoint_note: str,
    verifier: Verifier,
    progress: Callable[[int], None] | None = None,
) -> Verdict:
    """Verify numbered entries, given as (index, hashed bytes, stored leaf hash or None), against a signed checkpoint.

    Entries after the checkpoint's size are checked for index and leaf hash, but do not enter the root. Reading stops
    at the first fault. `progress` is told how many entries were found in order. Errors of the source come through.
    """
    return _run(EntryChecker(checkpoint_note, verifier), entries, progress)


class _MalformedLineError(ValueError):
    """A line of a bundle that is no entry; the message is the reason."""


def _run(
    checker: EntryChecker, entries: Iterable[tuple[int, bytes, bytes | None]], progress: Callable[[int], None] | None
) -> Verdict:
    """Feed entries to the checker until they or its trust run out."""
    try:
        for index, entry, stored_leaf_hash in entries:
            if not checker.add(index, entry, stored_leaf_hash):
                break
            if progress and checker.entries % PROGRESS_STEP == 0:
                progress(checker.entries)
    except _MalformedLineError as error:
        checker.refuse(str(error))
    if progress:
        progress(checker.entries)
    return checker.finish()


def _checkpoint_note(line: bytes) -> str | None:
    """Read the first line of a bundle; None when it is not one."""
    fields = _fields(line)
    note = fields.get("checkpoint")
    if fields.keys() != {"format", "checkpoint"} or fields["format"] != FORMAT or not isinstance(note, str):
        return None
    return note


def _entry(line: bytes) -> tuple[int, bytes, None]:
    """Read an entry's line into its index and hashed bytes; _MalformedLineError when it is not one."""
    fields = _fields(line)
    index, encoded = fields.get("index"), fields.get("entry")
    if fields.keys() != {"index", "entry"} or type(index) is not int or not isinstance(encoded, str):
        raise _MalformedLineError("The line is not an entry.")
    try:
        return index, decode_base64(encoded), None
    except ValueError:
        raise _MalformedLineError("The entry on this line is not base64.") from None


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
