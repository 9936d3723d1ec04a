"""Meetings: whose they are, what comes on the agenda, who gets a seat, and what their coordinator is shown."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from tests.pages import at_pages

from multiagency.demo import story
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

OTHER_TEAM = "01a20000-0000-7000-8000-000000000001"
LOGINS = ("coordinator", "municipality", "police")


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


async def begun(house):
    """Two cases wait, the first the longer; a meeting is called; a third case is still a draft."""
    return {
        "first": await house.submitted(consent=("Police", "Wellbeing", "Revontuli")),
        "second": await house.submitted(),
        "draft": await house.draft(),
        "meeting": await house.meeting(minutes=25),
    }


@pytest.fixture
def house(staged_house):
    return staged_house


def fields(problem):
    return {error["field"] for error in problem["errors"]}


async def place(coordinator, meeting, case, expect=204):
    return await coordinator.post(f"/meetings/{meeting}/agenda", {"case": case}, expect)


async def another_team(house, *, coordinated=False):
    await house.fetch(
        "INSERT INTO team (id, pathway, name, convener_id) SELECT $1, pathway, 'Toinen', convener_id FROM team",
        OTHER_TEAM,
    )
    if coordinated:
        await house.fetch(
            "INSERT INTO team_member (team_id, post_id, valid_from) "
            "SELECT $1, post_id, now() FROM credential WHERE login = 'coordinator'",
            OTHER_TEAM,
        )


# Calling.


async def test_nobody_calls_a_meeting_of_a_team_that_they_do_not_coordinate(house, coordinator):
    await another_team(house)
    day = f"{datetime.now(UTC).year + 1}-01-15"
    body = {"starts_at": f"{day}T12:00", "ends_at": f"{day}T13:00"}
    for team in (OTHER_TEAM, "01a20000-0000-7000-8000-00000000dead"):
        assert fields(await coordinator.post("/meetings", body | {"team": team}, 422)) == {"team"}
    called = await coordinator.post("/meetings", body | {"team": await house.team()}, 201)
    assert (called["state"], called["starts_at"]) == ("planned", f"{day}T10:00:00Z")


async def test_the_page_chooses_the_only_team_and_no_other_and_keeps_what_was_typed(house):
    pages, team = await at_pages(house, "coordinator"), await house.team()
    chosen = f'<option value="{team}" selected>'
    assert chosen in (await pages.get("/meetings/new")).text
    typed = {"team": team, "starts_at": "2020-01-01T12:00", "ends_at": "2020-01-01T11:00"}
    kept = (await pages.post("/meetings/new", 422, **typed)).text
    assert chosen in kept
    assert all(
        f'id="{field}-error"' in kept and f'value="{typed[field]}"' in kept for field in ("starts_at", "ends_at")
    )
    await another_team(house, coordinated=True)
    both = (await pages.get("/meetings/new")).text
    assert both.count(f'<option value="{team}">') == both.count(f'<option value="{OTHER_TEAM}">') == 1


async def test_a_meeting_of_another_team_is_not_there_to_be_run_not_even_by_who_is_invited_to_it(
    house, coordinator, meeting, first
):
    await place(coordinator, meeting, first)
    await another_team(house)
    post = await house.post_of("Heikki")
    await house.seat(meeting, first, "Paula")
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    await house.fetch("UPDATE meeting SET team_id = $1", OTHER_TEAM)
    assert meeting in (await (await at_pages(house, "coordinator")).get("/invitations")).text
    await coordinator.get(f"/meetings/{meeting}", 404)
    await place(coordinator, meeting, first, 404)
    await coordinator.post(f"/meetings/{meeting}/seats", {"case": first, "post": post}, 404)
    await coordinator.post(f"/meetings/{meeting}/opening", expect=404)
    await coordinator.post(f"/meetings/{meeting}/minutes", {"case": first, "text": "x"}, 404)
    assert await coordinator.get("/meetings") == []


async def test_the_next_meeting_comes_first_and_those_over_the_latest_first_fifty_at_a_time(house, coordinator):
    later, sooner = await house.meeting(minutes=50), await house.meeting(minutes=2)
    listed = [found["reference"] for found in await coordinator.get("/meetings")]
    assert (listed[0], listed[-1]) == (sooner, later)
    await house.fetch(
        "INSERT INTO meeting (id, reference, team_id, starts_at, ends_at, state) SELECT gen_random_uuid(), "
        "'BCDF-' || 1000 + n, $1, now() - n * interval '1 day', now() - n * interval '1 day' + interval '1 hour', "
        "'open' FROM generate_series(1, 60) n",
        await house.team(),
    )
    shown = re.findall(
        r'href="/meetings/([\w-]+)"', (text := (await (await at_pages(house, "coordinator")).get("/meetings")).text)
    )
    past = [reference for reference in shown if reference.startswith("BCDF-1")]
    left = 50 - len(listed)
    assert past == [f"BCDF-{1000 + n}" for n in range(1, left + 1)]
    assert f'<a href="/meetings?start=50">{says("lists.more")}' in text
    rest = (await (await at_pages(house, "coordinator")).get("/meetings?start=50")).text
    assert re.findall(r"BCDF-1\d+", rest)[::2] == [f"BCDF-{1000 + n}" for n in range(left + 1, 61)]
    assert says("lists.more") not in rest
    assert shown.index(sooner) < shown.index(later) < shown.index(past[0])


# The agenda.


async def test_only_a_submitted_case_in_sight_comes_on_an_agenda_and_once(
    house, coordinator, stage, meeting, first, second
):
    for case in (stage.called["draft"], "BCDF-2345", "?"):
        assert fields(await place(coordinator, meeting, case, 422)) == {"case"}
    await place(coordinator, meeting, f" {first.lower()} ")
    for where in (meeting, await house.meeting()):
        await place(coordinator, where, first, 409)
    assert len(await house.fetch("SELECT FROM agenda_item")) == 1
    assert (await coordinator.get(f"/cases/{first}"))["stage"] == "on_agenda"
    await house.fetch("UPDATE lawful_basis SET ended_at = now() WHERE agency_id = (SELECT convener_id FROM team)")
    assert fields(await place(coordinator, meeting, second, 422)) == {"case"}


async def test_cases_stand_in_the_order_of_their_placing_each_in_a_room_of_its_own(coordinator, meeting, first, second):
    for case in (second, first):
        await place(coordinator, meeting, case)
    agenda = (await coordinator.get(f"/meetings/{meeting}"))["agenda"]
    assert [item["case"] for item in agenda] == [second, first]
    assert len({item["room"] for item in agenda}) == 2


async def test_the_longest_waiting_case_of_the_team_is_offered_first_until_it_is_placed(
    house, coordinator, meeting, first, second
):
    pages = await at_pages(house, "coordinator")

    async def offered():
        return re.findall(r'name="case" value="([\w-]+)"', (await pages.get(f"/meetings/{meeting}")).text)

    assert await offered() == [first, second]
    await house.fetch("UPDATE case_file SET submitted_at = now() WHERE reference = $1", first)
    assert await offered() == [second, first]
    await place(coordinator, meeting, second)
    assert await offered() == [first]
    await another_team(house)
    await house.fetch("UPDATE case_file SET team_id = $1 WHERE reference = $2", OTHER_TEAM, first)
    assert await offered() == []


async def test_a_case_whose_consent_was_withdrawn_is_named_as_taken_off_the_agenda(house, coordinator, meeting, first):
    await place(coordinator, meeting, first)
    await (await house.person("officer")).post(f"/cases/{first}/consent/withdrawal")
    assert (await coordinator.get(f"/meetings/{meeting}"))["agenda"] == []
    text = (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}")).text
    assert f"{says('case.title', reference=first)}: {says('meeting_page.because.withdrawn')}" in text


# Seats.


async def test_nobody_is_seated_at_a_case_that_is_not_on_this_agenda(house, coordinator, meeting, first):
    await house.seat(meeting, first, "Heikki", 409)
    await place(coordinator, await house.meeting(), first)
    await house.seat(meeting, first, "Heikki", 409)
    problem = await house.seat(meeting, "BCDF-2345", "Heikki", 422)
    assert fields(problem) == {"case"}
    assert await house.fetch("SELECT FROM seat") == []


async def test_whoever_sits_already_is_not_seated_again_and_nobody_with_them(house, coordinator, meeting, first):
    await place(coordinator, meeting, first)
    heikki, jouni = await house.post_of("Heikki"), await house.post_of("Jouni")
    pages, path = await at_pages(house, "coordinator"), f"/meetings/{meeting}/cases/{first}/seats"
    await pages.post(path, post=[heikki, heikki])
    await house.seat(meeting, first, "Heikki", 409)
    kept = await pages.post(path, 422, post=[jouni, heikki])
    assert says("meeting.seat_taken") in kept.text
    assert f'value="{jouni}" checked' in kept.text
    [item] = (await coordinator.get(f"/meetings/{meeting}"))["agenda"]
    assert [seat["post"] for seat in item["seats"]] == [heikki]


async def test_whoever_left_or_sits_at_no_table_is_unknown_and_not_offered(house, coordinator, meeting, first):
    await place(coordinator, meeting, first)
    rows = await house.fetch("SELECT login, post_id FROM credential")
    posts = {row["login"]: str(row["post_id"]) for row in rows}
    await house.fetch("UPDATE post SET valid_to = now() WHERE id = $1", posts["municipality"])
    text = (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}/cases/{first}/seats")).text
    for login in ("municipality", "auditor", "child-welfare", "administrator"):
        problem = await coordinator.post(f"/meetings/{meeting}/seats", {"case": first, "post": posts[login]}, 422)
        assert fields(problem) == {"post"}
        assert posts[login] not in text
    assert posts["police"] in text


async def test_the_page_offers_whom_the_consent_names_and_who_has_no_seat_and_warns_of_namesakes(
    house, coordinator, meeting, first
):
    await place(coordinator, meeting, first)
    pages, path = await at_pages(house, "coordinator"), f"/meetings/{meeting}/cases/{first}/seats"
    text = (await pages.get(path)).text
    offered = re.findall(r'<label for="post-\d+">(\w+) ', text)
    assert {"Elina", "Jouni", "Heikki", "Sanna", "Outi"} <= set(offered)
    assert not {"Tiina", "Anne", "Kari", "Risto"} & set(offered)
    assert says("seats.namesakes") not in text
    await house.seat(meeting, first, "Heikki")
    assert "Heikki" not in re.findall(r'<label for="post-\d+">(\w+) ', (await pages.get(path)).text)
    await house.fetch("UPDATE person SET name = 'Jouni Keropää' WHERE name LIKE 'Sanna%'")
    assert says("seats.namesakes") in (await pages.get(path)).text


async def test_a_seat_shows_what_consent_names_but_not_how_it_was_asked_or_the_client_is_reached(
    house, coordinator, meeting, first
):
    await place(coordinator, meeting, first)
    await house.seat(meeting, first, "Heikki")
    municipality = await house.person("municipality")
    seen = await municipality.get(f"/cases/{first}")
    assert (seen["client"]["name"], seen["safe_contact"]) == (story.CLIENT["name"], None)
    assert (await municipality.get(f"/cases/{first}/assessment"))["score"] == 15
    assert await municipality.get(f"/cases/{first}/consent") is None
    assert (await coordinator.get(f"/cases/{first}"))["safe_contact"]["phone"] == story.SAFE_CONTACT["phone"]


async def test_a_seat_shows_no_kind_that_the_consent_leaves_out(house, coordinator, meeting):
    officer, case = await house.person("officer"), await house.filled_draft()
    await officer.post(f"/cases/{case}/consent", await house.consent_body() | {"kinds": ["identity"]})
    await officer.post(f"/cases/{case}/submission")
    await place(coordinator, meeting, case)
    await house.seat(meeting, case, "Heikki")
    municipality = await house.person("municipality")
    seen = await municipality.get(f"/cases/{case}")
    assert (seen["client"]["name"], seen["parties"], seen["parts"]) == (story.CLIENT["name"], [], [])
    assert await municipality.get(f"/cases/{case}/assessment") is None


# Opening.


async def test_a_planned_seat_invites_nobody_and_the_opening_everybody_once(house, coordinator, meeting, first, second):
    for case in (first, second):
        await place(coordinator, meeting, case)
        await house.seat(meeting, case, "Jouni")
    await house.seat(meeting, first, "Heikki")
    assert (await coordinator.get(f"/meetings/{meeting}"))["invitations"] == []
    pages, path = await at_pages(house, "coordinator"), f"/meetings/{meeting}/opening"
    text = (await pages.get(path)).text
    assert [name in text for name in ("Heikki", "Jouni", "Sanna")] == [True, True, False]
    assert says("opening.button", number=2) in text
    assert await coordinator.post(path, expect=200) == {"invited": 2}
    assert says("opening.nobody") in (await pages.get(path)).text
    found = (await coordinator.get(f"/meetings/{meeting}"))["invitations"]
    assert sorted((row["name"], row["answer"], row["delivery"]) for row in found) == [
        ("Heikki Palojärvi", "needs_action", "waiting"),
        ("Jouni Keropää", "needs_action", "waiting"),
    ]


async def test_an_opening_that_would_invite_nobody_is_refused_and_changes_nothing(house, coordinator, meeting, first):
    pages = await at_pages(house, "coordinator")
    refused = await pages.post(f"/meetings/{meeting}/opening", 422)
    assert says("meeting.nobody_seated") in refused.text
    assert (await coordinator.get(f"/meetings/{meeting}"))["state"] == "planned"
    await place(coordinator, meeting, first)
    await house.seat(meeting, first, "Heikki")
    await pages.post(f"/meetings/{meeting}/opening")
    await coordinator.post(f"/meetings/{meeting}/opening", expect=409)
    assert (await coordinator.get(f"/meetings/{meeting}"))["state"] == "open"
    assert len(await house.fetch("SELECT FROM outbox o JOIN invitation i ON i.id = o.stream_id")) == 1


async def test_somebody_let_back_in_is_invited_anew_and_asked_again(house, coordinator, meeting, first):
    await place(coordinator, meeting, first)
    for name in ("Heikki", "Jouni"):
        await house.seat(meeting, first, name)
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    await house.fetch("UPDATE invitation SET answer = 'accepted'")
    bar = {"post": await house.post_of("Heikki"), "reason": "conflict_of_interest"}
    await coordinator.post(f"/cases/{first}/bars", bar)
    [row] = await coordinator.get(f"/cases/{first}/bars")
    await coordinator.post(f"/cases/{first}/bars/{row['id']}/lifting", {"reason": "set_by_mistake"})
    before = {row["name"]: row for row in (await coordinator.get(f"/meetings/{meeting}"))["invitations"]}
    assert (before["Heikki Palojärvi"]["cancelled"], before["Jouni Keropää"]["cancelled"]) == (True, False)
    await house.seat(meeting, first, "Heikki")
    after = {row["name"]: row for row in (await coordinator.get(f"/meetings/{meeting}"))["invitations"]}
    assert (after["Heikki Palojärvi"]["cancelled"], after["Heikki Palojärvi"]["answer"]) == (False, "needs_action")
    assert after["Jouni Keropää"] == before["Jouni Keropää"] | {"delivery": "waiting"}
    [invitation] = await house.fetch(
        "SELECT sequence FROM invitation i JOIN credential c USING (post_id) WHERE login = 'municipality'"
    )
    assert invitation["sequence"] == 2


# What the coordinator is shown.


async def test_the_page_names_the_one_next_step(house, coordinator, meeting, first, second):
    pages = await at_pages(house, "coordinator")

    async def step():
        text = (await pages.get(f"/meetings/{meeting}")).text
        names = ("place", "wait", "choose", "invite", "hold", "record", "nothing", "put_elsewhere")
        return [name for name in names if says(f"meeting_page.step.{name}") in text]

    assert await step() == ["place"]
    for case in (first, second):
        await place(coordinator, meeting, case)
    assert await step() == ["choose"]
    await house.seat(meeting, first, "Heikki")
    assert await step() == ["invite"]
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    assert await step() == ["choose"]
    await house.seat(meeting, second, "Heikki")
    assert await step() == ["hold"]
    await house.begin(meeting)
    assert await step() == ["record"]
    await house.minutes(meeting, first)
    assert await step() == ["record"]
    await house.minutes(meeting, second)
    assert await step() == ["nothing"]
    meeting = await house.meeting()
    assert await step() == ["wait"]


async def test_after_the_meeting_the_minutes_are_still_the_next_step_and_seats_are_not(
    house, coordinator, meeting, first, second
):
    for case in (first, second):
        await place(coordinator, meeting, case)
    await house.seat(meeting, first, "Heikki")
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    past = datetime.now(UTC) - timedelta(hours=2)
    await house.fetch("UPDATE meeting SET starts_at = $1, ends_at = $2", past, past + timedelta(hours=1))
    text = (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}")).text
    assert says("meeting_page.step.record") in text
    assert says("meetings.state_name.over") in text
    assert (
        'name="post"'
        not in (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}/cases/{second}/seats")).text
    )
    assert f"/meetings/{meeting}/cases/{first}/minutes" in text
    await house.minutes(meeting, first)


async def test_the_case_leads_its_coordinator_from_step_to_step_and_nobody_else(house, coordinator, meeting, first):
    pages, steps = await at_pages(house, "coordinator"), f"/meetings/{meeting}/cases/{first}"

    async def offered(visitor):
        text = (await visitor.get(f"/cases/{first}")).text
        main = text[text.index("<main") :]
        return re.findall(r'<li><a href="(/meetings[^"]*|/cases/[\w-]+/(?:minutes|plan|actions/new))">', main)

    assert await offered(pages) == ["/meetings"]
    await place(coordinator, meeting, first)
    assert await offered(pages) == [f"/meetings/{meeting}", f"{steps}/seats"]
    await house.seat(meeting, first, "Heikki")
    municipality = await at_pages(house, "municipality")
    assert await offered(municipality) == []
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    await house.begin(meeting)
    here, again = f"/cases/{first}", [f"/meetings/{meeting}", f"{steps}/minutes", "/meetings"]
    at_the_table = [f"/meetings/{meeting}", f"{steps}/seats", f"{steps}/minutes", f"{here}/plan", f"{here}/actions/new"]
    assert await offered(pages) == at_the_table
    await house.minutes(meeting, first)
    assert await offered(pages) == [*again, f"{here}/minutes", f"{here}/plan", f"{here}/actions/new"]
    assert await offered(municipality) == [f"{here}/minutes", f"{here}/plan"]
    assert await offered(await at_pages(house, "officer")) == [f"{here}/minutes", f"{here}/plan"]
