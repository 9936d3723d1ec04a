"""The kit of pages: colours that can be read, a light style sheet, no class without a style."""

import re
from pathlib import Path

import pytest

from multiagency.web.assets import ASSETS, STYLE

SOURCES = Path(__file__).parents[2] / "src" / "multiagency"
TEXT, EDGE = 4.5, 3.0
"""Least contrast of text, and of what shows where a control is: WCAG 2.2, 1.4.3 and 1.4.11."""
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "quiet", "link") for ground in ("paper", "ground", "tint")),
    *(("ink", ground, TEXT) for ground in ("badbg", "warnbg")),
    ("bad", "badbg", TEXT),
    ("bad", "paper", TEXT),
    ("warn", "warnbg", TEXT),
    ("link", "badbg", TEXT),
    ("link", "warnbg", TEXT),
    ("onact", "act", TEXT),
    ("paper", "bad", TEXT),
    *(("edge", ground, EDGE) for ground in ("paper", "ground")),
    *(("act", ground, EDGE) for ground in ("paper", "tint")),
    ("fill", "paper", EDGE),
    ("ring", "paper", EDGE),
]


def schemes():
    """The colours by name: of a light page, and of a dark one, which changes some of them."""
    light, dark = (
        dict(re.findall(r"--(\w+):\s*(#\w+)", rules))
        for rules in re.findall(r":root\s*{([^}]*)}", STYLE.content.decode())
    )
    return {"light": light, "dark": light | dark}


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_each_pair_of_colours_can_be_told_apart(scheme, ink, ground, least):
    colours = schemes()[scheme]
    assert contrast(colours[ink], colours[ground]) >= least, (colours[ink], colours[ground])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_white_can_be_read_on_the_header(scheme):
    assert contrast("#fff", schemes()[scheme]["brand"]) >= TEXT


def test_the_style_sheet_is_light_and_needs_nothing_from_elsewhere():
    assert len(STYLE.content) <= 15_000
    assert not re.search(rb"url\(|@import|@font-face", STYLE.content)


def test_its_name_changes_with_what_it_says():
    assert re.fullmatch(r"style-[0-9a-f]{12}\.css", STYLE.name)
    assert ASSETS[STYLE.name] is STYLE


async def test_an_older_name_leads_nowhere(house):
    assert (await house.http.get("/assets/style-000000000000.css")).status_code == 404


def classes_of_templates():
    texts = [path.read_text("utf-8") for path in SOURCES.glob("*/templates/*.html")]
    plain = [re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", " ", text, flags=re.DOTALL) for text in texts]
    return {word for text in plain for words in re.findall(r'class="([^"]*)"', text) for word in words.split()}


def test_every_class_of_the_templates_has_a_style():
    styled = set(re.findall(r"\.([a-z][\w-]*)", STYLE.content.decode()))
    assert classes_of_templates() - styled == set()


async def test_the_kit_is_shown_in_the_demo_and_nowhere_else(house, monkeypatch):
    shown = await house.http.get("/kit")
    assert shown.status_code == 200
    monkeypatch.setitem(house.app.state.runtime.settings.__dict__, "demo_accounts", False)
    assert (await house.http.get("/kit")).status_code == 404
