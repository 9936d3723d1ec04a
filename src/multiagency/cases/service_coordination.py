"""Coordination follows the membership of the team: what a coordinator's team coordinates is theirs from that moment."""

from sqlalchemy import Column, Text, Uuid, bindparam, func, select

from multiagency.kernel.access import Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.journal import Mode
from multiagency.kernel.waiting import WorkAsked
from multiagency.kernel.work import Work

_TAKEN_UP = (Column("case_id", Uuid), Column("reference", Text), Column("controller_id", Uuid))
_TAKING_UP = select(func.take_up_coordination(bindparam("wanted", type_=Text)).table_valued(*_TAKEN_UP))


async def take_up(work: Work, wanted: str | None = None) -> int:
    """Give a coordinator the cases of their teams that they do not hold yet, or the one wanted; return how many.

    The database decides case by case: bars hold, and what was handed over stays where it is while somebody looks after
    it. Each case taken up is an entry of the log. Anybody else is given nothing.
    """
    if work.actor.role is not Role.COORDINATOR:
        return 0
    rows = (await work.session.execute(_TAKING_UP, {"wanted": wanted})).all()
    for row in rows:
        about = {"case_id": row.case_id, "case_reference": row.reference, "controller_id": row.controller_id}
        work.record(Mode.WRITE, {Kind.SHELL}, subjects=[row.case_id], basis="coordination", result="taken_up", **about)
    return len(rows)


async def take_up_for(asked: WorkAsked) -> None:
    """Give a coordinator what has become theirs before they are told what waits."""
    await take_up(asked.work)
