"""Reading a meeting: the agenda as its coordinator sees it, and one's own cases in it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, select

from multiagency.cases.desk import Desk, rest_on_grants
from multiagency.cases.models import AccessGrant, Case
from multiagency.cases.reading_first import CaseId, Rows, first, first_row
from multiagency.cases.service_bars import not_barred
from multiagency.cases.service_coordination import take_up
from multiagency.cases.service_grants import sharing_agencies, sharing_bases
from multiagency.kernel.access import Capability
from multiagency.kernel.work import Work
from multiagency.meetings.models import AgendaItem, Invitation, InvitationMail, InvitationRemark, Meeting, Seat
from multiagency.meetings.questions import AgendaNote, AgendaNotes
from multiagency.meetings.reading_offices import OfficeView, offices_at
from multiagency.meetings.reading_research import Returns, returns_at
from multiagency.meetings.service_invitations import seats_of
from multiagency.meetings.service_replies import shown
from multiagency.meetings.service_states import has_begun
from multiagency.pathways.definition import StageKind, definition
from multiagency.people import reading as people
from multiagency.people.models import Agency, Person, Post
from multiagency.people.reading import Colleague

_PLACED_FROM = (StageKind.OPEN, StageKind.FOLLOW_UP)
_ENDED_BECAUSE = {StageKind.WITHDRAWN: "withdrawn", StageKind.ENDED: "closed"}
_is_newest = and_(InvitationMail.invitation_id == Invitation.id, InvitationMail.sequence == Invitation.sequence)
_MEETING = bindparam("meeting", type_=Uuid)

# Made once: to make a statement costs more than to ask it.
_AGENDA = (
    select(AgendaItem, Case)
    .join(Case, Case.id == AgendaItem.case_id)
    .where(AgendaItem.meeting_id == _MEETING)
    .order_by(AgendaItem.position, AgendaItem.id)
)
_COORDINATED = select(AccessGrant.case_id).where(
    AccessGrant.post_id == bindparam("post"),
    AccessGrant.capability == Capability.COORDINATE,
    AccessGrant.ended_at.is_(None),
)
_HERE = select(AgendaItem.case_id).where(AgendaItem.meeting_id == _MEETING, AgendaItem.ended_at.is_(None))
_QUEUE = (
    select(Case)
    .where(Case.id.in_(_COORDINATED), Case.team_id == bindparam("team"), Case.stage_kind.in_(_PLACED_FROM))
    .where(Case.id.not_in(_HERE))
    .order_by(Case.stage_kind.desc(), Case.submitted_at)
)
_SEATS = (
    select(Seat.agenda_item_id, Seat.reaches_client, Seat.observes, Post, Person.name, Agency)
    .join(Post, Post.id == Seat.post_id)
    .join(Person, Person.id == Post.person_id)
    .join(Agency, Agency.id == Post.agency_id)
    .where(Seat.agenda_item_id.in_(bindparam("items", expanding=True)), Seat.ended_at.is_(None))
    .order_by(Agency.name_fi, Person.name)
)
_INSTEAD = (
    select(Person.name)
    .join(Post, Post.person_id == Person.id)
    .where(Post.id == Invitation.instead_id)
    .correlate(Invitation)
    .scalar_subquery()
)
_INVITED = (
    select(Invitation, Post, Person.name, Agency, InvitationMail, _INSTEAD, InvitationRemark)
    .join(Post, Post.id == Invitation.post_id)
    .join(Person, Person.id == Post.person_id)
    .join(Agency, Agency.id == Post.agency_id)
    .join(InvitationMail, _is_newest, isouter=True)
    .join(InvitationRemark, InvitationRemark.invitation_id == Invitation.id, isouter=True)
    .where(Invitation.meeting_id == _MEETING)
    .order_by(Agency.name_fi, Person.name)
)


@dataclass(frozen=True, slots=True)
class SeatView:
    """Who sits at a case, and whether to reach its client."""

    post: UUID
    name: str
    title: str
    agency: str
    reaches_client: bool
    observes: bool = False


@dataclass(frozen=True, slots=True)
class ItemView:
    """A case on the agenda; `discussed` tells that its minutes in this meeting are approved.

    `notes` are what waits to be settled there and `offices` those that its model requires, as long as it is not;
    `returns` how many agencies have answered what they know, where somebody was asked.
    """

    case: str
    stage: str
    room: UUID
    discussed: bool
    seats: list[SeatView]
    notes: list[AgendaNote]
    offices: list[OfficeView]
    returns: Returns | None


@dataclass(frozen=True, slots=True)
class EndedView:
    """A case that is no longer on the agenda, and what ended it: an act, or the stage that the case has come to."""

    case: str
    because: str


@dataclass(frozen=True, slots=True)
class InvitedView:
    """How an invitation stands: the answer, who could come instead, and what became of the newest message.

    `refusal` is what the recipient's server said when it refused that; `remark` what was answered by mail.
    """

    post: UUID
    name: str
    title: str
    agency: str
    answer: str
    cancelled: bool
    delivery: str
    instead: str = ""
    refusal: str = ""
    remark: InvitationRemark | None = None


@dataclass(frozen=True, slots=True)
class AgendaView:
    """A meeting as its coordinator sees it; `ended` holds the cases that came off the agenda."""

    items: list[ItemView]
    invited: list[InvitedView]
    ended: list[EndedView]

    def uninvited(self) -> list[SeatView]:
        """Return who has a seat and no living invitation, each person once."""
        living = {invitation.post for invitation in self.invited if not invitation.cancelled}
        seated = {seat.post: seat for item in self.items for seat in item.seats}
        return [seat for post, seat in seated.items() if post not in living]


@dataclass(frozen=True, slots=True)
class TableView:
    """Who sits at one case, and who may: colleagues in agencies that the consent names and who have no seat yet."""

    seated: list[SeatView]
    free: list[Colleague]

    @property
    def namesakes(self) -> bool:
        """Tell whether two of those who may be chosen have the same name."""
        names = [colleague.person.name for colleague in self.free]
        return len(names) > len(set(names))


@dataclass(frozen=True, slots=True)
class FillableView:
    """A case that waits on an agenda, and the agencies that may be given it."""

    case: str
    agencies: list[str]


@dataclass(frozen=True, slots=True)
class FillingView(TableView):
    """The cases that people can be seated at, and everybody of an agency that may be given one of them."""

    cases: list[FillableView]


@dataclass(frozen=True, slots=True)
class WaitingView:
    """A case that may come on an agenda; `again` tells that it has been discussed before."""

    case: str
    again: bool


async def agenda(work: Work, meeting: Meeting, language: str) -> AgendaView:
    """Return agenda, seats, answers and delivery of a meeting, whose cases its coordinator takes up first."""
    return (await agenda_and_queue(work, meeting, language, queue=False))[0]


async def agenda_and_queue(
    work: Work, meeting: Meeting, language: str, *, queue: bool = True
) -> tuple[AgendaView, list[WaitingView]]:
    """Return that, and the cases that may come on the agenda."""
    await take_up(work)
    placed = (await work.session.execute(_AGENDA, {_MEETING.key: meeting.id})).all()
    living = [(item, case) for item, case in placed if item.ended_at is None]
    seats = await seats_at(work, [item.id for item, _ in living], language)
    queued = await _queue(work, meeting) if queue else []
    await rest_on_grants(work, [*(case for _, case in placed), *queued])
    notes = await _notes(work, [case.id for item, case in living if item.discussed_at is None])
    offices = await offices_at(work, [(item, case) for item, case in living if item.discussed_at is None])
    returns = await returns_at(work, [item.id for item, _ in living if item.discussed_at is None])
    items = [
        ItemView(
            case=case.reference,
            stage=case.stage,
            room=item.room,
            discussed=item.discussed_at is not None,
            seats=seats.get(item.id, []),
            notes=notes.get(case.id, []),
            offices=offices.get(item.id, []),
            returns=returns.get(item.id),
        )
        for item, case in living
    ]
    here = {case.id for _, case in living}
    ended = {case.reference: _because(item, case) for item, case in placed if case.id not in here}
    views = [EndedView(reference, because) for reference, because in ended.items()]
    waiting = [WaitingView(case.reference, again=case.stage_kind != StageKind.OPEN) for case in queued]
    return AgendaView(items, await _invited(work, meeting, language), views), waiting


async def _notes(work: Work, case_ids: Collection[UUID]) -> dict[UUID, list[AgendaNote]]:
    found: dict[UUID, list[AgendaNote]] = {}
    for note in await work.ask(AgendaNotes(work, case_ids)) if case_ids else ():
        found.setdefault(note.case_id, []).append(note)
    return found


def _because(item: AgendaItem, case: Case) -> str:
    """Say what ended a place on the agenda: whoever ended it said so, or the case came to its end."""
    if item.ended_because is not None:
        return item.ended_because
    return _ENDED_BECAUSE.get(StageKind(case.stage_kind), "otherwise")


async def _queue(work: Work, meeting: Meeting) -> Sequence[Case]:
    """Return the cases of the meeting's team that the actor coordinates and that may come on its agenda.

    First the submitted ones, the longest waiting first, then those that may be taken up again.
    """
    about = {_MEETING.key: meeting.id, "team": meeting.team_id, "post": work.actor.post_id}
    return [case for case in await work.session.scalars(_QUEUE, about) if leads_to_a_table(case)]


def leads_to_a_table(case: Case) -> bool:
    """Tell whether the model of the case leads from its stage to an agenda."""
    return definition(case.pathway, case.pathway_version).next_of(case.stage, StageKind.TABLE) is not None


async def seats_at(work: Work, item_ids: Sequence[UUID], language: str) -> dict[UUID, list[SeatView]]:
    """Return who sits at each of these places on an agenda, agency by agency."""
    found: dict[UUID, list[SeatView]] = {}
    for item_id, reaches, observes, post, name, agency in await work.session.execute(_SEATS, {"items": item_ids}):
        found.setdefault(item_id, []).append(
            SeatView(post.id, name, people.titled(post, language), agency.name(language), reaches, observes)
        )
    return found


async def _invited(work: Work, meeting: Meeting, language: str) -> list[InvitedView]:
    return [
        InvitedView(
            post=post.id,
            name=name,
            title=people.titled(post, language),
            agency=agency.name(language),
            answer=row.answer,
            cancelled=row.cancelled_at is not None,
            delivery=mail.state if mail else "",
            instead=another or "",
            refusal=(mail and mail.words) or "",
            remark=shown(row, remark),
        )
        for row, post, name, agency, mail, another, remark in await work.session.execute(
            _INVITED, {_MEETING.key: meeting.id}
        )
    ]


async def table(desk: Desk, item: AgendaItem, language: str) -> TableView:
    """Return who sits at a case and who may be seated there."""
    seated = (await seats_at(desk.work, [item.id], language)).get(item.id, [])
    named = await people.colleagues(desk.work, await sharing_agencies(desk.work, desk.case))
    taken, never = {seat.post for seat in seated}, desk.model.table.never
    free = [who for who in await not_barred(desk, named) if who.post.id not in taken and who.post.office not in never]
    return TableView(seated, free)


async def to_be_filled(work: Work, meeting: Meeting, language: str) -> FillingView:
    """Return what a form needs that fills the whole meeting."""
    await take_up(work)
    living = (AgendaItem.meeting_id == meeting.id, AgendaItem.ended_at.is_(None), AgendaItem.discussed_at.is_(None))
    rows = await work.session.scalars(
        select(Case).join(AgendaItem, AgendaItem.case_id == Case.id).where(*living).order_by(AgendaItem.position)
    )
    cases = rows.all()
    await rest_on_grants(work, cases)
    sharing = await sharing_bases(work, [case.id for case in cases])
    names = {agency.id: agency.name(language) for agency in await people.agencies(work)}
    given = {case.id: [names[agency] for of, agency in sharing if of == case.id] for case in cases}
    free = await people.colleagues(work, {agency for _, agency in sharing})
    views = [FillableView(case.reference, sorted(given[case.id])) for case in cases]
    return FillingView([], free, views)


def places(case_id: CaseId) -> Rows:
    """Ask where the case stands on an agenda, the newest place first: it may be discussed more than once."""
    return (
        select(AgendaItem, Meeting)
        .join(Meeting, AgendaItem.meeting_id == Meeting.id)
        .where(AgendaItem.case_id == case_id, AgendaItem.ended_at.is_(None))
        .order_by(AgendaItem.id.desc())
    )


def discussed(case_id: CaseId) -> Rows:
    """Ask for a place on an agenda whose minutes were approved."""
    return select(AgendaItem).where(AgendaItem.case_id == case_id, AgendaItem.discussed_at.is_not(None))


async def was_discussed(desk: Desk) -> bool:
    """Tell whether the minutes of a meeting about the case have been approved, as far as the actor may know."""
    return await first(desk, discussed) is not None


async def is_at_the_table(desk: Desk) -> bool:
    """Tell whether the case is on the agenda of a meeting that has begun, and its minutes are still to be approved."""
    row = await first_row(desk, places)
    if row is None:
        return False
    item, meeting = row
    return item.discussed_at is None and has_begun(meeting)


async def my_cases(work: Work, meeting: Meeting) -> Sequence[tuple[Case, Seat]]:
    """Return the cases at which the actor has a living seat in a meeting, with it, in the order of the agenda."""
    seats = {item.case_id: seat for seat, item in await seats_of(work, meeting.id)}
    found = {case.id: case for case in await work.session.scalars(select(Case).where(Case.id.in_(seats)))}
    cases = [(found[case_id], seat) for case_id, seat in seats.items() if case_id in found]
    await rest_on_grants(work, [case for case, _ in cases])
    return cases
