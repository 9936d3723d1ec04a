"""Field encryption: AES-256-GCM bound to the field and row it belongs to, data keys wrapped by a master key.

A sealed value is `version (1) | key id (16) | nonce (12) | ciphertext and tag`. Its additional data is version, key
id, logical field name and row id, so a value copied to another row, field or key does not open.
"""

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x01"
_NONCE = 12
_KEY = 32
_HEADER = len(_VERSION) + 16
KEY_ID = slice(len(_VERSION), _HEADER)
"""Where the id of the data key stands in a sealed value."""


class CannotDecrypt(Exception):
    """The value was changed, moved, or its key is gone; never says which."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted value; its representation shows nothing."""

    data: bytes

    def __repr__(self) -> str:
        return f"Sealed({len(self.data)} bytes)"

    @property
    def key_id(self) -> UUID:
        """Which data key opens it."""
        return UUID(bytes=self.data[KEY_ID])


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """One key for the rows of one (case, controller, retention class); destroying it destroys them."""

    id: UUID
    material: bytes

    def seal(self, field: str, row_id: UUID, text: str) -> Sealed:
        """Encrypt `text` for exactly this field of this row."""
        return self.seal_bytes(field, row_id, text.encode())

    def open(self, field: str, row_id: UUID, sealed: Sealed) -> str:
        """Decrypt a text. Raises `CannotDecrypt` as `open_bytes` does."""
        try:
            return self.open_bytes(field, row_id, sealed).decode()
        except UnicodeDecodeError as error:
            raise CannotDecrypt from error

    def seal_bytes(self, field: str, row_id: UUID, content: bytes) -> Sealed:
        """Encrypt `content`, such as a scanned paper, for exactly this field of this row."""
        nonce = secrets.token_bytes(_NONCE)
        ciphertext = AESGCM(self.material).encrypt(nonce, content, self._additional(field, row_id))
        return Sealed(_VERSION + self.id.bytes + nonce + ciphertext)

    def open_bytes(self, field: str, row_id: UUID, sealed: Sealed) -> bytes:
        """Decrypt. Raises `CannotDecrypt` when key, field, row or bytes do not fit."""
        nonce, ciphertext = sealed.data[_HEADER : _HEADER + _NONCE], sealed.data[_HEADER + _NONCE :]
        try:
            if sealed.data[: len(_VERSION)] != _VERSION or sealed.key_id != self.id:
                raise CannotDecrypt
            return AESGCM(self.material).decrypt(nonce, ciphertext, self._additional(field, row_id))
        except (InvalidTag, ValueError) as error:
            raise CannotDecrypt from error

    def _additional(self, field: str, row_id: UUID) -> bytes:
        return b"|".join((_VERSION, self.id.bytes, field.encode(), row_id.bytes))


class MasterKey:
    """Wraps data keys; held in a file apart from the data, never in the database."""

    def __init__(self, material: bytes) -> None:
        if len(material) != _KEY:
            raise ValueError(f"the master key must have exactly {_KEY} bytes")
        self._cipher, self._material = AESGCM(material), material
        self.id = hashlib.sha256(b"multiagency master key\0" + material).hexdigest()[:16]
        """A fingerprint, stored beside what the key wraps; says nothing about it."""

    def derived(self, purpose: bytes) -> bytes:
        """Return the 32 bytes of a key for one purpose (HKDF, RFC 5869); they tell nothing of the master key."""
        return HKDF(hashes.SHA256(), _KEY, salt=None, info=b"multiagency " + purpose).derive(self._material)

    def new_data_key(self, key_id: UUID) -> tuple[DataKey, bytes]:
        """Return a fresh data key and its wrapped form."""
        key = DataKey(key_id, secrets.token_bytes(_KEY))
        return key, self.wrap(key)

    def wrap(self, key: DataKey) -> bytes:
        """Return the wrapped form of a data key, bound to its id."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, key.material, key.id.bytes)

    def unwrap(self, key_id: UUID, wrapped: bytes) -> DataKey:
        """Return the data key. Raises `CannotDecrypt` when it was wrapped by another master key."""
        try:
            return DataKey(key_id, self._cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], key_id.bytes))
        except (InvalidTag, ValueError) as error:
            raise CannotDecrypt from error


def seal_with(key: bytes, content: bytes, about: bytes) -> bytes:
    """Encrypt for exactly what `about` says, under a key that was derived for one purpose."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, about)


def open_with(key: bytes, sealed: bytes, about: bytes) -> bytes:
    """Decrypt it. Raises `CannotDecrypt` when key, bytes or what it was sealed about do not fit."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about)
    except (InvalidTag, ValueError) as error:
        raise CannotDecrypt from error


def read_key(path: Path) -> bytes:
    """Return the bytes of a key file. Raises ValueError when others than its owner may read it."""
    if path.stat().st_mode & 0o077:
        raise ValueError(f"{path.name} must be readable by its owner only (chmod 600)")
    return path.read_bytes()
