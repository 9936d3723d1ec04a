"""Who somebody in a case is: what is asked about or refused before their record is saved."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.models import Client, Party
from multiagency.cases.reading_identity import Recorded
from multiagency.cases.service_grants import one_at_a_time
from multiagency.cases.service_target import wrong_age
from multiagency.kernel.clock import today
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.identity_code import birth_date
from multiagency.pathways.definition import PartyRole
from multiagency.pathways.reading_ages import ages
from multiagency.web.texts import full_day

if TYPE_CHECKING:
    from uuid import UUID

    from multiagency.cases.forms import ClientForm, PartyForm


async def check_client(desk: Desk, form: "ClientForm", before: Recorded) -> None:
    """Raise `Invalid` for a wrong birth date, an age that nobody confirmed, or the code of somebody in the case."""
    errors = _birth_date(form) + await _age(desk, form, before, child=False, newly=False)
    if not errors:
        errors = await wrong_age(desk, *_born(form))
    await _one_at_a_time(desk, form)
    if form.identity_code and form.identity_code in await _codes_of_others(desk, None):
        errors.append(FieldError("identity_code", "client.is_a_party"))
    if errors:
        raise Invalid(*errors)


async def check_party(desk: Desk, form: "PartyForm", party: Party | None, before: Recorded) -> None:
    """Raise `Invalid` for a wrong birth date, an age that nobody confirmed, or somebody else's code, also the client's.

    One person is one record: the client in two roles would be told of, or kept from, their own case.
    """
    child = form.role == PartyRole.CHILD
    errors = _birth_date(form)
    if child and form.employer is not None:
        errors.append(FieldError("employer", "party.no_employer_of_child"))
    errors += await _age(
        desk, form, before, child=child, newly=child and party is not None and party.role != PartyRole.CHILD
    )
    await _one_at_a_time(desk, form)
    if form.identity_code:
        client = await desk.work.session.get(Client, desk.case.id)
        if client is not None and form.identity_code == await desk.work.vault.open(client, "identity_code"):
            errors.append(FieldError("identity_code", "party.is_the_client"))
        elif form.identity_code in await _codes_of_others(desk, party.id if party else None):
            errors.append(FieldError("identity_code", "party.recorded_already"))
    if errors:
        raise Invalid(*errors)


def _born(form: "ClientForm") -> tuple[date | None, str]:
    """Return the day of birth and the field that says it."""
    if form.identity_code:
        return birth_date(form.identity_code), "identity_code"
    return form.birth_date, "birth_date"


def _birth_date(form: "ClientForm | PartyForm") -> list[FieldError]:
    if form.birth_date is None:
        return []
    if form.birth_date > today():
        return [FieldError("birth_date", "error.in_future")]
    by_code: date | None = birth_date(form.identity_code) if form.identity_code else None
    if by_code not in {None, form.birth_date}:
        return [FieldError("birth_date", "person.birth_date_by_code", {"born": full_day(by_code)})]
    return []


async def _age(
    desk: Desk, form: "ClientForm | PartyForm", before: Recorded, *, child: bool, newly: bool
) -> list[FieldError]:
    """Ask about an unlikely age when it is new; what was confirmed once is not asked about again."""
    born = birth_date(form.identity_code) if form.identity_code else form.birth_date
    same = born is not None and born.isoformat() == before.born and not newly
    if born is None or same or form.age_confirmed:
        return []
    limits = await ages(desk.work)
    question = limits.question(born, child=child)
    return [question] if question else []


async def _one_at_a_time(desk: Desk, form: "ClientForm | PartyForm") -> None:
    """Let two who record a code at once collide, or each could record the same one."""
    if form.identity_code:
        await one_at_a_time(desk.work, desk.case)


async def _codes_of_others(desk: Desk, party_id: "UUID | None") -> set[str]:
    """Return the codes of the parties of the case but this one."""
    rows = await desk.work.session.scalars(select(Party).where(Party.case_id == desk.case.id, Party.id != party_id))
    return {await desk.work.vault.open(row, "identity_code") for row in rows}
