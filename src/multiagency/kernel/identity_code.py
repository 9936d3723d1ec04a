"""The Finnish personal identity code (fact 4.3 of the domain file; the sign is part of the identity since 2023).

python-stdnum computes the check character and knows which individual numbers there are. By itself it would also take
digits of other scripts, raise letters that are none of a code (ß, ı) to some that are, and it tells no date of birth:
the form and the day are ours.
"""

import re
import unicodedata
from contextvars import ContextVar
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fi import hetu

from multiagency.kernel.clock import today

_FORM = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([-+A-FU-Y])([0-9]{3})([0-9A-FHJ-NPR-Y])")
_SHAPE = re.compile(r"[0-9]{6}\D[0-9]{3}\w", re.ASCII)
_INSIDE = re.compile(
    r"(?<!\d)(?:\d\d[. ]?){2}\d\d\s*[-+A-FU-Y]\s*\d{3}\s*[0-9A-FHJ-NPR-Y](?!\w)", re.ASCII | re.IGNORECASE
)
_AS_TYPED = 200
"""Longest text taken for a code: people paste it with spaces, and word processors add what nobody sees."""
_HYPHENS = {ord(sign): "-" for sign in "\u2010\u2011\u2012\u2013\u2212"}
_CENTURY = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)
_FIRST_ARTIFICIAL = 900

artificial_codes: ContextVar[bool] = ContextVar("artificial_codes", default=True)
"""Whether a code that nobody was given (900-999) is taken; the setting of this name says so for each request."""


def is_identity_code(text: str) -> bool:
    """Tell whether form, date of birth and check character are right."""
    return fault_of(text) is None


def fault_of(code: str) -> str | None:
    """Return what is wrong with a code in its one form: form, day, number or check; None when nothing is."""
    try:
        birth_date(code)
        hetu.validate(code, allow_temporary=True)
    except InvalidChecksum:
        return "check"
    except ValidationError:
        return "number"
    except ValueError:
        return "day" if _FORM.fullmatch(code) else "form"
    return None


def is_artificial(code: str) -> bool:
    """Tell whether a code is one of those that are never given to anybody (900-999): demo and tests use them."""
    return int(code[7:10]) >= _FIRST_ARTIFICIAL


def tidy(text: str) -> str:
    """Return the code that was meant: without spaces and what nobody sees, any hyphen as `-`, letters upright.

    Only characters of ASCII are raised: no other letter or digit ever turns into one of a code.
    """
    seen = (char for char in text if not char.isspace() and unicodedata.category(char) != "Cf")
    return "".join(char.upper() if char.isascii() else char for char in seen).translate(_HYPHENS)


def looks_like_a_code(text: str) -> bool:
    """Tell whether a free text has the shape of a code, right or wrong."""
    return _SHAPE.fullmatch(tidy(text)) is not None


def has_a_code(text: str) -> bool:
    """Tell whether something of the shape of a code, right or wrong, stands anywhere in a free text."""
    seen = "".join(char for char in text if unicodedata.category(char) != "Cf").translate(_HYPHENS)
    return _INSIDE.search(seen) is not None


def birth_date(code: str) -> date:
    """Return the date of birth that a code carries. Raises ValueError when it has not the form, or no such day."""
    match = _FORM.fullmatch(code)
    if match is None:
        raise ValueError("not an identity code")
    return date(_CENTURY[match[4]] + int(match[3]), int(match[2]), int(match[1]))


def sex_of(code: str) -> str:
    """Return woman or man, as the individual number of a code says: even or odd."""
    return "man" if int(code[7:10]) % 2 else "woman"


def age_on(day: date, born: date) -> int:
    """Return the full years on a day; whoever was born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def as_identity_code(text: str) -> str:
    """Return the code in its one form.

    Raises PydanticCustomError when it is none, when its day is still to come, and for an artificial one where these
    are not taken.
    """
    code = tidy(text)
    if code and not is_identity_code(code):
        raise PydanticCustomError("identity_code", "not a personal identity code")
    if code and birth_date(code) > today():
        raise PydanticCustomError("born_to_come", "born after today")
    if code and is_artificial(code) and not artificial_codes.get():
        raise PydanticCustomError("artificial_code", "a code that is given to nobody")
    return code


OptionalIdentityCode = Annotated[str, StringConstraints(max_length=_AS_TYPED), AfterValidator(as_identity_code)]
"""A code or empty: somebody without one, or whose code is not known, is helped all the same."""
