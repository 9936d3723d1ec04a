"""Actions: a named person and a date, seen by their owner, reported by nobody else."""

import pytest
from tests.pages import at_pages

BODY = {"title": "Hakee lähestymiskieltoa", "due_on": "2099-01-01"}


@pytest.fixture
async def agreed(house):
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki", "Jouni")
    await house.minutes(meeting, case)
    return case


async def assign(house, case, name="Heikki", expect=201, **changes):
    body = BODY | {"owner": await house.post_of(name)} | changes
    return await (await house.person("coordinator")).post(f"/cases/{case}/actions", body, expect)


async def test_each_owner_sees_their_own(house, agreed):
    await assign(house, agreed, "Heikki", title="Kouluasia")
    await assign(house, agreed, "Jouni", title="Lähestymiskielto")
    for login, title in (("municipality", "Kouluasia"), ("police", "Lähestymiskielto")):
        assert [action["title"] for action in await (await house.person(login)).get("/actions")] == [title]
    assert await (await house.person("county")).get("/actions") == []


async def test_the_owner_reports_it_done(house, agreed):
    reference = (await assign(house, agreed))["reference"]
    municipality = await house.person("municipality")
    await municipality.post(f"/actions/{reference}/report", {"outcome": "Tehty"})
    plan = await (await house.person("coordinator")).get(f"/cases/{agreed}/actions")
    assert [(action["state"], action["outcome"]) for action in plan] == [("done", "Tehty")]
    await municipality.post(f"/actions/{reference}/report", {"outcome": "Tehty"}, 409)


async def test_what_comes_from_the_table_says_wherever_it_is_read_that_it_is_for_prevention_only(house, agreed):
    reference = (await assign(house, agreed))["reference"]
    owner, coordinator = await at_pages(house, "municipality"), await at_pages(house, "coordinator")
    for visitor, path in (
        (owner, f"/actions/{reference}"),
        (owner, f"/cases/{agreed}/minutes"),
        (coordinator, f"/cases/{agreed}/plan"),
    ):
        assert "Vain ehkäisyyn" in (await visitor.get(path)).text, path


@pytest.mark.parametrize("login", ["police", "officer", "coordinator", "shelter"])
async def test_nobody_else_reports_it(house, agreed, login):
    reference = (await assign(house, agreed))["reference"]
    await (await house.person(login)).post(f"/actions/{reference}/report", {"outcome": "Tehty"}, 404)
    assert (await house.fetch("SELECT state FROM planned_action"))[0]["state"] == "open"


async def test_row_security_lets_a_seated_colleague_read_but_not_report(house, agreed):
    from tests.kernel.test_row_security import secret_of

    await assign(house, agreed, "Heikki")
    await assign(house, agreed, "Jouni")
    await house.person("police")
    async with house.as_role("app", await secret_of(house, "police")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM planned_action") == 2
        assert await connection.execute("UPDATE planned_action SET state = 'done'") == "UPDATE 1"


async def test_an_action_needs_a_person_and_a_coming_date(house, agreed):
    for changes, field in (
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"due_on": "soon"}, "due_on"),
        ({"title": ""}, "title"),
    ):
        problem = await assign(house, agreed, expect=422, **changes)
        assert [error["field"] for error in problem["errors"]] == [field]
    body = BODY | {"owner": "01a20000-0000-7000-8000-000000000000"}
    problem = await (await house.person("coordinator")).post(f"/cases/{agreed}/actions", body, 422)
    assert problem["errors"][0]["field"] == "owner"


async def test_an_agency_outside_the_consent_gets_no_action(house, agreed):
    await assign(house, agreed, "Tiina", 409)
    assert await house.fetch("SELECT FROM planned_action") == []


async def test_minutes_come_first(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    await assign(house, case, expect=409)


async def test_only_the_coordinator_assigns(house, agreed):
    body = BODY | {"owner": await house.post_of("Heikki")}
    for login in ("officer", "municipality", "police"):
        await (await house.person(login)).post(f"/cases/{agreed}/actions", body, 403)


async def test_an_action_is_handed_on_within_its_agency(mailing_house):
    house = mailing_house
    case = await house.submitted()
    meeting = await house.opened(case, "Jouni")
    await house.minutes(meeting, case)
    coordinator = await house.person("coordinator")
    body = {"owner": await house.post_of("Jouni"), "title": "Soittaa", "due_on": "2099-01-01"}
    action = (await coordinator.post(f"/cases/{case}/actions", body, 201))["reference"]
    place = f"/cases/{case}/actions/{action}/owner"
    for name in ("Heikki", "Jouni"):
        refused = await coordinator.post(place, {"owner": await house.post_of(name)}, 422)
        assert [error["field"] for error in refused["errors"]] == ["owner"]
    await (await house.person("police")).post(place, {"owner": await house.post_of("Elina")}, 403)
    pages = await at_pages(house, "coordinator")
    assert place in (await pages.get(f"/cases/{case}/plan")).text
    assert "Heikki" not in (await pages.get(place)).text
    await pages.post(place, 422)
    await pages.post(place, owner=await house.post_of("Aslak"))
    assert await (await house.person("police")).get("/actions") == []
    taker = await house.person("officer-2")
    assert [row["title"] for row in await taker.get("/actions")] == ["Soittaa"]
    await taker.post(f"/actions/{action}/report", {"outcome": "Soitettu"})
    await coordinator.post(place, {"owner": await house.post_of("Elina")}, 409)
    await coordinator.post(f"/cases/{case}/actions/BCDF-2345/owner", {"owner": await house.post_of("Elina")}, 404)
