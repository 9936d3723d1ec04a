"""Who sees what of a case once it is sent to its team: said from the bases that live, and from nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.models import LawfulBasis
from multiagency.cases.reading_contributors import asked
from multiagency.cases.service_grants import sharing_bases
from multiagency.kernel.access import Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.languages import Language
from multiagency.people import reading as people
from multiagency.people.models import Post

COORDINATORS, OWN, SEATED, NOBODY = "coordinators", "own", "seated", "nobody"


@dataclass(frozen=True, slots=True)
class Seer:
    """What one agency is given, or several are not: `who` says which of its people (`see.who.<who>`) and when.

    `names` are those who see it as soon as it is sent, or see it already; `until` is when the basis runs out.
    """

    agency: str
    who: str
    names: Sequence[str] = ()
    kinds: Sequence[Kind] = ()
    without: Sequence[Kind] = ()
    until: datetime | None = None


async def who_sees(desk: Desk, language: Language) -> list[Seer]:
    """Return what each agency sees of the case: the team's coordinators first, then whoever is given a seat."""
    work, own = desk.work, desk.work.actor.agency_id
    convener = (await people.team_with(work, desk.case.team_id)).convener_id
    named = {agency.id: agency.name(language) for agency in await people.agencies(work)}
    held = {agency_id: basis for (_, agency_id), basis in (await sharing_bases(work, [desk.case.id])).items()}
    asked_of: dict[UUID, list[str]] = {}
    for view in await asked(desk):
        asked_of.setdefault(view.colleague.agency.id, []).append(view.colleague.label)
    found = [_own(desk, named[own], held.get(own), asked_of.get(own, []))]
    for agency_id in sorted(held.keys() - {own, convener}, key=lambda one: named[one]):
        found.append(_seer(desk, named[agency_id], SEATED, asked_of.get(agency_id, []), held[agency_id]))
    if convener in held:
        names = [*await _coordinators(desk), *([] if convener == own else asked_of.get(convener, []))]
        found.insert(0, _seer(desk, named[convener], COORDINATORS, names, held[convener]))
    others = [name for agency_id, name in named.items() if agency_id not in {*held, own}]
    return [*found, *([Seer(", ".join(others), NOBODY)] if others else [])]


def _seer(desk: Desk, agency: str, who: str, names: Sequence[str], basis: LawfulBasis) -> Seer:
    shareable = desk.model.shareable_kinds
    kinds = [kind for kind in shareable if kind in basis.kinds]
    return Seer(agency, who, names, kinds, [kind for kind in shareable if kind not in kinds], basis.valid_to)


def _own(desk: Desk, agency: str, basis: LawfulBasis | None, names: Sequence[str]) -> Seer:
    """One's own agency sees what it recorded itself, and on a basis what others did too."""
    names = [desk.work.actor.name, *names]
    if basis is None:
        return Seer(agency, OWN, names)
    return replace(_seer(desk, agency, OWN, names, basis), without=())


async def _coordinators(desk: Desk) -> list[str]:
    """Return the names of those who coordinate the team now."""
    ids = people.coordinators_in_team(desk.case.team_id)
    query = people.at_the_table({Role.COORDINATOR}).where(Post.id.in_(ids))
    return [person.name for _, person, _ in await desk.work.session.execute(query)]
