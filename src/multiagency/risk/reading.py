"""An assessment as it stands: opened for whoever reads it, and as its form carries it, with who changed what last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from multiagency.cases.desk import Desk
from multiagency.cases.reading_first import CaseId, First, Rows, first, first_row, look_ahead
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.clock import today
from multiagency.kernel.versions import Change, Saved, as_text
from multiagency.pathways.definition import StageKind
from multiagency.risk.instruments import UNKNOWN as NOT_KNOWN
from multiagency.risk.instruments import Answered, Item, Pack
from multiagency.risk.models import Answer, Assessment
from multiagency.risk.reading_instruments import checklist_of, numbers_of, pack_of
from multiagency.risk.reading_renewal import EventView, events_in, events_of, events_told, incidents_among
from multiagency.risk.scoring import Earlier, Given, Scored, score

UNANSWERED, UNKNOWN = "unanswered", "not_known"
"""An item without an answer; and one that nobody knows the answer to, as it is stored."""
SAFETY, GRID, MORE = "safety.", "grid.", "more."
"""What the rows begin with that are no items: questions about safety, what is feared for whom, further questions."""
JUDGED, TEXTS = ("judged_high", "judgement_reason"), ("judgement_reason", "client_words")
OF_ALL = (*JUDGED, "client_words", "source", "previous_on", "previous_same_pair")
"""What is said once and not item by item."""
IS_ITEM = Answer.item.not_like("%.%")


@dataclass(frozen=True, slots=True)
class AnswerView:
    """The answer to one item, opened; an item without one is unanswered, never "no".

    `ticked` are the pairs of a grid that are so, as `what.whom`; `before` is the answer of the last version if it was
    another one.
    """

    item: str
    critical: bool
    answer: str = UNANSWERED
    comment: str = ""
    source: str = ""
    ticked: list[str] = field(default_factory=list)
    before: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """An assessment as it stands, with what follows from it by the numbers in force. `safety` is what was answered.

    `kept` are the grounds that applied when it was completed. `further` are the further questions
    that are open, with their answers; `version` counts from 1, 0 before anything was answered.
    """

    pack: Pack
    numbers: Mapping[str, int]
    answers: list[AnswerView]
    scored: Scored
    events: Sequence[EventView] = ()
    judged_high: bool | None = None
    judgement_reason: str = ""
    completed_at: datetime | None = None
    client_words: str = ""
    source: str = ""
    safety: dict[str, str] = field(default_factory=dict)
    further: dict[str, str] = field(default_factory=dict)
    previous: Earlier | None = None
    saved_at: datetime | None = None
    version: int = 0
    kept: Sequence[str] | None = None

    @property
    def grounds(self) -> Sequence[str]:
        """Every ground that applies, or that applied when it was completed."""
        return self.scored.grounds if self.kept is None else self.kept

    @property
    def critical_signs(self) -> list[str]:
        """The critical items at which a sign was answered."""
        items = {item.code: item for item in self.pack.items}
        return [
            answer.item
            for answer in self.answers
            if answer.critical and self.pack.is_sign(items[answer.item], value_of(answer.answer))
        ]

    @property
    def threshold(self) -> int:
        """The count in force from which it is a ground."""
        return self.numbers.get("risk_threshold", 0)

    @property
    def score(self) -> int:
        """The count."""
        return self.scored.score

    @property
    def completed(self) -> bool:
        """Whether it is history."""
        return self.completed_at is not None

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
        """Whether the case may go to the team, by whichever ground; judgement and words only ever raise."""
        return self.scored.referable

    @property
    def state(self) -> str:
        """How far it is; one without any answer was not assessed, which never means none."""
        if not self.answered and self.judged_high is None and not self.client_words:
            return "not_assessed"
        if self.unanswered:
            return "unfinished"
        return "done" if self.carries or self.judged_high is not None else "not_judged"


def _versions(case_id: CaseId) -> Select[*tuple[Any, ...]]:
    of_case = select(Assessment).where(Assessment.case_id == case_id, Assessment.measures.is_(False))
    return of_case.order_by(Assessment.version.desc())


def newest_assessment(case_id: CaseId) -> Rows:
    """Ask for the newest version of the checklist, finished or not."""
    return _versions(case_id)


def newest_completed(case_id: CaseId) -> Rows:
    """Ask for the newest version that is finished."""
    return _versions(case_id).where(Assessment.completed_at.is_not(None))


GIVEN = (
    select(func.string_agg(Answer.item + "=" + Answer.answer, "\n"))
    .where(Answer.assessment_id == Assessment.id, IS_ITEM)
    .scalar_subquery()
    .label("given")
)


def one_before(case_id: CaseId) -> Rows:
    """Ask for the last finished version but the newest, whichever that is, and its answers."""
    newest = select(func.max(Assessment.version)).where(Assessment.case_id == case_id, Assessment.measures.is_(False))
    return newest_completed(case_id).where(Assessment.version < newest.scalar_subquery()).add_columns(GIVEN)


def progress(case_id: CaseId) -> Rows:
    """Ask for the newest version, its answers, and what has happened around the case."""
    return newest_assessment(case_id).add_columns(GIVEN, events_told(case_id).scalar_subquery().label("events"))


def ahead_of(desk: Desk) -> list[First]:
    """Return what is wanted to read the assessment of a case."""
    return [newest_assessment if _fills_in(desk) else newest_completed, events_told]


def _fills_in(desk: Desk) -> bool:
    """Tell whether the reader sees a version that is not finished: whoever may go on with it."""
    return desk.stands(StageKind.DRAFT) or desk.may(Act.ASSESS_RISK)


async def newest(desk: Desk) -> Assessment | None:
    """Return the newest version that the reader sees, history or not; what has happened is asked for with it."""
    await look_ahead(desk, ahead_of(desk))
    found: Assessment | None = await first(desk, ahead_of(desk)[0])
    return found


async def current(desk: Desk) -> Assessment | None:
    """Return the newest version; in a draft one that is complete is history, of an earlier round."""
    found = await newest(desk)
    return None if found is not None and found.completed_at is not None and desk.stands(StageKind.DRAFT) else found


_ANSWERS = select(Answer).where(Answer.assessment_id == bindparam("assessment"))


async def answers_of(desk: Desk, assessment: Assessment) -> list[Answer]:
    """Return what was answered in a version, items and all beside them; asked once until one is changed."""

    async def ask() -> list[Answer]:
        return list(await desk.work.session.scalars(_ANSWERS, {"assessment": assessment.id}))

    return await desk.work.memory.once((answers_of, assessment.id), ask)


async def saved_assessment(desk: Desk) -> Saved:
    """Return the checklist as its page shows it, with who changed each answer last."""
    assessment = await current(desk)
    pack = pack_of(desk, assessment)
    values = dict.fromkeys(OF_ALL, "") | {f"safety-{question.code}": "" for question in pack.safety}
    values |= {f"further-{question.code}": "" for question in pack.questions}
    for item in pack.items:
        values |= {f"answer-{item.code}": UNANSWERED, f"comment-{item.code}": "", f"source-{item.code}": ""}
        values |= {f"grid-{item.code}": ""} if item.grid else {}
    changes: dict[str, Change] = {}
    values["incidents"] = _in_a_row(incidents_among(await events_of(desk)))
    if assessment is not None:
        values |= {name: await desk.work.vault.open(assessment, name) for name in TEXTS}
        values |= {name: as_text(getattr(assessment, name)) for name in set(OF_ALL) - set(TEXTS)}
        changes = dict.fromkeys(OF_ALL, Change(assessment.changed_by_id, assessment.changed_at))
        for row in await answers_of(desk, assessment):
            said = await _said(desk, row)
            values |= {name: value for name, value in said.items() if not name.startswith("grid-")}
            for name in said:
                changes[name] = Change(row.changed_by_id, row.changed_at)
        values |= _ticks(await answers_of(desk, assessment))
    return Saved(f"assessment:{desk.case.id}", values, changes)


def _in_a_row(days: Sequence[date]) -> str:
    return " ".join(day.isoformat() for day in days)


def _ticks(rows: Sequence[Answer]) -> dict[str, str]:
    ticked: dict[str, list[str]] = {}
    for row in rows:
        if row.item.startswith(GRID) and row.answer == "yes":
            item, _, pair = row.item.removeprefix(GRID).partition(".")
            ticked.setdefault(f"grid-{item}", []).append(pair)
    return {name: " ".join(sorted(pairs)) for name, pairs in ticked.items()}


async def _said(desk: Desk, row: Answer) -> dict[str, str]:
    """Return what a row says by the names that the page has for it."""
    kind, _, code = row.item.rpartition(".") if not row.item.startswith(GRID) else ("grid", "", row.item.split(".")[1])
    if kind:
        name = {"safety": "safety", "more": "further", "grid": "grid"}[kind]
        return {f"{name}-{code}": "" if row.answer == UNANSWERED else row.answer}
    comment = await desk.work.vault.open(row, "comment")
    return {f"answer-{row.item}": row.answer, f"comment-{row.item}": comment, f"source-{row.item}": as_text(row.source)}


async def read_assessment(desk: Desk) -> AssessmentView | None:
    """Return the checklist as it stands, all items in order; None where risk data is not in sight, or there is none."""
    if Kind.RISK not in desk.kinds or checklist_of(desk) is None:
        return None
    assessment = await current(desk)
    pack, events = pack_of(desk, assessment), await events_of(desk)
    numbers = await numbers_of(desk, pack)
    if assessment is None:
        blank = [AnswerView(item.code, item.critical) for item in pack.items]
        given = Given(today(), {}, incidents=incidents_among(events))
        return AssessmentView(pack, numbers, blank, score(pack, given, numbers), events)
    rows = await answers_of(desk, assessment)
    by_item, ticks = {row.item: row for row in rows}, _ticks(rows)
    judgement = await desk.work.vault.open(assessment, "judgement_reason")
    words = await desk.work.vault.open(assessment, "client_words")
    answers = answers_by_code(pack, {row.item: row.answer for row in rows})
    further = {code.removeprefix(MORE): row.answer for code, row in by_item.items() if code.startswith(MORE)}
    known = {**answers, **{code: value_of(value) for code, value in further.items()}}
    given = Given(
        today(),
        answers,
        judgement if assessment.judged_high else "",
        words,
        incidents_among(events),
        _earlier(assessment),
    )
    return AssessmentView(
        pack,
        numbers,
        [await _answer(desk, item, by_item.get(item.code), ticks) for item in pack.items],
        score(pack, given, numbers),
        events,
        assessment.judged_high,
        judgement,
        assessment.completed_at,
        words,
        as_text(assessment.source),
        _answered(by_item, SAFETY),
        {question.code: further.get(question.code, UNANSWERED) for question in pack.opened(known)},
        _earlier(assessment),
        max(assessment.changed_at, *(row.changed_at for row in rows)) if rows else assessment.changed_at,
        assessment.version,
        assessment.grounds,
    )


def _answered(rows: Mapping[str, Answer], prefix: str) -> dict[str, str]:
    found = {item.removeprefix(prefix): row.answer for item, row in rows.items() if item.startswith(prefix)}
    return {code: answer for code, answer in found.items() if answer != UNANSWERED}


def _earlier(assessment: Assessment) -> Earlier | None:
    day = assessment.previous_on
    return Earlier(day, bool(assessment.previous_same_pair)) if day is not None else None


async def _answer(desk: Desk, item: Item, row: Answer | None, ticks: Mapping[str, str]) -> AnswerView:
    ticked = ticks.get(f"grid-{item.code}", "").split()
    if row is None:
        return AnswerView(item.code, item.critical, ticked=ticked)
    comment = await desk.work.vault.open(row, "comment")
    return AnswerView(item.code, item.critical, row.answer, comment, as_text(row.source), ticked)


def value_of(stored: str) -> Answered | None:
    """Return a stored answer as the scorer takes it."""
    if stored == UNANSWERED:
        return None
    return NOT_KNOWN if stored == UNKNOWN else int(stored) if stored.lstrip("-").isdecimal() else stored


def answers_by_code(pack: Pack, stored: Mapping[str, str]) -> dict[str, Answered | None]:
    """Return the stored answers to the items of a pack as the scorer takes them."""
    return {item.code: value_of(stored[item.code]) for item in pack.items if item.code in stored}


def given_in(told: str | None) -> dict[str, str]:
    """Return the answers to items of a row that tells them all."""
    return dict(line.split("=", 1) for line in (told or "").splitlines())


async def changed_since(desk: Desk) -> dict[str, str]:
    """Return by item what was answered in the version before the newest, where there is one."""
    row = await first_row(desk, one_before)
    return {} if row is None else given_in(row[1])


def scored_of(pack: Pack, row: Sequence[Any], numbers: Mapping[str, int]) -> Scored:
    """Return the count and grounds of a row of `progress`, in which texts are only there or not."""
    assessment, told, events = row
    given = Given(
        today(),
        answers_by_code(pack, given_in(told)),
        "yes" if assessment.judged_high and assessment.judgement_reason else "",
        "yes" if assessment.client_words else "",
        incidents_among(events_in(events)),
        _earlier(assessment),
    )
    return score(pack, given, numbers)
