"""Closing a case and holding it: what ends, what stays, and who may."""

import asyncpg
import pytest
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

from multiagency.demo import story

CLOSING = {"outcome": "guided_onward", "target": "Perheneuvola", "reason": "Tilanne on rauhoittunut."}
HOLD = {"reason": "Käräjäoikeus, asia 26/900"}


async def in_follow_up(house, *names):
    case = await house.submitted()
    meeting = await house.opened(case, *(names or ("Heikki", "Jouni")))
    await house.minutes(meeting, case)
    return case


async def closed(house, **changes):
    case = await in_follow_up(house)
    await (await house.person("coordinator")).post(f"/cases/{case}/closing", CLOSING | changes)
    return case


async def test_closing_ends_what_consent_gave_for_everybody_at_once(house):
    case = await in_follow_up(house)
    invited = [await house.person(login) for login in ("municipality", "police")]
    for person in invited:
        await person.get(f"/cases/{case}")
    await (await house.person("coordinator")).post(f"/cases/{case}/closing", CLOSING)
    for person in invited:
        await person.get(f"/cases/{case}", 404)
    bases = await house.fetch("SELECT reason FROM lawful_basis WHERE ended_at IS NULL")
    assert {row["reason"] for row in bases} == {"own_record", "coordination"}
    assert (
        await house.fetch(
            "SELECT FROM access_grant g JOIN lawful_basis b ON b.id = basis_id "
            "WHERE b.reason = 'consent' AND g.ended_at IS NULL"
        )
        == []
    )
    assert await house.fetch("SELECT FROM seat WHERE ended_at IS NULL") == []
    assert await house.fetch("SELECT FROM agenda_item WHERE ended_at IS NULL") == []


async def test_the_referrer_keeps_its_record_and_the_coordinator_the_shell(house):
    case = await closed(house)
    kept = await (await house.person("officer")).get(f"/cases/{case}")
    assert kept["client"]["name"] == story.CLIENT["name"]
    assert kept["stage"] == "closed"
    assert kept["closed_at"]
    shell = await (await house.person("coordinator")).get(f"/cases/{case}")
    assert (shell["client"], shell["parties"], shell["parts"]) == (None, [], [])
    assert (await (await house.person("coordinator")).get(f"/cases/{case}/closing"))["target"] == "Perheneuvola"


async def test_owners_keep_their_actions(house):
    case, coordinator = await in_follow_up(house), await house.person("coordinator")
    action = {"owner": await house.post_of("Heikki"), "title": story.ACTIONS["municipality"], "due_on": "2099-01-01"}
    wanted = (await coordinator.post(f"/cases/{case}/actions", action, 201))["reference"]
    page = await (await at_pages(house, "coordinator")).get(f"/cases/{case}/closing")
    assert "ilmoitettu tehdyiksi" in page.text
    stays = {"answers": [{"action": wanted, "answer": "stays"}]}
    await coordinator.post(f"/cases/{case}/closing", CLOSING | stays)
    titles = [found["title"] for found in await (await house.person("municipality")).get("/actions")]
    assert titles == [story.ACTIONS["municipality"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "solved"}, "outcome"),
        ({"outcome": "guided_onward"}, "target"),
        ({"outcome": "other"}, "reason"),
    ],
)
async def test_an_outcome_says_what_it_needs(house, body, field):
    case = await in_follow_up(house)
    problem = await (await house.person("coordinator")).post(f"/cases/{case}/closing", body, 422)
    assert [error["field"] for error in problem["errors"]] == [field]
    assert (await house.fetch("SELECT stage FROM case_file"))[0]["stage"] == "in_follow_up"


async def test_a_case_is_closed_once_and_from_follow_up_only(house):
    case, coordinator = await house.submitted(), await house.person("coordinator")
    await coordinator.post(f"/cases/{case}/closing", CLOSING, 409)
    meeting = await house.opened(case, "Heikki")
    await coordinator.post(f"/cases/{case}/closing", CLOSING, 409)
    await house.minutes(meeting, case)
    await coordinator.post(f"/cases/{case}/closing", CLOSING)
    await coordinator.post(f"/cases/{case}/closing", CLOSING, 409)
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal", expect=409)


async def test_only_the_coordinator_closes_and_holds(house):
    case = await in_follow_up(house)
    for login, status in (("officer", 403), ("municipality", 403), ("social-worker", 403), ("auditor", 403)):
        person = await house.person(login)
        await person.post(f"/cases/{case}/closing", CLOSING, status)
        await person.post(f"/cases/{case}/hold", HOLD, status)
        await person.get(f"/cases/{case}/closing", status)
        await person.get(f"/cases/{case}/hold", status)


async def test_the_page_says_what_ends_before_it_is_done_and_shows_the_outcome_after(house):
    case, coordinator = await in_follow_up(house), await at_pages(house, "coordinator")
    page = await coordinator.get(f"/cases/{case}/closing")
    assert "Mikä päättyy heti" in page.text
    assert " checked" not in page.text
    page = await coordinator.post(f"/cases/{case}/closing", 422, outcome="guided_onward", reason="Rauhoittunut")
    assert 'href="#target"' in page.text
    assert "Rauhoittunut" in page.text
    await coordinator.post(f"/cases/{case}/closing", **CLOSING)
    page = await coordinator.get(f"/cases/{case}/closing")
    assert "Perheneuvola" in page.text
    assert "<form method" not in page.text.split("<main")[1]
    assert "Päätetty" in (await coordinator.get(f"/cases/{case}")).text


async def test_calendars_are_told_when_a_case_closes_before_its_meeting_is_over(mailing_house):
    house = mailing_house
    case = await in_follow_up(house, "Heikki")
    await house.deliver()
    before = len(house.mails())
    await (await house.person("coordinator")).post(f"/cases/{case}/closing", CLOSING)
    await house.deliver()
    assert [mail.method for mail in house.mails()[before:]] == ["CANCEL"]


async def test_one_hold_at_a_time_and_what_it_was(house):
    case, coordinator = await closed(house), await house.person("coordinator")
    await coordinator.post(f"/cases/{case}/hold/lifting", HOLD, 409)
    await coordinator.post(f"/cases/{case}/hold", {"reason": ""}, 422)
    await coordinator.post(f"/cases/{case}/hold", HOLD)
    await coordinator.post(f"/cases/{case}/hold", HOLD, 409)
    await coordinator.post(f"/cases/{case}/hold/lifting", {"reason": "Tuomio on lainvoimainen"})
    (hold,) = await coordinator.get(f"/cases/{case}/hold")
    assert (hold["reason"], hold["lift_reason"]) == (HOLD["reason"], "Tuomio on lainvoimainen")
    await coordinator.post(f"/cases/{case}/hold", HOLD)
    assert len(await coordinator.get(f"/cases/{case}/hold")) == 2


async def test_a_lifted_hold_is_history(house):
    case, coordinator = await closed(house), await house.person("coordinator")
    await coordinator.post(f"/cases/{case}/hold", HOLD)
    await coordinator.post(f"/cases/{case}/hold/lifting", HOLD)
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        assert await connection.execute("UPDATE legal_hold SET lifted_at = now()") == "UPDATE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE legal_hold SET reason = ''")


async def test_hold_pages(house):
    case, coordinator = await closed(house), await at_pages(house, "coordinator")
    assert 'href="#reason"' in (await coordinator.post(f"/cases/{case}/hold", 422)).text
    await coordinator.post(f"/cases/{case}/hold", **HOLD)
    assert HOLD["reason"] in (await coordinator.get(f"/cases/{case}/hold")).text
    assert "Poistokielto voimassa" in (await coordinator.get(f"/cases/{case}")).text
    await coordinator.post(f"/cases/{case}/hold/lifting", reason="Ohi")
    assert "Ei poistokieltoa" in (await coordinator.get(f"/cases/{case}")).text
