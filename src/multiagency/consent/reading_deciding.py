"""Who decides for the client, and who their guardians are: read from the newest rows, changing nothing.

703/2023 sections 34, 50 and 51: a minor who understands the matter decides; otherwise every guardian entitled to, or
the child's legal representative. The database asks the same of the same rows (`required_givers`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from multiagency.cases.desk import Desk
from multiagency.cases.models import Party
from multiagency.cases.reading import client
from multiagency.cases.reading_first import CaseId, Rows, first, once
from multiagency.cases.reading_identity import recorded
from multiagency.consent.models import DecisionCapacity, Guardian, Prohibition
from multiagency.kernel.clock import begin_of, later, now, today
from multiagency.kernel.errors import Conflict, FieldError
from multiagency.kernel.identity_code import age_on
from multiagency.pathways.service import law


@dataclass(frozen=True, slots=True)
class Age:
    """What the record says of the client's age: `years` is None without an identity code and a birth date."""

    recorded: bool
    years: int | None
    of_age_at: int
    born: date | None = None

    @property
    def minor(self) -> bool | None:
        """Tell whether the client is under age; None where the code does not say."""
        return None if self.years is None else self.years < self.of_age_at

    @property
    def comes_at(self) -> datetime | None:
        """Return when the client comes of age: as their birthday begins; None where the code does not say."""
        return begin_of(later(self.born, years=self.of_age_at)) if self.born else None


async def client_age(desk: Desk) -> Age:
    """Return the client's age today, from their identity code or else their birth date, as far as it is in sight."""
    row = await first(desk, client)
    born = (await recorded(desk, row)).born
    day = date.fromisoformat(born) if born else None
    years = age_on(today(), day) if day else None
    return Age(row is not None, years, await law(desk.work, "adult_age"), day)


def judgement(case_id: CaseId) -> Rows:
    """Ask for the newest judgement of who decides."""
    query = select(DecisionCapacity).where(DecisionCapacity.case_id == case_id)
    return query.order_by(DecisionCapacity.assessed_at.desc(), DecisionCapacity.id.desc())


async def newest_capacity(desk: Desk) -> DecisionCapacity | None:
    """Return the newest judgement of who decides, if there is one in sight."""
    found: DecisionCapacity | None = await first(desk, judgement)
    return found


def a_guardian(case_id: CaseId) -> Rows:
    """Ask for any row of a guardian: mostly there is none."""
    return select(Guardian).where(Guardian.case_id == case_id)


async def guardians_now(desk: Desk) -> dict[UUID, Guardian]:
    """Return the newest row of each guardian by their party, but of nobody who was struck from the case."""
    return await once(desk, _guardians_now)


async def _guardians_now(desk: Desk) -> dict[UUID, Guardian]:
    if await first(desk, a_guardian) is None:
        return {}
    theirs = select(Guardian).where(Guardian.case_id == desk.case.id, Guardian.party_id.not_in(struck(desk)))
    rows = await desk.work.session.scalars(theirs.order_by(Guardian.recorded_at, Guardian.id))
    return {row.party_id: row for row in rows}


def struck(desk: Desk) -> Select[UUID]:
    """Return the query for who was struck from the case, by ids: what stands about them counts no more."""
    return select(func.struck_parties(desk.case.id))


def has_come_of_age(capacity: DecisionCapacity) -> bool:
    """Tell whether somebody was judged to decide for a child who is none any longer."""
    return capacity.until is not None and capacity.until <= now()


def entitled(guardians: Iterable[Guardian]) -> list[UUID]:
    """Return the parties among them who decide for the child: entitled to, and not suspected."""
    return sorted(row.party_id for row in guardians if row.may_decide and not row.suspected)


async def required_givers(desk: Desk) -> tuple[UUID, ...]:
    """Return who must say yes, the client by the id of the case; empty when nobody who may is recorded."""
    capacity = await newest_capacity(desk)
    if capacity is None or capacity.decides == "self" or has_come_of_age(capacity):
        return (desk.case.id,)
    if capacity.representative_id is not None:
        out = await _suspected(desk, capacity.representative_id) or await was_struck(desk, capacity.representative_id)
        return () if out else (capacity.representative_id,)
    return tuple(entitled((await guardians_now(desk)).values()))


async def _suspected(desk: Desk, party_id: UUID) -> bool:
    known = (await guardians_now(desk)).get(party_id)
    return known is not None and known.suspected


async def was_struck(desk: Desk, party_id: UUID) -> bool:
    """Tell whether somebody was struck from the case, as recorded by mistake."""
    return party_id in set(await desk.work.session.scalars(struck(desk)))


async def undecided(desk: Desk) -> FieldError | None:
    """Return what must be recorded before anybody can be asked, or None: age, capacity, guardians, representative."""
    age, capacity = await client_age(desk), await newest_capacity(desk)
    if capacity is None and age.recorded and age.minor is None:
        return FieldError("guardians", "consent.age_first")
    judged_minor = capacity is not None and capacity.minor  # who has come of age since is judged again
    if (age.minor is not None and age.minor != judged_minor) or (capacity and has_come_of_age(capacity)):
        return FieldError("guardians", "consent.capacity_first")
    if capacity is not None and capacity.representative_id and not await required_givers(desk):
        gone = await was_struck(desk, capacity.representative_id)
        return FieldError("guardians", f"consent.representative_{'struck' if gone else 'suspected'}")
    if capacity is None or capacity.decides != "guardians":
        return None
    guardians = await guardians_now(desk)
    if not guardians:
        return FieldError("guardians", "consent.guardians_first")
    return None if entitled(guardians.values()) else FieldError("guardians", "consent.legal_representative_needed")


async def must_be_decided(desk: Desk) -> None:
    """Raise `Conflict` saying what would do, unless it is known who decides."""
    wanting = await undecided(desk)
    if wanting is not None:
        raise Conflict(wanting.key)


async def party_name(desk: Desk, party_id: UUID) -> str:
    """Return the name of somebody in the case, empty where parties are not in sight."""
    party = await desk.work.session.get(Party, party_id)
    return await desk.work.vault.open(party, "name") if party else ""


async def prohibitions_now(desk: Desk) -> dict[UUID, Prohibition]:
    """Return the newest row of each guardian by their party: whom the child forbids telling, or no longer."""
    theirs = select(Prohibition).where(Prohibition.case_id == desk.case.id, Prohibition.party_id.not_in(struck(desk)))
    rows = await desk.work.session.scalars(theirs.order_by(Prohibition.recorded_at, Prohibition.id))
    return {row.party_id: row for row in rows}
