"""Taking a request in: who may, what must fit together, the clocks, and who sees that it exists."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from tests.consent.minors import aged
from tests.kernel.test_row_security import secret_of
from tests.log_requests.asking import COUNTY, OIVA, POLICE, Asked, body, wrong

from multiagency.kernel.clock import later
from multiagency.log_requests.jobs_expiry import expire_requests
from multiagency.log_requests.jobs_reminders import remind

TODAY = datetime.now(ZoneInfo("Europe/Helsinki")).date()
TABLES = (
    "log_request",
    "log_request_attachment",
    "log_request_decision",
    "log_request_answer",
    "log_request_delivery",
    "log_request_clarification",
)
CHILD = {"subject_name": "Lapsi Esimerkki", "subject_code": aged(9)}


def test_months_end_where_the_month_does():
    assert later(date(2026, 12, 31), months=2) == date(2027, 2, 28)
    assert later(date(2028, 2, 29), months=-24) == date(2026, 2, 28)
    assert later(date(2026, 11, 25), months=3) == date(2027, 2, 25)


MISFITS = [
    ({"identity_code": "010170-901X"}, {"identity_code"}),
    ({"identity_code": ""}, {"identification_note"}),
    ({"contact": ""}, {"contact"}),
    (COUNTY | {"track": "police"}, {"track"}),
    (POLICE | {"track": "client_data"}, {"track"}),
    ({"arrived_on": f"{TODAY + timedelta(days=2)}"}, {"arrived_on"}),
    ({"identified_by": "known_to_worker"}, {"identification_note"}),
    ({"identified_by": "a_feeling"}, {"identified_by"}),
    ({"period_from": f"{TODAY}", "period_to": f"{TODAY - timedelta(days=1)}"}, {"period_from"}),
    ({"period_to": f"{TODAY + timedelta(days=1)}"}, {"period_to"}),
    ({"period_from": "2020-01-01"}, {"older_reason"}),
    (CHILD, {"subject_name", "subject_code"}),
    ({"capacity": "minor"}, {"capacity"}),
    ({"identity_code": aged(9)}, {"capacity"}),
    ({"capacity": "guardian"}, {"subject_name"}),
    ({"capacity": "guardian", "subject_name": "Aili", "subject_code": "030594W902A"}, {"subject_code"}),
    ({"capacity": "guardian"} | CHILD | {"subject_code": "010170-901K"}, {"subject_code"}),
    ({"capacity": "relative_of_the_dead"}, {"capacity"}),
]


async def test_what_does_not_fit_together_is_refused(house):
    auditor = await house.person("auditor")
    for changes, fields in MISFITS:
        assert wrong(await auditor.post("/log-requests", await body(house, **changes), 422)) == fields, changes
    assert await house.fetch("SELECT FROM log_request") == []


async def test_the_period_is_two_years_back_and_the_deadline_two_or_three_months_on(house):
    arrived = TODAY - timedelta(days=10)
    for track, months in ((COUNTY, 2), (POLICE, 3)):
        asked = await Asked.of(house, **track | {"arrived_on": f"{arrived}"})
        view = await asked.auditor.get(asked.path)
        assert view["period_from"] == f"{later(arrived, months=-24)}"
        assert view["period_to"] == f"{arrived}"
        assert view["due_on"] == f"{later(arrived, months=months)}"
        assert view["days_left"] == (later(arrived, months=months) - TODAY).days


async def test_the_deadline_follows_a_dated_parameter(house):
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, value, valid_from) "
        "VALUES (gen_random_uuid(), 'law', 'log_request_months', 1, now() - interval '1 day')"
    )
    asked = await Asked.of(house, **COUNTY)
    assert asked.made["due_on"] == f"{later(TODAY, months=1)}"


async def test_a_repeated_request_within_a_year_may_cost_a_fee(house):
    assert not (await Asked.of(house, arrived_on=f"{TODAY - timedelta(days=400)}")).made["fee_possible"]
    assert not (await Asked.of(house, arrived_on=f"{TODAY - timedelta(days=20)}")).made["fee_possible"]
    assert (await Asked.of(house)).made["fee_possible"]
    assert not (await Asked.of(house, **COUNTY)).made["fee_possible"], "another agency"
    assert not (await Asked.of(house, **OIVA)).made["fee_possible"], "another person"


async def test_the_list_is_by_deadline_with_what_is_overdue_first_and_tells_nobody(house):
    late = await Asked.of(house, arrived_on=f"{TODAY - timedelta(days=200)}")
    new, near = await Asked.of(house, **COUNTY), await Asked.of(house, arrived_on=f"{TODAY - timedelta(days=80)}")
    await (closed := await Asked.of(house, arrived_on=f"{TODAY - timedelta(days=300)}")).answer(nothing_confirmed=True)
    rows = await late.auditor.get("/log-requests")
    assert [row["id"] for row in rows] == [asked.made["id"] for asked in (late, near, new, closed)]
    assert rows[0]["days_left"] < 0 < rows[1]["days_left"]
    assert rows[3]["days_left"] is None
    assert not {"name", "identity_code", "contact"} & rows[0].keys()


async def test_an_intake_takes_for_the_own_agency_and_sees_only_that_it_exists(house):
    intake = await house.person("child-welfare")
    about = await body(house, **COUNTY)
    assert wrong(await intake.post("/log-requests", await body(house), 422)) == {"agency"}
    made = await intake.post("/log-requests", {k: v for k, v in about.items() if k != "agency"}, 201)
    other = await Asked.of(house)
    assert [row["id"] for row in await intake.get("/log-requests")] == [made["id"]]
    for path in ("", "/entries", "/answer"):
        await intake.get(f"/log-requests/{made['id']}{path}", 403)
    await intake.post(f"/log-requests/{made['id']}/answer", {"confirmed": True}, 403)
    police = await house.person("police-intake")
    assert [row["id"] for row in await police.get("/log-requests")] == [other.made["id"]]


async def test_row_security_keeps_requests_for_auditors_and_the_own_intake(house):
    await house.submitted()
    county, police = await Asked.of(house, **COUNTY), await Asked.of(house)
    (entry, *_) = await police.entries()
    await police.decide([entry], "withhold", ground="police_rights", reason="Syy")
    case = (await house.fetch("SELECT reference FROM case_file LIMIT 1"))[0]["reference"]
    attached = {"case": case, "role": "person_using_violence", "reason": "Kertoi itse"}
    attached = await police.auditor.post(f"{police.path}/cases", attached, 201)
    await police.auditor.post(f"{police.path}/cases/{attached['id']}/removal", {"reason": "Erehdys"})
    await police.auditor.post(f"{police.path}/clarifications", {"question": "Kuka?"}, 201)
    for asked in (county, police):
        await asked.answer(nothing_confirmed=True)
    at = (await house.fetch("SELECT now() AS at"))[0]["at"].isoformat()
    await police.auditor.post(f"{police.path}/delivery", {"how": "post", "delivered_at": at})
    keys = "SELECT count(*) FROM data_key WHERE retention_class LIKE 'log-request-%'"
    intake = [1, 0, 0, 0, 0, 0, 1]
    expected = {"auditor": [2, 1, 1, 2, 1, 1, 2], "child-welfare": intake, "police-intake": intake}
    everybody = ("officer", "social-worker", "coordinator", "police", "administrator")
    for login in (*expected, *everybody):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            seen = [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES]
            assert [*seen, await connection.fetchval(keys)] == expected.get(login, [0] * 7), login
            found = "SELECT count(*) FROM log_request_subjects($1)"
            told = await connection.fetchval(found, police.made["id"])
            assert told == (1 if login == "auditor" else 0), login
    async with house.as_role("app", await secret_of(house, "auditor")) as connection:
        for table in TABLES[1:5]:
            for change in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    async with connection.transaction():
                        await connection.execute(change)
        assert await connection.execute("UPDATE log_request SET outcome = 'x', closed_at = now()") == "UPDATE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO log_request_decision (id, request_id, entry_id, decision, decided_by_id, decided_at) "
                "SELECT gen_random_uuid(), id, id, 'release', current_post(), now() FROM log_request LIMIT 1"
            )
    for role in ("worker", "signin"):
        async with house.as_role(role, await secret_of(house, "auditor")) as connection:
            assert await connection.fetchval(keys) == 0


async def test_auditors_are_reminded_once_before_the_deadline_without_saying_whose(house):
    await Asked.of(house, **COUNTY | {"arrived_on": f"{TODAY - timedelta(days=50)}"})
    await Asked.of(house)
    presented = await house.service()
    assert await remind(house.runtime, presented) == 1
    assert await remind(house.runtime, presented) == 0
    notices = await house.fetch("SELECT what, place FROM notice")
    assert [tuple(notice) for notice in notices] == [("log_request_due", "/log-requests")]


async def test_a_closed_request_and_its_key_go_after_the_years_of_the_rule(house):
    asked, open_one = await Asked.of(house), await Asked.of(house)
    await asked.answer(nothing_confirmed=True)
    async with house.keeper() as (runtime, presented):
        assert (await expire_requests(runtime, presented)).requests == 0
        await house.fetch("UPDATE log_request SET closed_at = closed_at - interval '3 years 1 day'")
        assert (await expire_requests(runtime, presented, dry_run=True)).requests == 1
        assert (await expire_requests(runtime, presented)).requests == 1
    assert [str(row["id"]) for row in await house.fetch("SELECT id FROM log_request")] == [open_one.made["id"]]
    (report,) = await house.fetch("SELECT retention_class, rows, keys, cases FROM deletion_report")
    assert tuple(report) == ("correspondence_3y", 2, 1, 0)
    keys = await house.fetch("SELECT retention_class FROM data_key WHERE retention_class LIKE 'log-request-%'")
    assert [row["retention_class"] for row in keys] == [f"log-request-{open_one.made['id']}"]
