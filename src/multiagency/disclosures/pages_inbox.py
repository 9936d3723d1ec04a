"""Pages: what has arrived for one's own agency."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.disclosures.paper_disclosure import line_label, line_value, recording_facts
from multiagency.disclosures.service_inbox import ReceiptView, confirm_recording, open_receipt, received
from multiagency.kernel.access import Act
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.lists import Start
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/inbox")

Receiving = Annotated[Work, door(Act.READ_INBOX)]


@router.get("")
async def get_inbox(request: Request, work: Receiving, start: Start = 0) -> Response:
    """List what has arrived, unread first; what it says is on its own page."""
    language, found = language_of(request), await received(work, start)
    return page(request, "inbox.html", found=found, receipts=[_row(view, language) for view in found.rows])


def _row(view: ReceiptView, language: Language) -> dict[str, Any]:
    return {"view": view, "agency": view.sender.agency.name(language), "ground_text": view.ground.words(language)}


@router.get("/{receipt}")
async def get_receipt(request: Request, receipt: UUID, work: Receiving) -> Response:
    """Show what arrived, from whom, who asked, on which ground and for what (703/2023 section 39)."""
    opened, language = await open_receipt(work, receipt), language_of(request)
    return page(
        request,
        "inbox_receipt.html",
        row=_row(opened.view, language),
        opened=opened,
        recording=recording_facts(language, opened.recording),
        lines=[(line_label(language, line), line_value(language, line)) for line in opened.content.lines],
    )


@router.post("/{receipt}/recording")
async def post_recording(receipt: UUID, work: Annotated[Work, door(Act.CONFIRM_RECORDING)]) -> Response:
    """Say that it is recorded as whoever disclosed it asked."""
    await confirm_recording(work, receipt)
    return see(f"/inbox/{receipt}", Done.SAVED)
