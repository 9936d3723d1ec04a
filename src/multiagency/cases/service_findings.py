"""What an authority has found that a move asks for: whether it is the first offence, and that a decision was made.

Who opened the case answers the first; where it is not the first, the model's own way ends the case for this service.
The decision is recorded with its day and whose it was, and nothing of what it says.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.forms import FindingForm
from multiagency.cases.models import Finding
from multiagency.cases.questions import MayMove
from multiagency.cases.service import move, scope
from multiagency.kernel.access import Capability
from multiagency.kernel.clock import now, to_helsinki, today
from multiagency.kernel.errors import Conflict, FieldError, Forbidden, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.pathways.definition import StageKind
from multiagency.pathways.service import not_among
from multiagency.people import reading as people

FIRST_OFFENCE, DECISION = "first_offence", "decision"
ANSWERS = {FIRST_OFFENCE: ("yes", "no"), DECISION: ("police", "prosecutor")}
_CONDITIONS = {FIRST_OFFENCE: "first_offence", DECISION: "decision_recorded"}
_STEERS = frozenset({Capability.REFER, Capability.COORDINATE})


@dataclass(frozen=True, slots=True)
class FindingView:
    """What was found: `answer` by the words of `ANSWERS`, and on which day."""

    what: str
    answer: str
    found_on: date


async def findings(desk: Desk) -> dict[str, FindingView]:
    """Return the newest of each, as far as it is in sight."""
    query = select(Finding).where(Finding.case_id == desk.case.id).order_by(Finding.recorded_at, Finding.id)
    return {row.what: FindingView(row.what, row.answer, row.found_on) for row in await desk.work.session.scalars(query)}


async def asked_of(desk: Desk) -> str | None:
    """Return what the model asks the actor to record about the case as it stands now; None for nothing."""
    if desk.is_over:
        return None
    mine = desk.work.actor.agency_id == desk.case.controller_id
    if desk.case.taken_over_at is None and mine and desk.model.ever_asks(_CONDITIONS[FIRST_OFFENCE]):
        return FIRST_OFFENCE if Capability.REFER in desk.capabilities else None
    if desk.stands(StageKind.DRAFT) or not desk.model.ever_asks(_CONDITIONS[DECISION]):
        return None
    steers = desk.capabilities & _STEERS
    return DECISION if mine or (steers and await _convenes(desk)) else None


async def _convenes(desk: Desk) -> bool:
    team = await people.team_with(desk.work, desk.case.team_id)
    return desk.work.actor.agency_id == team.convener_id


async def record(desk: Desk, form: FindingForm) -> None:
    """Record it; a later answer counts instead of an earlier one.

    Raises `Conflict` for what the model does not ask or a case that has ended, `Forbidden` for what is another's to
    answer, `Invalid` for an answer to another question and for a day outside the case.
    """
    if desk.is_over or not desk.model.ever_asks(_CONDITIONS[form.what]):
        raise Conflict("finding.not_asked")
    if await asked_of(desk) != form.what:
        raise Forbidden
    errors = not_among("answer", form.answer, ANSWERS[form.what])
    if form.found_on > today():
        errors.append(FieldError("found_on", "error.in_future"))
    if form.what == DECISION and form.found_on < to_helsinki(desk.case.opened_at).date():
        errors.append(FieldError("found_on", "finding.before_the_case"))
    if errors:
        raise Invalid(*errors)
    row = Finding(
        id=uuid7(),
        **scope(desk),
        what=form.what,
        answer=form.answer,
        found_on=form.found_on,
        recorded_by_id=desk.work.actor.post_id,
        recorded_at=now(),
    )
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote()


async def missing_findings(asked: MayMove) -> list[FieldError]:
    """Veto a move that asks for an answer that nobody has given, or another than was given."""
    wanted = {what: asked.need(condition) for what, condition in _CONDITIONS.items()}
    if not any(wanted.values()):
        return []
    found = await findings(asked.desk)
    return [
        FieldError(what, f"missing.{what}" if what not in found else f"missing.{what}_otherwise")
        for what, need in wanted.items()
        if need and (what not in found or (need.values and found[what].answer not in need.values))
    ]


def other_way(desk: Desk) -> str | None:
    """Return the ended stage to which the model leads by the answer to the first question; None where there is none."""
    ways = [way for way in desk.model.ways_from(desk.case.stage) if not way.deviates]
    asking = [way.to for way in ways if way.asks(_CONDITIONS[FIRST_OFFENCE])]
    return next((to for to in asking if desk.model.stage(to).kind == StageKind.ENDED), None)


async def forbids(desk: Desk, to: str) -> list[FieldError]:
    """Return what of the findings still forbids that move."""
    return await missing_findings(MayMove(desk, to))


async def end_the_other_way(desk: Desk) -> None:
    """End the case for this service: it goes on where the model says, without it.

    Raises `Conflict` where there is no such way, `Invalid` as long as the answer does not lead there.
    """
    to = other_way(desk)
    if to is None:
        raise Conflict("finding.no_other_way")
    await move(desk, to)
    await desk.work.session.flush()
    desk.wrote()
