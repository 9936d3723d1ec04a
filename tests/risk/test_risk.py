"""Risk: a plain count, a dated threshold, and a judgement that can raise but never lower."""

import pytest

from multiagency.demo import story


async def submit(house, case, expect=204):
    return await (await house.person("officer")).post(f"/cases/{case}/submission", expect=expect)


async def assess(house, case, yes, **judgement):
    body = {"answers": story.answers(yes)} | judgement
    await (await house.person("officer")).put(f"/cases/{case}/assessment", body)


async def test_fourteen_meets_the_threshold_and_thirteen_does_not(house):
    case = await house.filled_draft(yes=13)
    problem = await submit(house, case, 422)
    assert [error["field"] for error in problem["errors"]] == ["judged_high"]
    await assess(house, case, 14)
    await submit(house, case)


async def test_a_reasoned_judgement_carries_a_low_score(house):
    case = await house.filled_draft(yes=2)
    await assess(house, case, 2, judged_high=True, judgement_reason="Kuristaminen")
    await submit(house, case)


async def test_a_judgement_never_lowers_a_high_score(house):
    case = await house.filled_draft(yes=14)
    await assess(house, case, 14, judged_high=False, judgement_reason="Ei huolta")
    await submit(house, case)


async def test_a_judgement_below_without_high_does_not_carry(house):
    case = await house.filled_draft(yes=3)
    await assess(house, case, 3, judged_high=False, judgement_reason="Ei huolta")
    await submit(house, case, 422)


async def test_the_threshold_is_a_dated_parameter_that_a_case_keeps_from_its_opening_day(house):
    superuser = await house.superuser()
    await superuser.execute(
        "UPDATE dated_parameter SET valid_to = now() WHERE name = 'risk_threshold';"
        "INSERT INTO dated_parameter SELECT gen_random_uuid(), 'marak', 'risk_threshold', NULL, 10, now(), NULL;"
    )
    case = await house.filled_draft(yes=9)
    assert (await (await house.person("officer")).get(f"/cases/{case}/assessment"))["threshold"] == 10
    await submit(house, case, 422)
    await superuser.execute(
        "INSERT INTO dated_parameter SELECT gen_random_uuid(), 'marak', 'risk_threshold', id, 9, now(), NULL FROM team"
    )
    await superuser.close()
    await submit(house, case, 422)
    await submit(house, await house.filled_draft(yes=9))


@pytest.mark.parametrize("left_open", ["injury", "strangulation", "criminal_history"])
async def test_an_unanswered_item_blocks_submission_and_not_saving(house, left_open):
    case = await house.filled_draft()
    officer = await house.person("officer")
    await officer.put(f"/cases/{case}/assessment", {"answers": {left_open: {"answer": "unanswered"}}})
    view = await officer.get(f"/cases/{case}/assessment")
    assert view["unanswered"] == [left_open]
    problem = await submit(house, case, 422)
    assert [error["field"] for error in problem["errors"]] == [f"answers.{left_open}"]


async def test_unanswered_is_never_counted_as_no_or_yes(house):
    case = await house.draft()
    officer = await house.person("officer")
    view = await officer.get(f"/cases/{case}/assessment")
    assert {answer["answer"] for answer in view["answers"]} == {"unanswered"}
    assert (view["score"], len(view["unanswered"]), view["completed"]) == (0, 24, False)


async def test_a_draft_can_be_left_and_taken_up_again(house):
    case = await house.draft()
    officer = await house.person("officer")
    await officer.put(f"/cases/{case}/assessment", {"answers": {"injury": {"answer": "yes", "comment": "Mustelma"}}})
    await officer.put(f"/cases/{case}/assessment", {"answers": {"animals": {"answer": "no"}}})
    answers = {a["item"]: a for a in (await officer.get(f"/cases/{case}/assessment"))["answers"]}
    assert (answers["injury"]["answer"], answers["injury"]["comment"]) == ("yes", "Mustelma")
    assert answers["animals"]["answer"] == "no"


async def test_a_submitted_checklist_is_immutable(house):
    case = await house.submitted()
    officer = await house.person("officer")
    body = {"answers": {"injury": {"answer": "no"}}}
    await officer.put(f"/cases/{case}/assessment", body, 409)
    assert (await officer.get(f"/cases/{case}/assessment"))["completed"] is True
