"""Who writes the minutes of a meeting and who receives those of a case: named beforehand, by whoever coordinates."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.service import scope
from multiagency.cases.service_grants import one_at_a_time
from multiagency.cases.service_versions import say_anew, to_be_saved
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.versions import Saved
from multiagency.kernel.work import Work
from multiagency.meetings.forms_minutes import RecipientsForm, WriterForm
from multiagency.meetings.models import AgendaItem, Meeting, Seat
from multiagency.meetings.models_minutes import MinutesRecipient
from multiagency.meetings.reading_recipients import named_rows, saved_recipients, standing
from multiagency.meetings.service_minutes import at_the_item, tell_seated
from multiagency.meetings.service_states import ENDED
from multiagency.people import reading as people
from multiagency.people.models import Person, Post
from multiagency.people.reading import Colleague


async def may_write(work: Work, meeting: Meeting) -> Sequence[Colleague]:
    """Return who may be named to write: whoever coordinates the team, and who sits at the table of the meeting."""
    seated = (
        select(Seat.post_id)
        .join(AgendaItem, AgendaItem.id == Seat.agenda_item_id)
        .where(AgendaItem.meeting_id == meeting.id, AgendaItem.ended_at.is_(None), Seat.ended_at.is_(None))
    )
    coordinating = people.coordinators_in_team(meeting.team_id)
    rows = await work.session.execute(people.at_the_table().where(Post.id.in_(seated) | Post.id.in_(coordinating)))
    return [Colleague(*row) for row in rows]


async def writer_of(work: Work, meeting: Meeting) -> str:
    """Return name and title of who was named to write; empty where nobody was."""
    if meeting.writer_id is None:
        return ""
    query = select(Person.name, Post.title).join(Post, Post.person_id == Person.id).where(Post.id == meeting.writer_id)
    return ", ".join((await work.session.execute(query)).one())


def saved_writer(meeting: Meeting) -> Saved:
    """Return who writes, as the form that names them shows it."""
    return Saved(f"writer:{meeting.id}", {"writer": str(meeting.writer_id or "")})


async def name_writer(work: Work, meeting: Meeting, form: WriterForm) -> None:
    """Name who writes the minutes, or nobody: then whoever coordinates. It shows them nothing: a seat does.

    Raises `Invalid` for who neither coordinates the team nor sits there, `Conflict` when the meeting was not held.
    """
    if meeting.state in ENDED:
        raise Conflict(f"meeting.was_{meeting.state}")
    await to_be_saved(work, saved_writer(meeting), form)
    if form.writer and form.writer not in {who.post.id for who in await may_write(work, meeting)}:
        raise Invalid.of("writer", "minutes.writer.unknown")
    meeting.writer_id = form.writer
    await work.session.flush()
    work.record(Mode.WRITE)


async def name_recipients(work: Work, meeting: Meeting, case: str, form: RecipientsForm) -> None:
    """Name the agencies that receive the minutes of a case; none: those that sit there and whoever opened it.

    Once minutes are approved whoever is added receives them at once, and nobody is taken out: what was given stays
    given. Raises `Invalid` for an agency that no living basis names, and for one that has received them already.
    """
    desk, item = await at_the_item(work, meeting, case)
    await one_at_a_time(work, desk.case)
    there = {row.agency_id: row for row in await named_rows(desk, item)}
    await say_anew(desk, saved_recipients(item, list(there)), {})
    wanted, living = set(form.agency), {one.agency_id for one in await standing(desk, item) if one.lives}
    if wanted - there.keys() - living:
        raise Invalid.of("agency", "minutes.recipients.no_basis")
    gone = [row for agency, row in there.items() if agency not in wanted]
    if any(row.received_at for row in gone):
        raise Invalid.of("agency", "minutes.recipients.received")
    for row in gone:
        row.dropped_at = now()
    await work.session.flush()
    new = wanted - there.keys()
    moment = now() if item.discussed_at else None
    await _name(desk, item, new, moment)
    desk.wrote(Kind.MINUTES)
    if moment:
        await tell_seated(desk, item, "minutes_approved", new)


async def give(desk: Desk, item: AgendaItem, agencies: Collection[UUID], moment: datetime) -> None:
    """Give approved minutes to these agencies: whoever was named and may not receive them any more is dropped."""
    there = {row.agency_id: row for row in await named_rows(desk, item)}
    for agency, row in there.items():
        row.received_at, row.dropped_at = (moment, None) if agency in agencies else (None, moment)
        if agency in agencies:
            desk.disclosed(Kind.MINUTES, recipient_id=agency)
    await desk.work.session.flush()
    await _name(desk, item, set(agencies) - there.keys(), moment)


async def _name(desk: Desk, item: AgendaItem, agencies: Collection[UUID], received_at: datetime | None) -> None:
    for agency in sorted(agencies):
        about = {"agenda_item_id": item.id, "agency_id": agency, "named_by_id": desk.work.actor.post_id}
        row = MinutesRecipient(id=uuid7(), **scope(desk), **about, named_at=now(), received_at=received_at)
        desk.work.session.add(row)
        if received_at:
            desk.disclosed(Kind.MINUTES, recipient_id=agency)
    await desk.work.session.flush()
