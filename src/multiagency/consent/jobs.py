"""What the worker does: ends on the minute what has run out, as a withdrawal would, and warns of it before."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, Row, Text, Uuid, func, select, update

from multiagency.cases.desk import Desk, shut_desk
from multiagency.cases.events import SightEnded
from multiagency.cases.models import LawfulBasis
from multiagency.cases.reading_holders import posts_that_may
from multiagency.cases.service_grants import CONSENT
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.due import each
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.pathways.service import parameter
from multiagency.people.service_notices import settle, tell

ENDING, WARNING = "end_consents", "warn_of_consents"
_RUNNING_OUT = (
    Column("case_id", Uuid),
    Column("reference", Text),
    Column("pathway", Text),
    Column("team_id", Uuid),
    Column("stage_kind", Text),
    Column("controller_id", Uuid),
    Column("valid_to", DateTime(timezone=True)),
    Column("warned_at", DateTime(timezone=True)),
    Column("of_age", Boolean),
)
_WARNINGS = ("consent_warning_days", "consent_last_warning_days")
_FURTHEST = timedelta(days=366)
"""No warning comes earlier than this."""
_OF_AGE_WARNINGS = ("of_age_warning_days", *_WARNINGS)


async def end_expired(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """End every consent that has run out, or that of the case `only`; return in how many cases.

    A child's coming of age is such an end (703/2023 section 34): from then on nobody decides for them.
    """
    return await each(runtime, presented, Act.END_CONSENT, ENDING, _run_out, _end, only)


async def warn(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """Warn of every consent that will run out, as often as the team's parameters say; return of how many."""
    return await each(runtime, presented, Act.END_CONSENT, WARNING, _running_out, _warn, only)


async def _run_out(work: Work, before: datetime | None = None) -> dict[UUID, Row[Any]]:
    listed = func.consents_running_out(before or now()).table_valued(*_RUNNING_OUT)
    return {row.case_id: row for row in await work.session.execute(select(listed))}


async def _running_out(work: Work) -> dict[UUID, Row[Any]]:
    return await _run_out(work, now() + _FURTHEST)


async def _end(work: Work, row: Row[Any]) -> bool:
    if not await work.session.scalar(select(func.end_expired_consent(row.case_id))):
        return False  # somebody else ended it meanwhile
    await work.publish(SightEnded(_desk(work, row)))
    await settle(work, f"/cases/{row.reference}", "consent_ends", "client_comes_of_age")
    await _tell(work, row, "client_is_of_age" if row.of_age else "consent_ended")
    return True


async def _warn(work: Work, row: Row[Any]) -> bool:
    for name in _OF_AGE_WARNINGS if row.of_age else _WARNINGS:
        since = row.valid_to - timedelta(days=await parameter(work, row.pathway, name, row.team_id))
        if since <= now() and (row.warned_at is None or row.warned_at < since):
            mark = update(LawfulBasis).where(LawfulBasis.case_id == row.case_id, LawfulBasis.ended_at.is_(None))
            mine = mark.where(LawfulBasis.reason == CONSENT, LawfulBasis.valid_to.is_not(None))
            await work.session.execute(mine.values(warned_at=now()), execution_options={"synchronize_session": False})
            await _tell(work, row, "client_comes_of_age" if row.of_age else "consent_ends")
            return True
    return False


async def _tell(work: Work, row: Row[Any], what: str) -> None:
    about = {"case_id": row.case_id, "case_reference": row.reference, "controller_id": row.controller_id}
    work.record(Mode.WRITE, {Kind.CONSENT}, subjects=[row.case_id], **about)
    posts = await posts_that_may(work, row.case_id, Capability.REFER, Capability.COORDINATE)
    await tell(work, posts, what, f"/cases/{row.reference}", row.case_id)


def _desk(work: Work, row: Row[Any]) -> Desk:
    same = ("reference", "pathway", "team_id", "stage_kind", "controller_id")
    return shut_desk(work, id=row.case_id, **{column: getattr(row, column) for column in same})
