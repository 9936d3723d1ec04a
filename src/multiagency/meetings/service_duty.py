"""The duty roster of a team: who can be called to its table at once, and from when until when."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select, update

from multiagency.kernel.clock import now
from multiagency.kernel.database import holds_at
from multiagency.kernel.errors import FieldError, Invalid, NotVisible
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.portions import Portion, portion
from multiagency.kernel.work import Work
from multiagency.meetings.forms import ShiftForm
from multiagency.meetings.models import DutyShift
from multiagency.meetings.service import my_teams
from multiagency.pathways.service import parameter
from multiagency.people import reading as people
from multiagency.people.models import Agency, Person, Post, Team
from multiagency.people.reading import Colleague
from multiagency.people.service_notices import tell

Shift = tuple[DutyShift, Colleague]


async def on_duty(work: Work, team_ids: Collection[UUID]) -> list[Shift]:
    """Return who is on duty now in these teams and until when, by agency and name."""
    query = _living(team_ids).where(DutyShift.starts_at <= now())
    rows = await work.session.execute(query.order_by(Agency.name_fi, Person.name, DutyShift.ends_at))
    return [_shift(*row) for row in rows]


async def roster(work: Work, team: Team, start: int = 0) -> Portion[Shift]:
    """Return the shifts of a team that are not over, the next first."""
    work.record(Mode.READ)
    query = _living([team.id]).order_by(DutyShift.starts_at, DutyShift.ends_at, DutyShift.id)
    found = await portion(work, query, start)
    return found.of([_shift(*row) for row in found.rows])


def _living(team_ids: Collection[UUID]) -> Select[DutyShift, Post, Person, Agency]:
    moment = now()
    return (
        select(DutyShift, Post, Person, Agency)
        .join(Post, Post.id == DutyShift.post_id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(DutyShift.team_id.in_(team_ids), DutyShift.ended_at.is_(None), DutyShift.ends_at > moment)
        .where(holds_at(Post, moment))
    )


def _shift(shift: DutyShift, post: Post, person: Person, agency: Agency) -> Shift:
    return shift, Colleague(post, person, agency)


async def known(work: Work, team_id: UUID) -> Team:
    """Return a team. Raises `NotVisible`."""
    team = next((team for team in await people.teams(work) if team.id == team_id), None)
    if team is None:
        raise NotVisible
    return team


async def keeps(work: Work, team: Team) -> bool:
    """Tell whether the actor keeps the roster of a team: its coordinators do."""
    return team.id in {mine.id for mine in await my_teams(work)}


async def kept(work: Work, team_id: UUID) -> Team:
    """Return a team whose roster the actor keeps. Raises `Invalid`."""
    team = await people.known_team(work, team_id, "team")
    if not await keeps(work, team):
        raise Invalid.of("team", "error.unknown_team")
    return team


async def add(work: Work, team: Team, form: ShiftForm) -> None:
    """Put somebody who may sit at a table on duty; they are told.

    Raises `Invalid` for somebody unknown, and a shift that is over, ends before it begins, is longer than the team's
    `longest_duty_days`, or falls together with another of the same post.
    """
    who = await people.known_colleague(work, form.post, "post")
    longest = await parameter(work, team.pathway, "longest_duty_days", team.id)
    if errors := [*_wrong_times(form, longest), *await _together(work, team, form)]:
        raise Invalid(*errors)
    work.session.add(
        DutyShift(id=uuid7(), team_id=team.id, post_id=form.post, starts_at=form.starts_at, ends_at=form.ends_at)
    )
    await tell(work, [who.post], "duty_given", f"/duty/{team.id}")
    work.record(Mode.WRITE)


def _wrong_times(form: ShiftForm, longest: int) -> list[FieldError]:
    if form.ends_at <= form.starts_at:
        return [FieldError("ends_at", "duty.ends_before_it_starts")]
    if form.ends_at <= now():
        return [FieldError("ends_at", "duty.is_over")]
    if form.ends_at - form.starts_at > timedelta(days=longest):
        return [FieldError("ends_at", "duty.too_long", {"days": longest})]
    return []


async def _together(work: Work, team: Team, form: ShiftForm) -> list[FieldError]:
    others = _living([team.id]).where(
        DutyShift.post_id == form.post, DutyShift.starts_at < form.ends_at, DutyShift.ends_at > form.starts_at
    )
    found = await work.session.scalar(others.with_only_columns(DutyShift.id).limit(1))
    return [FieldError("starts_at", "duty.has_one_then")] if found else []


async def take_back(work: Work, team: Team, shift_id: UUID) -> None:
    """Take a shift off the roster, at once; whoever had it is told. Twice is once. Raises `Invalid`."""
    shift = await work.session.get(DutyShift, shift_id)
    if shift is None or shift.team_id != team.id:
        raise Invalid.of("shift", "duty.no_such_shift")
    living = update(DutyShift).where(DutyShift.id == shift_id, DutyShift.ended_at.is_(None))
    ended = (await work.session.scalars(living.values(ended_at=now()).returning(DutyShift.post_id))).all()
    told: Sequence[Post] = (await work.session.scalars(select(Post).where(Post.id.in_(ended)))).all()
    await tell(work, told, "duty_taken", f"/duty/{team.id}")
    work.record(Mode.WRITE)
