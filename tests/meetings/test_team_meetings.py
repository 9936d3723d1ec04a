"""Meetings of a team's own: agenda, memo, responsible people; for its members, and about no client."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from tests.meetings.test_drafts import meetings_seen_by
from tests.pages import at_pages

MEMBERS = ("Heikki", "Jouni")
CLIENTLESS = ("team_meeting", "team_attendee", "team_point", "team_memo", "meeting_rhythm")


async def with_members(house, *names):
    """Let these be members of the team beside its coordinators, as an administrator does."""
    for name in names or MEMBERS:
        await house.fetch(
            "INSERT INTO team_member (team_id, post_id, valid_from) VALUES ($1, $2, now() - interval '1 day')",
            await house.team(),
            await house.post_of(name),
        )


async def prepared(house, *names, **changed):
    """A draft of a meeting of the team's own; return its reference."""
    coordinator = await at_pages(house, "coordinator")
    starts = datetime.now(UTC) + timedelta(minutes=5)
    form = {"team": await house.team(), "title": "Ohjausryhmä", "place": "Huone 3"}
    form |= {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
    form["post"] = [await house.post_of(name) for name in names or MEMBERS]
    answer = await coordinator.post("/team-meetings/new", changed.pop("expect", 303), **form | changed)
    return re.sub(r".*/", "", answer.headers.get("location", "")) or answer


async def test_no_table_of_a_teams_own_meetings_has_a_field_for_a_client(house):
    columns = await house.fetch(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_name = ANY ($1)", list(CLIENTLESS)
    )
    assert {row["table_name"] for row in columns} == set(CLIENTLESS)
    assert [row for row in columns if re.search("case|client|party", row["column_name"])] == []


async def test_it_lives_from_a_draft_to_an_approved_memo(mailing_house):
    house = mailing_house
    await with_members(house)
    heikki, coordinator = await at_pages(house, "municipality"), await at_pages(house, "coordinator")
    meeting = await prepared(house, memo_by=await house.post_of("Heikki"))
    here = f"/team-meetings/{meeting}"
    await heikki.get(here, 404)  # a draft
    await coordinator.post(f"{here}/points", text="Vuoden 2027 kokoukset", responsible=await house.post_of("Jouni"))
    await coordinator.post(f"{here}/opening")
    await house.deliver()
    assert len(house.mails()) == 2
    shown = (await heikki.get(here)).text
    assert "Vuoden 2027 kokoukset" in shown
    assert "Huone 3" in shown
    mail = next(mail for mail in house.mails() if "revontuli" in mail.recipient)
    assert "Ohjausryhmä" not in str(mail)
    assert "Huone" not in str(mail)
    await heikki.post(f"/meetings/{meeting}/invitation/answer", answer="accepted")
    assert "Osallistuu" in (await coordinator.get(here)).text
    await heikki.post(f"{here}/memo", 422, text="Liian aikaisin.")
    await house.begin(meeting)
    await heikki.post(f"{here}/memo", text="Kokoukset pidetään tiistaisin.", seen="0")
    await (await at_pages(house, "police")).get(f"{here}/memo", 404)
    assert "tiistaisin" not in (await (await at_pages(house, "police")).get(here)).text
    await heikki.post(f"{here}/memo/approval", 403, version="1")
    await coordinator.post(f"{here}/memo/approval", version="1")
    assert "tiistaisin" in (await (await at_pages(house, "police")).get(here)).text
    await heikki.post(f"{here}/memo", 422, text="Toinen.", seen="1")


async def test_only_members_of_the_team_see_it_and_only_while_they_are(house):
    await with_members(house)
    meeting = await prepared(house)
    await (await at_pages(house, "coordinator")).post(f"/team-meetings/{meeting}/opening")
    for login, status in {"municipality": 200, "police": 200, "officer": 404, "shelter": 404, "auditor": 403}.items():
        await (await at_pages(house, login)).get(f"/team-meetings/{meeting}", status)
    assert meeting not in (await (await at_pages(house, "officer")).get("/team-meetings")).text
    await house.fetch("UPDATE team_member SET valid_to = now() WHERE post_id = $1", await house.post_of("Heikki"))
    await (await at_pages(house, "municipality")).get(f"/team-meetings/{meeting}", 404)


@pytest.mark.parametrize("said", ["Asia 131052-308T", "131052-308t.", "tunnus 1310 52 - 308T", "Asia BCDF-2345"])
async def test_an_identity_code_or_a_reference_is_refused_in_every_text(house, said):
    await with_members(house)
    for field in ("title", "place"):
        answer = await prepared(house, expect=422, **{field: said})
        assert "näyttävä merkintä" in answer.text
    meeting = await prepared(house)
    coordinator = await at_pages(house, "coordinator")
    await coordinator.post(f"/team-meetings/{meeting}/points", 422, text=said)
    await coordinator.post(f"/team-meetings/{meeting}/opening")
    await house.begin(meeting)
    await coordinator.post(f"/team-meetings/{meeting}/memo", 422, text=f"Puhuttiin. {said}", seen="0")
    assert await house.fetch("SELECT FROM team_point") == await house.fetch("SELECT FROM team_memo") == []


async def test_no_case_comes_on_the_agenda_of_a_teams_own_meeting(house):
    """Neither by a page or the API, nor by the password of the application."""
    await with_members(house)
    case, meeting = await house.submitted(), await prepared(house)
    person = await house.person("coordinator")
    await person.post(f"/meetings/{meeting}/agenda", {"case": case}, 409)
    secret = person._headers["cookie"].partition("=")[2]
    async with house.as_role("app", secret) as connection:
        with pytest.raises(Exception, match="row-level security"):
            await connection.execute(
                "INSERT INTO agenda_item (id, case_id, controller_id, retention_class, meeting_id, position, room, "
                "came_from) SELECT gen_random_uuid(), c.id, c.controller_id, c.retention_class, m.id, 1, "
                "gen_random_uuid(), c.stage FROM case_file c, meeting m WHERE m.team_only"
            )
    assert await house.fetch("SELECT FROM agenda_item") == []


async def test_nobody_else_of_the_service_is_asked_or_made_responsible(house):
    await with_members(house)
    answer = await prepared(house, "Heikki", "Sanna", expect=422)
    assert "Valitse työryhmän jäsen" in answer.text
    meeting = await prepared(house)
    coordinator = await at_pages(house, "coordinator")
    await coordinator.post(
        f"/team-meetings/{meeting}/points", 422, text="Kohta", responsible=await house.post_of("Sanna")
    )


async def test_a_copy_asks_those_who_are_members_still_and_takes_no_words_of_the_meeting(house):
    await with_members(house)
    meeting, coordinator = await prepared(house), await at_pages(house, "coordinator")
    await coordinator.post(f"/team-meetings/{meeting}/points", text="Kohta")
    await house.fetch("UPDATE team_member SET valid_to = now() WHERE post_id = $1", await house.post_of("Heikki"))
    starts = (datetime.now(UTC) + timedelta(days=40)).isoformat()
    await coordinator.post(f"/meetings/{meeting}/copy", starts_at=starts)
    [asked] = await house.fetch(
        "SELECT a.post_id, t.title, t.place FROM team_attendee a JOIN team_meeting t USING (meeting_id) "
        "JOIN meeting m ON m.id = t.meeting_id WHERE m.reference <> $1",
        meeting,
    )
    assert (str(asked["post_id"]), asked["title"], asked["place"]) == (
        await house.post_of("Jouni"),
        "Ohjausryhmä",
        "Huone 3",
    )
    assert len(await house.fetch("SELECT FROM team_point")) == 1


async def test_it_is_moved_and_cancelled_and_those_invited_are_told(mailing_house):
    house = mailing_house
    await with_members(house)
    meeting, coordinator = await prepared(house), await at_pages(house, "coordinator")
    await coordinator.post(f"/team-meetings/{meeting}/opening")
    await house.deliver()
    starts = datetime.now(UTC) + timedelta(days=3)
    times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
    await coordinator.post(f"/meetings/{meeting}/time", **times)
    await house.deliver()
    assert len(house.mails()) == 4
    await coordinator.post(f"/meetings/{meeting}/cancellation")
    await house.deliver()
    assert len(house.mails()) == 6
    assert "Peruttu" in (await (await at_pages(house, "municipality")).get(f"/team-meetings/{meeting}")).text
    assert meeting in await meetings_seen_by(house, "municipality")


async def test_it_takes_no_case_of_the_queue_and_stands_in_no_list_of_case_meetings(house):
    await with_members(house)
    meeting = await prepared(house)
    coordinator = await at_pages(house, "coordinator")
    assert meeting not in (await coordinator.get("/meetings")).text
    assert f'href="/meetings/{meeting}"' not in (await coordinator.get("/")).text
    answer = await coordinator.get(f"/meetings/{meeting}", 303)
    assert answer.headers["location"] == f"/team-meetings/{meeting}"
