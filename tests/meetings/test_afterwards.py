"""A meeting that was held before it was recorded: entered within days, marked so, and nobody is invited to it."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.pages import at_pages

from multiagency.kernel.clock import to_helsinki
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


@pytest.fixture
def house(mailing_house):
    return mailing_house


def ago(hours, length=1):
    starts = datetime.now(UTC) - timedelta(hours=hours)
    return {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=length)).isoformat()}


async def enter(house, expect=201, hours=10, **changes):
    body = {"team": await house.team(), "recorded": True} | ago(hours) | changes
    return await (await house.person("coordinator")).post("/meetings", body, expect)


def fields(problem):
    return {error["field"]: error["message"] for error in problem["errors"]}


async def test_last_nights_meeting_is_entered_with_who_was_there_and_what_was_agreed(house):
    coordinator, case = await house.person("coordinator"), await house.submitted()
    entered = await enter(house)
    assert entered["state"] == "recorded"
    meeting = entered["reference"]
    await coordinator.post(f"/meetings/{meeting}/agenda", {"case": case})
    await house.seat(meeting, case, "Heikki")
    await house.seat(meeting, case, "Tiina", 409)  # the consent does not name the shelter
    await coordinator.post(f"/meetings/{meeting}/opening", expect=409)
    await house.deliver()
    assert house.mails() == []
    assert await house.fetch("SELECT FROM invitation") == []
    await (await house.person("municipality")).get(f"/cases/{case}")
    await house.minutes(meeting, case)
    assert (await coordinator.get(f"/cases/{case}"))["stage"] == "in_follow_up"
    await house.seat(meeting, case, "Jouni", 409)
    for path in ("time", "not-held"):
        await coordinator.post(f"/meetings/{meeting}/{path}", ago(-2) if path == "time" else {}, 409)


async def test_only_what_is_over_and_not_long_ago_is_entered(house):
    assert fields(await enter(house, 422, hours=73)) == {
        "starts_at": "A meeting that has been held can be entered within 3 days."
    }
    assert set(fields(await enter(house, 422, hours=0.5))) == {"ends_at"}
    assert set(fields(await enter(house, 422, hours=20, ends_at=datetime.now(UTC).isoformat()))) == {"ends_at"}
    await enter(house, hours=71)
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, value, valid_from) "
        "VALUES (gen_random_uuid(), 'marak', 'recorded_afterwards_days', 1, now())"
    )
    assert "within 1 days" in fields(await enter(house, 422, hours=30))["starts_at"]
    assert "within 1 days" in fields(await enter(house, 422, hours=10, recorded=False))["starts_at"]


async def test_one_that_was_entered_by_mistake_is_cancelled(house):
    coordinator, case = await house.person("coordinator"), await house.submitted()
    meeting = (await enter(house))["reference"]
    await coordinator.post(f"/meetings/{meeting}/agenda", {"case": case})
    await coordinator.post(f"/meetings/{meeting}/cancellation", {})
    assert (await coordinator.get(f"/cases/{case}"))["stage"] == "submitted"


async def test_a_coordinator_enters_it_at_the_pages(house):
    case, pages = await house.submitted(), await at_pages(house, "coordinator")
    assert 'href="/meetings/afterwards"' in (await pages.get("/meetings")).text
    assert says("meetings.afterwards.lead") in (await pages.get("/meetings/afterwards")).text
    starts = to_helsinki(datetime.now(UTC)) - timedelta(hours=10)
    form = {"team": await house.team(), "starts_at": f"{starts:%Y-%m-%dT%H:%M}"}
    long = await pages.post(
        "/meetings/afterwards", 422, **form, ends_at=f"{starts + timedelta(hours=11):%Y-%m-%dT%H:%M}"
    )
    assert says("meeting.not_over_yet") in long.text
    assert says("meetings.afterwards.title") in long.text
    answer = await pages.post("/meetings/afterwards", **form, ends_at=f"{starts + timedelta(hours=1):%Y-%m-%dT%H:%M}")
    here = answer.headers["location"]
    await pages.post(f"{here}/agenda", case=case)
    assert says("seats.recorded_note") in (await pages.get(f"{here}/cases/{case}/seats")).text
    await pages.post(f"{here}/cases/{case}/seats", post=[await house.post_of("Heikki")])
    text = (await pages.get(here)).text
    assert says("meeting_page.recorded") in text
    assert says("meetings.state_name.recorded") in text
    assert says("meeting_page.step.record") in text
    assert f"<h2>{says('meeting_page.invitations')}</h2>" not in text
    assert f'href="{here}/opening"' not in text
    assert says("meetings.state_name.recorded") in (await pages.get("/meetings")).text
    await pages.post(f"{here}/cases/{case}/minutes/approval", text="Sovittiin.")
