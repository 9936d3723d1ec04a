"""Who sees what of a case once it is sent to its team: said from the bases that live, and from nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from multiagency.cases.desk import Desk
from multiagency.cases.reading_contributors import asked
from multiagency.cases.service_grants import sharing_bases
from multiagency.kernel.access import Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.languages import Language
from multiagency.pathways.service import pathway
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
    work, shareable = desk.work, pathway(desk.case.pathway).shareable_kinds
    team = await people.team_with(work, desk.case.team_id)
    named = {agency.id: agency.name(language) for agency in await people.agencies(work)}
    held = {agency_id: basis for (_, agency_id), basis in (await sharing_bases(work, [desk.case.id])).items()}
    before: dict[object, list[str]] = {}
    for view in await asked(desk):
        before.setdefault(view.colleague.agency.id, []).append(view.colleague.label)
    own, found = work.actor.agency_id, []
    for agency_id in sorted({*held, own}, key=lambda one: (one != team.convener_id, one != own, named[one])):
        basis, names = held.get(agency_id), before.get(agency_id, [])
        kinds = [kind for kind in shareable if basis is not None and kind in basis.kinds]
        without, until = [kind for kind in shareable if kind not in kinds], basis and basis.valid_to
        if agency_id == team.convener_id and basis is not None:
            names = [*await _coordinators(desk), *names]
            found.append(Seer(named[agency_id], COORDINATORS, names, kinds, without, until))
        if agency_id == own:
            found.append(Seer(named[own], OWN, [work.actor.name, *before.get(own, [])], kinds, (), until))
        elif agency_id != team.convener_id:
            found.append(Seer(named[agency_id], SEATED, names, kinds, without, until))
    others = [name for agency_id, name in named.items() if agency_id not in {*held, own}]
    return [*found, *([Seer(", ".join(others), NOBODY)] if others else [])]


async def _coordinators(desk: Desk) -> list[str]:
    """Return the names of those who coordinate the team now."""
    ids = people.coordinators_in_team(desk.case.team_id)
    query = people.at_the_table({Role.COORDINATOR}).where(Post.id.in_(ids))
    return [person.name for _, person, _ in await desk.work.session.execute(query)]
