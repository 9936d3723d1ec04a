"""The referrer's job as five steps: which page each is, and whether it is done."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, Text, func, select

from multiagency.cases.desk import Desk
from multiagency.cases.questions import StepsAsked, StepTold
from multiagency.cases.reading_first import CaseId, Rows, first_row, look_ahead
from multiagency.kernel.access import Act
from multiagency.pathways.definition import Pathway, StageKind

PEOPLE, SITUATION, CHECKLIST, CONSENT, SENDING = "people", "situation", "checklist", "consent", "sending"
PAGES = {
    PEOPLE: "people",
    SITUATION: "situation",
    CHECKLIST: "checklist",
    CONSENT: "consent",
    SENDING: "submit",
}
"""The steps in their order, and the page of the case where each is taken. Its name is `steps.name.<step>`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name is `steps.name.<code>`; `path` is empty before there is a case."""

    code: str
    path: str = ""
    done: bool = False


def _pages(model: Pathway) -> dict[str, str]:
    """Return the steps of a model and their pages: without a checklist where it asks for none."""
    asked = any(move.asks("assessment") for move in model.moves)
    return {code: page for code, page in PAGES.items() if code != CHECKLIST or asked}


def step_after(model: Pathway, step: str) -> str:
    """Return the step that follows this one in a case of the model."""
    steps = list(_pages(model))
    return steps[steps.index(step) + 1]


def steps_ahead(model: Pathway) -> list[Step]:
    """Return the steps of a case of this model that is not opened yet."""
    return [Step(code) for code in _pages(model)]


def has_steps(desk: Desk) -> bool:
    """Tell whether the case is a draft that its reader fills in."""
    return desk.stands(StageKind.DRAFT) and desk.may(Act.EDIT_CASE)


async def steps_of(desk: Desk) -> list[Step]:
    """Return the steps of a draft for whoever fills it in, in one statement; for everybody else there are none."""
    if not has_steps(desk):
        return []
    told = await desk.work.ask(StepsAsked(desk))
    await look_ahead(desk, [one.wanted for one in told])
    done: dict[str, list[bool]] = defaultdict(list)
    for one in told:
        done[one.code].append(one.done(await first_row(desk, one.wanted)))
    here = f"/cases/{desk.case.reference}"
    pages = _pages(desk.model).items()
    return [Step(code, f"{here}/{page}", bool(done[code]) and all(done[code])) for code, page in pages]


def next_of(steps: list[Step]) -> Step | None:
    """Return the first step that is not done."""
    return next((step for step in steps if not step.done), None)


def filled_in(case_id: CaseId) -> Rows:
    """Ask the database what there is: words, and the roles of parties; nothing of what it says."""
    return select(func.filled_in(case_id, type_=ARRAY(Text)).label("found"))


async def steps(asked: StepsAsked) -> list[StepTold]:
    """Tell of the people whom the model needs, of situation and contact, and of what the case may be shared on."""
    needed = {"client", *(party.role for party in asked.desk.model.parties if party.needed)}
    wanted = {PEOPLE: needed, SITUATION: {"part", "contact"}, CONSENT: {"basis"}}
    return [StepTold(code, filled_in, _has(words)) for code, words in wanted.items()]


def _has(words: set[str]) -> Callable[[Sequence[Any] | None], bool]:
    return lambda row: row is not None and words <= set(row[0] or ())
