"""A meeting called at once about one case: by who refers it, or who coordinates it.

Nothing leaves before each ground and each necessity is confirmed in words (fact F61; decision 0056).
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.models import AccessGrant, LawfulBasis
from multiagency.cases.service import scope
from multiagency.cases.service_bars import barred
from multiagency.cases.service_grants import one_at_a_time, sharing_bases
from multiagency.disclosures.models import LegalGround
from multiagency.disclosures.service_sharing import share_with
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.ids import reference, uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.languages import Language
from multiagency.meetings.forms import CalledForm, UrgentForm
from multiagency.meetings.models import AgendaItem, Meeting, SeatNecessity
from multiagency.meetings.reading_urgent import CallableView, called, is_callable, kinds_on_ground, proposal
from multiagency.meetings.service import place
from multiagency.meetings.service_agenda import end_item
from multiagency.meetings.service_seating import Pair, pair, seat
from multiagency.pathways.definition import StageKind
from multiagency.pathways.service import parameter
from multiagency.people import reading as people
from multiagency.people.reading import Colleague
from multiagency.people.service_notices import tell
from multiagency.web.texts import full_moment


def must_be_callable(desk: Desk) -> None:
    """Raise `Conflict` for a draft, a case that is over, and a model that knows no table."""
    if desk.stands(StageKind.DRAFT):
        raise Conflict("urgent.send_first")
    if not is_callable(desk):
        raise Conflict("urgent.no_table")


async def call(desk: Desk, form: UrgentForm) -> Meeting:
    """Call whoever was chosen to a meeting that begins now, and open it: the caller has a seat of their own.

    A place on another agenda ends, as long as nothing was discussed there. Raises `Conflict` as `must_be_callable`, and
    when the case is called already; `Invalid` with everybody without words of necessity or, where consent does not name
    their agency, without a ground that fits; and as a seat is refused.
    """
    must_be_callable(desk)
    await one_at_a_time(desk.work, desk.case)
    if there := await called(desk):
        raise Conflict(
            "urgent.called_already", when=full_moment(Language(desk.work.actor.language), there[0].starts_at)
        )
    chosen = await _checked(desk, form)
    meeting = await _meeting(desk)
    item = await _place(desk, meeting)
    await _seat(desk, meeting, item, form, chosen)
    team = await people.team_with(desk.work, meeting.team_id)
    coordinators = await people.coordinators_of(desk.work, team.id)
    await tell(desk.work, coordinators, "called_urgently", f"/cases/{desk.case.reference}", desk.case.id, at_once=True)
    desk.work.record(Mode.WRITE)
    return meeting


Chosen = list[tuple[CalledForm, CallableView, LegalGround | None]]


async def _checked(desk: Desk, form: UrgentForm) -> Chosen:
    """Return who is called with the ground of each; changes nothing."""
    if not form.seats:
        raise Invalid.of("seats", "urgent.nobody_chosen")
    offered = {one.who.post.id: one for one in (await proposal(desk)).people}
    errors: list[FieldError] = []
    chosen: Chosen = []
    for wanted in form.seats:
        one = offered.get(wanted.post)
        if one is None:
            errors.append(FieldError("seats", "urgent.not_on_duty"))
            continue
        ground = next((g for g in one.grounds if g.code == wanted.ground), None)
        if not wanted.necessity:
            errors.append(FieldError(f"necessity-{wanted.post}", "urgent.why_needed", {"name": one.who.person.name}))
        if ground is None and not one.consented:
            errors.append(FieldError(f"ground-{wanted.post}", "urgent.ground_needed", {"name": one.who.person.name}))
        chosen.append((wanted, one, ground))
    if any(ground for _, _, ground in chosen) and not form.kinds:
        errors.append(FieldError("kinds", "urgent.kinds_needed"))
    if set(form.kinds) - set(kinds_on_ground(desk)):
        errors.append(FieldError("kinds", "consent.kind_not_shareable"))
    if errors:
        raise Invalid(*errors)
    return chosen


async def _meeting(desk: Desk) -> Meeting:
    minutes = await parameter(desk.work, desk.case.pathway, "urgent_meeting_minutes", desk.case.team_id)
    moment = now()
    meeting = Meeting(
        id=uuid7(),
        reference=reference(),
        team_id=desk.case.team_id,
        starts_at=moment,
        ends_at=moment + timedelta(minutes=minutes),
        state="open",
        urgently_called_by_id=desk.work.actor.post_id,
        chair_id=desk.work.actor.post_id,
    )
    desk.work.session.add(meeting)
    await desk.work.session.flush()
    return meeting


async def _place(desk: Desk, meeting: Meeting) -> AgendaItem:
    """Put the case on this agenda; it comes off another one where it waits."""
    waiting = select(AgendaItem).where(
        AgendaItem.case_id == desk.case.id, AgendaItem.ended_at.is_(None), AgendaItem.discussed_at.is_(None)
    )
    for item in (await desk.work.session.scalars(waiting)).all():
        await end_item(desk, item, "removed")
    return await place(desk, meeting)


async def _seat(desk: Desk, meeting: Meeting, item: AgendaItem, form: UrgentForm, chosen: Chosen) -> None:
    out, shared = await barred(desk), set[UUID]()
    for wanted, one, ground in chosen:
        if ground is not None and one.who.agency.id not in shared:
            await share_with(desk, ground, one.who.agency.id, form.kinds, wanted.necessity)
            shared.add(one.who.agency.id)
    bases = await sharing_bases(desk.work, [desk.case.id])
    pairs = [
        pair(desk, item, one.who, out, bases.get((desk.case.id, one.who.agency.id)), set()) for _, one, _ in chosen
    ]
    for error in (each.error for each in pairs if each.error):
        raise error
    me = await _me(desk, item)
    seats = await seat(desk.work, meeting, [*pairs, me], [])
    for (wanted, _, ground), given in zip(chosen, seats, strict=False):
        row = SeatNecessity(
            id=uuid7(),
            **scope(desk),
            seat_id=given.id,
            ground_id=ground.id if ground else None,
            author_id=desk.work.actor.post_id,
            decided_at=now(),
        )
        await desk.work.vault.seal(row, necessity=wanted.necessity)
        desk.work.session.add(row)
    desk.wrote(Kind.MEETING)


async def _me(desk: Desk, item: AgendaItem) -> Pair:
    """The caller's own place: on the widest basis of what they see already."""
    who: Colleague = await people.known_colleague(desk.work, desk.work.actor.post_id, "seats")
    return Pair(desk, item, who, max(await _own_bases(desk, who.post.id), key=lambda basis: len(basis.kinds)), None)


async def _own_bases(desk: Desk, post_id: UUID) -> Sequence[LawfulBasis]:
    query = (
        select(LawfulBasis)
        .join(AccessGrant, AccessGrant.basis_id == LawfulBasis.id)
        .where(AccessGrant.case_id == desk.case.id, AccessGrant.post_id == post_id)
        .where(AccessGrant.ended_at.is_(None), LawfulBasis.ended_at.is_(None))
        .order_by(LawfulBasis.id)
    )
    return (await desk.work.session.scalars(query)).all()
