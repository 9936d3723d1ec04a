"""The agenda while it is made: cases come off it again, for another meeting, and change places."""

from collections.abc import Sequence

from sqlalchemy import select

from multiagency.cases.desk import Desk, desk_for, rest_on_grants
from multiagency.cases.models import AccessGrant, Case
from multiagency.cases.service import move_back
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict
from multiagency.kernel.work import Work
from multiagency.meetings import service_invitations as invitations
from multiagency.meetings.forms import PlaceForm, RemovalForm
from multiagency.meetings.models import AgendaItem, Meeting, Seat
from multiagency.meetings.service import agenda_item, desk_of
from multiagency.meetings.service_attendance import must_lack_referrer, tell_referrers
from multiagency.meetings.service_endings import take_back
from multiagency.meetings.service_states import must_have_begun, must_not_be_over


async def take_off(work: Work, meeting: Meeting, form: RemovalForm) -> None:
    """Take a case off the agenda, or say that the meeting was not held about it or nobody was there to present it.

    It waits for another meeting. Its seats end with their sight, and calendars are told. Raises `Conflict` when its
    minutes are approved, when the meeting has not begun and so cannot have been missed, and when whoever referred the
    case was there or told the table something instead.
    """
    desk = await desk_of(work, form.case)
    item = await agenda_item(work, meeting, desk)
    if item.discussed_at is not None:
        raise Conflict("meeting.discussed_already")
    if form.because == "not_held" and meeting.starts_at > now():
        raise Conflict("meeting.not_missed_yet")
    if form.because == "referrer_absent":
        must_have_begun(meeting)
        await must_lack_referrer(desk, item)
        await tell_referrers(desk)
    await end_item(desk, item, form.because)


async def end_item(desk: Desk, item: AgendaItem, because: str) -> None:
    """End a place on an agenda with everything that sits there; the case returns to the stage that it came from."""
    await move_back(desk, item.came_from)
    item.ended_at, item.ended_because = now(), because
    await desk.work.session.flush()
    desk.wrote(Kind.MEETING, controller_id=item.controller_id)
    await take_back(desk, Seat.agenda_item_id == item.id)


async def end_undiscussed(work: Work, meeting: Meeting, because: str) -> None:
    """End the places of all cases of a meeting that the actor coordinates.

    Of a case that is kept from the actor nothing is said or touched: another coordinator takes it off.
    """
    for item, case in await own_items(work, meeting):
        if item.discussed_at is None:
            await end_item(await desk_for(work, case), item, because)


async def own_items(work: Work, meeting: Meeting) -> Sequence[tuple[AgendaItem, Case]]:
    """Return the living places on an agenda whose cases the actor coordinates, in their order."""
    coordinated = select(AccessGrant.case_id).where(
        AccessGrant.post_id == work.actor.post_id,
        AccessGrant.capability == Capability.COORDINATE,
        AccessGrant.ended_at.is_(None),
    )
    query = (
        select(AgendaItem, Case)
        .join(Case, Case.id == AgendaItem.case_id)
        .where(AgendaItem.meeting_id == meeting.id, AgendaItem.ended_at.is_(None), Case.id.in_(coordinated))
        .order_by(AgendaItem.position, AgendaItem.id)
    )
    found = [(item, case) for item, case in await work.session.execute(query)]
    await rest_on_grants(work, [case for _, case in found])
    return found


async def change_place(work: Work, meeting: Meeting, form: PlaceForm) -> None:
    """Let a case change places with its neighbour; at the end of the agenda nothing changes.

    Raises `Conflict` once the meeting is over.
    """
    must_not_be_over(meeting)
    desk = await desk_of(work, form.case)
    item = await agenda_item(work, meeting, desk)
    items = await own_items(work, meeting)
    here = next(place for place, (found, _) in enumerate(items) if found.id == item.id)
    there = here + (-1 if form.direction == "up" else 1)
    desk.wrote(Kind.MEETING)
    if not 0 <= there < len(items):
        return
    other, case = items[there]
    item.position, other.position = other.position, item.position
    (await desk_for(work, case)).wrote(Kind.MEETING)
    await invitations.tell_new_spans(work, meeting)
