"""What a verifier trusts: the log's key, witnesses' keys and how many of them must agree, and a checkpoint kept before.

None of it comes from the service that is being checked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.cosignature import WitnessKey
from multiagency.audit.note import BadNote, Verifier


@dataclass(frozen=True, slots=True)
class Trust:
    """`quorum` of the `witnesses` must have co-signed a checkpoint; `kept` is one that the log must still fit."""

    log: Verifier
    witnesses: tuple[WitnessKey, ...] = ()
    quorum: int = 0
    kept: Checkpoint | None = None

    @classmethod
    def of(cls, key: str, witness_keys: Sequence[str] = (), quorum: int | None = None, kept: str | None = None) -> Self:
        """Read the keys as text and the kept checkpoint as a signed note.

        Without a quorum all named witnesses must have co-signed. Raises ValueError for a malformed key, a witness named
        twice or a quorum that cannot be reached, `BadNote` for a kept checkpoint that the log's key has not signed.
        """
        log = Verifier.parse(key.strip())
        witnesses = tuple(WitnessKey.parse(text.strip()) for text in witness_keys)
        if len({bytes(witness.public_key.public_bytes_raw()) for witness in witnesses}) < len(witnesses):
            raise ValueError("A witness is named twice.")
        needed = len(witnesses) if quorum is None else quorum
        if not 0 <= needed <= len(witnesses):
            raise ValueError(f"A quorum of {needed} cannot be reached with {len(witnesses)} witness keys.")
        trust = cls(log, witnesses, needed)
        return trust if kept is None else cls(log, witnesses, needed, trust.open(kept))

    def open(self, note: str) -> Checkpoint:
        """Return the checkpoint of a signed note. Raises `BadNote` or ValueError unless this log's key signed it."""
        checkpoint = Checkpoint.parse(self.log.open(note))
        if checkpoint.origin != self.log.name:
            raise BadNote("The checkpoint is of another log than the key.")
        return checkpoint

    def witnessed(self, note: str) -> list[str]:
        """Return the names of the witnesses that co-signed a note.

        Raises `BadNote` when a line of one of them does not fit, or fewer than the quorum have co-signed.
        """
        names = [witness.name for witness in self.witnesses if witness.seen_at(note)]
        if len(names) < self.quorum:
            raise BadNote(f"{len(names)} of {len(self.witnesses)} witnesses have co-signed; {self.quorum} must have.")
        return names
