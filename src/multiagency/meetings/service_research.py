"""Research: agencies at the table of a case are asked whether they know its people, and answer before the meeting.

Identifiers only, and no content in return (facts F54 and F58, requirements 27 and 40). Silence is never an answer.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, Text, Uuid, bindparam, func, select

from multiagency.cases.desk import Desk
from multiagency.cases.service import scope
from multiagency.cases.service_grants import one_at_a_time
from multiagency.cases.service_versions import to_be_saved
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now, to_helsinki
from multiagency.kernel.errors import Conflict
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.kernel.working_days import working_days_earlier, working_days_later
from multiagency.meetings.forms import AgendaForm, ReturnForm, WithdrawalOfResearch
from multiagency.meetings.models import AgendaItem, Meeting
from multiagency.meetings.models_research import ResearchAnswer, ResearchRequest
from multiagency.meetings.reading_research import AskableView, LeftOut, OwnResearch, living, may_be_asked, own_research
from multiagency.meetings.service import agenda_item, desk_of
from multiagency.meetings.service_states import begins_soon, must_not_be_over, must_wait
from multiagency.pathways.service import parameter
from multiagency.people.reading import team_with
from multiagency.people.service_notices import settle, tell

_FOLLOWED = (Column("case_id", Uuid), Column("reference", Text), Column("controller_id", Uuid))
_READERS = select(func.who_reads_research(bindparam("request", type_=Uuid)))


@dataclass(frozen=True, slots=True)
class ResearchAsked:
    """How many agencies were asked, until when they are to answer, and who was left out and why."""

    asked: int
    due_on: date
    left_out: list[LeftOut]


async def ask(work: Work, meeting: Meeting, form: AgendaForm, language: str) -> ResearchAsked:
    """Ask every agency at the table of a case what it knows that was not asked yet; who sits there for it is told.

    Raises `Conflict` unless the meeting is open and has not begun, and when nobody is left to be asked.
    """
    desk = await desk_of(work, form.case)
    item = await agenda_item(work, meeting, desk)
    _must_be_before(meeting)
    await one_at_a_time(work, desk.case)
    found = await may_be_asked(desk, item, language)
    if not found.askable:
        raise Conflict("research.nobody_to_ask")
    due_on = await _due_on(work, meeting)
    await _ask(desk, item, meeting, found, due_on)
    return ResearchAsked(len(found.askable), due_on, found.left_out)


def _must_be_before(meeting: Meeting) -> None:
    must_not_be_over(meeting)
    if meeting.state != "open":
        raise Conflict("research.not_open")
    if not must_wait(meeting):
        raise Conflict("research.begun")


async def _ask(desk: Desk, item: AgendaItem, meeting: Meeting, found: AskableView, due_on: date) -> None:
    work, soon = desk.work, await begins_soon(desk.work, meeting)
    for agency_id, seated in found.askable.items():
        posts = [one.post for one in seated]
        request = ResearchRequest(
            id=uuid7(),
            **scope(desk),
            agenda_item_id=item.id,
            agency_id=agency_id,
            asked_by_id=work.actor.post_id,
            asked_at=now(),
            due_on=due_on,
        )
        work.session.add(request)
        desk.wrote(Kind.MEETING, recipient_id=agency_id)
        await tell(work, posts, "research_asked", return_place(meeting.reference, desk), desk.case.id, at_once=soon)
    await work.session.flush()


def return_place(meeting: str, desk: Desk) -> str:
    """Return the page on which an agency answers."""
    return f"/meetings/{meeting}/cases/{desk.case.reference}/return"


async def _due_on(work: Work, meeting: Meeting) -> date:
    """Return the last day: so many working days before the meeting as the team says.

    Where that has passed, the next working day; on the day of the meeting at the latest.
    """
    team = await team_with(work, meeting.team_id)
    days = await parameter(work, team.pathway, "research_working_days", team.id)
    day = to_helsinki(meeting.starts_at).date()
    soonest = working_days_later(to_helsinki(now()).date(), 1)
    return min(day, max(working_days_earlier(day, days), soonest))


async def withdraw(work: Work, meeting: Meeting, form: WithdrawalOfResearch) -> None:
    """Ask an agency no more: its people see the request no longer, nor anybody its answer. It can be asked anew.

    Raises `Conflict` when it is not asked.
    """
    desk = await desk_of(work, form.case)
    item = await agenda_item(work, meeting, desk)
    request = next((row for row in await living(work, [item.id]) if row.agency_id == form.agency), None)
    if request is None:
        raise Conflict("research.not_asked")
    request.ended_at = now()
    await work.session.flush()
    desk.wrote(Kind.MEETING, recipient_id=form.agency)


async def give_answer(work: Work, meeting: str, case: str, form: ReturnForm) -> None:
    """Answer for one's own agency, or correct what it answered: the earlier answer is kept, the same is not said twice.

    Raises `NotVisible` where one's agency is not asked at one's own seat, `Conflict` once the meeting has begun,
    `Stale` when a colleague answered otherwise meanwhile.
    """
    found = await own_research(work, meeting, case)
    if not found.waits:
        raise Conflict("research.too_late")
    await to_be_saved(work, found.saved, form)
    if form.knows == found.saved.values["knows"]:
        return
    await _add_answer(found, form.knows)
    await settle(work, return_place(found.meeting.reference, found.desk), "research_asked", "research_due")


async def _add_answer(found: OwnResearch, answer: str) -> None:
    desk, work, request = found.desk, found.desk.work, found.request
    row = ResearchAnswer(
        id=uuid7(), **scope(desk), request_id=request.id, answered_by_id=work.actor.post_id, answered_at=now()
    )
    await work.vault.seal(row, answer=answer)
    work.session.add(row)
    request.returned_at = row.answered_at
    await work.session.flush()
    desk.wrote(Kind.MEETING, controller_id=request.controller_id)
    desk.wrote(Kind.NARRATIVE, controller_id=work.actor.agency_id)
    for agency_id in await work.session.scalars(_READERS, {"request": request.id}):
        desk.disclosed(Kind.NARRATIVE, recipient_id=agency_id)


async def move_research(work: Work, meeting: Meeting) -> None:
    """Let what is not answered yet be due with the meeting, whose time has changed; what was answered stays.

    Also in a case that is kept from the actor, which the database finds.
    """
    if meeting.state != "open":
        return
    moved = func.move_research_with(meeting.id, await _due_on(work, meeting)).table_valued(*_FOLLOWED)
    for row in (await work.session.execute(select(moved))).all():
        about = {"case_id": row.case_id, "case_reference": row.reference, "controller_id": row.controller_id}
        work.record(Mode.WRITE, {Kind.SHELL, Kind.MEETING}, subjects=[row.case_id], basis="coordination", **about)
