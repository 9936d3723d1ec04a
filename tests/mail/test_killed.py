"""A real worker process, killed with SIGKILL while the mail server has the message in its hands."""

import asyncio
import os
import signal
import subprocess
import sys
import threading

import pytest

from multiagency.demo.household import environment_of


@pytest.fixture
def house(mailing_house):
    return mailing_house


def start_worker(house):
    return subprocess.Popen([sys.executable, "-m", "multiagency.cli", "worker"], env=environment_of(house.settings))


async def until(true):
    for _ in range(200):
        if await true():
            return
        await asyncio.sleep(0.1)
    pytest.fail("it did not happen in time")


async def test_a_worker_killed_in_the_middle_of_sending_loses_nothing(house):
    reached, go_on = threading.Event(), threading.Event()

    def hold(_recipient):
        reached.set()
        go_on.wait(10)

    house.sink.refuse = hold
    case = await house.submitted()
    await house.opened(case, "Heikki")
    worker = start_worker(house)
    assert await asyncio.to_thread(reached.wait, 20)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    house.sink.refuse = None
    go_on.set()
    row = (await house.fetch("SELECT state, attempts, body FROM outbox"))[0]
    assert (row["state"], row["attempts"]) == ("waiting", 1)
    assert row["body"] is not None
    await house.fetch("UPDATE outbox SET next_attempt_at = now()")  # the dead worker's lease, cut short
    again = start_worker(house)
    try:

        async def sent():
            return (await house.fetch("SELECT state FROM outbox"))[0]["state"] == "sent"

        await until(sent)
    finally:
        again.send_signal(signal.SIGTERM)
        assert again.wait(20) == 0
    assert {mail.recipient for mail in house.mails()} == {"heikki.palojarvi@revontuli.example"}
    assert len({mail["Message-ID"] for mail in house.sink.messages()}) == 1


async def test_a_worker_killed_while_it_numbers_leaves_a_log_that_fits(house):
    officer = await house.person("officer")
    for _ in range(3):
        worker = start_worker(house)

        async def numbered():
            await officer.get("/cases")
            return bool(await house.fetch("SELECT FROM audit_sequence"))

        await until(numbered)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    await house.number_log()
    verdict = await (await house.person("auditor")).get("/audit/verification")
    assert (verdict["ok"], verdict["reason"]) == (True, None)
