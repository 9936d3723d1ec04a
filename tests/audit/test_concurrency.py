"""Many writers at once, and the log numbered beside them: no gap, nothing twice, and all of it verifies.

For a minute of it, and for what the journal costs: `make bench NAME=audit`.
"""

import asyncio
import inspect
import time

from tests.audit.test_log import verdict

from multiagency import wiring
from multiagency.audit.entries import HashedJournal
from multiagency.settings import Settings

WRITERS, SECONDS = 64, 4


async def test_sixty_four_writers_leave_one_contiguous_log(ground):
    async with ground.house(pool_size=16) as house:
        officer, team = await house.person("officer"), await house.team()
        until, written = time.monotonic() + SECONDS, []

        async def writer():
            mine = 0
            while time.monotonic() < until or not mine:
                answer = await house.http.post("/api/v1/cases", json={"team": team}, headers=officer._headers)
                assert answer.status_code in {201, 503}, answer.text  # where too many wait, nothing was written
                if answer.status_code == 201:
                    written.append(answer.json()["reference"])
                    mine += 1

        async def numbering():
            while time.monotonic() < until:
                await house.number_log()
                await asyncio.sleep(0.1)

        await asyncio.gather(numbering(), *(writer() for _ in range(WRITERS)))
        await house.number_log()
        assert len(written) == len(set(written)) >= WRITERS
        logged = await house.fetch(
            "SELECT case_reference AS reference FROM audit_detail JOIN audit_sequence USING (entry_id) "
            "WHERE act = 'open_case' AND mode = 'write'"
        )
        assert sorted(row["reference"] for row in logged) == sorted(written)
        rows = await house.fetch(
            "SELECT count(*) AS n, max(index) AS last, count(DISTINCT entry_id) AS d FROM audit_sequence"
        )
        assert rows[0]["n"] == rows[0]["last"] + 1 == rows[0]["d"]
        code, found = await verdict(house)
        assert (code, found["entries"]) == (0, rows[0]["n"])


def test_no_setting_puts_another_journal_in_its_place():
    """The journal that does nothing exists in the benchmark only: wiring names one class, whatever the settings say."""
    assert not [name for name in Settings.model_fields if "journal" in name]
    source = inspect.getsource(wiring)
    assert source.count("make_runtime(settings, HashedJournal(), listeners(), contributions())") == 1
    assert source.count("Journal") == 2
    assert [name for name, value in vars(wiring).items() if inspect.isclass(value) and hasattr(value, "write")] == [
        HashedJournal.__name__
    ]
