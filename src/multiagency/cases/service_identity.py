"""Who somebody in a case is: what is asked about or refused before their record is saved."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from multiagency.cases.desk import Desk
from multiagency.cases.models import Client, Party
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.identity_code import birth_date
from multiagency.pathways.reading_ages import ages

if TYPE_CHECKING:
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
    """Raise `Invalid` for an age that nobody confirmed."""
    errors = await _age(desk, form, before, child=False, newly=False)
    if errors:
        raise Invalid(*errors)


async def check_party(desk: Desk, form: "PartyForm", party: Party | None, before: Recorded) -> None:
    """Raise `Invalid` for an age that nobody confirmed."""
    child = form.role == CHILD
    errors = await _age(desk, form, before, child=child, newly=child and party is not None and party.role != CHILD)
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
