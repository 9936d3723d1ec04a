"""The catalogues, and moments and days as people write them."""

from datetime import date, datetime
from pathlib import Path

from multiagency.kernel.clock import to_helsinki
from multiagency.kernel.languages import Catalogue, Language

TEXTS = Catalogue(Path(__file__).parent / "translations")


def moment_text(language: Language, moment: datetime) -> str:
    """Return a moment on the clock of Finland, such as `24.11.2026 klo 9.15`."""
    local = to_helsinki(moment)
    return TEXTS.say(
        language, "format.moment", day=day_text(local.date()), hour=local.hour, minute=f"{local.minute:02}"
    )


def span_text(language: Language, begin: datetime, end: datetime) -> str:
    """Return from when until when on the clock of Finland, such as `24.11.2026 klo 9.15–10.00`."""
    local = to_helsinki(end)
    until = (
        f"{local.hour}.{local.minute:02}" if to_helsinki(begin).date() == local.date() else moment_text(language, end)
    )
    return TEXTS.say(language, "format.span", begin=moment_text(language, begin), end=until)


def day_text(day: date) -> str:
    """Return a day as `24.11.2026`."""
    return f"{day.day}.{day.month}.{day.year}"
