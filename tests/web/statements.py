"""How many statements a request makes beside what every unit of work makes by itself."""

import tomllib
from pathlib import Path

from sqlalchemy import event

_OWN = (
    "FROM present(",
    "INSERT INTO audit_entry ",
    "INSERT INTO audit_detail ",
    "data_key.case_id IS NULL",
)
"""Who acts, the log's key, an entry, its detail: at most one of each, however much is done."""

_TABLE = tomllib.loads(Path(__file__).with_name("budget.toml").read_text("utf-8"))
ACTS = _TABLE.pop("act")
"""The most that acts may make which touch much."""
BUDGET = {f"{method} {path}": number for method, paths in _TABLE.items() for path, number in paths.items()}
"""The most that each route may make."""


class Statements:
    """Listens to a house, and keeps the most that each route made, with who made it."""

    def __init__(self, house):
        self._said, self.most = [], {}
        for engine in house.runtime.engines.values():
            event.listen(engine.sync_engine, "before_cursor_execute", self._note)
        self._engines = house.runtime.engines.values()

    def leave(self):
        """Listen no more: the connections serve other tests."""
        for engine in self._engines:
            event.remove(engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement, *_):
        self._said.append(statement)

    def begin(self):
        self._said.clear()

    def end(self, key, login):
        """Count what was said since `begin`, keep it for this route, and return the number."""
        own = sum(any(part in said for said in self._said) for part in _OWN)
        beside = len(self._said) - own
        if beside > self.most.get(key, (-1, ""))[0]:
            self.most[key] = beside, login, list(self._said)
        return beside

    def beyond(self):
        """Say which routes made more than their budget."""
        return [
            f"{key} as {login}: {number} statements, {BUDGET.get(key, 'none')} are allowed:\n    " + "\n    ".join(said)
            for key, (number, login, said) in self.most.items()
            if number > BUDGET.get(key, -1)
        ]


async def warm(house):
    """Let the process load what hardly changes: that is not counted."""
    for login, path in (("officer", "/agencies"), ("officer", "/teams"), ("coordinator", "/meetings/new")):
        prefix = "" if "new" in path else "/api/v1"
        await house.http.get(f"{prefix}{path}", headers=(await house.person(login))._headers)
    case = await house.draft()
    await (await house.person("officer")).get(f"/cases/{case}/assessment")
