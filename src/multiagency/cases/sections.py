"""What cases add to their own page: the way to a new round of one that has ended."""

from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading import client, contact, protection
from multiagency.cases.reading_clocks import has_clocks, newest_move
from multiagency.cases.reading_first import First, LookAhead
from multiagency.cases.reading_steps import filled_in, has_steps
from multiagency.cases.service_moving import ways
from multiagency.cases.service_rounds import may_begin_again
from multiagency.kernel.access import Act, Kind


async def ahead(asked: LookAhead) -> list[First]:
    """Want the protection of the address, and whom the case is about."""
    kinds = asked.desk.kinds
    people = [wanted for kind, wanted in ((Kind.IDENTITY, client), (Kind.CONTACT, contact)) if kind in kinds]
    clocks = [newest_move] if has_clocks(asked.desk) else []
    return [protection, *people, *clocks, *([filled_in] if has_steps(asked.desk) else [])]


async def sections(asked: PageSections) -> list[Section]:
    """Add the line where whoever coordinates the case may move it on, or the referrer may begin again."""
    desk = asked.desk
    here = f"/cases/{desk.case.reference}"
    if desk.may(Act.MOVE_CASE) and ways(desk):
        return [Section(40, "moves.title", f"model.{desk.case.pathway}.stage.{desk.case.stage}", f"{here}/moves")]
    if not (desk.may(Act.BEGIN_AGAIN) and await may_begin_again(desk)):
        return []
    return [Section(105, "round.title", "round.section", f"{here}/new-round")]
