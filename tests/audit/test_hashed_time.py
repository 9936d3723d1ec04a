"""When an entry was made is what was hashed: no column beside it lets anything go before its time."""

from datetime import UTC, datetime, timedelta

from tests.audit.backdating import backdate
from tests.audit.test_log import change

from multiagency.assurance.jobs_selfcheck import check
from multiagency.storage.jobs_expiry import expire

COLUMN = "UPDATE audit_entry SET at = at - interval '13 years' WHERE id = '{}'"


async def an_entry(house):
    await (await house.person("officer")).get("/teams")
    await house.number_log()
    return (await house.fetch("SELECT entry_id FROM audit_sequence WHERE index = 0"))[0]["entry_id"]


async def test_sec0043_a_detail_that_goes_before_its_hashed_time_is_an_alarm(house):
    entry = await an_entry(house)
    await change(house, COLUMN.format(entry))
    assert await check(house.runtime, await house.service()) == ["columns_disagree"]
    await change(house, f"DELETE FROM audit_detail WHERE entry_id = '{entry}'")
    assert await check(house.runtime, await house.service()) == ["pruned_too_early"]


async def test_expiry_goes_by_the_hashed_time(house):
    """Everything up to a checkpoint is said to be old by the columns beside it, and by its time of publishing."""
    await an_entry(house)
    size = (await house.fetch("SELECT max(tree_size) AS n FROM audit_checkpoint"))[0]["n"]
    await change(
        house,
        "UPDATE audit_entry SET at = at - interval '13 years'",
        "UPDATE audit_checkpoint SET published_at = now() - interval '13 years'",
    )
    await an_entry(house)
    async with house.keeper() as (runtime, presented):
        for dry_run in (True, False):
            done = await expire(runtime, presented, dry_run=dry_run)
            assert (done.log_details, done.log_entries) == (0, 0), f"{dry_run=}"
    async with house.keeper() as (_, presented), house.as_role("keeper", presented.secret) as connection:
        await connection.execute("INSERT INTO audit_pruning VALUES ($1, now())", size)
        for table in ("audit_detail", "audit_sequence", "audit_entry"):
            assert await connection.execute(f"DELETE FROM {table}") == "DELETE 0", table


async def test_what_is_erased_in_time_is_no_alarm(house):
    await (await house.person("officer")).get("/teams")
    await backdate(house, timedelta(days=13 * 366))
    await house.number_log()
    old = (await house.fetch("SELECT count(*) AS n FROM audit_detail WHERE at < $1", datetime.now(UTC)))[0]["n"]
    async with house.keeper() as (runtime, presented):
        assert 0 < (await expire(runtime, presented)).log_details <= old
    await house.number_log()
    assert "pruned_too_early" not in await check(house.runtime, await house.service())
