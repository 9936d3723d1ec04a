"""Pages: holds, rules of retention, and what was deleted."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act
from multiagency.kernel.languages import Language
from multiagency.kernel.policy import RULES
from multiagency.kernel.work import Work
from multiagency.storage import (
    pages_ending,
)
from multiagency.storage import (
    reading_reports as reports,
)
from multiagency.storage import (
    service_holds as holds,
)
from multiagency.storage import (
    service_rules as rules,
)
from multiagency.storage.forms import HoldForm, RuleForm
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS

router = APIRouter(tags=["pages"])

Holding = Annotated[Desk, case_door(Act.HOLD_CASE)]


router.include_router(pages_ending.router)


@router.get("/cases/{reference}/hold")
async def get_hold(request: Request, desk: Holding) -> Response:
    """Show the holds of a case, and ask for the reason of a new one or of lifting it."""
    return await _hold(request, desk, {})


@router.post("/cases/{reference}/hold")
async def post_hold(request: Request, desk: Holding) -> Response:
    """Keep everything of the case."""
    return await _do(request, desk, holds.hold)


@router.post("/cases/{reference}/hold/lifting")
async def post_lifting(request: Request, desk: Holding) -> Response:
    """Let the rules of retention hold again."""
    return await _do(request, desk, holds.lift)


async def _do(request: Request, desk: Desk, doing: Callable[[Desk, HoldForm], Awaitable[None]]) -> Response:
    filled, errors = await take(request, HoldForm, partial(doing, desk))
    return await _hold(request, desk, filled, errors) if errors else see(f"/cases/{desk.case.reference}/hold")


async def _hold(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    found = await holds.holds_of(desk)
    return page(
        request,
        "hold.html",
        422 if errors else 200,
        reference=desk.case.reference,
        holds=found,
        held=any(hold.lifted_at is None for hold in found),
        errors=errors,
        filled=filled,
    )


@router.get("/retention")
async def get_retention(request: Request, work: Annotated[Work, door(Act.SEE_RETENTION)]) -> Response:
    """Show how long what is kept, and by which provision."""
    return await _retention(request, work, {})


@router.post("/retention")
async def post_retention(request: Request, work: Annotated[Work, door(Act.EDIT_RETENTION)]) -> Response:
    """Add a rule that replaces the class's earlier one from a day on."""
    filled, errors = await take(request, RuleForm, partial(rules.add_rule, work))
    return await _retention(request, work, filled, errors) if errors else see("/retention")


async def _retention(request: Request, work: Work, filled: Filled, errors: Errors = ()) -> Response:
    editable = RULES[Act.EDIT_RETENTION].role_may(work.actor.role)
    status, found = 422 if errors else 200, await rules.all_rules(work)
    return page(
        request,
        "retention.html",
        status,
        rules=found,
        named=_named(request),
        editable=editable,
        errors=errors,
        filled=filled,
    )


def _named(request: Request) -> Callable[[str], str]:
    """Return what gives a class of retention its words; a class that only a rule knows keeps its code."""
    language = language_of(request)

    def named(code: str) -> str:
        key = f"retention.classes.{code}"
        return TEXTS.say(language, key) if key in TEXTS.sentences[Language.FI] else code

    return named


@router.get("/deletions")
async def get_deletions(request: Request, work: Annotated[Work, door(Act.READ_DELETIONS)]) -> Response:
    """Show what was deleted, in numbers."""
    found = await reports.reports(work, language_of(request))
    return page(request, "deletions.html", reports=found, named=_named(request))
