"""Pages: the checklist, filled in over several sittings or read."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.reading_steps import CHECKLIST, CONSENT, PAGES, has_steps, steps_of
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Invalid, NotVisible
from multiagency.pathways.definition import StageKind
from multiagency.risk import service
from multiagency.risk.forms import AssessmentForm
from multiagency.risk.reading import UNANSWERED, AnswerView, AssessmentView, read_assessment, saved_assessment
from multiagency.web.door import NOT_FIELDS
from multiagency.web.etags import filled_with
from multiagency.web.forms import Errors, typed
from multiagency.web.pages import attempt, page, see
from multiagency.web.speaking import field_errors, language_of
from multiagency.web.texts import TEXTS

router = APIRouter(prefix="/cases/{reference}/checklist", tags=["pages"])

WORDS, JUDGEMENT, HERE = "words", "judgement", "here"
"""The places of the page before and after the groups, and where somebody was when they pressed Enter."""
_OF_ITEMS = ("answer-", "comment-", "source-")


@router.get("")
async def get_checklist(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)], saved: str = "") -> Response:
    """Show the checklist: to be filled in while the case is a draft of one's own, else to be read."""
    view = await read_assessment(desk)
    if view is None:
        raise NotVisible
    if desk.stands(StageKind.DRAFT) and desk.may(Act.ASSESS_RISK):
        return await _form(request, desk, view, await _filled(desk), saved=saved)
    return page(
        request,
        "checklist_read.html",
        reference=desk.case.reference,
        view=view,
        state=view.state,
        groups=_groups(desk, view.answers),
        safety=desk.model.safety,
    )


@router.post("")
async def post_checklist(request: Request, desk: Annotated[Desk, case_door(Act.ASSESS_RISK)]) -> Response:
    """Save what has been answered so far; stay where one was, or go on."""
    data = await request.form()

    changed: list[str] = []

    async def save() -> None:
        changed.extend(await service.assess(desk, _fill(data)))

    errors = await attempt(request, save())
    if errors:
        view = await read_assessment(desk)
        if view is None:
            raise NotVisible
        return await _form(
            request, desk, view, await _filled(desk) | typed(data), [_on_page(error) for error in errors]
        )
    here = f"/cases/{desk.case.reference}"
    if data.get("then") != HERE:
        return see(f"{here}/{PAGES[CONSENT]}" if has_steps(desk) else here)
    place = _place_of(desk, changed)
    return see(f"{here}/checklist?saved={place}#{place}", None)


def _places(desk: Desk) -> list[str]:
    """Return the places of the page to which a save may lead, in their order."""
    return [WORDS, *desk.model.groups, JUDGEMENT]


def _place_of(desk: Desk, changed: Sequence[str]) -> str:
    """Return where the person was who pressed Enter: at the last heading under which something was changed."""
    groups = {item.code: item.group for item in desk.model.items}
    of_all = dict.fromkeys(("judged_high", "judgement_reason"), JUDGEMENT)
    places = [groups.get(name.partition("-")[2], of_all.get(name, WORDS)) for name in changed] or [WORDS]
    return max(places, key=_places(desk).index)


async def _form(
    request: Request, desk: Desk, view: AssessmentView, filled: Mapping[str, Any], errors: Errors = (), saved: str = ""
) -> Response:
    steps = await steps_of(desk)
    model, language = desk.model, language_of(request)
    return page(
        request,
        "checklist.html",
        422 if errors else 200,
        reference=desk.case.reference,
        view=view,
        steps=steps,
        step=CHECKLIST,
        model=model,
        sources=[(code, TEXTS.say(language, f"risk.from.{code}")) for code in model.sources],
        groups=_groups(desk, view.answers),
        filled=filled,
        errors=errors,
        wrong={error["field"]: error["message"] for error in errors},
        saved=saved,
    )


def _groups(desk: Desk, answers: Sequence[AnswerView]) -> list[dict[str, Any]]:
    """Return the items under their headings as the model of work declares them, numbered through."""
    model = desk.model
    groups: dict[str, list[Any]] = {code: [] for code in model.groups}
    for number, (item, answer) in enumerate(zip(model.items, answers, strict=True), 1):
        groups[item.group].append((number, item, answer))
    return [
        {"code": code, "items": items, "answered": sum(answer.answer != UNANSWERED for _, _, answer in items)}
        for code, items in groups.items()
    ]


async def _filled(desk: Desk) -> dict[str, Any]:
    """Return a saved checklist as its form shows it, with its version."""
    return filled_with(desk.work, await saved_assessment(desk))


def _fill(data: FormData) -> AssessmentForm:
    """Read the form. Raises `Invalid` with every wrong field; an item without a choice is unanswered, never "no"."""
    named = {name: name.partition("-")[2] for name in data if name.startswith(_OF_ITEMS)}
    answers = {
        item: {
            "answer": data.get(f"answer-{item}", UNANSWERED),
            "comment": data.get(f"comment-{item}", ""),
            "source": data.get(f"source-{item}", ""),
        }
        for item in named.values()
    }
    safety = {name.partition("-")[2]: value for name, value in data.items() if name.startswith("safety-")}
    others = {name: value for name, value in data.items() if not name.startswith(("safety-", *_OF_ITEMS))}
    values = {name: value for name, value in others.items() if name not in NOT_FIELDS | {"then"}}
    try:
        return AssessmentForm.model_validate({**values, "answers": answers, "safety": safety})
    except ValidationError as error:
        raise Invalid(*field_errors(error.errors())) from error


def _on_page(error: Mapping[str, str]) -> dict[str, str]:
    """Return the error with its field as the page names it: `answers.injury.comment` is `comment-injury` there."""
    first, *rest = error["field"].split(".")
    if first not in {"answers", "safety"} or not rest:
        return dict(error)
    kind = "safety" if first == "safety" else rest[-1] if rest[-1] in {"comment", "source"} else "answer"
    return {**error, "field": f"{kind}-{rest[0]}"}
