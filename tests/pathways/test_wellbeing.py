"""The whole life of a wellbeing referral over HTTP, with what is refused on the way, and what its opener sees."""

from datetime import timedelta

import pytest
from tests.kernel.test_row_security import secret_of
from tests.models import add_team, wellbeing_consent
from tests.pages import at_pages, words

from multiagency.kernel.clock import later, today

CLIENT = {"name": "Veikko Yksinäinen", "birth_date": "1950-03-04"}
CONTACT = {"phone": "040 555 0303", "when_to_call": "aamuisin", "may_leave_message": True, "language": "fi"}
NARRATIVE = "Asiakas käy vastaanotolla viikoittain, koska kotona ei ole ketään."
FEEDBACK = "Asiakas käy nyt torstaisin puutyöpajassa ja soittaa itse kuljetuksen."
SECRETS = (CLIENT["name"], CONTACT["phone"], NARRATIVE, FEEDBACK)


async def team(house):
    rows = await house.fetch("SELECT id FROM team WHERE pathway = 'wellbeing'")
    return str(rows[0]["id"]) if rows else await add_team(house, "wellbeing")


async def draft(house, login="social-worker", client=CLIENT, consent=True):
    worker = await house.person(login)
    body = {"team": await team(house), "reasons": ["loneliness", "low_mood"]}
    case = (await worker.post("/cases", body, 201))["reference"]
    await worker.put(f"/cases/{case}/client", client)
    await worker.put(f"/cases/{case}/safe-contact", CONTACT)
    await worker.put(f"/cases/{case}/part", {"narrative": NARRATIVE})
    if consent:
        await worker.post(f"/cases/{case}/consent", await wellbeing_consent(house))
    return case


async def received(house, **about):
    case = await draft(house, **about)
    await (await house.person("social-worker")).post(f"/cases/{case}/submission")
    return case


async def taken_over(house):
    case = await received(house)
    body = {"post": await house.post_of("Maarit")}
    await (await house.person("wellbeing-coordinator")).post(f"/cases/{case}/taking-over", body)
    return case


async def alongside(house):
    case = await taken_over(house)
    await (await house.person("wellbeing-coordinator")).post(f"/cases/{case}/moves", {"to": "alongside"})
    return case


async def measured(house, case, times=3):
    visitor = await at_pages(house, "link-person")
    for _ in range(times):
        await visitor.post(f"/cases/{case}/measures/wellbeing", **{"answer-mood": "3"})


async def closed(house, case, answer="yes", expect=204, **more):
    body = {"outcome": "guided_to_activity", "target": "Puutyöpaja", "feedback": FEEDBACK, "opener_reads": answer}
    body = {name: value for name, value in (body | more).items() if value is not None}
    return await (await house.person("wellbeing-coordinator")).post(f"/cases/{case}/closing", body, expect)


async def test_a_referral_lives_its_whole_life(house):
    case = await alongside(house)
    link_person = await house.person("link-person")
    seen = await link_person.get(f"/cases/{case}")
    assert (seen["stage"], seen["client"]["name"]) == ("alongside", CLIENT["name"])
    assert seen["safe_contact"]["phone"] == CONTACT["phone"]
    await measured(house, case)
    await closed(house, case)
    assert (await link_person.get(f"/cases/{case}"))["stage"] == "ended"
    stages = [row["stage"] for row in await house.fetch("SELECT stage FROM stage_history ORDER BY moved_at, id")]
    assert stages == ["draft", "received", "first_talk", "alongside", "ended"]


async def test_only_health_and_social_services_open_one_and_for_a_reason(house):
    wanted = {"team": await team(house), "reasons": ["loneliness"]}
    await (await house.person("officer")).post("/cases", wanted, 422)
    worker = await house.person("social-worker")
    await worker.post("/cases", wanted | {"reasons": []}, 422)
    await worker.post("/cases", wanted | {"reasons": ["boredom"]}, 422)
    await worker.post("/cases", wanted, 201)


@pytest.mark.parametrize(("days", "status"), [(0, 204), (1, 422)])
async def test_the_client_is_of_age_on_the_opening_day(house, days, status):
    born = later(today(), years=-18) + timedelta(days=days)
    case = await draft(house, consent=False)
    worker = await house.person("social-worker")
    await worker.put(f"/cases/{case}/client", {"name": "Nuori Aikuinen", "birth_date": str(born)}, status)


async def test_without_consent_to_the_municipality_it_is_not_sent(house):
    case, worker = await draft(house, consent=False), await house.person("social-worker")
    await worker.post(f"/cases/{case}/submission", expect=422)
    await worker.post(f"/cases/{case}/consent", await wellbeing_consent(house) | {"answer": "refused"})
    await worker.post(f"/cases/{case}/submission", expect=422)
    no_contact = await wellbeing_consent(house) | {"kinds": ["identity", "narrative"]}
    await worker.post(f"/cases/{case}/consent", no_contact)
    await worker.post(f"/cases/{case}/submission", expect=422)
    await worker.post(f"/cases/{case}/consent", await wellbeing_consent(house))
    await worker.post(f"/cases/{case}/submission")


async def test_stages_are_not_skipped_and_only_who_coordinates_moves_it(house):
    case, coordinator = await received(house), await house.person("wellbeing-coordinator")
    await coordinator.post(f"/cases/{case}/moves", {"to": "alongside"}, 422)
    await coordinator.post(f"/cases/{case}/moves", {"to": "first_talk"}, 422)
    await (await house.person("coordinator")).post(f"/cases/{case}/moves", {"to": "first_talk"}, 404)
    await (await house.person("social-worker")).post(f"/cases/{case}/moves", {"to": "first_talk"}, 403)
    await closed(house, case, expect=422)
    assert (await coordinator.get(f"/cases/{case}"))["stage"] == "received"


async def test_it_ends_well_only_when_wellbeing_was_measured_three_times_and_else_with_a_reason(house):
    case = await alongside(house)
    await measured(house, case, times=2)
    await closed(house, case, expect=422)
    await closed(house, case, outcome="no_further_need", target=None, expect=422)
    await closed(house, case, outcome="other", target=None, expect=422)
    await closed(house, case, outcome="other", target=None, reason="Asiakas ei halunnut vastata.")
    assert (await (await house.person("link-person")).get(f"/cases/{case}"))["stage"] == "ended_early"


async def test_what_must_end_ends_whatever_was_measured(house):
    case = await alongside(house)
    await (await house.person("wellbeing-coordinator")).post(f"/cases/{case}/ending", {"why": "client_died"})
    assert (await (await house.person("link-person")).get(f"/cases/{case}"))["stage"] == "ended_early"


@pytest.mark.parametrize("missing", ["outcome", "target", "feedback", "opener_reads"])
async def test_it_is_not_closed_without_outcome_target_feedback_and_the_clients_own_answer(house, missing):
    case = await alongside(house)
    await measured(house, case)
    await closed(house, case, expect=422, **{missing: None})
    assert (await (await house.person("link-person")).get(f"/cases/{case}"))["stage"] == "alongside"
    assert await house.fetch("SELECT FROM feedback") == []


async def seen_by_the_opener(house, case):
    """Everything that the opener is told at the case's own addresses, and in lists and search."""
    visitor, worker = await at_pages(house, "social-worker"), await house.person("social-worker")
    found = [(await visitor.get(path)).text for path in (f"/cases/{case}", "/cases", "/")]
    found += [str(await worker.get(f"/cases/{case}")), str(await worker.get(f"/cases/{case}/feedback"))]
    found.append(str(await worker.post("/search", {"wanted": CLIENT["name"]}, 200)))
    return "\n".join(found)


async def test_once_taken_over_the_opener_sees_the_stage_and_nothing_else(house):
    case = await alongside(house)
    assert (await (await house.person("social-worker")).get(f"/cases/{case}"))["stage"] == "alongside"
    seen = await seen_by_the_opener(house, case)
    assert case in seen
    assert not [secret for secret in SECRETS if secret in seen]
    emergency = {"reference": case, "reason": "Hätä.", "minutes": 30}
    await (await house.person("social-worker")).post("/break-glass", emergency, 404)


@pytest.mark.parametrize(("answer", "told"), [("yes", True), ("no", False)])
async def test_the_opener_reads_the_feedback_only_where_the_client_says_so(house, answer, told):
    case = await alongside(house)
    await measured(house, case)
    await closed(house, case, answer)
    seen = await seen_by_the_opener(house, case)
    assert (FEEDBACK in seen) is told
    assert not [secret for secret in SECRETS if secret in seen and secret != FEEDBACK]
    visitor = await at_pages(house, "social-worker")
    assert (f"/cases/{case}/feedback" in (await visitor.get(f"/cases/{case}")).text) is told
    page = words((await visitor.get(f"/cases/{case}/feedback", 200 if told else 404)).text)
    assert (FEEDBACK in page) is told
    async with house.as_role("app", await secret_of(house, "social-worker")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM feedback") == int(told)
    await (await house.person("officer")).get(f"/cases/{case}/feedback", 404)
    assert FEEDBACK in str(await (await house.person("link-person")).get(f"/cases/{case}/feedback")), "its own record"


async def test_a_withdrawal_ends_it_for_everybody_but_the_own_record(house):
    case = await alongside(house)
    await (await house.person("wellbeing-coordinator")).post(f"/cases/{case}/consent/withdrawal", {})
    assert (await (await house.person("social-worker")).get(f"/cases/{case}"))["stage"] == "withdrawn"
    assert (await (await house.person("wellbeing-coordinator")).get(f"/cases/{case}"))["client"] is None
