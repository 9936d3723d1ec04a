"""Names are shown as they are: nothing in one hides, turns round, or moves what stands beside it."""

import html
import re

import pytest
from tests.pages import at_pages

from multiagency.demo import story
from multiagency.web.legible import in_sentence, legible

ARABIC, TURNED = "محمد", "Paula \u202egnp.exe"


@pytest.mark.parametrize("char", "\u202e\u2066\u200b\ufeff\x00\x07\x1b\x85\u2060\ufffe\U000e0041\ud800\u061c")
def test_what_cannot_be_seen_is_shown_as_its_code_point(char):
    assert legible(f"a{char}b") == f"a[U+{ord(char):04X}]b"


@pytest.mark.parametrize("text", ["Áile", "a\nb\tc", "क\u0940", "می\u200cخواهم"[:2] + "x", "👩\u200d👧", "\u00ad"])
def test_what_people_write_stays(text):
    assert legible(text).strip("\u2068\u2069") == text


def test_what_runs_from_the_right_is_isolated_once():
    once = legible(f"{ARABIC} (asiakas)")
    assert once == f"\u2068{ARABIC} (asiakas)\u2069"
    assert legible(once) == once
    sentence = "{name}, poliisi".format(**in_sentence({"name": ARABIC, "n": 1}))
    assert legible(sentence).count("\u2068") == legible(sentence).count("\u2069") == 2


@pytest.mark.parametrize("text", ["\u2069\u2068", "\u2068a", "a\u2069", "\u2068\u2069\u2069"])
def test_an_isolate_that_does_not_end_in_its_text_is_shown(text):
    assert "[U+206" in legible(text)
    assert not re.search("[\u2068\u2069]", legible(text))


async def test_every_page_shows_names_so(house):
    """Put into the database by hand: what is typed loses it on the way."""
    case = await house.draft()
    officer, client = await at_pages(house, "officer"), story.CLIENT | {"name": ARABIC}
    await (await house.person("officer")).put(f"/cases/{case}/client", client)
    await house.fetch("UPDATE person SET name = $1", TURNED)
    page = (await officer.get(f"/cases/{case}/client")).text
    assert "\u202e" not in page
    assert "Paula [U+202E]gnp.exe" in page
    assert f"\u2068{ARABIC}\u2069" in page


async def test_a_form_that_is_sent_again_as_it_was_shown_changes_nothing(house):
    case = await house.draft()
    officer, person = await at_pages(house, "officer"), await house.person("officer")
    await person.put(f"/cases/{case}/client", story.CLIENT | {"name": ARABIC})
    shown = (await officer.get(f"/cases/{case}/client")).text
    value = html.unescape(re.search(r'name="name"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="name"', shown)[1])
    assert ARABIC in value
    await officer.post(f"/cases/{case}/client", name=value, identity_code=story.CLIENT["identity_code"])
    assert (await person.get(f"/cases/{case}"))["client"]["name"] == ARABIC
