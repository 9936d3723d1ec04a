"""The register of rights: why could they see it on that day? One question, without any client data."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import asyncpg
import pytest
from tests.cases.test_bars import bar
from tests.kernel.test_row_security import secret_of
from tests.leaving import leaves_team
from tests.pages import at_pages

from multiagency.demo import story


async def rights(house, expect=200, **about):
    query = "&".join(f"{name}={quote(str(value))}" for name, value in about.items())
    return await (await house.person("auditor")).get(f"/audit/rights?{query}", expect)


def of(found, name):
    return {
        (row["capability"], row["occasion"], row["basis"]) for row in found["grants"] if row["name"].startswith(name)
    }


async def test_who_could_see_a_case_at_any_moment_and_why(house):
    case = await house.submitted()
    before = datetime.now(UTC)
    await house.opened(case, "Heikki")
    seated = datetime.now(UTC)
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    assert of(await rights(house, case=case, at=before.isoformat()), "Heikki") == set()
    assert of(await rights(house, case=case, at=seated.isoformat()), "Heikki") == {("read", "seat", "consent")}
    now = await rights(house, case=case)
    assert of(now, "Heikki") == set()
    assert of(now, "Elina") == {("refer", "referral", "own_record")}
    assert of(now, "Paula") == {("coordinate", "coordination", "coordination")}
    assert {row["case"] for row in now["grants"]} == {case}


async def test_coordination_is_a_right_for_as_long_as_somebody_is_of_the_team(house):
    case = await house.submitted()
    before = datetime.now(UTC)
    await leaves_team(house, "coordinator-2")
    held = {("coordinate", "coordination", reason) for reason in ("coordination", "consent")}
    assert of(await rights(house, case=case, at=before.isoformat()), "Outi") == held
    now = await rights(house, case=case)
    assert (of(now, "Outi"), of(now, "Paula")) == (set(), held)


async def test_a_right_that_a_bar_beat_is_shown_as_beaten(house):
    case = await house.submitted()
    await bar(house, case, "Outi")
    found = await rights(house, case=case)
    assert {row["name"]: row["barred"] for row in found["grants"]} == {
        "Elina Suopunki": False,
        "Paula Kiveliö": False,
        "Outi Muotkavaara": True,
    }
    assert [(row["name"], row["reason"], row["found"]) for row in found["bars"]] == [
        ("Outi Muotkavaara", "conflict_of_interest", False)
    ]


async def test_one_persons_posts_and_rights(house):
    await house.submitted()
    person = (await house.fetch("SELECT id FROM person WHERE name LIKE 'Elina%'"))[0]["id"]
    found = await rights(house, person=person)
    assert [(row["name"], row["role"]) for row in found["posts"]] == [("Elina Suopunki", "officer")]
    assert {row["name"] for row in found["grants"]} == {"Elina Suopunki"}
    long_ago = (datetime.now(UTC) - timedelta(days=3650)).isoformat()
    assert await rights(house, person=person, at=long_ago) | {"at": 0} == {
        "at": 0,
        "posts": [],
        "grants": [],
        "bars": [],
    }


async def test_no_client_data_and_no_free_text_is_shown_or_taken(house):
    case = await house.submitted()
    auditor = await at_pages(house, "auditor")
    shown = (await auditor.get(f"/audit/rights?case={case}")).text
    assert "Elina Suopunki" in shown
    assert not any(str(secret) in shown for secret in story.SECRETS if " " in str(secret))
    assert len(shown.encode()) < 30_000
    await auditor.get("/audit/rights?case=Aili%20Esimerkki", 422)
    await auditor.get("/audit/rights?person=Elina", 422)
    await auditor.get("/audit/rights?case=&person=&at=")


async def test_looking_is_logged_under_the_case(house):
    case = await house.submitted()
    await rights(house, case=case)
    entries = await (await house.person("auditor")).get(f"/audit/entries?case={case}")
    assert "read_rights" in {entry["body"]["act"] for entry in entries}


@pytest.mark.parametrize("login", ["officer", "coordinator", "administrator", "municipality"])
async def test_nobody_but_an_auditor_reads_it(house, login):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    await (await house.person(login)).get("/audit/rights", 403)
    async with house.as_role("app", await secret_of(house, login)) as connection:
        assert await connection.fetch("SELECT * FROM case_references('{}', $1)", case) == []
        seen = await connection.fetchval("SELECT count(*) FROM access_grant")
        assert seen < len(await house.fetch("SELECT FROM access_grant")) or login in {"officer", "coordinator"}


async def test_an_auditor_reads_rights_and_changes_none(house):
    case = await house.submitted()
    async with house.as_role("app", await secret_of(house, "auditor")) as connection:
        assert await connection.fetchval("SELECT reference FROM case_references('{}', $1)", case) == case
        assert await connection.fetchval("SELECT count(*) FROM access_grant") > 0
        for table in ("case_file", "client", "safe_contact", "party", "address_protection", "break_glass"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
        assert await connection.execute("UPDATE access_grant SET ended_at = now()") == "UPDATE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO access_bar (id, case_id, person_id, reason, valid_from) "
                "SELECT gen_random_uuid(), g.case_id, p.person_id, 'x', now() FROM access_grant g, post p LIMIT 1"
            )
