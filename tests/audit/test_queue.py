"""Numbers are given from a queue: to whatever was committed, late or past the queue, and to nothing that is odd."""

import asyncio

import asyncpg
import pytest
from tests.audit.odd_entries import INSERT, entry, put_odd, unguarded
from tests.audit.test_log import change, verdict

from multiagency.audit import sequencer
from multiagency.audit.jobs import sweep_log
from multiagency.kernel.access import Act


async def numbers(house):
    rows = await house.fetch("SELECT entry_id FROM audit_sequence ORDER BY index")
    return [row["entry_id"] for row in rows]


async def refused(house):
    return {row["entry_id"]: row["why"] for row in await house.fetch("SELECT entry_id, why FROM audit_refused")}


async def test_an_entry_that_commits_after_later_ones_gets_its_number_all_the_same(house):
    async with house.as_role("signin") as slow:
        early = entry()
        await slow.execute(INSERT, *early)
        later = entry()
        async with house.as_role("signin") as quick:
            await quick.execute(INSERT, *later)
        await house.number_log()
        assert later[0] in await numbers(house)
        assert early[0] not in await numbers(house)
    await house.number_log()
    assert (await numbers(house)).index(early[0]) > (await numbers(house)).index(later[0])
    assert await house.fetch("SELECT FROM audit_waiting") == []
    assert (await verdict(house))[1]["ok"]


async def test_what_is_rolled_back_never_waited(house):
    connection = await house.superuser()
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(INSERT, *entry())
    await transaction.rollback()
    await connection.close()
    await house.number_log()
    assert await house.fetch("SELECT FROM audit_waiting") == []


async def test_what_has_its_number_and_waits_once_more_is_passed_over(house):
    await house.submitted()
    await house.number_log()
    before = await numbers(house)
    await change(house, "INSERT INTO audit_waiting SELECT entry_id FROM audit_sequence", *GONE)
    await house.number_log()
    assert (await numbers(house))[: len(before)] == before
    assert len(set(await numbers(house))) == len(await numbers(house))
    assert await house.fetch("SELECT FROM audit_waiting") == []
    assert list((await refused(house)).values()) == ["gone"]


GONE = ("INSERT INTO audit_waiting VALUES ('01900000-0000-7000-8000-000000000000')",)


async def test_more_than_a_batch_is_numbered_in_the_order_of_ids(house, monkeypatch):
    monkeypatch.setattr(sequencer, "_WAITING", sequencer._WAITING.limit(7))
    superuser = await house.superuser()
    for _ in range(30):
        await superuser.execute(INSERT, *entry())
    await superuser.close()
    await house.number_log()
    found = await numbers(house)
    waiting = await house.fetch("SELECT FROM audit_waiting")
    assert len(found) > 30
    assert found == sorted(found)
    assert waiting == []
    assert (await verdict(house))[1]["ok"]


async def test_sec0033_an_odd_entry_gets_no_number_raises_an_alarm_and_stops_nothing(ground):
    async with ground.house() as house:
        await house.person("officer")
        superuser = await unguarded(house)
        odd = await put_odd(superuser)
        await house.person("coordinator")
        sound = {row["id"] for row in await superuser.fetch("SELECT id FROM audit_entry")} - set(odd)
        await superuser.close()
        await house.number_log()
        assert sound <= set(await numbers(house))
        found = await refused(house)
        assert set(found) == set(odd)
        assert set(found.values()) == {"body", "time", "other_entry", "leaf_hash"}
        assert await house.fetch("SELECT FROM audit_waiting") == []
        alarms = await house.fetch("SELECT code, bad FROM audit_alarm")
        assert [tuple(row) for row in alarms] == [("entry_refused", len(odd))]
        assert (await verdict(house))[1]["ok"]


async def test_what_was_written_past_the_queue_is_found_by_the_sweep(house, monkeypatch):
    monkeypatch.setattr(sequencer, "SWEPT", 3)
    await house.submitted()
    await change(house, "DELETE FROM audit_waiting")
    presented = await house.service()
    async with house.runtime.unit_of_work(presented, Act.NUMBER_LOG) as work:
        assert await sequencer.numbered(work) == 0
    there = (await house.fetch("SELECT count(*) AS n FROM audit_entry"))[0]["n"]
    waiting = (await house.fetch("SELECT count(*) AS n FROM audit_waiting"))[0]["n"]
    assert await sweep_log(house.runtime, presented) == there - waiting
    assert await sweep_log(house.runtime, presented) == 0
    await house.number_log()
    assert await sweep_log(house.runtime, presented) == 0
    assert len(await numbers(house)) == there
    assert (await verdict(house))[1]["ok"]


async def test_two_sequencers_at_once_pass_each_other(house):
    await house.submitted()
    presented = await house.service()
    async with house.runtime.unit_of_work(presented, Act.NUMBER_LOG) as one:
        assert (await house._sequencer.number(one)).numbered
        async with asyncio.timeout(5), house.runtime.unit_of_work(presented, Act.NUMBER_LOG) as other:
            assert not any(await house._sequencer.number(other))


@pytest.mark.parametrize("role", ["app", "signin", "keeper"])
async def test_nobody_but_the_worker_takes_from_the_queue(house, role):
    await house.submitted()
    async with house.as_role(role) as connection:
        for statement in (
            "SELECT FROM audit_waiting",
            "DELETE FROM audit_waiting",
            "INSERT INTO audit_refused DEFAULT VALUES",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute(statement)
