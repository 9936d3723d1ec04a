"""Rooms: one per case, for who has a seat there, around the meeting, and as long as the seat lives."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from tests.pages import at_pages

from multiagency.kernel.languages import Language
from multiagency.kernel.tokens import RoomPass
from multiagency.meetings.forms import PROMISES
from multiagency.web.texts import TEXTS

LOGINS = ("municipality", "police", "coordinator-2")


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


async def begun(house):
    """Two cases in an open meeting that begins in twelve minutes: Jouni sits at both, Heikki and Outi at the first."""
    first, second = await house.submitted(), await house.submitted()
    meeting = await house.meeting(second, first, minutes=12)
    for case, name in ((first, "Heikki"), (first, "Jouni"), (second, "Jouni"), (first, "Outi")):
        await house.seat(meeting, case, name)
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    return {"first": first, "second": second, "meeting": meeting}


@pytest.fixture
def house(staged_house):
    return staged_house


@pytest.fixture
def invitation(stage):
    return f"/meetings/{stage.called['meeting']}/invitation"


@pytest.fixture
async def heikki(house):
    return await at_pages(house, "municipality")


@pytest.fixture
async def jouni(house):
    return await at_pages(house, "police")


async def joined(visitor, invitation, case, expect=200):
    """Press Join; return the room and the ticket."""
    answer = await visitor.post(f"{invitation}/join", expect, case=case)
    if expect != 200:
        return answer.text
    return re.search(r"/rooms/([0-9a-f-]+)", answer.text)[1], re.search(r'name="token" value="([^"]+)"', answer.text)[1]


async def inside(visitor, invitation, case):
    room, token = await joined(visitor, invitation, case)
    await visitor.post(f"/rooms/{room}", token=token, promise=PROMISES)
    return room


async def present(visitor, room):
    text = (await visitor.get(f"/rooms/{room}")).text
    return re.findall(r"<li>([^<]+), ([^<]+)</li>", text[text.index("<main") :])


async def move(house, *, starts, ends):
    """Let the meeting begin and end so many minutes from now."""
    moment = datetime.now(UTC)
    at = [moment + timedelta(minutes=minutes) for minutes in (starts, ends)]
    await house.fetch("UPDATE meeting SET starts_at = $1, ends_at = $2", *at)


async def set_minutes(house, **values):
    for name, value in values.items():
        await house.fetch(
            "INSERT INTO dated_parameter (id, pathway, name, team_id, value, valid_from) "
            "SELECT gen_random_uuid(), 'marak', $1, id, $2, now() FROM team",
            name,
            value,
        )


# When.


async def test_a_room_opens_a_quarter_before_the_meeting_and_shuts_a_quarter_after(house, heikki, invitation, first):
    for starts, ends, is_open in ((16, 76, False), (14, 74, True), (-60, 1, True), (-60, -14, True), (-60, -16, False)):
        await move(house, starts=starts, ends=ends)
        offered = f'action="{invitation}/join"' in (await heikki.get(invitation)).text
        assert offered is is_open
        said = await joined(heikki, invitation, first, 200 if is_open else 422)
        assert is_open or says("meeting.not_now", minutes=15) in said


async def test_the_team_says_how_long_before_and_after_its_rooms_are_open(house, heikki, invitation, first):
    await set_minutes(house, join_minutes_before=3, join_minutes_after=60)
    await move(house, starts=5, ends=65)
    assert says("meeting.not_now", minutes=3) in await joined(heikki, invitation, first, 422)
    await move(house, starts=-120, ends=-59)
    await joined(heikki, invitation, first)
    await set_minutes(house, join_minutes_after=1)
    await joined(heikki, invitation, first, 422)


async def test_no_room_opens_before_its_meeting_is_opened(house, heikki, invitation, first):
    await house.fetch("UPDATE meeting SET state = 'planned'")
    await joined(heikki, invitation, first, 422)
    assert f'action="{invitation}/join"' not in (await heikki.get(invitation)).text


# Who.


async def test_a_seat_at_one_case_of_the_meeting_joins_no_other(house, heikki, invitation, first, second):
    """Not even one that is in sight: Outi coordinates both."""
    await joined(await at_pages(house, "coordinator-2"), invitation, second, 404)
    for case in (second, "BCDF-2345", "?"):
        await joined(heikki, invitation, case, 404)
    await joined(heikki, invitation, f" {first.lower()} ")


async def test_each_sees_their_own_cases_in_the_order_of_the_agenda(heikki, jouni, invitation, first, second):
    for visitor, own in ((heikki, [first]), (jouni, [second, first])):
        text = (await visitor.get(invitation)).text
        assert re.findall(r'name="case" value="([\w-]+)"', text) == own


async def test_whoever_was_not_invited_has_no_invitation_not_even_who_called_the_meeting(house, invitation, first):
    for login in ("coordinator", "officer"):
        visitor = await at_pages(house, login)
        await visitor.get(invitation, 404)
        await visitor.post(f"{invitation}/answer", 404, answer="accepted")
        await joined(visitor, invitation, first, 404)
        assert says("invitations.none") in (await visitor.get("/invitations")).text


async def test_a_ticket_names_agency_and_title_and_nobody_and_lets_a_coordinator_moderate(
    house, heikki, invitation, first
):
    outi = await at_pages(house, "coordinator-2")
    holders = []
    for visitor in (heikki, outi):
        _, token = await joined(visitor, invitation, first)
        body = token.split(".")[1]
        holders.append(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["context"]["user"])
    assert [(holder["moderator"], holder["name"].rpartition(", ")[2]) for holder in holders] == [
        (False, "koulukuraattori"),
        (True, "MARAK-varakoordinaattori"),
    ]
    assert len({holder["id"] for holder in holders}) == 2
    assert not [name for name in ("Heikki", "Outi", first) if name in json.dumps(holders)]


async def test_when_seat_or_place_on_the_agenda_has_ended_the_room_is_shut(house, heikki, invitation, first):
    """The service by itself: here the grant lives on, which otherwise ends together with the seat."""
    for table in ("seat", "agenda_item"):
        await house.fetch(f"UPDATE {table} SET ended_at = NULL")
        room, token = await joined(heikki, invitation, first)
        await heikki.post(f"/rooms/{room}", token=token, promise=PROMISES)
        await heikki.get(f"/rooms/{room}")
        await house.fetch(f"UPDATE {table} SET ended_at = now()")
        await heikki.get(f"/rooms/{room}", 404)
        await heikki.post(f"/rooms/{room}", 404, token=token, promise=PROMISES)
        await heikki.post(f"/rooms/{room}/leave", 404)
        await joined(heikki, invitation, first, 404)
        assert first not in (await heikki.get(invitation)).text
        await house.fetch(f"UPDATE {table} SET ended_at = NULL")


# Inside.


async def test_a_ticket_opens_its_own_room_only(jouni, invitation, first, second):
    (room, token), (other, _) = await joined(jouni, invitation, first), await joined(jouni, invitation, second)
    assert room != other
    await jouni.post(f"/rooms/{other}", 404, token=token, promise=PROMISES)
    await jouni.post("/rooms/01a20000-0000-7000-8000-000000000000", 404, token=token)
    await jouni.post(f"/rooms/{room}", token=token, promise=PROMISES)


async def test_sec0015_a_ticket_opens_the_room_once(heikki, invitation, first):
    """Not again beside its holder, nor after they left, nor when a later one has been used.

    Finding SEC-0015: a ticket opened its room for as long as it was valid, also after its holder had left.
    """
    room, token = await joined(heikki, invitation, first)
    _, later = await joined(heikki, invitation, first)
    await heikki.post(f"/rooms/{room}", token=token, promise=PROMISES)
    assert says("room.ticket_used") in (await heikki.post(f"/rooms/{room}", 404, token=token, promise=PROMISES)).text
    await heikki.get(f"/rooms/{room}")
    await heikki.post(f"/rooms/{room}/leave")
    await heikki.post(f"/rooms/{room}", 404, token=token, promise=PROMISES)
    await heikki.get(f"/rooms/{room}", 404)
    await heikki.post(f"/rooms/{room}", token=later, promise=PROMISES)
    for used in (token, later):
        await heikki.post(f"/rooms/{room}", 404, token=used, promise=PROMISES)


async def test_a_ticket_of_two_minutes_ago_is_over(house, heikki, invitation, first):
    room, token = await joined(heikki, invitation, first)
    body = token.split(".")[1]
    user = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["context"]["user"]
    holder = RoomPass(user["id"], user["name"], user["moderator"])
    mint = house.runtime.tools.room_tokens.at_own_door().mint
    old = mint(room, holder, datetime.now(UTC) - timedelta(minutes=2))
    assert says("room.ticket_over") in (await heikki.post(f"/rooms/{room}", 404, token=old, promise=PROMISES)).text
    await heikki.post(f"/rooms/{room}", token=mint(room, holder, datetime.now(UTC)), promise=PROMISES)


async def test_those_inside_see_each_other_in_the_order_of_coming_and_nobody_of_another_room(
    heikki, jouni, invitation, first, second
):
    other = await inside(jouni, invitation, second)
    room = await inside(heikki, invitation, first)
    await jouni.get(f"/rooms/{room}", 404)
    assert [title for _, title in await present(heikki, room)] == ["koulukuraattori"]
    await inside(jouni, invitation, first)
    for visitor in (heikki, jouni):
        assert [title for _, title in await present(visitor, room)] == ["koulukuraattori", "komisario"]
    assert [title for _, title in await present(jouni, other)] == ["komisario"]


async def test_whoever_left_is_out_until_they_join_again(house, heikki, jouni, invitation, first):
    room, _ = await joined(heikki, invitation, first)
    await heikki.post(f"/rooms/{room}/leave")
    assert await house.fetch("SELECT FROM room_presence") == []
    for visitor in (jouni, heikki):
        await inside(visitor, invitation, first)
    await heikki.post(f"/rooms/{room}/leave")
    await heikki.get(f"/rooms/{room}", 404)
    assert [title for _, title in await present(jouni, room)] == ["komisario"]
    assert await inside(heikki, invitation, first) == room
    assert [title for _, title in await present(heikki, room)] == ["komisario", "koulukuraattori"]
    assert len(await house.fetch("SELECT FROM room_presence")) == 2


# The invitation.


async def test_an_answer_can_be_changed_and_nothing_else_is_one(house, heikki, invitation):
    for answer in ("accepted", "declined", "accepted"):
        await heikki.post(f"{invitation}/answer", answer=answer)
        assert says(f"invitation.answered.{answer}") in (await heikki.get(invitation)).text
    await heikki.post(f"{invitation}/answer", 422, answer="needs_action")
    await heikki.post(f"{invitation}/answer", 422)
    rows = await house.fetch("SELECT answer FROM invitation ORDER BY answer")
    assert [row["answer"] for row in rows] == ["accepted", "needs_action", "needs_action"]


async def test_ones_invitations_are_listed_the_next_first_and_without_meetings_that_are_over(
    house, heikki, invitation, stage
):
    coordinator = await house.person("coordinator")
    case = await house.submitted()
    sooner = await house.meeting(case, minutes=2)
    await house.seat(sooner, case, "Heikki")
    await coordinator.post(f"/meetings/{sooner}/opening", expect=200)

    async def listed():
        return re.findall(r'href="/meetings/([\w-]+)/invitation"', (await heikki.get("/invitations")).text)

    assert await listed() == [sooner, stage.called["meeting"]]
    await house.fetch("UPDATE meeting SET ends_at = now(), starts_at = now() WHERE reference = $1", sooner)
    assert await listed() == [stage.called["meeting"]]
    assert says("invitation.over") in (await heikki.get(f"/meetings/{sooner}/invitation")).text
