"""The filter in words: what it offers, and what it asks for."""

from typing import Any

from sqlalchemy import select

from multiagency.disclosures.models import LegalGround
from multiagency.kernel.access import Act
from multiagency.kernel.journal import Mode
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.oversight import reading_rights as rights
from multiagency.oversight.filters import Basis, Filters
from multiagency.oversight.reading_rows import word_of
from multiagency.people import reading as people
from multiagency.web.texts import TEXTS, full_moment


async def choices(work: Work, language: Language) -> dict[str, Any]:
    """Return what the filter offers: people and agencies by name, codes as words in the order of their letters."""

    def words(family: str, codes: type[Act] | type[Mode] | type[Basis]) -> list[tuple[str, str]]:
        said = [(str(code), word_of(language, family, code)) for code in codes]
        return sorted(said, key=lambda pair: pair[1].casefold())

    grounds = select(LegalGround.code).distinct().order_by(LegalGround.code)
    return {
        "people": [(str(who), name) for who, name in await rights.everybody(work)],
        "agencies": [(str(agency.id), agency.name(language)) for agency in await people.agencies(work)],
        "acts": words("act", Act),
        "modes": words("mode", Mode),
        "bases": [*words("basis", Basis), *[(code, code) for code in await work.session.scalars(grounds)]],
    }


async def told(work: Work, asked: Filters, language: Language) -> list[tuple[str, str]]:
    """Return the filter in words, as (name, value); whom it is about stays an id."""
    agencies: dict[Any, str] = {agency.id: agency.name(language) for agency in await people.agencies(work)}
    names = dict(await rights.everybody(work))
    values = {
        "case": asked.case,
        "person": names.get(asked.person, str(asked.person)) if asked.person else "",
        "agency": agencies.get(asked.agency, str(asked.agency)) if asked.agency else "",
        "act": word_of(language, "act", asked.act) if asked.act else "",
        "mode": word_of(language, "mode", asked.mode) if asked.mode else "",
        "basis": word_of(language, "basis", asked.basis) if asked.basis else "",
        "subject": ", ".join(str(subject) for subject in asked.subjects),
        "since": full_moment(language, asked.since) if asked.since else "",
        "until": full_moment(language, asked.until) if asked.until else "",
        "staff": TEXTS.say(language, "log.filter.yes") if asked.staff else "",
    }
    found = [(TEXTS.say(language, f"log.filter.{name}"), value) for name, value in values.items() if value]
    everything = (TEXTS.say(language, "log.filter.title"), TEXTS.say(language, "log.filter.none"))
    return found or [everything]
