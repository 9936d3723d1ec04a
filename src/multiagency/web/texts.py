"""The catalogues, and moments and days as people write them: near ones in words, on papers and in mail in full."""

import html
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from multiagency.kernel.clock import to_helsinki, today
from multiagency.kernel.inputs import WEEKDAYS
from multiagency.kernel.languages import Catalogue, Language

TEXTS = Catalogue(Path(__file__).parent / "translations")
_NEAR = {timedelta(days=-1): "yesterday", timedelta(): "today", timedelta(days=1): "tomorrow"}
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_ISO_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class Spelled(str):
    """A day or moment in words; where a page shows it by itself, it carries what a program reads (`<time>`)."""

    _machine: str

    def __new__(cls, text: str, machine: str) -> "Spelled":
        """Keep both."""
        found = super().__new__(cls, text)
        found._machine = machine
        return found

    def __html__(self) -> str:
        """Return it as an element of a page."""
        return f'<time datetime="{self._machine}">{html.escape(self)}</time>'


def own_word(model: str, key: str) -> str:
    """Return under which key a model of work says it: its own word where it has one, else that of all."""
    own = f"model.{model}.{key}"
    return own if own in TEXTS.sentences[Language.FI] else key


def said_with_days(sentence: str, values: Mapping[str, object]) -> str:
    """Return a sentence that a day such as `ke 2.12.` may end: with one full stop."""
    ends_it = any(isinstance(value, Spelled) and value.endswith(".") for value in values.values())
    return re.sub(r"(?<=\d)\.\.(?!\.)", ".", sentence) if ends_it else sentence


def day_text(language: Language, day: date) -> Spelled:
    """Return a day, or that of a moment, in words: `tomorrow`, `ke 2.12.` in this year, `2.6.2027` in any other."""
    if isinstance(day, datetime):
        day = to_helsinki(day).date()
    return Spelled(_near(language, day), day.isoformat())


def moment_text(language: Language, moment: datetime) -> Spelled:
    """Return a moment on the clock of Finland: `tomorrow at 9.00`, `ke 2.12. klo 9.00`, `2.6.2027 klo 9.00`."""
    local = to_helsinki(moment)
    return Spelled(_at(language, _near(language, local.date()), local), local.isoformat(timespec="minutes"))


def full_moment(language: Language, moment: datetime) -> str:
    """Return a moment on the clock of Finland for whoever reads it later, such as `24.11.2026 klo 9.15`."""
    local = to_helsinki(moment)
    return _at(language, full_day(local.date()), local)


def span_text(language: Language, begin: datetime, end: datetime) -> str:
    """Return from when until when in full, such as `24.11.2026 klo 9.15–10.00`."""
    local = to_helsinki(end)
    until = (
        f"{local.hour}.{local.minute:02}" if to_helsinki(begin).date() == local.date() else full_moment(language, end)
    )
    return TEXTS.say(language, "format.span", begin=full_moment(language, begin), end=until)


def full_day(day: date) -> str:
    """Return a day as `24.11.2026`."""
    return f"{day.day}.{day.month}.{day.year}"


def as_people_write(value: str) -> str:
    """Return a day or time as forms keep it (2026-12-02, 09:00) the way people write it; anything else as it is."""
    if day := _ISO_DAY.fullmatch(value):
        return f"{int(day[3])}.{int(day[2])}.{day[1]}"
    return f"{int(time[1])}.{time[2]}" if (time := _ISO_TIME.fullmatch(value)) else value


def _near(language: Language, day: date) -> str:
    present = today()
    if word := _NEAR.get(day - present):
        return TEXTS.say(language, f"format.{word}")
    if day.year != present.year:
        return full_day(day)
    weekday = TEXTS.say(language, f"format.weekday.{WEEKDAYS[day.weekday()]}")
    return TEXTS.say(language, "format.day", weekday=weekday, day=day.day, month=day.month)


def _at(language: Language, day: str, local: datetime) -> str:
    return TEXTS.say(language, "format.moment", day=day, hour=local.hour, minute=f"{local.minute:02}")
