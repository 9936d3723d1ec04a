"""What may be filled in: a text is there when somebody can see something of it."""

import pytest
from pydantic import ValidationError
from tests.pages import at_pages

from multiagency.kernel.inputs import LONG, Form, Narrative, OptionalNarrative, OptionalShortText, ShortText
from multiagency.web.speaking import field_errors

UNSEEN = {
    "nothing": "",
    "a space": " ",
    "a space that does not break": "\u00a0",
    "a zero-width space": "\u200b",
    "a joiner": "\u200d",
    "a byte order mark": "\ufeff",
    "a soft hyphen": "\u00ad",
    "a mark of direction": "\u202e",
    "lines and paragraphs": "\n\u2028\u2029",
    "a control character": "\x07",
    "an accent on nothing": "\u0301",
    "a frame around nothing": "\u20dd",
    "a variation of nothing": "\ufe0f",
    "a tag": "\U000e0041",
    "a filler of Hangul": "\u3164",
    "an empty pattern of Braille": "\u2800",
    "private use": "\ue000",
    "several of them": " \u200b\u00a0\u0301\u2800",
}
SEEN = ["a", "7", ".", "–", "€", "á", "a\u0301", "ćš", "đ", "م", "漢", "👍🏽", "क\u0940"]


class Required(Form):
    line: ShortText
    narrative: Narrative


class Optional(Form):
    line: OptionalShortText = ""
    narrative: OptionalNarrative = ""


@pytest.mark.parametrize("how", UNSEEN)
def test_what_nobody_can_see_is_missing(how):
    text = UNSEEN[how]
    with pytest.raises(ValidationError) as refused:
        Required(line=text, narrative=text)
    errors = field_errors(refused.value.errors())
    assert [(error.field, error.key) for error in errors] == [("line", "error.missing"), ("narrative", "error.missing")]
    filled = Optional(line=text, narrative=text)
    assert (filled.line, filled.narrative) == ("", ""), "a ground that asks for a reason still asks"


@pytest.mark.parametrize("text", SEEN)
def test_every_script_and_sign_can_be_written_and_stays_as_it_is(text):
    assert Required(line=text, narrative=text).line == text
    assert Optional(line=text, narrative=text).narrative == text


@pytest.mark.parametrize("char", "\u200b\u202e\u2067\u2060\ufeff\u200f")
def test_what_turns_or_hides_a_name_is_not_taken(char):
    assert Required(line=f"Ma{char}ija", narrative=f"{char}a\r\nb").model_dump() == {
        "line": "Maija",
        "narrative": "a\nb",
    }


async def test_a_reason_of_one_zero_width_space_is_refused_at_page_and_api(house):
    auditor, pages = await house.person("auditor"), await at_pages(house, "auditor")
    await (await house.person("officer")).get("/cases")
    entry = next(e for e in await auditor.get("/audit/entries") if e["body"]["act"] == "list_cases")
    note = {"conclusion": "justified", "note": "\u200b"}
    problem = await auditor.post(f"/audit/entries/{entry['id']}/notes", note, 422)
    assert [error["field"] for error in problem["errors"]] == ["note"]
    assert 'href="#note"' in (await pages.post(f"/audit/entries/{entry['id']}", 422, **note)).text


def test_line_breaks_count_as_one_on_both_sides():
    """A browser counts a line break of a textarea as one character, and sends two (HTML, 4.10.11)."""
    longest = ("a" * 99 + "\r\n") * 99 + "a" * 100
    assert len(longest) > LONG == len(longest.replace("\r\n", "\n"))
    assert Required(line="x", narrative=longest).narrative == longest.replace("\r\n", "\n")
    assert Optional(narrative="a\rb\r\nc\nd").narrative == "a\nb\nc\nd"
    with pytest.raises(ValidationError):
        Required(line="x", narrative=longest + "a")


async def test_a_text_that_the_browser_lets_through_is_saved_by_the_page(house):
    case, pages = await house.draft(), await at_pages(house, "officer")
    typed = ("a" * 99 + "\r\n") * 99 + "a" * 100
    await pages.post(f"/cases/{case}/part", narrative=typed)
    officer = await house.person("officer")
    assert (await officer.get(f"/cases/{case}"))["parts"][0]["narrative"] == typed.replace("\r\n", "\n")
