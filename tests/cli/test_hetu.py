"""`multiagency hetu`: what an identity code tells; whatever is typed, an answer and no traceback."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multiagency.cli.main import main
from multiagency.kernel.identity_code import birth_date, fault_of, is_artificial, tidy

SIGNS = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)
CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
UNSEEN = [" ", "\u00ad", "\u00a0", "\u200b", "\t"]


def told(capsys, *words):
    status = main(["hetu", *words, "--json"])
    said = capsys.readouterr()
    answer = json.loads(said.out)
    assert answer.keys() == {"valid", "born", "artificial", "reason"}
    assert status == (0 if answer["valid"] else 1)
    assert (answer["reason"] is None) == answer["valid"]
    return answer


def code_of(day, sign, number):
    digits = f"{day:%d%m%y}"
    return f"{digits}{sign}{number:03}{CHECK[int(f'{digits}{number:03}') % 31]}"


@given(data=st.data())
def test_every_sign_number_and_day_is_told_as_it_was_made(data):
    sign = data.draw(st.sampled_from(sorted(SIGNS)))
    first = SIGNS[sign]
    day = data.draw(st.dates(date(first, 1, 1), date(first + 99, 12, 31)))
    number = data.draw(st.integers(2, 999))
    code = code_of(day, sign, number)
    typed = "".join(data.draw(st.sampled_from([char, char.lower()])) for char in code)
    place = data.draw(st.integers(0, len(typed)))
    typed = typed[:place] + data.draw(st.sampled_from(UNSEEN)) + typed[place:]
    assert tidy(typed) == code
    assert (fault_of(code), birth_date(code), is_artificial(code)) == (None, day, number >= 900)
    for wrong in set(CHECK) - {code[-1]}:
        assert fault_of(code[:-1] + wrong) == "check"


@pytest.mark.parametrize(
    ("code", "born", "artificial"),
    [
        ("010594Y9032", "1994-05-01", True),
        ("020504a902e", "2004-05-02", True),
        ("131052-308T", "1952-10-13", False),
        ("010594\u00adY 9032", "1994-05-01", True),
        ("290200A248A", "2000-02-29", False),
    ],
)
def test_what_a_valid_code_tells(code, born, artificial, capsys):
    assert told(capsys, code) == {"valid": True, "born": born, "artificial": artificial, "reason": None}


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("010190-999K", "check"),
        ("310294-123A", "day"),
        ("290201A0013", "day"),
        (code_of(date(1990, 1, 1), "-", 1), "individual"),
        (code_of(date(1990, 1, 1), "-", 0), "individual"),
        ("010594Z9032", "form"),
        ("0105941Y903", "form"),
        ("٠١٠٥٩٤Y9032", "form"),
        ("０１０５９４Y9032", "form"),
        ("01059\u0131Y9032", "form"),
        ("", "form"),
        ("-", "form"),
        ("-abc", "form"),
        ("--abc", "form"),
        ("\udcff\udcfe", "form"),
        ("\0", "form"),
        ("9" * 10_000, "form"),
    ],
)
def test_what_is_wrong_is_said(code, word, capsys):
    answer = told(capsys, code)
    assert answer["born"] is None
    assert not answer["artificial"]
    assert word in answer["reason"]


@given(st.text(max_size=14))
def test_nothing_that_is_typed_ends_in_a_traceback(text):
    assert fault_of(tidy(text)) in {None, "form", "day", "number", "check"}


def test_without_a_flag_it_is_said_in_words(capsys):
    assert main(["hetu", "010594Y9032"]) == 0
    assert "1994-05-01" in capsys.readouterr().out
    assert main(["hetu", "010594Y9033"]) == 1
    assert "check character" in capsys.readouterr().out
