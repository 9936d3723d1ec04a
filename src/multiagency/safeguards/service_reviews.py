"""Whether an emergency opening was needed: a coordinator answers in words; what nobody answers goes to the auditors."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, Integer, Text, Uuid, bindparam, func, select

from multiagency.cases.desk import Desk
from multiagency.cases.service import scope
from multiagency.cases.service_grants import COORDINATION
from multiagency.kernel.access import Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Forbidden, NotVisible
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.people.models import Agency, Person, Post
from multiagency.people.reading import Colleague
from multiagency.people.service_notices import settle
from multiagency.safeguards.forms import ReviewForm
from multiagency.safeguards.models import BreakGlass, BreakGlassReview
from multiagency.safeguards.service_break_glass import unanswered_first

OPENINGS = (
    Column("id", Uuid),
    Column("case_id", Uuid),
    Column("reference", Text),
    Column("post_id", Uuid),
    Column("opened_at", DateTime(timezone=True)),
    Column("minutes", Integer),
    Column("reviewed", Boolean),
    Column("controller_id", Uuid),
)
_SEEN_ON = {Role.COORDINATOR: COORDINATION, Role.SUPERVISOR: "supervision"}
"""On what a list of openings is seen, by whoever looks; the auditor's oversight needs no basis in the case."""
_SHOWN = 50
"""So many stay under 30 kB."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An opening on the list of those who must look at it: whose, of which case, when. Nothing of the case itself."""

    reference: str
    who: Colleague
    opened_at: datetime
    until: datetime
    reviewed: bool


async def openings_to_see(work: Work) -> list[Opened]:
    """Return the openings that are the actor's to look at, those without an answer first, then the newest."""
    listed = func.emergency_openings().table_valued(*OPENINGS)
    query = (
        select(listed, Post, Person, Agency)
        .join(Post, Post.id == listed.c.post_id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .order_by(listed.c.reviewed, listed.c.opened_at.desc())
        .limit(_SHOWN)
    )
    rows = (await work.session.execute(query)).all()
    basis = _SEEN_ON.get(work.actor.role)
    for row in rows:
        about = {"case_id": row.case_id, "case_reference": row.reference, "basis": basis}
        work.record(Mode.READ, {Kind.SHELL}, subjects=[row.case_id], **about)
    return [
        Opened(
            reference=row.reference,
            who=Colleague(row.Post, row.Person, row.Agency),
            opened_at=row.opened_at,
            until=row.opened_at + timedelta(minutes=row.minutes),
            reviewed=row.reviewed,
        )
        for row in rows
    ]


async def review(desk: Desk, opening_id: UUID, form: ReviewForm) -> None:
    """Answer, once, whether it was needed.

    Raises `NotVisible` for an opening of another case, `Forbidden` for one's own, `Conflict` when it is answered.
    """
    opening = await desk.work.session.get(BreakGlass, opening_id)
    if opening is None or opening.case_id != desk.case.id:
        raise NotVisible
    if (await desk.work.session.get_one(Post, opening.post_id)).person_id == desk.work.actor.person_id:
        raise Forbidden("break_glass.your_own")
    answered = select(BreakGlassReview.id).where(BreakGlassReview.opening_id == opening.id)
    if await desk.work.session.scalar(answered) is not None:
        raise Conflict("break_glass.answered_already")
    row = BreakGlassReview(
        id=uuid7(),
        **scope(desk),
        opening_id=opening.id,
        reviewer_id=desk.work.actor.post_id,
        needed=form.needed == "yes",
        reviewed_at=now(),
    )
    await desk.work.vault.seal(row, words=form.words)
    desk.work.session.add(row)
    await desk.work.session.flush()
    if await _all_answered(desk):
        await settle(desk.work, f"/cases/{desk.case.reference}", "break_glass", "break_glass_review_due")
    desk.wrote()


async def _all_answered(desk: Desk) -> bool:
    first = (await desk.work.session.execute(unanswered_first(bindparam(None, desk.case.id)).limit(1))).first()
    return first is not None and first.BreakGlassReview is not None
