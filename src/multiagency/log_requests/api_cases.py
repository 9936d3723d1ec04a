"""JSON: whose cases a request is about, attaching one by hand, and taking it off again."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.log_requests import service_attaching as attaching
from multiagency.log_requests.forms import AttachForm, DetachForm
from multiagency.log_requests.reading import known_request
from multiagency.log_requests.reading_cases import cases_of
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute

router = APIRouter(prefix="/{log_request}/cases", route_class=BodyRoute)
_Handling = Annotated[Work, door(Act.HANDLE_LOG_REQUEST)]


@router.get("")
async def get_cases(log_request: UUID, work: _Handling) -> dict[str, Any]:
    """Read what was searched by, what was found, and who else it could be: ids, roles and references."""
    found = await cases_of(work, await known_request(work, log_request))
    return {
        "searched": {"name": found.name, "identity_code": found.code},
        "found": [
            {"person": one.id, "case": reference, "role": one.role, "how": one.how} for one, reference in found.found
        ],
        "attached": [
            {
                "id": one.row.id,
                "person": one.row.subject_id,
                "case": one.reference,
                "role": one.role,
                "reason": one.reason,
                "by": one.by.label,
                "at": one.row.attached_at,
            }
            for one in found.attached
        ],
        "namesakes": [
            {
                "person": one.id,
                "case": one.reference,
                "role": one.role,
                "what": one.what,
                "former": one.former,
                "has_another_code": one.has_code,
            }
            for one in found.namesakes
        ],
    }


@router.post("", status_code=201)
async def post_case(form: AttachForm, log_request: UUID, work: _Handling) -> dict[str, UUID]:
    """Attach a case: a namesake by id, or a role in the case with a reference; its entries wait for decisions."""
    return {"id": await attaching.attach_case(work, await known_request(work, log_request), form)}


@router.post("/{attachment}/removal", status_code=204)
async def post_removal(form: DetachForm, log_request: UUID, attachment: UUID, work: _Handling) -> None:
    """Take an attached case off again."""
    await attaching.take_off(work, await known_request(work, log_request), attachment, form)
