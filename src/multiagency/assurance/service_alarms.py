"""Alarms of the log's self-check: raised once, told to every auditor, shown until an auditor settles them."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from multiagency.assurance.forms import SettlementForm
from multiagency.assurance.models import AuditAlarm
from multiagency.kernel.actor import Role
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, NotVisible
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.people.reading import posts_in_role
from multiagency.people.service_notices import settle as nothing_waits
from multiagency.people.service_notices import tell
from multiagency.web.door import Banner, Banners

SHOWN = 50
"""So many stay under 30 kB."""
PLACE = "/audit/alarms"


class AlarmCode(StrEnum):
    """What the self-check, the sequencer and the worker can find."""

    ENTRY_CHANGED = "entry_changed"
    NUMBERING_BROKEN = "numbering_broken"
    CHECKPOINT_UNFIT = "checkpoint_unfit"
    UNSIGNED_TOO_LONG = "unsigned_too_long"
    WITNESS_SILENT = "witness_silent"
    WITNESS_DISAGREES = "witness_disagrees"
    COLUMNS_DISAGREE = "columns_disagree"
    PRUNED_TOO_EARLY = "pruned_too_early"
    DETAIL_CHANGED = "detail_changed"
    UNREADABLE = "unreadable"
    CHECKPOINTS_CHANGED = "checkpoints_changed"
    WITNESS_CHANGED = "witness_changed"
    KEY_UNUSABLE = "key_unusable"
    ENTRY_REFUSED = "entry_refused"
    TIME_UNFIT = "time_unfit"
    CHECK_FAILED = "check_failed"
    WORK_FAILS = "work_fails"


async def raise_alarm(work: Work, code: AlarmCode, *, first_bad: int | None = None, bad: int | None = None) -> bool:
    """Raise an alarm and tell every auditor; tell whether it was new. While one of its code is open nothing happens.

    `first_bad`: index of the first entry that is wrong; `bad`: how many are. What still holds when the alarm has been
    settled is raised anew: a second fault must not hide behind the first.
    """
    adding = insert(AuditAlarm).values(id=uuid7(), at=now(), code=code, first_bad=first_bad, bad=bad)
    once = adding.on_conflict_do_nothing(index_elements=["code"], index_where=AuditAlarm.settled_at.is_(None))
    if await work.session.scalar(once.returning(AuditAlarm.id)) is None:
        return False
    work.record(Mode.WRITE, result=f"alarm_raised:{code}")
    await tell(work, await posts_in_role(work, Role.AUDITOR), "log_alarm", PLACE)
    return True


async def alarms(work: Work) -> Sequence[AuditAlarm]:
    """Return the newest alarms, open ones first, `SHOWN` at most."""
    work.record(Mode.READ)
    query = select(AuditAlarm).order_by(AuditAlarm.settled_at.is_not(None), AuditAlarm.at.desc()).limit(SHOWN)
    return (await work.session.scalars(query)).all()


async def open_alarm(work: Work, alarm_id: UUID) -> AuditAlarm:
    """Return an alarm to be settled. Raises `NotVisible` for none, `Conflict` when it is settled already."""
    work.record(Mode.READ)
    alarm = await work.session.get(AuditAlarm, alarm_id)
    if alarm is None:
        raise NotVisible
    if alarm.settled_at is not None:
        raise Conflict("alarms.settled_already")
    return alarm


async def settle(work: Work, alarm_id: UUID, form: SettlementForm) -> None:
    """Settle an alarm once, with a reason. Raises as `open_alarm` does."""
    alarm = await open_alarm(work, alarm_id)
    alarm.settled_at, alarm.settled_by_id, alarm.settlement = now(), work.actor.post_id, form.settlement
    await work.session.flush()
    if not await _is_any_open(work):
        await nothing_waits(work, PLACE, "log_alarm")
    work.record(Mode.WRITE, result=f"alarm_settled:{form.settlement}")


async def _is_any_open(work: Work) -> bool:
    unsettled = select(AuditAlarm.id).where(AuditAlarm.settled_at.is_(None)).limit(1)
    return await work.session.scalar(unsettled) is not None


async def banner(asked: Banners) -> list[Banner]:
    """Say on every page of an auditor or administrator that an alarm is open."""
    work = asked.work
    if work.actor.role not in {Role.AUDITOR, Role.ADMINISTRATOR}:
        return []
    return [("alarms.banner", PLACE)] if await _is_any_open(work) else []
