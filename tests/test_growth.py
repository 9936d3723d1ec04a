"""What a page costs where there are fifty times as many cases: the same blocks read, to the height of an index.

Not time but what the plans of its statements read is compared, executed as the page executed them.
"""

import json

from sqlalchemy import event

from tests import full_case
from tests.growing import grow

FEW, MANY = 1_000, 50_000
HIGHER = 1.4
"""An index over fifty times the rows is a level or two higher; looking through the rows would be fifty times."""


class Told:
    """What a house tells its database, with the values."""

    def __init__(self, house):
        self.said = []
        self._engines = [engine.sync_engine for engine in house.runtime.engines.values()]
        for engine in self._engines:
            event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement, parameters, *_):
        self.said.append((statement, parameters[0] if isinstance(parameters, list) else parameters))

    def leave(self):
        for engine in self._engines:
            event.remove(engine, "before_cursor_execute", self._note)


async def blocks(house, said):
    """Execute statements again, as they were, and return how many blocks each looked at."""
    found = []
    async with house.as_role("app") as connection:
        for place, (statement, values) in enumerate(said):
            if place == 0 or not statement.startswith("SELECT"):
                await (connection.fetch(statement, *values) if place == 0 else connection.fetch("SELECT 1"))
                continue
            plan = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *values)
            whole = json.loads(plan)[0]["Plan"]
            found.append((whole["Shared Hit Blocks"] + whole["Shared Read Blocks"], statement))
        await connection.execute("SELECT 1")
    return found


async def read(house, told, pages):
    """Read each page twice, and count what the second time takes."""
    found = {}
    for login, path in pages:
        headers = (await house.person(login))._headers
        for _ in range(2):
            told.said.clear()
            assert (await house.http.get(path, headers=headers)).status_code == 200, path
        found[login, path] = await blocks(house, list(told.said))
    return found


async def test_a_page_reads_no_more_where_there_are_fifty_times_as_many_cases(ground):
    async with ground.house() as house:
        names = await full_case.followed_up(house, 2, [await house.post_of("Heikki")], 1)
        case = (await house.fetch("SELECT id FROM case_file"))[0]["id"]
        pages = [
            *((login, f"/cases/{names['reference']}") for login in full_case.OF_A_CASE),
            ("officer", "/"),
            ("officer", "/cases"),
            ("coordinator", "/cases"),
            ("coordinator", f"/meetings/{names['meeting']}"),
            ("municipality", "/actions"),
            ("auditor", "/api/v1/audit/entries"),
            ("auditor", f"/api/v1/audit/entries?case={names['reference']}"),
            ("auditor", f"/api/v1/audit/rights?case={names['reference']}"),
        ]
        told, connection = Told(house), await house.superuser()
        await grow(connection, case, 0, FEW)
        few = await read(house, told, pages)
        await grow(connection, case, FEW, MANY)
        many = await read(house, told, pages)
        told.leave()
        await connection.close()
    for page in pages:
        print(page, sum(n for n, _ in few[page]), sum(n for n, _ in many[page]))
        for (a, s), (b, _) in zip(few[page], many[page]):
            if b > a * HIGHER + 5: print("     ", a, b, " ".join(s.split())[:160])
    grown = [page for page in pages if sum(n for n, _ in many[page]) > HIGHER * sum(n for n, _ in few[page])]
    assert grown == []
