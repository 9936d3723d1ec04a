"""Drafts of minutes: the common part and the part of each agency, saved together from the beginning of the meeting."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk, open_desk
from multiagency.cases.service import scope
from multiagency.cases.service_grants import one_at_a_time
from multiagency.cases.service_versions import settle
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid, NotVisible
from multiagency.kernel.ids import as_reference, uuid7
from multiagency.kernel.versions import Change, Saved
from multiagency.kernel.work import Work
from multiagency.meetings.forms_minutes import MinutesForm
from multiagency.meetings.models import AgendaItem, Meeting, Seat
from multiagency.meetings.models_minutes import Minutes, MinutesPart
from multiagency.meetings.reading_parts import agencies_there
from multiagency.meetings.reading_recipients import standing
from multiagency.meetings.service import agenda_item, my_team_ids
from multiagency.meetings.service_states import must_have_begun
from multiagency.people.models import Agency, Post
from multiagency.people.service_notices import tell

Drafts = dict[str, Minutes | MinutesPart]
"""The newest common part and the newest part of each agency, by their fields."""
COMMON = "text"
"""The field of the common part; a part of an agency stands in `part-` and the agency's id."""


async def find_to_write(work: Work, wanted: str) -> Meeting:
    """Return a meeting whose minutes the actor coordinates or was named to write. Raises `NotVisible`."""
    theirs = Meeting.team_id.in_(my_team_ids(work)) | (Meeting.writer_id == work.actor.post_id)
    meeting = await work.session.scalar(select(Meeting).where(Meeting.reference == as_reference(wanted), theirs))
    if meeting is None:
        raise NotVisible
    return meeting


async def save_draft(work: Work, meeting: Meeting, form: MinutesForm, *, whole: bool = False) -> int:
    """Save a draft of what was agreed about one case, and return its number; earlier drafts stay.

    Two who wrote in different parts both stand, unless a draft is wanted `whole`. Raises `Conflict` before the meeting
    begins and once minutes are approved, when somebody has saved what the writer has not seen, and where a newer answer
    of the client leaves the conveners out; `Invalid` for a part of an agency that is not there.
    """
    desk, item = await at_the_item(work, meeting, form.case, Act.WRITE_MINUTES)
    must_have_begun(meeting)
    await one_at_a_time(work, desk.case)
    must_be_open(item)
    found, drafts = await standing(desk, item), await newest_drafts(work, item)
    number = number_of(drafts)
    if form.seen is not None and form.seen != number:
        raise Conflict("minutes.newer_draft")
    there = await agencies_there(desk, found)
    saved = await saved_minutes(desk, item, there, drafts)
    sent = {COMMON: form.text} | {part_field(agency): text for agency, text in form.parts.items()}
    if not sent.keys() <= saved.values.keys():
        raise Invalid.of("parts", "minutes.parts.not_there")
    shown = {str(agency.id): agency.name(work.actor.language) for agency in there}
    names = await settle(work, saved, sent, merge=not whole, shown=shown)
    changed = {name for name in names if name == COMMON or sent[name] != saved.values[name]}
    if not changed:
        return number
    await _save(desk, item, {name: sent[name] for name in changed}, number + 1)
    return number + 1


def part_field(agency_id: UUID) -> str:
    """Return the field in which the part of an agency stands."""
    return f"part-{agency_id}"


async def _save(desk: Desk, item: AgendaItem, texts: Mapping[str, str], number: int) -> None:
    """Write what was changed as draft `number`: the common part in the record of whoever keeps the minutes."""
    for name, text in texts.items():
        about = {"agenda_item_id": item.id, "version": number, "author_id": desk.work.actor.post_id}
        whose = item.controller_id if name == COMMON else UUID(name.partition("-")[2])
        kept = scope(desk) | {"controller_id": whose}
        draft = (Minutes if name == COMMON else MinutesPart)(id=uuid7(), **kept, **about, recorded_at=now())
        await desk.work.vault.seal(draft, text=text)
        desk.work.session.add(draft)
        desk.wrote(Kind.MINUTES, controller_id=whose)
    await desk.work.session.flush()


async def saved_minutes(desk: Desk, item: AgendaItem, there: Sequence[Agency], drafts: Drafts) -> Saved:
    """Return the newest draft of an item with a part for each agency there, as whoever goes on writing sees it."""
    values = {COMMON: ""} | {part_field(agency.id): "" for agency in there}
    changes = {}
    for name, row in drafts.items():
        if name in values:
            values[name] = await desk.work.vault.open(row, "text")
            changes[name] = Change(row.author_id, row.recorded_at)
    return Saved(f"minutes:{item.id}", values, changes)


async def newest_drafts(work: Work, item: AgendaItem) -> Drafts:
    """Return the newest common part and the newest part of each agency in sight, by their fields."""
    common = select(Minutes).where(Minutes.agenda_item_id == item.id).order_by(Minutes.version.desc()).limit(1)
    row, found = await work.session.scalar(common), Drafts()
    if row is not None:
        found[COMMON] = row
    parts = select(MinutesPart).where(MinutesPart.agenda_item_id == item.id).order_by(MinutesPart.version)
    return found | {part_field(row.controller_id): row for row in await work.session.scalars(parts)}


def number_of(drafts: Drafts) -> int:
    """Return the number of the newest draft, whatever of it was written last; 0 when there is none."""
    return max((row.version for row in drafts.values()), default=0)


async def tell_seated(desk: Desk, item: AgendaItem, what: str, agencies: Collection[UUID] | None = None) -> None:
    """Tell whoever has a seat there, or those of these agencies, something of the minutes of their case."""
    seated = select(Seat.post_id).where(Seat.agenda_item_id == item.id, Seat.ended_at.is_(None))
    query = select(Post).where(Post.id.in_(seated)).order_by(Post.id)
    if agencies is not None:
        query = query.where(Post.agency_id.in_(agencies))
    posts = (await desk.work.session.scalars(query)).all()
    await tell(desk.work, posts, what, minutes_place(desk), desk.case.id)


def minutes_place(desk: Desk) -> str:
    """Return the page of the minutes of a case, for whoever sits at it."""
    return f"/cases/{desk.case.reference}/minutes"


async def at_the_item(
    work: Work, meeting: Meeting, case: str, act: Act = Act.RECORD_MINUTES
) -> tuple[Desk, AgendaItem]:
    """Return the desk of a case and its place on this agenda.

    Raises `Invalid` when no such case is in sight, `Conflict` where its minutes are not; `NotVisible` for the named
    writer where they do not sit: the name shows nothing.
    """
    try:
        desk = await open_desk(work, case, act)
    except NotVisible:
        raise Invalid.of("case", "error.unknown_case") from None
    if Kind.MINUTES not in desk.kinds:
        raise Conflict("case.nothing_shared")
    item = await agenda_item(work, meeting, desk)
    await must_sit_or_coordinate(desk, item)
    return desk, item


async def must_sit_or_coordinate(desk: Desk, item: AgendaItem) -> None:
    """Raise `NotVisible` unless the actor coordinates the case, or has a living seat at this place on an agenda."""
    if desk.may(Act.RECORD_MINUTES):
        return
    mine = select(Seat.id).where(Seat.agenda_item_id == item.id, Seat.post_id == desk.work.actor.post_id)
    if await desk.work.session.scalar(mine.where(Seat.ended_at.is_(None))) is None:
        raise NotVisible


def must_be_open(item: AgendaItem) -> None:
    """Raise `Conflict` once the minutes of a place on an agenda are approved."""
    if item.discussed_at is not None:
        raise Conflict("minutes.approved_already")
