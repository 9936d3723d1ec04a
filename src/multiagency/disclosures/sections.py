"""What disclosures add to the page of a case; sharing on a ground only where the team allows it."""

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading_first import CaseId, First, LookAhead, Rows, first
from multiagency.disclosures.models import Disclosure
from multiagency.disclosures.service_child_welfare import decided, is_undecided
from multiagency.disclosures.service_sharing import allowed
from multiagency.kernel.access import Act
from multiagency.pathways.definition import StageKind


def made(case_id: CaseId) -> Rows:
    """Ask for any disclosure of one's own agency."""
    return select(Disclosure).where(Disclosure.case_id == case_id)


async def ahead(asked: LookAhead) -> list[First]:
    """Want what was decided on child welfare, and whether anything was disclosed."""
    notified = [decided] if asked.desk.may(Act.NOTIFY_CHILD_WELFARE) else []
    return [*notified, *([made] if asked.desk.may(Act.READ_DISCLOSURES) else [])]


async def sections(asked: PageSections) -> list[Section]:
    """Add the lines that the actor may follow."""
    desk, here = asked.desk, f"/cases/{asked.desk.case.reference}"
    found = []
    if desk.may(Act.NOTIFY_CHILD_WELFARE):
        state = await _child_welfare(desk)
        found.append(Section(15, "child_welfare.title", f"child_welfare.state.{state}", f"{here}/child-welfare"))
    if desk.may(Act.READ_DISCLOSURES):
        state = "some" if await first(desk, made) else "nothing"
        found.append(Section(80, "disclosure.list", f"disclosure.state.{state}", f"{here}/disclosures"))
    if desk.stands(StageKind.DRAFT) and desk.may(Act.SHARE_ON_GROUND) and await allowed(desk):
        found.append(Section(12, "sharing.title", "sharing.state", f"{here}/sharing"))
    return found


async def _child_welfare(desk: Desk) -> str:
    """What others decided is theirs: whoever may not decide reads only whether their own agency notified."""
    newest = await first(desk, decided)
    if not desk.may(Act.DECIDE_CHILD_WELFARE):
        return newest.decision if newest else "not_by_us"
    if not newest:
        return "not_decided"
    return "undecided" if await is_undecided(desk) else str(newest.decision)
