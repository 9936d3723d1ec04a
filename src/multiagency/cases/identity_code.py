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
    if match is None or not int(match[5]) >= 2 or birth_date(text) is None:
        return False
    return _CHECK[int("".join(match.group(1, 2, 3, 5))) % len(_CHECK)] == match[6]


def birth_date(text: str) -> date | None:
    """Return the date of birth that a code holds; None for a text that holds none."""
    match = _FORM.fullmatch(text)
    try:
        return match and date(_CENTURY[match[4]] + int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def _validate(text: str) -> str:
    if text and not is_identity_code(text.upper()):
        raise PydanticCustomError("identity_code", "not a personal identity code")
    return text.upper()


OptionalIdentityCode = Annotated[str, StringConstraints(max_length=11), AfterValidator(_validate)]
"""A code or empty: somebody without one, or whose code is not known, is helped all the same."""
