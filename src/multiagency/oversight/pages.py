"""Pages of the auditor: the log, and whether it is whole."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.errors import Invalid
from multiagency.kernel.ids import as_reference
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.oversight import proof_routes, rights_routes, service, witness_routes
from multiagency.oversight.service import EntryView
from multiagency.people import service as people
from multiagency.web.door import door
from multiagency.web.pages import page, said
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS

router = APIRouter(tags=["pages"])
router.include_router(rights_routes.pages)
router.include_router(proof_routes.pages)
router.include_router(witness_routes.pages)
router.include_router(proof_routes.public)

_ROWS = 50
"""Entries on a page: so many stay under 30 kB."""


@router.get("/audit")
async def get_audit(
    request: Request,
    work: Annotated[Work, door(Act.READ_LOG)],
    case: Annotated[str, Query(max_length=200)] = "",
    before: UUID | None = None,
) -> Response:
    """Show the newest entries, those of one case when its reference is given, and the way to older ones."""
    errors: list[dict[str, str]] = []
    found: list[EntryView] = []
    wanted = as_reference(case)
    try:
        found = await service.entries(work, case, before, _ROWS)
    except Invalid as error:
        errors = said(request, error)
    language = language_of(request)
    names = {str(agency.id): agency.name(language) for agency in await people.agencies(work)}
    return page(
        request,
        "audit.html",
        422 if errors else 200,
        errors=errors,
        filled={"case": wanted or case},
        case=wanted,
        entries=[_row(view, names, language) for view in found],
        paged=before is not None,
        older=found[-1].id if len(found) == _ROWS else None,
    )


def _row(view: EntryView, names: Mapping[str, str], language: Language) -> dict[str, Any]:
    """Return what stands in one row: ids of agencies become names, everything else a word of the catalogue."""
    body, about = view.body, view.detail or {}

    def word(family: str, code: str) -> str:
        try:
            return TEXTS.say(language, f"audit.{family}.{code}")
        except KeyError:  # an entry outlives the service that wrote it
            return code

    return {
        "index": view.index,
        "at": datetime.fromisoformat(body["at"]),
        "who": _who(about, names) or TEXTS.say(language, "audit.nobody_named"),
        "what": f"{word('act', body['act'])} ({word('mode', body['mode'])}). {word('purpose', body['purpose'])}",
        "kinds": ", ".join(word("kind", kind) for kind in body["kinds"]),
        "case": about.get("case_reference") or "",
        "recipient": names.get(about.get("recipient") or "", about.get("recipient") or ""),
        "bases": ", ".join(word("basis", basis) for basis in (about.get("basis") or "").split(",") if basis),
        "result": _counted(body["result"], word),
        "truth": "genuine" if view.genuine else "erased" if view.erased else "changed",
    }


def _counted(result: str, word: Callable[[str, str], str]) -> str:
    """Return the words of a result; those of maintenance carry a number after a colon."""
    code, _, number = result.partition(":")
    return f"{word('result', code)}: {number}" if number else word("result", code)


def _who(about: Mapping[str, Any], names: Mapping[str, str]) -> str:
    actor = about.get("actor")
    return f"{actor['name']}, {actor['title']}, {names.get(actor['agency'], actor['agency_name'])}" if actor else ""
