"""The database stopped in the middle: 503, and nothing lost when it is back."""

import asyncio

import pytest
from pydantic import SecretStr

from multiagency.demo import story
from multiagency.worker import run


@pytest.mark.parametrize("immediate", [False, True])
async def test_a_stopped_database_is_503_and_nothing_is_lost(durable_ground, sink, immediate):
    async with durable_ground.house(sink) as house:
        case = await house.filled_draft()
        officer = await house.person("officer")
        await asyncio.to_thread(durable_ground.server.stop, immediate)
        for answer in (
            await house.http.get(f"/api/v1/cases/{case}", headers=officer._headers),
            await house.http.post(f"/api/v1/cases/{case}/submission", headers=officer._headers),
            await house.http.get(f"/cases/{case}", headers=officer._headers),
            await house.http.post("/api/v1/session", json={"login": "officer", "password": "x"}),
        ):
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "5"
        await asyncio.to_thread(durable_ground.server.start)
        assert (await officer.get(f"/cases/{case}"))["client"]["name"] == story.CLIENT["name"]
        await officer.post(f"/cases/{case}/submission")
        await house.opened(case, "Heikki")
        await asyncio.to_thread(durable_ground.server.stop, immediate)
        await asyncio.to_thread(durable_ground.server.start)
        await house.deliver()
        assert [mail.method for mail in house.mails()] == ["REQUEST"]


async def test_the_worker_waits_for_the_database_and_goes_on(durable_ground, sink):
    async with durable_ground.house(sink) as house:
        case = await house.submitted()
        stop = asyncio.Event()
        worker = asyncio.create_task(run(house.settings, stop))
        await asyncio.to_thread(durable_ground.server.stop)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(durable_ground.server.start)
        await house.opened(case, "Heikki")
        for _ in range(200):
            if house.mails() and await house.fetch("SELECT FROM audit_checkpoint"):
                break
            await asyncio.sleep(0.1)
        stop.set()
        await worker
        assert len(house.mails()) == 1


async def test_a_worker_without_a_password_does_not_start(house):
    with pytest.raises(ValueError, match="MULTIAGENCY_WORKER_PASSWORD"):
        await run(house.settings.model_copy(update={"worker_password": None}), asyncio.Event())


async def test_two_workers_share_the_work_without_a_word(house, caplog):
    stop = asyncio.Event()
    workers = [asyncio.create_task(run(house.settings, stop)) for _ in range(2)]
    officer = await house.person("officer")
    for _ in range(20):
        await officer.get("/cases")
    await asyncio.sleep(1)
    stop.set()
    await asyncio.gather(*workers)
    assert "cannot be reached" not in caplog.text
    assert (await (await house.person("auditor")).get("/audit/verification"))["ok"]


async def test_a_worker_that_cannot_sign_in_waits_between_tries(house, caplog):
    settings = house.settings.model_copy(update={"worker_password": SecretStr("wrong")})
    stop = asyncio.Event()
    worker = asyncio.create_task(run(settings, stop))
    await asyncio.sleep(1.5)
    stop.set()
    await worker
    assert 1 <= caplog.text.count("not signed in") <= 5  # each of its tasks tries by itself
    denied = await house.fetch("SELECT convert_from(body, 'UTF8') AS body FROM audit_entry")
    assert all('"mode":"deny"' in row["body"] for row in denied)
