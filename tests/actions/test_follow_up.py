"""How the client is one, three and six months later: asked by whoever stands beside them, and read in the plan."""

import pytest
from tests.actions.test_plan import CLOSING
from tests.pages import at_pages

from multiagency.actions.jobs import remind
from multiagency.kernel.clock import later, today

HEARD = {"new_violence": "no", "new_report": "not_known", "safe_at_home": 2, "knows_help": 5}
REPORT = {"outcome": "Asiakas nukkuu paremmin."} | HEARD
WRONG = [{"new_violence": None}, {"new_report": None}, {"safe_at_home": 6}]


@pytest.fixture
async def house(house):
    """A house in which the months of the model hold."""
    await house.fetch("DELETE FROM dated_parameter WHERE name LIKE 'follow_up_months%'")
    return house


async def agreed(house):
    case = await house.submitted()
    await house.minutes(await house.opened(case, "Heikki"), case)
    return case


async def waiting(house, login="officer"):
    found = await (await house.person(login)).get("/actions")
    return {action["follows_up_after"]: action for action in found if action["follows_up_after"]}


async def test_it_is_due_after_one_three_and_six_months(house):
    await agreed(house)
    due = {months: action["due_on"] for months, action in (await waiting(house)).items()}
    assert due == {months: str(later(today(), months=months)) for months in (1, 3, 6)}


async def test_a_team_asks_after_its_own_months(house):
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, team_id, value, valid_from) SELECT gen_random_uuid(), "
        "pathway, 'follow_up_months_' || n, t.id, CASE n WHEN 1 THEN 2 ELSE 0 END, now() - interval '1 day' "
        "FROM team t, generate_series(1, 3) n"
    )
    await agreed(house)
    assert set(await waiting(house)) == {2}


async def test_whoever_asks_is_told_when_it_is_near(house):
    await agreed(house)
    await house.fetch("UPDATE planned_action SET assigned_at = now() - interval '1 month', due_on = current_date + 1")
    await house.fetch("DELETE FROM notice")
    await remind(house.runtime, await house.service())
    told = await (await house.person("officer")).get("/notices")
    assert [notice["what"] for notice in told] == ["action_due"] * 3


async def test_what_was_heard_is_kept_and_read_in_the_plan(house):
    case = await agreed(house)
    first = (await waiting(house))[1]["reference"]
    await (await house.person("officer")).post(f"/actions/{first}/report", REPORT)
    page = (await (await at_pages(house, "officer")).get(f"/cases/{case}/plan")).text
    for said in ("Miten asiakas voi", "Ei tiedossa", "2/5", "5/5", "Ei kysytty"):
        assert said in page
    (row,) = await house.fetch("SELECT * FROM follow_up")
    assert (row["new_violence"], row["safe_at_home"], row["safe_outside"], row["knows_help"]) == ("no", 2, None, 5)
    await (await house.person("officer")).post(f"/actions/{first}/report", REPORT, 409)


@pytest.mark.parametrize("wrong", WRONG)
async def test_each_question_has_an_answer_or_was_not_asked(house, wrong):
    await agreed(house)
    first, officer = (await waiting(house))[1]["reference"], await house.person("officer")
    problem = await officer.post(f"/actions/{first}/report", REPORT | wrong, 422)
    assert [error["field"] for error in problem["errors"]] == list(wrong)
    assert (await waiting(house))[1]["state"] == "open"


async def test_a_client_who_was_not_reached_is_reported_as_that(house):
    await agreed(house)
    first, officer = (await waiting(house))[1]["reference"], await house.person("officer")
    unreached = {"outcome": "Ei vastannut.", "result": "not_done"}
    await officer.post(f"/actions/{first}/report", unreached | HEARD, 422)
    await officer.post(f"/actions/{first}/report", unreached)
    assert await house.fetch("SELECT FROM follow_up") == []


async def test_at_the_page_it_is_asked_and_nothing_is_lost(house):
    await agreed(house)
    officer, place = await at_pages(house, "officer"), f"/actions/{(await waiting(house))[1]['reference']}"
    kept = await officer.post(place, 422, outcome="Kertoi paljon.", safe_at_home="4", result="done")
    assert "Kertoi paljon." in kept.text
    said = {"new_violence": "yes", "new_report": "no", "safe_at_home": "4", "safe_outside": "", "knows_help": ""}
    await officer.post(place, outcome="Kertoi paljon.", result="done", **said)
    (row,) = await house.fetch("SELECT * FROM follow_up")
    assert (row["new_violence"], row["safe_at_home"], row["safe_outside"]) == ("yes", 4, None)


async def test_another_meeting_does_not_ask_twice(house):
    case = await agreed(house)
    await house.minutes(await house.opened(case, "Heikki"), case)
    assert len(await house.fetch("SELECT FROM planned_action")) == 3


async def test_any_other_action_takes_no_such_answers(house):
    case = await agreed(house)
    task = {"owner": await house.post_of("Heikki"), "title": "Soittaa", "due_on": "2099-01-01"}
    action = (await (await house.person("coordinator")).post(f"/cases/{case}/actions", task, 201))["reference"]
    await (await house.person("municipality")).post(f"/actions/{action}/report", REPORT, 422)


async def test_after_the_end_of_the_case_whoever_has_them_still_asks(house):
    case = await agreed(house)
    await (await house.person("coordinator")).post(f"/cases/{case}/closing", CLOSING | await house.staying(case))
    first = (await waiting(house))[1]["reference"]
    await (await house.person("officer")).post(f"/actions/{first}/report", REPORT)


async def test_nobody_reads_it_who_does_not_see_the_plan(house):
    case = await agreed(house)
    first = (await waiting(house))[1]["reference"]
    await (await house.person("officer")).post(f"/actions/{first}/report", REPORT)
    await (await at_pages(house, "shelter")).get(f"/cases/{case}/plan", 404)
