"""Pages: the checklist, filled in over several sittings or read."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Invalid, NotVisible
from multiagency.pathways.service import pathway
from multiagency.risk import service
from multiagency.risk.forms import AssessmentForm
from multiagency.risk.service import UNANSWERED, AnswerView, AssessmentView
from multiagency.web.door import NOT_FIELDS
from multiagency.web.etags import filled_with
from multiagency.web.forms import Errors, typed
from multiagency.web.pages import attempt, page, see
from multiagency.web.speaking import field_errors

router = APIRouter(prefix="/cases/{reference}/checklist", tags=["pages"])

_FIRST_OF_GROUP = {
    "injury": "now",
    "isolation": "situation",
    "more_often": "violence",
    "others_threaten": "others",
    "money": "circumstances",
}
"""Where a new heading stands: the items keep the order of the form."""
JUDGEMENT, HERE = "judgement", "here"
_PLACES = [*_FIRST_OF_GROUP.values(), JUDGEMENT]
"""The places of the page to which a save may lead, in their order."""


@router.get("")
async def get_checklist(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)], saved: str = "") -> Response:
    """Show the checklist: to be filled in while the case is a draft of one's own, else to be read."""
    view = await service.read_assessment(desk)
    if view is None:
        raise NotVisible
    if desk.case.stage == "draft" and desk.may(Act.ASSESS_RISK):
        return _form(request, desk, view, await _filled(desk), saved=saved)
    return page(
        request,
        "checklist_read.html",
        reference=desk.case.reference,
        view=view,
        state=view.state,
        groups=_groups(view.answers),
    )


@router.post("")
async def post_checklist(request: Request, desk: Annotated[Desk, case_door(Act.ASSESS_RISK)]) -> Response:
    """Save what has been answered so far; go on from the next heading, or back to the case."""
    data = await request.form()

    changed: list[str] = []

    async def save() -> None:
        changed.extend(await service.assess(desk, _fill(data)))

    errors = await attempt(request, save())
    if errors:
        view = await service.read_assessment(desk)
        if view is None:
            raise NotVisible
        return _form(request, desk, view, await _filled(desk) | typed(data), [_on_page(error) for error in errors])
    here, then = f"/cases/{desk.case.reference}", str(data.get("then", ""))
    place = _place_of(desk, changed) if then == HERE else then
    return see(f"{here}/checklist?saved={place}#{place}", None) if place in _PLACES else see(here)


def _place_of(desk: Desk, changed: Sequence[str]) -> str:
    """Return where the person was who pressed Enter: at the last heading under which something was changed."""
    items, heading = {}, "now"
    for item in pathway(desk.case.pathway).items:
        heading = _FIRST_OF_GROUP.get(item.code, heading)
        items[item.code] = heading
    places = [items.get(name.partition("-")[2], JUDGEMENT) for name in changed] or ["now"]
    return max(places, key=_PLACES.index)


def _form(
    request: Request, desk: Desk, view: AssessmentView, filled: Mapping[str, Any], errors: Errors = (), saved: str = ""
) -> Response:
    return page(
        request,
        "checklist.html",
        422 if errors else 200,
        reference=desk.case.reference,
        view=view,
        groups=_groups(view.answers),
        filled=filled,
        errors=errors,
        wrong={error["field"]: error["message"] for error in errors},
        saved=saved,
    )


def _groups(answers: Sequence[AnswerView]) -> list[dict[str, Any]]:
    """Return the items under their headings, numbered through."""
    groups: list[dict[str, Any]] = []
    for number, answer in enumerate(answers, 1):
        if answer.item in _FIRST_OF_GROUP or not groups:
            groups.append({"code": _FIRST_OF_GROUP.get(answer.item, "now"), "items": []})
        groups[-1]["items"].append((number, answer))
    return groups


async def _filled(desk: Desk) -> dict[str, Any]:
    """Return a saved checklist as its form shows it, with its version."""
    return filled_with(desk.work, await service.saved_assessment(desk))


def _fill(data: FormData) -> AssessmentForm:
    """Read the form. Raises `Invalid` with every wrong field; an item without a choice is unanswered, never "no"."""
    plain = {name: value for name, value in data.items() if not name.startswith(("answer-", "comment-"))}
    items = dict.fromkeys(name.partition("-")[2] for name in data if name not in plain)
    answers = {
        item: {"answer": data.get(f"answer-{item}", UNANSWERED), "comment": data.get(f"comment-{item}", "")}
        for item in items
    }
    values = {name: value for name, value in plain.items() if name not in NOT_FIELDS | {"then"}}
    try:
        return AssessmentForm.model_validate({**values, "answers": answers})
    except ValidationError as error:
        raise Invalid(*field_errors(error.errors())) from error


def _on_page(error: Mapping[str, str]) -> dict[str, str]:
    """Return the error with its field as the page names it: `answers.injury.comment` is `comment-injury` there."""
    first, *rest = error["field"].split(".")
    if first != "answers" or not rest:
        return dict(error)
    kind = "comment" if rest[-1] == "comment" else "answer"
    return {**error, "field": f"{kind}-{rest[0]}"}
