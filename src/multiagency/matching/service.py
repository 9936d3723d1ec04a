"""Hashes kept in step with the people of a case, other names of the client, and the search for earlier cases.

Facts F55 and F78: aliases and alternative birth dates are searched too; a possible match is shown to the coordinator
only. The database answers the search (`matching_cases`), so that nobody else gets even a count.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from uuid import UUID

from sqlalchemy import Column, DateTime, Text, Uuid, delete, func, insert, select

from multiagency.cases.desk import Desk
from multiagency.cases.events import SomebodyRecorded
from multiagency.cases.models import Client
from multiagency.cases.service import scope
from multiagency.cases.service_grants import COORDINATION
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now, today
from multiagency.kernel.errors import Conflict, Invalid, NotVisible
from multiagency.kernel.identity_code import birth_date
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.lookup import Looked, Lookup
from multiagency.matching.forms import AliasForm
from multiagency.matching.models import Alias, LookupHash

CLIENT, VIOLENT = "client", "person_using_violence"
OVER = frozenset({"closed", "withdrawn"})
"""Stages after which nothing more is recorded about the client."""
_FOUND = (
    *(Column(name, kind) for name, kind in (("case_id", Uuid), ("reference", Text), ("stage", Text))),
    Column("opened_at", DateTime(timezone=True)),
    *(Column(name, Text) for name in ("here", "there", "what")),
)


@dataclass(frozen=True, slots=True)
class AliasView:
    """Another name or birth date, opened."""

    id: UUID
    name: str
    birth_date: str


@dataclass(slots=True)
class Match:
    """Another case that shares a person with this one. `shared`: (role here, role there) and what agrees of them."""

    case_id: UUID
    reference: str
    stage: str
    opened_at: datetime
    shared: dict[tuple[str, str], list[Looked]] = field(default_factory=dict)

    @property
    def repeat(self) -> bool:
        """Whether victim and person using violence are both the same: a repeat (fact F18), when dates agree too."""
        return {(CLIENT, CLIENT), (VIOLENT, VIOLENT)} <= self.shared.keys()

    @property
    def certain(self) -> bool:
        """Whether an identity code agrees; names alone may belong to two people."""
        return any(Looked.IDENTITY_CODE in whats for whats in self.shared.values())


async def remember(recorded: SomebodyRecorded) -> None:
    """Replace the hashes of somebody who was recorded or corrected."""
    names, births = [recorded.name], _birth_dates(recorded.identity_code)
    if recorded.role == CLIENT:
        for alias in await aliases(recorded.desk):
            names.append(alias.name)
            births.append(alias.birth_date)
    hashes = _hashes(recorded.desk.work.tools.lookup, names, births, recorded.identity_code)
    await _replace(recorded.desk, recorded.subject_id, recorded.role, hashes)


def _birth_dates(identity_code: str) -> list[str]:
    return [birth_date(identity_code).isoformat()] if identity_code else []


def _hashes(
    lookup: Lookup, names: Iterable[str], births: Iterable[str], identity_code: str
) -> Iterator[tuple[Looked, bytes]]:
    """Yield every hash by which the person may be found: each name, each name with each birth date, the code."""
    known, born = sorted(set(filter(None, names))), sorted(set(filter(None, births)))
    if identity_code:
        yield Looked.IDENTITY_CODE, lookup.hash(Looked.IDENTITY_CODE, identity_code)
    for name in known:
        yield Looked.NAME, lookup.hash(Looked.NAME, name)
    for name, day in product(known, born):
        yield Looked.NAME_AND_BIRTH, lookup.hash(Looked.NAME_AND_BIRTH, name, day)


async def _replace(desk: Desk, subject_id: UUID, role: str, hashes: Iterable[tuple[Looked, bytes]]) -> None:
    theirs = (LookupHash.case_id == desk.case.id, LookupHash.subject_id == subject_id)
    await desk.work.session.execute(delete(LookupHash).where(*theirs), execution_options={"synchronize_session": False})
    rows = [
        {"id": uuid7(), "subject_id": subject_id, "role": role, "what": what, "hash": hashed, **scope(desk)}
        for what, hashed in hashes
    ]
    await desk.work.session.execute(insert(LookupHash), rows)
    desk.wrote(Kind.IDENTITY, subjects=[subject_id])


async def aliases(desk: Desk) -> list[AliasView]:
    """Return the client's other names and birth dates, the first recorded first."""
    rows = await desk.work.session.scalars(select(Alias).where(Alias.case_id == desk.case.id).order_by(Alias.id))
    return [
        AliasView(row.id, *[await desk.work.vault.open(row, column) for column in ("name", "birth_date")])
        for row in rows
    ]


async def add_alias(desk: Desk, form: AliasForm) -> UUID:
    """Record another name or birth date of the client; return its id.

    Raises `Invalid` when both are empty or the date is to come, `Conflict` before the client is recorded or after the
    case is over.
    """
    if desk.case.stage in OVER:
        raise Conflict("alias.case_over")
    if not form.name and form.birth_date is None:
        raise Invalid.of("name", "alias.nothing_given")
    if form.birth_date and form.birth_date > today():
        raise Invalid.of("birth_date", "error.in_future")
    alias = Alias(id=uuid7(), recorded_at=now(), **scope(desk))
    born = form.birth_date.isoformat() if form.birth_date else ""
    await desk.work.vault.seal(alias, name=form.name, birth_date=born)
    desk.work.session.add(alias)
    await _changed(desk)
    return alias.id


async def remove_alias(desk: Desk, alias_id: UUID) -> None:
    """Take back a name or date that was wrong. Raises `NotVisible` for one that is not in this case."""
    alias = await desk.work.session.get(Alias, alias_id)
    if alias is None or alias.case_id != desk.case.id:
        raise NotVisible
    await desk.work.session.delete(alias)
    await _changed(desk)


async def _changed(desk: Desk) -> None:
    """Save the change and bring the client's hashes into step. Raises `Conflict` without a client."""
    await desk.work.session.flush()
    desk.wrote(Kind.IDENTITY)
    client = await desk.work.session.get(Client, desk.case.id)
    if client is None:
        raise Conflict("alias.client_first")
    name, code = [await desk.work.vault.open(client, column) for column in ("name", "identity_code")]
    await remember(SomebodyRecorded(desk, client.id, CLIENT, name, code))


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
        match.shared.setdefault((row.here, row.there), []).append(Looked(row.what))
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
        for whats in match.shared.values():
            whats.sort(key=list(Looked).index)
    return sorted(found.values(), key=lambda match: (match.repeat, match.certain, match.opened_at), reverse=True)
