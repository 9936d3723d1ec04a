"""What cases add to their own page: the way to a new round of one that has ended."""

from multiagency.cases.questions import PageSections, Section
from multiagency.cases.service_rounds import may_begin_again
from multiagency.kernel.access import Act


async def sections(asked: PageSections) -> list[Section]:
    """Add the line where the referrer may begin again."""
    desk = asked.desk
    if not (desk.may(Act.BEGIN_AGAIN) and await may_begin_again(desk)):
        return []
    return [Section(105, "round.title", "round.section", f"/cases/{desk.case.reference}/new-round")]
