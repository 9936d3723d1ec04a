"""The client takes part in their own case only, when the team lets them and they agreed to it, and never alone."""

import re

import pytest
from asyncpg import InsufficientPrivilegeError
from tests.kernel.test_row_security import secret_of
from tests.meetings import inside as stories
from tests.meetings.inside import inside, joined
from tests.pages import at_pages

from multiagency.kernel.languages import Language
from multiagency.meetings.forms import BESIDE_CLIENT, INTERPRETING, PROMISES
from multiagency.web.texts import TEXTS

LOGINS = stories.LOGINS
_LETTING = (
    "INSERT INTO dated_parameter (id, pathway, name, team_id, value, valid_from) "
    "SELECT gen_random_uuid(), 'marak', 'client_takes_part_remotely', id, 1, now() - interval '1 day' FROM team"
)


async def begun(house):
    """The team lets clients take part, so consent is asked on the text that says so."""
    await house.fetch(_LETTING)
    return await stories.begun(house)


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


@pytest.fixture
def house(staged_house):
    return staged_house


@pytest.fixture
async def jouni(house):
    return await at_pages(house, "police")


@pytest.fixture
async def heikki(house):
    return await at_pages(house, "municipality")


@pytest.fixture
async def leading(house):
    return await at_pages(house, "coordinator")


@pytest.fixture
async def arranged(house, coordinator, meeting, first):
    async def arrange(name="Jouni", expect=204, case=first, **more):
        body = {"case": case, "beside": await house.post_of(name)} | more
        return await coordinator.post(f"/meetings/{meeting}/client", body, expect)

    return arrange


async def test_it_is_off_by_default(house, arranged, leading, meeting, first):
    await house.fetch("DELETE FROM dated_parameter WHERE name = 'client_takes_part_remotely'")
    assert (await arranged(expect=409))["type"].endswith("beside.off")
    assert says("beside.title") not in (await leading.get(f"/meetings/{meeting}/cases/{first}/seats")).text


@pytest.mark.parametrize(
    "wrong",
    ["text_version = '2'", "state = 'refused'", "capacity = 'guardian', giver_id = (SELECT id FROM party LIMIT 1)"],
)
async def test_only_the_clients_own_yes_to_the_text_that_says_so_counts(
    house, arranged, leading, meeting, first, wrong
):
    here = f"/meetings/{meeting}/cases/{first}/seats"
    assert says("beside.lead") in (await leading.get(here)).text
    await house.fetch(f"UPDATE consent SET {wrong}")
    assert (await arranged(expect=409))["type"].endswith("beside.not_agreed")
    text = (await leading.get(here)).text
    assert says("beside.not_agreed") in text
    assert says("beside.lead") not in text
    assert await house.fetch("SELECT FROM client_beside") == []


async def test_it_is_beside_somebody_who_sits_at_that_case(house, arranged, second):
    assert (await arranged("Heikki", 422, case=second))["errors"][0]["field"] == "beside"
    await arranged("Sanna", 422)
    await arranged("Jouni")
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        anywhere = (
            "INSERT INTO client_beside (id, case_id, controller_id, retention_class, agenda_item_id, seat_id, "
            "arranged_by_id, arranged_at) SELECT gen_random_uuid(), a.case_id, a.controller_id, a.retention_class, "
            "a.id, s.id, (SELECT current_post()), now() FROM agenda_item a, seat s "
            "WHERE s.agenda_item_id <> a.id LIMIT 1"
        )
        with pytest.raises(InsufficientPrivilegeError):
            await connection.execute(anywhere)


async def test_the_screen_beside_the_client_shows_that_case_alone_and_others_know(
    arranged, heikki, jouni, meeting, first, second
):
    await arranged()
    text = (await jouni.post(f"/meetings/{meeting}/invitation/join", 200, case=first)).text
    assert says("room.client_beside") in text
    assert says("room.promise.1.with_client") in text
    for untrue in ("own_room", "nobody_hears", "headphones"):
        assert says(f"room.promise.1.{untrue}") not in text
    room, token = await joined(jouni, meeting, first)
    await jouni.post(f"/rooms/{room}", 422, token=token, promise=PROMISES)
    await jouni.post(f"/rooms/{room}", token=token, promise=BESIDE_CLIENT)
    beside_client = (await jouni.get(f"/rooms/{room}")).text
    main = beside_client[beside_client.index("<main") :]
    assert re.findall(r'href="([^"]*)"', main) == [f"/rooms/{room}"]
    for elsewhere in ("/cases/", "/invitations", "<nav", second):
        assert elsewhere not in beside_client
    assert says("room.client_here") in beside_client
    await inside(heikki, meeting, first)
    others = (await heikki.get(f"/rooms/{room}")).text
    assert "Asiakas on mukana. Hänen vierellään: " in others
    assert "komisario" in re.search(r"Hänen vierellään: [^<]*", others)[0]


async def test_no_other_room_opens_while_the_client_sits_there(arranged, jouni, meeting, first, second):
    await arranged()
    room, token = await joined(jouni, meeting, first)
    await jouni.post(f"/rooms/{room}", token=token, promise="all")
    other, token = await joined(jouni, meeting, second)
    said = await jouni.post(f"/rooms/{other}", 422, token=token, promise=PROMISES)
    assert says("beside.leave_first") in said.text
    await jouni.post(f"/rooms/{room}/leave")
    await jouni.post(f"/rooms/{other}", token=token, promise=PROMISES)


async def test_it_ends_with_the_seat_with_the_word_of_who_leads_and_with_another_name(
    house, arranged, coordinator, heikki, meeting, first
):
    room = await inside(heikki, meeting, first)

    async def is_there():
        return "Asiakas on mukana" in (await heikki.get(f"/rooms/{room}")).text

    await arranged()
    assert await is_there()
    await arranged("Outi")
    assert (
        "MARAK-varakoordinaattori" in re.search("Hänen vierellään: [^<]*", (await heikki.get(f"/rooms/{room}")).text)[0]
    )
    await coordinator.post(f"/meetings/{meeting}/client/ending", {"case": first})
    assert not await is_there()
    await coordinator.post(f"/meetings/{meeting}/client/ending", {"case": first}, 409)
    await arranged()
    await coordinator.post(f"/meetings/{meeting}/seats/removal", {"case": first, "post": await house.post_of("Jouni")})
    assert not await is_there()


async def test_an_interpreter_sits_there_is_asked_about_and_promises_one_thing_more(
    house, arranged, heikki, jouni, meeting, first
):
    interpreter = await house.post_of("Heikki")
    assert (await arranged(expect=422, interpreter=interpreter))["errors"][0]["field"] == "checked"
    for nobody in ("Sanna", "Jouni"):
        wrong = await arranged(expect=422, interpreter=await house.post_of(nobody), checked=True)
        assert wrong["errors"][0]["field"] == "interpreter"
    await inside(heikki, meeting, first)
    await arranged(interpreter=interpreter, checked=True)
    room, token = await joined(heikki, meeting, first)
    said = await heikki.post(f"/rooms/{room}", 422, token=token, promise=PROMISES)
    assert says("room.promise.1.interpreting") in said.text
    assert says("room.promise.1.secrecy") not in said.text
    await heikki.post(f"/rooms/{room}", token=token, promise=INTERPRETING)
    rows = await house.fetch("SELECT wording FROM room_promise ORDER BY wording")
    assert [row["wording"] for row in rows] == ["1", "interpreter-1"]
    _, again = await joined(heikki, meeting, first)
    await heikki.post(f"/rooms/{room}", token=again)
    text = (await jouni.post(f"/meetings/{meeting}/invitation/join", 200, case=first)).text
    assert says("room.promise.1.interpreting") not in text


async def test_a_bar_keeps_an_interpreter_from_the_table(house, arranged, coordinator, meeting, first):
    heikki = await house.post_of("Heikki")
    await coordinator.post(f"/cases/{first}/bars", {"post": heikki, "reason": "conflict_of_interest"})
    assert (await arranged(expect=422, interpreter=heikki, checked=True))["errors"][0]["field"] == "interpreter"
    await house.seat(meeting, first, "Heikki", 422)


async def test_nobody_but_who_leads_arranges_it(house, jouni, meeting, first):
    post = await house.post_of("Jouni")
    await jouni.post(f"/meetings/{meeting}/cases/{first}/client", 403, beside=post)
    await jouni.post(f"/meetings/{meeting}/cases/{first}/client/ending", 403)


async def test_at_the_pages_it_is_arranged_and_ended(house, leading, meeting, first):
    here = f"/meetings/{meeting}/cases/{first}"
    assert (await leading.post(f"{here}/client", 422)).text
    await leading.post(f"{here}/client", beside=await house.post_of("Jouni"))
    assert "Hänen vierellään: " in (await leading.get(f"{here}/seats")).text
    await leading.post(f"{here}/client/ending")
    assert says("beside.lead") in (await leading.get(f"{here}/seats")).text
    assert says("beside.not_arranged") in (await leading.post(f"{here}/client/ending", 422)).text
