"""What the worker does: tells who coordinates a case that a clock of its model has run out. It closes nothing."""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, DateTime, Row, Text, Uuid, bindparam, func, select

from multiagency.cases.reading_holders import posts_that_may
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import end_of, now, to_helsinki
from multiagency.kernel.due import each
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.work import Work
from multiagency.pathways.clocks import due
from multiagency.pathways.definition import codes, definition, versions
from multiagency.pathways.service import parameter_of_day
from multiagency.people.service_notices import tell

TELLING_OF_CLOCKS = "tell_of_clocks"
_IN_A_STAGE = (
    Column("id", Uuid),
    *(Column(name, Text) for name in ("reference", "pathway", "pathway_version")),
    *(Column(name, Uuid) for name in ("team_id", "controller_id")),
    Column("stage", Text),
    *(Column(name, DateTime(timezone=True)) for name in ("begun", "came", "told_at")),
)
_WANTED = bindparam("wanted", type_=ARRAY(Text))
_LISTED = select(func.cases_in_stages(_WANTED).table_valued(*_IN_A_STAGE))


async def tell_of_clocks(runtime: Runtime, presented: Presented, only: UUID | None = None) -> int:
    """Tell of every case that has stayed in its stage for too long, or of the case `only`; return of how many."""
    return await each(runtime, presented, Act.REMIND_OF_WORK, TELLING_OF_CLOCKS, _due, _tell, only)


async def _due(work: Work) -> dict[UUID, Row[Any]]:
    clocked = [code for code in codes() if any(model.clocks for model in versions(code))]
    rows = await work.session.execute(_LISTED, {"wanted": clocked}) if clocked else ()
    return {row.id: row for row in rows if await _has_run_out(work, row)}


async def _has_run_out(work: Work, row: Row[Any]) -> bool:
    for clock in definition(row.pathway, row.pathway_version).clocks:
        if clock.stage == row.stage and row.came is not None:
            of = (row.pathway, row.pathway_version)
            length = await parameter_of_day(work, of, clock.within, row.team_id, row.begun)
            ended = end_of(due(to_helsinki(row.came).date(), clock.unit, length))
            if ended <= now() and (row.told_at is None or row.told_at < ended):
                return True
    return False


async def _tell(work: Work, row: Row[Any]) -> bool:
    about = {"case_id": row.id, "case_reference": row.reference, "controller_id": row.controller_id}
    work.record(Mode.WRITE, {Kind.SHELL}, subjects=[row.id], **about)
    posts = await posts_that_may(work, row.id, Capability.COORDINATE)
    await tell(work, posts, "clock_ran_out", f"/cases/{row.reference}", row.id)
    return True
