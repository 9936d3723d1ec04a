"""A witness: on its own machine an agency keeps the last checkpoint it saw, and co-signs only what goes on from there.

It needs nothing of the service but what the service shows to everybody, and stores two files: its key and the last
checkpoint. It remembers a checkpoint before it lets its signature out, so that even after a crash it never co-signs two
histories.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.cosignature import Cosigner, WitnessKey
from multiagency.audit.note import BadNote
from multiagency.audit.tree import verify_consistency
from multiagency.audit.trust import Trust
from multiagency.audit.update import Update


class Refused(Exception):
    """The log contradicts what this witness saw before, and is not co-signed; the message says how."""


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
        try:
            return self._file.read_text("utf-8")
        except FileNotFoundError:
            return None

    @property
    def _file(self) -> Path:
        return self.directory / "checkpoint"

    def cosign(self, text: str, at: datetime) -> str | None:
        """Check an update and return its checkpoint with this witness's line; None when the line is there already.

        Raises `Refused` when the log went back or was rewritten, and keeps both checkpoints as evidence; ValueError or
        `BadNote` for what is malformed, signed by another key, or proves from another size than the one last seen.
        """
        update, known = Update.parse(text), self.known
        checkpoint = self.log.open(update.note)
        if known is not None:
            self._compare(known, checkpoint, update)
        if WitnessKey.parse(self.cosigner.verifier_key).seen_at(update.note):
            return None
        self._remember(update.note)
        return self.cosigner.cosign(update.note, at)

    def _compare(self, known: Checkpoint, checkpoint: Checkpoint, update: Update) -> None:
        if checkpoint.size < known.size:
            self._refuse(update, f"The log went back from {known.size} entries to {checkpoint.size}.")
        if checkpoint.size == known.size and checkpoint.root != known.root:
            self._refuse(update, f"The log shows two histories of {known.size} entries.")
        if update.old_size != known.size:
            raise BadNote(f"The proof starts at {update.old_size} entries; this witness last saw {known.size}.")
        if not verify_consistency(known.size, checkpoint.size, known.root, checkpoint.root, update.proof):
            self._refuse(update, f"The log of {checkpoint.size} entries does not go on from the {known.size} seen.")

    def _refuse(self, update: Update, reason: str) -> None:
        evidence = f"{reason}\n\nSeen before:\n{self.known_note}\nShown now:\n{update.text()}"
        _write(self.directory / "refused", evidence)
        raise Refused(reason)

    def _remember(self, note: str) -> None:
        _write(self._file, note)


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
