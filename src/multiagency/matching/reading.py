"""Other names of the people in a case, and the search for earlier cases of the same people.

Facts F55 and F78: aliases and alternative birth dates are searched too; a possible match is shown to the coordinator
only. The database answers the search (`matching_cases`), so that nobody else gets even a count.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, Text, Uuid, bindparam, func, literal, select

from multiagency.cases.desk import Desk
from multiagency.cases.models import Party
from multiagency.cases.reading_first import CaseId, Rows
from multiagency.cases.service_grants import COORDINATION
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import later, now, to_helsinki
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.journal import Mode
from multiagency.kernel.lookup import Looked
from multiagency.matching.models import Alias, PartyAlias
from multiagency.matching.reading_keys import strong, telling
from multiagency.pathways.definition import PartyRole

CLIENT, VIOLENT = "client", PartyRole.FEARED
_FOUND = (
    *(
        Column(name, kind)
        for name, kind in (("case_id", Uuid), ("reference", Text), ("pathway", Text), ("stage", Text))
    ),
    *(Column(name, DateTime(timezone=True)) for name in ("opened_at", "submitted_at", "discussed_at")),
    *(Column(name, Text) for name in ("here", "there", "what")),
    Column("former", Boolean),
)
_OWNED = (Column("case_id", Uuid), Column("controller_id", Uuid))


@dataclass(frozen=True, slots=True)
class AliasView:
    """Another name or birth date, opened."""

    id: UUID
    name: str
    birth_date: str


@dataclass(slots=True)
class Shared:
    """What agrees of a person who stands in both cases; `former` agrees only with a record that was corrected since."""

    what: list[Looked] = field(default_factory=list)
    former: list[Looked] = field(default_factory=list)

    @property
    def strong(self) -> bool:
        """Whether it is the same person, nearly always; else possibly."""
        return strong(self.what)

    def settle(self) -> None:
        """Leave out what follows from the rest."""
        said = {*self.what, *self.former}
        self.what = telling(self.what)
        self.former = [what for what in telling(self.former) if what in telling(said) and what not in self.what]


@dataclass(slots=True)
class Match:
    """Another case that shares a person with this one, by (role here, role there).

    `recent` tells that no more than `months` lie between the two, by the team's own way of counting them.
    """

    case_id: UUID
    reference: str
    pathway: str
    stage: str
    opened_at: datetime
    submitted_at: datetime
    discussed_at: datetime | None
    recent: bool = False
    months: int = 0
    shared: dict[tuple[str, str], Shared] = field(default_factory=dict)

    @property
    def same_people(self) -> bool:
        """Whether victim and person using violence are both the same."""
        return {(CLIENT, CLIENT), (VIOLENT, VIOLENT)} <= self.shared.keys()

    @property
    def repeat(self) -> bool:
        """Whether it is a repeat: the same two people within the months that count (fact F18)."""
        return self.same_people and self.recent

    @property
    def strong(self) -> bool:
        """Whether somebody is the same nearly for certain; names alone may belong to two people."""
        return any(shared.strong for shared in self.shared.values())


async def party_of(desk: Desk, party_id: UUID) -> Party:
    """Return somebody else in this case. Raises `NotVisible` for one who is not."""
    party = await desk.work.session.get(Party, party_id)
    if party is None or party.case_id != desk.case.id:
        raise NotVisible
    return party


def alias(case_id: CaseId) -> Rows:
    """Ask for any other name or birth date of the client."""
    return select(Alias).where(Alias.case_id == case_id).order_by(Alias.id)


async def aliases(desk: Desk, party_id: UUID | None = None) -> list[AliasView]:
    """Return the other names and birth dates of the client, or of a party, the first recorded first."""
    of_party = select(PartyAlias).where(PartyAlias.case_id == desk.case.id, PartyAlias.party_id == party_id)
    rows = await desk.work.session.scalars(
        of_party.order_by(PartyAlias.id) if party_id else alias(literal(desk.case.id))
    )
    return [
        AliasView(row.id, *[await desk.work.vault.open(row, column) for column in ("name", "birth_date")])
        for row in rows
    ]


async def _count_months(desk: Desk, found: Iterable[Match]) -> None:
    """Say of each case whether it lies within the months of a repeat.

    They run from the earlier referral, or where the team counts so from its last meeting, to the later referral; the
    day that ends them belongs to them (facts F18 and F19).
    """
    case = desk.case
    months, by_meeting = [await desk.number(name) for name in ("repeat_months", "repeat_from_meeting")]
    here = case.submitted_at or now()
    for match in found:
        discussed = match.discussed_at if by_meeting and match.discussed_at else match.submitted_at
        began = min(discussed, here) if match.submitted_at <= here else here
        ended = max(match.submitted_at, here)
        last_day = later(to_helsinki(began).date(), months=months)
        match.months, match.recent = months, to_helsinki(ended).date() <= last_day


_LOOKED_UP = func.matching_cases(bindparam("case", type_=Uuid)).table_valued(*_FOUND)
_OWNERS = func.matching_controllers(bindparam("case", type_=Uuid)).table_valued(*_OWNED)
"""Whose records they are: some are not in the coordinator's sight."""
_MATCHING = select(_LOOKED_UP, _OWNERS.c.controller_id).outerjoin(_OWNERS, _OWNERS.c.case_id == _LOOKED_UP.c.case_id)


async def matches(desk: Desk) -> list[Match]:
    """Return the team's other cases that share a person with this one, the most certain and the newest first.

    Every case that is found is logged as one that was looked up, with its client as the subject.
    """
    found: dict[UUID, Match] = {}
    controllers: dict[UUID, UUID] = {}
    for row in await desk.work.session.execute(_MATCHING, {"case": desk.case.id}):
        controllers[row.case_id] = row.controller_id
        match = found.setdefault(row.case_id, Match(*row[:7]))
        shared = match.shared.setdefault((row.here, row.there), Shared())
        (shared.former if row.former else shared.what).append(Looked(row.what))
    await _count_months(desk, found.values())
    for match in found.values():
        desk.work.record(
            Mode.READ,
            {Kind.SHELL, Kind.IDENTITY},
            subjects=[match.case_id],
            case_id=match.case_id,
            case_reference=match.reference,
            controller_id=controllers[match.case_id],
            basis=COORDINATION,
            result="matched",
        )
        for shared in match.shared.values():
            shared.settle()
    return sorted(
        found.values(), key=lambda match: (match.repeat, match.same_people, match.strong, match.opened_at), reverse=True
    )
