"""Break-glass: minutes of sight in an emergency, told to the coordinators by the database, marked in the log."""

from datetime import datetime, timedelta

import asyncpg
import pytest
from tests.cases.test_bars import bar
from tests.kernel.test_grants import case_id
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages
from tests.safeguards.test_protection import protect

from multiagency.demo import story

REASON = "Hälytystehtävä asunnolla, tekijän tiedot tarvitaan"


async def break_glass(house, case, login="officer-2", expect=201, **changes):
    body = {"reference": case, "reason": REASON, "minutes": 30} | changes
    return await (await house.person(login)).post("/break-glass", body, expect)


async def notices(house):
    return await house.fetch(
        "SELECT n.what, n.place, s.name FROM notice n "
        "JOIN post p ON p.id = n.post_id JOIN person s ON s.id = p.person_id "
        "WHERE n.what LIKE 'break_glass%' ORDER BY s.name"
    )


async def test_a_case_opens_for_minutes_and_reads_like_a_shared_one(house):
    case = await house.submitted()
    person = await house.person("officer-2")
    await person.get(f"/cases/{case}", 404)
    opened = await break_glass(house, case)
    assert opened["reference"] == case
    view = await person.get(f"/cases/{case}")
    assert view["client"]["name"] == story.CLIENT["name"]
    assert view["parties"][0]["name"] == story.VIOLENT["name"]
    assert view["parts"] == []
    assert view["safe_contact"]["phone"] == story.SAFE_CONTACT["phone"]
    assert (await person.get(f"/cases/{case}/assessment"))["score"] == 15
    await person.put(f"/cases/{case}/part", {"narrative": "x"}, 403)
    await person.post(f"/cases/{case}/consent/withdrawal", expect=403)


async def test_after_its_time_there_is_nothing(house):
    case = await house.submitted()
    await break_glass(house, case)
    await house.fetch("UPDATE access_grant SET valid_to = now() - interval '1 second' WHERE occasion = 'break_glass'")
    person = await house.person("officer-2")
    await person.get(f"/cases/{case}", 404)
    assert await person.get("/cases") == []


async def test_the_coordinators_are_told_at_once_and_by_mail(mailing_house):
    house = mailing_house
    case = await house.submitted()
    await break_glass(house, case)
    steering = ("Elina Suopunki", "Outi Muotkavaara", "Paula Kiveliö")
    told = [("break_glass", f"/cases/{case}", name) for name in steering]
    told.insert(0, ("break_glass_by_colleague", "/emergencies", "Aune Kelottijärvi"))
    assert [tuple(row) for row in await notices(house)] == told
    await house.notify()
    mails = house.sink.messages()
    assert sorted(mail["To"].addresses[0].addr_spec for mail in mails) == [
        "aune.kelottijarvi@police.example",
        "elina.suopunki@police.example",
        "outi.muotkavaara@county.example",
        "paula.kivelio@county.example",
    ]
    assert not any(case in mail.as_string() or REASON in mail.as_string() for mail in mails)
    assert "hätätilanteessa" in (await (await at_pages(house, "coordinator")).get("/notices")).text
    await break_glass(house, case)
    assert len(await notices(house)) == 8
    await house.notify()
    assert len(house.sink.messages()) == 8


async def test_a_direct_sql_session_tells_them_too(house):
    case = await house.submitted()
    await house.person("officer-2")
    async with house.as_role("app", await secret_of(house, "officer-2")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM client") == 0
        assert await connection.fetchval("SELECT open_break_glass($1, 30)", case) is not None
        assert await connection.fetchval("SELECT count(*) FROM client") == 1
    told = ["Aune Kelottijärvi", "Elina Suopunki", "Outi Muotkavaara", "Paula Kiveliö"]
    assert [row["name"] for row in await notices(house)] == told


async def test_sql_makes_no_such_grant_by_another_way(house):
    case = await case_id(house, await house.submitted())
    await house.person("officer-2")
    basis = (
        "INSERT INTO lawful_basis (id, case_id, agency_id, reason, kinds, valid_from) "
        "VALUES (gen_random_uuid(), $1, current_agency(), 'break_glass', '{shell,identity}', now())"
    )
    for login in ("officer-2", "officer", "coordinator"):
        await house.person(login)
        async with house.as_role("app", await secret_of(house, login)) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(basis, case)
    for role in ("app", "worker"):
        async with house.as_role(role) as connection:
            reference = (await house.fetch("SELECT reference FROM case_file"))[0]["reference"]
            assert await connection.fetchval("SELECT open_break_glass($1, 30)", reference) is None


async def until(house):
    row = (await house.fetch("SELECT valid_from, valid_to FROM lawful_basis WHERE reason = 'break_glass'"))[0]
    return row["valid_to"] - row["valid_from"]


async def test_the_teams_parameter_and_a_day_limit_the_minutes(house):
    case = await house.submitted()
    opened = await break_glass(house, case, minutes=600)
    assert await until(house) == timedelta(minutes=60)
    assert (await house.fetch("SELECT minutes FROM break_glass"))[0]["minutes"] == 60
    assert datetime.fromisoformat(opened["until"]).tzinfo is not None
    await house.fetch("DELETE FROM access_grant WHERE occasion = 'break_glass'")
    await house.fetch("DELETE FROM lawful_basis WHERE reason = 'break_glass'")
    await house.fetch("UPDATE dated_parameter SET value = 9999 WHERE name = 'break_glass_minutes'")
    async with house.as_role("app", await secret_of(house, "officer-2")) as connection:
        assert await connection.fetchval("SELECT open_break_glass($1, 100000)", case) is not None
        ends = (
            "SELECT valid_to - valid_from FROM access_grant WHERE occasion = 'break_glass' AND post_id = current_post()"
        )
        assert await connection.fetchval(ends) == timedelta(days=1)
        for minutes in (0, -5, None):
            assert await connection.fetchval("SELECT open_break_glass($1, $2)", case, minutes) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"minutes": "long"}, "minutes"),
        ({"reference": ""}, "reference"),
        ({"identity_code": "x"}, "identity_code"),
    ],
)
async def test_a_wrong_wish_names_its_field_and_opens_nothing(house, changes, field):
    refused = await break_glass(house, await house.submitted(), expect=422, **changes)
    assert [error["field"] for error in refused["errors"]] == [field]
    assert await notices(house) == []


async def test_unknown_draft_closed_and_barred_are_one_answer(house):
    case, draft = await house.submitted(), await house.filled_draft()
    unknown = await break_glass(house, "BCDF-2345", expect=404)
    assert await break_glass(house, draft, expect=404) == unknown
    await bar(house, case, "Aslak")
    assert await break_glass(house, case, expect=404) == unknown
    await house.put_in("closed")
    assert await break_glass(house, case, "police", 404) == unknown
    assert await notices(house) == []
    assert await house.fetch("SELECT FROM lawful_basis WHERE reason = 'break_glass'") == []
    entries = await (await house.person("auditor")).get(f"/audit/entries?case={case}")
    assert "break_glass" not in {e["body"]["act"] for e in entries if e["body"]["mode"] != "deny"}


async def test_where_nobody_could_be_told_nothing_opens(house):
    case = await house.submitted()
    await bar(house, case, "Outi")
    await bar(house, case, "Paula", "officer")
    await break_glass(house, case, expect=404)


@pytest.mark.parametrize("login", ["coordinator", "auditor", "administrator", "child-welfare"])
async def test_only_those_who_work_with_people_break_the_glass(house, login):
    case = await house.submitted()
    await break_glass(house, case, login, 403)
    await house.person(login)
    async with house.as_role("app", await secret_of(house, login)) as connection:
        assert await connection.fetchval("SELECT open_break_glass($1, 30)", case) is None


async def test_every_look_carries_the_emergency_as_its_basis(house):
    case = await house.submitted()
    await break_glass(house, case)
    person = await house.person("officer-2")
    for path in ("", "/assessment"):
        await person.get(f"/cases/{case}{path}")
    entries = await (await house.person("auditor")).get(f"/audit/entries?case={case}")
    mine = [e for e in entries if e["detail"]["actor"]["name"] == "Aslak Jeesiö" and e["detail"]["case"]]
    assert len(mine) >= 4
    assert {entry["detail"]["basis"] for entry in mine} == {"break_glass"}
    opening = {entry["body"]["purpose"] for entry in mine if entry["body"]["act"] == "break_glass"}
    assert opening == {"emergency"}
    assert "HÄTÄAVAUS" in (await (await at_pages(house, "auditor")).get(f"/audit?case={case}")).text


async def test_it_clears_nobody_for_a_protected_address(house):
    case = await house.submitted()
    await protect(house, case)
    await break_glass(house, case)
    view = await (await house.person("officer-2")).get(f"/cases/{case}")
    assert (view["safe_contact"], view["address_protected"]) == (None, True)
    async with house.as_role("app", await secret_of(house, "officer-2")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM safe_contact") == 0


async def test_the_coordinator_reads_who_when_and_why(house):
    case = await house.submitted()
    coordinator = await at_pages(house, "coordinator")
    assert f"/cases/{case}/break-glass" not in (await coordinator.get(f"/cases/{case}")).text
    await break_glass(house, case)
    assert f'href="/cases/{case}/break-glass"' in (await coordinator.get(f"/cases/{case}")).text
    shown = (await coordinator.get(f"/cases/{case}/break-glass")).text
    assert "Aslak Jeesiö" in shown
    assert REASON in shown
    rows = await (await house.person("coordinator")).get(f"/cases/{case}/break-glass")
    assert [(row["name"], row["reason"]) for row in rows] == [("Aslak Jeesiö", REASON)]
    await house.opened(case, "Heikki")
    assert await (await house.person("municipality")).get(f"/cases/{case}/break-glass") == []
    assert not any(REASON.encode() in row["reason"] for row in await house.fetch("SELECT reason FROM break_glass"))


async def test_the_page_says_what_happens_and_goes_on_to_the_case(house):
    case = await house.submitted()
    officer = await at_pages(house, "officer-2")
    assert 'href="/break-glass"' in (await officer.get("/cases")).text
    assert "kerrotaan heti" in (await officer.get("/break-glass")).text
    kept = await officer.post("/break-glass", 422, reference=case, reason=REASON, minutes="")
    assert REASON in kept.text
    opened = await officer.post("/break-glass", reference=case.lower(), reason=REASON, minutes="10")
    assert opened.headers["location"] == f"/cases/{case}"
    assert story.CLIENT["name"] in (await officer.get(f"/cases/{case}")).text
    await officer.post("/break-glass", 404, reference="BCDF-2345", reason=REASON, minutes="10")
    coordinator = await at_pages(house, "coordinator")
    assert 'href="/break-glass"' not in (await coordinator.get("/cases")).text
