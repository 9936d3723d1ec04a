"""What each giver has said, and whether the gate stands open: read from the versions, changing nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from multiagency.cases.desk import Desk
from multiagency.cases.reading_first import once
from multiagency.consent.models import Consent, ConsentPair
from multiagency.consent.reading_deciding import has_come_of_age, newest_capacity, required_givers
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.pathways.definition import StageKind

Pair = tuple[UUID, Kind]
"""An agency, and a kind of data that it may be given."""


def agencies_in(pairs: Iterable[Pair]) -> frozenset[UUID]:
    """Return the agencies that these pairs give anything."""
    return frozenset(agency for agency, _ in pairs)


def kinds_for(pairs: Iterable[Pair], agency_id: UUID) -> frozenset[Kind]:
    """Return the kinds of data that these pairs give an agency."""
    return frozenset(kind for agency, kind in pairs if agency == agency_id)


@dataclass(frozen=True, slots=True)
class Statement:
    """A giver's newest answer: the pairs that still stand in it, and the agencies it says anything about, also no.

    `changed` is the newest version that did something to it: the answer itself, or what was taken out of it since.
    """

    consent: Consent
    pairs: frozenset[Pair]
    asked: frozenset[UUID]
    changed: Consent

    @property
    def state(self) -> str:
        """Return given, refused, withdrawn, or expired."""
        until = self.consent.expires_at
        over = self.consent.state == "given" and until is not None and until <= now()
        return "expired" if over else self.consent.state


@dataclass(frozen=True, slots=True)
class Gate:
    """What everybody who must decide has said together; `required` and `said` go by giver (the client: case id)."""

    required: tuple[UUID, ...]
    said: dict[UUID, Statement]
    of_age_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether somebody must decide and everybody who must has a living yes."""
        return bool(self.required) and all(self.state_of(giver) == "given" for giver in self.required)

    def state_of(self, giver: UUID) -> str:
        """Return a giver's state; who was not asked has said nothing, and that is never a yes."""
        return self.said[giver].state if giver in self.said else "not_asked"

    @property
    def state(self) -> str:
        """Return the state of the whole: the first of these that holds for anybody."""
        states = {self.state_of(giver) for giver in self.required} or {"not_asked"}
        for state in ("withdrawn", "refused", "expired"):
            if state in states:
                return state
        return "waiting" if {"given", "not_asked"} <= states else states.pop()

    @property
    def given(self) -> list[Statement]:
        """Return the yeses of those who must decide, the oldest first."""
        yes = [self.said[giver] for giver in self.required if self.state_of(giver) == "given"]
        return sorted(yes, key=lambda statement: statement.consent.version)

    @property
    def pairs(self) -> frozenset[Pair]:
        """Return the pairs that all of them give; none while the gate is shut."""
        if not self.is_open:
            return frozenset()
        return frozenset.intersection(*(statement.pairs for statement in self.given))

    @property
    def agencies(self) -> frozenset[UUID]:
        """Return the agencies that all of them give something."""
        return agencies_in(self.pairs)

    def kinds_for(self, agency_id: UUID) -> frozenset[Kind]:
        """Return the kinds of data that all of them give an agency."""
        return kinds_for(self.pairs, agency_id)

    @property
    def until(self) -> datetime | None:
        """Return when the first of their statements expires, or the child comes of age for whom they decide."""
        ends = [self.of_age_at, *(statement.consent.expires_at for statement in self.given)]
        return min((end for end in ends if end is not None), default=None)


async def read_gate(desk: Desk) -> Gate:
    """Return what has been said about this case and by whom, as far as it is in sight."""
    judged = await newest_capacity(desk)
    of_age_at = judged.until if judged and not has_come_of_age(judged) else None
    return Gate(await required_givers(desk), await statements(desk), of_age_at)


def state_of_case(desk: Desk, gate: Gate) -> str:
    """Return the state as it holds now: a withdrawal stands in another agency's record when that agency did it."""
    return "withdrawn" if desk.stands(StageKind.WITHDRAWN) else gate.state


async def statements(desk: Desk) -> dict[UUID, Statement]:
    """Return the newest answer of each giver in this round; a withdrawal that names pairs takes only those out."""
    return await once(desk, _statements)


_VERSIONS = (
    select(Consent, ConsentPair)
    .outerjoin(ConsentPair, ConsentPair.consent_id == Consent.id)
    .where(Consent.case_id == bindparam("case"))
    .order_by(Consent.version)
)


async def _statements(desk: Desk) -> dict[UUID, Statement]:
    versions = _VERSIONS
    if desk.case.round_began_at is not None:
        versions = versions.where(Consent.recorded_at >= desk.case.round_began_at)
    named: dict[Consent, list[ConsentPair]] = {}
    for consent, pair in await desk.work.session.execute(versions, {"case": desk.case.id}):
        named.setdefault(consent, []).extend([pair] if pair else [])
    said: dict[UUID, Statement] = {}
    for consent, rows in named.items():
        giver = consent.giver_id or desk.case.id
        pairs = frozenset((row.agency_id, Kind(row.kind)) for row in rows if row.kind)
        before = said.get(giver)
        if consent.state == "withdrawn" and pairs and before is not None:
            said[giver] = Statement(before.consent, before.pairs - pairs, before.asked, consent)
        else:
            said[giver] = Statement(consent, pairs, frozenset(row.agency_id for row in rows), consent)
    return said


async def newest_version(desk: Desk) -> int:
    """Return the number of the newest version of the case, 0 before the first."""
    query = select(Consent.version).where(Consent.case_id == desk.case.id).order_by(Consent.version.desc()).limit(1)
    return await desk.work.session.scalar(query) or 0
