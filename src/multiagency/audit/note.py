"""Signed notes with Ed25519, as C2SP signed-note describes them: a text and, below it, who signed it.

Source: https://c2sp.org/signed-note (signature type 0x01) and RFC 8032.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MAX_SIGNATURES = 100
"""More signature lines than this are refused, so that a note cannot cost unbounded work; C2SP asks for at least 16."""

ED25519 = b"\x01"
"""Type byte of plain signatures over the note's text."""
COSIGNATURE = b"\x04"
"""Type byte of a witness's timestamped co-signatures (see `cosignature`)."""

_KINDS = {ED25519: "an Ed25519 key", COSIGNATURE: "a witness's key"}
_KEY_ID_SIZE = 4
_PUBLIC_KEY_SIZE = 32
_SEED_SIZE = 32
_SIGNATURE_LINE = re.compile(r"— ([^ ]+) ([^ ]+)")
_CONTROL_EXCEPT_NEWLINE = re.compile(r"[\x00-\x09\x0b-\x1f]")


class BadNote(Exception):
    """The note is malformed, or not validly signed by the key asked for; its text must not be used."""


class PrivateHalf:
    """A named Ed25519 key with the one kind of signature that it makes (C2SP signed-note signature types)."""

    __slots__ = ("_key_id", "_kind", "_name", "_private_key")

    def __init__(self, name: str, seed: bytes, kind: bytes) -> None:
        """Take the key's name, its 32-byte RFC 8032 seed and the type byte of its signatures.

        Raises ValueError when the name is empty or holds a space, '+' or control character, or the seed's length
        is wrong.
        """
        _require_name(name)
        if len(seed) != _SEED_SIZE:
            raise ValueError(f"The seed of an Ed25519 key has {_SEED_SIZE} bytes, not {len(seed)}.")
        self._name, self._kind = name, kind
        self._private_key = Ed25519PrivateKey.from_private_bytes(seed)
        self._key_id = key_id(name, kind, self._public_key)

    @property
    def name(self) -> str:
        """The key's name, as it stands in signature lines."""
        return self._name

    @property
    def verifier_key(self) -> str:
        """The public half as text: name+hex(key id)+base64(type || public key)."""
        return f"{self._name}+{self._key_id.hex()}+{encode_base64(self._kind + self._public_key)}"

    def _line(self, signed: bytes, before: bytes = b"") -> str:
        """Return the signature line over some bytes; `before` stands between key id and signature."""
        return f"— {self._name} {encode_base64(self._key_id + before + self._private_key.sign(signed))}\n"

    @property
    def _public_key(self) -> bytes:
        return self._private_key.public_key().public_bytes_raw()


class Signer(PrivateHalf):
    """A named Ed25519 key that signs notes."""

    def __init__(self, name: str, seed: bytes) -> None:
        """Take the key's name and seed. Raises ValueError as `PrivateHalf` does."""
        super().__init__(name, seed, ED25519)

    def sign(self, text: str) -> str:
        """Return the note: the text, a blank line and one signature line.

        Raises ValueError when the text does not end with a newline, holds another control character, or is not
        encodable as UTF-8.
        """
        if not text.endswith("\n"):
            raise ValueError("The text of a note ends with a newline.")
        if _CONTROL_EXCEPT_NEWLINE.search(text):
            raise ValueError("The text of a note holds no control character other than newline.")
        return f"{text}\n{self._line(text.encode())}"


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a named Ed25519 key: it opens notes that this key has signed."""

    name: str
    key_id: bytes
    public_key: Ed25519PublicKey

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read a verifier key, name+hex(key id)+base64(0x01 || public key).

        Raises ValueError, with a sentence saying what is wrong, when it is malformed, not an Ed25519 key, or its key
        id does not belong to its name and key.
        """
        name, found, public_key = parse_key(vkey, ED25519)
        return cls(name, found, public_key)

    def open(self, note: str) -> str:
        """Return the text of a note signed by this key, with its final newline.

        Signature lines of other keys are ignored. Raises BadNote when the note is malformed, carries no signature by
        this key, or carries one that does not fit the text.
        """
        text, signatures = split(note)
        mine = [signature for name, key_id, signature in signatures if (name, key_id) == (self.name, self.key_id)]
        if not mine:
            raise BadNote(f"The note is not signed by the key {self.name}+{self.key_id.hex()}.")
        for signature in mine:
            self._check(signature, text)
        return text

    def _check(self, signature: bytes, text: str) -> None:
        try:
            self.public_key.verify(signature, text.encode())
        except InvalidSignature:
            raise BadNote(f"The signature by {self.name} does not fit the text of the note.") from None


def parse_key(vkey: str, kind: bytes) -> tuple[str, bytes, Ed25519PublicKey]:
    """Read a verifier key, name+hex(key id)+base64(type || public key), into name, key id and key.

    Raises ValueError, with a sentence saying what is wrong, when it is malformed, of another type, or its key id does
    not belong to its name and key.
    """
    name, plus, rest = vkey.partition("+")
    hex_id, second_plus, encoded = rest.partition("+")
    if not (plus and second_plus):
        raise ValueError("A verifier key has three parts joined by '+': name, key id and key.")
    _require_name(name)
    if not re.fullmatch("[0-9a-f]{8}", hex_id):
        raise ValueError("The key id of a verifier key is eight lower-case hexadecimal digits.")
    public_key = _public_key_from(encoded, kind)
    if key_id(name, kind, public_key).hex() != hex_id:
        raise ValueError("The key id of the verifier key does not match its name and key.")
    return name, bytes.fromhex(hex_id), Ed25519PublicKey.from_public_bytes(public_key)


def encode_base64(data: bytes) -> str:
    """Return standard base64 (RFC 4648 section 4) as text."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Decode standard base64 (RFC 4648 section 4) in its one canonical form; ValueError for anything else."""
    data = base64.b64decode(text, validate=True)
    if encode_base64(data) != text:
        raise ValueError("The base64 text is not in its canonical form.")
    return data


def split(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Split a note at its last blank line into the text and (name, key id, signature) of each line below it.

    Raises BadNote when it is malformed; no signature is checked.
    """
    _require_encodable(note)
    head, blank, tail = note.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise BadNote("The note does not end in a blank line followed by signature lines.")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise BadNote(f"The note carries more than {MAX_SIGNATURES} signatures.")
    return head + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    """Read one signature line into the key's name, its id and the signature proper."""
    match = _SIGNATURE_LINE.fullmatch(line)
    try:
        if match is None:
            raise ValueError
        name, raw = match[1], decode_base64(match[2])
        _require_name(name)
    except ValueError:
        raise BadNote("The note carries a malformed signature line.") from None
    if len(raw) <= _KEY_ID_SIZE:
        raise BadNote("The note carries a signature line that is too short.")
    return name, raw[:_KEY_ID_SIZE], raw[_KEY_ID_SIZE:]


def _require_encodable(note: str) -> None:
    """Raise BadNote for characters that no signed note may hold."""
    try:
        note.encode()
    except UnicodeEncodeError:
        raise BadNote("The note is not valid UTF-8.") from None
    if _CONTROL_EXCEPT_NEWLINE.search(note):
        raise BadNote("The note holds a control character other than newline.")


def _require_name(name: str) -> None:
    """Raise ValueError for a name that a signature line cannot carry."""
    if not name or any(char.isspace() or char == "+" or char < " " for char in name):
        raise ValueError("The name of a key is not empty and holds no space, '+' or control character.")


def _public_key_from(encoded: str, kind: bytes) -> bytes:
    """Take the 32-byte public key out of the last part of a verifier key."""
    try:
        raw = decode_base64(encoded)
    except ValueError:
        raise ValueError("The key of the verifier key is not base64.") from None
    if raw[:1] != kind or len(raw) != 1 + _PUBLIC_KEY_SIZE:
        raise ValueError(f"The verifier key is not {_KINDS[kind]} (0x{kind.hex()} and 32 bytes).")
    return raw[1:]


def key_id(name: str, kind: bytes, public_key: bytes) -> bytes:
    """Return the four bytes that tell keys of one name apart (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public_key).digest()[:_KEY_ID_SIZE]
