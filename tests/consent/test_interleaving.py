"""A seat given while consent is withdrawn: whatever comes first, nobody sees anything afterwards."""

import asyncio
import time
from contextlib import asynccontextmanager
from contextvars import ContextVar
from threading import Thread

import asyncpg
import httpx
import pytest
import uvicorn
from sqlalchemy import event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.util import await_only
from tests.kernel.test_grants import case_id, post
from tests.kernel.test_row_security import client_tables, secret_of
from tests.lodging import coming_back
from tests.pages import without_tokens

from multiagency.app import build_app
from multiagency.demo.household import free_port
from multiagency.kernel.actor import Door
from multiagency.kernel.work import watch

LEVELS = ["REPEATABLE READ", "READ COMMITTED"]
"""The engine's own, and the weaker one that a direct session has."""
GIVEN, REFUSED = 204, 409
_COLLIDING = 0.3
"""Seconds after which the second is taken to wait for the first: then the first goes on."""

who = ContextVar("who", default="")


class Pause:
    """Stops `first` before its statement number `after`, until `other` is done; counts the statements of both."""

    def __init__(self, engine, first, after):
        self._first, self._after = first, after
        self.counted = {"seat": 0, "withdrawal": 0}
        self.reached, self.other_done = asyncio.Event(), asyncio.Event()
        self._engine = engine
        event.listen(engine.sync_engine, "before_cursor_execute", self._before)

    def _before(self, *_):
        name = who.get()
        if not name:
            return
        if name == self._first and self.counted[name] == self._after:
            self.reached.set()
            await_only(asyncio.wait_for(self.other_done.wait(), 10))
        self.counted[name] += 1

    def over(self):
        event.remove(self._engine.sync_engine, "before_cursor_execute", self._before)


def engine_of(house, level):
    engine = create_async_engine(house.settings.database_url_app.get_secret_value(), isolation_level=level)
    watch(engine)
    return engine


@asynccontextmanager
async def at_level(house, level):
    """Let the application itself run at another isolation level."""
    own = house.runtime.engines[Door.APP]
    house.runtime.engines[Door.APP] = engine_of(house, level)
    yield
    await house.runtime.engines[Door.APP].dispose()
    house.runtime.engines[Door.APP] = own


@asynccontextmanager
async def scene(house, tell):
    """What `tell` tells, told once; yields what it returned, and how to come back to where it ended."""
    told = await tell(house)
    for login in ("coordinator", "officer", "municipality"):
        await house.person(login)
    async with coming_back(house) as back:
        yield told, back


async def at_the_table(house):
    """A case on the agenda of a meeting that is open, with somebody who has a seat already."""
    case = await house.submitted()
    return case, await house.opened(case, "Jouni")


async def interleave(house, case, meeting, first, after):
    """Give Heikki a seat and withdraw the consent, one inside the other; return both statuses, what ran."""
    body = {"case": case, "post": await house.post_of("Heikki")}
    calls = {
        "seat": (f"/api/v1/meetings/{meeting}/seats", body, await house.person("coordinator")),
        "withdrawal": (f"/api/v1/cases/{case}/consent/withdrawal", None, await house.person("officer")),
    }
    pause = Pause(house.runtime.engines[Door.APP], first, after)
    second = next(name for name in calls if name != first)

    async def run(name):
        who.set(name)
        path, json, person = calls[name]
        return (await house.http.post(path, json=json, headers=person._headers)).status_code

    begun = asyncio.create_task(run(first))
    await asyncio.wait({begun, asyncio.create_task(pause.reached.wait())}, return_when=asyncio.FIRST_COMPLETED)
    other = asyncio.create_task(run(second))
    await asyncio.wait({other}, timeout=_COLLIDING)  # it may wait for the row that the first has written
    pause.other_done.set()
    statuses = {first: await begun, second: await other}
    pause.reached.set()
    pause.over()
    return statuses, pause.counted[first]


async def nothing_is_in_sight(house, login, case):
    """Neither through HTTP nor in any table, and no mail may go."""
    person = await house.person(login)
    await person.get(f"/cases/{case}", 404)
    assert case not in {found["reference"] for found in await person.get("/cases")}
    wanted = await case_id(house, case)
    tables = set(await client_tables(house)) - {"notice"}  # which tells that something waits, and leads nowhere
    async with house.as_role("app", await secret_of(house, login)) as connection:
        may = "SELECT name FROM unnest($1::text[]) name WHERE has_table_privilege(name, 'SELECT')"
        readable = [row["name"] for row in await connection.fetch(may, sorted(tables))]
        assert len(readable) > 20
        ids = {table: "id" if table == "case_file" else "case_id" for table in readable}
        each = (f"SELECT '{table}', count(*) FROM {table} WHERE {column} = $1" for table, column in ids.items())
        found = dict(map(tuple, await connection.fetch(" UNION ALL ".join(each), wanted)))
        assert found.pop("access_grant") == await own_grants(connection, wanted)
        assert {table for table, rows in found.items() if rows} == set()
        for row in await connection.fetch("SELECT id FROM invitation WHERE post_id = current_post()"):
            assert not await connection.fetchval("SELECT may_receive($1)", row["id"])


async def own_grants(connection, wanted):
    """Everybody may know which grants they once had; that they show nothing is the point."""
    return await connection.fetchval(
        "SELECT count(*) FROM access_grant WHERE case_id = $1 AND post_id = current_post()", wanted
    )


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("first", ["seat", "withdrawal"])
async def test_wherever_one_stops_for_the_other_nobody_sees_anything(house, first, level):
    """The application's own statements: one is stopped at a statement, the other runs to its end, then it goes on."""
    seen = set()
    async with at_level(house, level), scene(house, at_the_table) as ((case, meeting), back):
        _, statements = await interleave(house, case, meeting, first, 10_000)
        assert statements > 15
        for after in [*range(1, statements, 2), statements - 1]:
            await back()
            statuses, _ = await interleave(house, case, meeting, first, after)
            assert statuses["withdrawal"] == GIVEN, (after, "a withdrawal is never refused")
            assert statuses["seat"] in {GIVEN, REFUSED, 422}, after
            seen.add(statuses["seat"])
            await nothing_is_in_sight(house, "municipality", case)
    assert GIVEN in seen, "the seat was never given: nothing was interleaved"


SEAT = [
    "INSERT INTO seat (id, case_id, controller_id, retention_class, agenda_item_id, post_id, reaches_client) "
    "SELECT '{seat}', a.case_id, current_agency(), 'x', a.id, '{post}', false FROM agenda_item a "
    "WHERE case_id = '{case}'",
    "INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, occasion_id, capability, kinds, valid_from) "
    "SELECT gen_random_uuid(), case_id, '{post}', id, 'seat', '{seat}', 'read', kinds, statement_timestamp() "
    "FROM lawful_basis WHERE id = '{basis}'",
]
WITHDRAWAL = [
    "UPDATE access_grant SET ended_at = statement_timestamp() WHERE case_id = '{case}' AND ended_at IS NULL "
    "AND basis_id IN (SELECT id FROM lawful_basis WHERE reason = 'consent')",
    "UPDATE lawful_basis SET ended_at = statement_timestamp() WHERE case_id = '{case}' AND reason = 'consent' "
    "AND ended_at IS NULL",
]
ORDERS = ["SSCWWD", "SSWWCD", "SSWWDC", "SWSWCD", "SWSWDC", "WSSWCD", "WSSWDC", "WWSSCD", "WWSSDC", "WSWSDC", "WWDSSC"]
"""S and W are the statements of seat and withdrawal in turn, C and D their commits."""


async def waiting(house):
    """A case that waits for a meeting."""
    case = await house.submitted()
    await house.meeting(case)
    return case


@pytest.mark.parametrize("level", LEVELS)
async def test_direct_sessions_in_every_order_leave_no_sight(house, level):
    """Two people with the application's password and their own sessions, without the application."""
    statuses = []
    async with scene(house, waiting) as (case, back):
        known = {"case": await case_id(house, case), "post": await post(house, "Heikki")}
        bases = await house.fetch(
            "SELECT b.id, gen_random_uuid() AS seat FROM lawful_basis b JOIN post p ON p.agency_id = b.agency_id "
            "WHERE b.case_id = $1 AND p.id = $2",
            *known.values(),
        )
        known |= {"basis": bases[0]["id"], "seat": bases[0]["seat"]}
        for order in ORDERS:
            await back()
            statuses.append(await play(house, level, order, known))
            await nothing_is_in_sight(house, "municipality", case)
    assert None in statuses, "no order let the seat in"


async def play(house, level, order, known):
    """Run the order; return the error that stopped the seat, or None."""
    stopped = None
    async with house.as_role("app") as seating, house.as_role("app") as withdrawing:
        for connection, login in ((seating, "coordinator"), (withdrawing, "officer")):
            await connection.execute(f"ROLLBACK; BEGIN ISOLATION LEVEL {level}")
            secret = await secret_of(house, login)
            await connection.execute("SELECT set_config('multiagency.session', $1, true)", secret)
        script = {"S": iter(SEAT), "W": iter(WITHDRAWAL)}
        for step in order:
            if step == "D":
                await withdrawing.execute("COMMIT; BEGIN")
            elif step == "W":
                assert await withdrawing.execute(next(script["W"]).format(**known)) != "UPDATE 0"
            elif stopped is None:
                try:
                    await seating.execute("COMMIT; BEGIN" if step == "C" else next(script["S"]).format(**known))
                except asyncpg.InsufficientPrivilegeError as error:
                    stopped = error
                    await seating.execute("ROLLBACK; BEGIN")
    return stopped


@asynccontextmanager
async def served(house):
    """The application behind a real server on a port, with its own pool; yields a client and the commit's time."""
    port, committed, made = free_port(), [], []

    def serve():
        asgi = build_app(house.settings)
        engine = asgi.app.state.runtime.engines[Door.APP].sync_engine

        @event.listens_for(engine, "before_cursor_execute")
        def mark(connection, cursor, statement, *_):
            if statement.startswith("UPDATE lawful_basis"):
                connection.info["withdraws"] = True

        @event.listens_for(engine, "checkin")
        def note(_, record):
            if record.info.pop("withdraws", False):
                committed.append(time.monotonic())

        config = uvicorn.Config(asgi, host="127.0.0.1", port=port, log_level="error", access_log=False)
        made.append(uvicorn.Server(config))
        made[0].run()

    thread = Thread(target=serve, daemon=True)
    thread.start()
    limits = httpx.Limits(max_connections=50)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=30) as http:
        for _ in range(500):
            if made and made[0].started:
                break
            await asyncio.sleep(0.02)
        yield http, committed
    made[0].should_exit = True
    await asyncio.to_thread(thread.join, 10)


async def test_of_two_hundred_reads_none_that_began_after_the_commit_shows_anything(house):
    """Every answer is the whole case as it was before, or 404; from the commit on, only 404."""
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki")
    await house.minutes(meeting, case)
    reader, officer = await house.person("municipality"), await house.person("officer")
    paths = [f"/api/v1/cases/{case}{part}" for part in ("", "/assessment", "/minutes", "/actions")] + [f"/cases/{case}"]
    async with served(house) as (http, committed):
        whole = {path: without_tokens((await http.get(path, headers=reader._headers)).text) for path in paths}
        reads = []

        async def read(number):
            for path in paths * 2:
                began = time.monotonic()
                answer = await http.get(path, headers=reader._headers)
                reads.append((began, answer.status_code, path, without_tokens(answer.text)))
                if len(reads) == 60:
                    withdrawing.append(asyncio.create_task(withdraw()))

        async def withdraw():
            return await http.post(f"/api/v1/cases/{case}/consent/withdrawal", headers=officer._headers)

        withdrawing = []
        await asyncio.gather(*(read(number) for number in range(20)))
        assert (await withdrawing[0]).status_code == 204
    assert len(reads) == 200
    assert len(committed) == 1
    after = [status for began, status, _, _ in reads if began > committed[0]]
    assert len(after) > 10
    assert set(after) == {404}
    before = [(path, content) for _, status, path, content in reads if status == 200]
    assert len(before) > 10
    assert all(content == whole[path] for path, content in before)
    assert {status for _, status, _, _ in reads} == {200, 404}
