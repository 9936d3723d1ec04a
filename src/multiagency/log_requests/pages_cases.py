"""Pages: whose cases a request is about, attaching one by hand, and taking it off again."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.errors import Conflict
from multiagency.kernel.ids import as_reference
from multiagency.kernel.work import Work
from multiagency.log_requests import service_attaching as attaching
from multiagency.log_requests.forms import ROLES, AttachForm, DetachForm
from multiagency.log_requests.models import LogRequest
from multiagency.log_requests.reading import known_request
from multiagency.log_requests.reading_cases import Candidate, cases_of, people_of
from multiagency.log_requests.reading_choices import choices
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS

router = APIRouter(prefix="/{log_request}/cases")
_Handling = Annotated[Work, door(Act.HANDLE_LOG_REQUEST)]


@router.get("")
async def get_cases(request: Request, log_request: UUID, work: _Handling) -> Response:
    """Show what was searched by, what was found, and who else it could be: never what a case is about."""
    return await _cases(request, work, await known_request(work, log_request), {})


@router.post("")
async def post_case(request: Request, log_request: UUID, work: _Handling) -> Response:
    """Attach a case."""
    row = await known_request(work, log_request)
    filled, errors = await take(request, AttachForm, partial(attaching.attach_case, work, row))
    if errors:
        return await _cases(request, work, row, filled, errors)
    return see(f"/log-requests/{log_request}/cases")


@router.get("/{attachment}/removal")
async def get_removal(request: Request, log_request: UUID, attachment: UUID, work: _Handling) -> Response:
    """Ask why an attached case does not belong here after all."""
    return _removal(request, await known_request(work, log_request), attachment, {})


@router.post("/{attachment}/removal")
async def post_removal(request: Request, log_request: UUID, attachment: UUID, work: _Handling) -> Response:
    """Take it off again."""
    row = await known_request(work, log_request)
    filled, errors = await take(request, DetachForm, partial(attaching.take_off, work, row, attachment))
    if errors:
        return _removal(request, row, attachment, filled, errors)
    return see(f"/log-requests/{log_request}/cases")


def _removal(request: Request, row: LogRequest, attachment: UUID, filled: Filled, errors: Errors = ()) -> Response:
    if row.closed_at is not None:
        raise Conflict("log_request.closed")
    template, status = "log_request_case_removal.html", 422 if errors else 200
    return page(request, template, status, row=row, attachment=attachment, filled=filled, errors=errors)


async def _cases(request: Request, work: Work, row: LogRequest, filled: Filled, errors: Errors = ()) -> Response:
    found = await cases_of(work, row)
    typed = as_reference(str(filled.get("case", "")))
    offered = await people_of(work, row, typed) if typed else found.namesakes
    return page(
        request,
        "log_request_cases.html",
        422 if errors else 200,
        row=row,
        found=found,
        offered=[(str(one.id), _words(request, one)) for one in offered],
        roles=choices(request, "roles", ROLES),
        filled=filled,
        errors=errors,
    )


def _words(request: Request, one: Candidate) -> str:
    """Return who it is without a name: the case, the role, what agrees, and whether another code is recorded."""

    def say(key: str, **values: Any) -> str:
        return TEXTS.say(language_of(request), key, **values)

    said = [say("log_request.person_in_case", reference=one.reference, role=say(f"log_request.roles.{one.role}"))]
    said[0] += f" {one.number}" if one.number > 1 else ""
    said += [", ".join(say(f"match.what.{what}") for what in one.what)] if one.what else []
    said += [say("log_request.of_former")] if one.what and one.former else []
    said += [say("log_request.has_another_code" if one.has_code else "log_request.has_no_code")] if one.what else []
    return ". ".join(said)
