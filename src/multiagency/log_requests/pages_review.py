"""Pages of the review: the entries, what was decided of each, and deciding about the chosen ones."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.log_requests import service
from multiagency.log_requests.forms import DECISIONS, DecisionForm
from multiagency.log_requests.models import LogRequest, LogRequestGround
from multiagency.log_requests.reading import known_request
from multiagency.log_requests.reading_choices import choices, ground_choices
from multiagency.log_requests.reading_grounds import grounds_by_id, grounds_in_force
from multiagency.log_requests.reading_review import Reviewed, review
from multiagency.log_requests.reading_words import Words
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter()
_Handling = Annotated[Work, door(Act.HANDLE_LOG_REQUEST)]
Page = Annotated[int, Query(ge=1, le=10_000)]
_ROWS = 25
"""Entries on a page: so many stay under 30 kB."""


@router.get("/{log_request}/entries")
async def get_entries(request: Request, log_request: UUID, work: _Handling, page_number: Page = 1) -> Response:
    """Show the entries of a page, those that wait for a decision first; nothing is ticked."""
    return await _entries(request, work, await known_request(work, log_request), page_number, {})


@router.post("/{log_request}/entries")
async def post_entries(request: Request, log_request: UUID, work: _Handling, page_number: Page = 1) -> Response:
    """Decide about the chosen entries."""
    row = await known_request(work, log_request)
    filled, errors = await take(request, DecisionForm, partial(service.decide, work, row), ("entries",))
    if errors:
        return await _entries(request, work, row, page_number, filled, errors)
    return see(f"/log-requests/{log_request}/entries")


async def _entries(
    request: Request, work: Work, row: LogRequest, number: int, filled: Filled, errors: Errors = ()
) -> Response:
    found = sorted(await review(work, row), key=lambda entry: not entry.waits)
    words, grounds = await Words.of(work, language_of(request)), await grounds_by_id(work)
    shown = found[(number - 1) * _ROWS : number * _ROWS]
    return page(
        request,
        "log_request_entries.html",
        422 if errors else 200,
        filled=filled,
        errors=errors,
        row=row,
        entries=[_row(words, entry, grounds) for entry in shown],
        total=len(found),
        waiting=sum(entry.waits for entry in found),
        number=number,
        more=len(found) > number * _ROWS,
        decisions=choices(request, "decisions", DECISIONS),
        grounds=ground_choices(request, await grounds_in_force(work, row.track, whole=False)),
    )


def _row(words: Words, entry: Reviewed, grounds: dict[UUID, LogRequestGround]) -> dict[str, Any]:
    decision = entry.decision
    ground = grounds[decision.ground_id].code if decision and decision.ground_id else ""
    shown = entry.truth == "genuine"
    return {
        "entry": entry,
        "when": words.when(entry),
        "who": words.who(entry) if shown else "",
        "what": words.what(entry),
        "case": (entry.view.detail or {}).get("case_reference") if shown else "",
        "ground": words.ground(entry) if shown else "",
        "recipient": words.recipient(entry) if shown else "",
        "decision_ground": words.say(f"grounds.{ground}") if ground else "",
    }
