"""Page: the situation and how the client is reached, the second of the referrer's five steps.

It stands in the highest of the rooms whose records it shows.
"""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.pages_filling import show
from multiagency.cases.pages_opening import ages_of
from multiagency.cases.reading import CaseView, read_case
from multiagency.cases.reading_identity import Recorded
from multiagency.cases.reading_saved import saved_contact, saved_part
from multiagency.cases.reading_steps import PAGES, SITUATION, step_after, steps_of
from multiagency.cases.service import must_be_draft
from multiagency.disclosures.forms_situation import (
    EVERY_DAY,
    LISTS,
    OTHER_DAYS,
    WORKDAYS,
    SituationForm,
    read_days,
)
from multiagency.disclosures.service_child_welfare import is_decided, is_undecided
from multiagency.disclosures.service_situation import NOTIFY, save_situation
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.clock import today
from multiagency.kernel.identity_code import age_on
from multiagency.kernel.inputs import WEEKDAYS
from multiagency.pathways.service import law
from multiagency.web.etags import SEEN, filled_with_all
from multiagency.web.forms import Errors, Filled, typed
from multiagency.web.pages import attempt, fill, see

router = APIRouter(prefix="/cases/{reference}/situation", tags=["pages"])

_Editing = Annotated[Desk, case_door(Act.EDIT_CASE)]


@router.get("")
async def get_situation(request: Request, desk: _Editing) -> Response:
    """Ask what one's own agency knows, and how the client can be reached without danger."""
    must_be_draft(desk)
    filled = filled_with_all(desk.work, [await saved_part(desk), await saved_contact(desk)])
    days = filled["safe_days"]
    other = {"safe_days": OTHER_DAYS, "other_days": days.split()} if days not in {"", WORKDAYS, EVERY_DAY} else {}
    return await _show(request, desk, filled | other | {"do_not_talk_to": filled["do_not_talk_to"].split(", ")})


@router.post("")
async def post_situation(request: Request, desk: _Editing) -> Response:
    """Save it, and go on to what was answered that comes next, or else to the next step."""
    data = await request.form()
    forms: list[SituationForm] = []

    async def do() -> None:
        forms.append(fill(SituationForm, read_days(data), LISTS))
        await save_situation(desk, forms[0])

    if errors := await attempt(request, do()):
        return await _show(request, desk, typed(data, ("other_days", "do_not_talk_to", SEEN)), errors)
    return see(f"/cases/{desk.case.reference}/{_next(desk, forms[0], later='later' in data)}".rstrip("/"))


def _next(desk: Desk, form: SituationForm, *, later: bool) -> str:
    if form.protected:
        return "protection/new"
    if form.decision == NOTIFY:
        return "child-welfare/notification"
    return "" if later else PAGES[step_after(desk.model, SITUATION)]


async def _show(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    view = await read_case(desk, {Kind.IDENTITY, Kind.PARTY})
    names = list(dict.fromkeys(party.name for party in view.parties))
    return show(
        request,
        desk,
        "case_situation.html",
        filled,
        errors,
        steps=await steps_of(desk),
        step=SITUATION,
        view=view,
        ages=ages_of(request, view),
        not_to=_told_apart(names, filled.get("do_not_talk_to", [])),
        days=[(WORKDAYS, "contact.workdays"), (EVERY_DAY, "contact.every_day"), (OTHER_DAYS, "contact.other_days")],
        weekdays=WEEKDAYS,
        asks_about_children=await _asks_about_children(desk, view),
        following=step_after(desk.model, SITUATION),
    )


async def _asks_about_children(desk: Desk, view: CaseView) -> bool:
    """Tell whether nobody has said yet what becomes of a child in the case, or of the client who is one."""
    if not desk.may(Act.DECIDE_CHILD_WELFARE):
        return False
    about = view.client or {}
    born = Recorded("", about.get("identity_code", ""), about.get("birth_date", "")).born
    child = bool(born) and age_on(today(), date.fromisoformat(born)) < await law(desk.work, "adult_age")
    return await is_undecided(desk) or (child and not await is_decided(desk))


def _told_apart(names: list[str], said: list[str]) -> dict[str, Any]:
    """Return who in the case must not be talked to, as boxes, and who else, as text."""
    all_said = [one.strip() for text in said for one in str(text).split(",")]
    boxes = [(name, name in {*said, *all_said}) for name in names]
    return {"boxes": boxes, "other": ", ".join(one for one in all_said if one and one not in names)}
