"""Fields for days and times on pages: text, with its form said; saved ones as people write, typed ones as typed."""

import re
from pathlib import Path

from tests.pages import at_pages

from multiagency.kernel.inputs import LONG
from multiagency.kernel.languages import Language
from multiagency.web.labels import said_field
from multiagency.web.texts import TEXTS

TEMPLATES = Path(__file__).parents[2] / "src" / "multiagency"


def field(page, name):
    """The control with its label and hint, from the beginning of its line."""
    return re.search(rf'<div class="field">(?:(?!<div class="field">).)*?<input id="{name}"[^>]*>', page, re.DOTALL)[0]


def value(page, name):
    return re.search(r'value="([^"]*)"', field(page, name).partition("<input")[2])[1]


def test_no_field_asks_a_browser_for_a_day_or_time():
    asking = re.compile(r"type=.(?:date|datetime-local|time)\b")
    assert [path.name for path in TEMPLATES.rglob("*.html") if asking.search(path.read_text("utf-8"))] == []


def test_a_field_of_a_day_is_called_the_same_apart_from_its_page():
    assert said_field(Language.FI, "due_on") == TEXTS.say(Language.FI, "plan.new.due_on")


async def test_a_saved_day_stands_as_people_write_it_and_a_typed_one_as_it_was_typed(house):
    case, pages = await house.draft(), await at_pages(house, "officer")
    await pages.post(f"/cases/{case}/client", name="Aili Esimerkki", birth_date="2.5.94")
    shown = (await pages.get(f"/cases/{case}/client")).text
    assert value(shown, "birth_date") == "2.5.1994"
    assert TEXTS.say(Language.FI, "example.birth") in field(shown, "birth_date")
    assert 'inputmode="decimal"' in field(shown, "birth_date")
    wrong = (await pages.post(f"/cases/{case}/client", 422, name="Aili Esimerkki", birth_date="31.2.94")).text
    assert value(wrong, "birth_date") == "31.2.94"
    assert TEXTS.say(Language.FI, "error.no_such_day") in wrong
    officer = await house.person("officer")
    assert (await officer.get(f"/cases/{case}/client"))["birth_date"] == "1994-05-02", "programs read ISO 8601"


async def test_a_long_text_says_how_much_it_takes_and_comes_back_whole_when_it_is_more(house):
    case, pages = await house.draft(), await at_pages(house, "officer")
    said = TEXTS.say(Language.FI, "page.at_most", number="10\u00a0000")
    assert said in (await pages.get(f"/cases/{case}/part")).text
    long = "a" * (LONG + 1)
    refused = (await pages.post(f"/cases/{case}/part", 422, narrative=long)).text
    assert TEXTS.say(Language.FI, "error.too_long", limit=LONG) in refused
    assert long in refused
    await pages.post(f"/cases/{case}/part", narrative=long[1:])


async def test_a_time_of_day_is_typed_and_shown_with_a_dot(house):
    case, pages = await house.draft(), await at_pages(house, "officer")
    contact = {"phone": "040 000 0000", "may_leave_message": "false", "language": "fi"}
    await pages.post(f"/cases/{case}/safe-contact", **contact, safe_days="mon", safe_from="klo 9", safe_until="16:30")
    shown = (await pages.get(f"/cases/{case}/safe-contact")).text
    assert (value(shown, "safe_from"), value(shown, "safe_until")) == ("9.00", "16.30")
