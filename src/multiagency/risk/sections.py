"""What the checklist adds to the page of a case, and to the referrer's steps: how far it is."""

from collections.abc import Sequence
from typing import Any

from multiagency.cases.questions import PageSections, Section, SectionLine, StepsAsked, StepTold
from multiagency.cases.reading_first import First, LookAhead
from multiagency.cases.reading_steps import CHECKLIST, has_steps
from multiagency.kernel.access import Kind
from multiagency.risk.reading import AssessmentView, newest_assessment, progress, read_assessment


async def ahead(asked: LookAhead) -> list[First]:
    """Want the newest version."""
    if not asked.desk.model.items:
        return []
    more = [progress] if has_steps(asked.desk) else []
    return [newest_assessment, *more] if Kind.RISK in asked.desk.kinds else []


async def sections(asked: PageSections) -> list[Section]:
    """Add the line about the checklist to the page of a case, where risk data is in sight."""
    view = await read_assessment(asked.desk) if asked.desk.model.items else None
    if view is None:
        return []
    href = f"/cases/{asked.desk.case.reference}/checklist"
    return [Section(20, "risk.title", f"risk.state.{view.state}", href, _says(view))]


def _says(view: AssessmentView) -> list[SectionLine]:
    """Return what was answered: how many of each once all are, serious signs, judgement, the client's words."""
    said = []
    counts = {answer: sum(one.answer == answer for one in view.answers) for answer in ("yes", "no", "not_known")}
    if not view.unanswered:
        said.append(SectionLine("risk.answers", "risk.counts", counts))
    said += [
        SectionLine("risk.sign", f"risk.item.{one.item}")
        for one in view.answers
        if one.critical and one.answer == "yes"
    ]
    if view.judged_high is not None:
        judged = "high" if view.judged_high else "not_high"
        said.append(SectionLine("risk.judgement", f"risk.because.{judged}", {"reason": view.judgement_reason}))
    return [
        *said,
        *([SectionLine("risk.words", "risk.quoted", {"text": view.client_words})] if view.client_words else []),
    ]


async def steps(asked: StepsAsked) -> list[StepTold]:
    """Tell whether every item is answered, and below the threshold, whether a judgement or the client's words stand."""
    items = len(asked.desk.model.items)
    if not items:
        return []
    threshold = await asked.desk.number("risk_threshold")

    def done(row: Sequence[Any] | None) -> bool:
        if row is None or row[0].completed_at is not None:  # complete in a draft: of an earlier round
            return False
        newest, answered, yes = row
        return bool(answered >= items and (yes >= threshold or newest.judged_high is not None or newest.client_words))

    return [StepTold(CHECKLIST, progress, done)]
