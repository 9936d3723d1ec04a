"""When somebody is struck from a case as recorded by mistake: what rested on their deciding is looked at again."""

from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.events import SomebodyStruck
from multiagency.consent.models import Guardian, Prohibition
from multiagency.consent.reading_deciding import has_come_of_age, newest_capacity
from multiagency.consent.service_gate import reopen
from multiagency.kernel.errors import Conflict


async def decide_without(happened: SomebodyStruck) -> None:
    """Open the gate anew, or shut it, when somebody who decided for the client does so no longer.

    What they said stays provable and counts no more. Raises `Conflict` while the child forbids telling them: of a
    person recorded twice, the record that the prohibition stands on is not the one to strike (703/2023 section 40).
    """
    desk, party_id = happened.desk, happened.subject_id
    if await _forbidden(desk, party_id):
        raise Conflict("striking.prohibition_stands")
    if await _decided(desk, party_id):
        await reopen(desk)


async def _forbidden(desk: Desk, party_id: UUID) -> bool:
    theirs = select(Prohibition).where(Prohibition.case_id == desk.case.id, Prohibition.party_id == party_id)
    newest = theirs.order_by(Prohibition.recorded_at.desc(), Prohibition.id.desc()).limit(1)
    row = await desk.work.session.scalar(newest)
    return row is not None and row.forbidden


async def _decided(desk: Desk, party_id: UUID) -> bool:
    judged = await newest_capacity(desk)
    if judged is None or has_come_of_age(judged):
        return False
    theirs = select(Guardian).where(Guardian.case_id == desk.case.id, Guardian.party_id == party_id)
    row = await desk.work.session.scalar(theirs.order_by(Guardian.recorded_at.desc(), Guardian.id.desc()).limit(1))
    entitled = row is not None and row.may_decide and not row.suspected
    return judged.representative_id == party_id or (judged.decides == "guardians" and entitled)
