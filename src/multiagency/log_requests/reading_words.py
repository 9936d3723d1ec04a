"""An entry in words, for the auditor, a program and the client: who, when, what and why, on which ground, to whom.

No reference of a case is among them: the client's answer must not name cases.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from multiagency.audit.reading import UNREADABLE
from multiagency.disclosures.models import LegalGround
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.log_requests.reading_review import Reviewed
from multiagency.people import reading as people
from multiagency.web.texts import TEXTS, full_moment


def spoken(language: str) -> Language:
    """Return the language in which a client is answered: Finnish where the service knows none of theirs."""
    return Language(language) if language in set(Language) else Language.FI


@dataclass(frozen=True, slots=True)
class Words:
    """What is needed to say an entry in one language: names of agencies and texts of legal grounds."""

    language: Language
    agencies: Mapping[str, str]
    grounds: Mapping[str, str]

    @classmethod
    async def of(cls, work: Work, language: Language) -> "Words":
        """Read the directory and the register of grounds."""
        agencies = {str(agency.id): agency.name(language) for agency in await people.agencies(work)}
        rows = await work.session.scalars(select(LegalGround).order_by(LegalGround.valid_from))
        return cls(language, agencies, {row.code: f"{row.words(language)} ({row.provision})" for row in rows})

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of this room."""
        return TEXTS.say(self.language, f"log_request.{key}", **values)

    def word(self, family: str, code: str) -> str:
        """Return the log's word for a code; an entry outlives the service that wrote it."""
        try:
            return TEXTS.say(self.language, "audit.unreadable" if code == UNREADABLE else f"audit.{family}.{code}")
        except KeyError:
            return code

    def who(self, entry: Reviewed) -> str:
        """Return who used the data: name, title, agency."""
        actor = (entry.view.detail or {}).get("actor")
        if not actor:
            return TEXTS.say(self.language, "audit.nobody_named")
        return f"{actor['name']}, {actor['title']}, {self.agency_of(actor)}"

    def agency_of(self, actor: Mapping[str, Any]) -> str:
        """Return the agency that the data was used for."""
        return self.agencies.get(actor["agency"], str(actor["agency_name"]))

    def when(self, entry: Reviewed) -> str:
        """Return the moment, from the hashed bytes."""
        made = entry.view.made_at
        return full_moment(self.language, made) if made else TEXTS.say(self.language, "audit.unreadable")

    def what(self, entry: Reviewed) -> str:
        """Return what was done with which data, and for which purpose."""
        body = entry.view.body
        done = f"{self.word('act', body['act'])} ({self.word('mode', body['mode'])})"
        purpose = self.say("purpose_is", purpose=self.word("purpose", body["purpose"]))
        kinds = ", ".join(self.word("kind", kind) for kind in body["kinds"])
        return ". ".join([done, purpose, *([self.say("data_is", kinds=kinds)] if kinds else [])])

    def ground(self, entry: Reviewed) -> str:
        """Return the ground: the text of a legal ground, or the word for the lawful basis."""
        codes: Iterable[str] = filter(None, ((entry.view.detail or {}).get("basis") or "").split(","))
        return ", ".join(self.grounds.get(code) or self.word("basis", code) for code in codes)

    def recipient(self, entry: Reviewed) -> str:
        """Return to whom it was given, empty when it stayed."""
        about = entry.view.detail or {}
        named = about.get("recipient") or ""
        return self.agencies.get(named, named) or about.get("recipient_name") or ""
