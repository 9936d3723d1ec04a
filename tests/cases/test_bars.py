"""Bars: somebody kept out sees nothing, gets nothing, and is told nothing of the reason."""

import pytest
from tests.pages import at_pages

BODY = {"reason": "conflict_of_interest"}


async def bar(house, case, name="Heikki", login="coordinator", expect=204, **changes):
    body = BODY | {"post": await house.post_of(name)} | changes
    return await (await house.person(login)).post(f"/cases/{case}/bars", body, expect)


async def test_whoever_is_barred_sees_nothing_from_that_moment(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    municipality = await house.person("municipality")
    await municipality.get(f"/cases/{case}")
    await bar(house, case)
    await municipality.get(f"/cases/{case}", 404)
    assert await municipality.get("/cases") == []


async def test_their_calendar_entry_is_cancelled_without_a_reason(mailing_house):
    house = mailing_house
    case = await house.submitted()
    await house.opened(case, "Heikki", "Jouni")
    await house.deliver()
    await bar(house, case)
    await house.deliver()
    told = house.mails()[2:]
    assert [(mail.method, mail.recipient.split("@")[1], mail.sequence) for mail in told] == [
        ("CANCEL", "revontuli.example", 1)
    ]
    text = house.sink.messages()[-1].get_body().get_content()
    assert not any(word in text.lower() for word in ("este", "jäävi", "poissa"))


async def test_they_keep_their_seat_in_another_case(house):
    first, second = await house.submitted(), await house.submitted()
    meeting = await house.meeting(first, second)
    for case in (first, second):
        await house.seat(meeting, case, "Heikki")
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    await bar(house, first)
    municipality = await house.person("municipality")
    await municipality.get(f"/cases/{first}", 404)
    await municipality.get(f"/cases/{second}")


async def test_nobody_barred_is_seated_asked_or_given_an_action(house):
    draft = await house.filled_draft()
    await bar(house, draft, "Marja", "officer")
    officer = await house.person("officer")
    problem = await officer.post(f"/cases/{draft}/contributors", {"post": await house.post_of("Marja")}, 422)
    assert problem["errors"][0] == {
        "field": "post",
        "message": "Marja Roivas is kept out of this case: conflict of interest.",
    }
    case = await house.submitted()
    await bar(house, case)
    meeting = await house.meeting(case)
    await house.seat(meeting, case, "Heikki", 422)
    await house.seat(meeting, case, "Jouni")
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    await house.minutes(meeting, case)
    action = {"owner": await house.post_of("Heikki"), "title": "Soittaa", "due_on": "2099-01-01"}
    await (await house.person("coordinator")).post(f"/cases/{case}/actions", action, 422)
    for page in (f"/meetings/{meeting}/cases/{case}/seats", f"/cases/{case}/actions/new"):
        assert "Heikki" not in (await (await at_pages(house, "coordinator")).get(page)).text


async def test_only_who_steers_the_case_bars_and_sees_bars(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    for login, status in (("municipality", 403), ("police", 403), ("social-worker", 404)):
        await bar(house, case, "Jouni", login, status)
        await (await house.person(login)).get(f"/cases/{case}/bars", status)
    await bar(house, case)
    found = await (await house.person("officer")).get(f"/cases/{case}/bars")
    assert [(row["name"], row["reason"]) for row in found] == [("Heikki Palojärvi", "conflict_of_interest")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "dislike"}, "reason"),
        ({"post": "x"}, "post"),
        ({"post": "01a20000-0000-7000-8000-000000000000"}, "post"),
    ],
)
async def test_a_wrong_bar_names_the_field(house, changes, field):
    problem = await bar(house, await house.submitted(), expect=422, **changes)
    assert [error["field"] for error in problem["errors"]] == [field]


async def test_nobody_locks_themselves_out_or_bars_twice(house):
    case = await house.submitted()
    await bar(house, case, "Paula", expect=422)
    await bar(house, case)
    await bar(house, case, expect=422)


async def test_the_page_keeps_what_was_chosen_and_shows_who_is_kept_out(house):
    case = await house.submitted()
    coordinator = await at_pages(house, "coordinator")
    post = await house.post_of("Heikki")
    kept = await coordinator.post(f"/cases/{case}/bars", 422, post=post)
    assert f'value="{post}" selected' in kept.text
    await coordinator.post(f"/cases/{case}/bars", post=post, reason="must_never_be_told")
    assert "Heikki Palojärvi:" in (await coordinator.get(f"/cases/{case}/bars")).text
    await (await at_pages(house, "municipality")).get(f"/cases/{case}/bars", 403)
