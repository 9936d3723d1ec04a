"""What matching adds to the page of a case: the client's other names, and possible earlier cases of the same people."""

from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading_first import First, LookAhead, first
from multiagency.kernel.access import Act, Kind
from multiagency.matching import reading


async def ahead(asked: LookAhead) -> list[First]:
    """Want any other name of the client."""
    desk = asked.desk
    return [reading.alias] if Kind.IDENTITY in desk.kinds and desk.may(Act.EDIT_CASE) else []


async def sections(asked: PageSections) -> list[Section]:
    """Add the client's other names where the client is in sight, and possible matches for the coordinator."""
    found: list[Section] = []
    desk = asked.desk
    here = f"/cases/{desk.case.reference}"
    if Kind.IDENTITY not in desk.kinds:
        return found
    if desk.may(Act.EDIT_CASE):
        state = "some" if await first(desk, reading.alias) else "none"
        found.append(Section(5, "alias.title", f"alias.section.{state}", f"{here}/aliases"))
    if desk.may(Act.SEE_MATCHES):
        state = "some" if await reading.matches(desk) else "none"
        found.append(Section(6, "match.title", f"match.section.{state}", f"{here}/matches"))
    return found
