"""The vectors of the domain file, and the rule that the check character is computed."""

from datetime import date

import pytest

from multiagency.kernel.identity_code import age_on, birth_date, is_identity_code, looks_like_a_code, tidy

VALID = [
    "010594Y9032",
    "010594Y9021",
    "020594X902N",
    "030594W902A",
    "040594V9030",
    "050594U903M",
    "010516B903X",
    "020516C903K",
    "030516D9037",
    "010501E9032",
    "020503F9037",
    "020504A902E",
]


@pytest.mark.parametrize("code", VALID)
def test_valid(code):
    assert is_identity_code(code)


@pytest.mark.parametrize(
    "code",
    [
        "010190-999K",
        "310294-123A",
        "010594Y9033",
        "010594Z9032",
        "",
        "010594Y903",
        "010594Y90322",
        "0105941Y903",
        "010594y9032",
        "٠١٠٥٩٤Y9032",
        "０１０５９４Y9032",
        "010594Y90३2",
    ],
)
def test_invalid(code):
    assert not is_identity_code(code)


def test_a_date_that_has_not_been_in_its_century_is_refused():
    assert any(is_identity_code(f"290204A901{check}") for check in "0123456789ABCDEFHJKLMNPRSTUVWXY")
    assert not any(is_identity_code(f"290203A901{check}") for check in "0123456789ABCDEFHJKLMNPRSTUVWXY")


def test_every_wrong_check_character_is_refused():
    body = "010594Y903"
    assert [c for c in "0123456789ABCDEFHJKLMNPRSTUVWXY" if is_identity_code(body + c)] == ["2"]


@pytest.mark.parametrize(
    ("code", "born"),
    [
        ("010594Y9032", date(1994, 5, 1)),
        ("020516C903K", date(2016, 5, 2)),
        ("010170-901K", date(1970, 1, 1)),
        ("010501E9032", date(2001, 5, 1)),
    ],
)
def test_a_code_carries_the_day_of_birth(code, born):
    assert is_identity_code(code)
    assert birth_date(code) == born


@pytest.mark.parametrize("code", ["", "abc", "310294-123A", "010594Y903"])
def test_what_is_no_code_carries_none(code):
    with pytest.raises(ValueError, match=r"code|range|month|day"):
        birth_date(code)


@pytest.mark.parametrize(
    ("day", "years"),
    [
        (date(2026, 5, 1), 11),
        (date(2026, 5, 2), 12),
        (date(2026, 5, 3), 12),
        (date(2014, 5, 2), 0),
    ],
)
def test_a_year_is_full_on_the_birthday(day, years):
    assert age_on(day, date(2014, 5, 2)) == years


def test_a_leap_day_is_full_in_march():
    assert age_on(date(2026, 2, 28), date(2008, 2, 29)) == 17
    assert age_on(date(2026, 3, 1), date(2008, 2, 29)) == 18


@pytest.mark.parametrize(
    "typed",
    ["010594-9032", "010594\u20119032", "010594\u20139032", " 0105 94 - 9032", "0105\u00ad94-9\u200b032\ufeff"],
)
def test_spaces_and_what_nobody_sees_are_dropped_and_every_hyphen_is_one(typed):
    assert tidy(typed) == "010594-9032"


@pytest.mark.parametrize("other", ["010594\u00df9032", "01059\u0131Y9032", "010594\u017f9032"])
def test_no_other_letter_turns_into_one_of_a_code(other):
    assert tidy(other) == other


def test_the_shape_of_a_code_is_known_also_when_it_is_a_wrong_one():
    assert looks_like_a_code("010594 Y9033")
    assert not looks_like_a_code("toukokuu 1994")
    assert not looks_like_a_code("1.5.1994")
