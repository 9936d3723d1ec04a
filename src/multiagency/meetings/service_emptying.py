"""Whoever leads a meeting is told when somebody must leave a room and the service cannot see to it.

Who leads is who coordinates the team; within five seconds, by a notice and on the meeting's page of rooms.
"""

from uuid import UUID

from multiagency.kernel.work import Work
from multiagency.people import reading as people
from multiagency.people.service_notices import tell


def rooms_place(reference: str) -> str:
    """Return the page of the rooms of a meeting."""
    return f"/meetings/{reference}/rooms"


async def tell_who_leads(work: Work, team_id: UUID, reference: str) -> None:
    """Tell that somebody is to leave a room of this meeting."""
    leading = await people.coordinators_of(work, team_id)
    await tell(work, leading, "room_not_emptied", rooms_place(reference), at_once=True)
