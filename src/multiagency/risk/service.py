"""Risk: a plain count of yes, and a human decision that can raise a case but never close or lower it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from multiagency.cases.desk import Desk
from multiagency.cases.events import CaseMoved
from multiagency.cases.questions import MayMove, MoveAhead
from multiagency.cases.reading_first import CaseId, First, Rows, first
from multiagency.cases.service import must_be_draft, scope
from multiagency.cases.service_versions import settle, stamp
from multiagency.disclosures.questions import DataOnOffer, Datum
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.versions import Change, Saved, as_text
from multiagency.pathways.service import parameter, pathway
from multiagency.risk.forms import AssessmentForm
from multiagency.risk.models import Answer, Assessment

UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class AnswerView:
    """The answer to one item, opened; an item without one is unanswered, never "no"."""

    item: str
    critical: bool
    answer: str = UNANSWERED
    comment: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """A checklist as it stands. `score` counts yes; `threshold` is the one in force."""

    answers: list[AnswerView]
    threshold: int
    judged_high: bool | None = None
    judgement_reason: str = ""
    completed: bool = False

    @property
    def score(self) -> int:
        """How many items were answered yes."""
        return sum(answer.answer == "yes" for answer in self.answers)

    @property
    def unanswered(self) -> list[str]:
        """The items still without an answer."""
        return [answer.item for answer in self.answers if answer.answer == UNANSWERED]

    @property
    def state(self) -> str:
        """How far the checklist is; one without any answer was not assessed, which is not a low risk."""
        if len(self.unanswered) == len(self.answers) and self.judged_high is None:
            return "not_assessed"
        if self.unanswered:
            return "unfinished"
        return "done" if self.score >= self.threshold or self.judged_high is not None else "not_judged"


async def assess(desk: Desk, form: AssessmentForm) -> list[str]:
    """Save answers and judgement; anything may be left open, but a judgement needs its reason (fact F16).

    What was not sent stays. What others answered meanwhile stays too, and only the same question answered otherwise by
    both raises `Stale`. Return the fields that were changed.
    """
    must_be_draft(desk)
    known = {item.code for item in pathway(desk.case.pathway).items}
    unknown = [FieldError(f"answers.{item}", "error.unknown_item") for item in form.answers.keys() - known]
    saved, sent = await saved_assessment(desk), _sent(form)
    _must_be_reasoned({**saved.values, **sent}, unknown)
    names = await settle(desk.work, saved, sent, merge=True)
    changed = {name: sent[name] for name in names if sent[name] != saved.values[name]}
    _must_be_reasoned({**saved.values, **changed})
    assessment = await _current(desk) or await _start(desk)
    await _save_judgement(desk, assessment, changed)
    await _save_answers(desk, assessment, changed)
    desk.wrote(Kind.RISK)
    return list(changed)


def _must_be_reasoned(said: dict[str, str], others: Sequence[FieldError] = ()) -> None:
    """Raise `Invalid` with the other errors too, or when a judgement would stand without its reason."""
    wanting = bool(said["judged_high"] and not said["judgement_reason"])
    errors = [*others, *([FieldError("judgement_reason", "risk.reason_needed")] if wanting else [])]
    if errors:
        raise Invalid(*errors)


def _sent(form: AssessmentForm) -> dict[str, str]:
    """Return what was sent by the names that the page has for it."""
    names = ("judged_high", "judgement_reason")
    sent = {name: as_text(getattr(form, name)) for name in names if name in form.model_fields_set}
    for item, given in form.answers.items():
        sent[f"answer-{item}"] = given.answer
        if "comment" in given.model_fields_set:
            sent[f"comment-{item}"] = given.comment
    return sent


async def _save_judgement(desk: Desk, assessment: Assessment, changed: dict[str, str]) -> None:
    if "judged_high" in changed:
        assessment.judged_high = {"true": True, "false": False}.get(changed["judged_high"])
    if "judgement_reason" in changed:
        await desk.work.vault.seal(assessment, judgement_reason=changed["judgement_reason"])
    if {"judged_high", "judgement_reason"} & changed.keys():
        stamp(desk.work, assessment)


async def _current(desk: Desk) -> Assessment | None:
    """Return the newest version; in a draft one that is complete is history, of an earlier round."""
    found = await _newest(desk)
    return None if found is not None and found.completed_at is not None and desk.case.stage == "draft" else found


def newest_assessment(case_id: CaseId) -> Rows:
    """Ask for the newest version of the checklist."""
    return select(Assessment).where(Assessment.case_id == case_id).order_by(Assessment.version.desc())


def progress(case_id: CaseId) -> Rows:
    """Ask for the newest version, how many of its items are answered, and how many of those with a yes."""
    given = select(func.count()).where(Answer.assessment_id == Assessment.id, Answer.answer != UNANSWERED)
    yes = given.where(Answer.answer == "yes").scalar_subquery().label("yes")
    return newest_assessment(case_id).add_columns(given.scalar_subquery().label("answered"), yes)


async def _newest(desk: Desk) -> Assessment | None:
    found: Assessment | None = await first(desk, newest_assessment)
    return found


async def _start(desk: Desk) -> Assessment:
    before = await _newest(desk)
    assessment = Assessment(
        id=uuid7(),
        **scope(desk),
        version=before.version + 1 if before else 1,
        form=pathway(desk.case.pathway).form,
        assessor_id=desk.work.actor.post_id,
        started_at=now(),
    )
    stamp(desk.work, assessment)
    desk.work.session.add(assessment)
    await desk.work.session.flush()
    return assessment


async def _save_answers(desk: Desk, assessment: Assessment, changed: dict[str, str]) -> None:
    rows = {row.item: row for row in await _answers(desk, assessment)}
    for item in dict.fromkeys(name.partition("-")[2] for name in changed if "-" in name):
        row = rows.get(item) or Answer(id=uuid7(), **scope(desk), assessment_id=assessment.id, item=item)
        row.answer = changed.get(f"answer-{item}", row.answer or UNANSWERED)
        if f"comment-{item}" in changed:
            await desk.work.vault.seal(row, comment=changed[f"comment-{item}"])
        stamp(desk.work, row)
        desk.work.session.add(row)
    await desk.work.session.flush()


_ANSWERS = select(Answer).where(Answer.assessment_id == bindparam("assessment"))


async def _answers(desk: Desk, assessment: Assessment) -> list[Answer]:
    return list(await desk.work.session.scalars(_ANSWERS, {"assessment": assessment.id}))


async def saved_assessment(desk: Desk) -> Saved:
    """Return the checklist as its page shows it, with who changed each answer last."""
    values, changes = {"judged_high": "", "judgement_reason": ""}, {}
    for item in pathway(desk.case.pathway).items:
        values |= {f"answer-{item.code}": UNANSWERED, f"comment-{item.code}": ""}
    assessment = await _current(desk)
    if assessment is not None:
        reason = await desk.work.vault.open(assessment, "judgement_reason")
        values |= {"judged_high": as_text(assessment.judged_high), "judgement_reason": reason}
        judged = Change(assessment.changed_by_id, assessment.changed_at)
        changes = {"judged_high": judged, "judgement_reason": judged}
        for row in await _answers(desk, assessment):
            values[f"answer-{row.item}"] = row.answer
            values[f"comment-{row.item}"] = await desk.work.vault.open(row, "comment")
            answered = Change(row.changed_by_id, row.changed_at)
            changes |= {f"answer-{row.item}": answered, f"comment-{row.item}": answered}
    return Saved(f"assessment:{desk.case.id}", values, changes)


async def read_assessment(desk: Desk) -> AssessmentView | None:
    """Return the checklist as it stands, all items in order; None where risk data is not in sight."""
    if Kind.RISK not in desk.kinds:
        return None
    model = pathway(desk.case.pathway)
    threshold = await parameter(desk.work, model.code, "risk_threshold", desk.case.team_id)
    assessment = await _current(desk)
    if assessment is None:
        return AssessmentView([AnswerView(item.code, item.critical) for item in model.items], threshold)
    given = {row.item: row for row in await _answers(desk, assessment)}
    answers = [
        AnswerView(
            item.code, item.critical, given[item.code].answer, await desk.work.vault.open(given[item.code], "comment")
        )
        if item.code in given
        else AnswerView(item.code, item.critical)
        for item in model.items
    ]
    reason = await desk.work.vault.open(assessment, "judgement_reason")
    return AssessmentView(answers, threshold, assessment.judged_high, reason, assessment.completed_at is not None)


async def offer_score(asked: DataOnOffer) -> list[Datum]:
    """Let one's own agency's score be picked for a disclosure; answers and comments are not on offer."""
    desk = asked.desk
    assessment = await _current(desk) if Kind.RISK in desk.kinds else None
    if assessment is None or assessment.controller_id != desk.work.actor.agency_id:
        return []
    answers = await _answers(desk, assessment)
    score, items = sum(row.answer == "yes" for row in answers), len(pathway(desk.case.pathway).items)
    return [Datum("risk.score", "disclosed.risk.score", "client", Kind.RISK, desk.case.id, f"{score}/{items}")]


async def assessment_ahead(asked: MoveAhead) -> list[First]:
    """Want the newest version."""
    return [newest_assessment] if asked.to == "submitted" else []


async def missing_assessment(asked: MayMove) -> list[FieldError]:
    """Veto a submission whose checklist has gaps, or that neither the score nor a reasoned judgement carries."""
    view = await read_assessment(asked.desk) if asked.to == "submitted" else None
    if view is None:
        return []
    wanting = [FieldError(f"answers.{item}", "missing.answer") for item in view.unanswered]
    if view.score < view.threshold and not view.judged_high:
        values = {"score": view.score, "threshold": view.threshold}
        wanting.append(FieldError("judged_high", "missing.judgement", values))
    return wanting


async def complete_assessment(moved: CaseMoved) -> None:
    """Close the checklist that carried a submission: from now on it is history."""
    if moved.to != "submitted" or Kind.RISK not in moved.desk.kinds:
        return
    assessment = await _current(moved.desk)
    if assessment is not None:
        assessment.completed_at = now()
        moved.desk.wrote(Kind.RISK)
