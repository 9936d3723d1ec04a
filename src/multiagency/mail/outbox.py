"""Writing to the outbox, inside the business transaction: the message exists if and only if the change does."""

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from multiagency.kernel.clock import now
from multiagency.kernel.crypto import CannotDecrypt, Sealed
from multiagency.kernel.database import rows_into
from multiagency.kernel.ids import uuid7
from multiagency.kernel.keys import MasterKeys
from multiagency.kernel.work import Work
from multiagency.mail.models import OutboxMessage

REQUEST, CANCEL, NOTICE, CHECKPOINT = "request", "cancel", "notice", "checkpoint"
"""A request needs a recipient who may still receive it; a cancellation only one whom a request may have reached;
a notice a post that is still held; a checkpoint a witness that is still registered."""

WAITING, SENT, REFUSED, LATE, WITHDRAWN = "waiting", "sent", "refused", "late", "withdrawn"
REPLACED = "replaced"
"""How a message stands. Replaced: a later one of its stream says all that it would have. Refused: by the recipient's
server, for good. Late: what it is about was over before it could
leave. Withdrawn: its recipient may not receive it any more, or need not."""

_FIELD = "outbox.body"


@dataclass(frozen=True, slots=True)
class Leaving:
    """A message that is to leave behind the earlier ones of its stream, `after` so many seconds at the earliest.

    Reports about it come back to `return_path`, or to its sender where that is empty.
    """

    stream_id: UUID
    ordinal: int
    purpose: str
    message_id: str
    message: bytes
    return_path: str = ""
    after: float = 0


async def enqueue(work: Work, *messages: Leaving) -> None:
    """Put messages into the outbox, each sealed under a key of its own."""
    rows = [_row(work, message) for message in messages]
    if rows:
        await work.session.execute(rows_into(OutboxMessage), rows)


def _row(work: Work, leaving: Leaving) -> dict[str, Any]:
    row_id, moment = uuid7(), now()
    key, wrapped = work.vault.master.current().new_data_key(uuid7())
    return {
        "id": row_id,
        "stream_id": leaving.stream_id,
        "ordinal": leaving.ordinal,
        "purpose": leaving.purpose,
        "message_id": leaving.message_id,
        "body": key.seal(_FIELD, row_id, base64.b64encode(leaving.message).decode()),
        "wrapped_key": wrapped,
        "state": WAITING,
        "attempts": 0,
        "may_have_left": False,
        "next_attempt_at": moment + timedelta(seconds=leaving.after),
        "return_path": leaving.return_path or None,
        "created_at": moment,
    }


def unseal(master: MasterKeys, row_id: UUID, body: Sealed | None, wrapped_key: bytes | None) -> bytes:
    """Return the message of a waiting row. Raises `CannotDecrypt` when its key does not fit or the body is gone."""
    if body is None or wrapped_key is None:
        raise CannotDecrypt
    key = master.unwrap(body.key_id, wrapped_key)
    return base64.b64decode(key.open(_FIELD, row_id, body))
