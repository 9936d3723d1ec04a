"""Somebody stands beside the client, on what consent gives and no longer; client and children are heard themselves."""

import pytest
from tests.pages import at_pages

from multiagency.demo import story

WISH = {"wishes": "Haluan asua kotona.", "question": "Saanko lapset mukaan?"}
"""In the client's own words."""


async def support_named(house, case, who="Sanna", login="officer", expect=204):
    return await (await house.person(login)).put(f"/cases/{case}/support", {"post": await house.post_of(who)}, expect)


@pytest.mark.parametrize("login", ["officer", "coordinator"])
async def test_referrer_or_coordinator_names_one_who_sees_identity_contact_and_plan(house, login):
    case = await house.submitted()
    county = await house.person("county")
    await county.get(f"/cases/{case}", 404)
    await support_named(house, case, login=login)
    view = await county.get(f"/cases/{case}")
    assert view["client"]["name"] == story.CLIENT["name"]
    assert view["safe_contact"]["phone"] == story.SAFE_CONTACT["phone"]
    assert view["parts"] == view["parties"] == []
    await county.get(f"/cases/{case}/actions")
    assert "support_named" in [notice["what"] for notice in await county.get("/notices")]
    assert (await county.get(f"/cases/{case}/support"))["name"].startswith("Sanna")
    page = (await (await at_pages(house, "officer")).get(f"/cases/{case}")).text
    assert "Tukihenkilö" in page


async def test_only_whom_the_consent_gives_identity_and_contact(house):
    case = await house.filled_draft()
    officer = await house.person("officer")
    body = await house.narrow_consent(["identity", "narrative"], "Police", "Wellbeing", "Revontuli")
    await officer.post(f"/cases/{case}/consent", body)
    problem = await support_named(house, case, expect=422)
    assert problem["errors"][0]["field"] == "post"
    await support_named(house, case, "Anne", expect=409)
    page = (await (await at_pages(house, "officer")).get(f"/cases/{case}/support")).text
    assert "<select" not in page


async def test_nobody_who_is_kept_out_and_what_ended_does_not_come_back_with_the_bar(house):
    case = await house.submitted()
    officer, county = await house.person("officer"), await house.person("county")
    await support_named(house, case)
    await officer.post(f"/cases/{case}/bars", {"post": await house.post_of("Sanna"), "reason": "conflict_of_interest"})
    await county.get(f"/cases/{case}", 404)
    assert await officer.get(f"/cases/{case}/support") is None
    await support_named(house, case, expect=422)
    bar = (await officer.get(f"/cases/{case}/bars"))[0]["id"]
    await officer.post(f"/cases/{case}/bars/{bar}/lifting", {"reason": "set_by_mistake"})
    await county.get(f"/cases/{case}", 404)
    assert "support_ended" in [notice["what"] for notice in await county.get("/notices")]


async def test_whoever_declares_a_conflict_stands_there_no_more(house):
    case, county = await house.submitted(), await house.person("county")
    await support_named(house, case)
    await county.post(f"/cases/{case}/conflict", {"reason": "own_interest"})
    await county.get(f"/cases/{case}", 404)
    assert await (await house.person("officer")).get(f"/cases/{case}/support") is None


async def test_withdrawal_ends_it_and_tells(house):
    case, county = await house.submitted(), await house.person("county")
    await support_named(house, case)
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await county.get(f"/cases/{case}", 404)
    assert "support_ended" in [notice["what"] for notice in await county.get("/notices")]


async def test_taken_back_and_handed_on(house):
    case, county = await house.submitted(), await house.person("county")
    officer, shelter = await house.person("officer"), await house.person("municipality")
    await support_named(house, case)
    await support_named(house, case, "Heikki")
    await county.get(f"/cases/{case}", 404)
    await shelter.get(f"/cases/{case}")
    await support_named(house, case, "Heikki", expect=422)
    await (await house.person("officer")).get(f"/cases/{case}")
    await officer._call("DELETE", f"/cases/{case}/support", None, 204)
    await shelter.get(f"/cases/{case}", 404)
    await officer._call("DELETE", f"/cases/{case}/support", None, 409)


async def test_no_participant_names_anybody(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    await support_named(house, case, login="municipality", expect=403)


async def test_the_client_s_wishes_are_read_by_whoever_sees_what_is_told(house):
    case = await house.submitted()
    officer, coordinator = await at_pages(house, "officer"), await at_pages(house, "coordinator")
    await officer.post(f"/cases/{case}/voice", **WISH)
    meeting = await house.opened(case, "Heikki")
    assert WISH["question"] in (await coordinator.get(f"/meetings/{meeting}")).text
    for person in (officer, coordinator, await at_pages(house, "municipality")):
        assert WISH["wishes"] in (await person.get(f"/cases/{case}")).text
    sealed = await house.fetch("SELECT said FROM voice")
    assert WISH["wishes"].encode() not in sealed[0]["said"]


async def test_whoever_does_not_see_what_is_told_reads_no_wishes(house):
    case = await house.filled_draft()
    officer = await house.person("officer")
    body = await house.narrow_consent(["identity", "contact"], "Police", "Wellbeing", "Revontuli")
    await officer.post(f"/cases/{case}/consent", body)
    await officer.put(f"/cases/{case}/voice", WISH)
    await officer.post(f"/cases/{case}/submission")
    meeting = await house.opened(case, "Heikki")
    assert WISH["question"] not in (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}")).text
    assert await (await house.person("municipality")).get(f"/cases/{case}/voice") == []


async def test_the_support_person_records_what_they_heard_beside_the_referrer(house):
    case, county = await house.submitted(), await house.person("county")
    await (await house.person("officer")).put(f"/cases/{case}/voice", WISH)
    await support_named(house, case)
    await county.put(f"/cases/{case}/voice", {"wishes": "Haluan muuttaa."})
    assert [voice["wishes"] for voice in await county.get(f"/cases/{case}/voice")] == ["Haluan muuttaa."]
    heard = await (await house.person("officer")).get(f"/cases/{case}/voice")
    assert {voice["wishes"] for voice in heard} == {WISH["wishes"], "Haluan muuttaa."}


async def test_each_child_s_own_view_goes_with_the_child(house):
    case, officer = await house.filled_draft(), await house.person("officer")
    child = (await officer.post(f"/cases/{case}/parties", story.CHILD, 201))["id"]
    await officer.put(f"/cases/{case}/people/{child}/voice", {"wishes": "Pelkään iltaisin."})
    (heard,) = await officer.get(f"/cases/{case}/voice")
    assert (heard["child"], heard["wishes"]) == (story.CHILD["name"], "Pelkään iltaisin.")
    violent = next(one["id"] for one in (await officer.get(f"/cases/{case}"))["parties"] if one["id"] != child)
    await officer.put(f"/cases/{case}/people/{violent}/voice", {"wishes": "x"}, 409)
    await (await at_pages(house, "officer")).post(f"/cases/{case}/people/{child}/removal", reason="Väärä lapsi")
    assert await officer.get(f"/cases/{case}/voice") == []


async def test_two_at_one_form_are_told_of_each_other(house):
    case, officer = await house.submitted(), await at_pages(house, "officer")
    page = (await officer.get(f"/cases/{case}/voice")).text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    await officer.post(f"/cases/{case}/voice", wishes="Ensimmäinen", question="", seen=seen)
    answer = await officer.post(f"/cases/{case}/voice", 409, wishes="Toinen", question="", seen=seen)
    assert "Ensimmäinen" in answer.text
    assert "Toinen" in answer.text
