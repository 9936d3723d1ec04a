"""Risk: a plain count of yes, and a human decision that can raise a case but never close or lower it."""

from collections.abc import Sequence

from multiagency.cases.desk import Desk
from multiagency.cases.events import CaseMoved, TakenBack
from multiagency.cases.questions import MayMove, MoveAhead
from multiagency.cases.reading_first import First
from multiagency.cases.service import must_be_draft, scope
from multiagency.cases.service_versions import settle, stamp
from multiagency.disclosures.questions import DataOnOffer, Datum
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.versions import as_text
from multiagency.pathways.definition import Pathway
from multiagency.risk.forms import AssessmentForm
from multiagency.risk.models import Answer, Assessment
from multiagency.risk.reading import (
    OF_ALL,
    SAFETY,
    TEXTS,
    UNANSWERED,
    answers_of,
    current,
    newest,
    newest_assessment,
    read_assessment,
    saved_assessment,
    score_of,
)


async def assess(desk: Desk, form: AssessmentForm) -> list[str]:
    """Save answers and judgement; anything may be left open, but a judgement needs its reason (fact F16).

    What was not sent stays. What others answered meanwhile stays too, and only the same question answered otherwise by
    both raises `Stale`. Return the fields that were changed.
    """
    must_be_draft(desk)
    unknown = _unknown(desk.model, form)
    saved, sent = await saved_assessment(desk), _sent(form)
    _must_be_reasoned({**saved.values, **sent}, unknown)
    names = await settle(desk.work, saved, sent, merge=True)
    changed = {name: sent[name] for name in names if sent[name] != saved.values[name]}
    _must_be_reasoned({**saved.values, **changed})
    assessment = await current(desk) or await _start(desk)
    await _save_once(desk, assessment, changed)
    await _save_answers(desk, assessment, changed)
    desk.wrote(Kind.RISK)
    return list(changed)


def _unknown(model: Pathway, form: AssessmentForm) -> list[FieldError]:
    """Return what the model of work does not ask, and what it takes for no answer."""
    items, asked = {item.code for item in model.items}, {one.code: one.answers for one in model.safety}
    named = {"source": form.source} | {f"answers.{item}.source": given.source for item, given in form.answers.items()}
    wrong = {f"answers.{item}": "error.unknown_item" for item in form.answers.keys() - items}
    wrong |= {f"safety.{code}": "error.unknown_item" for code in form.safety.keys() - asked.keys()}
    wrong |= {field: "error.not_a_choice" for field, source in named.items() if source not in {"", *model.sources}}
    wrong |= {
        f"safety.{code}": "error.not_a_choice"
        for code, answer in form.safety.items()
        if code in asked and answer not in {"", *asked[code]}
    }
    return [FieldError(field, key) for field, key in wrong.items()]


def _must_be_reasoned(said: dict[str, str], others: Sequence[FieldError] = ()) -> None:
    """Raise `Invalid` with the other errors too, or when a judgement would stand without its reason."""
    wanting = bool(said["judged_high"] and not said["judgement_reason"])
    errors = [*others, *([FieldError("judgement_reason", "risk.reason_needed")] if wanting else [])]
    if errors:
        raise Invalid(*errors)


def _sent(form: AssessmentForm) -> dict[str, str]:
    """Return what was sent by the names that the page has for it."""
    sent = {name: as_text(getattr(form, name)) for name in OF_ALL if name in form.model_fields_set}
    sent |= {f"safety-{code}": answer for code, answer in form.safety.items()}
    for item, given in form.answers.items():
        sent[f"answer-{item}"] = given.answer
        sent |= {f"{name}-{item}": getattr(given, name) for name in given.model_fields_set - {"answer"}}
    return sent


async def _save_once(desk: Desk, assessment: Assessment, changed: dict[str, str]) -> None:
    """Save what is said once and not item by item."""
    if "judged_high" in changed:
        assessment.judged_high = {"true": True, "false": False}.get(changed["judged_high"])
    if "source" in changed:
        assessment.source = changed["source"] or None
    if texts := {name: changed[name] for name in TEXTS if name in changed}:
        await desk.work.vault.seal(assessment, **texts)
    if set(OF_ALL) & changed.keys():
        stamp(desk.work, assessment)


async def _start(desk: Desk) -> Assessment:
    before = await newest(desk)
    assessment = Assessment(
        id=uuid7(),
        **scope(desk),
        version=before.version + 1 if before else 1,
        form=desk.model.form,
        assessor_id=desk.work.actor.post_id,
        started_at=now(),
    )
    stamp(desk.work, assessment)
    desk.work.session.add(assessment)
    await desk.work.session.flush()
    return assessment


def _row_of(name: str) -> tuple[str, str]:
    """Return under which name an answer is sent that this field belongs to, and the item of its row."""
    kind, _, item = name.partition("-")
    return ("safety", f"{SAFETY}{item}") if kind == "safety" else ("answer", item)


async def _save_answers(desk: Desk, assessment: Assessment, changed: dict[str, str]) -> None:
    rows = {row.item: row for row in await answers_of(desk, assessment)}
    for kind, item in dict.fromkeys(_row_of(name) for name in changed if "-" in name):
        row = rows.get(item) or Answer(id=uuid7(), **scope(desk), assessment_id=assessment.id, item=item)
        row.answer = changed.get(f"{kind}-{item.removeprefix(SAFETY)}", row.answer) or UNANSWERED
        if f"comment-{item}" in changed:
            await desk.work.vault.seal(row, comment=changed[f"comment-{item}"])
        if f"source-{item}" in changed:
            row.source = changed[f"source-{item}"] or None
        stamp(desk.work, row)
        desk.work.session.add(row)
    await desk.work.session.flush()


async def offer_score(asked: DataOnOffer) -> list[Datum]:
    """Let one's own agency's score be picked for a disclosure; answers and comments are not on offer."""
    desk = asked.desk
    assessment = await current(desk) if Kind.RISK in desk.kinds else None
    if assessment is None or assessment.controller_id != desk.work.actor.agency_id:
        return []
    answers = await answers_of(desk, assessment)
    score, items = score_of(answers), len(desk.model.items)
    return [Datum("risk.score", "disclosed.risk.score", "client", Kind.RISK, desk.case.id, f"{score}/{items}")]


async def assessment_ahead(asked: MoveAhead) -> list[First]:
    """Want the newest version."""
    return [newest_assessment] if asked.need("assessment") else []


async def missing_assessment(asked: MayMove) -> list[FieldError]:
    """Veto a submission whose checklist has gaps, or that neither count, judgement nor the client's words carry."""
    view = await read_assessment(asked.desk) if asked.need("assessment") else None
    if view is None:
        return []
    wanting = [FieldError(f"answers.{item}", "missing.answer") for item in view.unanswered]
    if not view.carries:
        values = {"score": view.score, "threshold": view.threshold}
        wanting.append(FieldError("judged_high", "missing.judgement", values))
    return wanting


async def complete_assessment(moved: CaseMoved) -> None:
    """Close the checklist that carried a submission: from now on it is history."""
    if not moved.way.asks("assessment") or Kind.RISK not in moved.desk.kinds:
        return
    assessment = await current(moved.desk)
    if assessment is not None:
        assessment.completed_at = now()
        moved.desk.wrote(Kind.RISK)


async def reopen_assessment(taken: TakenBack) -> None:
    """Let the checklist of a submission that was taken back be gone on with: nobody has read it as history."""
    assessment = await newest(taken.desk) if Kind.RISK in taken.desk.kinds else None
    if assessment is not None:
        assessment.completed_at = None
        taken.desk.wrote(Kind.RISK)
