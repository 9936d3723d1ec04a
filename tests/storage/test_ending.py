"""A case that should not go on has an honest end from every stage, and closing loses no open action."""

import pytest
from tests.pages import at_pages
from tests.storage.test_closing import CLOSING, in_follow_up

ENDING = {"why": "opened_by_mistake", "words": "Väärä henkilö."}


async def with_action(house, **changes):
    case, coordinator = await in_follow_up(house), await house.person("coordinator")
    body = {"owner": await house.post_of("Heikki"), "title": "Soittaa kouluun", "due_on": "2099-01-01"} | changes
    return case, coordinator, (await coordinator.post(f"/cases/{case}/actions", body, 201))["reference"]


def answered(action, answer, why=""):
    return {"answers": [{"action": action, "answer": answer, "why": why}]}


async def test_closing_asks_of_each_open_action_what_becomes_of_it(house):
    case, coordinator, action = await with_action(house)
    wrong = await coordinator.post(f"/cases/{case}/closing", CLOSING, 422)
    assert [error["field"] for error in wrong["errors"]] == [f"answer_{action}"]
    wrong = await coordinator.post(f"/cases/{case}/closing", CLOSING | answered(action, "not_needed"), 422)
    assert [error["field"] for error in wrong["errors"]] == [f"why_{action}"]
    assert (await coordinator.get(f"/cases/{case}"))["stage"] == "in_follow_up"


@pytest.mark.parametrize(("answer", "state"), [("done", "done"), ("not_needed", "not_needed"), ("stays", "open")])
async def test_each_answer_does_what_it_says(house, answer, state):
    case, coordinator, action = await with_action(house)
    await coordinator.post(f"/cases/{case}/closing", CLOSING | answered(action, answer, "Koulu hoiti."))
    mine = await (await house.person("municipality")).get("/actions")
    assert [row["state"] for row in mine] == [state]


async def test_the_pages_ask_too_and_keep_what_was_typed(house):
    case, _, action = await with_action(house)
    coordinator, path = await at_pages(house, "coordinator"), f"/cases/{case}/closing"
    kept = await coordinator.post(path, 422, **CLOSING, **{f"answer_{action}": "not_needed"})
    assert CLOSING["target"] in kept.text
    assert f'href="#why_{action}"' in kept.text
    await coordinator.post(path, **CLOSING, **{f"answer_{action}": "not_needed", f"why_{action}": "Koulu hoiti."})
    assert [row["state"] for row in await (await house.person("municipality")).get("/actions")] == ["not_needed"]


async def at(house, stage):
    if stage == "draft":
        return await house.filled_draft()
    case = await house.submitted()
    if stage == "submitted":
        return case
    meeting = await house.opened(case, "Heikki")
    if stage == "in_follow_up":
        await house.minutes(meeting, case)
    return case


@pytest.mark.parametrize("stage", ["draft", "submitted", "on_agenda", "in_follow_up"])
async def test_it_ends_from_every_stage_with_its_reason(house, stage):
    case = await at(house, stage)
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/ending", ENDING)
    found = await officer.get(f"/cases/{case}/ending")
    assert (found["why"], found["words"]) == (ENDING["why"], ENDING["words"])
    assert await house.fetch("SELECT FROM seat WHERE ended_at IS NULL") == []
    left = await house.fetch("SELECT DISTINCT reason FROM lawful_basis WHERE ended_at IS NULL")
    assert {row["reason"] for row in left} <= {"own_record", "coordination"}
    await (await house.person("municipality")).get(f"/cases/{case}", 404)
    await officer.post(f"/cases/{case}/ending", ENDING, 409)


async def test_a_duplicate_names_another_case_in_sight(house):
    case, other = await house.submitted(), await house.submitted()
    officer = await house.person("officer")
    hidden = await house.filled_draft("officer-2")
    for wrong in ("", case, hidden, "BCDF-2345"):
        problem = await officer.post(f"/cases/{case}/ending", {"why": "duplicate", "same_as": wrong}, 422)
        assert [error["field"] for error in problem["errors"]] == ["same_as"]
    await officer.post(f"/cases/{case}/ending", {"why": "duplicate", "same_as": other})
    assert (await officer.get(f"/cases/{case}/ending"))["same_as"] == other


async def test_the_pointer_of_a_duplicate_is_seen_only_with_sight_of_both(house):
    case, other = await house.submitted(), await house.filled_draft()
    officer, coordinator = await house.person("officer"), await house.person("coordinator")
    await officer.post(f"/cases/{case}/ending", {"why": "duplicate", "same_as": other, "words": f"Sama kuin {other}"})
    told = await coordinator.get(f"/cases/{case}/ending")
    assert (told["why"], told["same_as"], told["words"]) == ("ended", "", "")
    pages = await at_pages(house, "coordinator")
    for path in ("", "/ending", "/closing"):
        assert other not in (await pages.get(f"/cases/{case}{path}")).text


async def test_who_takes_part_only_ends_nothing(house):
    case = await at(house, "on_agenda")
    await (await house.person("municipality")).post(f"/cases/{case}/ending", ENDING, 403)
    await (await house.person("officer-2")).post(f"/cases/{case}/ending", ENDING, 404)


async def test_it_can_be_done_at_the_pages(house):
    case = await house.filled_draft()
    officer = await at_pages(house, "officer")
    assert f"/cases/{case}/ending" in (await officer.get(f"/cases/{case}")).text
    kept = await officer.post(f"/cases/{case}/ending", 422, words="Väärä henkilö.")
    assert "Väärä henkilö." in kept.text
    await officer.post(f"/cases/{case}/ending", **ENDING)
    assert "Väärä henkilö." in (await officer.get(f"/cases/{case}/ending")).text
