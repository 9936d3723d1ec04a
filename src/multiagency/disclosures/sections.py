"""What disclosures add to the page of a case; sharing on a ground only where the team allows it."""

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.questions import PageSections, Section
from multiagency.disclosures.models import Disclosure
from multiagency.disclosures.service_child_welfare import decisions, is_undecided
from multiagency.disclosures.service_sharing import allowed
from multiagency.kernel.access import Act


async def sections(asked: PageSections) -> list[Section]:
    """Add the lines that the actor may follow."""
    desk, here = asked.desk, f"/cases/{asked.desk.case.reference}"
    found = []
    if desk.may(Act.NOTIFY_CHILD_WELFARE):
        state = await _child_welfare(desk)
        found.append(Section(15, "child_welfare.title", f"child_welfare.state.{state}", f"{here}/child-welfare"))
    if desk.may(Act.READ_DISCLOSURES):
        made = select(Disclosure.id).where(Disclosure.case_id == desk.case.id).limit(1)
        state = "some" if await desk.work.session.scalar(made) else "nothing"
        found.append(Section(80, "disclosure.list", f"disclosure.state.{state}", f"{here}/disclosures"))
    if desk.case.stage == "draft" and desk.may(Act.SHARE_ON_GROUND) and await allowed(desk):
        found.append(Section(12, "sharing.title", "sharing.state", f"{here}/sharing"))
    return found


async def _child_welfare(desk: Desk) -> str:
    """What others decided is theirs: whoever may not decide reads only whether their own agency notified."""
    decided = await decisions(desk)
    if not desk.may(Act.DECIDE_CHILD_WELFARE):
        return decided[0].decision if decided else "not_by_us"
    if not decided:
        return "not_decided"
    return "undecided" if await is_undecided(desk) else decided[0].decision
