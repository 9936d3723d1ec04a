"""HSS, its whole life: only the police open it, for a first offence; the service takes it over; a decision ends it."""

from datetime import timedelta

import pytest
from tests import hss
from tests.models import add_team
from tests.pages import at_pages

from multiagency.cases.jobs_clocks import tell_of_clocks
from multiagency.kernel.clock import today

MINOR = {"name": "Nea Vaaranpää", "identity_code": "140410A924M"}
CLOSING = {"outcome": "completed"}


def fields(problem):
    return {error["field"] for error in problem["errors"]}


async def stage_of(house, case, login="hss-coordinator"):
    return (await (await house.person(login)).get(f"/cases/{case}"))["stage"]


async def test_its_whole_life(house):
    case = await hss.offered(house)
    assert await stage_of(house, case) == "offered"
    await hss.take_over(house, case)
    await hss.came(house, case, "attended")
    await hss.move(house, case, "in_treatment")
    await hss.came(house, case, "missed", "attended", "attended", "completed")
    await hss.move(house, case, "period_over")
    officer = await house.person("officer")
    told = await officer.get(f"/cases/{case}/attendance")
    assert [visit["what"] for visit in told["visits"]] == ["attended", "missed", "attended", "attended"]
    assert (told["result"]["what"], told["result"]["on_day"]) == ("completed", str(today()))
    await officer.post(f"/cases/{case}/findings", hss.finding("decision", "police"))
    coordinator = await house.person("hss-coordinator")
    await coordinator.post(f"/cases/{case}/closing", CLOSING)
    assert (await coordinator.get(f"/cases/{case}/closing"))["outcome"] == "completed"
    assert await stage_of(house, case) == "ended"
    assert (await officer.get(f"/cases/{case}"))["stage"] == "ended"
    assert (await officer.get(f"/cases/{case}/attendance"))["visits"] == []
    assert (await (await house.person("social-worker")).get(f"/cases/{case}"))["client"]["name"] == hss.CLIENT["name"]


@pytest.mark.parametrize("login", ["social-worker"])
async def test_only_the_police_open_it(house, login):
    wrong = await (await house.person(login)).post("/cases", {"team": await hss.team(house)}, 422)
    assert fields(wrong) == {"team"}
    await (await house.person("county")).post("/cases", {"team": await hss.team(house)}, 403)


@pytest.mark.parametrize(
    ("first", "police", "missing"),
    [(None, hss.KEPT, "first_offence"), ("no", hss.KEPT, "first_offence"), ("yes", None, "consent")],
)
async def test_it_is_not_offered_without_consent_and_a_first_offence(house, first, police, missing):
    case = await hss.draft(house, first=first, police=police)
    wrong = await (await house.person("officer")).post(f"/cases/{case}/submission", expect=422)
    assert missing in fields(wrong)
    assert await stage_of(house, case, "officer") == "draft"


@pytest.mark.parametrize("offered", [False, True])
async def test_a_second_offence_goes_the_prosecutors_way_without_a_period(house, offered):
    case = await (hss.offered if offered else hss.draft)(house)
    officer = await house.person("officer")
    assert fields(await officer.post(f"/cases/{case}/findings/ending", expect=422)) == {"first_offence"}
    await officer.post(f"/cases/{case}/findings", hss.finding("first_offence", "no"))
    await officer.post(f"/cases/{case}/findings/ending")
    assert await stage_of(house, case, "officer") == "prosecutors_way"
    await officer.post(f"/cases/{case}/findings/ending", expect=409)
    await officer.post(f"/cases/{case}/findings", hss.finding("first_offence", "yes"), 409)
    left = await house.fetch("SELECT DISTINCT reason FROM lawful_basis WHERE ended_at IS NULL")
    assert {row["reason"] for row in left} <= {"own_record", "coordination"}


async def test_the_first_offence_is_for_the_opener_to_answer_and_the_decision_for_either(house):
    case = await hss.offered(house)
    officer, coordinator = await house.person("officer"), await house.person("hss-coordinator")
    await coordinator.post(f"/cases/{case}/findings", hss.finding("first_offence", "no"), 403)
    await officer.post(f"/cases/{case}/findings", hss.finding("decision", "police"), 403)
    await hss.take_over(house, case)
    await officer.post(f"/cases/{case}/findings", hss.finding("first_offence", "no"), 403)
    wrong = await officer.post(f"/cases/{case}/findings", hss.finding("decision", "yes"), 422)
    assert fields(wrong) == {"answer"}
    for day in (today() - timedelta(days=1), today() + timedelta(days=1)):
        wrong = await officer.post(f"/cases/{case}/findings", hss.finding("decision", "police", day), 422)
        assert fields(wrong) == {"found_on"}
    await (await house.person("social-worker")).post(f"/cases/{case}/findings", hss.finding("decision", "prosecutor"))
    await officer.post(f"/cases/{case}/findings", hss.finding("decision", "police"))
    assert [one["answer"] for one in await coordinator.get(f"/cases/{case}/findings")] == ["yes", "police"]


async def test_no_stage_is_left_before_what_it_asks_for(house):
    case = await hss.taken_over(house)
    assert fields(await hss.move(house, case, "in_treatment", expect=422)) == {"attendance"}
    await hss.came(house, case, "missed")
    assert fields(await hss.move(house, case, "in_treatment", expect=422)) == {"attendance"}
    await hss.came(house, case, "attended", "attended")
    await hss.move(house, case, "in_treatment")
    assert fields(await hss.move(house, case, "period_over", expect=422)) == {"attendance"}
    worker = await house.person("social-worker")
    wrong = await worker.post(f"/cases/{case}/attendance", {"what": "completed", "on_day": str(today())}, 422)
    assert fields(wrong) == {"what"}
    await hss.came(house, case, "attended", "completed")
    [visit, *_] = (await worker.get(f"/cases/{case}/attendance"))["visits"][1:]
    await worker.post(f"/cases/{case}/attendance/{visit['id']}/removal")
    assert fields(await hss.move(house, case, "period_over", expect=422)) == {"attendance"}
    await hss.came(house, case, "attended")
    await hss.move(house, case, "period_over")
    coordinator = await house.person("hss-coordinator")
    assert fields(await coordinator.post(f"/cases/{case}/closing", CLOSING, 422)) == {"decision"}
    await coordinator.post(f"/cases/{case}/findings", hss.finding("decision", "prosecutor"))
    assert "outcome" in fields(await coordinator.post(f"/cases/{case}/closing", {"outcome": "guided_onward"}, 422))
    await coordinator.post(f"/cases/{case}/closing", CLOSING)


async def test_a_period_that_did_not_begin_or_was_interrupted_ends_too(house):
    for whats, result in (((), "not_begun"), (("attended",), "interrupted")):
        case = await hss.taken_over(house)
        await hss.came(house, case, *whats, result)
        await hss.move(house, case, "period_over")
        coordinator = await house.person("hss-coordinator")
        await coordinator.post(f"/cases/{case}/findings", hss.finding("decision", "police"))
        await coordinator.post(f"/cases/{case}/closing", {"outcome": result})


async def test_the_outcome_agrees_with_what_was_recorded_of_the_period(house):
    case = await hss.taken_over(house)
    await hss.came(house, case, "not_begun")
    await hss.move(house, case, "period_over")
    coordinator = await house.person("hss-coordinator")
    await coordinator.post(f"/cases/{case}/findings", hss.finding("decision", "police"))
    assert fields(await coordinator.post(f"/cases/{case}/closing", CLOSING, 422)) == {"outcome"}


async def test_the_first_offence_stands_before_the_taking_over_and_attendance_after_it(house):
    case = await hss.offered(house)
    body = {"what": "attended", "on_day": str(today())}
    await (await house.person("hss-coordinator")).post(f"/cases/{case}/attendance", body, 409)
    await hss.take_over(house, case)
    worker = await house.person("social-worker")
    for day in (today() - timedelta(days=1), today() + timedelta(days=1)):
        wrong = await worker.post(f"/cases/{case}/attendance", body | {"on_day": str(day)}, 422)
        assert fields(wrong) == {"on_day"}
    await (await house.person("officer")).post(f"/cases/{case}/attendance", body, 403)


async def test_nobody_takes_it_over_by_moving_it_and_going_back_restores_nothing(house):
    case = await hss.offered(house)
    assert fields(await hss.move(house, case, "taken_over", expect=422)) == {"post"}
    await hss.take_over(house, case)
    assert fields(await hss.move(house, case, "offered", expect=422)) == {"reason"}
    await hss.move(house, case, "offered", "Otettiin vahingossa.")
    view = await (await house.person("officer")).get(f"/cases/{case}")
    assert (view["stage"], view["client"]) == ("offered", None)
    await (await house.person("officer")).put(f"/cases/{case}/client", hss.CLIENT, 403)
    await hss.move(house, case, "taken_over")


async def test_a_first_appointment_that_does_not_come_is_told_once_and_closes_nothing(house):
    case = await hss.taken_over(house)
    service = await house.service()
    assert await tell_of_clocks(house.runtime, service) == 0
    await house.fetch("UPDATE stage_history SET moved_at = moved_at - interval '15 days'")
    await house.fetch("UPDATE case_file SET taken_over_at = taken_over_at - interval '15 days'")
    assert await tell_of_clocks(house.runtime, service) == 1
    assert await tell_of_clocks(house.runtime, service) == 0
    told = await (await house.person("hss-coordinator")).get("/notices")
    assert [row["read"] for row in told if row["what"] == "clock_ran_out"] == [None]
    assert [row for row in await (await house.person("officer")).get("/notices") if "clock" in row["what"]] == []
    page = (await (await at_pages(house, "social-worker")).get(f"/cases/{case}/attendance")).text
    assert "myöhässä" in page
    assert "Ensimmäinen käynti" in (await (await at_pages(house, "hss-coordinator")).get(f"/cases/{case}")).text
    assert "Ensimmäinen käynti" not in (await (await at_pages(house, "officer")).get(f"/cases/{case}")).text
    assert await stage_of(house, case) == "taken_over"


async def test_a_case_for_no_agenda_waits_for_its_coordinator_on_the_first_page(house):
    case = await hss.offered(house)
    assert hss.CLIENT["name"] in (await (await at_pages(house, "hss-coordinator")).get("/")).text
    assert f"/cases/{case}" in (await (await at_pages(house, "officer")).get("/")).text
    await hss.take_over(house, case)
    assert f"/cases/{case}" not in (await (await at_pages(house, "officer")).get("/")).text


async def test_it_can_be_done_at_the_pages(house):
    case = await hss.draft(house, first=None)
    officer, coordinator = await at_pages(house, "officer"), await at_pages(house, "hss-coordinator")
    here = f"/cases/{case}"
    assert f"{here}/findings" in (await officer.get(here)).text
    kept = await officer.post(f"{here}/findings", 422, what="first_offence", found_on="eilen kai")
    assert "eilen kai" in kept.text
    await officer.post(f"{here}/findings", what="first_offence", answer="no", found_on="1.1.")
    assert f"{here}/findings/ending" in (await officer.get(f"{here}/findings")).text
    await officer.post(f"{here}/findings", what="first_offence", answer="yes", found_on="1.1.")
    assert f"{here}/findings/ending" not in (await officer.get(f"{here}/findings")).text
    await officer.post(f"{here}/submit")
    assert f"{here}/taking-over" in (await coordinator.get(here)).text
    await coordinator.post(f"{here}/taking-over", 422)
    await coordinator.post(f"{here}/taking-over", post=await house.post_of("Marja"))
    worker = await at_pages(house, "social-worker")
    await worker.post(f"{here}/attendance", 422, what="attended", on_day="ei tiedossa")
    await worker.post(f"{here}/attendance", what="attended", on_day=f"{today().day}.{today().month}.{today().year}")
    assert f"{here}/attendance" in (await officer.get(here)).text
    await officer.post(f"{here}/findings", what="decision", answer="police", found_on=str(today()))


async def review_body(house):
    return {"team": await add_team(house, "ankkuri"), "reasons": ["substances"], "source": "police"}


async def test_a_client_under_age_is_reviewed_in_a_case_of_its_own_that_nothing_joins(house):
    case, officer = await hss.draft(house, client=MINOR, police=None), await house.person("officer")
    body = await review_body(house)
    before = await ids_of(house)
    other = (await officer.post(f"/cases/{case}/review", body, 201))["reference"]
    view = await officer.get(f"/cases/{other}")
    assert (view["pathway"], view["stage_kind"]) == ("ankkuri", "draft")
    assert view["client"]["identity_code"] == MINOR["identity_code"]
    assert (view["safe_contact"], view["parts"]) == (None, [])
    await (await house.person("officer-2")).get(f"/cases/{other}", 404)
    joined = await rows_with(house, await ids_of(house) - before, before | {case})
    assert joined == []


async def ids_of(house):
    return {str(value) for row in await house.fetch("SELECT id, reference FROM case_file") for value in row}


async def rows_with(house, ones, others):
    """Rows of any table in which both cases stand."""
    tables = await house.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = []
    for table in tables:
        for row in await house.fetch(f'SELECT t::text AS said FROM "{table["tablename"]}" t'):
            if any(one in row["said"] for one in ones) and any(other in row["said"] for other in others):
                found.append((table["tablename"], row["said"]))
    return found


async def test_nobody_of_age_is_reviewed_and_only_by_a_team_that_does(house):
    officer, body = await house.person("officer"), await review_body(house)
    grown, child = await hss.draft(house, police=None), await hss.draft(house, client=MINOR, police=None)
    await officer.post(f"/cases/{grown}/review", body, 409)
    wrong = await officer.post(f"/cases/{child}/review", body | {"team": await hss.team(house)}, 422)
    assert fields(wrong) == {"team"}
    await (await house.person("officer-2")).post(f"/cases/{child}/review", body, 404)
    assert f"/cases/{grown}/review" not in (await (await at_pages(house, "officer")).get(f"/cases/{grown}")).text
    assert f"/cases/{child}/review" in (await (await at_pages(house, "officer")).get(f"/cases/{child}")).text
    assert "ankkuri" in (await (await at_pages(house, "officer")).get(f"/cases/{child}/review")).text.lower()
