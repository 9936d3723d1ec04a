"""The checklist as it stands: opened for whoever reads it, and as its form carries it, with who changed what last."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, func, select

from multiagency.cases.desk import Desk
from multiagency.cases.reading_first import CaseId, Rows, first
from multiagency.kernel.access import Kind
from multiagency.kernel.versions import Change, Saved, as_text
from multiagency.pathways.definition import Item, StageKind
from multiagency.risk.models import Answer, Assessment

UNANSWERED, SAFETY = "unanswered", "safety."
"""An item without an answer; and what the rows of questions about safety begin with, which are no items."""
JUDGED, TEXTS = ("judged_high", "judgement_reason"), ("judgement_reason", "client_words")
OF_ALL = (*JUDGED, "client_words", "source")
"""What is said once and not item by item."""


@dataclass(frozen=True, slots=True)
class AnswerView:
    """The answer to one item, opened; an item without one is unanswered, never "no"."""

    item: str
    critical: bool
    answer: str = UNANSWERED
    comment: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """A checklist as it stands. `score` counts yes; `threshold` is the one in force; `safety` is what was answered."""

    answers: list[AnswerView]
    threshold: int
    judged_high: bool | None = None
    judgement_reason: str = ""
    completed: bool = False
    client_words: str = ""
    source: str = ""
    safety: dict[str, str] = field(default_factory=dict)
    saved_at: datetime | None = None

    @property
    def score(self) -> int:
        """How many items were answered yes."""
        return sum(answer.answer == "yes" for answer in self.answers)

    @property
    def unanswered(self) -> list[str]:
        """The items still without an answer."""
        return [answer.item for answer in self.answers if answer.answer == UNANSWERED]

    @property
    def answered(self) -> int:
        """How many items have an answer."""
        return len(self.answers) - len(self.unanswered)

    @property
    def carries(self) -> bool:
        """Whether the case may go to the team: by the count, by a judgement, or by the client's own words.

        Judgement and words only ever raise (facts F3 and F14: the client's own view is a ground).
        """
        return self.score >= self.threshold or bool(self.judged_high or self.client_words)

    @property
    def state(self) -> str:
        """How far the checklist is; one without any answer was not assessed, which is not a low risk."""
        if not self.answered and self.judged_high is None and not self.client_words:
            return "not_assessed"
        if self.unanswered:
            return "unfinished"
        return "done" if self.carries or self.judged_high is not None else "not_judged"


async def current(desk: Desk) -> Assessment | None:
    """Return the newest version; in a draft one that is complete is history, of an earlier round."""
    found = await newest(desk)
    return None if found is not None and found.completed_at is not None and desk.stands(StageKind.DRAFT) else found


def newest_assessment(case_id: CaseId) -> Rows:
    """Ask for the newest version of the checklist."""
    return select(Assessment).where(Assessment.case_id == case_id).order_by(Assessment.version.desc())


def progress(case_id: CaseId) -> Rows:
    """Ask for the newest version, how many of its items are answered, and how many of those with a yes."""
    given = select(func.count()).where(
        Answer.assessment_id == Assessment.id, Answer.answer != UNANSWERED, Answer.item.not_like(f"{SAFETY}%")
    )
    yes = given.where(Answer.answer == "yes").scalar_subquery().label("yes")
    return newest_assessment(case_id).add_columns(given.scalar_subquery().label("answered"), yes)


async def newest(desk: Desk) -> Assessment | None:
    """Return the newest version, history or not."""
    found: Assessment | None = await first(desk, newest_assessment)
    return found


_ANSWERS = select(Answer).where(Answer.assessment_id == bindparam("assessment"))


async def answers_of(desk: Desk, assessment: Assessment) -> list[Answer]:
    """Return what was answered in a version, items and questions about safety; asked once until one is changed."""

    async def ask() -> list[Answer]:
        return list(await desk.work.session.scalars(_ANSWERS, {"assessment": assessment.id}))

    return await desk.work.memory.once((answers_of, assessment.id), ask)


async def saved_assessment(desk: Desk) -> Saved:
    """Return the checklist as its page shows it, with who changed each answer last."""
    model = desk.model
    values, changes = dict.fromkeys(OF_ALL, ""), {}
    values |= {f"safety-{question.code}": "" for question in model.safety}
    for item in model.items:
        values |= {f"answer-{item.code}": UNANSWERED, f"comment-{item.code}": "", f"source-{item.code}": ""}
    assessment = await current(desk)
    if assessment is not None:
        values |= {name: await desk.work.vault.open(assessment, name) for name in TEXTS}
        values |= {"judged_high": as_text(assessment.judged_high), "source": as_text(assessment.source)}
        changes = dict.fromkeys(OF_ALL, Change(assessment.changed_by_id, assessment.changed_at))
        for row in await answers_of(desk, assessment):
            said = await _said(desk, row)
            values |= said
            changes |= dict.fromkeys(said, Change(row.changed_by_id, row.changed_at))
    return Saved(f"assessment:{desk.case.id}", values, changes)


async def _said(desk: Desk, row: Answer) -> dict[str, str]:
    """Return what a row says by the names that the page has for it."""
    if row.item.startswith(SAFETY):
        return {f"safety-{row.item.removeprefix(SAFETY)}": "" if row.answer == UNANSWERED else row.answer}
    comment = await desk.work.vault.open(row, "comment")
    return {f"answer-{row.item}": row.answer, f"comment-{row.item}": comment, f"source-{row.item}": as_text(row.source)}


async def read_assessment(desk: Desk) -> AssessmentView | None:
    """Return the checklist as it stands, all items in order; None where risk data is not in sight."""
    if Kind.RISK not in desk.kinds:
        return None
    model = desk.model
    threshold = await desk.number("risk_threshold")
    assessment = await current(desk)
    if assessment is None:
        return AssessmentView([AnswerView(item.code, item.critical) for item in model.items], threshold)
    given = {row.item: row for row in await answers_of(desk, assessment)}
    safety = {item.removeprefix(SAFETY): row.answer for item, row in given.items() if item.startswith(SAFETY)}
    return AssessmentView(
        [await _answer(desk, item, given.get(item.code)) for item in model.items],
        threshold,
        assessment.judged_high,
        await desk.work.vault.open(assessment, "judgement_reason"),
        assessment.completed_at is not None,
        await desk.work.vault.open(assessment, "client_words"),
        as_text(assessment.source),
        {code: answer for code, answer in safety.items() if answer != UNANSWERED},
        max(assessment.changed_at, *(row.changed_at for row in given.values())) if given else assessment.changed_at,
    )


async def _answer(desk: Desk, item: Item, row: Answer | None) -> AnswerView:
    if row is None:
        return AnswerView(item.code, item.critical)
    comment = await desk.work.vault.open(row, "comment")
    return AnswerView(item.code, item.critical, row.answer, comment, as_text(row.source))


def score_of(answers: Sequence[Answer]) -> int:
    """Return how many items were answered yes; what is asked about safety is none of them."""
    return sum(row.answer == "yes" for row in answers if not row.item.startswith(SAFETY))
