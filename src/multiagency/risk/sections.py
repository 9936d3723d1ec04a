"""What instruments add to the page of a case, and to the referrer's steps: how far each is, and when again."""

from collections.abc import Sequence
from typing import Any

from multiagency.cases.desk import Desk
from multiagency.cases.questions import PageSections, Section, SectionLine, StepsAsked, StepTold
from multiagency.cases.reading_first import First, LookAhead
from multiagency.cases.reading_steps import CHECKLIST, has_steps
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.clock import today
from multiagency.pathways.definition import StageKind
from multiagency.risk.reading import AssessmentView, ahead_of, progress, read_assessment, scored_of
from multiagency.risk.reading_instruments import checklist_of, instruments_of, numbers_of, pack_of
from multiagency.risk.reading_renewal import due_on


async def ahead(asked: LookAhead) -> list[First]:
    """Want the newest version and what has happened."""
    if Kind.RISK not in asked.desk.kinds or checklist_of(asked.desk) is None:
        return []
    return [*ahead_of(asked.desk), *([progress] if has_steps(asked.desk) else [])]


async def sections(asked: PageSections) -> list[Section]:
    """Add the lines about the checklist, when it is due again, and the measures, where risk data is in sight."""
    desk = asked.desk
    view, here = await read_assessment(desk), f"/cases/{desk.case.reference}"
    found = [
        Section(22, f"{pack.key}.title", "risk.measured", f"{here}/measures/{pack.id}") for pack in _measures(desk)
    ]
    if view is None:
        return found
    checklist = Section(20, "risk.title", f"risk.state.{view.state}", f"{here}/checklist", _says(view))
    return [checklist, *_renewal(desk, view), *found]


def _measures(desk: Desk) -> list[Any]:
    return [pack for pack in instruments_of(desk) if pack.measures] if Kind.RISK in desk.kinds else []


def _renewal(desk: Desk, view: AssessmentView) -> list[Section]:
    """Tell by when the assessment is to be renewed, once there is one and as long as the case goes on."""
    if desk.stands(StageKind.DRAFT) or desk.is_over or not desk.may(Act.TELL_EVENT):
        return []
    day = due_on(view.completed_at, view.events, view.numbers) if view.completed_at else None
    state = "begun" if day is None else "due" if day > today() else "overdue"
    when = SectionLine("risk.renewal.title", "risk.renewal.by", {"day": day}) if day else None
    here = f"/cases/{desk.case.reference}/events"
    return [Section(21, "risk.renewal.title", f"risk.renewal.{state}", here, note=when)]


def _says(view: AssessmentView) -> list[SectionLine]:
    """Return what was answered: how many of each once all are, serious signs, judgement, the client's words."""
    key, counts = view.pack.key, {"yes": view.scored.yes, "no": view.scored.no, "not_known": view.scored.unknown}
    said = [] if view.unanswered else [SectionLine("risk.answers", "risk.counts", counts)]
    said += [SectionLine("risk.sign", f"{key}.item.{code}") for code in view.critical_signs]
    if view.judged_high is not None:
        judged = "high" if view.judged_high else "not_high"
        said.append(SectionLine("risk.judgement", f"risk.because.{judged}", {"reason": view.judgement_reason}))
    said += [SectionLine("risk.words", "risk.quoted", {"text": view.client_words})] if view.client_words else []
    apart = [ground for ground in view.grounds if ground in {"escalation", "repeat"}]
    return [*said, *(SectionLine("risk.grounds", f"risk.ground.{ground}") for ground in apart)]


async def steps(asked: StepsAsked) -> list[StepTold]:
    """Tell whether every item is answered, and where no ground carries the case, whether a judgement stands."""
    desk, pack = asked.desk, checklist_of(asked.desk)
    if pack is None:
        return []
    numbers = await numbers_of(desk, pack)

    def done(row: Sequence[Any] | None) -> bool:
        if row is None or row[0].completed_at is not None:  # complete in a draft: of an earlier round
            return False
        scored = scored_of(pack_of(desk, row[0]), row, numbers)
        return scored.complete and (scored.referable or row[0].judged_high is not None)

    return [StepTold(CHECKLIST, progress, done)]
