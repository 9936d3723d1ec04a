"""The token in every form of a page: who it was made for, when, and that it is theirs to send, once.

`person (16) | post (16) | issued (4) | nonce (8) | mark of the service (16) | mark of the session (16)`. The session's
mark is the defence against cross-site writes (CSRF); the service's tells for whom the form was made, also when that
session is over. The nonce makes two renderings differ, so that a form sent twice is known from two forms alike.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from multiagency.kernel.actor import Actor
from multiagency.kernel.keys import MasterKeys

_PURPOSE = b"form token"
_HEAD, _MARK = 44, 16
_LENGTH = _HEAD + 2 * _MARK


@dataclass(frozen=True, slots=True)
class FormToken:
    """A token that this service made: for whom, when, and the part that tells it from all others."""

    person_id: UUID
    post_id: UUID
    issued_at: datetime
    head: bytes


def csrf_token(secret: str) -> str:
    """Return the token of a session for programs: derived from its secret, so nothing has to be stored."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def make(master: MasterKeys, actor: Actor, secret: str, now: datetime) -> str:
    """Return a new token for a form that is shown to this person in this session."""
    issued = int(now.timestamp()).to_bytes(4, "big")
    head = actor.person_id.bytes + actor.post_id.bytes + issued + secrets.token_bytes(8)
    marks = _service_mark(master.current().derived(_PURPOSE), head) + _session_mark(secret, head)
    return base64.urlsafe_b64encode(head + marks).rstrip(b"=").decode()


def may_send(token: str, secret: str) -> bool:
    """Tell whether the token belongs to this session: one of a form, or the session's own for programs."""
    if hmac.compare_digest(token.encode(), csrf_token(secret).encode()):
        return True
    raw = _raw(token)
    return raw is not None and hmac.compare_digest(raw[-_MARK:], _session_mark(secret, raw[:_HEAD]))


def read(master: MasterKeys, token: str) -> FormToken | None:
    """Return what a token says that this service made, whatever became of its session; None for any other."""
    raw = _raw(token)
    if raw is None:
        return None
    head, mark = raw[:_HEAD], raw[_HEAD:-_MARK]
    if not any(hmac.compare_digest(mark, _service_mark(key, head)) for key in master.derived(_PURPOSE)):
        return None
    issued = datetime.fromtimestamp(int.from_bytes(head[32:36], "big"), UTC)
    return FormToken(UUID(bytes=head[:16]), UUID(bytes=head[16:32]), issued, head)


def _raw(token: str) -> bytes | None:
    try:
        raw = base64.b64decode(token.encode() + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == _LENGTH else None


def _service_mark(key: bytes, head: bytes) -> bytes:
    return hmac.new(key, head, hashlib.sha256).digest()[:_MARK]


def _session_mark(secret: str, head: bytes) -> bytes:
    return hmac.new(secret.encode(), b"form" + head, hashlib.sha256).digest()[:_MARK]
