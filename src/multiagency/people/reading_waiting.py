"""What waits in the directory: notices to read, and teams that hang on one person."""

from sqlalchemy import func, select

from multiagency.kernel.actor import Role
from multiagency.kernel.database import holds_at
from multiagency.kernel.waiting import ME, NOW, Arm, WorkWanted, waits
from multiagency.people.models import Notice, Post, Team, TeamMember

UNREAD = "notice"
_UNREAD = waits(UNREAD, row_id=Notice.id).where(Notice.post_id == ME, Notice.read_at.is_(None))
_coordinators = (
    select(func.count(TeamMember.post_id.distinct()))
    .join(Post, Post.id == TeamMember.post_id)
    .where(TeamMember.team_id == Team.id, Post.agency_id == Team.convener_id, Post.role == Role.COORDINATOR)
    .where(holds_at(TeamMember, NOW), holds_at(Post, NOW))
    .correlate(Team)
    .scalar_subquery()
)
_THIN = waits("thin_team", row_id=Team.id, item=Team.name, number=_coordinators).where(_coordinators < 2)
_NOTICES, _TEAMS = Arm(UNREAD, _UNREAD, area="", part=""), Arm("thin_team", _THIN)


async def waiting(asked: WorkWanted) -> list[Arm]:
    """Add what waits for somebody in this role."""
    return [_NOTICES, *([_TEAMS] if asked.role is Role.ADMINISTRATOR else [])]
