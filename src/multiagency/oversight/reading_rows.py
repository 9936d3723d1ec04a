"""Entries as people read them, on a page, in a file or on paper: everything comes from what was committed to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from multiagency.audit.reading import UNREADABLE, EntryView
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.people import reading as people
from multiagency.web.texts import TEXTS, full_moment


@dataclass(frozen=True, slots=True)
class EntryRow:
    """What stands in one row; `truth` is genuine, erased or changed. `at` is in words: not every time can be read."""

    id: UUID
    index: int | None
    at: str
    who: str
    what: str
    purpose: str
    kinds: str
    case: str
    recipient: str
    bases: str
    result: str
    truth: str


async def rows_of(work: Work, views: Sequence[EntryView], language: Language) -> list[EntryRow]:
    """Return the rows of these entries: ids of agencies become names, codes become words."""
    names = {str(agency.id): agency.name(language) for agency in await people.agencies(work)}
    return [_row(view, names, language) for view in views]


def _row(view: EntryView, names: Mapping[str, str], language: Language) -> EntryRow:
    body, about = view.body, view.detail or {}

    def word(family: str, code: str) -> str:
        return word_of(language, family, code)

    return EntryRow(
        id=view.id,
        index=view.index,
        at=when(view, language),
        who=_who(about, names) or TEXTS.say(language, "audit.nobody_named"),
        what=f"{word('act', body['act'])} ({word('mode', body['mode'])})",
        purpose=word("purpose", body["purpose"]),
        kinds=", ".join(word("kind", kind) for kind in body["kinds"]),
        case=about.get("case_reference") or "",
        recipient=names.get(about.get("recipient") or "", about.get("recipient") or ""),
        bases=", ".join(word("basis", basis) for basis in (about.get("basis") or "").split(",") if basis),
        result=_counted(body["result"], word),
        truth="genuine" if view.genuine else "erased" if view.erased else "changed",
    )


def word_of(language: Language, family: str, code: str) -> str:
    """Return the word for a code of the log; an entry outlives the service that wrote it, and its codes stand bare."""
    try:
        return TEXTS.say(language, "audit.unreadable" if code == UNREADABLE else f"audit.{family}.{code}")
    except KeyError:
        return code


def when(view: EntryView, language: Language) -> str:
    """Return when an entry was made, by its hashed bytes."""
    made = view.made_at
    return full_moment(language, made) if made else TEXTS.say(language, "audit.unreadable")


_COMMITTED = frozenset({"checkpoints", "witness_registered", "witness_ended"})


def _counted(result: str, word: Callable[[str, str], str]) -> str:
    """Return the words of a result; some carry a number after a colon, or what was committed to, for verifiers only."""
    code, _, more = result.partition(":")
    return word("result", code) if code in _COMMITTED or not more else f"{word('result', code)}: {more}"


def _who(about: Mapping[str, Any], names: Mapping[str, str]) -> str:
    actor = about.get("actor")
    return f"{actor['name']}, {actor['title']}, {names.get(actor['agency'], actor['agency_name'])}" if actor else ""
