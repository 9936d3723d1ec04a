"""Pages: the register of grounds. A new wording is shown once more before it takes the place of the old one."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.disclosures import service_grounds as grounds
from multiagency.disclosures.forms import GroundForm, GroundWording
from multiagency.disclosures.models import LegalGround
from multiagency.disclosures.pages_checking import as_choices
from multiagency.kernel.access import Act
from multiagency.kernel.clock import now
from multiagency.kernel.journal import Mode
from multiagency.kernel.policy import RULES
from multiagency.kernel.work import Work
from multiagency.people.models import AgencyKind, Office
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take, take_checked, typed
from multiagency.web.pages import attempt, page, see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/grounds")

_Seeing = Annotated[Work, door(Act.SEE_GROUNDS)]
_Editing = Annotated[Work, door(Act.EDIT_GROUNDS)]
_LISTS = ("from_kinds", "from_offices", "to_kinds")
_WORDS = {"from_kinds": "agency_kind", "from_offices": "office", "to_kinds": "agency_kind"}
_YES_OR_NO = ("duty", "needs_consent", "discloses", "on_request")
_TEXTS = ("provision", "text_fi", "text_sv", "text_en")


@router.get("")
async def get_grounds(request: Request, work: _Seeing) -> Response:
    """List the grounds in force."""
    work.record(Mode.READ)
    rows = [_shown(request, row) for row in await grounds.in_force(work)]
    return page(request, "grounds.html", grounds=rows, may_edit=RULES[Act.EDIT_GROUNDS].role_may(work.actor.role))


def _shown(request: Request, row: LegalGround) -> dict[str, Any]:
    return {
        "row": row,
        "text": row.words(language_of(request)),
        "coming": row.valid_from > now(),
        **_in_words(request, {name: getattr(row, name) for name in _LISTS}),
    }


def _in_words(request: Request, chosen: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {name: [w for _, w in as_choices(request, _WORDS[name], chosen.get(name, ()))] for name in _LISTS}


@router.get("/new")
async def get_new(request: Request, work: _Editing) -> Response:
    """Ask for a new ground."""
    return _form(request, work, {}, None)


@router.post("/new")
async def post_new(request: Request, work: _Editing) -> Response:
    """Put a new ground into the register."""
    filled, errors = await take(request, GroundForm, partial(grounds.add, work), _LISTS)
    return _form(request, work, filled, None, errors) if errors else see("/grounds")


@router.get("/{code}")
async def get_ground(request: Request, code: str, work: _Seeing) -> Response:
    """Show a ground with every wording that it has had."""
    rows = [_shown(request, row) for row in await grounds.wordings(work, code)]
    work.record(Mode.READ)
    may_edit = RULES[Act.EDIT_GROUNDS].role_may(work.actor.role) and rows[0]["row"].valid_to is None
    return page(
        request,
        "ground.html",
        code=code,
        provision=rows[0]["row"].provision,
        coming=[row for row in rows if row["coming"]],
        wordings=[row for row in rows if not row["coming"]],
        may_edit=may_edit,
    )


@router.get("/{code}/edit")
async def get_edit(request: Request, code: str, work: _Editing) -> Response:
    """Offer the wording in force to be changed."""
    newest = (await grounds.wordings(work, code))[0]
    filled = {name: str(getattr(newest, name)).lower() for name in _YES_OR_NO}
    filled |= {name: getattr(newest, name) for name in (*_TEXTS, *_LISTS)}
    return _form(request, work, filled, newest)


@router.post("/{code}/edit")
async def post_edit(request: Request, code: str, work: _Editing) -> Response:
    """Go back from the last page: everything stands there as it was typed."""
    newest = (await grounds.wordings(work, code))[0]
    return _form(request, work, typed(await request.form(), _LISTS), newest)


@router.post("/{code}/check")
async def post_check(request: Request, code: str, work: _Editing) -> Response:
    """Say that what was decided keeps the old wording, before the new one takes its place."""
    newest = (await grounds.wordings(work, code))[0]
    taken = await take_checked(request, GroundWording, _checked, _LISTS)
    if taken.done is None:
        return _form(request, work, taken.filled, newest, taken.errors)
    work.record(Mode.READ)
    return page(
        request,
        "ground_check.html",
        code=code,
        old=_shown(request, newest),
        new=taken.done,
        kinds=_in_words(request, {name: getattr(taken.done, name) for name in _LISTS}),
        touched=await grounds.touched(work, code),
        carried=taken.carried,
    )


async def _checked(form: GroundWording) -> GroundWording:
    grounds.check(form)
    return form


@router.post("/{code}")
async def post_ground(request: Request, code: str, work: _Editing) -> Response:
    """Put the new wording in the place of the old one."""
    newest = (await grounds.wordings(work, code))[0]
    filled, errors = await take(request, GroundWording, partial(grounds.edit, work, code), _LISTS)
    return _form(request, work, filled, newest, errors) if errors else see(f"/grounds/{code}")


@router.get("/{code}/end")
async def get_end(request: Request, code: str, work: _Editing) -> Response:
    """Say what ending a ground does, before it is done."""
    return await _ask_end(request, work, code)


@router.post("/{code}/end")
async def post_end(request: Request, code: str, work: _Editing) -> Response:
    """End a ground."""
    errors = await attempt(request, grounds.end(work, code))
    return await _ask_end(request, work, code, errors) if errors else see(f"/grounds/{code}")


async def _ask_end(request: Request, work: Work, code: str, errors: Errors = ()) -> Response:
    newest = (await grounds.wordings(work, code))[0]
    work.record(Mode.READ)
    return page(
        request, "ground_end.html", 422 if errors else 200, code=code, old=_shown(request, newest), errors=errors
    )


def _form(request: Request, work: Work, filled: Filled, newest: LegalGround | None, errors: Errors = ()) -> Response:
    work.record(Mode.READ)
    return page(
        request,
        "ground_form.html",
        422 if errors else 200,
        code=newest.code if newest else "",
        kinds=as_choices(request, "agency_kind", list(AgencyKind)),
        offices=[
            (office, words[:1].upper() + words[1:]) for office, words in as_choices(request, "office", list(Office))
        ],
        yes_or_no=as_choices(request, "ground.yes_or_no", ("true", "false")),
        filled=filled,
        errors=errors,
    )
