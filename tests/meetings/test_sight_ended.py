"""Whatever ends sight ends seats, rooms and invitations in the same breath; what is left lives."""

from tests.disclosures.test_sharing import allow, body
from tests.pages import at_pages

from multiagency.meetings.jobs import end_seats_of_the_gone


async def seats_of(house, name: str) -> int:
    living = "SELECT FROM seat s JOIN post p ON p.id = s.post_id JOIN person n ON n.id = p.person_id"
    return len(await house.fetch(f"{living} WHERE s.ended_at IS NULL AND n.name LIKE $1", f"{name}%"))


async def test_a_post_that_has_ended_keeps_no_seat(house):
    case = await house.submitted()
    await house.opened(case, "Sanna", "Heikki")
    over = "UPDATE post SET valid_to = now() - interval '1 second' FROM person n"
    await house.fetch(f"{over} WHERE n.id = person_id AND n.name LIKE 'Sanna%'")
    assert await end_seats_of_the_gone(house.runtime, await house.service()) == 1
    assert (await seats_of(house, "Sanna"), await seats_of(house, "Heikki")) == (0, 1)
    assert await end_seats_of_the_gone(house.runtime, await house.service()) == 0
    assert len(await house.fetch("SELECT FROM outbox WHERE purpose = 'cancel'")) == 1


async def test_sec0022_closing_ends_what_a_ground_had_given(house):
    await allow(house)
    officer, case = await house.person("officer"), await house.filled_draft(consent=("Police", "Wellbeing"))
    await officer.post(f"/cases/{case}/sharing", await body(house, "Revontuli"))
    await officer.post(f"/cases/{case}/submission")
    meeting = await house.opened(case, "Heikki")
    await house.minutes(meeting, case)
    municipality, coordinator = await house.person("municipality"), await house.person("coordinator")
    assert (await municipality.get(f"/cases/{case}"))["client"]["name"]
    await coordinator.post(f"/cases/{case}/closing", {"outcome": "no_further_need", "target": "", "reason": ""})
    await municipality.get(f"/cases/{case}", 404)
    assert await house.fetch("SELECT FROM lawful_basis WHERE reason = 'ground' AND ended_at IS NULL") == []
    assert await seats_of(house, "Heikki") == 0


async def address_of(house, name: str) -> str:
    """The private address in the newest mail to somebody."""
    await house.deliver()
    return [mail for mail in house.mails() if mail and name in mail.recipient][-1].address


async def declined(house):
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki")
    municipality = await house.person("municipality")
    address = await address_of(house, "heikki")
    await municipality.post(f"/invitations/{address}/answer", {"answer": "declined"})
    return case, meeting, municipality, address


async def test_sec0023_who_declines_sees_nothing_more_of_the_case(mailing_house):
    house = mailing_house
    case, _, municipality, address = await declined(house)
    await municipality.get(f"/cases/{case}", 404)
    assert (await municipality.get(f"/invitations/{address}"))["cases"] == []
    await municipality.post(f"/invitations/{address}/join", {"case": case}, 404)
    assert await seats_of(house, "Heikki") == 0
    assert await house.fetch("SELECT FROM outbox WHERE purpose = 'cancel'") == []
    told = await house.fetch("SELECT place FROM notice WHERE what = 'invitation_declined'")
    assert len(told) == 2


async def test_a_yes_after_a_no_gives_no_seat_back_and_the_coordinator_can(mailing_house):
    house = mailing_house
    case, meeting, municipality, address = await declined(house)
    await municipality.post(f"/invitations/{address}/answer", {"answer": "accepted"})
    await municipality.get(f"/cases/{case}", 404)
    await house.seat(meeting, case, "Heikki")
    assert (await municipality.get(f"/cases/{case}"))["client"]


async def test_who_is_seated_again_after_declining_is_invited_anew_under_the_same_uid(mailing_house):
    house = mailing_house
    case, meeting, _, _ = await declined(house)
    await house.seat(meeting, case, "Heikki")
    await house.deliver()
    first, second = [mail for mail in house.mails() if mail and "heikki" in mail.recipient]
    assert (first.uid, first.method, second.method) == (second.uid, "REQUEST", "REQUEST")
    assert second.sequence > first.sequence


async def test_who_declined_says_who_comes_instead_and_that_one_sees_nothing_yet(mailing_house):
    house = mailing_house
    case = await house.submitted()
    meeting = await house.opened(case, "Sanna")
    county, address = await house.person("county"), await address_of(house, "sanna")
    marja = {"post": await house.post_of("Marja")}
    await county.post(f"/invitations/{address}/instead", marja, 409)
    await county.post(f"/invitations/{address}/answer", {"answer": "declined"})
    await county.post(f"/invitations/{address}/instead", {"post": await house.post_of("Heikki")}, 422)
    await county.post(f"/invitations/{address}/instead", marja)
    await (await house.person("social-worker")).get(f"/cases/{case}", 404)
    found = await (await house.person("coordinator")).get(f"/meetings/{meeting}")
    assert [row["instead"] for row in found["invitations"]] == ["Marja Roivas"]


async def test_it_can_be_done_at_the_pages(mailing_house):
    house = mailing_house
    case = await house.submitted()
    meeting = await house.opened(case, "Sanna")
    county, path = await at_pages(house, "county"), f"/meetings/{meeting}/invitation"
    await county.post(f"{path}/answer", answer="declined")
    text = (await county.get(path)).text
    assert case not in text
    assert "Marja Roivas" in text
    assert "error" in (await county.post(f"{path}/instead", 422, post="")).text
    await county.post(f"{path}/instead", post=await house.post_of("Marja"))
    assert "Marja Roivas" in (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}")).text
