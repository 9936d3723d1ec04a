"""A client who changes their mind: a new round from the own agency's records, and nothing that ended revives."""

from datetime import timedelta

import pytest
from tests.cases.test_bars import bar
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages
from tests.safeguards.test_protection import protect
from tests.storage.test_closing import CLOSING
from tests.storage.test_expiry import expire, left_of

from multiagency.demo import story
from multiagency.kernel.clock import today
from multiagency.web.texts import full_day

WISH = {"wished_on": str(today()), "how": "spoken"}


async def ended(house, how="withdrawn"):
    """A case at which the county told its part and Heikki sat, ended."""
    officer, case = await house.person("officer"), await house.filled_draft()
    await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Sanna")})
    await (await house.person("county")).put(f"/cases/{case}/part", {"narrative": story.COUNTY_PART})
    await officer.post(f"/cases/{case}/submission")
    meeting = await house.opened(case, "Heikki")
    if how == "withdrawn":
        await officer.post(f"/cases/{case}/consent/withdrawal")
    else:
        await house.minutes(meeting, case)
        await (await house.person("coordinator")).post(f"/cases/{case}/closing", CLOSING)
    return case, officer, meeting


@pytest.mark.parametrize("how", ["withdrawn", "closed"])
async def test_the_referrer_begins_again_from_the_own_records_and_others_stay_unseen(house, how):
    case, officer, _ = await ended(house, how)
    await officer.post(f"/cases/{case}/rounds", WISH)
    view = await officer.get(f"/cases/{case}")
    assert (view["stage"], view["client"]["name"], view["closed_at"], view["withdrawn_at"]) == (
        "draft",
        story.CLIENT["name"],
        None,
        None,
    )
    assert [part["narrative"] for part in view["parts"]] == [story.NARRATIVE]
    for login in ("coordinator", "municipality"):
        await (await house.person(login)).get(f"/cases/{case}", 404)
    left = await house.fetch("SELECT DISTINCT reason FROM lawful_basis WHERE ended_at IS NULL")
    assert {row["reason"] for row in left} == {"own_record"}


@pytest.mark.parametrize("how", ["withdrawn", "closed"])
async def test_what_was_said_before_opens_nothing_and_a_new_yes_opens_the_round(house, how):
    case, officer, _ = await ended(house, how)
    await officer.post(f"/cases/{case}/rounds", WISH)
    problem = await officer.post(f"/cases/{case}/submission", expect=422)
    assert "consent" in {error["field"] for error in problem["errors"]}
    await officer.post(f"/cases/{case}/consent", await house.consent_body())
    view = await officer.get(f"/cases/{case}")
    assert {part["narrative"] for part in view["parts"]} == {story.NARRATIVE, story.COUNTY_PART}
    await officer.put(f"/cases/{case}/assessment", {"answers": story.answers(15)})
    await officer.post(f"/cases/{case}/submission")
    coordinator = await house.person("coordinator")
    assert (await coordinator.get(f"/cases/{case}"))["client"]["name"] == story.CLIENT["name"]
    assert await house.fetch("SELECT FROM seat WHERE ended_at IS NULL") == []
    await (await house.person("municipality")).get(f"/cases/{case}", 404)
    await house.opened(case, "Heikki")
    assert (await (await house.person("municipality")).get(f"/cases/{case}"))["client"]


async def test_a_new_round_asks_for_a_new_checklist_and_the_former_stays_as_it_was(house):
    case, officer, _ = await ended(house)
    await officer.post(f"/cases/{case}/rounds", WISH)
    problem = await officer.post(f"/cases/{case}/submission", expect=422)
    assert any(error["field"].startswith("answers.") for error in problem["errors"])
    await officer.put(f"/cases/{case}/assessment", {"answers": story.answers(20)})
    rows = await house.fetch(
        "SELECT a.version, count(*) FILTER (WHERE w.answer = 'yes') AS yes, a.completed_at IS NULL AS open "
        "FROM assessment a JOIN assessment_answer w ON w.assessment_id = a.id GROUP BY a.id ORDER BY a.version"
    )
    assert [tuple(row) for row in rows] == [(1, 15, False), (2, 20, True)]


async def test_sql_lets_no_earlier_yes_carry_a_basis(house):
    case, officer, _ = await ended(house, "closed")
    await officer.post(f"/cases/{case}/rounds", WISH)
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        asked = "SELECT count(*) FROM newest_answers((SELECT id FROM case_file WHERE reference = $1))"
        assert await connection.fetchval(asked, case) == 0


async def test_bars_and_a_protected_address_carry_over(house):
    case, officer, _ = await ended(house)
    await bar(house, case, "Jouni", "officer")
    await protect(house, case)
    await officer.post(f"/cases/{case}/rounds", WISH)
    assert len(await officer.get(f"/cases/{case}/bars")) == 1
    assert (await officer.get(f"/cases/{case}"))["address_protected"]


async def test_only_the_referrer_begins_it_and_only_of_what_has_ended(house):
    case, officer, _ = await ended(house)
    for login, status in (("coordinator", 403), ("municipality", 403), ("officer-2", 404)):
        await (await house.person(login)).post(f"/cases/{case}/rounds", WISH, status)
    await officer.post(f"/cases/{case}/rounds", WISH)
    await officer.post(f"/cases/{case}/rounds", WISH, 409)


async def test_it_begins_within_a_year(house):
    case, officer, _ = await ended(house)
    await house.fetch("UPDATE case_file SET withdrawn_at = now() - interval '13 months'")
    assert f"/cases/{case}/new-round" not in (await (await at_pages(house, "officer")).get(f"/cases/{case}")).text
    await officer.post(f"/cases/{case}/rounds", WISH, 409)
    await house.fetch("UPDATE case_file SET withdrawn_at = now() - interval '11 months'")
    await officer.post(f"/cases/{case}/rounds", WISH)


@pytest.mark.parametrize("days", [-2, 1])
async def test_the_wish_comes_after_the_end_and_not_after_today(house, days):
    case, officer, _ = await ended(house)
    body = WISH | {"wished_on": str(today() + timedelta(days=days))}
    wrong = await officer.post(f"/cases/{case}/rounds", body, 422)
    assert [error["field"] for error in wrong["errors"]] == ["wished_on"]


async def test_it_can_be_done_at_the_pages(house):
    case, _, _ = await ended(house)
    officer = await at_pages(house, "officer")
    assert f"/cases/{case}/new-round" in (await officer.get(f"/cases/{case}")).text
    assert full_day(today()) in (await officer.post(f"/cases/{case}/new-round", 422, wished_on=full_day(today()))).text
    await officer.post(f"/cases/{case}/new-round", **WISH)
    assert (await (await house.person("officer")).get(f"/cases/{case}"))["stage"] == "draft"


async def test_a_new_round_of_an_old_case_is_no_draft_that_went_nowhere(house):
    """What the earlier round left is kept for as long as any record, and the keeper touches nothing meanwhile."""
    case, officer, _ = await ended(house, "closed")
    await officer.post(f"/cases/{case}/rounds", WISH)
    await house.fetch("UPDATE case_file SET opened_at = now() - interval '3 years'")
    before = await left_of(house)
    await expire(house)
    assert await left_of(house) == before
    await house.fetch("UPDATE case_file SET round_began_at = now() - interval '11 years'")
    await expire(house)
    assert await house.fetch("SELECT FROM case_file") == []


async def test_a_new_round_ends_early_in_its_turn(house):
    officer, case = await house.person("officer"), await house.submitted()
    await officer.post(f"/cases/{case}/ending", {"why": "opened_by_mistake", "words": "Väärä työryhmä."})
    await officer.post(f"/cases/{case}/rounds", WISH)
    assert await officer.get(f"/cases/{case}/ending") is None
    assert 'name="why"' in (await (await at_pages(house, "officer")).get(f"/cases/{case}/ending")).text
    await officer.post(f"/cases/{case}/ending", {"why": "no_longer_wanted"})
    assert (await officer.get(f"/cases/{case}/ending"))["why"] == "no_longer_wanted"


async def test_a_new_round_is_closed_in_its_turn(house):
    case, officer, _ = await ended(house, "closed")
    await officer.post(f"/cases/{case}/rounds", WISH)
    await officer.post(f"/cases/{case}/consent", await house.consent_body())
    await officer.put(f"/cases/{case}/assessment", {"answers": story.answers(15)})
    await officer.post(f"/cases/{case}/submission")
    await house.minutes(await house.opened(case, "Heikki"), case)
    coordinator, path = await at_pages(house, "coordinator"), f"/cases/{case}/closing"
    assert 'name="outcome"' in (await coordinator.get(path)).text
    await coordinator.post(path, **CLOSING | {"target": "Toinen palvelu"})
    assert (await (await house.person("coordinator")).get(path))["target"] == "Toinen palvelu"
