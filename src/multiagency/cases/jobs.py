"""What the worker does: reminds of drafts that will be deleted, and of cases that must come on an agenda."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Row, Text, Uuid, func, select

from multiagency.cases.reading_holders import posts_that_may
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.due import each
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.kernel.working_days import after_working_days
from multiagency.pathways.definition import StageKind
from multiagency.pathways.service import parameter, parameter_of_day
from multiagency.people import reading as people
from multiagency.people.models import Post
from multiagency.people.service_notices import tell

REMINDING_OF_CASES = "remind_of_cases"
_AGAINST_TIME = (
    Column("id", Uuid),
    Column("reference", Text),
    Column("pathway", Text),
    Column("team_id", Uuid),
    Column("controller_id", Uuid),
    Column("pathway_version", Text),
    Column("stage_kind", Text),
    Column("begun", DateTime(timezone=True)),
    Column("since", DateTime(timezone=True)),
    Column("told_at", DateTime(timezone=True)),
)


async def remind(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """Remind of every case whose time runs out, or of the case `only`; return of how many.

    Who refers it is told `draft_reminder_days` before a draft is deleted; who coordinates its team is told
    `agenda_reminder_days` working days before a case that was submitted is to be on an agenda.
    """
    return await each(runtime, presented, Act.REMIND_OF_WORK, REMINDING_OF_CASES, _due, _remind, only)


async def _due(work: Work) -> dict[UUID, Row[Any]]:
    listed = await work.session.execute(select(func.cases_against_time().table_valued(*_AGAINST_TIME)))
    return {row.id: row for row in listed if await _is_due(work, row)}


async def _is_due(work: Work, row: Row[Any]) -> bool:
    begins = await _reminded_from(work, row)
    return begins <= now() and (row.told_at is None or row.told_at < begins)


async def _reminded_from(work: Work, row: Row[Any]) -> datetime:
    async def days(name: str) -> int:
        return await parameter_of_day(work, (row.pathway, row.pathway_version), name, row.team_id, row.begun)

    async def warned(name: str) -> int:
        return await parameter(work, row.pathway, name, row.team_id)

    if row.stage_kind == StageKind.DRAFT:
        deleted_on: datetime = row.since + timedelta(days=await days("draft_days"))
        return deleted_on - timedelta(days=await warned("draft_reminder_days"))
    left = await days("agenda_working_days") - await warned("agenda_reminder_days")
    return after_working_days(row.since, max(left, 0))


async def _remind(work: Work, row: Row[Any]) -> bool:
    posts = await _who_must_act(work, row)
    if not posts:
        return False
    about = {"case_id": row.id, "case_reference": row.reference, "controller_id": row.controller_id}
    work.record(Mode.WRITE, {Kind.SHELL}, subjects=[row.id], **about)
    await tell(work, posts, _told(row), f"/cases/{row.reference}", row.id)
    return True


def _told(row: Row[Any]) -> str:
    return "draft_expires" if row.stage_kind == StageKind.DRAFT else "agenda_due"


async def _who_must_act(work: Work, row: Row[Any]) -> Sequence[Post]:
    if row.stage_kind == StageKind.DRAFT:
        return await posts_that_may(work, row.id, Capability.REFER)
    return await people.coordinators_of(work, row.team_id)
