"""A meeting is moved, cancelled or missed: calendars hear it once each, its cases go on, nothing of it revives."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

from multiagency.kernel.clock import to_helsinki
from multiagency.kernel.languages import Language
from multiagency.meetings.forms import PROMISES
from multiagency.web.texts import TEXTS

HEIKKI = "heikki.palojarvi@revontuli.example"


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


@pytest.fixture
def house(mailing_house):
    return mailing_house


def times(days=2, hours=1):
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    return {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=hours)).isoformat()}


def at_the_page(days=2, hours=1):
    starts = to_helsinki(datetime.now(UTC)) + timedelta(days=days)
    return {
        name: f"{moment:%Y-%m-%dT%H:%M}"
        for name, moment in (("starts_at", starts), ("ends_at", starts + timedelta(hours=hours)))
    }


async def opened(house):
    """Two cases; Heikki sits at both, Jouni at the second; the invitations have arrived."""
    first, second = await house.submitted(), await house.submitted()
    meeting = await house.meeting(first, second)
    for case, name in ((first, "Heikki"), (second, "Heikki"), (second, "Jouni")):
        await house.seat(meeting, case, name)
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    await house.deliver()
    return coordinator, meeting, first, second


def to(house, recipient):
    return [mail for mail in house.mails() if mail.recipient == recipient]


def refused_as(problem, key):
    return problem["type"].endswith(f":{key}")


# Moved.


async def test_everybody_invited_is_told_the_new_time_under_the_same_uid_and_asked_again(house):
    coordinator, meeting, first, _ = await opened(house)
    before, municipality = to(house, HEIKKI)[0], await house.person("municipality")
    await municipality.post(f"/invitations/{before.address}/answer", {"answer": "accepted"})
    wanted = times()
    await coordinator.post(f"/meetings/{meeting}/time", wanted | {"reason": "people_away"})
    await house.deliver()
    assert len(house.mails()) == 4
    after = to(house, HEIKKI)[-1]
    assert (after.method, after.uid, after.sequence) == ("REQUEST", before.uid, 1)
    raw = [mail for mail in house.sink.messages() if str(mail["To"]) == HEIKKI][-1]
    [calendar] = [part for part in raw.walk() if part.get_content_type() == "text/calendar"]
    sent = calendar.get_payload(decode=True).decode()
    assert f"DTSTART:{datetime.fromisoformat(wanted['starts_at']):%Y%m%dT%H%M%SZ}" in sent
    assert "PARTSTAT=NEEDS-ACTION" in sent.replace("\r\n ", "")
    found = await coordinator.get(f"/meetings/{meeting}")
    assert {row["answer"] for row in found["invitations"]} == {"needs_action"}
    assert (found["state"], found["reason"]) == ("open", "people_away")
    assert (await municipality.get(f"/invitations/{before.address}"))["reference"] == meeting
    assert (await municipality.get(f"/invitations/{after.address}"))["starts_at"] == found["starts_at"]
    await municipality.get(f"/cases/{first}")


async def test_a_meeting_that_nobody_was_invited_to_moves_without_a_mail(house):
    coordinator, case = await house.person("coordinator"), await house.submitted()
    meeting = await house.meeting(case)
    await house.seat(meeting, case, "Heikki")
    await coordinator.post(f"/meetings/{meeting}/time", times())
    await house.deliver()
    assert house.mails() == []
    assert (await coordinator.get(f"/meetings/{meeting}"))["state"] == "planned"


async def test_the_reason_is_for_coordinators_and_goes_into_no_mail(house):
    coordinator, meeting, *_ = await opened(house)
    await coordinator.post(f"/meetings/{meeting}/time", times() | {"reason": "convener_away"})
    await coordinator.post(f"/meetings/{meeting}/time", times() | {"reason": "Aili on sairaalassa"}, 422)
    await house.deliver()
    reason = says("meetings.reasons.convener_away")
    assert reason in (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}")).text
    for message in house.sink.messages():
        texts = b"".join(part.get_payload(decode=True) or b"" for part in message.walk() if not part.is_multipart())
        assert reason.encode() not in texts
        assert b"convener_away" not in texts


# Cancelled.


async def test_a_cancelled_meeting_leaves_each_calendar_once_and_its_cases_go_to_another(house):
    coordinator, meeting, first, second = await opened(house)
    before = to(house, HEIKKI)[0]
    await coordinator.post(f"/meetings/{meeting}/cancellation", {"reason": "fault"})
    await house.deliver()
    assert [(mail.method, mail.sequence) for mail in to(house, HEIKKI)] == [("REQUEST", 0), ("CANCEL", 1)]
    assert to(house, HEIKKI)[-1].uid == before.uid
    assert len(house.mails()) == 4
    for login, case in (("municipality", first), ("municipality", second), ("police", second)):
        await (await house.person(login)).get(f"/cases/{case}", 404)
    assert [(await coordinator.get(f"/cases/{case}"))["stage"] for case in (first, second)] == ["submitted"] * 2
    found = await coordinator.get(f"/meetings/{meeting}")
    assert (found["state"], found["agenda"]) == ("cancelled", [])
    assert {row["because"] for row in found["off_agenda"]} == {"cancelled"}
    other = await house.meeting(first, second)
    assert len((await coordinator.get(f"/meetings/{other}"))["agenda"]) == 2


async def test_nothing_of_a_cancelled_meeting_revives(house):
    coordinator, meeting, first, _ = await opened(house)
    address, municipality = to(house, HEIKKI)[0].address, await house.person("municipality")
    ticket = await municipality.post(f"/invitations/{address}/join", {"case": first}, 200)
    await coordinator.post(f"/meetings/{meeting}/cancellation", {})
    for path, body in (
        ("agenda", {"case": first}),
        ("seats", {"case": first, "post": await house.post_of("Heikki")}),
        ("opening", None),
        ("time", times()),
        ("cancellation", {}),
        ("not-held", {}),
        ("minutes", {"case": first, "text": "x"}),
    ):
        await coordinator.post(f"/meetings/{meeting}/{path}", body, 409)
    await municipality.get(f"/invitations/{address}", 404)
    await municipality.post(f"/rooms/{ticket['room']}", {"token": ticket["token"], "promise": PROMISES}, 404)
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        assert await connection.execute("UPDATE meeting SET state = 'open' WHERE state = 'cancelled'") == "UPDATE 0"
    assert (await coordinator.get(f"/meetings/{meeting}"))["state"] == "cancelled"


async def test_a_case_that_is_kept_from_the_canceller_is_taken_off_by_another_coordinator(house):
    coordinator, meeting, first, second = await opened(house)
    bar = {"post": await house.post_of("Outi"), "reason": "conflict_of_interest"}
    await coordinator.post(f"/cases/{first}/bars", bar)
    await (await house.person("coordinator-2")).post(f"/meetings/{meeting}/cancellation", {})
    assert [(await coordinator.get(f"/cases/{case}"))["stage"] for case in (first, second)] == [
        "on_agenda",
        "submitted",
    ]
    await coordinator.post(f"/meetings/{meeting}/agenda/removal", {"case": first, "because": "removed"})
    assert (await coordinator.get(f"/cases/{first}"))["stage"] == "submitted"
    await (await house.person("municipality")).get(f"/cases/{first}", 404)


# Missed.


async def test_a_meeting_that_was_not_held_is_recorded_so_once_it_should_have_begun(house):
    coordinator, meeting, first, second = await opened(house)
    assert refused_as(await coordinator.post(f"/meetings/{meeting}/not-held", {}, 409), "meeting.not_missed_yet")
    await house.fetch("UPDATE meeting SET starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'")
    for path, body in (("time", times()), ("cancellation", {})):
        assert refused_as(await coordinator.post(f"/meetings/{meeting}/{path}", body, 409), "meeting.is_over")
    await coordinator.post(f"/meetings/{meeting}/not-held", {"reason": "people_away"})
    await house.deliver()
    assert len(house.mails()) == 2, "its time is over: no calendar is told"
    assert (await coordinator.get(f"/meetings/{meeting}"))["state"] == "not_held"
    await (await house.person("municipality")).get(f"/cases/{first}", 404)
    await house.meeting(first, second)


async def test_while_its_time_lasts_calendars_hear_that_a_meeting_was_not_held(house):
    coordinator, meeting, *_ = await opened(house)
    await house.begin(meeting)
    await coordinator.post(f"/meetings/{meeting}/not-held", {})
    await house.deliver()
    assert [mail.method for mail in to(house, HEIKKI)] == ["REQUEST", "CANCEL"]


async def test_a_meeting_with_minutes_was_held_and_is_not_moved_cancelled_or_missed(house):
    coordinator, meeting, first, second = await opened(house)
    await house.draft_minutes(meeting, first)
    for path, body in (("time", times()), ("cancellation", {}), ("not-held", {})):
        assert refused_as(await coordinator.post(f"/meetings/{meeting}/{path}", body, 409), "meeting.has_been_held")
    await coordinator.post(f"/meetings/{meeting}/agenda/removal", {"case": second, "because": "not_held"})
    assert (await coordinator.get(f"/cases/{second}"))["stage"] == "submitted"


# Limits.


async def set_number(house, name, value):
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, team_id, value, valid_from) "
        "SELECT gen_random_uuid(), 'marak', $1, id, $2, now() FROM team",
        name,
        value,
    )


async def test_a_meeting_has_a_longest_length_and_a_furthest_day_which_the_team_may_change(house):
    coordinator = await house.person("coordinator")
    meeting, team = await house.meeting(), {"team": await house.team()}

    async def wrong(wanted):
        called = await coordinator.post("/meetings", team | wanted, 422)
        assert called == await coordinator.post(f"/meetings/{meeting}/time", wanted, 422)
        [error] = called["errors"]
        return error["field"], error["message"]

    assert await wrong(times(hours=13)) == ("ends_at", "A meeting can last 12 hours at most.")
    assert await wrong(times(days=2 * 366)) == ("starts_at", "A meeting can be called 2 years ahead at most.")
    assert (await wrong(times(days=-5)))[0] == "starts_at"
    assert (await wrong(times(hours=-1)))[0] == "ends_at"
    await coordinator.post("/meetings", team | times(days=728, hours=12), 201)
    await set_number(house, "longest_meeting_hours", 2)
    await set_number(house, "meeting_ahead_years", 1)
    assert await wrong(times(hours=3)) == ("ends_at", "A meeting can last 2 hours at most.")
    assert await wrong(times(days=367)) == ("starts_at", "A meeting can be called 1 years ahead at most.")


# The pages.


async def test_a_coordinator_clicks_through_moving_and_cancelling(house):
    _, meeting, *_ = await opened(house)
    pages, here = await at_pages(house, "coordinator"), f"/meetings/{meeting}"
    shown = (await pages.get(here)).text
    assert [f'href="{here}/{way}"' in shown for way in ("time", "cancellation", "not-held")] == [True, True, False]
    asked = (await pages.get(f"{here}/time")).text
    assert says("moving.told") in asked
    assert "Heikki" in asked
    kept = (await pages.post(f"{here}/time", 422, **at_the_page(hours=20))).text
    assert says("meeting.too_long", hours=12) in kept
    assert f'value="{at_the_page(hours=20)["starts_at"][:10]}' in kept
    await pages.post(f"{here}/time", **at_the_page(), reason="other")
    assert says("done.meeting_moved") in (await pages.get(here)).text
    assert says("removal.many", number=2) in (await pages.get(f"{here}/cancellation")).text
    await pages.post(f"{here}/cancellation")
    shown = (await pages.get(here)).text
    assert says("meetings.state_name.cancelled") in shown
    assert not [way for way in ("time", "cancellation", "not-held") if f'href="{here}/{way}"' in shown]
    assert says("meeting.was_cancelled") in (await pages.post(f"{here}/cancellation", 422)).text
    assert says("meetings.state_name.cancelled") in (await pages.get("/meetings")).text


async def test_a_coordinator_clicks_through_a_meeting_that_was_not_held(house):
    _, meeting, *_ = await opened(house)
    pages, here = await at_pages(house, "coordinator"), f"/meetings/{meeting}"
    await house.fetch("UPDATE meeting SET starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'")
    shown = (await pages.get(here)).text
    assert says("meetings.state_name.over") in shown
    assert [f'href="{here}/{way}"' in shown for way in ("time", "cancellation", "not-held")] == [False, False, True]
    assert says("moving.over") in (await pages.get(f"{here}/time")).text
    await pages.get(f"{here}/not-held")
    await pages.post(f"{here}/not-held", reason="fault")
    assert says("meetings.state_name.not_held") in (await pages.get(here)).text


async def test_a_meeting_whose_invitations_never_left_is_not_called_held(house):
    case = await house.submitted()
    meeting = await house.meeting(case)
    await house.fetch("UPDATE meeting SET starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'")
    pages = await at_pages(house, "coordinator")
    for path in ("/meetings", f"/meetings/{meeting}"):
        assert says("meetings.state_name.never_opened") in (await pages.get(path)).text
    text = (await pages.get(f"/meetings/{meeting}")).text
    assert says("meeting_page.step.put_elsewhere") in text
    assert f"/cases/{case}/minutes" not in text
    assert f'href="/meetings/{meeting}/cases/{case}/removal"' in text
