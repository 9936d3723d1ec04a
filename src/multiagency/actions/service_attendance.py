"""A period of appointments: who came when, and how it ended; recorded by whoever has taken the case over.

Whoever opened the case is told that and nothing else: not with whom, and nothing of what was talked about.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from multiagency.actions.forms import AttendanceForm
from multiagency.actions.models import Attendance
from multiagency.cases.desk import Desk
from multiagency.cases.questions import MayMove
from multiagency.cases.service import scope
from multiagency.cases.service_grants import is_kept_short
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import later, now, to_helsinki, today
from multiagency.kernel.errors import Conflict, FieldError, Invalid, NotVisible
from multiagency.kernel.ids import uuid7
from multiagency.pathways.definition import StageKind
from multiagency.people.models import Person, Post

ATTENDED, MISSED, COMPLETED, NOT_BEGUN = "attended", "missed", "completed", "not_begun"
VISITS = (ATTENDED, MISSED)
RESULTS = (COMPLETED, "interrupted", NOT_BEGUN)
_NUMBERS = ("visits_most", "first_appointment_days", "period_months")


@dataclass(frozen=True, slots=True)
class AttendanceView:
    """One dated fact; `by` is who recorded it, for the service's own people."""

    id: UUID
    what: str
    on_day: date
    by: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """What is in sight of a period: its visits by day, and how it ended once that is recorded."""

    visits: list[AttendanceView]
    result: AttendanceView | None

    @property
    def attended(self) -> int:
        """How many appointments were kept."""
        return sum(visit.what == ATTENDED for visit in self.visits)


async def period_of(desk: Desk) -> Period:
    """Return it, without what was struck."""
    query = (
        select(Attendance, Person.name)
        .join(Post, Post.id == Attendance.recorded_by_id)
        .join(Person, Person.id == Post.person_id)
        .where(Attendance.case_id == desk.case.id, Attendance.struck_at.is_(None))
        .order_by(Attendance.on_day, Attendance.recorded_at)
    )
    told = not is_kept_short(desk.case, desk.work.actor.agency_id)
    rows = (await desk.work.session.execute(query)).all()
    facts = [AttendanceView(row.id, row.what, row.on_day, name if told else "") for row, name in rows]
    results = {row.id: row.recorded_at for row, _ in rows if row.what in RESULTS}
    ends = sorted((fact for fact in facts if fact.id in results), key=lambda fact: results[fact.id])
    return Period([fact for fact in facts if fact.what in VISITS], ends[-1] if ends else None)


@dataclass(frozen=True, slots=True)
class Limits:
    """What belongs to a period: how many appointments, by when the first, and by when it ends."""

    least: int
    most: int
    first: date
    ends: date


async def limits_of(desk: Desk) -> Limits | None:
    """Return the team's numbers, counted from the day on which the case was taken over; None before that."""
    began = desk.case.taken_over_at
    if began is None or not is_asked(desk):
        return None
    most, days, months = [await desk.number(name) for name in _NUMBERS]
    least = await _least(desk)
    day = to_helsinki(began).date()
    return Limits(least, most, day + timedelta(days=days), later(day, months=months))


async def _least(desk: Desk) -> int:
    """Return how many appointments a completed period has at least: the number that the model names."""
    name = desk.model.number_of("visits_at_least")
    return await desk.number(name) if name else 0


async def is_late(desk: Desk, period: Period) -> bool:
    """Tell whether nobody has come to a first appointment although it was to be by now."""
    limits = await limits_of(desk)
    waited_for = desk.stands(StageKind.FOLLOW_UP) and not period.attended and period.result is None
    return limits is not None and waited_for and today() > limits.first


def is_asked(desk: Desk) -> bool:
    """Tell whether the model of the case asks for attendance at all."""
    return desk.model.ever_asks("first_appointment") or desk.model.ever_asks("visits_at_least")


def may_be_recorded(desk: Desk) -> bool:
    """Tell whether attendance is recorded now: while the case is followed up, by another agency than its opener's."""
    others = not is_kept_short(desk.case, desk.work.actor.agency_id)
    return is_asked(desk) and desk.stands(StageKind.FOLLOW_UP) and others and Kind.ATTENDANCE in desk.kinds


async def record(desk: Desk, form: AttendanceForm) -> None:
    """Record it. Raises `Conflict` before and after the period, `Invalid` for a day outside it or too few visits."""
    if not may_be_recorded(desk):
        raise Conflict("attendance.not_now")
    if errors := [*_wrong_day(desk, form), *await _wrong_result(desk, form)]:
        raise Invalid(*errors)
    row = Attendance(
        id=uuid7(),
        **scope(desk),
        what=form.what,
        on_day=form.on_day,
        recorded_by_id=desk.work.actor.post_id,
        recorded_at=now(),
    )
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote(Kind.ATTENDANCE)


def _wrong_day(desk: Desk, form: AttendanceForm) -> list[FieldError]:
    began = to_helsinki(desk.case.taken_over_at or desk.case.opened_at).date()
    if form.on_day > today():
        return [FieldError("on_day", "error.in_future")]
    return [FieldError("on_day", "attendance.before_the_period")] if form.on_day < began else []


async def _wrong_result(desk: Desk, form: AttendanceForm) -> list[FieldError]:
    if form.what not in {COMPLETED, NOT_BEGUN}:
        return []
    attended = (await period_of(desk)).attended
    if form.what == NOT_BEGUN and attended:
        return [FieldError("what", "attendance.has_begun")]
    least = await _least(desk)
    few = form.what == COMPLETED and attended < least
    return [FieldError("what", "attendance.too_few", {"attended": attended, "least": least})] if few else []


async def strike(desk: Desk, fact_id: UUID) -> None:
    """Take out what was recorded by mistake. Raises `NotVisible` for what is not there, `Conflict` after the period."""
    row = await desk.work.session.get(Attendance, fact_id)
    if row is None or row.case_id != desk.case.id or row.struck_at is not None:
        raise NotVisible
    if not may_be_recorded(desk):
        raise Conflict("attendance.not_now")
    row.struck_at, row.struck_by_id = now(), desk.work.actor.post_id
    await desk.work.session.flush()
    desk.wrote(Kind.ATTENDANCE)


async def missing_attendance(asked: MayMove) -> list[FieldError]:
    """Veto a move before the first appointment, and the end of a period before it is said how, with too few visits."""
    desk, least = asked.desk, asked.need("visits_at_least")
    if not (least or asked.need("first_appointment")):
        return []
    period = await period_of(desk)
    if asked.need("first_appointment") and not period.attended:
        return [FieldError("attendance", "missing.first_appointment")]
    if least is None:
        return []
    if period.result is None:
        return [FieldError("attendance", "missing.period_result")]
    number = await _least(desk)
    if period.result.what == COMPLETED and period.attended < number:
        return [FieldError("attendance", "attendance.too_few", {"attended": period.attended, "least": number})]
    return []
