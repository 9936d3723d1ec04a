"""Who has been asked for their agency's part, and who may be."""

from dataclasses import dataclass
from datetime import datetime

from multiagency.cases.desk import Desk
from multiagency.cases.models import AccessGrant
from multiagency.cases.service_bars import not_barred
from multiagency.cases.service_grants import sharing_agencies
from multiagency.kernel.access import Act, Capability
from multiagency.kernel.actor import Role
from multiagency.kernel.policy import RULES
from multiagency.people import reading as people
from multiagency.people.models import Post
from multiagency.people.reading import Colleague


@dataclass(frozen=True, slots=True)
class AskedView:
    """A colleague who has been asked, and when; `asked_at` carries its zone."""

    colleague: Colleague
    asked_at: datetime


async def asked(desk: Desk) -> list[AskedView]:
    """Return the colleagues who may write their agency's part because somebody asked them, the first asked first."""
    query = (
        people.at_the_table()
        .add_columns(AccessGrant.valid_from)
        .join(AccessGrant, AccessGrant.post_id == Post.id)
        .where(AccessGrant.case_id == desk.case.id, AccessGrant.capability == Capability.CONTRIBUTE)
        .where(AccessGrant.ended_at.is_(None))
        .order_by(None)
        .order_by(AccessGrant.valid_from.desc())
    )
    rows = await desk.work.session.execute(query)
    since = {who[0].id: AskedView(Colleague(*who), valid_from) for *who, valid_from in rows}
    return sorted(since.values(), key=lambda view: view.asked_at)


async def may_be_asked(desk: Desk) -> list[Colleague]:
    """Return the colleagues in agencies that the consent names who could write a part and have not been asked."""
    named = await people.colleagues(desk.work, await sharing_agencies(desk.work, desk.case))
    already = {view.colleague.post.id for view in await asked(desk)} | {desk.work.actor.post_id}
    return [
        who
        for who in await not_barred(desk, named)
        if who.post.id not in already and RULES[Act.WRITE_PART].role_may(Role(who.post.role))
    ]
