"""Co-signatures: a witness says that it saw a checkpoint, when, and that it fits every earlier one it saw.

Source: https://c2sp.org/tlog-cosignature (cosignature/v1). The signature line stands under the log's own in the note,
so a checkpoint shows by itself who has co-signed it.
"""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from multiagency.audit.note import COSIGNATURE, BadNote, PrivateHalf, parse_key, split

_TIME = struct.Struct(">Q")
_SIGNATURE_SIZE = 64
_LATEST = 253_402_300_799
"""The last second of year 9999: what a `datetime` can hold."""


class Cosigner(PrivateHalf):
    """A witness's named Ed25519 key."""

    def __init__(self, name: str, seed: bytes) -> None:
        """Take the key's name and 32-byte seed. Raises ValueError as `PrivateHalf` does."""
        super().__init__(name, seed, COSIGNATURE)

    def cosign(self, note: str, at: datetime) -> str:
        """Return the note with this witness's line below the others. Raises BadNote when it is malformed."""
        text, _ = split(note)
        seconds = int(at.timestamp())
        return note + self._line(_message(seconds, text), _TIME.pack(seconds))


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The public half of a witness's key."""

    name: str
    key_id: bytes
    public_key: Ed25519PublicKey

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read name+hex(key id)+base64(0x04 || public key). Raises ValueError, saying what is wrong."""
        name, key_id, public_key = parse_key(vkey, COSIGNATURE)
        return cls(name, key_id, public_key)

    def seen_at(self, note: str) -> datetime | None:
        """Return when this witness co-signed the note (UTC, whole seconds), None when it has not.

        Raises BadNote when the note is malformed or a line of this key does not fit its text.
        """
        text, signatures = split(note)
        mine = [raw for name, key_id, raw in signatures if (name, key_id) == (self.name, self.key_id)]
        return min((self._opened(raw, text) for raw in mine), default=None)

    def _opened(self, raw: bytes, text: str) -> datetime:
        try:
            if len(raw) != _TIME.size + _SIGNATURE_SIZE:
                raise ValueError
            (seconds,) = _TIME.unpack(raw[: _TIME.size])
            if seconds > _LATEST:
                raise ValueError
            self.public_key.verify(raw[_TIME.size :], _message(seconds, text))
        except (InvalidSignature, ValueError):
            raise BadNote(f"The co-signature by {self.name} does not fit the text of the note.") from None
        return datetime.fromtimestamp(seconds, UTC)


def _message(seconds: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
