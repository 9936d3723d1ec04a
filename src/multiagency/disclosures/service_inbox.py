"""The inbox: what other agencies disclosed to one's own, read by the posts that receive for it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from multiagency.disclosures.models import LegalGround, Receipt
from multiagency.disclosures.reading import authors
from multiagency.disclosures.reading_fields import Content
from multiagency.disclosures.service_recording import RecordingView, recording_of
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, NotVisible
from multiagency.kernel.journal import Mode
from multiagency.kernel.portions import Portion, portion
from multiagency.kernel.work import Work
from multiagency.people.reading import Colleague
from multiagency.people.service_notices import settle


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What is told of a receipt in a list: from whom, when, on which ground; not what it says."""

    row: Receipt
    ground: LegalGround
    sender: Colleague


@dataclass(frozen=True, slots=True)
class OpenedReceipt:
    """A receipt, opened."""

    view: ReceiptView
    content: Content
    requested_by: str
    recording: RecordingView | None


def _record(work: Work, mode: Mode, row: Receipt, ground: LegalGround) -> None:
    work.record(
        mode,
        {Kind.DISCLOSURE},
        subjects=[row.case_id],
        case_id=row.case_id,
        case_reference=row.case_reference,
        controller_id=row.controller_id,
        basis=ground.code,
    )


async def received(work: Work, start: int = 0) -> Portion[ReceiptView]:
    """Return what has arrived for one's own agency, unread first, then newest first."""
    query = (
        select(Receipt, LegalGround)
        .join(LegalGround, LegalGround.id == Receipt.ground_id)
        .where(Receipt.controller_id == work.actor.agency_id)
        .order_by(Receipt.read_at.is_not(None), Receipt.received_at.desc())
    )
    found = await portion(work, query, start)
    senders = await authors(work, [row.from_post_id for row, _ in found.rows])
    for row, ground in found.rows:
        _record(work, Mode.READ, row, ground)
    return found.of([ReceiptView(row, ground, senders[row.from_post_id]) for row, ground in found.rows])


async def _own_receipt(work: Work, receipt_id: UUID) -> tuple[Receipt, LegalGround]:
    """Return what arrived for one's own agency, with its ground. Raises `NotVisible` for anything else."""
    row = await work.session.get(Receipt, receipt_id)
    if row is None or row.controller_id != work.actor.agency_id:
        raise NotVisible
    return row, await work.session.get_one(LegalGround, row.ground_id)


async def open_receipt(work: Work, receipt_id: UUID) -> OpenedReceipt:
    """Open one, and note when it was first read. Raises `NotVisible` for what arrived for somebody else."""
    row, ground = await _own_receipt(work, receipt_id)
    _record(work, Mode.READ, row, ground)
    if row.read_at is None:
        row.read_at = now()
        await work.session.flush()
        await settle(work, f"/inbox/{receipt_id}", "disclosure_received")
        _record(work, Mode.WRITE, row, ground)
    view = ReceiptView(row, ground, (await authors(work, [row.from_post_id]))[row.from_post_id])
    content = Content.opened(await work.vault.open(row, "content"))
    requested_by, recording = await work.vault.open(row, "requested_by"), await recording_of(work, row)
    return OpenedReceipt(view, content, requested_by, recording)


async def confirm_recording(work: Work, receipt_id: UUID) -> None:
    """Say that what arrived is recorded as was said, once.

    Raises `NotVisible` for what arrived for somebody else, `Conflict` where nothing waits for that.
    """
    row, ground = await _own_receipt(work, receipt_id)
    if row.hidden_from is None or row.recorded_at is not None:
        raise Conflict("recording.nothing_to_confirm")
    moment = now()
    row.read_at = row.read_at or moment
    row.recorded_at, row.recorded_by_id = moment, work.actor.post_id
    await work.session.flush()
    _record(work, Mode.WRITE, row, ground)
