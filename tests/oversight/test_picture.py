"""The picture of use: every hour's number is the number of entries behind its link."""

import re
from datetime import datetime, timedelta

from tests.pages import at_pages

from multiagency.kernel.clock import HELSINKI

MANY = """
    WITH made AS (
        INSERT INTO audit_entry (id, at, body, leaf_hash)
        SELECT u.id, hour, n.body, sha256('\\x00'::bytea || n.body)
        FROM generate_series($1::timestamptz, $2::timestamptz, interval '1 hour') AS hour,
             LATERAL (SELECT body FROM audit_entry LIMIT 1) e,
             LATERAL (SELECT gen_random_uuid() AS id, hour AS of_each) u,
             LATERAL (SELECT to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') AS at) h,
             LATERAL (SELECT replace((convert_from(e.body, 'UTF8')::jsonb
                 || jsonb_build_object('id', u.id, 'at', h.at))::text, '": ', '":') AS said) s,
             LATERAL (SELECT convert_to(s.said, 'UTF8') AS body) n
        WHERE extract(hour FROM hour AT TIME ZONE 'Europe/Helsinki') BETWEEN 7 AND 18
        RETURNING id, at)
    INSERT INTO audit_detail (entry_id, salt, detail, at, act, mode, person_id, post_id, agency_id)
    SELECT made.id, d.salt, d.detail, made.at, d.act, d.mode, d.person_id, d.post_id, d.agency_id
    FROM made, LATERAL (SELECT * FROM audit_detail WHERE person_id IS NOT NULL LIMIT 1) d
"""


async def test_each_cell_counts_its_hour_and_leads_to_it(house):
    case = await house.submitted()
    await (await house.person("municipality")).get("/cases")
    await house.meeting(case)
    moment = datetime(2026, 10, 25, 3, 30, tzinfo=HELSINKI)  # the hour that comes twice
    for number, at in enumerate((moment, moment + timedelta(hours=1), moment + timedelta(hours=6))):
        await house.fetch(
            "UPDATE audit_detail SET at = $1 WHERE entry_id = (SELECT entry_id FROM audit_detail d JOIN post p "
            "ON p.id = d.post_id WHERE p.title = 'rikoskonstaapeli' ORDER BY entry_id OFFSET $2 LIMIT 1)",
            at,
            number,
        )
    auditor, api = await at_pages(house, "auditor"), await house.person("auditor")
    days = (await api.get("/audit/picture?until=2026-10-26"))["days"]
    hours = {day["day"]: [(h, n) for h, n in enumerate(day["hours"]) if n] for day in days}
    assert hours.pop("2026-10-25") == [(3, 1), (4, 1), (9, 1)]
    assert not any(hours.values())
    shown = (await auditor.get("/audit/picture?until=2026-10-26&weeks=4")).text
    links = re.findall(r'<td class=s(\d)><a href="([^"]+)">(\d+)</a>', shown)
    assert [number for _, _, number in links] == ["1", "1", "1"]
    for _, place, number in links:
        entries = (await auditor.get(place.replace("&amp;", "&"))).text
        assert entries.count('href="/audit/entries/') == int(number)
    officer = (await house.fetch("SELECT person_id, agency_id FROM post WHERE title = 'rikoskonstaapeli'"))[0]
    county = (await house.fetch("SELECT id FROM agency WHERE name_en LIKE 'Wellbeing%'"))[0]["id"]
    for query, number in ((f"person={officer['person_id']}", 3), (f"agency={county}", 0)):
        found = (await api.get(f"/audit/picture?until=2026-10-26&{query}"))["days"]
        assert sum(sum(day["hours"]) for day in found) == number


async def test_what_the_services_own_jobs_do_is_left_out(mailing_house):
    house = mailing_house
    await house.opened(await house.submitted(), "Heikki")
    await house.deliver()
    jobs = "JOIN post p ON p.id = d.post_id AND p.role = 'worker'"
    assert (await house.fetch(f"SELECT count(*) AS n FROM audit_detail d {jobs}"))[0]["n"] > 0
    people = (await house.fetch("SELECT count(*) AS n FROM audit_detail d JOIN post p ON p.id = d.post_id "
                                "WHERE p.role <> 'worker'"))[0]["n"]  # fmt: skip
    auditor = await house.person("auditor")
    seen = (await auditor.get("/audit/picture"))["days"]
    assert sum(sum(day["hours"]) for day in seen) == people + 1  # signing in is a use as well


async def test_four_busy_weeks_stay_light_and_wrong_weeks_are_refused(house):
    auditor = await at_pages(house, "auditor")
    start = datetime(2026, 9, 28, tzinfo=HELSINKI)
    await house.fetch(MANY, start, start + timedelta(days=28))
    shown = (await auditor.get("/audit/picture?weeks=4&until=2026-10-25")).text
    assert shown.count("<td class=s") == 28 * 12
    assert len(shown.encode()) < 30_000
    assert "style=" not in shown
    for query, field in (("weeks=3", "weeks"), ("until=eilen", "until"), ("person=x", "person")):
        assert f'href="#{field}"' in (await auditor.get(f"/audit/picture?{query}", 422)).text
