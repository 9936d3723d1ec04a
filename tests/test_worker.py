"""The worker goes on: whatever one row, one job or one server does is that one's failure, and delays nothing else."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from multiagency import worker
from multiagency.kernel import due
from multiagency.kernel.access import Act
from multiagency.kernel.due import Job
from multiagency.kernel.ids import uuid7
from multiagency.mail.outbox import NOTICE, Leaving, enqueue
from multiagency.worker import run
from tests.audit.odd_entries import put_odd, unguarded
from tests.audit.test_log import verdict

DAY = timedelta(days=1)


@asynccontextmanager
async def working(settings, number=1):
    """So many workers, each with connections of its own; all must end in peace when they are told to."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(run(settings, stop)) for _ in range(number)]
    try:
        yield tasks
        assert not any(task.done() for task in tasks), "a worker ended by itself"
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def until(true):
    for _ in range(300):
        if found := await true():
            return found
        await asyncio.sleep(0.05)
    return pytest.fail("it did not happen in time")


def only(monkeypatch, **jobs):
    """Let the worker have these jobs and no others, and try again at once."""
    monkeypatch.setattr(worker, "jobs", lambda _: jobs)
    monkeypatch.setattr(due, "_FIRST_PAUSE", timedelta(0))
    monkeypatch.setattr(worker, "_IDLE_DUE", 0.05)


async def unnumbered(house):
    return (await house.fetch("SELECT count(*) AS n FROM audit_waiting"))[0]["n"]


async def quiet(house):
    """Nothing waits for its number."""
    return await unnumbered(house) == 0


async def put_mail(house, message):
    post = (await house.fetch("SELECT id FROM post WHERE role = 'officer' LIMIT 1"))[0]["id"]
    sender = (await house.fetch("SELECT id FROM post WHERE role = 'worker' LIMIT 1"))[0]["id"]
    notice = uuid7()
    await house.fetch(
        "INSERT INTO notice (id, post_id, what, place, urgent, sender_id, created_at, mailed_at, mail_id) "
        "VALUES ($1, $2, 'x', '/', false, $3, now(), now(), $1)",
        notice,
        post,
        sender,
    )
    async with house.runtime.unit_of_work(await house.service(), Act.DELIVER_MAIL) as work:
        await enqueue(work, Leaving(notice, 0, NOTICE, f"<{notice}@kutsu.example>", message))
    return notice


GOOD = b"From: ei-vastausta@kutsu.example\r\nTo: elina@police.example\r\nSubject: x\r\n\r\nx\r\n"
POISON = {
    "no headers": b"",
    "no recipient": b"From: a@kutsu.example\r\n\r\nx",
    "a group": b"From: a@kutsu.example\r\nTo: nobody:;\r\n\r\nx",
    "an address that no server takes": "From: a@kutsu.example\r\nTo: todistaja@säkylä.example\r\n\r\nx".encode(),
    "no text": b"\xff\xfe\0" * 1000,
}


async def test_sec0034_a_poison_message_stops_neither_other_mail_nor_the_log(mailing_house, monkeypatch):
    house = mailing_house
    monkeypatch.setattr(worker, "_LONGEST_PAUSE", 0.05)
    for message in POISON.values():
        await put_mail(house, message)
    good = await put_mail(house, GOOD)
    async with working(house.settings):
        state = "SELECT finished_at FROM outbox WHERE stream_id = $1"
        await until(lambda: gone(house, state, good))
        await (await house.person("officer")).get("/cases")
        await until(lambda: quiet(house))
    assert [mail["To"] for mail in house.sink.messages() if mail["To"] == "elina@police.example"]


async def gone(house, query, value):
    return (await house.fetch(query, value))[0]["finished_at"] is not None


async def test_odd_entries_do_not_end_the_worker(ground):
    async with ground.house() as house:
        superuser = await unguarded(house)
        async with working(house.settings):
            odd = await put_odd(superuser)
            await (await house.person("officer")).get("/cases")
            await until(lambda: quiet(house))
        await superuser.close()
        assert len(await house.fetch("SELECT FROM audit_refused")) == len(odd)
        assert (await verdict(house))[1]["ok"]


FAULTS = {
    "value": ValueError("a name that nobody shall read"),
    "depth": RecursionError(),
    "memory": MemoryError(),
    "group": ExceptionGroup("several", [KeyError("a name that nobody shall read")]),
    "cancelled": asyncio.CancelledError(),
    "stopped": StopAsyncIteration(),
    "late": TimeoutError(),
    "away": ConnectionResetError(),
}


async def test_sec0035_whatever_a_job_raises_it_is_set_aside_with_an_alarm_and_the_others_go_on(
    house, monkeypatch, caplog
):
    done = []

    def raising(fault):
        async def job(*_):
            raise fault

        return Job(job, DAY)

    async def good(*_):
        done.append(1)

    only(monkeypatch, good=Job(good, timedelta(seconds=0.2)), **{name: raising(FAULTS[name]) for name in FAULTS})
    await house.fetch(
        "INSERT INTO due_work (id, kind, due_at, attempts) SELECT gen_random_uuid(), unnest($1::text[]), now(), 7",
        list(FAULTS),
    )
    aside = "SELECT kind, last_failure, due_at > now() + interval '23 hours' AS later FROM due_work WHERE attempts = 10"

    async def all_aside():
        return len(await house.fetch(aside)) == len(FAULTS)

    async with working(house.settings):
        await until(all_aside)
        before = len(done)
        await until(lambda: more(done, before))
        await (await house.person("officer")).get("/cases")
        await until(lambda: quiet(house))
    rows = await house.fetch(aside)
    assert {row["kind"] for row in rows} == set(FAULTS)
    assert all(row["later"] for row in rows)
    assert all(row["last_failure"].startswith(type(FAULTS[row["kind"]]).__name__ + " at ") for row in rows)
    assert "nobody shall read" not in caplog.text + str(rows)
    alarms = await house.fetch("SELECT code FROM audit_alarm")
    assert [row["code"] for row in alarms] == ["work_fails"]
    metrics = (await house.http.get("/metrics")).text
    assert f"multiagency_due_set_aside {len(FAULTS)}\n" in metrics


def test_the_pauses_grow_and_the_tenth_is_a_day():
    pauses = [due.back_off(attempts) for attempts in range(1, due.TRIES + 1)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=2)
    assert pauses[-2] == timedelta(seconds=512)
    assert pauses[-1] == DAY


async def more(done, before):
    return len(done) > before


async def test_a_job_that_takes_too_long_is_cut_off_and_tried_again(house, monkeypatch):
    async def sleeps(*_):
        await asyncio.sleep(3600)

    only(monkeypatch, sleeps=Job(sleeps, DAY, timedelta(seconds=0.1)))
    async with working(house.settings):
        row = await until(lambda: house.fetch("SELECT last_failure FROM due_work WHERE attempts > 1"))
    assert row[0]["last_failure"].startswith("TimeoutError")


async def test_a_session_that_was_ended_is_made_anew(house, monkeypatch):
    done = []

    async def job(runtime, presented):
        async with runtime.unit_of_work(presented, Act.NUMBER_LOG):
            done.append(presented)

    only(monkeypatch, job=Job(job, timedelta(0)))
    async with working(house.settings):
        await until(lambda: more(done, 2))
        await house.fetch("UPDATE session SET ended_at = now() WHERE ended_at IS NULL")
        before = len(done)
        await until(lambda: more(done, before))
    assert len(set(done)) == 2


async def test_two_workers_side_by_side_do_nothing_twice(house, monkeypatch):
    done, by = [], set()

    async def job(runtime, _, only=None):
        done.append(only)
        by.add(id(runtime))
        await asyncio.sleep(0.02)

    only(monkeypatch, job=Job(job, DAY))
    await house.fetch(
        "INSERT INTO due_work (id, kind, subject_id, due_at, attempts) "
        "SELECT gen_random_uuid(), 'job', gen_random_uuid(), now(), 1 FROM generate_series(1, 40)"
    )

    async def one_is_left():
        rows = await house.fetch("SELECT subject_id, due_at > now() AS later FROM due_work")
        return [tuple(row) for row in rows] == [(None, True)]

    async with working(house.settings, 2):
        await until(one_is_left)
    assert len(done) == len(set(done)) == 41
    assert len(by) == 2, "both took their part"


async def test_what_a_dead_worker_had_is_taken_up_and_what_kills_every_time_is_set_aside(house, monkeypatch):
    jobs = {"job": Job(run, DAY)}
    presented = await house.service()
    await due.plan(house.runtime, presented, jobs)
    assert (await due.claim(house.runtime, presented, jobs)).attempts == 1
    assert await due.claim(house.runtime, presented, jobs) is None
    lapse = "UPDATE due_work SET claimed_until = now() - interval '1 second', attempts = $1"
    await house.fetch(lapse, due.TRIES)
    calls = []

    async def job(*_):
        calls.append(1)

    only(monkeypatch, job=Job(job, DAY))
    async with working(house.settings):
        await until(lambda: house.fetch("SELECT FROM due_work WHERE claimed_until IS NULL"))
    row = (await house.fetch("SELECT last_failure, attempts FROM due_work"))[0]
    assert (row["last_failure"], calls) == (due.DIED, [])
    assert await house.fetch("SELECT FROM audit_alarm WHERE code = 'work_fails'")


async def test_a_worker_that_is_told_to_stop_gives_back_what_takes_long(house, monkeypatch):
    begun = asyncio.Event()

    async def long(*_):
        begun.set()
        await asyncio.sleep(3600)

    only(monkeypatch, long=Job(long, DAY, timedelta(hours=1)))
    async with working(house.settings):
        await begun.wait()
    row = (await house.fetch("SELECT attempts, claimed_until, due_at <= now() AS due FROM due_work"))[0]
    assert tuple(row) == (0, None, True)


async def test_what_fails_for_one_is_left_over_for_one(house):
    subjects = {uuid7(): number for number in range(5)}
    presented, done, failing = await house.service(), [], {3}

    async def find(_):
        return subjects

    async def do(_, number):
        if number in failing:
            raise ValueError("three")
        done.append(number)
        return True

    async def each(only=None):
        return await due.each(house.runtime, presented, Act.NUMBER_LOG, "job", find, do, only)

    assert await each() == 4
    assert done == [0, 1, 2, 4]
    left = (await house.fetch("SELECT subject_id, attempts, last_failure FROM due_work"))[0]
    assert (subjects[left["subject_id"]], left["attempts"]) == (3, 1)
    failing.clear()
    assert await each() == 4, "until its turn comes it is passed over"
    assert await each(only=left["subject_id"]) == 1
    failing.add(3)
    with pytest.raises(ValueError, match="three"):
        await each(only=left["subject_id"])
    assert await each(only=uuid7()) == 0, "what is no longer to be done is done"


async def test_a_slow_mail_server_does_not_delay_numbering(house):
    async def silent(_, writer):
        await asyncio.sleep(3600)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    settings = house.settings.model_copy(
        update={"smtp_host": "127.0.0.1", "smtp_port": server.sockets[0].getsockname()[1]}
    )
    await put_mail(house, GOOD)
    stop = asyncio.Event()
    task = asyncio.create_task(run(settings, stop))
    taken = "SELECT FROM outbox WHERE attempts = 1 AND finished_at IS NULL AND last_error IS NULL"
    await until(lambda: house.fetch(taken))
    for login in ("officer", "coordinator", "auditor"):
        await house.person(login)
        await until(lambda: quiet(house))
        assert await house.fetch(taken), "the mail server has not answered yet"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    server.close()


async def test_what_is_overdue_and_since_when_is_a_metric(house):
    async def metrics():
        text = (await house.http.get("/metrics")).text
        found = dict(line.split(" ") for line in text.splitlines() if not line.startswith("#"))
        return {name.removeprefix("multiagency_due_"): int(found[name]) for name in found if "_due_" in name}

    assert await metrics() == {"overdue": 0, "oldest_seconds": 0, "set_aside": 0}
    put = "INSERT INTO due_work (id, kind, due_at, attempts) VALUES (gen_random_uuid(), $1, now() - $2::interval, $3)"
    await house.fetch(put, "one", timedelta(seconds=100), 0)
    await house.fetch(put, "two", timedelta(seconds=-100), 3)
    await house.fetch(put, "three", timedelta(seconds=500), due.TRIES)
    found = await metrics()
    assert (found["overdue"], found["set_aside"]) == (1, 1)
    assert 100 <= found["oldest_seconds"] < 200


async def test_every_job_has_its_row_and_is_put_off(house):
    """The true jobs, each once: all of them are short in a house where nothing is to be done."""
    wanted = worker.jobs(house.settings)

    async def all_done():
        rows = await house.fetch(
            "SELECT kind FROM due_work WHERE due_at > now() AND attempts = 0 AND claimed_until IS NULL"
        )
        return {row["kind"] for row in rows} == set(wanted)

    async with working(house.settings):
        await until(all_done)
    assert await house.fetch("SELECT FROM audit_alarm") == []
    assert await house.fetch("SELECT FROM due_work WHERE last_failure IS NOT NULL") == []
