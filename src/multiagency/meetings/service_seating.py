"""Seats: given on the ground of consent or of a legal ground, to several people at several cases in one step."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk, open_desks
from multiagency.cases.models import LawfulBasis
from multiagency.cases.service_bars import barred_from, kept_out
from multiagency.cases.service_grants import TABLE_KINDS, grant, one_at_a_time, sharing_bases
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.errors import Conflict, FieldError, Invalid, NotVisible, ServiceError
from multiagency.kernel.ids import uuid7
from multiagency.kernel.work import Work
from multiagency.meetings import service_invitations as invitations
from multiagency.meetings.forms import FillingForm, SeatingForm, SeatsForm
from multiagency.meetings.models import AgendaItem, Meeting, Seat
from multiagency.meetings.reading_offices import said
from multiagency.meetings.service_reaching import show_how_to_reach
from multiagency.meetings.service_states import RECORDED, must_not_be_over
from multiagency.people import reading as people
from multiagency.people.reading import Colleague

NOT_AT_A_SEAT = frozenset({Kind.CONSENT, Kind.CONTACT})
"""A seat shows neither how consent was asked nor how the client is reached: whose task that is, is shown it apart."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Somebody who is to sit at a case: on which basis, or what forbids it, said alone (`error`) and in a list."""

    desk: Desk
    item: AgendaItem
    who: Colleague
    basis: LawfulBasis | None
    error: ServiceError | None
    why: str = ""

    def in_list(self, language: str) -> FieldError:
        """Return what forbids it, naming case and person."""
        about = {"name": self.who.label, "agency": self.who.agency.name(language)}
        return FieldError("post", f"filling.{self.why}", {"case": self.desk.case.reference, **about})


async def give_seat(work: Work, meeting: Meeting, form: SeatingForm) -> None:
    """Seat one post at one case; see `give_seats`."""
    reaching = [form.post] if form.reaches_client else []
    await give_seats(work, meeting, SeatsForm(case=form.case, post=[form.post], reaching=reaching))


async def give_seats(work: Work, meeting: Meeting, form: SeatsForm) -> None:
    """Seat posts at one case: all of them or, when one may not sit there, none.

    Raises `Conflict` unless the consent names the agency of each, when one is seated already or has an office that is
    never at the table, and once the meeting is over, or has been written down when it was entered afterwards; `Invalid`
    when nobody is chosen, somebody is unknown, or the client is to be reached by who is not chosen, or for a meeting
    that has been held.
    """
    _must_be_chosen(meeting, form.post)
    if form.reaching and meeting.state == RECORDED:
        raise Invalid.of("reaching", "seats.reaching_afterwards")
    if not set(form.reaching) <= set(form.post):
        raise Invalid.of("reaching", "seats.reaching_not_chosen")
    pairs = await _pairs(work, meeting, [form.case], form.post)
    for error in (pair.error for pair in pairs if pair.error):
        raise error
    await seat(work, meeting, pairs, form.reaching)


async def fill(work: Work, meeting: Meeting, form: FillingForm) -> None:
    """Seat posts at several cases: whoever sits there already stays.

    Raises as `give_seats`, and `Invalid` with everybody who may not sit at one of the cases, unless the form says that
    the `others` are seated all the same; `Conflict` when nobody is left.
    """
    _must_be_chosen(meeting, form.post)
    if not form.case:
        raise Invalid.of("case", "filling.no_case")
    pairs = [pair for pair in await _pairs(work, meeting, form.case, form.post) if pair.why != "taken"]
    refused = [pair.in_list(work.actor.language) for pair in pairs if pair.error]
    if refused and not form.others:
        raise Invalid(*refused)
    seated = [pair for pair in pairs if not pair.error]
    if not seated:
        raise Conflict("filling.nobody_new")
    await seat(work, meeting, seated, [])


def _must_be_chosen(meeting: Meeting, posts: Sequence[UUID]) -> None:
    must_not_be_over(meeting)
    if not posts:
        raise Invalid.of("post", "meetings.nobody_chosen")


async def _pairs(work: Work, meeting: Meeting, cases: Sequence[str], posts: Sequence[UUID]) -> list[Pair]:
    """Return everybody with each of the cases; as many statements for many as for one."""
    try:
        desks = await open_desks(work, cases, Act.RUN_MEETING)
    except NotVisible:
        raise Invalid.of("case", "error.unknown_case") from None
    ids = [desk.case.id for desk in desks]
    items = await _items(work, meeting, ids)
    colleagues = await people.known_colleagues(work, posts, "post")
    out = await barred_from(work, ids)
    await one_at_a_time(work, *[desk.case for desk in desks])
    bases = await sharing_bases(work, ids)
    theirs = select(Seat.agenda_item_id, Seat.post_id).where(Seat.ended_at.is_(None))
    rows = await work.session.execute(theirs.where(Seat.agenda_item_id.in_([item.id for item in items.values()])))
    taken = {(item_id, post_id) for item_id, post_id in rows}
    return [
        pair(desk, items[desk.case.id], who, out[desk.case.id], bases.get((desk.case.id, who.agency.id)), taken)
        for desk in desks
        for who in colleagues
    ]


def pair(
    desk: Desk,
    item: AgendaItem,
    who: Colleague,
    out: dict[UUID, str],
    basis: LawfulBasis | None,
    taken: set[tuple[UUID, UUID]],
) -> Pair:
    """Return who is to sit at a case, with what forbids it; `out` are who is kept out, `taken` who sits there."""
    if who.person.id in out:
        return Pair(desk, item, who, basis, kept_out(out[who.person.id], who, "post"), "kept_out")
    if basis is None:
        agency = who.agency.name(desk.work.actor.language)
        return Pair(desk, item, who, basis, Conflict("case.agency_not_named", agency=agency), "not_named")
    if who.post.office in desk.model.table.never:
        about = {"name": who.person.name, "office": said(desk.work.actor.language, [who.post.office])}
        return Pair(desk, item, who, basis, Conflict("offices.never", **about), "never")
    if (item.id, who.post.id) in taken:
        return Pair(desk, item, who, basis, Conflict("meeting.seat_taken"), "taken")
    return Pair(desk, item, who, basis, None)


async def _items(work: Work, meeting: Meeting, case_ids: Sequence[UUID]) -> dict[UUID, AgendaItem]:
    """Return the living places of the cases. Raises `Conflict` for one that has none, or is written down already."""
    query = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id, AgendaItem.case_id.in_(case_ids))
    items = {item.case_id: item for item in await work.session.scalars(query.where(AgendaItem.ended_at.is_(None)))}
    if items.keys() != set(case_ids):
        raise Conflict("meeting.not_on_agenda")
    if meeting.state == RECORDED and any(item.discussed_at is not None for item in items.values()):
        raise Conflict("meeting.is_over")
    return items


async def seat(work: Work, meeting: Meeting, pairs: Sequence[Pair], reaching: Sequence[UUID]) -> list[Seat]:
    """Seat everybody on their basis; return their seats in this order. Who is seated in an open meeting is invited."""
    seats = []
    for pair in pairs:
        post, basis = pair.who.post, pair.basis
        if basis is None:
            raise ValueError("nobody is seated without a basis")
        given = Seat(
            id=uuid7(),
            case_id=pair.desk.case.id,
            controller_id=work.actor.agency_id,
            retention_class=pair.desk.case.retention_class,
            agenda_item_id=pair.item.id,
            post_id=post.id,
            reaches_client=post.id in reaching,
        )
        work.session.add(given)
        seats.append(given)
        kinds = (TABLE_KINDS | set(map(Kind, basis.kinds))) - NOT_AT_A_SEAT
        grant(work, basis, post.id, "seat", Capability.READ, kinds, given.id)
        show_how_to_reach(work, meeting, given, basis)
        pair.desk.wrote(Kind.MEETING, recipient_id=pair.who.agency.id)
    await work.session.flush()
    if meeting.state == "open":
        await invitations.invite_seated(work, meeting)
        await invitations.tell_new_spans(work, meeting)
    return seats
