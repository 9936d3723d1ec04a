"""The verifier: the parts of a log, wherever they come from, checked one by one against a signed checkpoint.

Source of hashing, note and checkpoint: RFC 6962 section 2.1, C2SP signed-note and tlog-checkpoint.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from multiagency.audit.note import BadNote
from multiagency.audit.tree import Frontier, leaf_hash
from multiagency.audit.trust import Trust
from multiagency.kernel.progress import Progress

PROGRESS_STEP = 1000
"""Progress is told after so many entries, and once more at the end."""


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


class MalformedPart(ValueError):
    """What a source gave is neither entry nor stretch; the message is the reason."""


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
    except MalformedPart as error:
        checker.refuse(str(error))
    if progress:
        progress(checker.place, checker.size)
    return checker.finish()
