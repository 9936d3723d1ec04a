"""An action goes on to a colleague of its owner's agency: it is that agency's own record, and stays there."""

from sqlalchemy import select, update

from multiagency.actions.forms import OwnerForm
from multiagency.actions.models import PlannedAction
from multiagency.actions.service import nothing_waits, open_action, place_of
from multiagency.actions.service_reaching import show_how_to_reach
from multiagency.cases.desk import Desk
from multiagency.cases.models import AccessGrant, LawfulBasis
from multiagency.cases.service_bars import must_not_be_barred, not_barred
from multiagency.cases.service_grants import OWN_RECORD, grant, sharing_basis
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.people import reading as people
from multiagency.people.reading import Colleague
from multiagency.people.service_notices import tell


async def candidates(desk: Desk, action: PlannedAction) -> list[Colleague]:
    """Return who may take it: colleagues of the owner's agency whom no bar keeps out."""
    found = await people.colleagues(desk.work, [action.controller_id])
    return [who for who in await not_barred(desk, found) if who.post.id != action.owner_id]


async def hand_on(desk: Desk, wanted: str, form: OwnerForm) -> None:
    """Give the action to another owner, tell them, and end the former's sight of it.

    Raises `Invalid` naming `owner` for somebody of another agency: what they do is an action of their own.
    """
    action = await open_action(desk, wanted)
    taker = await people.known_colleague(desk.work, form.owner, "owner")
    await must_not_be_barred(desk, taker, "owner")
    if taker.post.id == action.owner_id:
        raise Invalid.of("owner", "action.own_already")
    if taker.agency.id != action.controller_id:
        raise Invalid.of("owner", "action.other_agency")
    former = AccessGrant.occasion_id == action.id, AccessGrant.ended_at.is_(None)
    basis = await desk.work.session.scalar(
        select(LawfulBasis)
        .join(AccessGrant, AccessGrant.basis_id == LawfulBasis.id)
        .where(*former, LawfulBasis.reason == OWN_RECORD, LawfulBasis.ended_at.is_(None))
        .limit(1)
    )
    if basis is None:
        raise Conflict
    ending = update(AccessGrant).where(*former).values(ended_at=now())
    await desk.work.session.execute(ending, execution_options={"synchronize_session": False})
    action.owner_id = taker.post.id
    await desk.work.session.flush()
    grant(desk.work, basis, taker.post.id, "action", Capability.ACT, [Kind.ACTION], action.id)
    show_how_to_reach(desk.work, action, await sharing_basis(desk.work, desk.case, taker.agency.id))
    await nothing_waits(desk.work, action)
    await tell(desk.work, [taker.post], "action_handed_over", place_of(action), desk.case.id)
    desk.wrote(Kind.ACTION, recipient_id=taker.agency.id)
