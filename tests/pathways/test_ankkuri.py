"""Ankkuri: from a concern about somebody under age to service guidance, and every step that is refused on the way."""

import re
from datetime import timedelta

import pytest
from tests.pages import at_pages, hidden
from tests.pathways.young import AT_THE_TABLE, GUARDIAN, NURSE, YoungCase, aged, messages, turning

from multiagency.kernel.clock import today

PURPOSE = "ankkuri_meeting"
REASONS = {"reasons": ["offence", "offence_online"], "source": "school"}


async def concern(house, years: int = 16):
    """A concern about somebody of that age who decides themself; one guardian is recorded."""
    case = await YoungCase.about(house, "ankkuri", **REASONS)
    await case.client(aged(years))
    party = await case.guardian()
    await case.decides()
    return case, party


async def reviewed(house, years: int = 16):
    """A case that the team is going through."""
    case, party = await concern(house, years)
    await case.notified()
    await case.consent(PURPOSE)
    await case.submit()
    return case, party


async def at_the_table(house):
    case, party = await reviewed(house)
    await case.to("situation")
    await case.agrees()
    await case.agrees(party)
    await case.to("meeting_agreed")
    await case.call()
    return case


async def test_ankkuri_lives_its_whole_life(house):
    case = await at_the_table(house)
    await case.seat(*AT_THE_TABLE)
    await case.secure("nurse")
    await case.minuted()
    assert await case.stage() == "service_guidance"
    await case.call()  # a further mapping meeting
    await case.seat(*AT_THE_TABLE, NURSE)
    await case.minuted()
    await case.close(outcome="guided_onward", target="Nuorisoasema Esimerkki")
    found = await case.coordinator.get(f"{case.path}/closing")
    assert (found["outcome"], found["target"]) == ("guided_onward", "Nuorisoasema Esimerkki")
    moves = await house.fetch("SELECT stage FROM stage_history ORDER BY moved_at, id")
    way = ["concern", "case_review", "situation", "meeting_agreed"]
    assert [row["stage"] for row in moves] == [*way, *["at_meeting", "service_guidance"] * 2, "ended"]


async def test_why_and_from_where_the_concern_came_is_data(house):
    case = await YoungCase.about(house, "ankkuri")
    assert set(messages(await case.open(422))) == {"reasons", "source"}
    assert set(messages(await case.open(422, reasons=["bad_manners"], source="rumour"))) == {"reasons", "source"}
    for source in ("police", "kin", "self"):
        await case.open(reasons=["substances"], source=source)


async def test_an_agency_outside_ankkuri_opens_no_case_of_it(house):
    case = await YoungCase.about(house, "ankkuri")
    await house.fetch("UPDATE post SET agency_id = $1 WHERE id = $2", *await _officer_at_the_shelter(house))
    assert set(messages(await case.open(422, who=await house.person("officer-2"), **REASONS))) == {"team"}
    representative = await house.person("shelter")
    await representative.post("/cases", {"team": case.team, **REASONS}, 403)


async def _officer_at_the_shelter(house):
    return await house.agency("Riekko"), await house.post_of("Aslak")


async def test_the_eighteenth_birthday_is_one_day_too_late(house):
    case = await YoungCase.about(house, "ankkuri", **REASONS)
    assert set(messages(await case.client(turning(18, today()), 422))) == {"identity_code"}
    await case.client(turning(18, today() + timedelta(days=1)))


async def test_a_team_may_ask_for_younger_clients(house):
    case = await YoungCase.about(house, "ankkuri")
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, team_id, value, valid_from) "
        "VALUES (gen_random_uuid(), 'ankkuri', 'oldest_age', $1, 14, now())",
        case.team,
    )
    await case.open(**REASONS)
    assert set(messages(await case.client(turning(15, today()), 422))) == {"identity_code"}
    await case.client(turning(15, today() + timedelta(days=1)))


async def test_nothing_reaches_the_team_without_age_child_welfare_and_consent(house):
    case = await YoungCase.about(house, "ankkuri", **REASONS)
    assert {"client", "child_welfare"} & set(await case.submit(422))
    await case.client(aged(13))
    assert {"child_welfare", "guardians"} <= set(await case.submit(422))
    await case.decides()
    await case.notified()
    assert set(await case.submit(422)) == {"consent"}
    await case.consent("marak_meeting", 422)
    await case.consent(PURPOSE, kinds=["narrative"])  # the team cannot be told whom it is about
    assert set(await case.submit(422)) == {"consent"}
    await case.consent(PURPOSE)
    await case.submit()


@pytest.mark.parametrize("to", ["meeting_agreed", "ended", "at_meeting", "concern"])
async def test_a_case_under_review_skips_no_stage(house, to):
    case, _ = await reviewed(house)
    assert set(await case.to(to, 422)) == {"to"}
    assert await case.stage() == "case_review"


async def test_a_case_comes_on_no_agenda_before_a_meeting_is_agreed(house):
    case, _ = await reviewed(house)
    await case.call(409)
    await case.to("situation")
    await case.call(409)


async def test_the_queue_of_its_coordinator_leads_to_the_next_stage_and_then_to_an_agenda(house):
    case, party = await reviewed(house)
    pages = await at_pages(house, "ankkuri-coordinator")
    assert f"{case.path}/moves" in (await pages.get("/")).text
    await case.to("situation")
    await case.agrees()
    await case.agrees(party)
    await case.to("meeting_agreed")
    await case.call()
    await case.coordinator.post(
        f"/meetings/{case.meeting}/agenda/removal", {"case": case.reference, "because": "removed"}
    )
    assert await case.stage() == "meeting_agreed"
    assert f'value="{case.reference}"' in (await pages.get("/")).text
    assert f'value="{case.reference}"' in (await pages.get(f"/meetings/{case.meeting}")).text


async def test_a_meeting_is_agreed_with_the_young_person_and_each_guardian(house):
    case, party = await reviewed(house)
    other = await case.guardian("Toinen Huoltaja")
    await case.to("situation")
    said = (await case.to("meeting_agreed", 422))["agreement"]
    assert "The client has not agreed" in said
    assert GUARDIAN in said
    assert "Toinen Huoltaja" in said
    await case.agrees()
    await case.agrees(party)
    await case.agrees(other, agreed=False)
    said = (await case.to("meeting_agreed", 422))["agreement"]
    assert "Toinen Huoltaja" in said
    assert GUARDIAN not in said
    assert "client" not in said
    await case.agrees(other)
    await case.to("meeting_agreed")
    assert [row["agreed"] for row in await case.coordinator.get(f"{case.path}/agreement")] == [True, True, True]


async def test_a_guardian_who_is_suspected_or_forbidden_is_not_asked(house):
    case, party = await reviewed(house)
    suspected = await case.guardian("Epäilty Huoltaja", suspected=True)
    await case.forbid(party)
    await case.to("situation")
    for giver in (party, suspected):
        assert set(messages(await case.agrees(giver, 422))) == {"giver"}
    asked = await case.coordinator.get(f"{case.path}/agreement")
    assert [row["giver"] for row in asked] == ["client"]
    await case.agrees()
    await case.to("meeting_agreed")


async def test_whoever_took_their_word_back_keeps_the_case_off_the_agenda(house):
    case, party = await reviewed(house)
    await case.to("situation")
    await case.agrees()
    await case.agrees(party)
    await case.to("meeting_agreed")
    await case.agrees(party, agreed=False, how="letter")
    assert GUARDIAN in messages(await case.call(422))["agreement"]


async def test_no_meeting_is_agreed_while_no_guardian_of_a_child_is_recorded(house):
    case = await YoungCase.about(house, "ankkuri", **REASONS)
    await case.client(aged(16))
    await case.decides()
    await case.notified()
    await case.consent(PURPOSE)
    await case.submit()
    await case.to("situation")
    await case.agrees()
    assert "no guardian is recorded" in (await case.to("meeting_agreed", 422))["agreement"]


async def test_an_answer_has_a_day_that_has_been_and_is_for_who_steers_the_case(house):
    case, _ = await reviewed(house)
    tomorrow = str(today() + timedelta(days=1))
    assert set(messages(await case.agrees(expect=422, said_on=tomorrow))) == {"said_on"}
    assert set(messages(await case.agrees(expect=422, how="rumour"))) == {"how"}
    await case.agrees(who=await house.person("officer"))
    await case.agrees(expect=404, who=await house.person("officer-2"))
    await case.agrees(expect=403, who=await house.person("municipality"))


async def test_an_answer_of_an_earlier_round_counts_no_more(house):
    case, party = await reviewed(house)
    for giver in ("client", party):
        await case.agrees(giver, who=case.officer)
    await case.close(outcome="no_further_need")
    await case.officer.post(f"{case.path}/rounds", {"wished_on": str(today()), "how": "spoken"})
    asked = await case.officer.get(f"{case.path}/agreement", 200)
    assert {row["agreed"] for row in asked} == {None}


async def test_a_missing_office_is_secured_in_another_way_before_the_minutes_are_approved(house):
    case = await at_the_table(house)
    await case.seat(*AT_THE_TABLE)
    agenda = (await case.coordinator.get(f"/meetings/{case.meeting}"))["agenda"]
    missing = [view["offices"] for view in agenda[0]["offices"] if not (view["names"] or view["secured"])]
    assert missing == [["nurse", "doctor", "psychologist"]]
    assert "sairaanhoitaja / lääkäri / psykologi" in (await case.minuted(422))["offices"]
    assert await case.stage() == "at_meeting"
    assert set(messages(await case.secure("teacher", expect=422))) == {"office"}
    assert set(messages(await case.secure("nurse", " ", 422))) == {"how"}
    await case.secure("nurse")
    await case.minuted()
    assert await case.stage() == "service_guidance"


async def test_a_seat_taken_back_leaves_its_office_missing(house):
    case = await at_the_table(house)
    await case.seat(*AT_THE_TABLE, NURSE)
    gone = {"case": case.reference, "post": await house.post_of("Anne")}
    await case.coordinator.post(f"/meetings/{case.meeting}/seats/removal", gone)
    assert (await case.minuted(422))["offices"].startswith("Missing at the table: nuorisotyö.")


async def test_who_decides_on_charges_is_never_at_the_table(house):
    case = await at_the_table(house)
    await house.fetch("UPDATE post SET office = 'prosecutor' WHERE id = $1", await house.post_of("Heikki"))
    problem = await case.seat("Heikki", expect=409)
    assert "the office syyttäjä is never at the table" in problem["title"]
    several = {"case": [case.reference], "post": [await house.post_of("Heikki"), await house.post_of("Jouni")]}
    problem = await case.coordinator.post(f"/meetings/{case.meeting}/filling", several, 422)
    assert "their office is never at the table" in messages(problem)["post"]
    page = await case.coordinator._http.get(
        f"/meetings/{case.meeting}/cases/{case.reference}/seats", headers=case.coordinator._headers
    )
    assert "Jouni" in page.text
    assert "Heikki" not in page.text


async def test_below_the_age_of_responsibility_no_step_about_prosecution_is_open(house):
    case, _ = await reviewed(house, years=14)
    said = (await case.to("police_talk", 422))["to"]
    assert "under 15" in said
    assert "child welfare notification" in said
    await case.to("situation")
    assert set(await case.to("police_talk", 422)) == {"to"}
    problem = await case.close(422, outcome="criminal_proceedings", reason="Poliisi tutkii.")
    assert "under 15" in problem["outcome"]
    assert await case.stage() == "situation"


async def test_from_the_fifteenth_birthday_the_police_may_talk_with_a_suspect(house):
    case, _ = await reviewed(house, years=15)
    await case.to("police_talk")
    await case.to("situation")
    await case.close(outcome="criminal_proceedings", reason="Poliisi tutkii.")


async def test_a_deviation_from_the_process_wants_its_reason(house):
    case, _ = await reviewed(house)
    assert set(await case.to("service_guidance", 422)) == {"reason"}
    await case.to("service_guidance", reason="Nuori tarvitsee heti palvelun.")
    assert await case.stage() == "service_guidance"


async def test_an_ending_has_an_outcome_and_its_target(house):
    case, _ = await reviewed(house)
    assert set(await case.close(422)) == {"outcome"}
    assert set(await case.close(422, outcome="guided_onward")) == {"target"}
    assert set(await case.close(422, outcome="offending_stopped")) == {"outcome"}
    assert set(await case.close(422, outcome="other")) == {"reason"}
    await case.close(outcome="no_further_need")
    assert await case.stage() == "ended"


async def test_whoever_opened_it_sees_as_consent_says_until_the_case_ends(house):
    everything = {"shell", "identity", "contact", "party", "narrative", "risk", "consent", "meeting", "minutes"}
    everything |= {"action", "disclosure", "attendance"}
    case = await at_the_table(house)
    assert await case.openers_kinds() == everything  # their own agency's record, and what consent gives it
    await case.seat(*AT_THE_TABLE)
    await case.secure("nurse")
    await case.minuted()
    assert (await case.officer.get(f"{case.path}/minutes", 200)) != []
    await case.close(outcome="no_further_need")
    grants = await house.fetch(
        "SELECT DISTINCT b.reason FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id "
        "WHERE g.ended_at IS NULL AND b.ended_at IS NULL"
    )
    assert {row["reason"] for row in grants} <= {"own_record", "coordination"}


async def test_no_page_of_a_case_about_a_young_person_speaks_of_violence_between_partners(house):
    case, _ = await concern(house)
    pages = await at_pages(house, "officer")
    situation = (await pages.get(f"{case.path}/situation")).text
    assert 'name="decision"' in situation, "child welfare is asked about a client who is a child"
    sent = await pages.post(f"{case.path}/situation", decision="already_notified", **hidden(situation))
    assert sent.headers["location"] == f"{case.path}/consent", "there is no checklist to go on to"
    assert 'name="decision"' not in (await pages.get(f"{case.path}/situation")).text
    await case.consent(PURPOSE)
    for place in ("", "/consent", "/consent/withdrawal", "/guardians", "/people", "/submit", "/agreement"):
        text = re.sub(r"<[^>]*>", " ", (await pages.get(f"{case.path}{place}")).text)
        assert not re.search(r"MARAK|Väkivaltaa käyttäv|väkivaltaa käyttäv|kartoituslomak", text, re.IGNORECASE), place
    assert "Huoltajien ja muiden asian ihmisten tiedot" in (await pages.get(f"{case.path}/submit")).text


async def test_a_withdrawal_ends_the_case_and_what_the_team_saw(house):
    case = await at_the_table(house)
    await case.seat("Anne")
    await case.officer.post(f"{case.path}/consent/withdrawal", {})
    youth_work = await house.person("municipality-2")
    await youth_work.get(case.path, 404)
    assert (await case.officer.get(case.path))["stage"] == "withdrawn"
