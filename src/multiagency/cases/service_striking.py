"""Striking somebody from a case who was recorded by mistake: from then on they stand on no page and no paper."""

from uuid import UUID

from sqlalchemy import func, select

from multiagency.cases.desk import Desk
from multiagency.cases.events import SomebodyStruck
from multiagency.cases.forms import MistakeForm
from multiagency.cases.models import Party
from multiagency.cases.reading import masked, protected
from multiagency.cases.service import people_must_be_open
from multiagency.cases.service_grants import one_at_a_time
from multiagency.kernel.access import Kind
from multiagency.kernel.errors import Conflict, NotVisible
from multiagency.pathways.definition import PartyRole


async def may_be_struck(desk: Desk, party_id: UUID) -> Party:
    """Return the record of somebody in the case that may be struck from it.

    Raises `NotVisible` for one that is not there, `Conflict` after the end of the case, and for a child whose address
    is protected and kept from the actor.
    """
    people_must_be_open(desk)
    party = await desk.work.session.get(Party, party_id)
    if party is None or party.case_id != desk.case.id:
        raise NotVisible
    if party.role == PartyRole.CHILD and await protected(desk, household=True) and await masked(desk):
        raise Conflict("protection.not_cleared")
    return party


async def strike(desk: Desk, party_id: UUID, form: MistakeForm) -> None:
    """Take somebody out of the case; the row and the reason stay for the log alone, until they expire.

    The rooms above let go of what rested on the record. Raises what `may_be_struck` raises.
    """
    await one_at_a_time(desk.work, desk.case)
    party, session = await may_be_struck(desk, party_id), desk.work.session
    name = await desk.work.vault.open(party, "name")
    await desk.work.vault.seal(party, struck_reason=form.reason)
    reason = party.struck_reason
    session.expunge(party)  # the database strikes it: a row that hides itself cannot be written from here
    if reason is None or not await session.scalar(select(func.strike_party(party_id, reason.data))):
        raise NotVisible
    desk.wrote(Kind.PARTY, subjects=[party_id])
    await desk.work.publish(SomebodyStruck(desk, party_id, name))
