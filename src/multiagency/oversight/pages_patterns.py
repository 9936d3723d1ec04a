"""Pages: unusual patterns, the rules with their numbers, and what fits each."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.clock import to_helsinki
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.oversight import patterns
from multiagency.oversight import reading as service
from multiagency.oversight import service_notes as notes
from multiagency.oversight.patterns.hits import LIMIT, Hit
from multiagency.oversight.reading_patterns import hits_of
from multiagency.oversight.reading_rows import rows_of
from multiagency.web.door import door
from multiagency.web.pages import page
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/audit/patterns")

_Reading = Annotated[Work, door(Act.READ_LOG)]
_SHOWN, _ENTRIES = 20, 5
"""Hits on a page, and entries of each that are shown: so many stay under 30 kB."""


@router.get("")
async def get_patterns(request: Request, work: _Reading) -> Response:
    """Show the rules and how much fits each."""
    since = await patterns.since_when(work)
    rules = [
        {"code": code, "numbers": await patterns.numbers_of(work, code), "hits": len(await hits_of(work, code, since))}
        for code in patterns.BY_CODE
    ]
    return page(request, "audit_patterns.html", rules=rules, since=since, limit=LIMIT)


@router.get("/{rule}")
async def get_pattern(request: Request, work: _Reading, rule: str) -> Response:
    """Show what fits one rule, each with the entries that made it and the notes on it."""
    since = await patterns.since_when(work)
    found = await hits_of(work, rule, since)
    return page(
        request,
        "audit_pattern.html",
        code=rule,
        numbers=await patterns.numbers_of(work, rule),
        since=since,
        number=len(found),
        hits=await _shown(work, found[:_SHOWN], language_of(request)),
        limit=_SHOWN,
    )


async def _shown(work: Work, found: list[Hit], language: Language) -> list[dict[str, Any]]:
    """Open the first entries of each hit: who and what is shown comes from them."""
    views = await service.those(work, [entry for hit in found for entry in hit.entries[:_ENTRIES]])
    rows = {row.id: row for row in await rows_of(work, list(views.values()), language)}
    every = [entry for hit in found for entry in hit.entries]
    noted = await notes.of(work, every, found[0].rule) if found else []
    return [
        {
            "hit": hit,
            "number": len(hit.entries),
            "since": to_helsinki(hit.first).date().isoformat(),
            "until": to_helsinki(hit.last).date().isoformat(),
            "rows": [rows[entry] for entry in hit.entries[:_ENTRIES] if entry in rows],
            "notes": sum(note.entry in hit.entries for note in noted),
        }
        for hit in found
    ]
