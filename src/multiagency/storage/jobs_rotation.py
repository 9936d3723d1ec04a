"""Rotation of data keys while people work. Every batch is a unit of work: killed anywhere, it goes on where it was.

A data key is retired when its scope has a newer one; from then on it only opens. It is destroyed when every unit of
work that may have sealed with it has ended and no value names it. The yearly keys of the log are wrapped anew but not
replaced: entries take no updates, and go with their key after 12 years.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    Table,
    column,
    delete,
    distinct,
    func,
    or_,
    select,
    table,
    union_all,
    update,
)

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now
from multiagency.kernel.crypto import CannotDecrypt
from multiagency.kernel.ids import first_id_at
from multiagency.kernel.journal import Mode
from multiagency.kernel.progress import Progress
from multiagency.kernel.runtime import Runtime
from multiagency.kernel.vault import WrappedKey, wrapped_key
from multiagency.kernel.work import Work
from multiagency.storage.records import client_tables, key_id_of, kinds_of, persistently, sealed_columns

BATCH = 200
PATIENCE = 600
"""Seconds to wait for the units of work that may have sealed with a retired key; ordinary ones take milliseconds."""

_LOCKS = table("pg_locks", column("locktype", String), column("virtualtransaction", String), column("pid"))
_SESSIONS = table("pg_stat_activity", column("pid"), column("datname", String))
_SCOPE = (WrappedKey.case_id, WrappedKey.controller_id, WrappedKey.retention_class)


class StillBusy(Exception):
    """A unit of work that began before the rotation has not ended; everything is re-sealed but no key destroyed."""


@dataclass(slots=True)
class Rotated:
    """What a rotation of data keys did. `unreadable` values do not open and keep their key."""

    keys_made: int = 0
    rows: int = 0
    values: int = 0
    keys_destroyed: int = 0
    unreadable: int = 0


async def rotate_data(
    runtime: Runtime, presented: Presented, progress: Progress | None = None, patience: float = PATIENCE
) -> Rotated:
    """Give every scope of client data a new key, seal every value anew, and destroy the old keys.

    A rotation that was interrupted is finished first of all: scopes that have their new key do not get another one.
    Raises `StillBusy` after `patience` seconds.
    """
    rotated = Rotated()
    began = await _began(runtime, presented)
    while made := await persistently(lambda: _retire(runtime, presented, began)):
        rotated.keys_made += made
    await _until_nobody_seals_with_old_keys(runtime, presented, patience)
    total = await _count(runtime, presented)
    for records in client_tables():
        await _seal_table(runtime, presented, records, rotated, lambda: progress and progress(rotated.rows, total))
    rotated.keys_destroyed = await persistently(lambda: _destroy(runtime, presented))
    return rotated


async def _began(runtime: Runtime, presented: Presented) -> datetime:
    """Return when the rotation began: now, or when the interrupted one did."""
    async with runtime.unit_of_work(presented, Act.ROTATE_KEYS) as work:
        work.record(Mode.READ)
        earliest = select(func.min(WrappedKey.retired_at)).where(WrappedKey.case_id.is_not(None))
        return await work.session.scalar(earliest) or now()


async def _retire(runtime: Runtime, presented: Presented, began: datetime) -> int:
    """Make new keys for some scopes whose keys are older than the rotation; return how many scopes there were."""
    before = WrappedKey.id < first_id_at(began)
    async with runtime.unit_of_work(presented, Act.ROTATE_KEYS) as work:
        old = select(*_SCOPE).where(WrappedKey.case_id.is_not(None), WrappedKey.retired_at.is_(None), before)
        scopes = (await work.session.execute(old.distinct().limit(BATCH))).all()
        for scope in scopes:
            row, _ = wrapped_key(work.tools.master, *scope)
            same = [column == value for column, value in zip(_SCOPE, scope, strict=True)]
            retire = update(WrappedKey).where(*same, WrappedKey.retired_at.is_(None), before)
            quietly = {"synchronize_session": False}
            await work.session.execute(retire.values(retired_at=began), execution_options=quietly)
            work.session.add(row)
        work.record(Mode.WRITE, result=f"keys_made:{len(scopes)}")
    return len(scopes)


async def _until_nobody_seals_with_old_keys(runtime: Runtime, presented: Presented, patience: float) -> None:
    """Wait for the transactions that began before the new keys were there: each still sees the old ones as newest.

    Every transaction holds a lock on its own virtual id while it lives, which any role may look at.
    """
    deadline = asyncio.get_running_loop().time() + patience
    waited_for = await _transactions(runtime, presented)
    while waited_for & await _transactions(runtime, presented):
        if asyncio.get_running_loop().time() > deadline:
            raise StillBusy
        await asyncio.sleep(0.05)


async def _transactions(runtime: Runtime, presented: Presented) -> set[str]:
    query = (
        select(_LOCKS.c.virtualtransaction)
        .join(_SESSIONS, _SESSIONS.c.pid == _LOCKS.c.pid)
        .where(_LOCKS.c.locktype == "virtualxid", _LOCKS.c.pid != func.pg_backend_pid())
        .where(_SESSIONS.c.datname == func.current_database())
    )
    async with runtime.unit_of_work(presented, Act.ROTATE_KEYS) as work:
        return set(await work.session.scalars(query))


def _retired() -> Select[bytes]:
    return select(func.uuid_send(WrappedKey.id)).where(WrappedKey.retired_at.is_not(None))


def _under_old_keys(records: Table) -> ColumnElement[bool]:
    return or_(*(key_id_of(records, name).in_(_retired()) for name in sealed_columns(records)))


async def _count(runtime: Runtime, presented: Presented) -> int:
    """Return how many rows are to be sealed anew."""
    total = 0
    async with runtime.unit_of_work(presented, Act.ROTATE_KEYS) as work:
        for records in filter(sealed_columns, client_tables()):
            rows = select(func.count(distinct(records.c.id))).where(_under_old_keys(records))
            total += await work.session.scalar(rows) or 0
        work.record(Mode.READ, kinds_of(*client_tables()), result=f"counted:{total}")
    return total


async def _seal_table(
    runtime: Runtime, presented: Presented, records: Table, rotated: Rotated, tell: Callable[[], Any]
) -> None:
    """Seal the rows of one table anew, in the order of their ids."""
    last: UUID | None = None
    while sealed_columns(records):

        async def batch(after: UUID | None = last) -> tuple[UUID | None, int, int, int]:
            async with runtime.unit_of_work(presented, Act.ROTATE_KEYS) as work:
                return await _seal_batch(work, records, after)

        last, rows, values, unreadable = await persistently(batch)
        rotated.rows += rows
        rotated.values += values
        rotated.unreadable += unreadable
        tell()
        if last is None:
            return


async def _seal_batch(work: Work, records: Table, after: UUID | None) -> tuple[UUID | None, int, int, int]:
    """Seal some rows anew; return the last id (None when there was none), the rows, the values, what did not open."""
    query = select(records).where(_under_old_keys(records)).order_by(records.c.id).limit(BATCH)
    rows = (await work.session.execute(query if after is None else query.where(records.c.id > after))).all()
    changed = [await _seal_row(work, records, row) for row in rows]
    values, unreadable = sum(done for done, _ in changed), sum(failed for _, failed in changed)
    for case_id, controller_id in sorted({(row.case_id, row.controller_id) for row in rows}):
        about = {"case_id": case_id, "controller_id": controller_id, "basis": "key_rotation"}
        work.record(Mode.WRITE, kinds_of(records), subjects=[case_id], result="sealed_anew", **about)
    if not rows:
        work.record(Mode.WRITE, kinds_of(records), result="sealed_anew:0")
    return (rows[-1].id if rows else None), len(rows), values, unreadable


async def _seal_row(work: Work, records: Table, row: Row[Any]) -> tuple[int, int]:
    """Seal every value of a row with the newest key of its scope, unless somebody has just written another."""
    key = await work.vault.key_for(row.case_id, row.controller_id, row.retention_class)
    done = failed = 0
    for name in sealed_columns(records):
        sealed, place = getattr(row, name), f"{records.name}.{name}"
        if sealed is None or sealed.key_id == key.id:
            continue
        try:
            text = (await work.vault.key_of(sealed)).open(place, row.id, sealed)
        except CannotDecrypt:
            failed += 1
            continue
        same = (records.c.id == row.id, records.c[name] == sealed)
        await work.session.execute(update(records).where(*same).values({name: key.seal(place, row.id, text)}))
        done += 1
    return done, failed


async def _destroy(runtime: Runtime, presented: Presented) -> int:
    """Destroy the retired keys that no value names; return how many."""
    tables = client_tables()
    named = union_all(
        *(
            select(key_id_of(records, name)).where(records.c[name].is_not(None))
            for records in tables
            for name in sealed_columns(records)
        )
    )
    gone = delete(WrappedKey).where(
        WrappedKey.retired_at.is_not(None), func.uuid_send(WrappedKey.id).not_in(named.subquery().select())
    )
    async with runtime.unit_of_work(presented, Act.ROTATE_KEYS) as work:
        found: Sequence[UUID] = (
            await work.session.scalars(gone.returning(WrappedKey.id), execution_options={"synchronize_session": False})
        ).all()
        work.record(Mode.WRITE, kinds_of(*tables), result=f"keys_destroyed:{len(found)}")
    return len(found)
