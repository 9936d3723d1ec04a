"""Who is to reach the client sees how, while that is their task; a title that names somebody is asked about."""

import pytest
from tests.pages import at_pages
from tests.safeguards.test_protection import protect
from tests.storage.test_ending import with_action

from multiagency.demo import story


async def contact(house, action, login="municipality", expect=200):
    return await (await house.person(login)).get(f"/actions/{action}/contact", expect)


async def test_sec0024_who_must_reach_the_client_sees_how_it_is_safe(house):
    _, _, action = await with_action(house, reaches_client=True)
    rules = (await contact(house, action))["rules"]
    same = ("phone", "when_to_call", "do_not_talk_to", "interpreter", "may_leave_message")
    assert {name: rules[name] for name in same} == {name: story.SAFE_CONTACT.get(name, "") for name in same}
    page = (await (await at_pages(house, "municipality")).get(f"/actions/{action}")).text
    assert story.SAFE_CONTACT["do_not_talk_to"] in page
    listed = (await (await at_pages(house, "municipality")).get("/actions")).text
    assert story.SAFE_CONTACT["phone"] not in listed


async def test_for_any_other_task_nothing_is_shown(house):
    _, _, action = await with_action(house)
    assert await contact(house, action) is None
    assert await house.fetch("SELECT FROM access_grant WHERE occasion = 'action' AND 'contact' = ANY (kinds)") == []


async def test_every_look_at_it_is_logged_with_its_basis(house):
    _, _, action = await with_action(house, reaches_client=True)
    await contact(house, action)
    entries = await (await house.person("auditor")).get("/audit/entries")
    looks = [
        e for e in entries if "contact" in e["body"]["kinds"] and e["detail"]["actor"]["name"].startswith("Heikki")
    ]
    assert [entry["detail"]["basis"] for entry in looks] == ["consent,own_record"]


@pytest.mark.parametrize("how", ["reported", "struck", "withdrawn", "closed"])
async def test_it_is_gone_when_the_task_is(house, how):
    case, coordinator, action = await with_action(house, reaches_client=True)
    municipality = await house.person("municipality")
    if how == "reported":
        await municipality.post(f"/actions/{action}/report", {"outcome": "Soitettu."})
    elif how == "struck":
        await coordinator.post(f"/cases/{case}/actions/{action}/striking", {"reason": "Virhe"})
    elif how == "withdrawn":
        await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    else:
        body = {"outcome": "no_further_need", "answers": [{"action": action, "answer": "stays"}]}
        await coordinator.post(f"/cases/{case}/closing", body)
    found = await contact(house, action)
    assert found is None if how in {"reported", "struck"} else found["rules"] is None
    living = (
        "SELECT FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id "
        "WHERE g.occasion = 'action' AND 'contact' = ANY (g.kinds) AND g.ended_at IS NULL AND b.ended_at IS NULL"
    )
    assert await house.fetch(living) == []


async def test_after_handing_on_the_new_owner_sees_it_and_the_former_does_not(house):
    case, coordinator, action = await with_action(house, reaches_client=True, owner=await house.post_of("Sanna"))
    assert (await contact(house, action, "county"))["rules"]
    marja = {"owner": await house.post_of("Marja")}
    await coordinator.post(f"/cases/{case}/actions/{action}/owner", marja)
    await contact(house, action, "county", 404)
    assert (await contact(house, action, "social-worker"))["rules"]


async def test_a_protected_address_is_for_cleared_posts_and_others_are_told_through_whom(house):
    case, _, action = await with_action(house, reaches_client=True)
    await protect(house, case)
    found = await contact(house, action)
    assert found["rules"] is None
    assert any(name.startswith("Elina Suopunki") for name in found["through"])


async def test_where_the_consent_does_not_cover_it_the_action_says_through_whom(house):
    officer = await house.person("officer")
    case = await house.submitted()
    body = await house.consent_body() | {"kinds": ["identity", "narrative"]}
    await officer.post(f"/cases/{case}/consent", body)
    meeting = await house.opened(case, "Heikki")
    await house.minutes(meeting, case)
    body = {"owner": await house.post_of("Heikki"), "title": "Soittaa", "due_on": "2099-01-01", "reaches_client": True}
    action = (await (await house.person("coordinator")).post(f"/cases/{case}/actions", body, 201))["reference"]
    found = await contact(house, action)
    assert (found["rules"], bool(found["through"])) == (None, True)


NAME = story.CLIENT["name"].split()[-1]


@pytest.mark.parametrize("title", [f"Soittaa: {NAME}", f"Tavata {NAME[:-1]}in", NAME.upper()])
async def test_a_title_that_names_somebody_is_asked_about(house, title):
    case, coordinator, _ = await with_action(house)
    body = {"owner": await house.post_of("Heikki"), "title": title, "due_on": "2099-01-01"}
    wrong = await coordinator.post(f"/cases/{case}/actions", body, 422)
    assert [error["field"] for error in wrong["errors"]] == ["title"]
    await coordinator.post(f"/cases/{case}/actions", body | {"named_on_purpose": True}, 201)


async def test_a_mistake_stays_struck_through_with_who_and_why_and_its_owner_is_told(house):
    case, coordinator, action = await with_action(house)
    await coordinator.post(f"/cases/{case}/actions/{action}/striking", {"reason": "Väärä henkilö"})
    await coordinator.post(f"/cases/{case}/actions/{action}/striking", {"reason": "x"}, 409)
    row = (await coordinator.get(f"/cases/{case}/actions"))[0]
    assert (row["state"], row["changes"][0]["reason"], row["changes"][0]["name"]) == (
        "struck",
        "Väärä henkilö",
        "Paula Kiveliö",
    )
    assert len(await house.fetch("SELECT FROM notice WHERE what = 'action_struck'")) == 1
    page = (await (await at_pages(house, "coordinator")).get(f"/cases/{case}/plan")).text
    assert "<s>Soittaa kouluun</s>" in page
    await (await house.person("municipality")).post(f"/actions/{action}/report", {"outcome": "x"}, 409)


async def test_a_day_is_moved_and_the_former_one_stays_readable(house):
    case, coordinator, action = await with_action(house)
    place = f"/cases/{case}/actions/{action}/due"
    for day in ("2020-01-01", "2099-01-01"):
        wrong = await coordinator.post(place, {"due_on": day, "reason": "x"}, 422)
        assert [error["field"] for error in wrong["errors"]] == ["due_on"]
    await coordinator.post(place, {"due_on": "2099-05-01", "reason": "Loma"})
    row = (await coordinator.get(f"/cases/{case}/actions"))[0]
    assert (row["due_on"], row["changes"][0]["due_before"]) == ("2099-05-01", "2099-01-01")


async def test_corrections_can_be_made_at_the_pages(house):
    case, _, action = await with_action(house)
    pages, plan = await at_pages(house, "coordinator"), f"/cases/{case}/plan"
    for what in ("due", "striking"):
        assert f"/actions/{action}/{what}" in (await pages.get(plan)).text
        await pages.get(f"/cases/{case}/actions/{action}/{what}")
        assert "Syy" in (await pages.post(f"/cases/{case}/actions/{action}/{what}", 422, reason="Syy" * 4000)).text
    await pages.post(f"/cases/{case}/actions/{action}/due", due_on="2099-05-01", reason="Loma")
    await pages.post(f"/cases/{case}/actions/{action}/striking", reason="Virhe")
    assert "Loma" in (await pages.get(plan)).text


async def test_what_did_not_succeed_is_reported_as_that(house):
    case, coordinator, action = await with_action(house)
    municipality = await at_pages(house, "municipality")
    await municipality.post(f"/actions/{action}", outcome="Ei vastannut", result="not_done")
    assert (await coordinator.get(f"/cases/{case}/actions"))[0]["state"] == "not_done"
