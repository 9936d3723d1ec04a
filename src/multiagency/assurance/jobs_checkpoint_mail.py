"""Checkpoints by mail, for a witness whose machine fetches nothing: the newest, with its proof, as an attached file."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from multiagency.audit import witnesses
from multiagency.audit.witnesses import Standing
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.due import each
from multiagency.kernel.ids import uuid7
from multiagency.kernel.inputs import is_mail_address
from multiagency.kernel.journal import Mode
from multiagency.kernel.languages import COMPLETE
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.mail.message import Envelope, build
from multiagency.mail.models import OutboxMessage
from multiagency.mail.outbox import CHECKPOINT, Leaving, enqueue
from multiagency.web.texts import TEXTS

FILE = "checkpoint.txt"
MAILING = "mail_checkpoints"


async def mail_checkpoints(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """Mail every witness that has an address and is behind, at most once in `witness_mail_hours`; return how many.

    With `only`, that one.
    """
    return await each(runtime, presented, Act.DELIVER_MAIL, MAILING, _behind, _mail_if_due, only)


async def _behind(work: Work) -> dict[UUID, Standing]:
    return {
        witness.id: witness for witness in await witnesses.standing(work) if _is_reached(witness) and witness.behind
    }


def _is_reached(witness: Standing) -> bool:
    return witness.mail is not None and is_mail_address(witness.mail)


async def _mail_if_due(work: Work, witness: Standing) -> bool:
    if not witness.mail or not await _is_due(work, witness):
        return False
    await _mail(work, witness, witness.mail)
    return True


async def _is_due(work: Work, witness: Standing) -> bool:
    last = select(func.max(OutboxMessage.created_at)).where(OutboxMessage.stream_id == witness.id)
    found = await work.session.scalar(last)
    return found is None or found <= now() - timedelta(hours=work.tools.settings.witness_mail_hours)


async def _mail(work: Work, witness: Standing, address: str) -> None:
    settings = work.tools.settings
    shown = (await witnesses.update(work, witness.size or 0)).text()
    before = select(func.max(OutboxMessage.ordinal)).where(OutboxMessage.stream_id == witness.id)
    last = await work.session.scalar(before)
    envelope = Envelope(
        sender=f"ei-vastausta@{settings.mail_domain}",
        sender_name=settings.mail_name,
        recipient=address,
        message_id=f"<{uuid7()}@{settings.mail_domain}>",
    )
    about = {"file": FILE, "url": f"{settings.base_url}/log/cosignatures"}
    text = "\n".join(TEXTS.say(language, "witnesses.mailed.text", **about) for language in COMPLETE)
    subject = TEXTS.say(COMPLETE[0], "witnesses.mailed.subject")
    message = build(envelope, subject, text, attached={FILE: shown.encode()})
    ordinal = 0 if last is None else last + 1
    await enqueue(work, Leaving(witness.id, ordinal, CHECKPOINT, envelope.message_id, message))
    work.record(Mode.WRITE, recipient_id=witness.agency_id)
