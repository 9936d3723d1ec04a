"""Agencies are asked before a meeting whether they know the people of a case: who sees what, and what silence is."""

import asyncio

import asyncpg
import pytest
from tests.kernel.test_row_security import secret_of
from tests.meetings.test_moving import refused_as
from tests.pages import at_pages, hidden

from multiagency.demo import story
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

LOGINS = ("coordinator", "coordinator-2", "municipality", "police", "officer", "officer-2", "county", "auditor")
DAYS_AHEAD = 20
ALIAS = {"name": "Aili Entinen", "birth_date": "1994-05-04"}


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


async def begun(house):
    """Heikki, Jouni, Aslak and Sanna sit at the case in a meeting to come, and their three agencies are asked."""
    case, coordinator = await house.submitted(), await house.person("coordinator")
    await (await house.person("officer")).post(f"/cases/{case}/aliases", ALIAS, 201)
    meeting = await house.meeting(case, minutes=DAYS_AHEAD * 24 * 60)
    for name in ("Heikki", "Jouni", "Aslak", "Sanna"):
        await house.seat(meeting, case, name)
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    await ask(house, meeting, case)
    return {"first": case, "meeting": meeting}


@pytest.fixture
def house(staged_house):
    return staged_house


async def ask(house, meeting, case, expect=200):
    return await (await house.person("coordinator")).post(f"/meetings/{meeting}/research", {"case": case}, expect)


async def answer(house, meeting, case, login, knows, expect=204):
    person = await house.person(login)
    return await person.post(f"/meetings/{meeting}/cases/{case}/return", {"knows": knows}, expect)


async def own(house, meeting, case, login="municipality", expect=200):
    return await (await house.person(login)).get(f"/meetings/{meeting}/cases/{case}/return", expect)


async def states(house, meeting, case, login="coordinator"):
    """How each agency stands, by the first word of its name."""
    rows = await (await house.person(login)).get(f"/meetings/{meeting}/cases/{case}/research")
    return {row["name"].split()[0]: row["state"] for row in rows}


async def withdraw(house, meeting, case, agency="Revontuli", expect=204):
    body = {"case": case, "agency": await house.agency(agency)}
    return await (await house.person("coordinator")).post(f"/meetings/{meeting}/research/withdrawal", body, expect)


async def shown(house, login, table="research_answer"):
    async with house.as_role("app", await secret_of(house, login)) as connection:
        return await connection.fetchval(f"SELECT count(*) FROM {table}")


async def entries(house, act, mode):
    """What the log says of an act: to which agency whose data of which kinds were given, and on what."""
    return await house.fetch(
        "SELECT b.body ->> 'operation' AS operation, b.body ->> 'kinds' AS kinds, d.basis, a.name_en AS recipient, "
        "c.name_en AS controller FROM audit_detail d JOIN audit_entry e ON e.id = d.entry_id "
        "JOIN agency c ON c.id = d.controller_id LEFT JOIN agency a ON a.id = d.recipient_id, "
        "LATERAL (SELECT convert_from(e.body, 'UTF8')::jsonb AS body) b WHERE d.act = $1 AND d.mode = $2",
        act,
        mode,
    )


# What is asked, and of whom.


async def test_an_agency_sees_names_and_birth_dates_and_nothing_else(house, first, meeting):
    for text in (str(await own(house, meeting, first)), await page_of(house, meeting, first)):
        assert story.CLIENT["name"] in text
        assert ALIAS["name"] in text
        assert story.VIOLENT["name"] in text
        kept = (story.CLIENT["identity_code"], story.SAFE_CONTACT["address"], story.SAFE_CONTACT["phone"])
        for secret in (*kept, story.VIOLENT["identity_code"], story.NARRATIVE, story.VIOLENT["relation"]):
            assert secret not in text
    people = (await own(house, meeting, first))["people"]
    assert people[0] == {"names": ["Aili Esimerkki", ALIAS["name"]], "born": ["1994-05-03", "1994-05-04"]}
    assert people[1] == {"names": ["Oiva Keksitty"], "born": ["1994-05-01"]}


async def page_of(house, meeting, case, login="municipality", expect=200):
    return (await (await at_pages(house, login)).get(f"/meetings/{meeting}/cases/{case}/return", expect)).text


@pytest.mark.parametrize(("kinds", "names"), [(["identity"], ["Aili"]), (["party"], ["Oiva"])])
async def test_only_those_are_named_whom_the_consent_covers(house, kinds, names):
    case = await house.filled_draft()
    await (await house.person("officer")).post(f"/cases/{case}/consent", await house.narrow_consent(kinds))
    await (await house.person("officer")).post(f"/cases/{case}/submission")
    meeting = await house.opened(case, "Heikki")
    await ask(house, meeting, case)
    people = (await own(house, meeting, case))["people"]
    assert [one["names"][0].split()[0] for one in people] == names


async def test_an_agency_that_may_not_know_who_it_is_about_or_has_no_seat_is_left_out_and_it_is_said_why(house):
    case = await house.filled_draft()
    await (await house.person("officer")).post(f"/cases/{case}/consent", await house.narrow_consent(["narrative"]))
    await (await house.person("officer")).post(f"/cases/{case}/submission")
    other = await house.submitted()
    meeting = await house.meeting(case, other)
    await house.seat(meeting, case, "Heikki")
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    problem = await ask(house, meeting, case, 409)
    assert refused_as(problem, "research.nobody_to_ask")
    text = (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}/cases/{case}/research")).text
    assert says("research.because.nobody_named") in text
    assert says("research.because.no_seat") in text
    assert await house.fetch("SELECT FROM research_request WHERE agenda_item_id IN (SELECT id FROM agenda_item)") != []


async def test_an_agency_without_a_basis_in_the_case_is_left_out_though_it_sits_at_another(house, first, meeting):
    other = await house.submitted(consent=("Police", "Wellbeing"))
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/meetings/{meeting}/agenda", {"case": other})
    await house.seat(meeting, other, "Jouni")
    asked = await ask(house, meeting, other)
    assert asked["asked"] == 1
    assert {"agency": "Municipality of Revontuli", "because": "not_named"} in asked["left_out"]
    await own(house, meeting, other, "municipality", 404)
    assert await states(house, meeting, other) == {"Fell": "waits"}


async def test_whoever_is_asked_is_told_by_a_notice_and_a_mail_that_says_nothing(house, first, meeting):
    told = await house.fetch(
        "SELECT p.name, n.place FROM notice n JOIN post o ON o.id = n.post_id JOIN person p ON p.id = o.person_id "
        "WHERE n.what = 'research_asked' ORDER BY p.name"
    )
    assert [row["name"].split()[0] for row in told] == ["Aslak", "Heikki", "Jouni", "Sanna"]
    assert {row["place"] for row in told} == {f"/meetings/{meeting}/cases/{first}/return"}
    municipality = await house.person("municipality")
    assert "research_asked" in str(await municipality.get("/notices"))
    home = (await (await at_pages(house, "municipality")).get("/")).text
    assert f"/meetings/{meeting}/cases/{first}/return" in home
    await answer(house, meeting, first, "municipality", "known")
    assert (
        f"/meetings/{meeting}/cases/{first}/return" not in (await (await at_pages(house, "municipality")).get("/")).text
    )


# Answers.


async def test_an_agency_answers_corrects_and_what_it_said_before_is_kept(house, first, meeting):
    await answer(house, meeting, first, "municipality", "nothing_known")
    await answer(house, meeting, first, "municipality", "nothing_known")
    await answer(house, meeting, first, "municipality", "known")
    said = (await own(house, meeting, first))["answers"]
    assert [one["answer"] for one in said] == ["nothing_known", "known"]
    assert all(one["by"] == "Heikki Palojärvi, koulukuraattori" for one in said)
    assert (await states(house, meeting, first))["Municipality"] == "known"
    sealed = await house.fetch("SELECT answer FROM research_answer")
    assert not any(b"known" in row["answer"] for row in sealed)


async def test_colleagues_at_the_table_see_their_agencys_answer_and_no_others(house, first, meeting):
    await answer(house, meeting, first, "police", "known")
    assert (await own(house, meeting, first, "officer-2"))["answers"][0]["by"].startswith("Jouni")
    assert (await own(house, meeting, first, "municipality"))["answers"] == []
    assert (await own(house, meeting, first, "municipality"))["table"] == []
    assert await shown(house, "officer-2") == 1
    assert await shown(house, "municipality") == 0
    assert await shown(house, "municipality", "research_request") == 1


async def test_without_a_seat_there_is_neither_request_nor_answer(house, first, meeting):
    await answer(house, meeting, first, "police", "known")
    for login in ("officer", "coordinator", "coordinator-2"):
        await own(house, meeting, first, login, 404)
        await answer(house, meeting, first, login, "known", 404)
    await own(house, meeting, first, "auditor", 403)
    await own(house, meeting, "2222-2222", "municipality", 404)
    await own(house, "2222-2222", first, "municipality", 404)
    assert await shown(house, "officer") == 0
    assert await shown(house, "officer", "research_request") == 0
    await (await house.person("municipality")).get(f"/meetings/{meeting}/cases/{first}/research", 403)


async def test_at_the_meeting_everybody_there_whose_agency_is_given_it_sees_all_answers(house, first, meeting):
    await answer(house, meeting, first, "police", "known")
    await house.begin(meeting)
    table = {row["name"].split()[0]: row["state"] for row in (await own(house, meeting, first))["table"]}
    assert table == {"Fell": "known", "Municipality": "waits", "Wellbeing": "waits"}
    text = await page_of(house, meeting, first)
    assert says("research.state.known") in text
    assert says("research.state.waits") in text
    assert says("research.begun_note") in text
    assert refused_as(await answer(house, meeting, first, "municipality", "known", 409), "research.too_late")


async def test_who_is_not_given_what_agencies_tell_sees_that_they_answered_and_not_what(house):
    case = await house.filled_draft()
    await (await house.person("officer")).post(f"/cases/{case}/consent", await house.narrow_consent(["identity"]))
    await (await house.person("officer")).post(f"/cases/{case}/submission")
    meeting = await house.meeting(case)
    for name in ("Heikki", "Jouni"):
        await house.seat(meeting, case, name)
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    await ask(house, meeting, case)
    await answer(house, meeting, case, "police", "known")
    assert await states(house, meeting, case) == {"Municipality": "waits", "Fell": "answered"}
    assert await shown(house, "coordinator") == 0
    text = (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}/cases/{case}/research")).text
    assert says("research.not_shown") in text
    assert says("research.state.known") not in text
    assert (await own(house, meeting, case, "police"))["answers"][0]["answer"] == "known"
    await house.begin(meeting)
    rows = (await own(house, meeting, case))["table"]
    assert sorted(row["state"] for row in rows) == ["answered", "waits"]
    given = await house.fetch("SELECT FROM audit_detail WHERE act = 'answer_research' AND mode = 'disclose'")
    assert given == []


async def test_two_colleagues_who_answer_at_once_do_not_overwrite_each_other(house, first, meeting):
    path = f"/meetings/{meeting}/cases/{first}/return"
    tabs = [await at_pages(house, login) for login in ("police", "officer-2")]
    seen = [hidden((await tab.get(path)).text)["seen"] for tab in tabs]
    answers = await asyncio.gather(
        *(
            house.http.post(path, headers=tab._headers, data={"csrf": tab._csrf, "knows": knows, "seen": version})
            for tab, knows, version in zip(tabs, ("known", "nothing_known"), seen, strict=True)
        )
    )
    assert sorted(reply.status_code for reply in answers) == [303, 409]
    late = next(reply for reply in answers if reply.status_code == 409).text
    assert says("research.answers.known") in late
    assert says("research.answers.nothing_known") in late
    assert len(await house.fetch("SELECT FROM research_answer")) == 1


async def test_a_colleague_may_correct_what_they_have_seen(house, first, meeting):
    path = f"/meetings/{meeting}/cases/{first}/return"
    await answer(house, meeting, first, "police", "nothing_known")
    other = await at_pages(house, "officer-2")
    seen = hidden((await other.get(path)).text)["seen"]
    await other.post(path, 303, knows="known", seen=seen)
    assert [one["answer"] for one in (await own(house, meeting, first, "police"))["answers"]] == [
        "nothing_known",
        "known",
    ]


async def test_each_act_stands_in_the_log_with_whom_it_was_given(house, first, meeting):
    told = [row for row in await entries(house, "run_meeting", "write") if "meeting" in row["kinds"]]
    asked = [row for row in told if row["recipient"] not in {None, row["controller"]}]
    assert {row["operation"] for row in asked} == {"disclosure"}
    assert len([row for row in asked if row["recipient"].startswith("Municipality")]) == 2  # the seat, and research
    await answer(house, meeting, first, "municipality", "known")
    given = await entries(house, "answer_research", "disclose")
    assert {row["recipient"].split()[0] for row in given} == {"Fell", "Wellbeing"}
    assert {row["controller"] for row in given} == {"Municipality of Revontuli"}
    assert {row["operation"] for row in given} == {"disclosure"}
    assert all("narrative" in row["kinds"] and row["basis"] == "consent" for row in given)
    await house.begin(meeting)
    await own(house, meeting, first, "police")
    read = await entries(house, "answer_research", "read")
    assert ("Municipality of Revontuli", "Fell Lapland Police Department") in {
        (row["controller"], row["recipient"]) for row in read if "narrative" in row["kinds"]
    }
    assert any({"identity"} <= set(row["kinds"].split('"')) for row in read)


# What ends it.


async def test_a_withdrawn_request_is_seen_by_nobody_and_can_be_asked_anew(house, first, meeting):
    await answer(house, meeting, first, "municipality", "known")
    await withdraw(house, meeting, first)
    await own(house, meeting, first, expect=404)
    await answer(house, meeting, first, "municipality", "known", 404)
    assert "Municipality" not in await states(house, meeting, first)
    assert await shown(house, "municipality") == 0
    assert await shown(house, "coordinator") == 0
    assert refused_as(await withdraw(house, meeting, first, expect=409), "research.not_asked")
    assert (await ask(house, meeting, first))["asked"] == 1
    assert (await own(house, meeting, first))["answers"] == []
    assert (await states(house, meeting, first))["Municipality"] == "waits"


@pytest.mark.parametrize("ending", ["consent", "seat", "item", "meeting", "bar"])
async def test_it_ends_with_what_it_rests_on(house, first, meeting, ending):
    await answer(house, meeting, first, "municipality", "known")
    await answer(house, meeting, first, "police", "known")
    coordinator, officer = await house.person("coordinator"), await house.person("officer")
    post = await house.post_of("Heikki")
    if ending == "consent":
        await officer.post(f"/cases/{first}/consent/withdrawal", {})
    elif ending == "seat":
        await coordinator.post(f"/meetings/{meeting}/seats/removal", {"case": first, "post": post})
    elif ending == "item":
        await coordinator.post(f"/meetings/{meeting}/agenda/removal", {"case": first, "because": "removed"})
    elif ending == "meeting":
        await coordinator.post(f"/meetings/{meeting}/cancellation", {"reason": "people_away"})
    else:
        await coordinator.post(f"/cases/{first}/bars", {"post": post, "reason": "conflict_of_interest"})
    await own(house, meeting, first, expect=404)
    await answer(house, meeting, first, "municipality", "known", 404)
    assert await shown(house, "municipality") == 0
    assert await shown(house, "municipality", "research_request") == 0
    living = await house.fetch("SELECT FROM research_request WHERE ended_at IS NULL")
    assert len(living) == (2 if ending in {"seat", "bar"} else 0)
    if ending in {"seat", "bar"}:
        await house.begin(meeting)
        assert len((await own(house, meeting, first, "police"))["table"]) == 2


async def test_the_request_stays_as_long_as_a_colleague_sits_there(house, first, meeting):
    await answer(house, meeting, first, "police", "known")
    body = {"case": first, "post": await house.post_of("Jouni")}
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/seats/removal", body)
    await own(house, meeting, first, "police", 404)
    assert (await own(house, meeting, first, "officer-2"))["answers"][0]["answer"] == "known"


async def test_with_the_minutes_approved_the_answers_are_out_of_sight(house, first, meeting):
    await answer(house, meeting, first, "police", "known")
    await house.begin(meeting)
    assert await shown(house, "municipality") == 1
    await house.minutes(meeting, first)
    assert await shown(house, "municipality") == 0
    await own(house, meeting, first, expect=404)


# The database itself.


async def test_the_database_lets_nobody_ask_answer_or_change_for_another(house, first, meeting):
    await answer(house, meeting, first, "police", "known")
    row = (await house.fetch("SELECT * FROM research_answer"))[0]
    insert = (
        "INSERT INTO research_answer (id, case_id, controller_id, retention_class, request_id, answer, answered_by_id, "
        "answered_at) VALUES (gen_random_uuid(), $1, current_agency(), 'x', $2, $3, current_post(), now())"
    )
    values = (row["case_id"], row["request_id"], row["answer"])
    for login in ("municipality", "officer", "coordinator", "county"):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(insert, *values)
    async with house.as_role("app", await secret_of(house, "police")) as connection:
        await connection.execute(insert, *values)
    for command in (
        "UPDATE research_answer SET answer = answer",
        "DELETE FROM research_answer",
        "UPDATE research_request SET due_on = current_date",
        "UPDATE research_request SET ended_at = now()",
        "UPDATE research_request SET returned_at = NULL",
    ):
        async with house.as_role("app", await secret_of(house, "police")) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(command)
    await house.begin(meeting)
    async with house.as_role("app", await secret_of(house, "municipality")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM research_request") == 3
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(insert, *values)
    async with house.as_role("app", await secret_of(house, "municipality")) as connection:
        touched = await connection.execute("UPDATE research_request SET returned_at = now()")
        assert touched == "UPDATE 1"


async def test_the_coordinator_cannot_say_that_an_agency_has_answered(house, first, meeting):
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE research_request SET returned_at = now()")


async def test_pages_ask_answer_and_withdraw(house, first, meeting):
    coordinator, municipality = await at_pages(house, "coordinator"), await at_pages(house, "municipality")
    here = f"/meetings/{meeting}/cases/{first}"
    await coordinator.post(f"{here}/research/withdrawal", 303, agency=await house.agency("Revontuli"))
    text = (await coordinator.get(f"{here}/research")).text
    assert "Heikki Palojärvi, koulukuraattori" in text
    await coordinator.post(f"{here}/research", 303)
    await coordinator.post(f"{here}/research", 422)
    await municipality.post(f"{here}/return", 422)
    await municipality.post(f"{here}/return", 422, knows="perhaps")
    await municipality.post(f"{here}/return", 303, knows="nothing_known")
    text = (await coordinator.get(f"{here}/research")).text
    assert says("research.state.nothing_known") in text
    listed = (await municipality.get(f"/meetings/{meeting}/invitation")).text
    assert f"{here}/return" in listed
