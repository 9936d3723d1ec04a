"""What storage adds to the page of a case: closing it, and keeping everything of it."""

from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading_first import First, LookAhead
from multiagency.kernel.access import Act
from multiagency.pathways.definition import StageKind
from multiagency.storage import service_ending as ending
from multiagency.storage import service_holds as holds
from multiagency.storage.service_closing import end_of_round, outcomes
from multiagency.storage.service_feedback import feedback, feedback_of


async def ahead(asked: LookAhead) -> list[First]:
    """Want the hold and, of a closed case, its end."""
    desk = asked.desk
    ended = [end_of_round, *([feedback] if desk.model.feedback else [])] if desk.stands(StageKind.ENDED) else []
    return [*ended, *([holds.holding] if desk.may(Act.HOLD_CASE) else [])]


async def sections(asked: PageSections) -> list[Section]:
    """Add the lines on closing and on holds for whoever coordinates the case."""
    found: list[Section] = []
    desk, here = asked.desk, f"/cases/{asked.desk.case.reference}"
    early = await ending.ending_of(desk) if desk.stands(StageKind.ENDED) else None
    if desk.may(Act.CLOSE_CASE) and early is None and (desk.stands(StageKind.ENDED) or outcomes(desk)):
        state = "closed" if desk.stands(StageKind.ENDED) else "open"
        found.append(Section(130, "closing.title", f"closing.section.{state}", f"{here}/closing"))
    if desk.may(Act.END_CASE) and (early or ending.may_end(desk)):
        state = "closing.section.closed" if early else "ending.section"
        found.append(Section(135, "ending.title", state, f"{here}/ending"))
    if desk.may(Act.HOLD_CASE):
        state = "free" if await holds.living_hold(desk) is None else "held"
        found.append(Section(140, "hold.title", f"hold.section.{state}", f"{here}/hold"))
    if desk.model.feedback and desk.stands(StageKind.ENDED) and await feedback_of(desk):
        found.append(Section(45, "feedback.title", "feedback.section", f"{here}/feedback"))
    return found
