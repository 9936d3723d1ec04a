"""What the worker does: reminds who is invited that a meeting comes near. The mail says only that something waits."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.due import each
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.meetings.models import Invitation, Meeting
from multiagency.meetings.service_invitations import DECLINED
from multiagency.pathways.service import parameter
from multiagency.people.models import Post, Team
from multiagency.people.service_notices import tell

REMINDING_OF_MEETINGS = "remind_of_meetings"
_LONGEST = timedelta(days=31)
"""No team reminds earlier, whatever its number says."""


async def remind_of_meetings(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """Remind everybody invited `meeting_reminder_hours` before their meeting, once as long as its time stays."""
    return await each(runtime, presented, Act.REMIND_OF_WORK, REMINDING_OF_MEETINGS, _due, _remind, only)


async def _due(work: Work) -> dict[UUID, Row[Any]]:
    """Return who has not declined and not been reminded; who was invited within those hours knows already."""
    moment, hours = now(), dict[UUID, timedelta]()
    invited_at = func.uuid_extract_timestamp(Invitation.id)
    query = (
        select(Invitation.id, Invitation.post_id, Meeting.reference, Meeting.starts_at, Team, invited_at.label("since"))
        .join(Meeting, Meeting.id == Invitation.meeting_id)
        .join(Team, Team.id == Meeting.team_id)
        .where(Meeting.state == "open", Meeting.starts_at > moment, Meeting.starts_at < moment + _LONGEST)
        .where(Invitation.cancelled_at.is_(None), Invitation.answer != DECLINED, Invitation.reminded_at.is_(None))
    )
    found = {}
    for row in await work.session.execute(query):
        if row.Team.id not in hours:
            number = await parameter(work, row.Team.pathway, "meeting_reminder_hours", row.Team.id)
            hours[row.Team.id] = timedelta(hours=number)
        begins = row.starts_at - hours[row.Team.id]
        if hours[row.Team.id] and row.since < begins <= moment:
            found[row.id] = row
    return found


async def _remind(work: Work, row: Row[Any]) -> bool:
    mine = update(Invitation).where(Invitation.id == row.id, Invitation.reminded_at.is_(None))
    taken = await work.session.scalar(mine.values(reminded_at=now()).returning(Invitation.id))
    if taken is None:
        return False
    post = await work.session.get_one(Post, row.post_id)
    await tell(work, [post], "meeting_comes", f"/meetings/{row.reference}/invitation")
    work.record(Mode.WRITE, recipient_id=post.agency_id)
    return True
