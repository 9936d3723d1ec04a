"""Forged, late and repeated forms on the pages of meetings: refused with a sentence, nothing half-saved."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from tests.kernel.test_row_security import secret_of
from tests.meetings.test_minutes import seen_on
from tests.pages import at_pages

from multiagency.meetings.forms import PROMISES


@pytest.fixture
async def opened(house):
    case = await house.submitted()
    return case, await house.opened(case, "Heikki", "Jouni"), await at_pages(house, "coordinator")


async def joined(visitor, meeting, case):
    """Press Join; return the room and the token that the page hands over in its form."""
    text = (await visitor.post(f"/meetings/{meeting}/invitation/join", 200, case=case)).text
    return re.search(r"/rooms/([0-9a-f-]+)", text)[1], re.search(r'name="token" value="([^"]+)"', text)[1]


async def test_a_forged_seat_of_an_unnamed_agency_seats_nobody(house, opened):
    case, meeting, coordinator = opened
    posts = [await house.post_of("Sanna"), await house.post_of("Tiina")]
    answer = await coordinator.post(f"/meetings/{meeting}/cases/{case}/seats", 422, post=posts)
    assert "Riekko" in answer.text
    assert len(await house.fetch("SELECT FROM seat")) == 2


@pytest.mark.parametrize("chosen", [[], ["x"], ["01a20000-0000-7000-8000-000000000000"]])
async def test_a_wrong_choice_of_people_is_said(house, opened, chosen):
    case, meeting, coordinator = opened
    answer = await coordinator.post(f"/meetings/{meeting}/cases/{case}/seats", 422, post=chosen)
    assert 'class="errors"' in answer.text


async def test_a_token_serves_its_own_seat_only(house, opened):
    case, meeting, _ = opened
    municipality, police = await at_pages(house, "municipality"), await at_pages(house, "police")
    room, token = await joined(municipality, meeting, case)
    await police.post(f"/rooms/{room}", 404, token=token, promise=PROMISES)
    await (await at_pages(house, "shelter")).post(f"/rooms/{room}", 404, token=token, promise=PROMISES)
    await municipality.post(f"/rooms/{room}", 404, token="rubbish", promise=PROMISES)
    await municipality.get(f"/rooms/{room}", 404)
    await municipality.post(f"/rooms/{room}", token=token, promise=PROMISES)
    assert "koulukuraattori" in (await municipality.get(f"/rooms/{room}")).text


async def test_the_token_never_stands_in_an_address(house, opened):
    case, meeting, _ = opened
    municipality = await at_pages(house, "municipality")
    room, token = await joined(municipality, meeting, case)
    answer = await municipality.post(f"/rooms/{room}", token=token, promise=PROMISES)
    assert token not in answer.headers["location"]
    assert "set-cookie" not in answer.headers


async def test_after_the_meeting_nobody_new_is_seated_or_invited(house, opened):
    case, meeting, coordinator = opened
    past = datetime.now(UTC) - timedelta(hours=2)
    await house.fetch("UPDATE meeting SET starts_at = $1, ends_at = $2", past, past + timedelta(hours=1))
    municipality = await at_pages(house, "municipality")
    await municipality.post(f"/meetings/{meeting}/invitation/answer", 422, answer="accepted")
    await municipality.post(f"/meetings/{meeting}/invitation/join", 422, case=case)
    await coordinator.post(f"/meetings/{meeting}/cases/{case}/seats", 422, post=[await house.post_of("Sanna")])
    await coordinator.post(f"/meetings/{meeting}/opening", 422)
    await house.seat(meeting, case, "Sanna", 409)
    await coordinator.post(f"/meetings/{meeting}/agenda", 422, case=await house.submitted())


async def test_the_longest_minutes_fit_on_a_page(house, opened):
    case, meeting, coordinator = opened
    await house.begin(meeting)
    path = f"/meetings/{meeting}/cases/{case}/minutes"
    await coordinator.post(path, text="ä" * 10_000, seen=await seen_on(coordinator, path))
    for shown in (f"/cases/{case}/minutes", path):
        assert len((await coordinator.get(shown)).content) < 30_000
    kept = await coordinator.post(path, 422, text="x" * 10_001, seen=await seen_on(coordinator, path))
    assert "x" * 10_001 in kept.text


async def test_other_roles_do_not_reach_the_pages(house, opened):
    _, meeting, coordinator = opened
    await (await at_pages(house, "police")).get(f"/meetings/{meeting}", 403)
    await (await at_pages(house, "auditor")).get("/meetings", 403)
    await coordinator.get("/audit", 403)
    await coordinator.get("/meetings/ZZZZ-2222", 404)
    await coordinator.get(f"/meetings/{meeting}/cases/ZZZZ-2222/seats", 404)


async def test_row_security_lets_nobody_put_a_colleague_out(house, opened):
    case, meeting, _ = opened
    for login in ("municipality", "police"):
        visitor = await at_pages(house, login)
        room, token = await joined(visitor, meeting, case)
        await visitor.post(f"/rooms/{room}", token=token, promise=PROMISES)
    async with house.as_role("app", await secret_of(house, "police")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM room_presence") == 2
        assert await connection.execute("UPDATE room_presence SET left_at = now()") == "UPDATE 1"
