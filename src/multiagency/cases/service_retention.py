"""How long what is about the client is kept: as a child's, or as an adult's (703/2023 section 23 and annex)."""

from datetime import date

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value

from multiagency.cases.desk import Desk
from multiagency.cases.models import Case
from multiagency.kernel.clock import to_helsinki
from multiagency.kernel.identity_code import age_on
from multiagency.pathways.service import law


async def follow_birth(desk: Desk, born: date | None) -> None:
    """Keep the case as its client's age on the day that it was opened says; without a birth date nothing is said."""
    if born is not None:
        adult_age = await law(desk.work, "adult_age")
        await keep_as(desk, child=age_on(to_helsinki(desk.case.opened_at).date(), born) < adult_age)


async def keep_as(desk: Desk, *, child: bool) -> None:
    """Let what is written from now on be kept as a child's or an adult's; what stands there keeps its class."""
    classes, case = desk.model.retention, desk.case
    kept = classes.child if child else classes.adult
    if kept != case.retention_class:
        change = update(Case).where(Case.id == case.id).values(retention_class=kept)
        await desk.work.session.execute(change, execution_options={"synchronize_session": False})
        # not by the attribute: a form that is refused afterwards would find the case expired with its savepoint
        set_committed_value(case, "retention_class", kept)
