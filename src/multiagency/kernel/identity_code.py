"""The Finnish personal identity code (fact 4.3 of the domain file; the sign is part of the identity since 2023)."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

_FORM = re.compile(r"(\d{2})(\d{2})(\d{2})([-+A-FU-Y])(\d{3})([0-9A-FHJ-NPR-Y])")
_CENTURY = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)
_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def is_identity_code(text: str) -> bool:
    """Tell whether form, date of birth and check character are right. 900-999 are never issued: demo data uses them."""
    match = _FORM.fullmatch(text)
    if match is None or not int(match[5]) >= 2:
        return False
    try:
        birth_date(text)
    except ValueError:
        return False
    return _CHECK[int("".join(match.group(1, 2, 3, 5))) % len(_CHECK)] == match[6]


def birth_date(code: str) -> date:
    """Return the date of birth that a code carries. Raises ValueError when it has not the form, or no such day."""
    match = _FORM.fullmatch(code)
    if match is None:
        raise ValueError("not an identity code")
    return date(_CENTURY[match[4]] + int(match[3]), int(match[2]), int(match[1]))


def age_on(day: date, born: date) -> int:
    """Return the full years on a day; whoever was born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _validate(text: str) -> str:
    if text and not is_identity_code(text.upper()):
        raise PydanticCustomError("identity_code", "not a personal identity code")
    return text.upper()


OptionalIdentityCode = Annotated[str, StringConstraints(max_length=11), AfterValidator(_validate)]
"""A code or empty: somebody without one, or whose code is not known, is helped all the same."""
