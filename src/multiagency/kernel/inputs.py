"""What may be filled in: strict input models shared by pages and API, so that both refuse the same things."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from multiagency.kernel.clock import from_helsinki, to_helsinki
from multiagency.kernel.typed_dates import Side, typed_day, typed_moment, typed_time

SHORT = 200
LONG = 10_000
"""Longest texts taken, in characters: a short text, and a narrative."""


class Form(BaseModel):
    """Base of every input: an unknown field is an error, not a silent loss."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


Time = TypeVar("Time", date, datetime)
_FIRST_YEAR, _LAST_YEAR = 1800, 2999


def _within_calendar(day: Time) -> Time:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        kind = "datetime" if isinstance(day, datetime) else "date"
        raise PydanticCustomError(f"{kind}_out_of_years", "not a year of this service")
    return day


def _finnish_unless_zoned(moment: datetime) -> datetime:
    if moment.tzinfo:
        return moment
    found = from_helsinki(moment)
    if to_helsinki(found).replace(tzinfo=None) != moment:
        raise PydanticCustomError("datetime_skipped", "the clocks go forward past this time")
    return found


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols by their category that nobody sees: fillers of Hangul, the empty pattern of Braille."""


def is_seen(text: str) -> bool:
    """Tell whether the text has a letter, number, mark of punctuation or symbol: all else is seen beside one only."""
    return any(unicodedata.category(char)[0] in "LNPS" and char not in _BLANK for char in text)


def _must_be_seen(text: str) -> str:
    if not is_seen(text):
        raise PydanticCustomError("string_too_short", "nothing in it can be seen")
    return text


def _unseen_is_empty(text: str) -> str:
    return text if is_seen(text) else ""


_UNSEEN = re.compile("[\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""What comes along when text is copied, is seen by nobody, and makes two names look alike or turns them round."""


def as_written(value: object) -> object:
    """Return a text without what nobody can have meant to write, and each line break as one character.

    A browser counts a line break as one and sends two (HTML 4.10.11).
    """
    if not isinstance(value, str):
        return value
    return _UNSEEN.sub("", value).replace("\r\n", "\n").replace("\r", "\n")


def _joined(value: object) -> object:
    return ", ".join(dict.fromkeys(filter(None, map(str.strip, map(str, value))))) if isinstance(value, list) else value


_NO_NUL = r"^[^\x00]*$"  # PostgreSQL takes none in text
_Lines = BeforeValidator(as_written)
_Seen, _Cleared = AfterValidator(_must_be_seen), AfterValidator(_unseen_is_empty)
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=SHORT, pattern=_NO_NUL), _Seen, _Lines]
Narrative = Annotated[str, StringConstraints(min_length=1, max_length=LONG, pattern=_NO_NUL), _Seen, _Lines]
OptionalShortText = Annotated[str, StringConstraints(max_length=SHORT, pattern=_NO_NUL), _Cleared, _Lines]
OptionalNames = Annotated[OptionalShortText, BeforeValidator(_joined)]
"""Names in one short text; taken as a list too, each once."""
OptionalNarrative = Annotated[str, StringConstraints(max_length=LONG, pattern=_NO_NUL), _Cleared, _Lines]
_InCalendar, _Zoned = AfterValidator(_within_calendar), AfterValidator(_finnish_unless_zoned)
Moment = Annotated[datetime, _InCalendar, _Zoned, BeforeValidator(typed_moment(Side.NEAREST))]
PastMoment = Annotated[datetime, _InCalendar, _Zoned, BeforeValidator(typed_moment(Side.PAST))]
ComingMoment = Annotated[datetime, _InCalendar, _Zoned, BeforeValidator(typed_moment(Side.COMING))]
"""A moment; without a zone it is read as Finnish wall-clock time, as people write it. Which year it is where none was
typed says `Side`; whether it may be past is asked by whoever takes it.

At the ends of the calendar it could be stored and not be shown: turning it to another zone leaves the calendar.
"""
OptionalBool = Annotated[bool | None, BeforeValidator(_empty_is_none)]
PastDay = Annotated[date, _InCalendar, BeforeValidator(typed_day(Side.PAST))]
ComingDay = Annotated[date, _InCalendar, BeforeValidator(typed_day(Side.COMING))]
Day = Annotated[date, _InCalendar, BeforeValidator(typed_day(Side.NEAREST))]
BirthDate = Annotated[date, _InCalendar, BeforeValidator(typed_day(Side.PAST, year=True))]
"""A day, within the same years."""
OptionalBirthDate = Annotated[BirthDate | None, BeforeValidator(_empty_is_none)]
OptionalPastDay = Annotated[PastDay | None, BeforeValidator(_empty_is_none)]
OptionalComingDay = Annotated[ComingDay | None, BeforeValidator(_empty_is_none)]


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _on_the_clock(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        return value
    if (found := typed_time(value)) is None:
        raise PydanticCustomError("clock", "no time of day")
    return found


def _in_the_week(value: object) -> str:
    named = value if isinstance(value, list) else [value]
    days = {day for part in named for day in (part.split() if isinstance(part, str) else [""])}
    if days - set(WEEKDAYS):
        raise PydanticCustomError("literal_error", "no day of the week", {"expected": ", ".join(WEEKDAYS)})
    return " ".join(day for day in WEEKDAYS if day in days)


OptionalClock = Annotated[str, BeforeValidator(_on_the_clock)]
"""A time of day, kept as HH:MM; taken as people write it too: 9, 9.00, klo 9."""
Weekdays = Annotated[str, BeforeValidator(_in_the_week)]
"""Days of the week, kept in their order with spaces between; taken as a list of `WEEKDAYS` too."""


def mail_address(text: str) -> str:
    """Return an address as SMTP carries it: the domain in ASCII (IDNA), the rest as it was typed.

    Raises ValueError for what is no address, and for a part before the @ that not every server takes (RFC 6531).
    """
    return str(validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True).ascii_email)


def is_mail_address(text: str) -> bool:
    """Tell whether mail can be sent to what stands there, as it stands there."""
    try:
        return mail_address(text) == text
    except EmailNotValidError:
        return False


def _can_be_sent(text: str) -> str:
    try:
        return mail_address(text)
    except EmailNotValidError as error:
        raise PydanticCustomError("mail_address", "no address that mail can be sent to") from error


MailAddress = Annotated[str, StringConstraints(max_length=SHORT), AfterValidator(_can_be_sent)]
