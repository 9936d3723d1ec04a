"""The answer as a document: PDF/UA in the client's language, made once and kept as it is."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from multiagency.kernel.clock import today
from multiagency.kernel.work import Work
from multiagency.log_requests.forms import FOR_ANOTHER
from multiagency.log_requests.models import LogRequest, LogRequestGround
from multiagency.log_requests.reading_review import Reviewed
from multiagency.log_requests.reading_words import Words, spoken
from multiagency.log_requests.sealing import opened
from multiagency.pathways.service import law
from multiagency.people.models import Agency
from multiagency.storage.service_rules import LOG, rules_in_force
from multiagency.web.pdf import make_pdf
from multiagency.web.texts import full_day

_GIVEN = frozenset({"", "release", "release_without_name"})


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a completed review says: what goes out, what is kept back and told so, what is gone or changed.

    `silent` counts what is kept back without a word; it is for the auditor, and in no document.
    """

    given: list[Reviewed]
    withheld: list[Reviewed]
    silent: int
    erased: int
    changed: int

    @property
    def revealing(self) -> int:
        """How many of those that go out tell that there is a case which is not the own one of whoever asks."""
        return sum(entry.revealing for entry in self.given)

    @property
    def uncertain(self) -> int:
        """How many of those that go out are of a case that no code of today gives to whoever asks."""
        return sum(entry.uncertain for entry in self.given)

    @property
    def nothing(self) -> bool:
        """Whether no entry was found at all."""
        return not (self.given or self.withheld or self.silent or self.erased or self.changed)


def sort(entries: list[Reviewed]) -> Sorted:
    """Sort a review. What the law keeps, and what is kept back silently, is in none of the lists and no number."""
    told = [entry for entry in entries if not entry.kept and not entry.waits]
    genuine = [entry for entry in told if entry.truth == "genuine"]
    plain = [entry for entry in told if not entry.sensitive]
    return Sorted(
        given=[entry for entry in genuine if entry.decided in _GIVEN],
        withheld=[entry for entry in genuine if entry.decided == "withhold"],
        silent=sum(entry.kept or entry.decided == "withhold_silently" for entry in entries),
        erased=sum(entry.truth == "erased" for entry in plain),
        changed=sum(entry.truth == "changed" for entry in plain),
    )


async def answer_pdf(work: Work, request: LogRequest, found: Sorted, grounds: dict[UUID, LogRequestGround]) -> bytes:
    """Return the document of an answer: what was used by whom, and what was kept back on which ground."""
    words = await Words.of(work, spoken(request.language))
    reasons = [_reason(words, entry, grounds) for entry in found.withheld]
    data = await _common(work, request, words) | {
        "lead": words.say("pdf.lead"),
        "columns": [words.say(f"pdf.column.{name}") for name in ("when", "who", "what", "ground")],
        "rows": [_row(words, entry, grounds) for entry in found.given],
        "none": words.say("pdf.none"),
        "withheld_title": words.say("pdf.withheld_title"),
        "withheld": [words.say("pdf.withheld", count=n, ground=text) for text, n in Counter(reasons).items()],
        "notes": _notes(words, found, await _log_years(work)),
    }
    return await make_pdf("log_requests", "log_answer", words.language, words.say("pdf.title"), data)


async def refusal_pdf(work: Work, request: LogRequest, ground: LogRequestGround, reason: str) -> bytes:
    """Return the document of a refusal: a decision in writing, with its ground and reason (703/2023 section 11)."""
    words = await Words.of(work, spoken(request.language))
    data = await _common(work, request, words) | {
        "lead": words.say("pdf.refused"),
        "refusal": [f"{words.say(f'grounds.{ground.code}')} ({ground.provision})", reason],
        "columns": [],
        "rows": [],
        "none": "",
        "withheld_title": "",
        "withheld": [],
        "notes": [],
    }
    return await make_pdf("log_requests", "log_answer", words.language, words.say("pdf.refusal_title"), data)


async def _common(work: Work, request: LogRequest, words: Words) -> dict[str, Any]:
    agency = await work.session.get_one(Agency, request.controller_id)
    name, subject = await opened(work, request, "name"), await opened(work, request, "subject_name")
    facts = [
        ("to", name),
        ("about", subject or name),
        ("controller", agency.name(words.language)),
        ("track", words.say(f"tracks.{request.track}")),
        ("arrived_on", full_day(request.arrived_on)),
        ("period", f"{full_day(request.period_from)} – {full_day(request.period_to)}"),
        ("answered_on", full_day(today())),
        ("decided_by", f"{work.actor.name}, {work.actor.title}"),
        ("reference", request.reference),
    ]
    months = await law(work, "log_request_police_months")
    turn = ("turn_police", "turn_ombudsman") if request.track == "police" else ("turn_controller", "turn_ombudsman")
    return {
        "facts": [(words.say(f"pdf.fact.{key}"), value) for key, value in facts],
        "entries_title": words.say("pdf.entries_title"),
        "refusal": [],
        "refusal_title": words.say("pdf.why"),
        "always": words.say("pdf.always_another" if request.capacity in FOR_ANOTHER else "pdf.always"),
        "use_title": words.say("pdf.use_title"),
        "use": words.say(f"pdf.use.{request.track}"),
        "turn_title": words.say("pdf.turn_title"),
        "turn": [words.say(f"pdf.{key}", agency=agency.name(words.language), months=months) for key in turn],
    }


def _row(words: Words, entry: Reviewed, grounds: dict[UUID, LogRequestGround]) -> list[str]:
    who = words.who(entry)
    if entry.decision is not None and entry.decided == "release_without_name":
        ground = grounds[entry.decision.ground_id] if entry.decision.ground_id else None
        actor = (entry.view.detail or {})["actor"]
        code = words.say(f"grounds.{ground.code}") if ground else ""
        who = words.say("pdf.name_withheld", agency=words.agency_of(actor), ground=code)
    recipient = words.recipient(entry)
    to = words.say("pdf.given_to", recipient=recipient) if recipient else ""
    return [words.when(entry), who, words.what(entry), ". ".join(filter(None, (words.ground(entry), to)))]


def _reason(words: Words, entry: Reviewed, grounds: dict[UUID, LogRequestGround]) -> str:
    """Return the ground; the auditor's own words may tell the danger itself, and stay here."""
    if entry.decision is None or entry.decision.ground_id is None:
        raise ValueError("what is kept back has a ground")
    ground = grounds[entry.decision.ground_id]
    return f"{words.say(f'grounds.{ground.code}')} ({ground.provision})"


async def _log_years(work: Work) -> int | None:
    rule = (await rules_in_force(work)).get(LOG)
    return rule.years if rule else None


def _notes(words: Words, found: Sorted, years: int | None) -> list[str]:
    notes = []
    if found.erased:
        notes.append(words.say("pdf.erased", count=found.erased))
    if found.changed:
        notes.append(words.say("pdf.changed", count=found.changed))
    return [*notes, words.say("pdf.kept_for", years=years)] if years else notes
