"""What disclosures add to the page of a case; sharing on a ground only where the team allows it."""

from sqlalchemy import select

from multiagency.cases.events import CaseShown, Section
from multiagency.disclosures.models import Disclosure
from multiagency.disclosures.service_child_welfare import decisions, is_undecided
from multiagency.disclosures.service_sharing import allowed
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work


async def show_section(work: Work, shown: CaseShown) -> None:
    """Add the lines that the actor may follow."""
    desk, here = shown.desk, f"/cases/{shown.desk.case.reference}"
    if desk.may(Act.NOTIFY_CHILD_WELFARE):
        found = await decisions(desk)
        missing = "not_decided" if desk.may(Act.DECIDE_CHILD_WELFARE) else "not_by_us"  # what others decided is theirs
        if found and desk.may(Act.DECIDE_CHILD_WELFARE) and await is_undecided(desk):
            missing, found = "undecided", []
        state = found[0].decision if found else missing
        shown.sections.append(
            Section(15, "child_welfare.title", f"child_welfare.state.{state}", f"{here}/child-welfare")
        )
    if desk.may(Act.READ_DISCLOSURES):
        any_made = await work.session.scalar(select(Disclosure.id).where(Disclosure.case_id == desk.case.id).limit(1))
        state = "some" if any_made else "nothing"
        shown.sections.append(Section(80, "disclosure.list", f"disclosure.state.{state}", f"{here}/disclosures"))
    if desk.case.stage == "draft" and desk.may(Act.SHARE_ON_GROUND) and await allowed(desk):
        shown.sections.append(Section(12, "sharing.title", "sharing.state", f"{here}/sharing"))
