"""JSON: the register of grounds, and the inbox."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.disclosures import service_grounds as grounds
from multiagency.disclosures.forms import GroundForm, GroundWording
from multiagency.disclosures.models import LegalGround
from multiagency.disclosures.service_inbox import ReceiptView, confirm_recording, open_receipt, received
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute
from multiagency.web.lists import Start, link_next
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/api/v1", tags=["disclosures"], route_class=BodyRoute)

_COLUMNS = (
    "code",
    "provision",
    "from_kinds",
    "from_offices",
    "to_kinds",
    "duty",
    "needs_consent",
    "discloses",
    "on_request",
    "text_fi",
    "text_sv",
    "text_en",
    "valid_from",
    "valid_to",
)


def _ground(row: LegalGround) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COLUMNS}


@router.get("/grounds")
async def get_grounds(work: Annotated[Work, door(Act.SEE_GROUNDS)]) -> list[dict[str, Any]]:
    """List the wordings in force."""
    return [_ground(row) for row in await grounds.in_force(work)]


@router.get("/grounds/{code}")
async def get_ground(code: str, work: Annotated[Work, door(Act.SEE_GROUNDS)]) -> list[dict[str, Any]]:
    """List every wording of a ground, the newest first."""
    return [_ground(row) for row in await grounds.wordings(work, code)]


@router.get("/grounds/{code}/touched")
async def get_touched(code: str, work: Annotated[Work, door(Act.EDIT_GROUNDS)]) -> dict[str, int]:
    """Say how many open cases, decisions and texts rest on a ground, before it is changed; only what there is."""
    return {found.what: found.number for found in await grounds.touched(work, code)}


@router.post("/grounds", status_code=204)
async def post_ground(form: GroundForm, work: Annotated[Work, door(Act.EDIT_GROUNDS)]) -> None:
    """Add a ground."""
    await grounds.add(work, form)


@router.put("/grounds/{code}", status_code=204)
async def put_ground(code: str, form: GroundWording, work: Annotated[Work, door(Act.EDIT_GROUNDS)]) -> None:
    """Give a ground a new wording; what was decided keeps the old one.

    One that begins on a coming day (`valid_from`) is saved when `confirmed` says that what it touches was seen.
    """
    await grounds.edit(work, code, form)


@router.post("/grounds/{code}/end", status_code=204)
async def post_end(code: str, work: Annotated[Work, door(Act.EDIT_GROUNDS)]) -> None:
    """End a ground."""
    await grounds.end(work, code)


def _receipt(view: ReceiptView, language: str) -> dict[str, Any]:
    return {
        "id": view.row.id,
        "case_reference": view.row.case_reference,
        "from_agency": view.sender.agency.name(language),
        "from": view.sender.label,
        "received_at": view.row.received_at,
        "read_at": view.row.read_at,
        "recorded_at": view.row.recorded_at,
        "ground": {"code": view.ground.code, "provision": view.ground.provision},
        "purpose": view.row.purpose,
    }


@router.get("/inbox")
async def get_inbox(
    request: Request, response: Response, work: Annotated[Work, door(Act.READ_INBOX)], start: Start = 0
) -> list[dict[str, Any]]:
    """List what has arrived: from whom, when, on which ground; not what it says."""
    language = language_of(request)
    found = await received(work, start)
    link_next(response, "/api/v1/inbox", found)
    return [_receipt(view, language) for view in found.rows]


@router.get("/inbox/{receipt}")
async def get_receipt(request: Request, receipt: UUID, work: Annotated[Work, door(Act.READ_INBOX)]) -> dict[str, Any]:
    """Read what arrived; the first reading is noted."""
    opened, language = await open_receipt(work, receipt), language_of(request)
    ground = opened.view.ground
    about = {"code": ground.code, "provision": ground.provision, "text": ground.words(language)}
    return _receipt(opened.view, language) | {
        "ground": about,
        "requested_by": opened.requested_by,
        "content": opened.content,
        "recording": opened.recording,
    }


@router.post("/inbox/{receipt}/recording", status_code=204)
async def post_recording(receipt: UUID, work: Annotated[Work, door(Act.CONFIRM_RECORDING)]) -> None:
    """Say that it is recorded as whoever disclosed it asked."""
    await confirm_recording(work, receipt)
