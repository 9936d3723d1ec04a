"""A witness: on its own machine an agency keeps the last checkpoint it saw, and co-signs only what goes on from there.

It needs nothing of the service but what the service shows to everybody. Whoever co-signs holds the directory's lock,
and a checkpoint is on the disk before its signature leaves: neither a crash nor a second process makes a witness of
two histories.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.cosignature import Cosigner, WitnessKey
from multiagency.audit.note import BadNote
from multiagency.audit.tree import EMPTY_ROOT, verify_consistency
from multiagency.audit.trust import Trust
from multiagency.audit.update import Update


class Refused(Exception):
    """The log contradicts what this witness saw before, and is not co-signed; the message says how."""


class TwoHistories(Refused):
    """The log has signed two roots of one size."""


class Elsewhere(BadNote):
    """The checkpoint is not proved from where this witness stands, which says nothing against the log.

    `size` is what this witness last saw, 0 before the first; `ahead` tells whether the proof begins after that.
    """

    def __init__(self, size: int, update: Update, checkpoint: Checkpoint) -> None:
        self.size, self.ahead = size, update.old_size > size
        older = checkpoint.size < size
        shown = f"This is a checkpoint of {checkpoint.size}" if older else f"The proof starts at {update.old_size}"
        super().__init__(f"{shown} entries; this witness last saw {size}.")


@dataclass(frozen=True, slots=True)
class Witness:
    """`directory` is the witness's own, `log` the key of the one log it watches."""

    directory: Path
    cosigner: Cosigner
    log: Trust

    @property
    def known(self) -> Checkpoint | None:
        """The last checkpoint that was seen, None before the first. Raises `BadNote` when the file was changed."""
        note = self.known_note
        return None if note is None else self.log.open(note)

    @property
    def known_note(self) -> str | None:
        """The same as the signed note it came as."""
        return _read(self.directory / "checkpoint")

    @property
    def evidence(self) -> Path:
        """Where contradictions are kept, each in a file of its own."""
        return self.directory / "refused"

    def cosign(self, text: str, at: datetime, *, fresh: bool = False) -> str | None:
        """Check an update and return its checkpoint with this witness's line; None when the line is there already.

        With `fresh` a line is made even then. The checkpoint last seen is signed again, from wherever it is proved: a
        lost answer costs nothing. Raises `Refused` when the log was rewritten, and keeps both checkpoints with their
        proofs as evidence; `Elsewhere` when it is older or proves from another size than the one last seen; ValueError
        or `BadNote` for what is malformed or signed by another key.
        """
        with self._alone():
            update = self._checked(text)
            self._remember(update)
            if not fresh and WitnessKey.parse(self.cosigner.verifier_key).seen_at(update.note):
                return None
            return self.cosigner.cosign(update.note, at)

    def cosign_known(self, at: datetime) -> str | None:
        """Return the checkpoint last seen with a fresh line, None before the first: what was lost on its way."""
        with self._alone():
            note = self.known_note
            return None if note is None else self.cosigner.cosign(note, at)

    def went_back(self, note: str) -> None:
        """Raise `Refused` and keep the evidence when what the log shows as its newest is older than what was seen."""
        with self._alone():
            size, known = self.log.open(note).size, self.known
            if known is not None and size < known.size:
                self._refuse(note, Refused(f"The log went back from {known.size} entries to {size}."))

    def _checked(self, text: str) -> Update:
        update, known = Update.parse(text), self.known
        checkpoint = self.log.open(update.note)
        if update.old_size > checkpoint.size:
            raise ValueError(f"A proof from {update.old_size} entries cannot lead to {checkpoint.size}.")
        size, root = (known.size, known.root) if known else (0, EMPTY_ROOT)
        if checkpoint.size == size:
            if checkpoint.root != root:
                self._refuse(update.text(), TwoHistories(f"The log shows two histories of {size} entries."))
        elif checkpoint.size < size or update.old_size != size:
            raise Elsewhere(size, update, checkpoint)
        elif not verify_consistency(size, checkpoint.size, root, checkpoint.root, update.proof):
            reason = f"The log of {checkpoint.size} entries does not go on from the {size} seen."
            self._refuse(update.text(), Refused(reason))
        return update

    def _refuse(self, shown: str, refused: Refused) -> None:
        text = f"{refused}\n\nSeen before:\n{self._seen_as() or self.known_note}\nShown now:\n{shown}"
        self.evidence.mkdir(mode=0o700, exist_ok=True)
        path = self.evidence / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.txt"
        if not path.exists():
            _write(path, text)
        raise refused

    def _remember(self, update: Update) -> None:
        known = self.known
        if known is None or known.size < self.log.open(update.note).size:
            _write(self.directory / "proof", update.text())
            _write(self.directory / "checkpoint", update.note)

    def _seen_as(self) -> str | None:
        """Return the last checkpoint with the proof it came with, None where only the checkpoint is kept."""
        text = _read(self.directory / "proof")
        return text if text and self.known_note and text.endswith(self.known_note) else None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until no other process or thread is at this directory."""
        with (self.directory / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None


def _write(path: Path, text: str) -> None:
    """Replace a file at once and for good: after a crash it holds the old text or the new."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
