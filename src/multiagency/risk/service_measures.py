"""Filling in a measure: each time stands for itself and is kept as it was."""

from sqlalchemy import bindparam, func, select

from multiagency.cases.desk import Desk
from multiagency.cases.questions import MayMove
from multiagency.cases.service import scope
from multiagency.cases.service_versions import stamp
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.risk.forms import MeasureForm
from multiagency.risk.instruments import Pack
from multiagency.risk.models import Answer, Assessment
from multiagency.risk.reading import UNKNOWN

_LAST = select(func.max(Assessment.version)).where(
    Assessment.case_id == bindparam("of"), Assessment.instrument == bindparam("instrument")
)


async def measure(desk: Desk, pack: Pack, form: MeasureForm) -> None:
    """Keep what was answered now; an item may be left open.

    Raises `Conflict` when the case is over, `Invalid` for an unknown item or value, and when nothing was answered.
    """
    if desk.is_over:
        raise Conflict("risk.measure.over")
    asked = {item.code: {*map(str, pack.scale_of(item).values), UNKNOWN, ""} for item in pack.items}
    wrong = dict.fromkeys(form.answers.keys() - asked.keys(), "error.unknown_item")
    wrong |= {
        code: "error.not_a_choice" for code, value in form.answers.items() if value not in asked.get(code, {value})
    }
    answers = {code: value for code, value in form.answers.items() if value}
    if not wrong and not answers:
        wrong = {pack.items[0].code: "risk.measure.empty"}
    if wrong:
        raise Invalid(*(FieldError(f"answers.{code}", key) for code, key in wrong.items()))
    moment, last = now(), await desk.work.session.scalar(_LAST, {"of": desk.case.id, "instrument": pack.id})
    taken = Assessment(
        id=uuid7(),
        **scope(desk),
        version=(last or 0) + 1,
        instrument=pack.id,
        instrument_version=pack.version,
        measures=True,
        assessor_id=desk.work.actor.post_id,
        started_at=moment,
        completed_at=moment,
    )
    stamp(desk.work, taken)
    desk.work.session.add(taken)
    await desk.work.session.flush()
    for code, value in answers.items():
        row = Answer(id=uuid7(), **scope(desk), assessment_id=taken.id, item=code, answer=value)
        stamp(desk.work, row)
        desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote(Kind.RISK)


async def missing_measures(asked: MayMove) -> list[FieldError]:
    """Veto a move before the measure was filled in as often as the model asks; once where it does not say."""
    need = asked.need("measured")
    if need is None:
        return []
    wanted = await asked.desk.number(need.at_least) if need.at_least else 1
    taken = await asked.desk.work.session.scalar(select(func.times_measured(asked.desk.case.id))) or 0
    return [] if taken >= wanted else [FieldError("measures", "missing.measures", {"taken": taken, "wanted": wanted})]
