"""What a meeting agreed is told to the client: a task that comes with the minutes, open until it says when and how."""

import pytest
from tests.cases.test_support import support_named
from tests.pages import at_pages

from multiagency.kernel.clock import today

CLOSING = {"outcome": "no_further_need"}
TOLD = {"outcome": "Kävin läpi koko suunnitelman.", "told_on": str(today()), "told_how": "face_to_face"}


@pytest.fixture
async def house(house):
    """A house in which the parameter of the model holds."""
    await house.fetch("DELETE FROM dated_parameter WHERE name = 'tell_client_days'")
    return house


async def agreed(house, support=""):
    """A case whose minutes are approved."""
    case = await house.submitted()
    if support:
        await support_named(house, case, support)
    await house.minutes(await house.opened(case, "Heikki"), case)
    return case


async def task_of(house, login):
    return next(action for action in await (await house.person(login)).get("/actions") if action["tells_client"])


@pytest.mark.parametrize(("support", "login"), [("", "officer"), ("Sanna", "county"), ("Heikki", "municipality")])
async def test_it_comes_by_itself_to_the_support_person_else_to_the_referrer(house, support, login):
    case = await agreed(house, support)
    task = await task_of(house, login)
    assert (task["state"], task["due_on"] > str(today())) == ("open", True)
    owner = await house.person(login)
    assert "action_assigned" in [notice["what"] for notice in await owner.get("/notices")]
    assert task["reference"] in [action["reference"] for action in await owner.get(f"/cases/{case}/actions")]
    assert (await owner.get(f"/actions/{task['reference']}/contact"))["rules"]["phone"]


async def test_a_team_may_leave_it_to_the_plan(house):
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, team_id, value, valid_from) "
        "SELECT gen_random_uuid(), pathway, 'tell_client_days', id, 0, now() - interval '1 day' FROM team"
    )
    case = await agreed(house)
    assert await (await house.person("officer")).get(f"/cases/{case}/actions") == []


@pytest.mark.parametrize(
    "missing", [{"told_on": ""}, {"told_how": None}, {"result": "not_done"}, {"told_on": "2026-01-01"}]
)
async def test_it_stays_open_until_it_says_when_and_how(house, missing):
    await agreed(house)
    officer = await house.person("officer")
    place = f"/actions/{(await task_of(house, 'officer'))['reference']}/report"
    problem = await officer.post(place, TOLD | missing, 422)
    assert {error["field"] for error in problem["errors"]} == set(missing)
    assert (await task_of(house, "officer"))["state"] == "open"
    await officer.post(place, TOLD)
    done = await task_of(house, "officer")
    assert (done["state"], done["told_on"], done["told_how"]) == ("done", str(today()), "face_to_face")


async def test_at_the_page_its_owner_says_when_and_how(house):
    await agreed(house)
    officer, place = await at_pages(house, "officer"), f"/actions/{(await task_of(house, 'officer'))['reference']}"
    assert 'name="result"' not in (await officer.get(place)).text
    await officer.post(place, 422, outcome="Kerroin.")
    await officer.post(place, outcome="Kerroin.", told_on=f"{today():%-d.%-m.%Y}", told_how="by_phone")
    assert "Puhelimessa" in (await officer.get(place)).text


async def test_it_is_not_struck(house):
    case = await agreed(house)
    task = (await task_of(house, "officer"))["reference"]
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/cases/{case}/actions/{task}/striking", {"reason": "Turha."}, 409)


@pytest.mark.parametrize("answer", ["stays", "not_needed"])
async def test_closing_with_the_client_untold_wants_a_reason_and_keeps_it(house, answer):
    case = await agreed(house)
    task, coordinator = (await task_of(house, "officer"))["reference"], await house.person("coordinator")
    said = {"action": task, "answer": answer}
    problem = await coordinator.post(f"/cases/{case}/closing", CLOSING | {"answers": [said]}, 422)
    assert problem["errors"][0]["field"] == f"why_{task}"
    problem = await coordinator.post(
        f"/cases/{case}/closing", CLOSING | {"answers": [said | {"answer": "done", "why": "On."}]}, 422
    )
    assert problem["errors"][0]["field"] == f"answer_{task}"
    page = (await (await at_pages(house, "coordinator")).get(f"/cases/{case}/closing")).text
    assert "ei ole vielä kerrottu" in page
    assert 'value="done"' not in page
    said["why"] = "Asiakas muutti ulkomaille."
    await coordinator.post(f"/cases/{case}/closing", CLOSING | {"answers": [said]})
    page = (await (await at_pages(house, "officer")).get(f"/actions/{task}")).text
    assert "Asiakas muutti ulkomaille." in page
    assert "ei ollut kerrottu" in page


async def test_nothing_special_is_asked_once_the_client_was_told(house):
    case = await agreed(house)
    task, coordinator = (await task_of(house, "officer"))["reference"], await house.person("coordinator")
    await (await house.person("officer")).post(f"/actions/{task}/report", TOLD)
    await coordinator.post(f"/cases/{case}/closing", CLOSING)


async def test_another_agency_s_colleague_reports_nothing(house):
    await agreed(house)
    task = (await task_of(house, "officer"))["reference"]
    for login in ("officer-2", "municipality", "county"):
        await (await house.person(login)).post(f"/actions/{task}/report", TOLD, 404)
