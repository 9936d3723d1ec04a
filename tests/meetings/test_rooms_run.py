"""Rooms while somebody runs the meeting: one at a time, and whoever sat in the former is out."""

import asyncpg
import pytest
from tests.kernel.test_row_security import secret_of
from tests.meetings.test_rooms import LOGINS as LOGINS
from tests.meetings.test_rooms import begun as begun
from tests.meetings.test_rooms import inside, joined, present, says
from tests.pages import at_pages

from multiagency.meetings.forms import PROMISES


@pytest.fixture
def house(staged_house):
    return staged_house


@pytest.fixture
def invitation(meeting):
    return f"/meetings/{meeting}/invitation"


@pytest.fixture
async def jouni(house):
    return await at_pages(house, "police")


@pytest.fixture
async def heikki(house):
    return await at_pages(house, "municipality")


@pytest.fixture
async def press(house, meeting):
    coordinator = await house.person("coordinator")

    async def press(what, turn):
        await coordinator.post(f"/meetings/{meeting}/run", {"press": what, "turn": turn}, 204)

    return press


async def offered(visitor, invitation):
    text = (await visitor.get(invitation)).text
    return text.count(f'action="{invitation}/join"')


async def test_until_somebody_presses_every_room_is_open_by_the_time(jouni, invitation, first, second):
    assert await offered(jouni, invitation) == 2
    for case in (first, second):
        await inside(jouni, invitation, case)


async def test_only_the_room_of_what_is_handled_opens(jouni, heikki, invitation, press, first, second):
    """On the agenda the second case comes first."""
    await press("begin", 0)
    assert await offered(jouni, invitation) == 1
    assert await offered(heikki, invitation) == 0
    assert says("chair.room_waits") in await joined(jouni, invitation, first, 422)
    await inside(jouni, invitation, second)
    await press("next", 1)
    assert says("chair.room_handled") in await joined(jouni, invitation, second, 422)
    await inside(heikki, invitation, first)


async def test_next_puts_everybody_out_and_an_old_ticket_opens_nothing(house, jouni, invitation, press, first, second):
    await press("begin", 0)
    room = await inside(jouni, invitation, second)
    _, later = await joined(jouni, invitation, second)
    assert len(await present(jouni, room)) == 1
    await press("next", 1)
    await jouni.get(f"/rooms/{room}", 404)
    refused = await jouni.post(f"/rooms/{room}", 422, token=later, promise=PROMISES)
    assert says("chair.room_handled") in refused.text
    assert await house.fetch("SELECT FROM room_presence WHERE left_at IS NULL") == []
    await inside(jouni, invitation, first)


async def test_to_begin_empties_the_rooms_that_were_open_before(house, jouni, heikki, invitation, press, first, second):
    await inside(heikki, invitation, first)
    await press("begin", 0)
    assert await house.fetch("SELECT FROM room_presence WHERE left_at IS NULL") == []


async def test_a_pause_shuts_every_room(jouni, invitation, press, first, second):
    await press("begin", 0)
    await press("pause", 1)
    for case in (first, second):
        assert says("chair.room_waits") in await joined(jouni, invitation, case, 422)
    await press("begin", 2)
    await inside(jouni, invitation, second)


async def test_the_way_back_opens_the_former_room_again(jouni, invitation, press, second):
    await press("begin", 0)
    await press("next", 1)
    await press("back", 2)
    await inside(jouni, invitation, second)


async def test_the_database_shuts_rooms_too(house, jouni, invitation, press, first, second):
    """Whoever has the password of the application enters no other room than the one that is on."""
    await press("begin", 0)
    await house.fetch(
        "INSERT INTO room_promise (id, meeting_id, post_id, wording, language, promised_at) "
        "SELECT gen_random_uuid(), id, $1, '1', 'fi', now() FROM meeting",
        await house.post_of("Jouni"),
    )
    rows = await house.fetch(
        "SELECT s.id, s.case_id, s.retention_class, c.reference FROM seat s JOIN case_file c ON c.id = s.case_id "
        "JOIN post p ON p.id = s.post_id JOIN person n ON n.id = p.person_id WHERE n.name LIKE 'Jouni%'"
    )
    seats = {row["reference"]: row for row in rows}
    entering = (
        "INSERT INTO room_presence (id, case_id, controller_id, retention_class, seat_id, entered_at) "
        "VALUES (gen_random_uuid(), $1, $2, 'x', $3, now())"
    )
    async with house.as_role("app", await secret_of(house, "police")) as connection:
        for case, refused in ((first, True), (second, False)):
            seat = seats[case]
            values = (seat["case_id"], await house.agency("Police"), seat["id"])
            if refused:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    async with connection.transaction():
                        await connection.execute(entering, *values)
            else:
                await connection.execute(entering, *values)
