"""Times of checkpoints, witnesses and alarms that a superuser made impossible: pages, numbers and doors go on."""

from datetime import UTC, datetime

import pytest
from tests.audit.odd_entries import unguarded
from tests.audit.test_log import change
from tests.audit.test_tampering import POLICE, told  # noqa: F401 (a fixture)
from tests.pages import at_pages

from multiagency.assurance.jobs_selfcheck import check

MOMENTS = {
    "audit_checkpoint": ("published_at",),
    "audit_cosignature": ("seen_at", "received_at"),
    "audit_witness": ("registered_at",),
    "audit_alarm": ("at",),
}
READ = ("/audit/witnesses", "/audit/alarms", "/audit/verification", "/metrics", "/log/checkpoint", "/log/update?old=1")


@pytest.mark.parametrize("when", ["infinity", "4000-01-01 BC", "200000-01-01"])
async def test_no_page_of_the_log_fails_for_a_time_that_cannot_be(ground, told, when):  # noqa: F811
    _, database, _ = told
    async with ground.house(template=database) as house:
        await change(house, "UPDATE audit_detail SET act = 'x' WHERE act = 'open_case'")
        await check(house.runtime, await house.service())
        await (await unguarded(house)).close()
        for table, columns in MOMENTS.items():
            await change(house, f"UPDATE {table} SET " + ", ".join(f"{name} = '{when}'" for name in columns))
        pages = await at_pages(house, "auditor")
        for path in (*READ, "/api/v1/audit/witnesses", "/api/v1/audit/alarms"):
            answer = await house.http.get(path, headers=pages._headers)
            assert answer.status_code == 200, path
        for path in ("/audit/witnesses", "/audit/alarms"):
            assert "Ei luettavissa" in (await pages.get(path)).text, path
        note = (await house.http.get("/log/checkpoint")).text
        mine = POLICE.cosign(note, datetime.now(UTC))
        assert (await house.http.post("/log/cosignatures", content=mine.encode())).status_code == 422
        assert "time_unfit" in await check(house.runtime, await house.service())
