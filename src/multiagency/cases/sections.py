"""What cases add to their own page: the way to a new round of one that has ended, and to a newer version."""

from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading import client, contact, protection
from multiagency.cases.reading_clocks import arrival, has_clocks
from multiagency.cases.reading_first import First, LookAhead
from multiagency.cases.reading_steps import filled_in, has_steps
from multiagency.cases.service_model_version import newer
from multiagency.cases.service_moving import ways
from multiagency.cases.service_rounds import may_begin_again
from multiagency.kernel.access import Act, Kind


async def ahead(asked: LookAhead) -> list[First]:
    """Want the protection of the address, and whom the case is about."""
    kinds = asked.desk.kinds
    people = [wanted for kind, wanted in ((Kind.IDENTITY, client), (Kind.CONTACT, contact)) if kind in kinds]
    clocks = [arrival] if has_clocks(asked.desk) else []
    return [protection, *people, *clocks, *([filled_in] if has_steps(asked.desk) else [])]


async def sections(asked: PageSections) -> list[Section]:
    """Add the lines where a coordinator may move the case on or to another version, and where it begins anew."""
    desk, here = asked.desk, f"/cases/{asked.desk.case.reference}"
    found = []
    if desk.may(Act.MOVE_CASE) and ways(desk):
        found.append(Section(40, "moves.title", f"model.{desk.case.pathway}.stage.{desk.case.stage}", f"{here}/moves"))
    if desk.may(Act.BEGIN_AGAIN) and await may_begin_again(desk):
        found.append(Section(105, "round.title", "round.section", f"{here}/new-round"))
    if desk.may(Act.MOVE_VERSION) and newer(desk):
        found.append(Section(145, "model_version.title", "model_version.section", f"{here}/version"))
    return found
