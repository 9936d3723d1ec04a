"""Catalogues: complete where promised, honest where not, and used without gaps."""

import re
from pathlib import Path
from string import Formatter

import pytest

from multiagency.kernel.languages import COMPLETE, Catalogue, Language
from multiagency.web.texts import TEXTS

SOURCE = Path(__file__).parents[2] / "src" / "multiagency"
SAMI = (Language.SE, Language.SMN, Language.SMS)
# Endonyms, and words that are the same in two languages, are no forgotten translations.
SAME_IN_TWO = {"language"}


def values_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", COMPLETE)
def test_every_sentence_exists(language):
    assert TEXTS.sentences[language].keys() == TEXTS.sentences[Language.FI].keys()


@pytest.mark.parametrize("language", Language)
def test_translations_take_the_same_values(language):
    for key, sentence in TEXTS.sentences[language].items():
        assert values_of(sentence) == values_of(TEXTS.sentences[Language.FI][key]), key


def test_a_key_stands_in_one_catalogue(tmp_path):
    for language in Language:
        (tmp_path / language).mkdir()
    for name in ("one", "two"):
        (tmp_path / "fi" / f"{name}.toml").write_text('[conflict]\ntitle = "Otsikko"', "utf-8")
    with pytest.raises(ValueError, match=r"two\.toml: conflict\.title"):
        Catalogue(tmp_path)


def test_swedish_is_not_a_copy():
    """A sentence of four words or more that equals the English one was copied, not translated."""
    swedish, english = TEXTS.sentences[Language.SV], TEXTS.sentences[Language.EN]
    copied = [key for key in swedish if swedish[key] == english[key] and len(swedish[key].split()) > 3]
    assert copied == []


@pytest.mark.parametrize("language", SAMI)
def test_sami_holds_only_known_keys_and_falls_back_to_finnish(language):
    assert TEXTS.sentences[language].keys() <= TEXTS.sentences[Language.FI].keys()
    assert TEXTS.say(language, "error.not_found") == TEXTS.say(Language.FI, "error.not_found")


def test_every_key_that_code_and_pages_name_exists():
    known = TEXTS.sentences[Language.FI]
    pattern = re.compile(r"""(?:\bt\(|TEXTS\.say\(language, )["']([a-z_]+(?:\.[a-z_]+)+)["']""")
    named = {
        key
        for path in SOURCE.rglob("*")
        if path.suffix in {".py", ".html"}
        for key in pattern.findall(path.read_text())
    }
    assert len(named) > 30
    assert sorted(named - known.keys()) == []


def test_every_error_key_exists():
    patterns = (
        re.compile(r'(?:Conflict|Forbidden|NotSignedIn)\("([a-z_.]+)"'),
        re.compile(r'(?:Invalid\.of|FieldError)\(\s*f?"[^"]*", "([a-z_.]+)"'),
        re.compile(r'"(error\.[a-z_]+)"'),
    )
    texts = [path.read_text() for path in SOURCE.rglob("*.py")]
    named = {key for text in texts for pattern in patterns for key in pattern.findall(text)} - {"error.html"}
    assert len(named) > 40
    assert sorted(named - TEXTS.sentences[Language.FI].keys()) == []


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "fi"),
        ("sv", "sv"),
        ("sv-FI,sv;q=0.9,en;q=0.8", "sv"),
        ("de,en;q=0.5", "en"),
        ("en;q=0.1,se;q=0.9", "se"),
        ("de", "fi"),
        ("en;q=0", "fi"),
        ("*;q=0.5,;q=x,en", "en"),
    ],
)
def test_negotiation(header, expected):
    assert TEXTS.negotiate(header) == expected
