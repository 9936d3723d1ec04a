"""The checklist: what is left out stays, what is unanswered is said, what was submitted is history; and its pages."""

import re

import pytest
from tests.pages import at_pages
from tests.stages import told

from multiagency.demo import story
from multiagency.kernel.languages import Language
from multiagency.risk.instruments import instrument
from multiagency.risk.reading_instruments import known
from multiagency.web.texts import TEXTS

ITEMS = [item.code for item in instrument("marak").items]


def asks(key):
    """What the instrument says in Finnish."""
    return TEXTS.say(Language.FI, f"{known('marak').key}.{key}")


def says(key, **values):
    return TEXTS.say(Language.FI, f"risk.{key}", **values)


async def begun(house):
    called = {"empty": await house.draft(), "filled": await house.filled_draft()}
    called["submitted"] = await house.filled_draft()
    officer = await house.person("officer")
    narrow = await house.consent_body() | {"kinds": ["identity", "party"]}
    called["narrow"] = await house.filled_draft()
    await officer.post(f"/cases/{called['narrow']}/consent", narrow)
    for case in (called["submitted"], called["narrow"]):
        await officer.post(f"/cases/{case}/submission")
    return called


@pytest.fixture(scope="module")
def stage(ground):
    with told(ground, begun, "coordinator") as stage:
        yield stage


@pytest.fixture
async def house(stage, lodgings):
    async with stage.house() as house:
        yield house


@pytest.fixture
def cases(stage):
    return stage.called


async def assess(house, case, answers=None, expect=204, **judgement):
    given = {
        item: answer if isinstance(answer, dict) else {"answer": answer} for item, answer in (answers or {}).items()
    }
    return await (await house.person("officer")).put(
        f"/cases/{case}/assessment", {"answers": given} | judgement, expect
    )


async def view_of(house, case, login="officer"):
    return await (await house.person(login)).get(f"/cases/{case}/assessment")


def answered(view):
    return {answer["item"]: answer["answer"] for answer in view["answers"]}


def fields(problem):
    return {error["field"] for error in problem["errors"]}


# What is saved, and what it counts.


async def test_only_yes_counts_and_only_what_was_answered_is_answered(house, cases):
    case = cases["empty"]
    await assess(house, case, {"injury": "yes", "weapons": "no", "money": "not_known", "animals": "unanswered"})
    view = await view_of(house, case)
    assert view["score"] == 1
    assert set(ITEMS) - set(view["unanswered"]) == {"injury", "weapons", "money"}


async def test_an_answer_can_be_taken_back_and_is_then_neither_yes_nor_no(house, cases):
    case = cases["filled"]
    await assess(house, case, {"injury": "unanswered", "frightened": "no"})
    view = await view_of(house, case)
    assert (view["score"], view["unanswered"]) == (13, ["injury"])
    assert answered(view)["frightened"] == "no"


async def test_items_left_out_keep_answer_and_comment(house, cases):
    case = cases["filled"]
    before = await view_of(house, case)
    await assess(house, case, {"money": {"answer": "yes", "comment": "Ei omaa tiliä"}})
    after = await view_of(house, case)
    changed = [(old, new) for old, new in zip(before["answers"], after["answers"], strict=True) if old != new]
    assert [(old["answer"], new["answer"], new["comment"]) for old, new in changed] == [("no", "yes", "Ei omaa tiliä")]
    assert (
        len(await house.fetch("SELECT FROM assessment a JOIN case_file c ON c.id = case_id WHERE reference = $1", case))
        == 1
    )


async def test_the_items_keep_the_order_of_the_form_and_its_serious_signs(house, cases):
    await assess(house, cases["empty"], {"criminal_history": "no", "strangulation": "yes", "injury": "yes"})
    view = await view_of(house, cases["empty"])
    assert [answer["item"] for answer in view["answers"]] == ITEMS
    critical = {item.code for item in instrument("marak").items if item.critical}
    assert {answer["item"] for answer in view["answers"] if answer["critical"]} == critical
    assert "strangulation" in critical


async def test_everything_wrong_is_named_at_once_and_nothing_of_it_is_saved(house, cases):
    case = cases["empty"]
    problem = await assess(house, case, {"luck": "yes", "fate": "no", "injury": "yes"}, 422, judged_high=True)
    assert fields(problem) == {"answers.luck", "answers.fate", "judgement_reason"}
    assert (await view_of(house, case))["score"] == 0


async def test_no_judgement_either_way_without_a_reason_that_can_be_read(house, cases):
    for judged, reason in ((False, ""), (True, "  "), (True, "\u2800")):
        problem = await assess(house, cases["empty"], None, 422, judged_high=judged, judgement_reason=reason)
        assert fields(problem) == {"judgement_reason"}
    assert (await view_of(house, cases["empty"]))["judged_high"] is None


async def test_a_judgement_is_saved_with_its_reason_and_can_be_taken_back(house, cases):
    case = cases["empty"]
    await assess(house, case, judged_high=True, judgement_reason="Kuristaminen")
    view = await view_of(house, case)
    assert (view["judged_high"], view["judgement_reason"]) == (True, "Kuristaminen")
    await assess(house, case, judged_high=None, judgement_reason="Kesken")
    view = await view_of(house, case)
    assert (view["judged_high"], view["judgement_reason"]) == (None, "Kesken")


# What carries a submission.


async def test_a_high_judgement_does_not_stand_for_a_gap(house, cases):
    case = cases["filled"]
    await assess(house, case, {"weapons": "unanswered"}, judged_high=True, judgement_reason="Kuristaminen")
    problem = await (await house.person("officer")).post(f"/cases/{case}/submission", expect=422)
    assert fields(problem) == {"answers.weapons"}


async def test_what_is_not_known_is_an_answer_that_does_not_hold_the_case_up(house, cases):
    case = cases["filled"]
    await assess(house, case, dict.fromkeys(ITEMS[14:], "not_known"))
    await (await house.person("officer")).post(f"/cases/{case}/submission")


async def test_too_low_a_count_is_said_with_the_count_and_the_threshold_in_force(house, cases):
    case = cases["filled"]
    await house.fetch("UPDATE dated_parameter SET value = 21 WHERE name = 'risk_threshold'")
    problem = await (await house.person("officer")).post(f"/cases/{case}/submission", expect=422)
    [error] = problem["errors"]
    assert error["field"] == "judged_high"
    assert re.findall(r"\d+", error["message"]) == ["15", "21"]


async def test_a_refused_submission_completes_nothing(house, cases):
    case = cases["filled"]
    await assess(house, case, {"injury": "unanswered"})
    await (await house.person("officer")).post(f"/cases/{case}/submission", expect=422)
    assert (await view_of(house, case))["completed"] is False
    await assess(house, case, {"injury": "yes"})
    await (await house.person("officer")).post(f"/cases/{case}/submission")
    assert (await view_of(house, case))["completed"] is True


async def test_the_moment_of_completion_is_that_of_the_submission_and_stays(house, cases):
    query = (
        "SELECT completed_at, submitted_at FROM assessment a JOIN case_file c ON c.id = a.case_id WHERE reference = $1"
    )
    before = await house.fetch(query, cases["submitted"])
    assert abs(before[0]["completed_at"] - before[0]["submitted_at"]).total_seconds() < 60
    await house.meeting(cases["submitted"])
    assert await house.fetch(query, cases["submitted"]) == before
    [draft] = await house.fetch(query, cases["filled"])
    assert draft["completed_at"] is None


async def test_a_submitted_checklist_takes_no_judgement_and_no_page_either(house, cases):
    case, officer = cases["submitted"], await at_pages(house, "officer")
    before = await view_of(house, case)
    await assess(house, case, None, 409, judged_high=False, judgement_reason="Ei huolta")
    refused = await officer.post(f"/cases/{case}/checklist", 422, **{"answer-injury": "no"})
    assert TEXTS.say(Language.FI, "risk.not_open") in refused.text
    assert await view_of(house, case) == before
    assert "name=answer-" not in (await officer.get(f"/cases/{case}/checklist")).text


# Who sees it.


async def test_where_consent_leaves_risk_data_out_the_coordinator_sees_no_checklist(house, cases):
    coordinator = await at_pages(house, "coordinator")
    assert (await view_of(house, cases["submitted"], "coordinator"))["score"] == 15
    assert await view_of(house, cases["narrow"], "coordinator") is None
    await coordinator.get(f"/cases/{cases['narrow']}/checklist", 404)
    assert "/checklist" not in (await coordinator.get(f"/cases/{cases['narrow']}")).text
    assert "/checklist" in (await coordinator.get(f"/cases/{cases['submitted']}")).text
    assert (await view_of(house, cases["narrow"]))["score"] == 15


async def test_whoever_reads_it_and_may_not_fill_it_in_gets_no_form(house, cases):
    coordinator = await at_pages(house, "coordinator")
    shown = (await coordinator.get(f"/cases/{cases['submitted']}/checklist")).text
    assert says("counted", score=15, items=24) in re.sub(r"\s+", " ", shown)
    assert "name=answer-injury" not in shown
    await coordinator.post(f"/cases/{cases['submitted']}/checklist", 403, **{"answer-injury": "no"})


# The pages.


async def state_on_the_page(house, case):
    """The line about the checklist on the page before sending."""
    text = (await (await at_pages(house, "officer")).get(f"/cases/{case}/submit")).text
    line = re.search(rf"<dt>{says('title')}</dt><dd>(.*?)</dd>", text, re.DOTALL)[1]
    found = [state for state in ("not_assessed", "unfinished", "not_judged", "done") if says(f"state.{state}") in line]
    assert len(found) == 1, line
    return found[0]


async def test_a_checklist_without_any_answer_is_called_not_assessed_and_not_low(house, cases):
    case = cases["empty"]
    assert await state_on_the_page(house, case) == "not_assessed"
    await assess(house, case, {"injury": "unanswered"})
    assert await state_on_the_page(house, case) == "not_assessed"
    await assess(house, case, judged_high=False, judgement_reason="Ei huolta")
    assert await state_on_the_page(house, case) == "unfinished"


async def test_a_checklist_with_gaps_is_called_unfinished_and_a_low_one_lacks_its_judgement(house, cases):
    case = cases["filled"]
    assert await state_on_the_page(house, case) == "done"
    await assess(house, case, {"injury": "unanswered"})
    assert await state_on_the_page(house, case) == "unfinished"
    await assess(house, case, {"injury": "no", "frightened": "no"})
    assert await state_on_the_page(house, case) == "not_judged"
    await assess(house, case, judged_high=False, judgement_reason="Ei huolta")
    assert await state_on_the_page(house, case) == "done"


async def test_an_item_without_a_choice_on_the_page_is_unanswered_and_keeps_its_comment(house, cases):
    case, officer = cases["empty"], await at_pages(house, "officer")
    await officer.post(f"/cases/{case}/checklist", **{"comment-injury": "Kysytään uudestaan", "answer-money": "no"})
    view = await view_of(house, case)
    found = {answer["item"]: answer for answer in view["answers"]}
    assert (found["injury"]["answer"], found["injury"]["comment"]) == ("unanswered", "Kysytään uudestaan")
    assert (found["money"]["answer"], view["score"], len(view["unanswered"])) == ("no", 0, 23)


async def test_saving_stays_where_something_was_changed_and_going_on_leads_to_the_next_step_and_nowhere_else(
    house, cases
):
    case, officer = cases["empty"], await at_pages(house, "officer")
    here = f"/cases/{case}"
    for then, place in (
        ("here", f"{here}/checklist?saved=violence#violence"),
        ("//evil", f"{here}/consent"),
        ("", f"{here}/consent"),
    ):
        answer = await officer.post(f"{here}/checklist", **{"answer-weapons": "yes", "then": then})
        assert answer.headers["location"] == place
        await assess(house, case, {"weapons": "unanswered"})
    told = says("saved")
    assert told in (await officer.get(f"{here}/checklist?saved=violence")).text
    assert told not in (await officer.get(f"{here}/checklist?saved=elsewhere")).text


async def test_the_page_numbers_the_items_through_under_the_groups_that_the_instrument_declares(house, cases):
    text = (await (await at_pages(house, "officer")).get(f"/cases/{cases['empty']}/checklist")).text
    groups = ["now", "situation", "violence", "others", "circumstances"]
    assert [group.code for group in instrument("marak").groups] == groups
    assert re.findall(r'<h2 id="(\w+)">', text) == ["before", "words", *groups, "earlier", "judgement"]
    assert re.findall(r'id="?answer-(\w+)"?><legend>(\d+)\.', text) == [
        (item, str(number)) for number, item in enumerate(ITEMS, 1)
    ]
    assert text.index('id="situation"') < text.index("id=answer-isolation") < text.index("id=answer-depression")


async def test_what_is_wrong_is_said_at_its_field_and_everything_typed_is_kept(house, cases):
    case, officer = cases["filled"], await at_pages(house, "officer")
    long = "x" * 201
    kept = await officer.post(
        f"/cases/{case}/checklist",
        422,
        **{"answer-money": "yes", "comment-money": long, "answer-injury": "no", "judgement_reason": "Kesken"},
    )
    assert 'href="#comment-money"' in kept.text
    assert 'id="comment-money-error"' in kept.text
    assert f'value="{long}"' in kept.text
    assert "name=answer-injury value=no checked" in kept.text
    assert "Kesken</textarea>" in kept.text
    for name, place in (("answer-luck", "answer-luck"), ("luck", "luck")):
        refused = await officer.post(f"/cases/{case}/checklist", 422, **{name: "yes", "answer-injury": "no"})
        assert f'href="#{place}"' in refused.text
    assert answered(await view_of(house, case))["injury"] == "yes"


async def test_what_was_saved_stands_in_the_form_to_be_gone_on_with(house, cases):
    case = cases["filled"]
    await assess(house, case, judged_high=False, judgement_reason="Ei huolta")
    text = (await (await at_pages(house, "officer")).get(f"/cases/{case}/checklist")).text
    assert "name=answer-injury value=yes checked" in text
    assert "name=answer-criminal_history value=not_known checked" in text
    assert f'value="{story.answers(1)["injury"]["comment"]}"' in text
    assert re.search(r'name="judged_high" value="false" checked', text)
    assert "Ei huolta</textarea>" in text
