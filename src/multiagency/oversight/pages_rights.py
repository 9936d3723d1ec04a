"""Pages: the register of rights."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Invalid
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.oversight import reading_rights as rights
from multiagency.oversight.forms_rights import AtMoment, OfCase, OfPerson
from multiagency.oversight.reading_rights import Register, RightsQuestion
from multiagency.web.door import door
from multiagency.web.pages import page, said
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS, full_moment

router = APIRouter(prefix="/audit/rights")

_ROWS = 40
"""Rows of each kind on a page: so many stay under 30 kB."""


@router.get("")
async def get_rights_page(
    request: Request,
    work: Annotated[Work, door(Act.READ_RIGHTS)],
    at: AtMoment = None,
    case: OfCase = "",
    person: OfPerson = None,
) -> Response:
    """Show the same as tables."""
    errors: list[dict[str, str]] = []
    moment = at or now()
    try:
        found = await rights.register(work, RightsQuestion(moment, case, person), _ROWS)
    except Invalid as error:
        errors, found = said(request, error), Register(moment, [], [], [])
    return page(
        request,
        "rights.html",
        422 if errors else 200,
        errors=errors,
        filled=_typed(language_of(request), at, case, person),
        people=[(str(who), name) for who, name in await rights.everybody(work)],
        at=moment,
        limit=_ROWS,
        cut=_ROWS in {len(found.posts), len(found.grants), len(found.bars)},
        **_tables(found, language_of(request)),
    )


def _typed(language: Language, at: datetime | None, case: str, person: UUID | None) -> dict[str, str]:
    return {"at": full_moment(language, at) if at else "", "case": case, "person": str(person or "")}


def _tables(found: Register, language: Language) -> dict[str, Any]:
    """Return the rows with names in this language; a code that no catalogue knows any more stands as it is."""

    def word(family: str, code: str) -> str:
        try:
            return TEXTS.say(language, f"{family}.{code}")
        except KeyError:
            return code

    def who(view: Any) -> str:
        return ", ".join([view.name, view.title, view.agency.name(language)])

    return {
        "posts": [
            {"who": who(view), "role": word("rights.role", view.role), "start": view.valid_from, "end": view.valid_to}
            for view in found.posts
        ],
        "grants": [
            {
                "who": who(view),
                "case": view.case,
                "right": f"{word('rights.capability', view.capability)} ({word('rights.occasion', view.occasion)})",
                "basis": word("audit.basis", view.basis),
                "kinds": ", ".join(word("audit.kind", kind) for kind in view.kinds),
                "start": view.valid_from,
                "end": view.valid_to,
                "barred": view.barred,
            }
            for view in found.grants
        ],
        "bars": [
            {
                "who": view.agency.name(language) if view.agency else view.name,
                "case": view.case,
                "reason": word("bar.reasons", view.reason),
                "start": view.valid_from,
                "end": view.valid_to,
            }
            for view in found.bars
        ],
    }
