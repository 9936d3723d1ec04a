"""Taking a case over: the agency that convenes the team looks after it, and whoever opened it keeps little of it.

From that moment the opener's agency sees stage and dates, and of what the client's consent gives it the kinds that the
model lets it keep, on no other reason, an emergency included (decision 0048).
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, func, select

from multiagency.cases.desk import Desk
from multiagency.cases.events import CaseMoved, SightEnded
from multiagency.cases.forms import TakingOverForm
from multiagency.cases.models import AccessGrant, LawfulBasis
from multiagency.cases.questions import MayMove
from multiagency.cases.reading_holders import living
from multiagency.cases.service import move
from multiagency.cases.service_bars import not_barred
from multiagency.cases.service_grants import grant, is_kept_short, one_at_a_time
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.policy import RULES
from multiagency.people import reading as people
from multiagency.people.models import Post
from multiagency.people.reading import Colleague
from multiagency.people.service_notices import settle, tell

OPENER = "opener"
"""The occasion on which posts of the opener's agency go on seeing what it keeps."""
_GOES_ALONG = (Kind.IDENTITY, Kind.CONTACT, Kind.PARTY, Kind.CONSENT)
_TAKING = select(
    func.take_over_case(
        bindparam("case"), bindparam("post"), bindparam("keeps", type_=ARRAY(Text)), bindparam("all", type_=ARRAY(Text))
    )
)


async def where_to(desk: Desk) -> str | None:
    """Return the stage in which the case is taken over from here; None where it is not, or has been already."""
    stages = (desk.model.stage(way.to) for way in desk.model.ways_from(desk.case.stage))
    to = next((stage.code for stage in stages if stage.takes_over), None)
    return to if to and await _is_anothers(desk) else None


async def _is_anothers(desk: Desk) -> bool:
    """Tell whether the case is still its opener's, and that is another agency than the one that takes cases over."""
    team = await people.team_with(desk.work, desk.case.team_id)
    return desk.case.taken_over_at is None and desk.case.controller_id != team.convener_id


async def missing_taker(asked: MayMove) -> list[FieldError]:
    """Veto a move by which the case would be taken over by nobody in particular."""
    if not asked.desk.model.stage(asked.to).takes_over or not await _is_anothers(asked.desk):
        return []
    return [FieldError("post", "taking_over.nobody_named")]


async def candidates(desk: Desk) -> list[Colleague]:
    """Return who may look after it from now on: posts of the convening agency whose role refers, and not kept out."""
    team = await people.team_with(desk.work, desk.case.team_id)
    offered = await people.colleagues(desk.work, [team.convener_id])
    may = RULES[Act.EDIT_CASE].role_may
    return await not_barred(desk, [who for who in offered if may(Role(who.post.role))])


async def take_over(desk: Desk, form: TakingOverForm) -> None:
    """Take the case over in one step: the named post looks after it, and its opener sees no more than what it keeps.

    Raises `Conflict` where there is nothing to take over, `Invalid` naming `post` for one that cannot.
    """
    work, case, to = desk.work, desk.case, await where_to(desk)
    if to is None:
        raise Conflict("taking_over.not_now")
    taker = next((who for who in await candidates(desk) if who.post.id == form.post), None)
    if taker is None:
        raise Invalid.of("post", "taking_over.cannot_take")
    await one_at_a_time(work, case)
    keeps = sorted({Kind.SHELL, *desk.model.opener_keeps})
    values = {"case": case.id, "post": form.post, "keeps": keeps, "all": sorted(Kind)}
    told = await work.session.scalar(_TAKING, values)
    if told is None:
        raise Conflict("taking_over.not_now")
    await work.session.refresh(case)
    await move(desk, to)
    await work.session.flush()
    desk.wrote(*_GOES_ALONG, recipient_id=taker.agency.id)
    await work.publish(SightEnded(desk))
    await tell(work, [taker.post], "case_handed_over", f"/cases/{case.reference}", case.id)


async def tell_opener(happened: CaseMoved) -> None:
    """Tell those of the opener's agency who keep something of a case that it has come into another stage."""
    desk, place = happened.desk, f"/cases/{happened.desk.case.reference}"
    if desk.case.taken_over_at is None:
        return
    await settle(desk.work, place, "stage_moved")
    ids = [held.post_id for held in await _kept(desk)]
    posts = (await desk.work.session.scalars(select(Post).where(Post.id.in_(ids)))).all()
    await tell(desk.work, posts, "stage_moved", place, desk.case.id)


def kept_of(desk: Desk, agency_id: UUID, given: Collection[Kind]) -> frozenset[Kind]:
    """Return what the opener's agency keeps of what consent gives it; nothing for any other agency."""
    if not is_kept_short(desk.case, agency_id):
        return frozenset()
    return frozenset(given) & set(map(Kind, desk.case.opener_keeps or ())) - {Kind.SHELL}


async def show_opener(desk: Desk, basis: LawfulBasis) -> None:
    """Let those of the opener's agency who keep stage and dates see what consent gives it anew."""
    for held in await _kept(desk):
        period: dict[str, Any] = {}
        if held.deputy_id:
            period = {"valid_to": held.valid_to, "deputy_id": held.deputy_id}
        grant(desk.work, basis, held.post_id, OPENER, Capability.READ, map(Kind, basis.kinds), **period)


async def _kept(desk: Desk) -> list[AccessGrant]:
    """Return the living grants of stage and dates of the opener's agency."""
    query = living(desk).where(AccessGrant.occasion == OPENER, LawfulBasis.consent_id.is_(None))
    return [held for held, _ in await desk.work.session.execute(query.order_by(AccessGrant.id))]
