"""Linking two cases of one person: only by a consent that names both, and over with it.

Each case keeps its own ground, its own people at the table and its own record: a link shows nothing but that the other
case is there, and that only to whoever sees it anyway.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Column, Text, Uuid, bindparam, func, select

from multiagency.cases.desk import Desk, desk_for
from multiagency.cases.events import CaseMoved
from multiagency.cases.models import Case
from multiagency.cases.reading import client
from multiagency.cases.reading_first import first
from multiagency.cases.reading_identity import Recorded, recorded
from multiagency.cases.service import scope
from multiagency.cases.service_grants import one_at_a_time
from multiagency.consent.forms_links import LinkEndForm, LinkForm
from multiagency.consent.models import CaseLink
from multiagency.consent.reading_deciding import newest_capacity, undecided
from multiagency.consent.reading_statements import Gate, read_gate
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.ids import as_reference, uuid7
from multiagency.kernel.journal import Mode
from multiagency.pathways.definition import OVER

_NEEDED = frozenset({Kind.IDENTITY, Kind.CONSENT})
"""Without sight of both nobody can tell that it is the same person, and who decides for them."""
_OTHERS = (Column("case_id", Uuid), Column("reference", Text), Column("controller_id", Uuid))
_ENDING = select(func.end_links(bindparam("case", type_=Uuid), bindparam("other", type_=Uuid)).table_valued(*_OTHERS))


async def link(desk: Desk, form: LinkForm) -> None:
    """Link this case to another that is in sight too.

    Raises `Invalid` without a yes, for a case that the actor does not see as for one that does not exist, and for one
    about somebody else; `Conflict` where one of the two cannot be linked now.
    """
    if form.answer != "yes":
        raise Invalid.of("answer", "link.only_with_a_yes")
    await join(desk, await _other(desk, form.reference), form)


async def _other(desk: Desk, reference: str) -> Desk:
    found = await desk.work.session.scalar(select(Case).where(Case.reference == as_reference(reference)))
    if found is None or found.id == desk.case.id:
        raise Invalid.of("reference", "error.unknown_case")
    return await desk_for(desk.work, found)


async def join(desk: Desk, other: Desk, answer: LinkForm) -> None:
    """Record the yes of whoever decides, in both cases. Raises as `link` does."""
    for case, field in ((desk, ""), (other, "reference")):
        await _must_be_linkable(case, field)
    if not _same_person(*[await recorded(case, await first(case, client)) for case in (desk, other)]):
        raise Invalid.of("reference", "link.somebody_else")
    await one_at_a_time(desk.work, desk.case, other.case)
    if await _already(desk, other):
        raise Invalid.of("reference", "link.already")
    gates = [await read_gate(case) for case in (desk, other)]
    until = min((gate.until for gate in gates if gate.until is not None), default=None)
    for here, there, gate in ((desk, other, gates[0]), (other, desk, gates[1])):
        for giver, capacity in await _givers(here, gate):
            row = CaseLink(
                id=uuid7(),
                **scope(here),
                other_case_id=there.case.id,
                capacity=capacity,
                giver_id=giver,
                answered_on=answer.answered_on,
                how=answer.how,
                recorded_by_id=here.work.actor.post_id,
                recorded_at=now(),
                valid_to=until,
            )
            here.work.session.add(row)
        here.wrote()
    await desk.work.session.flush()


async def _must_be_linkable(desk: Desk, field: str) -> None:
    """Raise unless the case goes on, its client and consent are in sight, and it is known who decides."""
    wanting: FieldError | None = None
    if desk.is_over:
        wanting = FieldError(field, "link.case_over")
    elif not desk.kinds >= _NEEDED or await first(desk, client) is None:
        wanting = FieldError(field, "link.not_in_sight")
    elif await undecided(desk) is not None:
        wanting = FieldError(field, "link.undecided")
    if wanting is not None:
        raise Invalid(wanting) if field else Conflict(wanting.key)


def _same_person(here: Recorded, there: Recorded) -> bool:
    """Tell whether two records may be of one person: by their codes, else their birth dates, else their names."""
    if here.identity_code and there.identity_code:
        return here.identity_code == there.identity_code
    if here.born and there.born:
        return here.born == there.born
    return here.name.casefold() == there.name.casefold()


async def _already(desk: Desk, other: Desk) -> bool:
    same = select(CaseLink.id).where(CaseLink.case_id == desk.case.id, CaseLink.other_case_id == other.case.id)
    return await desk.work.session.scalar(same.limit(1)) is not None


async def _givers(desk: Desk, gate: Gate) -> Sequence[tuple[UUID | None, str]]:
    """Return who decides in this case, none for the client, each with the capacity in which they answer."""
    if gate.required == (desk.case.id,):
        return [(None, "self")]
    judged = await newest_capacity(desk)
    as_guardian = judged is not None and judged.representative_id is None
    return [(giver, "guardian" if as_guardian else "legal_representative") for giver in gate.required]


async def end(desk: Desk, form: LinkEndForm) -> None:
    """End the link with one case in sight, or every link of this case, also such as the actor does not see.

    Raises `Invalid` for a case that is out of sight, as for one that does not exist.
    """
    other = await _other(desk, form.reference) if form.reference else None
    await end_links(desk, other.case.id if other else None)


async def end_links(desk: Desk, other: UUID | None = None) -> None:
    """End what links the case to another, or to any; each other case is told of in the log."""
    for row in await desk.work.session.execute(_ENDING, {"case": desk.case.id, "other": other}):
        about = {"case_id": row.case_id, "case_reference": row.reference, "controller_id": row.controller_id}
        desk.work.record(Mode.WRITE, {Kind.SHELL}, subjects=[row.case_id], result="link_ended", **about)
    desk.wrote()


async def end_with_the_case(moved: CaseMoved) -> None:
    """Let no link outlive a case: its consent has ended, or has served its purpose."""
    if moved.desk.model.stage(moved.way.to).kind in OVER:
        await end_links(moved.desk)
