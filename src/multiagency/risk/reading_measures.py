"""What a measure told each time that it was filled in: values beside each other, and no word for any of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from multiagency.cases.desk import Desk
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import today
from multiagency.kernel.errors import NotVisible
from multiagency.risk.instruments import Pack
from multiagency.risk.models import Assessment
from multiagency.risk.reading import GIVEN, answers_by_code, given_in
from multiagency.risk.reading_instruments import known, pack_of
from multiagency.risk.scoring import Given, score

_SHOWN = 12
_TAKEN = (
    select(Assessment, GIVEN)
    .where(Assessment.case_id == bindparam("of"), Assessment.instrument == bindparam("instrument"), Assessment.measures)
    .order_by(Assessment.version.desc())
    .limit(_SHOWN)
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One time that a measure was filled in: answers by item, and their sum where none is missing or not known."""

    at: datetime
    answers: Mapping[str, str]
    total: int | None


def measure_of(desk: Desk, code: str) -> Pack:
    """Return a measure of the service. Raises `NotVisible` for any other instrument, and without sight of risk data."""
    folder = desk.work.tools.settings.instruments_directory
    try:
        pack = known(code, folder=folder)
    except ValueError as error:
        raise NotVisible from error
    if not pack.measures or Kind.RISK not in desk.kinds:
        raise NotVisible
    return pack


async def measured(desk: Desk, code: str) -> list[Measured]:
    """Return the last times that a measure was filled in on a case, the oldest first."""
    rows = (await desk.work.session.execute(_TAKEN, {"of": desk.case.id, "instrument": code})).all()
    return [_one(desk, assessment, told) for assessment, told in reversed(rows)]


def _one(desk: Desk, assessment: Assessment, told: str | None) -> Measured:
    pack, stored = pack_of(desk, assessment), given_in(told)
    scored = score(pack, Given(today(), answers_by_code(pack, stored)))
    whole = scored.complete and not scored.unknown
    return Measured(assessment.started_at, stored, scored.score if whole else None)
