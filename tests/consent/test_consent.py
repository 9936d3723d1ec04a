"""Consent as a live gate: who sees what before, and what is left the moment after."""

import asyncio

import asyncpg
import pytest
from tests.kernel.test_row_security import secret_of

from multiagency.demo import story


async def test_no_answer_is_never_a_yes(house):
    officer, case = await house.person("officer"), await house.draft()
    assert await officer.get(f"/cases/{case}/consent") is None
    problem = await officer.post(f"/cases/{case}/submission", expect=422)
    assert "consent" in {error["field"] for error in problem["errors"]}


async def test_a_refusal_gives_nobody_anything(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    body = await house.consent_body() | {"answer": "refused", "recipients": [], "kinds": []}
    await officer.post(f"/cases/{case}/consent", body)
    problem = await officer.post(f"/cases/{case}/submission", expect=422)
    assert "consent" in {error["field"] for error in problem["errors"]}
    assert await house.fetch("SELECT FROM lawful_basis WHERE reason = 'consent' AND ended_at IS NULL") == []


async def test_every_version_stays(house):
    officer, case = await house.person("officer"), await house.draft()
    for _ in range(3):
        await officer.post(f"/cases/{case}/consent", await house.consent_body())
    rows = await house.fetch("SELECT version, state FROM consent ORDER BY version")
    assert [(row["version"], row["state"]) for row in rows] == [(1, "given"), (2, "given"), (3, "given")]
    assert (await house.fetch("SELECT count(*) AS n FROM lawful_basis WHERE ended_at IS NOT NULL"))[0]["n"] == 6


async def test_a_consent_that_does_not_name_the_coordinating_agency_does_not_reach_it(house):
    case = await house.filled_draft(consent=("Police", "Revontuli"))
    officer = await house.person("officer")
    problem = await officer.post(f"/cases/{case}/submission", expect=422)
    assert problem["errors"][0]["field"] == "consent"
    await (await house.person("coordinator")).get(f"/cases/{case}", 404)


async def test_a_draft_is_seen_by_nobody_else(house):
    case = await house.filled_draft()
    for login in ("social-worker", "coordinator", "police", "municipality", "shelter"):
        await (await house.person(login)).get(f"/cases/{case}", 404)
        assert await (await house.person(login)).get("/cases") == []


async def test_a_colleague_without_a_task_sees_404(house):
    """Same agency, other post: the agency's basis by itself shows nobody anything."""
    case = await house.submitted()
    await (await house.person("police")).get(f"/cases/{case}", 404)


async def test_an_asked_colleague_adds_their_agencys_part_and_only_that(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    worker = await house.person("social-worker")
    await worker.put(f"/cases/{case}/part", {"narrative": "?"}, 404)
    await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Marja")})
    await worker.put(f"/cases/{case}/part", {"narrative": story.COUNTY_PART})
    await worker.put(f"/cases/{case}/client", story.CLIENT, 403)
    parts = (await officer.get(f"/cases/{case}"))["parts"]
    assert {part["narrative"] for part in parts} == {story.NARRATIVE, story.COUNTY_PART}


async def test_asking_twice_is_asking_once(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    for _ in range(2):
        await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Marja")})
    assert len(await house.fetch("SELECT FROM access_grant WHERE capability = 'contribute'")) == 1


async def test_a_coordinator_ends_consent_but_cannot_give_it(house):
    case = await house.submitted()
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/cases/{case}/consent", await house.consent_body(), 403)
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO consent SELECT version + 1, 'given', purpose, asked_by_id, now(), how, language, "
                "now(), recorded_by_id, gen_random_uuid(), case_id, controller_id, retention_class FROM consent"
            )


async def test_nobody_outside_the_consent_can_be_asked(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    problem = await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Tiina")}, 409)
    assert "Riekko" in problem["title"]


async def test_withdrawal_shuts_every_invited_agency_out_at_once(house):
    case = await house.submitted()
    await house.opened(case, "Jouni", "Sanna", "Heikki")
    invited = [await house.person(login) for login in ("police", "county", "municipality")]
    for person in invited:
        assert (await person.get(f"/cases/{case}"))["client"]["name"] == story.CLIENT["name"]
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    for person in invited:
        for path in ("", "/consent", "/assessment", "/minutes", "/actions"):
            await person.get(f"/cases/{case}{path}", 404)
        assert await person.get("/cases") == []


async def test_the_referrers_agency_keeps_its_own_record(house):
    case = await house.submitted()
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/consent/withdrawal")
    kept = await officer.get(f"/cases/{case}")
    assert kept["client"]["name"] == story.CLIENT["name"]
    assert kept["stage"] == "withdrawn"
    assert [part["narrative"] for part in kept["parts"]] == [story.NARRATIVE]
    assert (await officer.get(f"/cases/{case}/assessment"))["score"] == 15


async def test_the_referrer_does_not_keep_what_others_told(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Marja")})
    await (await house.person("social-worker")).put(f"/cases/{case}/part", {"narrative": story.COUNTY_PART})
    assert len((await officer.get(f"/cases/{case}"))["parts"]) == 2
    await officer.post(f"/cases/{case}/consent/withdrawal")
    assert [part["narrative"] for part in (await officer.get(f"/cases/{case}"))["parts"]] == [story.NARRATIVE]


async def test_the_coordinator_keeps_a_shell(house):
    case = await house.submitted()
    coordinator = await house.person("coordinator")
    assert (await coordinator.get(f"/cases/{case}"))["client"]["name"] == story.CLIENT["name"]
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    shell = await coordinator.get(f"/cases/{case}")
    assert shell["stage"] == "withdrawn"
    assert shell["withdrawn_at"] is not None
    assert (shell["client"], shell["safe_contact"], shell["parties"], shell["parts"]) == (None, None, [], [])
    assert await coordinator.get(f"/cases/{case}/consent") is None
    assert await coordinator.get(f"/cases/{case}/assessment") is None


async def test_the_coordinator_may_withdraw_for_the_client_too(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    await (await house.person("coordinator")).post(f"/cases/{case}/consent/withdrawal")
    await (await house.person("municipality")).get(f"/cases/{case}", 404)
    officer = await house.person("officer")
    assert (await officer.get(f"/cases/{case}"))["stage"] == "withdrawn"
    assert (await officer.get(f"/cases/{case}/consent"))["state"] == "withdrawn"


async def test_nobody_else_may_withdraw(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    await (await house.person("municipality")).post(f"/cases/{case}/consent/withdrawal", expect=403)
    await (await house.person("shelter")).post(f"/cases/{case}/consent/withdrawal", expect=403)
    await (await house.person("social-worker")).post(f"/cases/{case}/consent/withdrawal", expect=404)


async def test_withdrawing_twice_is_a_conflict(house):
    case = await house.submitted()
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/consent/withdrawal")
    await officer.post(f"/cases/{case}/consent/withdrawal", expect=409)


async def test_after_a_withdrawal_nothing_more_can_be_shared(house):
    case = await house.submitted()
    officer, coordinator = await house.person("officer"), await house.person("coordinator")
    meeting = await house.meeting(case)
    await officer.post(f"/cases/{case}/consent/withdrawal")
    await house.seat(meeting, case, "Heikki", 409)
    await officer.post(f"/cases/{case}/submission", expect=409)
    await officer.post(f"/cases/{case}/consent", await house.consent_body(), 409)
    await coordinator.post(f"/meetings/{meeting}/agenda", {"case": case}, 409)


async def test_an_action_stays_with_its_owner_and_nothing_else_does(house):
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki")
    await house.minutes(meeting, case)
    body = {"owner": await house.post_of("Heikki"), "title": "Soittaa kouluun", "due_on": "2099-01-01"}
    await (await house.person("coordinator")).post(f"/cases/{case}/actions", body, 201)
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    municipality = await house.person("municipality")
    assert [action["title"] for action in await municipality.get("/actions")] == ["Soittaa kouluun"]
    await municipality.get(f"/cases/{case}", 404)
    await municipality.get(f"/cases/{case}/actions", 404)


@pytest.mark.parametrize("path", ["", "/consent", "/assessment", "/minutes", "/actions"])
async def test_reads_during_a_withdrawal_show_all_or_nothing(house, path):
    """Whatever the order, an answer is a whole 200 from before or a 404 from after."""
    case = await house.submitted()
    await house.opened(case, "Heikki")
    municipality, officer = await house.person("municipality"), await house.person("officer")

    async def read() -> int:
        response = await house.http.get(f"/api/v1/cases/{case}{path}", headers=municipality._headers)
        if response.status_code == 200 and path == "":
            assert response.json()["client"]["name"] == story.CLIENT["name"]
            assert response.json()["parties"]
        return response.status_code

    early = [asyncio.create_task(read()) for _ in range(4)]
    withdrawal = asyncio.create_task(officer.post(f"/cases/{case}/consent/withdrawal"))
    statuses = await asyncio.gather(*early, *(asyncio.create_task(read()) for _ in range(4)))
    await withdrawal
    assert set(statuses) <= {200, 404}
    assert await read() == 404


async def test_whoever_is_not_shown_the_consent_is_not_told_that_there_is_none(house):
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki")
    await house.minutes(meeting, case)
    officer, coordinator = await house.person("officer"), await house.person("coordinator")
    await officer.post(f"/cases/{case}/consent", await house.consent_body("Police", "Revontuli"))
    problem = await coordinator.post(f"/cases/{case}/consent/withdrawal", expect=409)
    assert problem["type"].endswith("consent.kept_from_you")
    await officer.post(f"/cases/{case}/consent/withdrawal")
