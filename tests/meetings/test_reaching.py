"""Whose seat it is to reach the client sees how, at that seat, until the meeting is over or the seat ends."""

from datetime import datetime

import pytest
from tests.kernel.test_row_security import secret_of
from tests.meetings.test_moving import times
from tests.pages import at_pages
from tests.safeguards.test_protection import protect

from multiagency.demo import story
from multiagency.kernel.clock import HELSINKI
from multiagency.kernel.languages import Language
from multiagency.meetings.jobs import end_seats_of_the_gone
from multiagency.web.texts import TEXTS

LOGINS = ("coordinator", "coordinator-2", "municipality", "police", "officer", "auditor")
RULE, NUMBER = story.SAFE_CONTACT["do_not_talk_to"], story.SAFE_CONTACT["phone"]


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


async def seat(house, meeting, case, name, expect=204, **more):
    body = {"case": case, "post": await house.post_of(name)} | more
    return await (await house.person("coordinator")).post(f"/meetings/{meeting}/seats", body, expect)


async def begun(house):
    """Heikki is to reach the client before the meeting; Jouni takes part in it as everybody does."""
    case = await house.submitted()
    meeting = await house.meeting(case, minutes=12)
    await seat(house, meeting, case, "Heikki", reaches_client=True)
    await seat(house, meeting, case, "Jouni")
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    return {"first": case, "meeting": meeting}


@pytest.fixture
def house(staged_house):
    return staged_house


async def at_the_seat(house, meeting, case, login="municipality", expect=200):
    pages = await at_pages(house, login)
    return (await pages.get(f"/meetings/{meeting}/invitation/cases/{case}", expect)).text


async def shown(house, login="municipality"):
    """How many contacts the database shows to this person's own session."""
    async with house.as_role("app", await secret_of(house, login)) as connection:
        return await connection.fetchval("SELECT count(*) FROM safe_contact")


async def living(house):
    query = "SELECT g.valid_to FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL"
    return await house.fetch(f"{query} WHERE occasion = 'reaching' AND g.ended_at IS NULL AND g.valid_to > now()")


async def test_the_rules_stand_at_the_seat_of_who_reaches_the_client_and_at_no_other(house, first, meeting):
    page = await at_the_seat(house, meeting, first)
    assert RULE in page
    assert NUMBER in page
    listed = (await (await at_pages(house, "municipality")).get(f"/meetings/{meeting}/invitation")).text
    assert f"/meetings/{meeting}/invitation/cases/{first}" in listed
    assert NUMBER not in listed
    other = await at_the_seat(house, meeting, first, "police")
    assert says("seat.no_task") in other
    assert NUMBER not in other
    assert await shown(house) == 1
    assert await shown(house, "police") == 0
    for page in (f"/meetings/{meeting}/invitation", f"/cases/{first}"):
        assert NUMBER not in (await (await at_pages(house, "police")).get(page)).text


async def test_without_a_seat_there_is_no_such_page(house, first, meeting):
    for login in ("coordinator", "officer"):
        await at_the_seat(house, meeting, first, login, 404)
    await at_the_seat(house, meeting, "2222-2222", expect=404)


async def test_a_seat_at_another_case_of_the_meeting_is_no_seat_at_this_one(house, first, meeting):
    coordinator, second = await house.person("coordinator"), await house.submitted()
    await coordinator.post(f"/meetings/{meeting}/agenda", {"case": second})
    await seat(house, meeting, second, "Elina", reaches_client=True)
    assert RULE in await at_the_seat(house, meeting, second, "officer")
    await at_the_seat(house, meeting, first, "officer", 404)


async def test_every_look_at_the_rules_is_logged_with_what_it_rests_on(house, first, meeting):
    auditor = await house.person("auditor")

    async def looks():
        entries = [entry for entry in await auditor.get("/audit/entries") if "contact" in entry["body"]["kinds"]]
        return [e["detail"]["basis"] for e in entries if e["detail"]["actor"]["name"].startswith("Heikki")]

    await (await at_pages(house, "municipality")).get(f"/meetings/{meeting}/invitation")
    assert await looks() == ["consent"]  # the list says whether now is a safe time
    await at_the_seat(house, meeting, first)
    assert await looks() == ["consent"] * 2
    await (await at_pages(house, "police")).get(f"/meetings/{meeting}/invitation")
    await at_the_seat(house, meeting, first, "police")
    entries = [entry for entry in await auditor.get("/audit/entries") if "contact" in entry["body"]["kinds"]]
    assert not [entry for entry in entries if entry["detail"]["actor"]["name"].startswith("Jouni")]


async def test_one_s_own_seats_say_no_more_than_whether_now_is_a_safe_time(house, first, meeting, monkeypatch):
    safe, unsafe = (datetime(2026, 11, 30, hour, tzinfo=HELSINKI) for hour in (10, 20))
    for moment, said in ((safe, "yes"), (unsafe, "no")):
        monkeypatch.setattr("multiagency.cases.reading_hours.now", lambda moment=moment: moment)
        page = (await (await at_pages(house, "municipality")).get(f"/meetings/{meeting}/invitation")).text
        assert says(f"contact.now.{said}") in page
        assert not [text for text in (RULE, NUMBER, story.SAFE_CONTACT["when_to_call"], "09:00") if text in page]
        other = (await (await at_pages(house, "police")).get(f"/meetings/{meeting}/invitation")).text
        assert not [word for word in ("yes", "no", "not_said") if says(f"contact.now.{word}") in other]


async def _declines(house, case, meeting):
    await (await at_pages(house, "municipality")).post(f"/meetings/{meeting}/invitation/answer", answer="declined")


async def _taken_back(house, case, meeting):
    body = {"case": case, "post": await house.post_of("Heikki")}
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/seats/removal", body)


async def _off_the_agenda(house, case, meeting):
    body = {"case": case, "because": "removed"}
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/agenda/removal", body)


async def _withdrawn(house, case, meeting):
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")


async def _asked_again(house, case, meeting):
    await (await house.person("officer")).post(f"/cases/{case}/consent", await house.consent_body())


async def _barred(house, case, meeting):
    body = {"post": await house.post_of("Heikki"), "reason": "conflict_of_interest"}
    await (await house.person("officer")).post(f"/cases/{case}/bars", body)


async def _cancelled(house, case, meeting):
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/cancellation", {})


async def _post_over(house, case, meeting):
    over = "UPDATE post SET valid_to = now() - interval '1 second' WHERE id = $1::uuid"
    await house.fetch(over, await house.post_of("Heikki"))
    assert await end_seats_of_the_gone(house.runtime, await house.service()) == 1
    await house.fetch("UPDATE post SET valid_to = NULL WHERE id = $1::uuid", await house.post_of("Heikki"))


ENDS = (_declines, _taken_back, _off_the_agenda, _withdrawn, _asked_again, _barred, _cancelled, _post_over)


@pytest.mark.parametrize("ends", ENDS, ids=lambda ends: ends.__name__.strip("_"))
async def test_it_is_gone_when_the_seat_is(house, first, meeting, ends):
    assert await shown(house) == 1
    await ends(house, first, meeting)
    assert await shown(house) == 0
    assert await living(house) == []
    await at_the_seat(house, meeting, first, expect=404)


async def test_it_is_gone_when_the_meeting_is_over_though_the_seat_lives(house, first, meeting):
    back = "UPDATE {} SET {} = {} - interval '2 hours', {} = {} - interval '2 hours'"
    await house.fetch(back.format("meeting", *("starts_at",) * 2, *("ends_at",) * 2))
    await house.fetch(back.format("access_grant", *("valid_from",) * 2, *("valid_to",) * 2))
    assert says("seat.no_task") in await at_the_seat(house, meeting, first)
    assert await shown(house) == 0


@pytest.mark.parametrize("kept_from", [None, "coordinator"])
async def test_it_follows_the_meeting_also_where_the_case_is_kept_from_who_moves_it(house, first, meeting, kept_from):
    coordinator = await house.person("coordinator")
    if kept_from:
        body = {"post": await house.post_of("Paula"), "reason": "conflict_of_interest"}
        await (await house.person("coordinator-2")).post(f"/cases/{first}/bars", body)
    moved = times(days=3)
    await coordinator.post(f"/meetings/{meeting}/time", moved)
    assert [row["valid_to"].isoformat() for row in await living(house)] == [moved["ends_at"]]
    assert RULE in await at_the_seat(house, meeting, first)
    await coordinator.post(f"/meetings/{meeting}/cancellation", {})
    assert await living(house) == []
    assert await shown(house) == 0


async def test_nobody_else_lets_it_last(house, meeting):
    [before] = await living(house)
    await house.fetch("UPDATE meeting SET ends_at = ends_at + interval '1 day'")
    for login in ("municipality", "officer", "police"):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert await connection.fetch("SELECT end_reaching_with(id) FROM meeting") == []
    assert await living(house) == [before]


async def test_a_protected_address_is_for_cleared_posts_and_others_are_told_through_whom(house, first, meeting):
    await protect(house, first)
    page = await at_the_seat(house, meeting, first)
    assert "Elina Suopunki" in page
    assert RULE not in page
    assert await shown(house) == 0
    body = {"post": await house.post_of("Heikki")}
    await (await house.person("officer")).post(f"/cases/{first}/protection/clearances", body)
    assert RULE in await at_the_seat(house, meeting, first)


async def test_where_the_consent_does_not_cover_it_the_seat_says_through_whom(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    await officer.post(f"/cases/{case}/consent", await house.consent_body() | {"kinds": ["identity"]})
    await officer.post(f"/cases/{case}/submission")
    meeting = await house.meeting(case)
    await seat(house, meeting, case, "Heikki", reaches_client=True)
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    page = await at_the_seat(house, meeting, case)
    assert "Elina Suopunki" in page
    assert NUMBER not in page
    assert len(await living(house)) == 1  # the first case's


async def test_only_who_is_given_a_seat_can_be_the_one_and_the_page_keeps_what_was_ticked(house, first, meeting):
    pages = await at_pages(house, "coordinator")
    path = f"/meetings/{meeting}/cases/{first}/seats"
    sanna, maria = await house.post_of("Sanna"), await house.post_of("Marja")
    wrong = await pages.post(path, 422, post=sanna, reaching=maria)
    assert says("seats.reaching_not_chosen") in wrong.text
    assert wrong.text.count(" checked") == 2
    await pages.post(path, post=[sanna, maria], reaching=sanna)
    view = (await (await house.person("coordinator")).get(f"/meetings/{meeting}"))["agenda"][0]
    assert {row["name"].split()[0] for row in view["seats"] if row["reaches_client"]} == {"Heikki", "Sanna"}
    for name in ("Heikki", "Sanna"):
        assert says("seats.reaches_client", name=name) in (await pages.get(path)).text


async def test_nobody_reaches_a_client_for_a_meeting_that_has_been_held(house, first):
    coordinator = await house.person("coordinator")
    body = {"team": await house.team(), **times(days=-1), "recorded": True}
    held = (await coordinator.post("/meetings", body, 201))["reference"]
    case = await house.submitted()
    await coordinator.post(f"/meetings/{held}/agenda", {"case": case})
    wrong = await seat(house, held, case, "Heikki", 422, reaches_client=True)
    assert [error["field"] for error in wrong["errors"]] == ["reaching"]
    page = await (await at_pages(house, "coordinator")).get(f"/meetings/{held}/cases/{case}/seats")
    assert 'name="reaching"' not in page.text


async def test_the_private_address_leads_a_program_to_the_same(mailing_house):
    house = mailing_house
    called = await begun(house)
    await house.deliver()
    addresses = {mail.recipient.split(".")[0]: mail.address for mail in house.mails() if mail}
    heikki, jouni = addresses["heikki"], addresses["jouni"]
    path = f"cases/{called['first']}/contact"
    rules = (await (await house.person("municipality")).get(f"/invitations/{heikki}/{path}"))["rules"]
    assert rules["do_not_talk_to"] == RULE
    assert await (await house.person("police")).get(f"/invitations/{jouni}/{path}") is None
    await (await house.person("police")).get(f"/invitations/{heikki}/{path}", 404)
