"""How what is taken home is recorded: what was said, and whether somebody must be asked before it is saved.

Since spring 2026 documents of social care show in OmaKanta, a child's also to its guardians.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.models import Party
from multiagency.cases.service_grants import CONSENT
from multiagency.consent.models import Instruction
from multiagency.consent.reading import names
from multiagency.consent.reading_deciding import client_age, guardians_now, newest_capacity, prohibitions_now
from multiagency.disclosures.questions import MustBeHidden
from multiagency.kernel.access import Kind
from multiagency.kernel.work import Work
from multiagency.pathways.definition import PartyRole

_NEEDED = frozenset({Kind.IDENTITY, Kind.PARTY, Kind.CONSENT})
"""What tells whether a guardian is dangerous: where it is not in sight, nobody can say that none is."""


@dataclass(frozen=True, slots=True)
class InstructionView:
    """An instruction, opened; names are empty where the reader sees nobody of the case.

    `hidden_from` is empty where nobody had to be asked; `waits` tells that whoever records it has not confirmed it.
    """

    of_child: bool
    record_of: str
    recorded_under: str
    hidden_from: str
    hidden_guardian: str
    hidden_until: date | None
    given_at: datetime
    confirmed_at: datetime | None
    waits: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked in this case: `client` and `child` tell in whose record it must be answered."""

    client: bool
    child: bool
    children: dict[UUID, str]
    guardians: dict[UUID, str]

    def must_be_answered(self, record_of: UUID | None) -> bool:
        """Tell whether nothing is saved in this record without an instruction."""
        return self.client if record_of is None else self.child

    @property
    def child_choices(self) -> list[tuple[str, str]]:
        """Return the children as a form offers them."""
        return [(str(party), name) for party, name in self.children.items()]

    @property
    def guardian_choices(self) -> list[tuple[str, str]]:
        """Return those from whom it may be hidden, as a form offers them."""
        return [(str(party), name) for party, name in self.guardians.items()]


async def what_is_asked(desk: Desk) -> Asked:
    """Return in whose record something may land, and where a guardian may read it who must not.

    That is a guardian who uses violence, is suspected, or whom the child forbids to be told. Nobody records who the
    guardians of a child beside the client are, so there a person using violence counts as one; the same where a minor
    client has no guardian on record. What is not known is never a no.
    """
    people, recorded = await names(desk), await guardians_now(desk)
    suspected = {party for party, row in recorded.items() if row.suspected}
    forbidden = {party for party, row in (await prohibitions_now(desk)).items() if row.forbidden}
    violent = {party for party, (role, _) in people.items() if role == PartyRole.FEARED}
    known = set(recorded) | {party for party, (role, _) in people.items() if role == PartyRole.GUARDIAN}
    unseen = not desk.kinds >= _NEEDED
    declared = desk.case.retention_class == desk.model.retention.child
    of_client = (suspected | forbidden | violent) & known if known else violent
    return Asked(
        client=await _client_is_child(desk, declared if unseen else bool(known)) and (unseen or bool(of_client)),
        child=unseen or bool(suspected | forbidden | violent),
        children={party: name for party, (role, name) in people.items() if role == PartyRole.CHILD},
        guardians={party: people[party][1] for party in people if party in known | violent},
    )


async def must_be_hidden(asked: MustBeHidden) -> list[bool]:
    """Answer whether data of the case reach a child's documents that a guardian must not read."""
    found = await what_is_asked(asked.desk)
    return [found.client or (asked.children and found.child)]


async def _client_is_child(desk: Desk, unless_known: bool) -> bool:
    minor = (await client_age(desk)).minor
    if minor is None and (capacity := await newest_capacity(desk)) is not None:
        minor = capacity.minor
    return unless_known if minor is None else minor


async def opened(
    work: Work, row: Instruction, named: dict[UUID | None, str], confirmed_at: datetime | None, *, waits: bool
) -> InstructionView:
    """Open an instruction; `named` is whom the reader may know, `waits` whether whoever records it must confirm it."""
    return InstructionView(
        of_child=row.record_of_id is not None,
        record_of=named.get(row.record_of_id, ""),
        recorded_under=await work.vault.open(row, "recorded_under"),
        hidden_from=row.hidden_from or "",
        hidden_guardian=named.get(row.hidden_guardian_id, ""),
        hidden_until=row.hidden_until,
        given_at=row.given_at,
        confirmed_at=None if waits else confirmed_at,
        waits=waits,
    )


async def people_meant(work: Work, given: Collection[Instruction], basis: str | None = None) -> dict[UUID | None, str]:
    """Return the names of those whom instructions mean, as far as the reader sees the people of the case.

    `basis` is what the reader sees the instructions on outside of a case laid open.
    """
    meant = {party for row in given for party in (row.record_of_id, row.hidden_guardian_id) if party}
    if not meant:
        return {}
    rows = list(await work.session.scalars(select(Party).where(Party.id.in_(meant)).order_by(Party.id)))
    for row in rows if basis else ():
        work.rests_on(row.case_id, f"{CONSENT},{basis}")
    return {row.id: await work.vault.open(row, "name") for row in rows}


async def filled_with(work: Work, given: Instruction | None) -> dict[str, str]:
    """Return what was instructed, as the form shows it again; nothing where nothing was."""
    if given is None:
        return {}
    said = {
        "record_of": given.record_of_id,
        "recorded_under": await work.vault.open(given, "recorded_under"),
        "hidden_from": given.hidden_from,
        "hidden_guardian": given.hidden_guardian_id,
        "hidden_until": given.hidden_until,
    }
    return {field: str(value) for field, value in said.items() if value}
