"""Deputies: who stands in for somebody who is away, for a period that ends by itself and can be ended before.

What the post holds is given to the deputy with the same dates, case by case and not where a bar stands; a deputy of a
coordinator is of the team for that period.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Column, Row, Text, Uuid, func, select
from sqlalchemy.orm import aliased

from multiagency.kernel.access import Act, Kind
from multiagency.kernel.clock import begin_of, now, today
from multiagency.kernel.errors import FieldError, Invalid, NotVisible
from multiagency.kernel.journal import Mode
from multiagency.kernel.policy import RULES
from multiagency.kernel.work import Work
from multiagency.people import reading as people
from multiagency.people.models import Deputy, Person, Post, TeamMember
from multiagency.people.reading import Colleague
from multiagency.people.service_notices import tell
from multiagency.safeguards.forms import DeputyForm
from multiagency.safeguards.reading_supervision import deputies_for

_CASES = (
    Column("case_id", Uuid),
    Column("reference", Text),
    Column("controller_id", Uuid),
    Column("agency_id", Uuid),
)


@dataclass(frozen=True, slots=True)
class DeputyView:
    """Who stands in for whom, and until when."""

    deputy: Deputy
    away: str
    stands_in: str


async def may_be_away(work: Work) -> list[Colleague]:
    """Return the posts for which the actor may name a deputy: of the own agency, or who coordinate the same team.

    Whoever only stands in as a coordinator names nobody.
    """
    found = await people.colleagues(work, [work.actor.agency_id])
    if RULES[Act.RUN_MEETING].role_may(work.actor.role):
        own = TeamMember.post_id == work.actor.post_id, TeamMember.deputy_id.is_(None)
        mine = select(TeamMember.team_id).where(*own, TeamMember.team_id.in_(select(func.coordinated_teams())))
        ids = set(await work.session.scalars(people.coordinators_in(mine)))
        return [who for who in found if who.post.id in ids]
    return found


async def name(work: Work, form: DeputyForm) -> UUID:
    """Name a deputy from the first day to the last; both are told. Return the id.

    Raises `Invalid` for days that are over or in the wrong order, and for somebody who may not stand in.
    """
    begins, ends = begin_of(form.starts_on), begin_of(form.ends_on + timedelta(days=1))
    if form.ends_on < max(form.starts_on, today()):
        raise Invalid(FieldError("ends_on", "supervision.ends_before"))
    if form.post not in {who.post.id for who in await may_be_away(work)}:
        raise Invalid.of("post", "supervision.not_yours")
    offered = await deputies_for(work, form.post, work.actor.agency_id)
    if form.deputy not in {who.post.id for who in offered}:
        raise Invalid.of("deputy", "supervision.cannot_stand_in")
    asked = func.name_deputy(form.post, form.deputy, begins, ends, form.reason)
    made: UUID | None = await work.session.scalar(select(asked))
    if made is None:
        raise Invalid.of("deputy", "supervision.cannot_stand_in")
    await fill(work, made)
    await _tell(work, form.post, form.deputy, "deputy_named", "deputy_for_you")
    return made


async def fill(work: Work, wanted: UUID | None = None) -> int:
    """Give a deputy, or for the worker all of them, what the post holds by now; each case is an entry of the log."""
    rows = (await work.session.execute(select(func.fill_deputies(wanted).table_valued(*_CASES)))).all()
    _log(work, rows)
    return len(rows)


async def end(work: Work, wanted: UUID) -> None:
    """End a period before its last day. Raises `NotVisible` unless it lives and is the actor's to end."""
    deputy = await work.session.get(Deputy, wanted)
    if deputy is None or deputy.ended_at is not None:
        raise NotVisible
    rows = (await work.session.execute(select(func.end_deputy(wanted).table_valued(*_CASES)))).all()
    await work.session.refresh(deputy)
    if deputy.ended_at is None:
        raise NotVisible
    _log(work, rows)
    await _tell(work, deputy.post_id, deputy.deputy_id, "deputy_ended", "deputy_ended")


def _log(work: Work, rows: Sequence[Row[tuple[object, ...]]]) -> None:
    for row in rows:
        work.record(
            Mode.WRITE,
            {Kind.SHELL},
            subjects=[row.case_id],
            case_id=row.case_id,
            case_reference=row.reference,
            controller_id=row.controller_id,
            recipient_id=row.agency_id,
            basis="deputy",
        )


async def _tell(work: Work, post_id: UUID, deputy_id: UUID, deputy: str, away: str) -> None:
    for one, what, place in ((deputy_id, deputy, "/cases"), (post_id, away, "/notices")):
        posts = (await work.session.scalars(select(Post).where(Post.id == one))).all()
        await tell(work, posts, what, place)


async def deputies(work: Work) -> list[DeputyView]:
    """Return the periods of the own agency that are not over, the first to begin first."""
    away, stands_in = aliased(Post), aliased(Post)
    one, other = aliased(Person), aliased(Person)
    query = (
        select(Deputy, one.name, away.title, other.name, stands_in.title)
        .join(away, away.id == Deputy.post_id)
        .join(one, one.id == away.person_id)
        .join(stands_in, stands_in.id == Deputy.deputy_id)
        .join(other, other.id == stands_in.person_id)
        .where(away.agency_id == work.actor.agency_id, Deputy.ended_at.is_(None), Deputy.valid_to > now())
        .order_by(Deputy.valid_from, Deputy.id)
    )
    rows = await work.session.execute(query)
    return [DeputyView(row, f"{a}, {b}", f"{c}, {d}") for row, a, b, c, d in rows]
