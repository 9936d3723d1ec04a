"""A meeting is prepared as a draft without telling anyone, and then opened."""

from tests.pages import at_pages


async def meetings_seen_by(house, login):
    person = await house.person(login)
    async with house.as_role("app", person._headers["cookie"].partition("=")[2]) as connection:
        return [row["reference"] for row in await connection.fetch("SELECT reference FROM meeting")]


async def test_sec0060_a_draft_is_seen_by_nobody_but_who_prepares_it(house):
    """Who referred the case is not told by its row when the meeting is prepared for; once it is opened, they see it."""
    case = await house.submitted()
    meeting = await house.meeting(case)
    await house.seat(meeting, case, "Heikki")
    assert await meetings_seen_by(house, "coordinator") == [meeting]
    for login in ("officer", "municipality", "police", "auditor"):
        assert await meetings_seen_by(house, login) == [], login
    assert meeting not in (await (await at_pages(house, "officer")).get("/")).text
    for table in ("notice", "outbox", "invitation"):
        found = await house.fetch(f"SELECT * FROM {table}")
        assert [row for row in found if row.get("what") != "case_submitted"] == [], table
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    for login in ("officer", "municipality"):
        assert await meetings_seen_by(house, login) == [meeting], login


async def test_the_page_says_that_it_is_a_draft_until_it_is_opened(mailing_house):
    house = mailing_house
    case = await house.submitted()
    meeting, coordinator = await house.meeting(case), await at_pages(house, "coordinator")
    await house.seat(meeting, case, "Heikki")
    assert "Tämä on luonnos" in (await coordinator.get(f"/meetings/{meeting}")).text
    assert "Luonnos: kutsuja ei ole lähetetty" in (await coordinator.get("/meetings")).text
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    assert "Tämä on luonnos" not in (await coordinator.get(f"/meetings/{meeting}")).text
