"""For how long an invitation wants its person: from the first case at which they sit until the last is handled.

Only whoever coordinates the team reckons it: to anybody else it would tell who sits where in cases of others. Where it
was not reckoned the whole meeting counts.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Column, Integer, Uuid, func, select

from multiagency.kernel.work import Work
from multiagency.meetings.models import Invitation, Meeting
from multiagency.pathways.service import parameter
from multiagency.people.reading import team_with

Span = tuple[datetime, datetime]

_PLACES = (
    Column("meeting_id", Uuid),
    Column("post_id", Uuid),
    Column("first_place", Integer),
    Column("last_place", Integer),
    Column("places", Integer),
)


def told(meeting: Meeting, invitation: Invitation) -> Span:
    """Return from when until when the person was last asked to come."""
    return invitation.needed_from or meeting.starts_at, invitation.needed_until or meeting.ends_at


async def needed(work: Work, meetings: Collection[Meeting]) -> dict[tuple[UUID, UUID], Span]:
    """Return from when until when each seated post is needed, by meeting and post, as the agendas stand now.

    A case takes the team's `case_minutes`; whoever is needed in the last one stays until the meeting ends.
    """
    known = {meeting.id: meeting for meeting in meetings if not meeting.team_only}
    if not known:
        return {}
    asked = func.needed_places(list(known)).table_valued(*_PLACES)
    found: dict[tuple[UUID, UUID], Span] = {}
    for row in (await work.session.execute(select(asked))).all():
        meeting = known[row.meeting_id]
        team = await team_with(work, meeting.team_id)
        each = timedelta(minutes=await parameter(work, team.pathway, "case_minutes", team.id))
        begins = max(meeting.starts_at, min(meeting.starts_at + (row.first_place - 1) * each, meeting.ends_at - each))
        until = min(meeting.ends_at, meeting.starts_at + row.last_place * each)
        if row.last_place == row.places or until <= begins:
            until = meeting.ends_at
        found[meeting.id, row.post_id] = begins, until
    return found
