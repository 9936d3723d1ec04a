"""Conflicts of interest: declared, found by code, an employer's agency; and everything that shuts then."""

import asyncio

import asyncpg
import pytest
from tests.cases.test_bars import bar
from tests.kernel.test_grants import case_id
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

from multiagency.demo import story

HEIKKI, ELINA, OUTI, PAULA = "060675-9069", "010170-901K", "111180-9110", "030372-9032"
CONFLICT = {"reason": "close_to_a_party"}


async def bars(house, case, login="officer"):
    return await (await house.person(login)).get(f"/cases/{case}/bars")


async def shut_out(house, case, login):
    """Everything that a barred person could try: the case, its parts, lists, actions, invitations, direct SQL."""
    person, pages = await house.person(login), await at_pages(house, login)
    for path in ("", "/consent", "/assessment", "/minutes", "/actions", "/break-glass"):
        await person.get(f"/cases/{case}{path}", 404)
    assert case not in {row["reference"] for row in await person.get("/cases")}
    assert await person.get("/actions") == []
    assert case not in (await pages.get("/cases")).text
    for path in ("", "/minutes", "/plan", "/conflict"):
        await pages.get(f"/cases/{case}{path}", 404)
    async with house.as_role("app", await secret_of(house, login)) as connection:
        for table in ("case_file", "client", "safe_contact", "minutes", "planned_action", "access_bar", "seat"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table


async def with_everything(house):
    """A case where Heikki has a seat, minutes to read and an action to do."""
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki", "Jouni")
    await house.minutes(meeting, case)
    action = {"owner": await house.post_of("Heikki"), "title": "Soittaa", "due_on": "2099-01-01"}
    await (await house.person("coordinator")).post(f"/cases/{case}/actions", action, 201)
    return case, meeting


async def test_whoever_declares_a_conflict_is_out_at_once(mailing_house):
    house = mailing_house
    case, meeting = await with_everything(house)
    await house.deliver()
    pages = await at_pages(house, "municipality")
    assert meeting in (await pages.get("/invitations")).text
    await (await house.person("municipality")).post(f"/cases/{case}/conflict", CONFLICT)
    await shut_out(house, case, "municipality")
    assert meeting not in (await pages.get("/invitations")).text
    await pages.get(f"/meetings/{meeting}/invitation", 404)
    await house.deliver()
    told = [mail for mail in house.mails() if mail.method == "CANCEL"]
    assert [mail.recipient.split("@")[1] for mail in told] == ["revontuli.example"]
    text = house.sink.messages()[-1].get_body().get_content().lower()
    assert not any(word in text for word in ("este", "jäävi", "poissa", "läheinen"))
    assert await house.fetch("SELECT FROM access_grant WHERE occasion = 'seat' AND ended_at IS NULL") != []  # Jouni's


async def test_a_mail_that_waits_is_not_sent_to_who_has_declared(mailing_house):
    house = mailing_house
    case, _ = await with_everything(house)
    await (await house.person("municipality")).post(f"/cases/{case}/conflict", CONFLICT)
    await house.deliver()
    assert {mail.recipient.split("@")[1] for mail in house.mails()} == {"police.example"}


async def test_those_who_steer_see_what_was_declared_and_it_is_logged(house):
    case, _ = await with_everything(house)
    await (await house.person("municipality")).post(f"/cases/{case}/conflict", CONFLICT)
    assert [(row["name"], row["reason"], row["found"]) for row in await bars(house, case)] == [
        ("Heikki Palojärvi", "close_to_a_party", False)
    ]
    entries = await (await house.person("auditor")).get(f"/audit/entries?case={case}")
    declared = [e for e in entries if e["body"]["act"] == "declare_conflict" and e["body"]["mode"] == "write"]
    assert {entry["detail"]["actor"]["name"] for entry in declared} == {"Heikki Palojärvi"}


async def test_a_seat_in_a_meeting_that_is_not_open_yet_can_be_left(house):
    case = await house.submitted()
    await house.seat(await house.meeting(case), case, "Heikki")
    await (await house.person("municipality")).post(f"/cases/{case}/conflict", CONFLICT)
    await shut_out(house, case, "municipality")


async def test_the_seat_in_another_case_and_its_invitation_stay(house):
    first, second = await house.submitted(), await house.submitted()
    meeting = await house.meeting(first, second)
    for case in (first, second):
        await house.seat(meeting, case, "Heikki")
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    municipality = await house.person("municipality")
    await municipality.post(f"/cases/{first}/conflict", CONFLICT)
    assert [row["reference"] for row in await municipality.get("/cases")] == [second]
    assert meeting in (await (await at_pages(house, "municipality")).get("/invitations")).text


async def test_a_case_is_never_left_without_who_steers_it(house):
    case = await house.submitted()
    refused = await (await house.person("officer")).post(f"/cases/{case}/conflict", CONFLICT, 409)
    assert "Hand the case over" in refused["title"]
    await (await house.person("coordinator-2")).post(f"/cases/{case}/conflict", CONFLICT)
    refused = await (await house.person("coordinator")).post(f"/cases/{case}/conflict", CONFLICT, 409)
    assert "only coordinator" in refused["title"]
    await (await house.person("coordinator")).get(f"/cases/{case}")
    await shut_out(house, case, "coordinator-2")


async def test_two_coordinators_who_leave_at_once_do_not_both_leave(house):
    case = await house.submitted()
    both = [await house.person(login) for login in ("coordinator", "coordinator-2")]
    calls = [house.http.post(f"/api/v1/cases/{case}/conflict", json=CONFLICT, headers=who._headers) for who in both]
    assert sorted([answer.status_code for answer in await asyncio.gather(*calls)]) == [204, 409]


async def test_declaring_takes_sight_of_the_case_and_a_reason(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    await (await house.person("shelter")).post(f"/cases/{case}/conflict", CONFLICT, 404)
    municipality = await house.person("municipality")
    for body in ({}, {"reason": "must_never_be_told"}, CONFLICT | {"person": "x"}):
        assert (await municipality.post(f"/cases/{case}/conflict", body, 422))["errors"]
    await municipality.get(f"/cases/{case}")


async def test_the_page_says_what_it_does_before_it_is_done(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    municipality = await at_pages(house, "municipality")
    assert f'href="/cases/{case}/conflict"' in (await municipality.get(f"/cases/{case}")).text
    assert "Et voi itse perua" in (await municipality.get(f"/cases/{case}/conflict")).text
    await municipality.post(f"/cases/{case}/conflict", 422)
    left = await municipality.post(f"/cases/{case}/conflict", reason="own_interest")
    assert "Ilmoitit olevasi esteellinen" in (await municipality.get(left.headers["location"])).text
    await municipality.get(f"/cases/{case}", 404)
    assert "esteellinen" not in (await municipality.get("/cases")).text, "it is said once"


async def test_nobody_declares_a_bar_for_somebody_else_in_sql(house):
    case = await case_id(house, await house.submitted())
    await house.opened((await house.fetch("SELECT reference FROM case_file"))[0]["reference"], "Heikki")
    row = (
        "INSERT INTO access_bar (id, case_id, person_id, reason, set_by_id, valid_from) SELECT gen_random_uuid(), $1, "
    )
    async with house.as_role("app", (await secret_of(house, "municipality"))) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                row + "person_id, 'own_interest', current_post(), now() FROM post WHERE role = 'coordinator' LIMIT 1",
                case,
            )
    async with house.as_role("app", await secret_of(house, "municipality")) as connection:
        own = row + "person_id, 'own_interest', current_post(), now() FROM post WHERE id = current_post()"
        await connection.execute(own, case)
        assert await connection.fetchval("SELECT count(*) FROM case_file") == 0


async def test_whoever_is_barred_cannot_ask_where(house):
    case = await house.submitted()
    await bar(house, case)
    await house.person("municipality")
    async with house.as_role("app", await secret_of(house, "municipality")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT barred_cases(person_id) FROM live_session()")


async def test_staff_who_are_a_party_are_found_and_never_come_near_the_case(house):
    case = await house.filled_draft()
    officer, coordinator = await house.person("officer"), await house.person("coordinator")
    violent = story.VIOLENT | {"identity_code": HEIKKI}
    await officer.post(f"/cases/{case}/parties", violent, 201)
    assert [(row["name"], row["reason"], row["found"]) for row in await bars(house, case)] == [
        ("Heikki Palojärvi", "is_a_party", True)
    ]
    heikki = {"post": await house.post_of("Heikki")}
    refused = await officer.post(f"/cases/{case}/contributors", heikki, 422)
    assert refused["errors"][0]["message"] == "Heikki Palojärvi is kept out of this case: is a party to it."
    await officer.post(f"/cases/{case}/submission")
    meeting = await house.meeting(case)
    await house.seat(meeting, case, "Heikki", 422)
    await house.seat(meeting, case, "Jouni")
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    await house.minutes(meeting, case)
    await coordinator.post(
        f"/cases/{case}/actions", {"owner": heikki["post"], "title": "x", "due_on": "2099-01-01"}, 422
    )
    body = {"reference": case, "reason": "Hätä", "minutes": 5}
    await (await house.person("municipality")).post("/break-glass", body, 404)
    await shut_out(house, case, "municipality")
    for login, path in (
        ("coordinator", f"/meetings/{meeting}/cases/{case}/seats"),
        ("officer", f"/cases/{case}/colleague"),
    ):
        if login == "coordinator":
            assert "Heikki" not in (await (await at_pages(house, login)).get(path)).text


async def test_the_code_is_found_however_it_is_written_and_the_client_too(house):
    case = await house.draft()
    officer = await house.person("officer")
    await officer.put(f"/cases/{case}/client", {"name": "Aili", "identity_code": HEIKKI.lower()})
    assert [row["name"] for row in await bars(house, case)] == ["Heikki Palojärvi"]
    await officer.put(f"/cases/{case}/client", {"name": "Aili Esimerkki", "identity_code": HEIKKI})
    assert len(await bars(house, case)) == 1


async def test_nobody_handles_a_case_in_which_they_are_a_party(house):
    case = await house.draft()
    officer = await house.person("officer")
    refused = await officer.post(f"/cases/{case}/parties", story.VIOLENT | {"identity_code": ELINA}, 422)
    assert [error["field"] for error in refused["errors"]] == ["identity_code"]
    refused = await officer.put(f"/cases/{case}/client", story.CLIENT | {"identity_code": ELINA}, 422)
    assert [error["field"] for error in refused["errors"]] == ["identity_code"]
    assert await house.fetch("SELECT FROM party UNION ALL SELECT FROM client") == []
    pages = await at_pages(house, "officer")
    kept = await pages.post(f"/cases/{case}/client", 422, name="Aili", identity_code=ELINA)
    assert 'value="Aili"' in kept.text


async def test_a_party_goes_free_only_when_the_record_is_corrected(house):
    case = await house.draft()
    officer = await house.person("officer")
    wrong = story.VIOLENT | {"identity_code": HEIKKI}
    party = (await officer.post(f"/cases/{case}/parties", wrong, 201))["id"]
    found = (await bars(house, case))[0]["id"]
    await officer.post(f"/cases/{case}/bars/{found}/lifting", {"reason": "set_by_mistake"}, 409)
    await officer.put(f"/cases/{case}/parties/{party}", story.VIOLENT)
    await officer.post(f"/cases/{case}/bars/{found}/lifting", {"reason": "set_by_mistake"})
    assert await bars(house, case) == []


async def test_a_submission_that_no_coordinator_could_receive_is_refused(house):
    case = await house.filled_draft()
    officer = await house.person("officer")
    await bar(house, case, "Outi", "officer")
    await bar(house, case, "Paula", "officer")
    refused = await officer.post(f"/cases/{case}/submission", expect=422)
    assert [error["field"] for error in refused["errors"]] == ["bars"]
    assert "Tunturi-Lapin hyvinvointialue" in refused["errors"][0]["message"]
    assert "bars" in (await (await at_pages(house, "officer")).get(f"/cases/{case}/submit")).text


async def test_a_lifted_bar_opens_the_way_but_brings_no_seat_back(house):
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki", "Jouni")
    await bar(house, case)
    found = (await bars(house, case))[0]["id"]
    coordinator, municipality = await house.person("coordinator"), await house.person("municipality")
    await coordinator.post(f"/cases/{case}/bars/{found}/lifting", {}, 422)
    await (await house.person("police")).post(f"/cases/{case}/bars/{found}/lifting", {"reason": "set_by_mistake"}, 403)
    await coordinator.post(f"/cases/{case}/bars/{found}/lifting", {"reason": "no_longer_holds"})
    await municipality.get(f"/cases/{case}", 404)
    await house.minutes(meeting, case)
    action = {"owner": await house.post_of("Heikki"), "title": "Soittaa", "due_on": "2099-01-01"}
    await coordinator.post(f"/cases/{case}/actions", action, 201)
    await coordinator.post(f"/cases/{case}/bars/{found}/lifting", {"reason": "no_longer_holds"}, 404)
    row = (await house.fetch("SELECT lifted_reason, lifted_by_id IS NOT NULL AS named FROM access_bar"))[0]
    assert tuple(row) == ("no_longer_holds", True)


async def test_sql_cannot_lift_without_a_name_or_revive(house):
    case = await house.submitted()
    await bar(house, case)
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        for change in (
            "valid_to = now()",
            "valid_to = now(), lifted_reason = 'x'",
            "lifted_reason = 'x', lifted_by_id = current_post()",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute(f"UPDATE access_bar SET {change}")
        await connection.execute(
            "UPDATE access_bar SET valid_to = now(), lifted_reason = 'x', lifted_by_id = current_post()"
        )
        assert await connection.execute("UPDATE access_bar SET valid_to = NULL") == "UPDATE 0"


async def employed(house, case, agency="Police", login="officer"):
    body = story.CHILD | {"role": "person_using_violence", "employer": await house.agency(agency)}
    await (await house.person(login)).post(f"/cases/{case}/parties", body, 201)


async def test_an_employers_staff_stay_out_but_for_those_who_steer(house):
    case = await house.filled_draft()
    await employed(house, case)
    officer = await house.person("officer")
    await officer.get(f"/cases/{case}")
    found = await bars(house, case)
    assert [(row["reason"], row["agency"], row["found"], row["exempt"]) for row in found] == [
        ("employer", True, True, ["Elina Suopunki"])
    ]
    await officer.post(f"/cases/{case}/submission")
    meeting = await house.meeting(case)
    refused = await house.seat(meeting, case, "Jouni", 422)
    assert "employer" in refused["errors"][0]["message"]
    await house.seat(meeting, case, "Heikki")
    assert (
        "Jouni"
        not in (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}/cases/{case}/seats")).text
    )
    await (await house.person("officer-2")).post("/break-glass", {"reference": case, "reason": "x", "minutes": 5}, 404)


async def test_an_agency_bar_beats_the_grants_that_its_staff_hold(house):
    case = await house.filled_draft()
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Marja")})
    worker = await house.person("social-worker")
    await worker.get(f"/cases/{case}")
    await employed(house, case, "Wellbeing")
    await shut_out(house, case, "social-worker")


async def test_coordinators_of_an_employer_are_exempt_at_submission_and_named(house):
    case = await house.filled_draft()
    await employed(house, case, "Wellbeing")
    await (await house.person("officer")).post(f"/cases/{case}/submission")
    assert [row["exempt"] for row in await bars(house, case)] == [["Outi Muotkavaara", "Paula Kiveliö"]]
    await (await house.person("coordinator")).get(f"/cases/{case}")
    meeting = await house.meeting(case)
    await house.seat(meeting, case, "Sanna", 422)
    text = (await (await at_pages(house, "coordinator")).get(f"/cases/{case}/bars")).text
    assert "Nämä saavat jäädä: Outi Muotkavaara, Paula Kiveliö" in text


async def test_one_person_of_an_employer_is_let_in_with_a_reason(house):
    case = await house.filled_draft()
    await employed(house, case)
    await (await house.person("officer")).post(f"/cases/{case}/submission")
    coordinator, found = await house.person("coordinator"), (await bars(house, case))[0]["id"]
    place, jouni = f"/cases/{case}/bars/{found}", await house.post_of("Jouni")
    await coordinator.post(f"{place}/lifting", {"reason": "set_by_mistake"}, 404)
    await coordinator.post(f"{place}/exemptions", {"post": jouni}, 422)
    stranger = {"post": await house.post_of("Heikki"), "reason": "needed_for_the_task"}
    await coordinator.post(f"{place}/exemptions", stranger, 422)
    await coordinator.post(f"{place}/exemptions", {"post": jouni, "reason": "needed_for_the_task"})
    meeting = await house.meeting(case)
    await house.seat(meeting, case, "Jouni")
    await house.seat(meeting, case, "Aslak", 422)
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    await (await house.person("police")).get(f"/cases/{case}")


async def test_an_unknown_employer_names_its_field(house):
    case = await house.draft()
    body = story.VIOLENT | {"employer": "01a20000-0000-7000-8000-000000000000"}
    refused = await (await house.person("officer")).post(f"/cases/{case}/parties", body, 422)
    assert [error["field"] for error in refused["errors"]] == ["employer"]


async def test_only_who_steers_keeps_an_agency_out_in_sql(house):
    case = await case_id(house, await house.submitted())
    await house.opened((await house.fetch("SELECT reference FROM case_file"))[0]["reference"], "Heikki")
    await house.person("municipality")
    async with house.as_role("app", await secret_of(house, "municipality")) as connection:
        made = await connection.fetchval("SELECT keep_agency_out($1, current_agency())", case)
        assert made is None
    assert await house.fetch("SELECT FROM access_bar") == []


async def test_the_pages_lift_and_let_in(house):
    case = await house.filled_draft()
    await employed(house, case)
    await bar(house, case, "Heikki", "officer")
    officer = await at_pages(house, "officer")
    rows = {row["agency"]: row["id"] for row in await bars(house, case)}
    await officer.get(f"/cases/{case}/bars/{rows[False]}/lifting")
    await officer.post(f"/cases/{case}/bars/{rows[False]}/lifting", 422)
    await officer.post(f"/cases/{case}/bars/{rows[False]}/lifting", reason="set_by_mistake")
    await officer.get(f"/cases/{case}/bars/{rows[True]}/exemption")
    jouni = await house.post_of("Jouni")
    kept = await officer.post(f"/cases/{case}/bars/{rows[True]}/exemption", 422, post=jouni)
    assert f'value="{jouni}" selected' in kept.text
    await officer.post(f"/cases/{case}/bars/{rows[True]}/exemption", post=jouni, reason="no_tie_to_the_party")
    assert "Jouni Keropää" in (await officer.get(f"/cases/{case}/bars")).text
    await officer.get(f"/cases/{case}/bars/{rows[False]}/exemption", 404)
