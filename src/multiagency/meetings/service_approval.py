"""Minutes are approved when their case has been handled: given to their recipients, and never changed again.

What is wrong in them is corrected by an addition with its date, to those who received them.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from multiagency.cases.desk import Desk
from multiagency.cases.service import move_on, scope
from multiagency.cases.service_grants import one_at_a_time
from multiagency.consent.reading_instructions import what_is_asked
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.work import Work
from multiagency.meetings.events import MinutesApproved
from multiagency.meetings.forms_minutes import AddendumForm, ApprovalForm
from multiagency.meetings.models import AgendaItem, Meeting
from multiagency.meetings.models_minutes import Minutes, MinutesAddendum, MinutesPart
from multiagency.meetings.questions import MayApprove
from multiagency.meetings.reading_instructions import for_agency
from multiagency.meetings.reading_instructions import newest as newest_instructions
from multiagency.meetings.reading_recipients import receiving, standing
from multiagency.meetings.service_minutes import (
    COMMON,
    at_the_item,
    must_be_open,
    newest_drafts,
    number_of,
    part_field,
    tell_seated,
)
from multiagency.meetings.service_recipients import give
from multiagency.meetings.service_states import said
from multiagency.pathways.definition import StageKind
from multiagency.pathways.service import parameter
from multiagency.people.reading import agencies, team_with


async def approve(work: Work, meeting: Meeting, form: ApprovalForm) -> None:
    """Approve the newest draft: its texts never change again, its recipients receive it, and the case goes on.

    Whoever leads the item approves: the coordinator, as the door asks. Raises `Conflict` when there is no draft, when
    it is not the one that was seen, before the case has been handled, and once minutes are approved; `Invalid` with
    what is missing, such as what became of an earlier plan or how a part is recorded.
    """
    desk, item = await at_the_item(work, meeting, form.case)
    await one_at_a_time(work, desk.case)
    must_be_open(item)
    drafts = await newest_drafts(work, item)
    number = number_of(drafts)
    if COMMON not in drafts:
        raise Conflict("minutes.no_draft")
    if form.version != number:
        raise Conflict("minutes.newer_draft")
    await _must_be_handled(work, meeting, item, handled=form.handled)
    given = receiving(desk, await standing(desk, item))
    parts = {agency for agency in given if (part := drafts.get(part_field(agency))) is not None and part.text}
    wanting = [*await work.ask(MayApprove(desk, item)), *await _uninstructed(desk, item, parts)]
    if wanting:
        raise Invalid(*wanting)
    moment = item.discussed_at = now()
    for row in (drafts[COMMON], *(drafts[part_field(agency)] for agency in parts)):
        row.approved_at, row.approved_by_id = moment, work.actor.post_id
    await give(desk, item, given, moment)
    await move_on(desk, StageKind.FOLLOW_UP)
    await work.session.flush()
    desk.wrote(Kind.MINUTES, Kind.MEETING)
    for agency in sorted(parts):
        desk.wrote(Kind.MINUTES, controller_id=agency, recipient_id=agency)
    await work.publish(MinutesApproved(desk))
    await tell_seated(desk, item, "minutes_approved", given)


async def _must_be_handled(work: Work, meeting: Meeting, item: AgendaItem, *, handled: bool) -> None:
    """Raise `Conflict` before the case's time at the table is over, unless whoever leads it says that it is handled."""
    handled = handled or item.handled_at is not None
    ends = await ends_at(work, meeting, item)
    if not handled and ends > now():
        raise Conflict("minutes.not_handled", when=said(ends))


async def ends_at(work: Work, meeting: Meeting, item: AgendaItem) -> datetime:
    """Return when a case's time at the table is over: its turn in the order of the agenda, within the meeting."""
    before = select(func.count()).where(
        AgendaItem.meeting_id == meeting.id, AgendaItem.ended_at.is_(None), AgendaItem.position <= item.position
    )
    team = await team_with(work, meeting.team_id)
    each = await parameter(work, team.pathway, "case_minutes", team.id)
    turns = await work.session.scalar(before) or 1
    return min(meeting.ends_at, meeting.starts_at + timedelta(minutes=turns * each))


async def _uninstructed(desk: Desk, item: AgendaItem, parts: Collection[UUID]) -> list[FieldError]:
    """Name each part that nobody has said how to record, where a guardian may read it who must not."""
    asked = await what_is_asked(desk) if parts else None
    if asked is None or not (asked.client or (asked.child and asked.children)):
        return []
    given = await newest_instructions(desk.work, [desk.case.id])
    wanting = [agency for agency in parts if for_agency(given, item.id, agency) is None]
    names = {agency.id: agency.name(desk.work.actor.language) for agency in await agencies(desk.work)}
    return [FieldError(part_field(one), "minutes.parts.instruct", {"agency": names[one]}) for one in sorted(wanting)]


async def add(work: Work, meeting: Meeting, form: AddendumForm) -> None:
    """Add something to approved minutes, or correct them: a row of its own, to all who received them or to one part.

    Raises `Conflict` before the approval, `Invalid` for the part of an agency that has received none.
    """
    desk, item = await at_the_item(work, meeting, form.case)
    approved = select(Minutes.id).where(Minutes.agenda_item_id == item.id, Minutes.approved_at.is_not(None))
    minutes_id = await work.session.scalar(approved)
    if minutes_id is None:
        raise Conflict("minutes.not_approved")
    parts = select(MinutesPart.controller_id).where(
        MinutesPart.agenda_item_id == item.id, MinutesPart.approved_at.is_not(None)
    )
    if form.agency and form.agency not in (await work.session.scalars(parts)).all():
        raise Invalid.of("agency", "minutes.parts.not_received")
    addendum = MinutesAddendum(
        id=uuid7(),
        **scope(desk) | ({"controller_id": form.agency} if form.agency else {}),
        minutes_id=minutes_id,
        agency_id=form.agency,
        author_id=work.actor.post_id,
        added_at=now(),
    )
    await work.vault.seal(addendum, text=form.text)
    work.session.add(addendum)
    await work.session.flush()
    reached = [
        one.agency_id
        for one in await standing(desk, item)
        if one.received_at and one.lives and form.agency in {None, one.agency_id}
    ]
    desk.wrote(Kind.MINUTES, controller_id=addendum.controller_id)
    for agency in reached:
        desk.disclosed(Kind.MINUTES, recipient_id=agency, controller_id=addendum.controller_id)
    await tell_seated(desk, item, "minutes_added", reached)
