"""The worker with a wrong or missing master key: what needs none goes on, and what fails says which key is wanted."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from multiagency.assurance.jobs_selfcheck import check
from multiagency.audit.models import AuditDetail
from multiagency.kernel.access import Act
from multiagency.kernel.due import Job
from multiagency.kernel.keys import MasterKeys, missing_master
from multiagency.worker import run
from tests.kernel.test_master_keys import keys, replace  # noqa: F401 (a fixture)
from tests.test_worker import DAY, GOOD, more, only, put_mail, quiet, until, working

OFTEN = timedelta(seconds=0.1)


@pytest.fixture
async def house(ground, sink, keys):  # noqa: F811
    async with ground.house(sink, keys_directory=keys) as house:
        yield house


def reads_the_log(entry):
    """A job that cannot be done without the key of the log's details."""

    async def job(runtime, presented):
        async with runtime.unit_of_work(presented, Act.CHECK_LOG) as work:
            detail = await work.session.scalar(select(AuditDetail.detail).where(AuditDetail.entry_id == entry))
            await work.vault.key_of(detail)

    return Job(job, DAY)


async def left(house, mail):
    return (await house.fetch("SELECT finished_at FROM outbox WHERE stream_id = $1", mail))[0]["finished_at"]


async def test_j7_the_worker_goes_on_with_a_wrong_master_key_and_says_which_is_wanted(
    house,
    keys,  # noqa: F811
    monkeypatch,
    caplog,
):
    done = []

    async def good(*_):
        done.append(1)

    await (await house.person("officer")).get("/teams")
    entry = (await house.fetch("SELECT min(entry_id::text)::uuid AS id FROM audit_detail"))[0]["id"]
    sealed_before = await put_mail(house, GOOD)
    lost, right = MasterKeys(keys).current().id, replace(keys)
    only(monkeypatch, good=Job(good, OFTEN), needs=reads_the_log(entry), looks=Job(check, DAY))
    failed = "SELECT last_failure AS said FROM due_work WHERE kind = 'needs' AND last_failure IS NOT NULL"
    waits = "SELECT last_error AS said FROM outbox WHERE stream_id = $1 AND last_error IS NOT NULL"
    async with working(house.settings):
        (of_job,) = await until(lambda: house.fetch(failed))
        (of_mail,) = await until(lambda: house.fetch(waits, sealed_before))
        before, sealed_after = len(done), await put_mail(house, GOOD)
        await until(lambda: left(house, sealed_after))
        await (await house.person("coordinator")).get("/teams")
        await until(lambda: quiet(house))
        await until(lambda: more(done, before))
        await until(lambda: house.fetch("SELECT FROM audit_alarm WHERE code = 'key_unusable'"))
        assert not await left(house, sealed_before)
        (keys / "master-1.key").write_bytes(right)
        (keys / "master-1.key").chmod(0o600)
        await house.fetch("UPDATE outbox SET next_attempt_at = now() WHERE finished_at IS NULL")
        await until(lambda: left(house, sealed_before))
        await until(lambda: house.fetch("SELECT FROM due_work WHERE kind = 'needs' AND due_at > now()"))
    assert of_job["said"] == missing_master(lost)
    assert lost in of_job["said"]
    assert of_mail["said"] == missing_master(None), "of a mail's key nobody noted by which master key it was wrapped"
    assert f"needs failed: {missing_master(lost)}" in caplog.text


async def test_j7_the_worker_goes_on_while_its_master_key_is_gone_and_does_not_start_without(
    house,
    keys,  # noqa: F811
    monkeypatch,
):
    done = []

    async def good(*_):
        done.append(1)

    only(monkeypatch, good=Job(good, OFTEN))
    async with working(house.settings):
        await until(lambda: more(done, 0))
        (keys / "master.key").rename(keys / "lost")
        before, mail = len(done), await put_mail(house, GOOD)
        await (await house.person("coordinator")).get("/teams")
        await until(lambda: left(house, mail))
        await until(lambda: quiet(house))
        await until(lambda: more(done, before))
    with pytest.raises(ValueError, match=r"master\.key is missing in .*: put it back from the backup"):
        await run(house.settings, asyncio.Event())
