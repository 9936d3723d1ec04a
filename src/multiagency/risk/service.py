"""Assessing: a count and a human decision that can raise a case but never close or lower it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from multiagency.cases.desk import Desk
from multiagency.cases.events import CaseMoved, TakenBack
from multiagency.cases.questions import MayMove, MoveAhead
from multiagency.cases.reading_first import First, first_row
from multiagency.cases.service import scope
from multiagency.cases.service_versions import settle, stamp
from multiagency.disclosures.questions import DataOnOffer, Datum
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now, today
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.versions import as_text
from multiagency.pathways.definition import StageKind
from multiagency.risk.forms import AssessmentForm
from multiagency.risk.instruments import Pack
from multiagency.risk.models import Answer, Assessment
from multiagency.risk.reading import (
    GRID,
    MORE,
    OF_ALL,
    SAFETY,
    TEXTS,
    UNANSWERED,
    UNKNOWN,
    AssessmentView,
    ahead_of,
    answers_of,
    current,
    newest,
    progress,
    read_assessment,
    saved_assessment,
    scored_of,
)
from multiagency.risk.reading_instruments import numbers_of, pack_of
from multiagency.risk.reading_renewal import INCIDENT, events_of
from multiagency.risk.service_renewal import may_strike, note_event, strike


async def assess(desk: Desk, form: AssessmentForm) -> list[str]:
    """Save answers and judgement; anything may be left open, but a judgement needs its reason (fact F16).

    What was not sent stays. What others answered meanwhile stays too, and only the same question answered otherwise by
    both raises `Stale`. Return the fields that were changed. Raises `Conflict` where nothing is open to be filled in.
    """
    found = await _open(desk)
    pack = pack_of(desk, found)
    wrong = _wrong(pack, form)
    saved, sent = await saved_assessment(desk), _sent(form)
    _must_be_reasoned({**saved.values, **sent}, wrong)
    names = await settle(desk.work, saved, sent, merge=True)
    changed = {name: sent[name] for name in names if sent[name] != saved.values[name]}
    _must_be_reasoned({**saved.values, **changed})
    assessment = found or await _start(desk, pack)
    await _save_once(desk, assessment, changed)
    if "incidents" in changed:
        await _save_incidents(desk, changed["incidents"])
    await _save_answers(desk, assessment, changed)
    desk.wrote(Kind.RISK)
    return list(changed)


async def _open(desk: Desk) -> Assessment | None:
    """Return the version that is open; None in a draft in which nothing was answered yet."""
    assessment = await current(desk)
    if desk.stands(StageKind.DRAFT):
        return assessment
    if desk.is_over or assessment is None or assessment.completed_at is not None:
        raise Conflict("risk.not_open")
    return assessment


def may_begin(desk: Desk, view: AssessmentView) -> bool:
    """Tell whether a new version can be begun: the last is finished, and the case goes on."""
    return view.completed and not desk.stands(StageKind.DRAFT) and not desk.is_over


async def begin(desk: Desk) -> None:
    """Begin a new version: nothing is taken over from the last. Raises `Conflict` where none can be begun."""
    view = await read_assessment(desk)
    if view is None or not may_begin(desk, view):
        raise Conflict("risk.not_to_begin")
    await _start(desk, pack_of(desk, None))
    desk.wrote(Kind.RISK)


async def finish(desk: Desk) -> None:
    """Finish a new version: from now on it is history. Raises `Invalid` naming every item without an answer."""
    view = await read_assessment(desk)
    if await _open(desk) is None or view is None or desk.stands(StageKind.DRAFT):
        raise Conflict("risk.not_open")
    if view.unanswered:
        raise Invalid(*(FieldError(f"answers.{item}", "missing.answer") for item in view.unanswered))
    await _complete(desk)


def _wrong(pack: Pack, form: AssessmentForm) -> list[FieldError]:
    """Return what the instrument does not ask, and what it takes for no answer."""
    sources = {"", *(source.code for source in pack.sources)}
    asked = {f"answers.{item.code}": pack.scale_of(item) for item in pack.items}
    asked |= {f"further.{one.code}": pack.scale_of(one) for one in pack.questions}
    allowed = {name: {*map(str, scale.values), UNKNOWN, UNANSWERED} for name, scale in asked.items()}
    allowed |= {f"safety.{one.code}": {"", *(answer.code for answer in one.answers)} for one in pack.safety}
    given = {f"answers.{item}": one.answer for item, one in form.answers.items()}
    given |= {f"further.{code}": answer or UNANSWERED for code, answer in form.further.items()}
    given |= {f"safety.{code}": answer for code, answer in form.safety.items()}
    wrong = dict.fromkeys(given.keys() - allowed.keys(), "error.unknown_item")
    wrong |= {name: "error.not_a_choice" for name in given.keys() & allowed.keys() if given[name] not in allowed[name]}
    named = {"source": form.source} | {f"answers.{item}.source": one.source for item, one in form.answers.items()}
    wrong |= {field: "error.not_a_choice" for field, source in named.items() if source not in sources}
    grids = {item.code: item.grid for item in pack.items if item.grid}
    pairs = {code: {f"{a.code}.{b.code}" for a in grid.what for b in grid.whom} for code, grid in grids.items()}
    for item, one in form.answers.items():
        if not set(one.ticked or ()) <= pairs.get(item, set()):
            wrong[f"answers.{item}.ticked"] = "error.not_a_choice"
    errors = [FieldError(field, key) for field, key in wrong.items()]
    late = [day for day in (*form.incidents, form.previous_on) if day is not None and day > today()]
    if late:
        field = "previous_on" if form.previous_on in late else "incidents"
        errors.append(FieldError(field, "error.in_future"))
    return errors


def _must_be_reasoned(said: dict[str, str], others: Sequence[FieldError] = ()) -> None:
    """Raise `Invalid` with the other errors too, or when something stands by half.

    A judgement needs its reason, an earlier case its day and whether it was about the same two.
    """
    errors = [*others]
    if said["judged_high"] and not said["judgement_reason"]:
        errors.append(FieldError("judgement_reason", "risk.reason_needed"))
    if said["previous_same_pair"] and not said["previous_on"]:
        errors.append(FieldError("previous_on", "risk.previous_needed"))
    if errors:
        raise Invalid(*errors)


def _sent(form: AssessmentForm) -> dict[str, str]:
    """Return what was sent by the names that the page has for it."""
    sent = {name: as_text(getattr(form, name)) for name in OF_ALL if name in form.model_fields_set}
    if "incidents" in form.model_fields_set:
        sent["incidents"] = " ".join(day.isoformat() for day in sorted(form.incidents))
    sent |= {f"safety-{code}": answer for code, answer in form.safety.items()}
    sent |= {f"further-{code}": "" if answer == UNANSWERED else answer for code, answer in form.further.items()}
    for item, given in form.answers.items():
        sent[f"answer-{item}"] = given.answer
        sent |= {f"{name}-{item}": getattr(given, name) for name in given.model_fields_set - {"answer", "ticked"}}
        if given.ticked is not None:
            sent[f"grid-{item}"] = " ".join(sorted(set(given.ticked)))
    return sent


async def _save_once(desk: Desk, assessment: Assessment, changed: dict[str, str]) -> None:
    """Save what is said once and not item by item."""
    truth = {"true": True, "false": False}
    for name in ("judged_high", "previous_same_pair"):
        if name in changed:
            setattr(assessment, name, truth.get(changed[name]))
    if "previous_on" in changed:
        assessment.previous_on = date.fromisoformat(changed["previous_on"]) if changed["previous_on"] else None
    if "source" in changed:
        assessment.source = changed["source"] or None
    if texts := {name: changed[name] for name in TEXTS if name in changed}:
        await desk.work.vault.seal(assessment, **texts)
    if set(OF_ALL) & changed.keys():
        stamp(desk.work, assessment)


async def _save_incidents(desk: Desk, told: str) -> None:
    """Let the incidents be those of these days, each as often as it is told; what stands already stays."""
    wanted = Counter(date.fromisoformat(day) for day in told.split())
    for event in await events_of(desk):
        if event.kind == INCIDENT and event.day <= today():
            wanted[event.day] -= 1
            if wanted[event.day] < 0:
                if not may_strike(desk, event):
                    raise Invalid.of("incidents", "risk.event.not_own")
                await strike(desk, event.id)
    for day in wanted.elements():
        await note_event(desk, INCIDENT, day)


async def _start(desk: Desk, pack: Pack) -> Assessment:
    before = await newest(desk)
    assessment = Assessment(
        id=uuid7(),
        **scope(desk),
        version=before.version + 1 if before else 1,
        instrument=pack.id,
        instrument_version=pack.version,
        measures=pack.measures,
        assessor_id=desk.work.actor.post_id,
        started_at=now(),
    )
    stamp(desk.work, assessment)
    desk.work.session.add(assessment)
    await desk.work.session.flush()
    return assessment


_PREFIX = {"safety": SAFETY, "further": MORE}


def _row_of(name: str) -> tuple[str, str]:
    """Return under which name an answer is sent that this field belongs to, and the item of its row."""
    kind, _, item = name.partition("-")
    return (kind, f"{_PREFIX[kind]}{item}") if kind in _PREFIX else ("answer", item)


async def _save_answers(desk: Desk, assessment: Assessment, changed: dict[str, str]) -> None:
    rows = {row.item: row for row in await answers_of(desk, assessment)}

    def row_of(item: str) -> Answer:
        row = rows.get(item) or Answer(id=uuid7(), **scope(desk), assessment_id=assessment.id, item=item)
        stamp(desk.work, row)
        desk.work.session.add(row)
        return row

    for name in [name for name in changed if name.startswith("grid-")]:
        item, ticked = name.removeprefix("grid-"), set(changed[name].split())
        before = {code for code in rows if code.startswith(f"{GRID}{item}.")}
        for code in before | {f"{GRID}{item}.{pair}" for pair in ticked}:
            row_of(code).answer = "yes" if code.removeprefix(f"{GRID}{item}.") in ticked else "no"
    of_rows = [name for name in changed if "-" in name and not name.startswith("grid-")]
    for kind, item in dict.fromkeys(_row_of(name) for name in of_rows):
        row = row_of(item)
        row.answer = changed.get(f"{kind}-{item.rpartition('.')[2]}", row.answer) or UNANSWERED
        if f"comment-{item}" in changed:
            await desk.work.vault.seal(row, comment=changed[f"comment-{item}"])
        if f"source-{item}" in changed:
            row.source = changed[f"source-{item}"] or None
    await desk.work.session.flush()


async def offer_score(asked: DataOnOffer) -> list[Datum]:
    """Let one's own agency's count be picked for a disclosure; answers and comments are not on offer."""
    desk = asked.desk
    assessment = await current(desk) if Kind.RISK in desk.kinds else None
    if assessment is None or assessment.controller_id != desk.work.actor.agency_id:
        return []
    view = await read_assessment(desk)
    if view is None:
        return []
    told = f"{view.score}/{len(view.answers)}"
    return [Datum("risk.score", "disclosed.risk.score", "client", Kind.RISK, desk.case.id, told)]


async def assessment_ahead(asked: MoveAhead) -> list[First]:
    """Want the newest version."""
    return ahead_of(asked.desk) if asked.need("assessment") else []


async def missing_assessment(asked: MayMove) -> list[FieldError]:
    """Veto a submission whose checklist has gaps, or that no ground of it carries."""
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
    if moved.way.asks("assessment") and Kind.RISK in moved.desk.kinds:
        await _complete(moved.desk)


async def _complete(desk: Desk) -> None:
    """Keep every ground that applies: what was true then stays told, whatever the numbers become."""
    row = await first_row(desk, progress)
    if row is None or row[0].completed_at is not None:
        return
    assessment: Assessment = row[0]
    pack = pack_of(desk, assessment)
    assessment.grounds = scored_of(pack, row, await numbers_of(desk, pack)).grounds
    assessment.completed_at = now()
    desk.wrote(Kind.RISK)


async def reopen_assessment(taken: TakenBack) -> None:
    """Let the checklist of a submission that was taken back be gone on with: nobody has read it as history."""
    assessment = await newest(taken.desk) if Kind.RISK in taken.desk.kinds else None
    if assessment is not None:
        assessment.completed_at, assessment.grounds = None, None
        taken.desk.wrote(Kind.RISK)
