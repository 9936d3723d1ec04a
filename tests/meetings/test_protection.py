"""A new address protection: whoever coordinates looks again at seats that were given without it."""

from tests.safeguards.test_protection import protect


async def told(house, login):
    notices = await (await house.person(login)).get("/notices")
    return [notice["place"] for notice in notices if notice["what"] == "address_protected"]


async def test_coordinators_are_led_to_the_seats_that_were_given_before(house):
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki")
    await protect(house, case)
    for login in ("coordinator", "coordinator-2"):
        assert await told(house, login) == [f"/meetings/{meeting}/cases/{case}/seats"]
    assert await told(house, "municipality") == []


async def test_where_nobody_sits_nobody_is_told(house):
    case = await house.submitted()
    await protect(house, case)
    assert await told(house, "coordinator") == []


async def test_a_meeting_that_is_over_is_not_looked_at(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    await house.fetch("UPDATE meeting SET starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'")
    await protect(house, case)
    assert await told(house, "coordinator") == []
