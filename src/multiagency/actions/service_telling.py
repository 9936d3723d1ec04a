"""What a meeting agreed is told to the client: an action that comes with the minutes by itself (facts F28 and F31).

Its owner is who stands beside the client, else who refers the case, else who approved the minutes; it stays open until
they report on which day and how the client was told.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from multiagency.actions.models import PlannedAction
from multiagency.actions.service import OPEN, place_of
from multiagency.actions.service_reaching import show_how_to_reach
from multiagency.cases.desk import Desk
from multiagency.cases.models import LawfulBasis
from multiagency.cases.reading_holders import holders, posts_that_may
from multiagency.cases.reading_support import support_of
from multiagency.cases.service_grants import OWN_RECORD, give_basis, grant, sharing_basis
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now, today
from multiagency.kernel.database import not_over
from multiagency.kernel.ids import reference, uuid7
from multiagency.kernel.languages import Language
from multiagency.meetings.events import MinutesApproved
from multiagency.people.models import Post
from multiagency.people.service_notices import tell
from multiagency.web.texts import TEXTS

_DAYS = "tell_client_days"
"""Within how many days; 0, or a model of work without it, leaves it to the plan."""


async def have_told(happened: MinutesApproved) -> None:
    """Give whoever stands beside the client the action to tell them what was agreed."""
    desk, work = happened.desk, happened.desk.work
    days = await desk.number(_DAYS) if _DAYS in desk.model.parameters else 0
    if not days:
        return
    owner = await _owner(desk)
    own = await _own_record(desk, owner.agency_id)
    action = PlannedAction(
        id=uuid7(),
        case_id=desk.case.id,
        controller_id=owner.agency_id,
        retention_class=desk.case.retention_class,
        reference=reference(),
        owner_id=owner.id,
        assigned_by_id=work.actor.post_id,
        due_on=today() + timedelta(days=days),
        state=OPEN,
        reaches_client=True,
        assigned_at=now(),
        tells_client=True,
    )
    await work.vault.seal(action, title=TEXTS.say(Language(owner.language), "telling.title"))
    work.session.add(action)
    await work.session.flush()
    grant(work, own, owner.id, "action", Capability.ACT, [Kind.ACTION], action.id)
    show_how_to_reach(work, action, await sharing_basis(work, desk.case, owner.agency_id))
    desk.wrote(Kind.ACTION, recipient_id=owner.agency_id)
    await tell(work, [owner], "action_assigned", place_of(action), desk.case.id)


async def _owner(desk: Desk) -> Post:
    if (named := await support_of(desk)) is not None:
        return named.post
    may = {post.id for post in await posts_that_may(desk.work, desk.case.id, Capability.REFER)}
    for holder in await holders(desk, {Capability.REFER}):
        if holder.grant.deputy_id is None and holder.colleague.post.id in may:
            return holder.colleague.post
    return await desk.work.session.get_one(Post, desk.work.actor.post_id)


async def _own_record(desk: Desk, agency_id: UUID) -> LawfulBasis:
    """Return what the agency holds of the case as its own record, its actions among it; made where there is none."""
    living = (LawfulBasis.ended_at.is_(None), not_over(LawfulBasis, now()))
    query = select(LawfulBasis).where(LawfulBasis.case_id == desk.case.id, LawfulBasis.agency_id == agency_id, *living)
    mine = query.where(LawfulBasis.reason == OWN_RECORD, LawfulBasis.kinds.contains([Kind.ACTION])).limit(1)
    found = await desk.work.session.scalar(mine)
    return found or await give_basis(desk.work, desk.case, agency_id, OWN_RECORD, [Kind.ACTION])
