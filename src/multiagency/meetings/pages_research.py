"""Pages on research: what agencies were asked and have answered, for whoever coordinates; and the answering page."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import open_desk
from multiagency.cases.reading_names import name_of
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.meetings import reading_research as reading
from multiagency.meetings import service
from multiagency.meetings import service_research as research
from multiagency.meetings.forms import AgendaForm, AskedAgency, ReturnForm, WithdrawalOfResearch
from multiagency.meetings.service_states import has_begun, must_wait
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.etags import filled_with
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import attempt, page, see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/meetings/{meeting}/cases/{reference}", tags=["pages"])

_Running = Annotated[Work, door(Act.RUN_MEETING)]
_Answering = Annotated[Work, door(Act.ANSWER_RESEARCH)]


@router.get("/research")
async def get_research(request: Request, meeting: str, reference: str, work: _Running) -> Response:
    """Show what each agency at the table was asked and has answered, and who is left out and why."""
    return await _research(request, work, meeting, reference)


@router.post("/research")
async def post_research(request: Request, meeting: str, reference: str, work: _Running) -> Response:
    """Ask all that have not been asked."""
    found = await service.find(work, meeting)
    errors = await attempt(request, research.ask(work, found, AgendaForm(case=reference), language_of(request)))
    if errors:
        return await _research(request, work, meeting, reference, errors)
    return see(f"/meetings/{meeting}/cases/{reference}/research", Done.RESEARCH_ASKED)


@router.post("/research/withdrawal")
async def post_withdrawal(request: Request, meeting: str, reference: str, work: _Running) -> Response:
    """Ask one agency no more."""
    found = await service.find(work, meeting)

    async def withdraw(form: AskedAgency) -> None:
        await research.withdraw(work, found, WithdrawalOfResearch(case=reference, agency=form.agency))

    _, errors = await take(request, AskedAgency, withdraw)
    if errors:
        return await _research(request, work, meeting, reference, errors)
    return see(f"/meetings/{meeting}/cases/{reference}/research", Done.TAKEN_BACK)


async def _research(request: Request, work: Work, wanted: str, reference: str, errors: Errors = ()) -> Response:
    meeting = await service.find(work, wanted)
    desk = await open_desk(work, reference, Act.RUN_MEETING)
    item = await service.agenda_item(work, meeting, desk)
    language = language_of(request)
    before = meeting.state == "open" and must_wait(meeting) and item.discussed_at is None
    found = await reading.may_be_asked(desk, item, language)
    named = {agency.id: agency.name(language) for agency in await people.agencies(work)}
    return page(
        request,
        "research.html",
        422 if errors else 200,
        errors=errors,
        path=f"/meetings/{meeting.reference}/cases/{desk.case.reference}/research",
        meeting=meeting,
        reference=desk.case.reference,
        name=await name_of(desk),
        returns=await reading.returns_of(work, item, language),
        askable=[(named[agency], seated) for agency, seated in found.askable.items()],
        left_out=found.left_out,
        before=before,
        never_opened=meeting.state == "planned",
    )


@router.get("/return")
async def get_return(request: Request, meeting: str, reference: str, work: _Answering) -> Response:
    """Show who one's agency is asked about, by what they are searched by, and what it has answered."""
    return await _return(request, work, meeting, reference)


@router.post("/return")
async def post_return(request: Request, meeting: str, reference: str, work: _Answering) -> Response:
    """Answer for one's agency, or correct the answer."""
    filled, errors = await take(request, ReturnForm, partial(research.give_answer, work, meeting, reference))
    if errors:
        return await _return(request, work, meeting, reference, errors, filled)
    return see(f"/meetings/{meeting}/cases/{reference}/return", Done.ANSWERED)


async def _return(
    request: Request, work: Work, wanted: str, reference: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    found = await reading.own_research(work, wanted, reference)
    begun = has_begun(found.meeting)
    return page(
        request,
        "research_return.html",
        422 if errors else 200,
        errors=errors,
        filled=filled_with(work, found.saved) if filled is None else filled,
        path=f"/meetings/{found.meeting.reference}/cases/{found.desk.case.reference}/return",
        meeting=found.meeting,
        reference=found.desk.case.reference,
        asked=found.request,
        answers=[view for _, view in found.answers],
        waits=found.waits,
        people=await reading.identifiers(found.desk),
        returns=await reading.returns_of(work, found.item, language_of(request)) if begun else [],
    )
