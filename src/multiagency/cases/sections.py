"""What cases add to their own page: a new round of one that has ended, and what a model asks for beside its steps."""

from multiagency.cases import service_findings as findings
from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading import client, contact, protection
from multiagency.cases.reading_clocks import has_clocks, newest_move
from multiagency.cases.reading_first import First, LookAhead
from multiagency.cases.reading_steps import filled_in, has_steps
from multiagency.cases.service_moving import ways
from multiagency.cases.service_review import may_be_reviewed
from multiagency.cases.service_rounds import may_begin_again
from multiagency.cases.service_taking_over import where_to
from multiagency.kernel.access import Act, Kind


async def ahead(asked: LookAhead) -> list[First]:
    """Want the protection of the address, and whom the case is about."""
    kinds = asked.desk.kinds
    people = [wanted for kind, wanted in ((Kind.IDENTITY, client), (Kind.CONTACT, contact)) if kind in kinds]
    clocks = [newest_move] if has_clocks(asked.desk) else []
    return [protection, *people, *clocks, *([filled_in] if has_steps(asked.desk) else [])]


async def sections(asked: PageSections) -> list[Section]:
    """Add what the model asks to be recorded, and the ways of the case: on, anew, into another agency's hands."""
    desk, found, here = asked.desk, list[Section](), f"/cases/{asked.desk.case.reference}"
    if (what := await findings.asked_of(desk)) and desk.may(Act.RECORD_FINDING):
        state = "done" if what in await findings.findings(desk) else "asked"
        found.append(Section(15, "finding.title", f"finding.section.{state}", f"{here}/findings"))
    if desk.may(Act.MOVE_CASE) and ways(desk):
        found.append(Section(40, "moves.title", f"model.{desk.case.pathway}.stage.{desk.case.stage}", f"{here}/moves"))
    if desk.may(Act.OPEN_REVIEW) and await may_be_reviewed(desk):
        found.append(Section(104, "review.title", "review.section", f"{here}/review"))
    if desk.may(Act.BEGIN_AGAIN) and await may_begin_again(desk):
        found.append(Section(105, "round.title", "round.section", f"{here}/new-round"))
    if desk.may(Act.TAKE_OVER_CASE) and await where_to(desk):
        found.append(Section(106, "taking_over.title", "taking_over.section", f"{here}/taking-over"))
    return found
