"""Who cannot come and what is told instead, who listens, and a case that nobody is there to present."""

import asyncpg
import pytest
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

LOGINS = ("police", "municipality", "officer", "coordinator-2")
TOLD = "Koulussa ei ole nähty lasta viikkoon."


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


async def begun(house):
    """Two cases in an open meeting that has begun: Heikki sits at both, Jouni at the first. Elina referred them."""
    first, second = await house.submitted(), await house.submitted()
    meeting = await house.meeting(first, second)
    for case, name in ((first, "Jouni"), (first, "Heikki"), (second, "Heikki")):
        await house.seat(meeting, case, name)
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    await house.begin(meeting)
    return {"first": first, "second": second, "meeting": meeting}


@pytest.fixture
def house(staged_house):
    return staged_house


@pytest.fixture
async def heikki(house):
    return await at_pages(house, "municipality")


@pytest.fixture
def seat(meeting, first):
    return f"/meetings/{meeting}/invitation/cases/{first}"


async def led(house, login, meeting):
    return (await (await at_pages(house, login)).get(f"/meetings/{meeting}/chair")).text


async def test_what_is_sent_instead_reaches_that_table_and_nobody_else(
    house, heikki, coordinator, meeting, seat, first, second
):
    await coordinator.post(f"/meetings/{meeting}/run", {"press": "begin", "turn": 0}, 204)
    await heikki.post(seat, text=TOLD)
    assert says("done.sent_instead") in (await heikki.get(seat)).text
    text = await led(house, "coordinator", meeting)
    assert TOLD in text
    assert says("chair.where.sent") in text
    for login, sees in (("police", 1), ("municipality", 1), ("county", 0), ("shelter", 0), ("auditor", 0)):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert len(await connection.fetch("SELECT FROM sent_instead")) == sees, login
    await coordinator.post(f"/meetings/{meeting}/run", {"press": "next", "turn": 1}, 204)
    assert TOLD not in await led(house, "coordinator", meeting)


async def test_it_stands_in_the_log_as_a_disclosure_to_each_agency_there(house, heikki, seat, first):
    await heikki.post(seat, text=TOLD)
    rows = await house.fetch(
        "SELECT d.case_reference, a.name_fi FROM audit_detail d LEFT JOIN agency a ON a.id = d.recipient_id "
        "WHERE d.act = 'answer_invitation' AND d.mode = 'disclose'"
    )
    assert [(row["case_reference"], "poliisi" in row["name_fi"]) for row in rows] == [(first, True)]


async def test_to_say_that_one_cannot_come_discloses_nothing(house, heikki, seat):
    await heikki.post(seat)
    assert await house.fetch("SELECT FROM audit_detail WHERE mode = 'disclose' AND act = 'answer_invitation'") == []
    assert len(await house.fetch("SELECT FROM sent_instead WHERE text IS NULL")) == 1


async def test_only_on_ones_own_living_seat(house, heikki, coordinator, meeting, seat, first, second):
    jouni = await at_pages(house, "police")
    await jouni.post(f"/meetings/{meeting}/invitation/cases/{second}", 404, text=TOLD)
    await (await at_pages(house, "officer")).post(seat, 404, text=TOLD)
    seat_of_jouni = (await house.fetch(
        "SELECT s.id, s.case_id, c.retention_class FROM seat s JOIN post p ON p.id = s.post_id JOIN person n "
        "ON n.id = p.person_id JOIN case_file c ON c.id = s.case_id WHERE n.name LIKE 'Jouni%'"
    ))[0]  # fmt: skip
    agency = await house.agency("Revontuli")
    async with house.as_role("app", await secret_of(house, "municipality")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO sent_instead (id, case_id, controller_id, retention_class, seat_id, sent_at) "
                "VALUES (gen_random_uuid(), $1, $2, $3, $4, now())",
                seat_of_jouni["case_id"], agency, seat_of_jouni["retention_class"], seat_of_jouni["id"],
            )  # fmt: skip
    gone = {"case": first, "post": await house.post_of("Heikki")}
    await coordinator.post(f"/meetings/{meeting}/seats/removal", gone, 204)
    await heikki.post(seat, 404, text=TOLD)


async def test_after_a_withdrawal_the_table_reads_it_no_more(house, heikki, seat, first):
    await heikki.post(seat, text=TOLD)
    await (await house.person("officer")).post(f"/cases/{first}/consent/withdrawal")
    for login in ("police", "coordinator"):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert await connection.fetch("SELECT FROM sent_instead") == [], login


# Without its referrer.


async def put_off(house, meeting, case, expect=303):
    visitor = await at_pages(house, "coordinator")
    return await visitor.post(f"/meetings/{meeting}/cases/{case}/removal", expect, because="referrer_absent")


async def test_a_case_that_nobody_presents_goes_back_to_the_queue_and_its_referrer_is_told(
    house, coordinator, meeting, first
):
    assert (
        says("removal.because.referrer_absent")
        in (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}/cases/{first}/removal")).text
    )
    await coordinator.post(f"/meetings/{meeting}/run", {"press": "begin", "turn": 0}, 204)
    await put_off(house, meeting, first)
    row = (await house.fetch("SELECT stage_kind FROM case_file WHERE reference = $1", first))[0]
    assert row["stage_kind"] == "open"
    told = await (await house.person("officer")).get("/notices")
    assert "case_put_off" in [notice["what"] for notice in told]
    assert (
        says("meeting_page.because.referrer_absent")
        in (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}")).text
    )
    assert (await coordinator.get(f"/meetings/{meeting}/run"))["items"][0]["begun_at"] is None  # the second is left
    await coordinator.post(f"/meetings/{meeting}/run", {"press": "begin", "turn": 1}, 204)


async def test_not_where_the_referrer_was_there_or_told_something_nor_before_the_meeting(
    house, coordinator, meeting, first, second
):
    await house.seat(meeting, first, "Elina")
    elina = await at_pages(house, "officer")
    await elina.post(f"/meetings/{meeting}/invitation/cases/{first}", text=TOLD)
    assert says("chair.referrer_here") in (await put_off(house, meeting, first, 422)).text
    await house.fetch("DELETE FROM sent_instead")
    await house.fetch(
        "INSERT INTO room_presence (id, case_id, controller_id, retention_class, seat_id, entered_at, left_at) "
        "SELECT gen_random_uuid(), s.case_id, s.controller_id, 'x', s.id, now(), now() FROM seat s "
        "JOIN post p ON p.id = s.post_id JOIN person n ON n.id = p.person_id WHERE n.name LIKE 'Elina%'"
    )
    assert says("chair.referrer_here") in (await put_off(house, meeting, first, 422)).text
    await house.fetch("UPDATE meeting SET starts_at = now() + interval '5 minutes'")
    await put_off(house, meeting, second, 422)


async def test_attendance_is_told_by_agency(house, coordinator, meeting, first):
    await coordinator.post(f"/meetings/{meeting}/run", {"press": "begin", "turn": 0}, 204)
    await house.fetch(
        "INSERT INTO room_presence (id, case_id, controller_id, retention_class, seat_id, entered_at) "
        "SELECT gen_random_uuid(), s.case_id, s.controller_id, 'x', s.id, now() FROM seat s "
        "JOIN case_file c ON c.id = s.case_id JOIN post p ON p.id = s.post_id JOIN person n ON n.id = p.person_id "
        "WHERE n.name LIKE 'Jouni%' AND c.reference = $1",
        first,
    )
    text = await led(house, "coordinator", meeting)
    assert says("chair.agencies_here", agencies="Tunturi-Lapin poliisilaitos") in text
    assert says("chair.agencies_away", agencies="Revontulen kunta") in text


# Notes of whoever leads.


async def test_a_note_is_read_by_its_author_and_by_who_writes_the_minutes(house, coordinator, meeting, first):
    await house.fetch("UPDATE meeting SET chair_id = $1", await house.post_of("Jouni"))
    jouni, paula = await at_pages(house, "police"), await at_pages(house, "coordinator")
    await coordinator.post(f"/meetings/{meeting}/run", {"press": "begin", "turn": 0}, 204)
    await jouni.post(f"/meetings/{meeting}/cases/{first}/note", text="Sovittiin turvapuhelin.")
    await jouni.post(f"/meetings/{meeting}/cases/{first}/note", text="Sovittiin turvapuhelin ja vartija.")
    for visitor in (jouni, paula):
        assert "turvapuhelin ja vartija" in (await visitor.get(f"/meetings/{meeting}/chair")).text
    assert "turvapuhelin ja vartija" in (await paula.get(f"/meetings/{meeting}/cases/{first}/minutes")).text
    for login, sees in (("municipality", 0), ("officer", 0), ("police", 1), ("coordinator", 1)):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert len(await connection.fetch("SELECT FROM chair_note")) == sees, login
    await (await at_pages(house, "municipality")).post(f"/meetings/{meeting}/cases/{first}/note", 404, text="x")


async def test_a_chair_without_a_seat_notes_nothing(house, meeting, first, second):
    await house.fetch("UPDATE meeting SET chair_id = $1", await house.post_of("Jouni"))
    jouni = await at_pages(house, "police")
    await jouni.post(f"/meetings/{meeting}/cases/{second}/note", 404, text="Sovittiin.")
    ids = (await house.fetch(
        "SELECT a.id, a.case_id FROM agenda_item a JOIN case_file c ON c.id = a.case_id WHERE c.reference = $1", second
    ))[0]  # fmt: skip
    async with house.as_role("app", await secret_of(house, "police")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO chair_note (id, case_id, controller_id, retention_class, agenda_item_id, author_id, "
                "saved_at) VALUES (gen_random_uuid(), $1, current_agency(), 'x', $2, current_post(), now())",
                ids["case_id"], ids["id"],
            )  # fmt: skip
