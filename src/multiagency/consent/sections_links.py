"""What one person's cases add to each other's pages: that there is a link, and the way on in another model of work."""

from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading_first import First, LookAhead, first
from multiagency.consent.reading_links import linked
from multiagency.consent.service_going_on import teams_of_other_models
from multiagency.kernel.access import Act


async def ahead(_: LookAhead) -> list[First]:
    """Want whether the case is linked."""
    return [linked]


async def sections(asked: PageSections) -> list[Section]:
    """Add a line on linked cases that are in sight too; where there are other models, also the ways to them."""
    desk, here = asked.desk, f"/cases/{asked.desk.case.reference}"
    others, is_linked = await teams_of_other_models(desk), await first(desk, linked)
    found = []
    if is_linked or (others and desk.may(Act.LINK_CASES) and not desk.is_over):
        found.append(Section(107, "link.title", f"link.section.{'some' if is_linked else 'none'}", f"{here}/links"))
    if others and desk.may(Act.GO_ON):
        found.append(Section(108, "going_on.title", "going_on.section", f"{here}/going-on"))
    return found
