"""JSON: consent recorded, read and withdrawn."""

from typing import Annotated, Any

from fastapi import APIRouter

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.consent import service
from multiagency.consent.forms import ConsentForm
from multiagency.kernel.access import Act, Kind

router = APIRouter(prefix="/api/v1/cases/{reference}/consent", tags=["consent"])


@router.post("", status_code=204)
async def post_consent(form: ConsentForm, desk: Annotated[Desk, case_door(Act.RECORD_CONSENT)]) -> None:
    """Record what the client answered, as a new version."""
    await service.record(desk, form)


@router.get("")
async def get_consent(desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> dict[str, Any] | None:
    """Read the newest version in sight; null when there is none, which is never a yes."""
    desk.read(Kind.CONSENT)
    consent = await service.newest(desk) if Kind.CONSENT in desk.kinds else None
    if consent is None:
        return None
    return {
        "version": consent.version,
        "state": consent.state,
        "purpose": consent.purpose,
        "asked_at": consent.asked_at,
        "how": consent.how,
        "language": consent.language,
        "kinds": consent.kinds,
        "recipients": [str(row.agency_id) for row in await service.recipients(desk, consent)],
    }


@router.post("/withdrawal", status_code=204)
async def post_withdrawal(desk: Annotated[Desk, case_door(Act.WITHDRAW_CONSENT)]) -> None:
    """Withdraw consent: effective for the next statement of anybody."""
    await service.withdraw(desk)
