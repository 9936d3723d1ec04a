"""Conflicts of interest: declared by the member, or found when somebody in the case is staff or works for an agency."""

from uuid import UUID

from sqlalchemy import func, select

from multiagency.cases.desk import Desk
from multiagency.cases.events import CaseMoved, SightEnded, SomebodyRecorded, SomebodyStruck
from multiagency.cases.models import AccessBar
from multiagency.cases.questions import MayMove
from multiagency.cases.reading_holders import STEERING, holders
from multiagency.cases.service_bars import barred, keep_out
from multiagency.cases.service_grants import one_at_a_time
from multiagency.cases.service_lifting import STEERS, add_exemption
from multiagency.kernel.access import Capability
from multiagency.kernel.clock import now
from multiagency.kernel.database import not_over
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.lookup import Looked
from multiagency.people import reading as people
from multiagency.people.models import Person
from multiagency.safeguards.forms import ConflictForm

_ALONE = {Capability.REFER: "conflict.hand_over_first", Capability.COORDINATE: "conflict.only_coordinator"}


async def declare(desk: Desk, form: ConflictForm) -> None:
    """Keep oneself out from this moment (facts: conflict of interest is declared, excluded, logged).

    Raises `Conflict` when nobody else would look after the referral or the coordination.
    """
    await _somebody_else_must_steer(desk)
    await keep_out(desk, desk.work.actor.person_id, form.reason, desk.work.actor.post_id)


async def _somebody_else_must_steer(desk: Desk) -> None:
    if desk.capabilities & STEERING:
        await one_at_a_time(desk.work, desk.case)
    out = {*await barred(desk), desk.work.actor.person_id}
    for capability in sorted(desk.lasting & STEERING):
        lasting = [who for who in await holders(desk, {capability}) if who.grant.deputy_id is None]
        others = [who for who in lasting if who.colleague.person.id not in out]
        if not others:
            raise Conflict(_ALONE[capability])


async def find_conflicts(happened: SomebodyRecorded) -> None:
    """Keep out whom the record shows to be biased: staff who are in the case, and the agency that employs somebody.

    Raises `Invalid` when the actor is the one: nobody handles a case in which they are a party.
    """
    if happened.identity_code:
        await keep_staff_out(happened.desk, happened.identity_code)
    if happened.employer_id is not None:
        await _keep_agency_out(happened.desk, happened.employer_id)


async def keep_staff_out(desk: Desk, identity_code: str) -> None:
    """Bar whoever on the staff has this code. Raises `Invalid` when it is the actor's own."""
    known = desk.work.tools.lookup.hash(Looked.IDENTITY_CODE, identity_code)
    for person_id in await desk.work.session.scalars(select(Person.id).where(Person.identity_hash == known)):
        if person_id == desk.work.actor.person_id:
            raise Invalid.of("identity_code", "conflict.you_are_a_party")
        if not await _stands(desk, person_id=person_id, reason="is_a_party"):
            await keep_out(desk, person_id, "is_a_party", None, found=True)


async def _stands(desk: Desk, **about: object) -> bool:
    query = select(AccessBar.id).where(AccessBar.case_id == desk.case.id).filter_by(**about)
    living = query.where(not_over(AccessBar, now()))
    return await desk.work.session.scalar(living.limit(1)) is not None


async def _keep_agency_out(desk: Desk, agency_id: UUID) -> None:
    """Bar everybody in the agency but those who steer the case now: one step in the database, or they lock it."""
    await one_at_a_time(desk.work, desk.case)  # or the bar that stands could be lifted meanwhile
    if await _stands(desk, agency_id=agency_id):
        return
    await desk.work.session.scalar(select(func.keep_agency_out(desk.case.id, agency_id)))
    desk.wrote()
    await desk.work.publish(SightEnded(desk))


async def lift_found_bars(happened: SomebodyStruck) -> None:
    """Lift what was found by somebody who is not in the case after all, where nothing else in it says the same."""
    desk = happened.desk
    if await desk.work.session.scalar(select(func.lift_bars_found_by(happened.subject_id))):
        desk.wrote()


async def exempt_coordinators(moved: CaseMoved) -> None:
    """Let the team's coordinators stay when their agency is kept out; the page of bars says that they do."""
    if not moved.way.asks("coordinator"):
        return
    desk = moved.desk
    coordinators = await people.coordinators_of(desk.work, desk.case.team_id)
    query = select(AccessBar).where(AccessBar.case_id == desk.case.id, AccessBar.agency_id.is_not(None))
    for row in await desk.work.session.scalars(query):
        kept_out = await barred(desk)
        for post in coordinators:
            if post.agency_id == row.agency_id and kept_out.get(post.person_id) == row.reason:
                await add_exemption(desk, row.id, post.person_id, STEERS)


async def missing_coordinator(asked: MayMove) -> list[FieldError]:
    """Veto a submission that no coordinator could receive: each is kept out by name, or nobody coordinates the team.

    The answer says whom to turn to: the agency that convenes the team, and the team's contact.
    """
    if not asked.need("coordinator"):
        return []
    desk = asked.desk
    coordinators = await people.coordinators_of(desk.work, desk.case.team_id)
    out = {person for person, reason in (await barred(desk)).items() if reason != "employer"}
    if any(post.person_id not in out for post in coordinators):
        return []
    team = await people.team_with(desk.work, desk.case.team_id)
    convener = (await people.known_agencies(desk.work, [team.convener_id], "team"))[0]
    whom = ", ".join(filter(None, (convener.name(desk.work.actor.language), team.contact)))
    if coordinators:
        return [FieldError("bars", "missing.coordinator", {"whom": whom})]
    return [FieldError("team", "missing.nobody", {"whom": whom})]
