"""What a page costs where there are fifty times as many cases: the same blocks read, to the height of an index.

Not time but what the plans of its statements read is compared, executed as the page executed them.
"""

import json

from sqlalchemy import event

from tests import full_case
from tests.growing import grow, grow_log

FEW, MANY = 1_000, 50_000
HIGHER = 1.4
"""An index over fifty times the rows is a level or two higher; looking through the rows would be fifty times."""
OF_THE_LOG = 3.2
"""Two hundred entries, each with its detail and its number: among few they are read in order, among many one by one."""


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


async def blocks(house, said, by_index):
    """Execute statements again, as they were, and return how many blocks each looked at."""
    found = []
    async with house.as_role("app") as connection:
        if by_index:
            await connection.execute("SET LOCAL enable_seqscan = off")
        (presenting, values), *asked = said
        await connection.fetch(presenting, *values)
        for statement, values in asked:
            if not statement.startswith("SELECT"):
                continue
            for _ in range(2):  # the first time the connection learns tables and functions
                plan = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *values)
            whole = json.loads(plan)[0]["Plan"]
            found.append(whole["Shared Hit Blocks"] + whole["Shared Read Blocks"])
    return found


async def read(house, told, pages, *, by_index=False):
    """Read each page twice, and count what the second time takes."""
    found = {}
    for login, path, _ in pages:
        headers = (await house.person(login))._headers
        for _again in range(2):
            told.said.clear()
            assert (await house.http.get(path, headers=headers)).status_code == 200, path
        found[login, path] = await blocks(house, list(told.said), by_index)
    return found


async def test_a_page_reads_no_more_where_there_are_fifty_times_as_many_cases(ground):
    async with ground.house() as house:
        names = await full_case.followed_up(house, 2, [await house.post_of("Heikki")], 1)
        case = (await house.fetch("SELECT id FROM case_file"))[0]["id"]
        pages = [
            *((login, f"/cases/{names['reference']}", HIGHER) for login in full_case.OF_A_CASE),
            ("officer", "/", HIGHER),
            ("coordinator", "/", HIGHER),
            ("officer", "/cases", HIGHER),
            ("coordinator", "/cases", HIGHER),
            ("coordinator", f"/meetings/{names['meeting']}", HIGHER),
            ("municipality", "/actions", HIGHER),
            ("auditor", "/api/v1/audit/entries", OF_THE_LOG),
            ("auditor", f"/api/v1/audit/entries?case={names['reference']}", OF_THE_LOG),
            ("auditor", f"/api/v1/audit/rights?case={names['reference']}", HIGHER),
        ]
        told, connection = Told(house), await house.superuser()
        await grow(connection, case, 0, FEW)
        await grow_log(connection, case, 0, FEW, 1)
        few = await read(house, told, pages, by_index=True)
        await grow(connection, case, FEW, MANY)
        await grow_log(connection, case, FEW, MANY, 1)
        many = await read(house, told, pages)
        told.leave()
        await connection.close()
    grown = [page for page in pages if sum(many[page[:2]]) > page[2] * sum(few[page[:2]])]
    assert [(page, few[page[:2]], many[page[:2]]) for page in grown] == []
