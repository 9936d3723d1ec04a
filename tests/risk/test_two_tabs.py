"""A checklist open twice: answers that do not touch each other both stay, and nothing goes that was not sent."""

import asyncio
import re

import pytest
from tests.pages import at_pages, hidden
from tests.web.test_once import token_of

from multiagency.demo import story
from multiagency.risk.instruments import instrument

ITEMS = [item.code for item in instrument("marak").items]
ONE, TWO = ITEMS[0], ITEMS[1]


async def tab(pages, case):
    """Open the checklist; return the whole form as a browser would post it."""
    seen = hidden((await pages.get(f"/cases/{case}/checklist")).text)["seen"]
    form = {f"answer-{item}": "unanswered" for item in ITEMS} | {f"comment-{item}": "" for item in ITEMS}
    form |= {f"source-{item}": "" for item in ITEMS}
    return form | {"judged_high": "", "judgement_reason": "", "client_words": "", "source": "", "seen": seen}


async def saved(house, case):
    view = await (await house.person("officer")).get(f"/cases/{case}/assessment")
    return view, {answer["item"]: answer for answer in view["answers"]}


async def test_two_tabs_that_answer_different_items_both_stay(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path, first, second = f"/cases/{case}/checklist", await tab(pages, case), await tab(pages, case)
    await pages.post(path, **first | {f"answer-{ONE}": "yes", f"comment-{ONE}": "Mustelmia"})
    await pages.post(path, **second | {f"answer-{TWO}": "no", "judged_high": "true", "judgement_reason": "Pelko"})
    view, answers = await saved(house, case)
    assert (answers[ONE]["answer"], answers[ONE]["comment"], answers[TWO]["answer"]) == ("yes", "Mustelmia", "no")
    assert (view["judged_high"], view["judgement_reason"]) == (True, "Pelko")


async def by_itself(house, pages, path, form):
    """A tab that saves itself: its writer stays there, and goes on from the version that it is told."""
    form = form | {"csrf": token_of((await pages.get(path)).text)}
    answer = await house.http.post(path, headers={"cookie": pages._session, "x-autosave": "1"}, data=form)
    assert answer.status_code == 204, answer.text
    assert "set-cookie" not in answer.headers, "nothing is said on the next page"
    return form | {"seen": answer.headers["x-seen"]}


async def test_a_tab_that_saves_itself_again_and_again_undoes_nothing_that_it_has_not_seen(house):
    """What somebody else answered meanwhile stands, though the tab posts the whole form with what it was before."""
    pages, case = await at_pages(house, "officer"), await house.draft()
    path, first, second = f"/cases/{case}/checklist", await tab(pages, case), await tab(pages, case)
    await pages.post(path, **first | {f"answer-{ONE}": "yes"})
    second = await by_itself(house, pages, path, second | {f"answer-{TWO}": "no"})
    second = await by_itself(house, pages, path, second | {f"answer-{ITEMS[2]}": "yes"})
    await by_itself(house, pages, path, second | {f"answer-{ITEMS[2]}": "no"})
    _, answers = await saved(house, case)
    assert [answers[item]["answer"] for item in ITEMS[:3]] == ["yes", "no", "no"]


async def test_the_same_item_answered_otherwise_by_both_is_shown_to_the_second(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path, first, second = f"/cases/{case}/checklist", await tab(pages, case), await tab(pages, case)
    await pages.post(path, **first | {f"answer-{ONE}": "yes", f"answer-{TWO}": "no"})
    answer = await pages.post(path, 409, **second | {f"answer-{ONE}": "not_known", f"comment-{ITEMS[2]}": "Oma huomio"})
    _, answers = await saved(house, case)
    assert answers[ONE]["answer"] == "yes"
    again = {name: value for name, value in hidden(answer.text).items() if name != "csrf"}
    await pages.post(path, **again)
    _, answers = await saved(house, case)
    assert (answers[ONE]["answer"], answers[TWO]["answer"]) == ("not_known", "no")
    assert answers[ITEMS[2]]["comment"] == "Oma huomio"


async def test_both_at_the_same_moment_lose_nothing(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path, form = f"/cases/{case}/checklist", await tab(pages, case)
    await asyncio.gather(*(pages.post(path, **form | {f"answer-{item}": "yes"}) for item in ITEMS[:6]))
    _, answers = await saved(house, case)
    assert [answers[item]["answer"] for item in ITEMS[:6]] == ["yes"] * 6


async def test_sec0011_half_a_checklist_erases_nothing_of_the_other_half(house):
    officer, case, given = await house.person("officer"), await house.draft(), story.answers(15)
    judged = {"judged_high": True, "judgement_reason": "Pelko"}
    first, rest = ({item: given[item] for item in half} for half in (ITEMS[:12], ITEMS[12:]))
    await officer.put(f"/cases/{case}/assessment", {"answers": first} | judged)
    await officer.put(f"/cases/{case}/assessment", {"answers": rest})
    view, answers = await saved(house, case)
    assert (view["judged_high"], view["judgement_reason"], view["unanswered"]) == (True, "Pelko", [])
    assert answers[ONE]["comment"] == "Mustelmia käsivarsissa"


async def test_a_comment_stays_when_its_answer_changes_and_goes_when_it_is_cleared(house):
    officer, case = await house.person("officer"), await house.draft()
    for given, comment in (
        ({"answer": "yes", "comment": "Mustelmia"}, "Mustelmia"),
        ({"answer": "no"}, "Mustelmia"),
        ({"answer": "no", "comment": ""}, ""),
    ):
        await officer.put(f"/cases/{case}/assessment", {"answers": {ONE: given}})
        assert (await saved(house, case))[1][ONE]["comment"] == comment


async def test_a_judgement_that_is_left_out_stays_and_one_that_is_null_goes(house):
    officer, case = await house.person("officer"), await house.draft()
    await officer.put(f"/cases/{case}/assessment", {"judged_high": True, "judgement_reason": "Pelko"})
    await officer.put(f"/cases/{case}/assessment", {"judged_high": False})
    assert (await saved(house, case))[0]["judged_high"] is False
    await officer.put(f"/cases/{case}/assessment", {"judgement_reason": ""}, 422)
    await officer.put(f"/cases/{case}/assessment", {"judged_high": None})
    assert (await saved(house, case))[0]["judged_high"] is None


@pytest.mark.parametrize("touching", [True, False])
async def test_a_program_that_says_what_it_saw_is_refused_when_that_is_over(house, touching):
    officer, case = await house.person("officer"), await house.draft()
    path = f"/api/v1/cases/{case}/assessment"
    seen = (await house.http.get(path, headers=officer._headers)).headers["etag"]
    body = {"answers": {ONE: {"answer": "yes"}}}
    headers = officer._headers | {"if-match": seen}
    assert (await house.http.put(path, json=body, headers=headers)).status_code == 204
    body = {"answers": {ONE if touching else TWO: {"answer": "no"}}}
    assert (await house.http.put(path, json=body, headers=headers)).status_code == 412


async def test_enter_saves_and_returns_to_where_it_was_pressed(house):
    """A browser presses the first button of a form on Enter (HTML, 4.10.22.2): it must not lead elsewhere."""
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/checklist"
    page = (await pages.get(path)).text.partition("<main")[2]
    name, value = re.search(r'<button[^>]* name="(\w+)" value="(\w+)"', page[page.index("<form") :]).groups()
    assert (name, value) == ("then", "here")
    for item, place in ((ITEMS[0], "now"), (ITEMS[-1], "circumstances")):
        form = await tab(pages, case)
        saved_to = await pages.post(path, **form | {f"comment-{item}": "Huomio", name: value})
        assert saved_to.headers["location"] == f"{path}?saved={place}#{place}"
    form = {**await tab(pages, case), f"comment-{ITEMS[0]}": "Huomio", f"comment-{ITEMS[-1]}": "Huomio"}
    judged = await pages.post(path, **form | {"judged_high": "true", "judgement_reason": "Pelko", name: value})
    assert judged.headers["location"].endswith("#judgement")
    assert 'role="status"' in (await pages.get(f"{path}?saved=judgement")).text
