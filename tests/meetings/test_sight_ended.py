"""Whatever ends sight ends seats, rooms and invitations in the same breath; what is left lives."""

from tests.disclosures.test_sharing import allow, body

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
