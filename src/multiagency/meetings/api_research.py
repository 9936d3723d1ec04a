"""JSON: research before a meeting, for whoever coordinates and for whoever sits there for an agency that is asked."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import open_desk
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import reading_research as reading
from multiagency.meetings import service
from multiagency.meetings import service_research as research
from multiagency.meetings.forms import AgendaForm, ReturnForm, WithdrawalOfResearch
from multiagency.meetings.service_states import has_begun
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute
from multiagency.web.etags import tag
from multiagency.web.speaking import language_of

router = APIRouter(route_class=BodyRoute)

_Running = Annotated[Work, door(Act.RUN_MEETING)]
_Answering = Annotated[Work, door(Act.ANSWER_RESEARCH)]


def _told(view: reading.ReturnView) -> dict[str, Any]:
    answer = {"by": view.answer.by} if view.answer else {}
    about = {"asked_at": view.asked_at, "due_on": view.due_on, "returned_at": view.returned_at}
    return {"agency": view.agency_id, "name": view.agency, "state": view.state, **about, **answer}


@router.post("/meetings/{meeting}/research")
async def post_research(request: Request, meeting: str, form: AgendaForm, work: _Running) -> research.ResearchAsked:
    """Ask every agency at the table of a case what it knows that was not asked yet; say who is left out, and why."""
    return await research.ask(work, await service.find(work, meeting), form, language_of(request))


@router.post("/meetings/{meeting}/research/withdrawal", status_code=204)
async def post_withdrawal(meeting: str, form: WithdrawalOfResearch, work: _Running) -> None:
    """Ask an agency no more."""
    await research.withdraw(work, await service.find(work, meeting), form)


@router.get("/meetings/{meeting}/cases/{reference}/research")
async def get_research(request: Request, meeting: str, reference: str, work: _Running) -> list[dict[str, Any]]:
    """Say how each agency that was asked stands; what it answered only to who is given what agencies tell."""
    found = await service.find(work, meeting)
    desk = await open_desk(work, reference, Act.RUN_MEETING)
    item = await service.agenda_item(work, found, desk)
    return [_told(view) for view in await reading.returns_of(work, item, language_of(request))]


@router.get("/meetings/{meeting}/cases/{reference}/return")
async def get_return(
    request: Request, response: Response, meeting: str, reference: str, work: _Answering
) -> dict[str, Any]:
    """Read who one's agency is asked about; once the meeting has begun, also what the others answered."""
    found = await reading.own_research(work, meeting, reference)
    tag(response, work, found.saved)
    begun = has_begun(found.meeting)
    others = await reading.returns_of(work, found.item, language_of(request)) if begun else []
    return {
        "people": await reading.identifiers(found.desk),
        "asked_at": found.request.asked_at,
        "due_on": found.request.due_on,
        "answers": [view for _, view in found.answers],
        "table": [_told(view) for view in others],
    }


@router.post("/meetings/{meeting}/cases/{reference}/return", status_code=204)
async def post_return(meeting: str, reference: str, form: ReturnForm, work: _Answering) -> None:
    """Answer for one's agency, or correct the answer, until the meeting begins."""
    await research.give_answer(work, meeting, reference, form)
