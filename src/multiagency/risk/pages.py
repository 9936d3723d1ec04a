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
from multiagency.risk.instruments import FurtherQuestion, Pack
from multiagency.risk.reading import (
    UNANSWERED,
    AssessmentView,
    changed_since,
    read_assessment,
    saved_assessment,
    value_of,
)
from multiagency.risk.reading_renewal import due_on
from multiagency.web.door import NOT_FIELDS
from multiagency.web.etags import filled_with
from multiagency.web.forms import Errors, typed
from multiagency.web.pages import attempt, page, see
from multiagency.web.speaking import field_errors, language_of
from multiagency.web.texts import TEXTS, as_people_write

router = APIRouter(prefix="/cases/{reference}/checklist", tags=["pages"])

WORDS, EARLIER, JUDGEMENT = "words", "earlier", "judgement"
"""The places of the page before and after the groups."""
HERE, BEGIN, FINISH = "here", "begin", "finish"
"""What a button asks for: to stay where Enter was pressed, a new version, or the end of one."""
_OPEN = 1000
"""So many bytes of comments are open to be changed at once."""
_OF_ITEMS = ("answer-", "comment-", "source-")
_BESIDE = ("safety-", "further-")
_NO_FIELDS = NOT_FIELDS | {"then", "clear"}


@router.get("")
async def get_checklist(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)], saved: str = "") -> Response:
    """Show the checklist: to be filled in while a version of one's own is open, else to be read."""
    view = await read_assessment(desk)
    if view is None:
        raise NotVisible
    if desk.may(Act.ASSESS_RISK) and not view.completed and not desk.is_over:
        return await _form(request, desk, view, await _filled(desk), saved=saved)
    may_tell = desk.may(Act.TELL_EVENT) and not desk.stands(StageKind.DRAFT) and not desk.is_over
    return page(
        request,
        "checklist_read.html",
        reference=desk.case.reference,
        view=view,
        pack=view.pack,
        groups=_groups(view, await changed_since(desk) if view.version > 1 else {}),
        may_begin=desk.may(Act.ASSESS_RISK) and service.may_begin(desk, view),
        may_tell=may_tell,
        due=due_on(view.completed_at, view.events, view.numbers) if view.completed_at and may_tell else None,
    )


@router.post("")
async def post_checklist(request: Request, desk: Annotated[Desk, case_door(Act.ASSESS_RISK)]) -> Response:
    """Save what has been answered so far; stay where one was, go on, or finish. Or begin a new version."""
    data = await request.form()
    here, then = f"/cases/{desk.case.reference}", data.get("then")
    view = await read_assessment(desk)
    if view is None:
        raise NotVisible
    if then == BEGIN:
        await service.begin(desk)
        return see(f"{here}/checklist", None)
    changed: list[str] = []

    async def save() -> None:
        changed.extend(await service.assess(desk, _fill(data, view.pack)))
        if then == FINISH:
            await service.finish(desk)

    errors = await attempt(request, save())
    if errors:
        filled = await _filled(desk) | typed(data, [f"grid-{item.code}" for item in view.pack.items if item.grid])
        return await _form(request, desk, view, filled, [_on_page(error) for error in errors])
    if then == FINISH:
        return see(f"{here}/checklist")
    if str(then).startswith("answer-"):
        return see(f"{here}/checklist?saved={then}#{then}", None)
    if then != HERE:
        return see(f"{here}/{PAGES[CONSENT]}" if has_steps(desk) else here)
    place = _place_of(view.pack, changed)
    return see(f"{here}/checklist?saved={place}#{place}", None)


def _place_of(pack: Pack, changed: Sequence[str]) -> str:
    """Return where the person was who pressed Enter: at the last heading under which something was changed."""
    groups = {item.code: item.group for item in pack.items}
    groups |= {code: item.group for item in pack.items for code in item.opens}
    of_all = dict.fromkeys(("judged_high", "judgement_reason"), JUDGEMENT)
    of_all |= dict.fromkeys(("incidents", "previous_on", "previous_same_pair"), EARLIER)
    places = [WORDS, *(group.code for group in pack.groups), EARLIER, JUDGEMENT]
    reached = [groups.get(name.partition("-")[2], of_all.get(name, WORDS)) for name in changed] or [WORDS]
    return max(reached, key=places.index)


async def _form(
    request: Request, desk: Desk, view: AssessmentView, filled: Mapping[str, Any], errors: Errors = (), saved: str = ""
) -> Response:
    pack, language = view.pack, language_of(request)
    sources = [(one.code, TEXTS.say(language, f"{pack.key}.source.{one.code}")) for one in pack.sources]
    return page(
        request,
        "checklist.html",
        422 if errors else 200,
        reference=desk.case.reference,
        view=view,
        steps=await steps_of(desk),
        step=CHECKLIST,
        is_draft=desk.stands(StageKind.DRAFT),
        pack=pack,
        sources=sources,
        groups=_groups(view, {}),
        folded=_folded(view, saved, errors),
        filled=filled,
        incidents=_as_written(str(filled["incidents"])),
        errors=errors,
        wrong={error["field"]: error["message"] for error in errors},
        saved=saved,
    )


def _folded(view: AssessmentView, opened: str, errors: Errors) -> frozenset[str]:
    """Return the items that are shown as they were saved, behind a button: all open would weigh too much.

    Those whose comments fit stay open, and the one that was asked for, and whatever is wrong.
    """
    wrong = {error["field"].partition("-")[2] for error in errors}
    found, length = set(), 0
    for answer in view.answers:
        length += len(answer.comment.encode())
        if answer.comment and length > _OPEN and answer.item not in wrong and opened != f"answer-{answer.item}":
            found.add(answer.item)
    return frozenset(found)


def _as_written(days: str) -> str:
    """Return days as people write them in a row; what was typed stays as it is."""
    told = [as_people_write(day) for day in days.split()]
    return days if told == days.split() else ", ".join(told)


def _groups(view: AssessmentView, before: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the items under their headings, each with what it opens and with its last answer if that was another."""
    pack, opened = view.pack, _opened_by(view)
    groups: dict[str, list[Any]] = {group.code: [] for group in pack.groups}
    for item, answer in zip(pack.items, view.answers, strict=True):
        was = before.get(item.code, UNANSWERED) if before else answer.answer
        groups[item.group].append((item, answer, opened.get(item.code, []), was if was != answer.answer else ""))
    return [
        {"code": code, "items": items, "answered": sum(answer.answer != UNANSWERED for _, answer, _, _ in items)}
        for code, items in groups.items()
    ]


def _opened_by(view: AssessmentView) -> dict[str, list[FurtherQuestion]]:
    """Return the further questions that are open, by the first item that opens each."""
    pack, found, placed = view.pack, dict[str, list[FurtherQuestion]](), set[str]()
    answers = {code: value_of(answer) for code, answer in view.further.items()}
    for item, answer in zip(pack.items, view.answers, strict=True):
        alone = {**answers, item.code: value_of(answer.answer)}
        new = [one for one in pack.opened(alone) if one.code in view.further and one.code not in placed]
        found[item.code] = new
        placed |= {one.code for one in new}
    return found


async def _filled(desk: Desk) -> dict[str, Any]:
    """Return a saved checklist as its form shows it, with its version."""
    filled = filled_with(desk.work, await saved_assessment(desk))
    return {name: value.split() if name.startswith("grid-") else value for name, value in filled.items()}


def _fill(data: FormData, pack: Pack) -> AssessmentForm:
    """Read the form. Raises `Invalid` with every wrong field; an item without a choice is unanswered, never "no"."""
    named = {name.partition("-")[2] for name in data if name.startswith(_OF_ITEMS)}
    sources = {text: source.code for source in pack.sources for text in source.text.values()}
    cleared = {item.code for item in pack.items if str(item.number) == data.get("clear")}
    grids = {item.code for item in pack.items if item.grid}
    answers = {}
    for item in named | cleared:
        source = data.get(f"source-{item}", "")
        answers[item] = {
            "answer": UNANSWERED if item in cleared else data.get(f"answer-{item}", UNANSWERED),
            "comment": data.get(f"comment-{item}", ""),
            "source": sources.get(source, source) if isinstance(source, str) else source,
        } | ({"ticked": data.getlist(f"grid-{item}")} if item in grids and f"comment-{item}" in data else {})
    values: dict[str, Any] = {
        kind.rstrip("-"): {name.partition("-")[2]: value for name, value in data.items() if name.startswith(kind)}
        for kind in _BESIDE
    }
    others = {name for name in data if not name.startswith((*_OF_ITEMS, *_BESIDE, "grid-"))} - _NO_FIELDS
    try:
        return AssessmentForm.model_validate({**{name: data[name] for name in others}, **values, "answers": answers})
    except ValidationError as error:
        raise Invalid(*field_errors(error.errors())) from error


def _on_page(error: Mapping[str, str]) -> dict[str, str]:
    """Return the error with its field as the page names it: `answers.injury.comment` is `comment-injury` there."""
    first, *rest = error["field"].split(".")
    if first == "incidents":
        return {**error, "field": first}
    if first not in {"answers", "safety", "further"} or not rest:
        return dict(error)
    kinds = {"comment": "comment", "source": "source", "ticked": "grid"}
    kind = first if first != "answers" else kinds.get(rest[1] if len(rest) > 1 else "", "answer")
    return {**error, "field": f"{kind}-{rest[0]}"}
