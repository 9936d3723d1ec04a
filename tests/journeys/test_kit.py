"""The page of components in a real browser: in each scheme of colours, narrow, enlarged, on paper and by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.journeys.test_accessibility import KIT, LOOK, RULES

SMALL = """() => [...document.querySelectorAll('button, .button, summary, [type=text], select, textarea, .seg label')]
    .filter(one => one.checkVisibility() && one.offsetHeight < (one.closest('td, header') ? 35 : 44))
    .map(one => `${one.tagName} ${one.innerText} ${one.offsetHeight}`)"""
FOCUSABLE = "a, button, input:not([type=hidden]), select, textarea, summary, [tabindex]"
WIDTHS = {"desktop": 1280, "phone": 375, "narrowest": 320}


@pytest.fixture
def kit(household, chromium):
    contexts = []

    def show(width=1280, **choices):
        contexts.append(
            chromium.new_context(
                base_url=household.base_url, viewport={"width": width, "height": 900}, locale="fi-FI", **choices
            )
        )
        contexts[-1].add_init_script(Axe().axe_script)
        page = contexts[-1].new_page()
        page.goto("/kit")
        return page

    yield show
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    "choices",
    [{}, {"color_scheme": "dark"}, {"forced_colors": "active"}],
    ids=["light", "dark", "forced"],
)
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_each_component_is_accessible(kit, width, choices):
    page = kit(width, **choices)
    found = page.evaluate(LOOK, RULES)
    assert found["violations"] == []
    assert page.evaluate(KIT, {"widest": width, "header": 125 if width == 320 else 90 if width < 720 else 56}) == []


def test_four_times_enlarged_it_is_the_page_of_a_phone(kit):
    page = kit(320)  # 1 280 px at 400 %: WCAG 2.2, 1.4.10
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("getComputedStyle(document.querySelector('.foot')).position") == "static", "it would hide all"


def test_every_target_is_large_enough(kit):
    """44 px, in tables 36; links in running text are free (WCAG 2.2, 2.5.8 asks for 24)."""
    small = kit(375).evaluate(SMALL)
    assert small == []


def test_the_keyboard_reaches_everything_in_the_order_of_the_page(kit):
    page = kit()
    page.evaluate(
        """which => [...document.querySelectorAll(which)]
            .filter(one => one.checkVisibility()).forEach((one, place) => one.dataset.place = place)""",
        FOCUSABLE,
    )
    reached = []
    for _ in range(80):
        page.keyboard.press("Tab")
        place = page.evaluate("document.activeElement.dataset.place")
        if place is None:
            break
        reached.append(int(place))
    assert reached == sorted(reached)
    assert len(reached) > 30
    assert page.evaluate("document.querySelector('.skip').dataset.place") == "0"


def test_radios_side_by_side_are_one_stop_and_go_by_arrows(kit):
    page = kit()
    page.locator("#segment input:checked").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#segment input").nth(1).is_checked()


def test_what_has_the_focus_is_not_hidden_by_the_foot(kit):
    page = kit(375)
    page.set_viewport_size({"width": 375, "height": 700})
    for field in ("#text", "#wrong_seg input", "#choice-1"):
        page.locator(field).first.focus()
        box, foot = page.locator(field).first.bounding_box(), page.locator(".foot").bounding_box()
        assert box["y"] + box["height"] <= foot["y"] or box["y"] >= foot["y"] + foot["height"], field


def test_paper_shows_when_it_was_printed_and_no_controls(kit):
    page = kit()
    page.emulate_media(media="print")
    assert "Salassa pidettävä" in page.locator(".paper").inner_text()
    assert page.locator("button:visible, nav:visible, .foot:visible").count() == 0
