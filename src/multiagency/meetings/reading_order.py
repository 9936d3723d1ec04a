"""Who is in the room when, what the order of the cases costs in waiting, and which order would cost less."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy import select

from multiagency.cases.models import Case, Party
from multiagency.kernel.work import Work
from multiagency.meetings import reading
from multiagency.meetings.models import Meeting
from multiagency.meetings.ordering.given import OrderItem, OrderRefused, OrderRule, Wanted
from multiagency.meetings.ordering.measuring import waiting, waiting_of
from multiagency.meetings.ordering.solving import solve
from multiagency.meetings.reading import ItemView
from multiagency.pathways.definition import PartyRole
from multiagency.pathways.service import parameter
from multiagency.people.reading import team_with

_SECONDS = 1.0
"""That a page takes at most for the order; up to 20 cases are proved in a fraction of it."""
_ONE_AT_A_TIME = asyncio.Semaphore(1)
_WITH_CHILDREN = (
    select(Party)
    .join(Case, Case.id == Party.case_id)
    .where(Party.role == PartyRole.CHILD, Party.struck_at.is_(None))
    .with_only_columns(Party, Case.reference)
)


@dataclass(frozen=True, slots=True)
class PlacedView:
    """A case on the agenda: its number, and when its turn comes if nothing takes longer."""

    case: str
    number: int
    begins: datetime


@dataclass(frozen=True, slots=True)
class StayView:
    """One person's meeting: in each case needed, waiting or away; `minutes` of waiting."""

    name: str
    agency: str
    stays: list[str]
    minutes: int

    def numbers(self, stay: str) -> str:
        """Return the numbers of the cases in which the person is needed, or waits."""
        return ", ".join(str(number) for number, one in enumerate(self.stays, start=1) if one == stay)


@dataclass(frozen=True, slots=True)
class ProposalView:
    """An order in which people wait less; `numbers` are the places where its cases stand now.

    `proved` says that no order is better, `children` that cases with children come first in it.
    """

    cases: list[str]
    numbers: list[int]
    minutes: int
    proved: bool
    children: bool


@dataclass(frozen=True, slots=True)
class OrderView:
    """The order of a meeting's cases as it is, and a better one if there is one."""

    items: list[PlacedView]
    people: list[StayView]
    minutes: int
    each: int
    proposal: ProposalView | None
    begun: bool
    best: bool


async def order_of(work: Work, meeting: Meeting, language: str) -> OrderView:
    """Return who is needed when, and an order with less waiting; none once a case of it was discussed."""
    items = (await reading.agenda(work, meeting, language)).items
    each = await _number(work, meeting, "case_minutes")
    first = await _children(work, items) if await _number(work, meeting, "children_first") else set()
    asked = _asked(items, each, first)
    begun = any(item.discussed for item in items)
    now = waiting(asked, range(len(items)))
    proposal, best = (None, False) if begun or len(items) < 2 else await _proposal(asked, items, now)
    return OrderView(
        items=[
            PlacedView(item.case, place + 1, meeting.starts_at + timedelta(minutes=place * each))
            for place, item in enumerate(items)
        ],
        people=_stays(asked, items),
        minutes=int(now),
        each=each,
        proposal=proposal,
        begun=begun,
        best=best,
    )


async def _number(work: Work, meeting: Meeting, name: str) -> int:
    team = await team_with(work, meeting.team_id)
    return await parameter(work, team.pathway, name, team.id)


async def _children(work: Work, items: Sequence[ItemView]) -> set[str]:
    """Return the cases in which there are children, as far as the actor may see that."""
    query = _WITH_CHILDREN.where(Case.reference.in_([item.case for item in items]))
    return {reference for _, reference in await work.session.execute(query)}


def _asked(items: Sequence[ItemView], each: int, first: set[str]) -> Wanted:
    rows = [OrderItem(item.case, Fraction(each), frozenset(str(seat.post) for seat in item.seats)) for item in items]
    places = tuple(place for place, item in enumerate(items) if item.case in first)
    return Wanted(tuple(rows), {}, (OrderRule("first", {}, places),) if places else ())


async def _proposal(asked: Wanted, items: Sequence[ItemView], now: Fraction) -> tuple[ProposalView | None, bool]:
    """Return a better order if there is one, and whether the present one is proved to be the best."""
    async with _ONE_AT_A_TIME:
        try:
            found = await asyncio.to_thread(solve, asked, _SECONDS)
        except OrderRefused:
            return None, False
    children = bool(asked.rules)
    if found.order == list(range(len(items))):
        return None, found.optimal
    if found.waiting >= now and not children:
        return None, found.optimal
    cases = [items[place].case for place in found.order]
    numbers = [place + 1 for place in found.order]
    return ProposalView(cases, numbers, int(found.waiting), found.optimal, children), False


def _stays(asked: Wanted, items: Sequence[ItemView]) -> list[StayView]:
    waits = waiting_of(asked, range(len(items)))
    seats = {str(seat.post): seat for item in items for seat in item.seats}
    found = []
    for post, seat in seats.items():
        needed = [post in item.people for item in asked.items]
        last = len(needed) - 1 - needed[::-1].index(True)
        stays = [
            "needed" if here else "waits" if needed.index(True) < place < last else "away"
            for place, here in enumerate(needed)
        ]
        found.append(StayView(seat.name, seat.agency, stays, int(waits[post])))
    return sorted(found, key=lambda one: (one.stays.index("needed"), -one.stays.count("needed"), one.name))
