"""Long lists: fifty at a time, and nobody is logged as shown what stood on no page."""

import re

from multiagency.kernel.portions import SHOWN
from tests.pages import at_pages

NOTICES = """
    INSERT INTO notice (id, post_id, what, place, urgent, created_at)
    SELECT gen_random_uuid(), post_id, 'log_alarm', '/audit/alarms', false, now()
    FROM generate_series(1, 60), credential WHERE login = 'officer'
"""


async def drafts(house, number):
    return {await house.draft() for _ in range(number)}


async def test_cases_come_fifty_at_a_time_each_once_and_logged_as_shown(house):
    all_of_them = await drafts(house, SHOWN + 2)
    officer = await house.person("officer")
    first = await house.http.get("/api/v1/cases", headers=officer._headers)
    assert first.headers["link"] == '</api/v1/cases?start=50>; rel="next"'
    rest = await house.http.get("/api/v1/cases?start=50", headers=officer._headers)
    assert "link" not in rest.headers
    shown = [[case["reference"] for case in answer.json()] for answer in (first, rest)]
    assert [len(references) for references in shown] == [SHOWN, 2]
    assert {*shown[0], *shown[1]} == all_of_them
    logged = await house.fetch(
        "SELECT case_reference FROM audit_detail WHERE act = 'list_cases' ORDER BY entry_id DESC LIMIT 2"
    )
    assert {row["case_reference"] for row in logged} == set(shown[1])
    assert await house.fetch("SELECT count(*) FROM audit_detail WHERE act = 'list_cases'") == [(SHOWN + 2,)]


async def test_the_page_leads_on_and_back(house):
    await drafts(house, SHOWN + 1)
    officer = await at_pages(house, "officer")
    first, rest = [(await officer.get(path)).text for path in ("/cases", "/cases?start=50")]
    assert 'href="/cases?start=50"' in first
    assert len(set(re.findall(r'href="/cases/([A-Z0-9-]{9})"', rest))) == 1
    assert "start=100" not in rest
    assert '<a href="/cases">' in rest


async def test_a_place_in_a_list_is_a_number_within_reason(house):
    officer = await house.person("officer")
    for wrong in ("-1", "x", "1000001"):
        for path in ("cases", "notices", "actions"):
            assert (await house.http.get(f"/api/v1/{path}?start={wrong}", headers=officer._headers)).status_code == 422
    assert await officer.get("/cases?start=1000") == []


async def test_what_waits_is_counted_whole_and_shown_in_part(house):
    await house.fetch(NOTICES)
    officer = await at_pages(house, "officer")
    assert "60" in (await officer.get("/")).text
    first, rest = [(await officer.get(path)).text.count("<form") for path in ("/notices", "/notices?start=50")]
    assert first - rest == 40
