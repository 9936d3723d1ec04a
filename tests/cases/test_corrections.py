"""What is learned of the people of a case after the submission is recorded then, and acts at once."""

import pytest
from tests.pages import at_pages
from tests.safeguards.test_conflicts import HEIKKI, shut_out
from tests.storage.test_closing import closed

from multiagency.demo import story

CORRECTED = story.CLIENT | {"name": "Oikea Esimerkki"}


async def violent_one(officer, case):
    parties = (await officer.get(f"/cases/{case}"))["parties"]
    return next(party["id"] for party in parties if party["role"] == "person_using_violence")


async def test_people_are_corrected_after_the_submission_by_whoever_referred_the_case(house):
    case = await house.submitted()
    officer, coordinator = await house.person("officer"), await house.person("coordinator")
    violent = await violent_one(officer, case)
    referrer, other = await at_pages(house, "officer"), await at_pages(house, "coordinator")
    links = [f"/cases/{case}/{place}" for place in ("client", f"people/{violent}", "people/new")]
    shown = (await referrer.get(f"/cases/{case}")).text
    not_shown = (await other.get(f"/cases/{case}")).text
    for link in links:
        assert f'href="{link}"' in shown
        assert f'href="{link}"' not in not_shown
        assert "on jo lähetetty" in (await referrer.get(link)).text
        await other.get(link, 403)
    await officer.put(f"/cases/{case}/client", CORRECTED)
    await officer.put(f"/cases/{case}/parties/{violent}", story.VIOLENT | {"name": "Toinen Keksitty"})
    await officer.post(f"/cases/{case}/parties", story.CHILD, 201)
    seen = await coordinator.get(f"/cases/{case}")
    assert seen["client"]["name"] == CORRECTED["name"]
    assert {party["name"] for party in seen["parties"]} == {"Toinen Keksitty", story.CHILD["name"]}
    await coordinator.put(f"/cases/{case}/client", story.CLIENT, 403)


async def test_the_people_of_a_closed_case_stay_as_they_were(house):
    case = await closed(house)
    officer, pages = await house.person("officer"), await at_pages(house, "officer")
    violent = await violent_one(officer, case)
    await officer.put(f"/cases/{case}/client", CORRECTED, 409)
    await officer.post(f"/cases/{case}/parties", story.CHILD, 409)
    await officer.put(f"/cases/{case}/parties/{violent}", story.VIOLENT, 409)
    await officer.post(f"/cases/{case}/guardians/capacity", {"capable": True}, 409)
    guardian = {"party": violent, "may_decide": True, "suspected": True}
    await officer.post(f"/cases/{case}/guardians", guardian, 409)
    await officer.post(f"/cases/{case}/consent", await house.consent_body(), 409)
    shown = (await pages.get(f"/cases/{case}")).text
    for form in ("new", violent):
        assert f'"/cases/{case}/people/{form}"' not in shown
    await officer.post(f"/cases/{case}/parties/{violent}/aliases", {"name": "Olli"}, 409)
    assert "<form" not in (await pages.get(f"/cases/{case}/people/{violent}/aliases")).text.split("<h1>")[1]
    assert f'"/cases/{case}/client"' not in shown


async def test_a_member_whose_code_turns_out_to_be_a_partys_loses_seat_invitation_and_sight(mailing_house):
    house = mailing_house
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki", "Jouni")
    await house.deliver()
    officer, pages = await house.person("officer"), await at_pages(house, "municipality")
    assert meeting in (await pages.get("/invitations")).text
    violent = await violent_one(officer, case)
    await officer.put(f"/cases/{case}/parties/{violent}", story.VIOLENT | {"identity_code": HEIKKI})
    await shut_out(house, case, "municipality")
    await pages.get(f"/meetings/{meeting}/invitation", 404)
    await house.deliver()
    assert [mail.method for mail in house.mails()].count("CANCEL") == 1
    assert (await (await house.person("police")).get(f"/cases/{case}"))["client"] is not None


@pytest.mark.parametrize("employer", ["Riekko", "Wellbeing"])
async def test_an_employer_learned_of_later_keeps_their_agency_out_but_not_who_steers(house, employer):
    case = await house.submitted(consent=("Police", "Wellbeing", "Revontuli", "Riekko"))
    await house.opened(case, "Tiina", "Sanna")
    officer = await house.person("officer")
    violent = await violent_one(officer, case)
    body = story.VIOLENT | {"employer": await house.agency(employer)}
    await officer.put(f"/cases/{case}/parties/{violent}", body)
    out, stays = ("shelter", "county") if employer == "Riekko" else ("county", "shelter")
    await shut_out(house, case, out)
    await (await house.person(stays)).get(f"/cases/{case}")
    assert (await (await house.person("coordinator")).get(f"/cases/{case}"))["client"] is not None
