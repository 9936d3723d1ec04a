"""Break-glass: a case opened in an emergency, for minutes, with a reason, while the coordinators are told at once.

703/2023 sections 9 and 26: access follows the task, and every departure from that must be seen. Basis, grant and
notices are one step inside the database, so that nobody opens a case without telling.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from multiagency.cases.desk import Desk, desk_for
from multiagency.cases.models import Case, LawfulBasis
from multiagency.cases.reading_first import CaseId, Rows
from multiagency.cases.service import scope
from multiagency.cases.service_grants import BREAK_GLASS
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.ids import as_reference, uuid7
from multiagency.kernel.work import Work
from multiagency.people.models import Agency, Person, Post
from multiagency.safeguards.forms import BreakGlassForm
from multiagency.safeguards.models import BreakGlass, BreakGlassReview


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening as who steers the case sees it; `until` is when it closes or closed, `needed` what was answered."""

    id: UUID
    name: str
    title: str
    agency: Agency
    opened_at: datetime
    until: datetime
    reason: str
    needed: bool | None
    words: str


async def open_case(work: Work, form: BreakGlassForm) -> tuple[Desk, datetime]:
    """Open a case for reading; return it with the moment at which it closes again.

    The team's parameter `break_glass_minutes` shortens a longer wish. Raises `NotVisible` for an unknown reference, a
    draft, a closed case, and for somebody who is kept out: the answer does not tell which.
    """
    case_id = await work.session.scalar(select(func.open_break_glass(as_reference(form.reference), form.minutes)))
    if case_id is None:
        raise NotVisible
    case = await work.session.get_one(Case, case_id)
    desk = await desk_for(work, case)
    newest = select(LawfulBasis).where(LawfulBasis.case_id == case.id, LawfulBasis.reason == BREAK_GLASS)
    basis = await work.session.scalar(newest.order_by(LawfulBasis.valid_from.desc()).limit(1))
    if basis is None or basis.valid_to is None:
        raise NotVisible
    minutes = round((basis.valid_to - basis.valid_from).total_seconds() / 60)
    row = BreakGlass(id=uuid7(), **scope(desk), post_id=work.actor.post_id, minutes=minutes, opened_at=basis.valid_from)
    await work.vault.seal(row, reason=form.reason)
    work.session.add(row)
    await work.session.flush()
    desk.wrote(basis=BREAK_GLASS)
    return desk, basis.valid_to


def unanswered_first(case_id: CaseId) -> Rows:
    """Ask for an opening and its answer, one that has none first."""
    query = select(BreakGlass, BreakGlassReview).where(BreakGlass.case_id == case_id)
    answered = query.outerjoin(BreakGlassReview, BreakGlassReview.opening_id == BreakGlass.id)
    return answered.order_by(BreakGlassReview.id.is_not(None))


async def openings(desk: Desk) -> list[Opening]:
    """Return who opened the case in an emergency, the newest first: all for who steers it, else one's own."""
    query = (
        select(BreakGlass, BreakGlassReview, Person.name, Post.title, Agency)
        .outerjoin(BreakGlassReview, BreakGlassReview.opening_id == BreakGlass.id)
        .join(Post, Post.id == BreakGlass.post_id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(BreakGlass.case_id == desk.case.id)
        .order_by(BreakGlass.opened_at.desc())
    )
    return [
        Opening(
            id=row.id,
            name=name,
            title=title,
            agency=agency,
            opened_at=row.opened_at,
            until=row.opened_at + timedelta(minutes=row.minutes),
            reason=await desk.work.vault.open(row, "reason"),
            needed=answer.needed if answer else None,
            words=await desk.work.vault.open(answer, "words") if answer else "",
        )
        for row, answer, name, title, agency in (await desk.work.session.execute(query)).all()
    ]
