"""What somebody answers to an invitation: who declines sees no more of its cases, and may say who comes instead."""

from sqlalchemy import update

from multiagency.cases.desk import desk_for
from multiagency.cases.events import SightEnded
from multiagency.cases.models import AccessGrant, Case
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings.forms import InsteadForm, InvitationAnswerForm
from multiagency.meetings.models import Invitation, Meeting
from multiagency.meetings.service_invitations import DECLINED, invitation_place, meeting_of, seats_of
from multiagency.meetings.service_states import begins_soon
from multiagency.people import reading as people
from multiagency.people.reading import Colleague
from multiagency.people.service_notices import settle, tell


async def answer(work: Work, invitation: Invitation, form: InvitationAnswerForm) -> None:
    """Record yes or no; opening the address changes nothing, only this does. A no ends one's seats at once.

    A yes after a no gives no seat back: whoever coordinates gives it anew. Raises `Conflict` once the meeting is over.
    """
    meeting = await _meeting_to_come(work, invitation)
    declines = form.answer == DECLINED and invitation.answer != DECLINED
    invitation.answer, invitation.answered_at = form.answer, now()
    await work.session.flush()
    await settle(work, invitation_place(meeting), "invited", "meeting_comes", alone=True)
    work.record(Mode.WRITE)
    if declines:
        await _give_up_seats(work, meeting)
        await _tell_coordinators(work, meeting, "invitation_declined")


async def _meeting_to_come(work: Work, invitation: Invitation) -> Meeting:
    meeting = await meeting_of(work, invitation)
    if meeting.ends_at <= now():
        raise Conflict("meeting.is_over")
    return meeting


async def _give_up_seats(work: Work, meeting: Meeting) -> None:
    for seat, item in await seats_of(work, meeting.id):
        desk = await desk_for(work, await work.session.get_one(Case, item.case_id))
        mine = update(AccessGrant).where(AccessGrant.occasion == "seat", AccessGrant.occasion_id == seat.id)
        living = mine.where(AccessGrant.post_id == work.actor.post_id, AccessGrant.ended_at.is_(None))
        await work.session.execute(living.values(ended_at=now()), execution_options={"synchronize_session": False})
        desk.wrote()
        await work.publish(SightEnded(desk))


async def name_another(work: Work, invitation: Invitation, form: InsteadForm) -> None:
    """Say who of one's own agency comes instead; they see nothing until whoever coordinates gives them a seat.

    Raises `Conflict` before one has declined and once the meeting is over, `Invalid` for anybody else.
    """
    meeting = await _meeting_to_come(work, invitation)
    if invitation.answer != DECLINED:
        raise Conflict("invitation.decline_first")
    if form.post not in {colleague.post.id for colleague in await substitutes(work)}:
        raise Invalid.of("post", "error.unknown_post")
    invitation.instead_id = form.post
    await work.session.flush()
    work.record(Mode.WRITE)
    await _tell_coordinators(work, meeting, "somebody_instead")


async def substitutes(work: Work) -> list[Colleague]:
    """Return who of one's own agency may come instead of oneself."""
    found = await people.colleagues(work, [work.actor.agency_id])
    return [colleague for colleague in found if colleague.person.id != work.actor.person_id]


async def _tell_coordinators(work: Work, meeting: Meeting, what: str) -> None:
    coordinators, soon = await people.coordinators_of(work, meeting.team_id), await begins_soon(work, meeting)
    await tell(work, coordinators, what, f"/meetings/{meeting.reference}", at_once=soon)
