"""Who somebody in a case is: what is asked about or refused before their record is saved."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.models import Client, Party
from multiagency.cases.service_grants import one_at_a_time
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.identity_code import birth_date
from multiagency.pathways.reading_ages import ages

if TYPE_CHECKING:
    from uuid import UUID

    from multiagency.cases.forms import ClientForm, PartyForm

CHILD = "child"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a record said of somebody before it is changed; empty for a new one."""

    name: str = ""
    identity_code: str = ""


async def recorded(desk: Desk, row: Client | Party | None) -> Recorded:
    """Open what a record says now."""
    if row is None:
        return Recorded()
    return Recorded(*[await desk.work.vault.open(row, column) for column in ("name", "identity_code")])


async def check_client(desk: Desk, form: "ClientForm", before: Recorded) -> None:
    """Raise `Invalid` for an age that nobody confirmed, or a code by which somebody else in the case is recorded."""
    errors = await _age(desk, form, before, child=False, newly=False)
    await _one_at_a_time(desk, form)
    if form.identity_code and form.identity_code in await _codes_of_others(desk, None):
        errors.append(FieldError("identity_code", "client.is_a_party"))
    if errors:
        raise Invalid(*errors)


async def check_party(desk: Desk, form: "PartyForm", party: Party | None, before: Recorded) -> None:
    """Raise `Invalid` for an age that nobody confirmed, the client's own code, or that of another party.

    One person is one record: the client in two roles would be told of, or kept from, their own case.
    """
    child = form.role == CHILD
    errors = await _age(desk, form, before, child=child, newly=child and party is not None and party.role != CHILD)
    await _one_at_a_time(desk, form)
    if form.identity_code:
        client = await desk.work.session.get(Client, desk.case.id)
        if client is not None and form.identity_code == await desk.work.vault.open(client, "identity_code"):
            errors.append(FieldError("identity_code", "party.is_the_client"))
        elif form.identity_code in await _codes_of_others(desk, party.id if party else None):
            errors.append(FieldError("identity_code", "party.recorded_already"))
    if errors:
        raise Invalid(*errors)


async def _age(
    desk: Desk, form: "ClientForm | PartyForm", before: Recorded, *, child: bool, newly: bool
) -> list[FieldError]:
    """Ask about an unlikely age when it is new; what was confirmed once is not asked about again."""
    same = form.identity_code == before.identity_code and not newly
    if not form.identity_code or same or form.age_confirmed:
        return []
    limits = await ages(desk.work, desk.case.pathway, desk.case.team_id)
    question = limits.question(birth_date(form.identity_code), child=child)
    return [question] if question else []


async def _one_at_a_time(desk: Desk, form: "ClientForm | PartyForm") -> None:
    """Let two who record a code at once collide, or each could record the same one."""
    if form.identity_code:
        await one_at_a_time(desk.work, desk.case)


async def _codes_of_others(desk: Desk, party_id: "UUID | None") -> set[str]:
    """Return the codes of the parties of the case but this one."""
    rows = await desk.work.session.scalars(select(Party).where(Party.case_id == desk.case.id, Party.id != party_id))
    return {await desk.work.vault.open(row, "identity_code") for row in rows}
