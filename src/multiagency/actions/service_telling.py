"""What comes with minutes by itself: that the client is told what was agreed, and is asked months later how they are.

(Facts F28 to F31.) These are actions of whoever stands beside the client, else refers the case, else approved minutes.
The first stays open until they report on which day and how the client was told.
"""

from datetime import date, timedelta
from typing import Any
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
from multiagency.kernel.clock import later, now, today
from multiagency.kernel.database import not_over
from multiagency.kernel.ids import reference, uuid7
from multiagency.kernel.languages import Language
from multiagency.meetings.events import MinutesApproved
from multiagency.people.models import Post
from multiagency.people.service_notices import tell
from multiagency.web.texts import TEXTS

_DAYS = "tell_client_days"
_MONTHS = ("follow_up_months_1", "follow_up_months_2", "follow_up_months_3")
"""Within how many days, and after how many months; 0, or a model of work without them, leaves it to the plan."""


async def have_told(happened: MinutesApproved) -> None:
    """Give whoever stands beside the client the task to tell them what was agreed, and to ask later how they are.

    What is still to be asked from an earlier meeting is not asked twice.
    """
    desk = happened.desk
    numbers = desk.model.parameters.keys() & {_DAYS, *_MONTHS}
    given = {name: await desk.number(name) for name in sorted(numbers)}
    months = {given.get(name, 0) for name in _MONTHS} - {0}
    if not (days := given.get(_DAYS, 0)) and not months:
        return
    owner = await _owner(desk)
    own = await _own_record(desk, owner.agency_id)
    if days:
        await _give(desk, owner, own, today() + timedelta(days=days), "telling.title", tells_client=True)
    for after in sorted(months - await _to_be_asked(desk)):
        await _give(desk, owner, own, later(today(), months=after), "follow_up.title", follows_up_after=after)


async def _to_be_asked(desk: Desk) -> set[int]:
    """Return after how many months the client is still to be asked."""
    query = select(PlannedAction).where(PlannedAction.case_id == desk.case.id, PlannedAction.state == OPEN)
    waiting = await desk.work.session.scalars(query.where(PlannedAction.follows_up_after.is_not(None)))
    return {action.follows_up_after for action in waiting if action.follows_up_after is not None}


async def _give(desk: Desk, owner: Post, own: LawfulBasis, due_on: date, title: str, **what: Any) -> None:
    work = desk.work
    action = PlannedAction(
        id=uuid7(),
        case_id=desk.case.id,
        controller_id=owner.agency_id,
        retention_class=desk.case.retention_class,
        reference=reference(),
        owner_id=owner.id,
        assigned_by_id=work.actor.post_id,
        due_on=due_on,
        state=OPEN,
        reaches_client=True,
        assigned_at=now(),
        **{"tells_client": False, **what},
    )
    said = TEXTS.say(Language(owner.language), title, count=action.follows_up_after or 0)
    await work.vault.seal(action, title=said)
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
