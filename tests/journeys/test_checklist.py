"""The checklist in a real browser: how high it is, how heavy, what shows at yes, what Enter does."""

import pytest
from tests.journeys.test_accessibility import LIMIT, WEIGHT
from tests.journeys.test_main_job import ITEMS, open_case

from multiagency.demo import story
from multiagency.risk.instruments import instrument

TALLEST = {1280: 3550, 375: 5600}
"""Pixels of the empty page, by the width of the window."""
SHOWN = """() => [...document.querySelectorAll('.item')]
    .filter(one => one.querySelector('.tells')?.checkVisibility()).map(one => one.id)"""


@pytest.fixture(scope="module")
def draft(visit):
    return open_case(visit("officer"), story.CLIENT, story.VIOLENT)


def look(visit, case, width=1280):
    officer = visit("officer", viewport={"width": width, "height": 900})
    officer.goto(f"/cases/{case}/checklist")
    return officer


@pytest.mark.parametrize("width", TALLEST)
def test_empty_it_is_no_longer_than_it_was_drawn(visit, draft, width):
    officer = look(visit, draft, width).picture(f"checklist-{width}")
    height = officer.page.evaluate("document.documentElement.scrollHeight")
    assert height <= TALLEST[width]
    assert officer.page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_weighs_less_than_a_page_may(visit, draft):
    officer = look(visit, draft)
    weight = officer.page.evaluate(WEIGHT)
    assert weight < LIMIT


def test_what_to_do_shows_at_yes_and_goes_again(visit, draft):
    officer = look(visit, draft)
    assert officer.page.evaluate(SHOWN) == []
    officer.page.check("[name=answer-strangulation][value=yes]")
    assert officer.page.evaluate(SHOWN) == ["answer-strangulation"]
    officer.page.check("[name=answer-strangulation][value=no]")
    assert officer.page.evaluate(SHOWN) == []


def test_enter_in_a_comment_saves_and_returns_to_it(visit, draft):
    officer = look(visit, draft)
    assert [item.code for item in instrument("marak").items if item.asks_comment] == ["feared_harm"]
    officer.page.check("[name=answer-feared_harm][value=yes]")
    officer.page.fill("[name=comment-feared_harm]", "Lasten puolesta")
    with officer.page.expect_navigation():
        officer.page.press("[name=comment-feared_harm]", "Enter")
    assert officer.page.url.endswith("/checklist?saved=now#now")
    assert officer.page.input_value("[name=comment-feared_harm]") == "Lasten puolesta"
    assert "1/24" in officer.page.inner_text("#progress")


def test_the_progress_counts_what_is_chosen_before_it_is_saved(visit, draft):
    officer = look(visit, draft)
    live = "getComputedStyle(document.querySelector('.live'), '::before').content"
    assert "counter(done)" in officer.page.evaluate(live)
    for code in ITEMS[4:]:
        officer.page.check(f"[name=answer-{code}][value=no]")
    officer.page.check("[name=answer-strangulation][value=yes]")
    officer.page.check("[name=safety-where_violent][value=here]")
    officer.picture("checklist-filled", whole=True)
    officer.resize({"width": 375, "height": 900}).picture("checklist-filled-375")
