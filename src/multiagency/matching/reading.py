"""Other names of the people in a case, and the search for earlier cases of the same people.

Facts F55 and F78: aliases and alternative birth dates are searched too; a possible match is shown to the coordinator
only. The database answers the search (`matching_cases`), so that nobody else gets even a count.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, Text, Uuid, func, select

from multiagency.cases.desk import Desk
from multiagency.cases.models import Party
from multiagency.cases.service_grants import COORDINATION
from multiagency.kernel.access import Kind
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.journal import Mode
from multiagency.kernel.lookup import Looked
from multiagency.matching.models import Alias, PartyAlias
from multiagency.matching.reading_keys import strong, telling

CLIENT, VIOLENT = "client", "person_using_violence"
OVER = frozenset({"closed", "withdrawn"})
"""Stages after which nothing more is recorded about the people of a case."""
_FOUND = (
    *(Column(name, kind) for name, kind in (("case_id", Uuid), ("reference", Text), ("stage", Text))),
    Column("opened_at", DateTime(timezone=True)),
    *(Column(name, Text) for name in ("here", "there", "what")),
    Column("former", Boolean),
)


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
    """Another case that shares a person with this one, by (role here, role there)."""

    case_id: UUID
    reference: str
    stage: str
    opened_at: datetime
    shared: dict[tuple[str, str], Shared] = field(default_factory=dict)

    @property
    def repeat(self) -> bool:
        """Whether victim and person using violence are both the same: a repeat (fact F18), when dates agree too."""
        return {(CLIENT, CLIENT), (VIOLENT, VIOLENT)} <= self.shared.keys()

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


async def aliases(desk: Desk, party_id: UUID | None = None) -> list[AliasView]:
    """Return the other names and birth dates of the client, or of a party, the first recorded first."""
    query = select(Alias).where(Alias.case_id == desk.case.id).order_by(Alias.id)
    of_party = select(PartyAlias).where(PartyAlias.case_id == desk.case.id, PartyAlias.party_id == party_id)
    rows = await desk.work.session.scalars(of_party.order_by(PartyAlias.id) if party_id else query)
    return [
        AliasView(row.id, *[await desk.work.vault.open(row, column) for column in ("name", "birth_date")])
        for row in rows
    ]


async def _controllers(desk: Desk) -> dict[UUID, UUID]:
    """Return whose record each case is that was found, for the log: some of them are not in the coordinator's sight."""
    asked = func.matching_controllers(desk.case.id).table_valued(Column("case_id", Uuid), Column("controller_id", Uuid))
    return {row.case_id: row.controller_id for row in await desk.work.session.execute(select(asked))}


async def matches(desk: Desk) -> list[Match]:
    """Return the team's other cases that share a person with this one, the most certain and the newest first.

    Every case that is found is logged as one that was looked up, with its client as the subject.
    """
    asked = func.matching_cases(desk.case.id).table_valued(*_FOUND)
    found: dict[UUID, Match] = {}
    for row in await desk.work.session.execute(select(asked)):
        match = found.setdefault(row.case_id, Match(row.case_id, row.reference, row.stage, row.opened_at))
        shared = match.shared.setdefault((row.here, row.there), Shared())
        (shared.former if row.former else shared.what).append(Looked(row.what))
    controllers = await _controllers(desk)
    for match in found.values():
        desk.work.record(
            Mode.READ,
            {Kind.SHELL, Kind.IDENTITY},
            subjects=[match.case_id],
            case_id=match.case_id,
            case_reference=match.reference,
            controller_id=controllers.get(match.case_id),
            basis=COORDINATION,
            result="matched",
        )
        for shared in match.shared.values():
            shared.settle()
    return sorted(found.values(), key=lambda match: (match.repeat, match.strong, match.opened_at), reverse=True)
