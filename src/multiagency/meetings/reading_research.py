"""Research: what the agencies at the table of a case have answered, who is left out, and who is asked about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk, desk_for
from multiagency.cases.models import Case, Client, LawfulBasis, Party
from multiagency.cases.reading_identity import recorded
from multiagency.cases.service_grants import sharing_bases
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import today
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.ids import as_reference
from multiagency.kernel.versions import Change, Saved
from multiagency.kernel.work import Work
from multiagency.matching.reading import AliasView
from multiagency.matching.reading_aliases import aliases_of_all
from multiagency.meetings.models import AgendaItem, Meeting, Seat
from multiagency.meetings.models_research import ResearchAnswer, ResearchRequest
from multiagency.meetings.service_states import must_wait
from multiagency.people import reading as people
from multiagency.people.models import Person, Post

WHO_THEY_ARE = frozenset({Kind.IDENTITY, Kind.PARTY})
"""The kinds of which at least one must be given to an agency that is asked: else there is nobody to ask about."""


@dataclass(frozen=True, slots=True)
class Returns:
    """How many agencies were asked about a case, have answered, and have let their last day pass without."""

    asked: int
    returned: int
    late: int


@dataclass(frozen=True, slots=True)
class ResearchAnswerView:
    """What an agency answered, when, and who said so (title and name)."""

    answer: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ReturnView:
    """How one agency stands; `answer` is None where there is none, or it is not in sight of whoever looks."""

    agency_id: UUID
    agency: str
    asked_at: datetime
    due_on: date
    returned_at: datetime | None
    answer: ResearchAnswerView | None

    @property
    def state(self) -> str:
        """Return known, nothing_known, answered (what, is not shown), late or waits: silence is no answer."""
        if self.returned_at is not None:
            return self.answer.answer if self.answer else "answered"
        return "late" if self.due_on < today() else "waits"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An agency that is not asked, and why: not_named, nobody_named or no_seat."""

    agency: str
    because: str


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody who sits at a case."""

    item_id: UUID
    post: Post
    name: str

    @property
    def label(self) -> str:
        """Name and title."""
        return f"{self.name}, {self.post.title}"


@dataclass(frozen=True, slots=True)
class AskableView:
    """The agencies that can be asked now with those of their people who sit there, and those that are left out."""

    askable: dict[UUID, list[Seated]]
    left_out: list[LeftOut]


@dataclass(frozen=True, slots=True)
class Identified:
    """Somebody in the case by what they are searched by: names and birth dates (ISO 8601), and nothing else.

    Not even their role: who is the client, and who uses violence, is content.
    """

    names: list[str]
    born: list[str]


@dataclass(frozen=True, slots=True)
class OwnResearch:
    """What one's own agency is asked at one's own seat, with all it has answered, the newest last."""

    desk: Desk
    request: ResearchRequest
    item: AgendaItem
    meeting: Meeting
    answers: list[tuple[ResearchAnswer, ResearchAnswerView]]

    @property
    def waits(self) -> bool:
        """Whether it can be answered, or corrected: until the meeting begins."""
        return must_wait(self.meeting)

    @property
    def saved(self) -> Saved:
        """Return the answer as its form shows it."""
        about = f"research:{self.request.id}"
        if not self.answers:
            return Saved(about, {"knows": ""})
        row, view = self.answers[-1]
        return Saved(about, {"knows": view.answer}, {"knows": Change(row.answered_by_id, row.answered_at)})


async def living(work: Work, item_ids: Collection[UUID]) -> Sequence[ResearchRequest]:
    """Return what is asked at these places on agendas, as far as it is in sight, the first asked first."""
    if not item_ids:
        return []
    query = select(ResearchRequest).where(
        ResearchRequest.agenda_item_id.in_(item_ids), ResearchRequest.ended_at.is_(None)
    )
    return (await work.session.scalars(query.order_by(ResearchRequest.id))).all()


async def returns_at(work: Work, item_ids: Collection[UUID]) -> dict[UUID, Returns]:
    """Return how many have answered at each of these places where somebody was asked."""
    found: dict[UUID, list[ResearchRequest]] = {}
    for row in await living(work, item_ids):
        found.setdefault(row.agenda_item_id, []).append(row)
    return {item: _counted(rows) for item, rows in found.items()}


def _counted(rows: Sequence[ResearchRequest]) -> Returns:
    missing = [row for row in rows if row.returned_at is None]
    return Returns(len(rows), len(rows) - len(missing), sum(row.due_on < today() for row in missing))


async def returns_of(work: Work, item: AgendaItem, language: str) -> list[ReturnView]:
    """Return how each agency that was asked about a case stands, by name, with the answers that are in sight."""
    rows = await living(work, [item.id])
    answers = {row.request_id: view for row, view in await _answers(work, [row.id for row in rows])}
    named = {agency.id: agency.name(language) for agency in await people.agencies(work)}
    views = [
        ReturnView(row.agency_id, named[row.agency_id], row.asked_at, row.due_on, row.returned_at, answers.get(row.id))
        for row in rows
    ]
    return sorted(views, key=lambda view: view.agency)


async def _answers(work: Work, request_ids: Collection[UUID]) -> list[tuple[ResearchAnswer, ResearchAnswerView]]:
    """Return the answers in sight, the newest last."""
    query = (
        select(ResearchAnswer, Person.name, Post.title)
        .join(Post, Post.id == ResearchAnswer.answered_by_id)
        .join(Person, Person.id == Post.person_id)
        .where(ResearchAnswer.request_id.in_(request_ids))
        .order_by(ResearchAnswer.answered_at, ResearchAnswer.id)
    )
    rows = (await work.session.execute(query)).all() if request_ids else []
    return [
        (row, ResearchAnswerView(await work.vault.open(row, "answer"), row.answered_at, f"{name}, {title}"))
        for row, name, title in rows
    ]


async def may_be_asked(desk: Desk, item: AgendaItem, language: str) -> AskableView:
    """Return who can be asked about a case now: who sits there, and is given who it is about.

    Left out are the other agencies that are given something of the case, or sit at another case of the meeting.
    """
    work = desk.work
    seated = await _seated(work, item.meeting_id)
    held = {agency: basis for (_, agency), basis in (await sharing_bases(work, [desk.case.id])).items()}
    asked = {row.agency_id for row in await living(work, [item.id])}
    named = {agency.id: agency.name(language) for agency in await people.agencies(work)}
    askable: dict[UUID, list[Seated]] = {}
    left_out: list[LeftOut] = []
    for agency in sorted({*held, *(one.post.agency_id for one in seated)} - asked, key=lambda one: named[one]):
        here = [one for one in seated if one.item_id == item.id and one.post.agency_id == agency]
        if because := _why_not(held.get(agency), here):
            left_out.append(LeftOut(named[agency], because))
        else:
            askable[agency] = here
    return AskableView(askable, left_out)


def _why_not(basis: LawfulBasis | None, here: Sequence[Seated]) -> str:
    if basis is None:
        return "not_named"
    if not WHO_THEY_ARE & set(map(Kind, basis.kinds)):
        return "nobody_named"
    return "" if here else "no_seat"


async def _seated(work: Work, meeting_id: UUID) -> list[Seated]:
    query = (
        select(Seat.agenda_item_id, Post, Person.name)
        .join(Post, Post.id == Seat.post_id)
        .join(Person, Person.id == Post.person_id)
        .join(AgendaItem, AgendaItem.id == Seat.agenda_item_id)
        .where(AgendaItem.meeting_id == meeting_id, AgendaItem.ended_at.is_(None), Seat.ended_at.is_(None))
        .order_by(Person.name)
    )
    return [Seated(*row) for row in await work.session.execute(query)]


async def own_research(work: Work, meeting: str, case: str) -> OwnResearch:
    """Return what the actor's agency is asked at the actor's own seat. Raises `NotVisible` without either."""
    query = (
        select(ResearchRequest, AgendaItem, Meeting, Case)
        .join(AgendaItem, AgendaItem.id == ResearchRequest.agenda_item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .join(Seat, Seat.agenda_item_id == AgendaItem.id)
        .join(Case, Case.id == ResearchRequest.case_id)
        .where(Meeting.reference == as_reference(meeting), Case.reference == as_reference(case))
        .where(ResearchRequest.agency_id == work.actor.agency_id, ResearchRequest.ended_at.is_(None))
        .where(Seat.post_id == work.actor.post_id, Seat.ended_at.is_(None))
        .where(AgendaItem.ended_at.is_(None), AgendaItem.discussed_at.is_(None))
    )
    row = (await work.session.execute(query)).one_or_none()
    if row is None:
        raise NotVisible
    desk = await desk_for(work, row.Case)
    return OwnResearch(
        desk, row.ResearchRequest, row.AgendaItem, row.Meeting, await _answers(work, [row.ResearchRequest.id])
    )


async def asked_at_my_seats(work: Work, meeting: Meeting) -> dict[UUID, ResearchRequest]:
    """Return what the actor's agency is asked at the actor's own seats in a meeting, by the case."""
    query = (
        select(ResearchRequest)
        .join(AgendaItem, AgendaItem.id == ResearchRequest.agenda_item_id)
        .join(Seat, Seat.agenda_item_id == AgendaItem.id)
        .where(AgendaItem.meeting_id == meeting.id, AgendaItem.ended_at.is_(None), AgendaItem.discussed_at.is_(None))
        .where(Seat.post_id == work.actor.post_id, Seat.ended_at.is_(None))
        .where(ResearchRequest.agency_id == work.actor.agency_id, ResearchRequest.ended_at.is_(None))
    )
    return {row.case_id: row for row in await work.session.scalars(query)}


async def identifiers(desk: Desk) -> list[Identified]:
    """Return by what the people of a case are searched, as far as they are in sight: never a code, nor an address.

    The birth date is told also where the record holds only the identity code that says it.
    """
    work, rows = desk.work, list[Client | Party]()
    if Kind.IDENTITY in desk.kinds:
        client = await work.session.get(Client, desk.case.id)
        rows += [client] if client else []
    if Kind.PARTY in desk.kinds:
        rows += await work.session.scalars(select(Party).where(Party.case_id == desk.case.id).order_by(Party.id))
    also = await aliases_of_all(desk)
    return [await _identified(desk, row, also.get(row.id if isinstance(row, Party) else None, [])) for row in rows]


async def _identified(desk: Desk, row: Client | Party, others: Sequence[AliasView]) -> Identified:
    found = await recorded(desk, row)
    names = [found.name, *(other.name for other in others)]
    born = [found.born, *(other.birth_date for other in others)]
    return Identified([name for name in names if name], [day for day in born if day])
