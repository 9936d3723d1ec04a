"""Who is in a case: the client and everybody else, recorded and corrected."""

from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.events import SomebodyRecorded
from multiagency.cases.forms import ClientForm, PartyForm
from multiagency.cases.models import Client, Party
from multiagency.cases.reading import masked, protected
from multiagency.cases.reading_identity import WHO, Recorded, recorded
from multiagency.cases.reading_saved import saved_client, saved_party
from multiagency.cases.service import people_must_be_open, scope, seal
from multiagency.cases.service_identity import check_client, check_party
from multiagency.cases.service_retention import follow_birth
from multiagency.cases.service_versions import to_be_saved
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict
from multiagency.kernel.identity_code import birth_date
from multiagency.kernel.ids import uuid7
from multiagency.kernel.versions import Saved, as_text
from multiagency.pathways.definition import PartyRole
from multiagency.people import reading as people

PersonT = TypeVar("PersonT", ClientForm, PartyForm)


async def save_client(desk: Desk, form: ClientForm) -> None:
    """Record whom the case is about; there is one client, whose row has the id of the case.

    Raises `Invalid` as `check_client` does.
    """
    people_must_be_open(desk)
    saved, found = await saved_client(desk), await desk.work.session.get(Client, desk.case.id)
    names = await to_be_saved(desk.work, saved, form, new=found is None)
    before, after = await recorded(desk, found), _as_saved(form, saved, names)
    await check_client(desk, after, before)
    await follow_birth(desk, birth_date(after.identity_code) if after.identity_code else after.birth_date)
    client = found or Client(id=desk.case.id, **scope(desk))
    await seal(desk, client, **_texts(after, names))
    desk.wrote(Kind.IDENTITY)
    await desk.work.publish(_told(desk, client.id, "client", after, before))


async def add_party(desk: Desk, form: PartyForm) -> UUID:
    """Add somebody else in the case, as a record of their own; return its id.

    Raises `Invalid` as `check_party` does.
    """
    people_must_be_open(desk)
    await check_party(desk, form, None, Recorded())
    party = Party(id=uuid7(), **scope(desk, child=form.role == PartyRole.CHILD))
    await _fill_party(desk, party, form, set(PartyForm.model_fields), Recorded())
    return party.id


async def change_party(desk: Desk, party_id: UUID, form: PartyForm) -> None:
    """Correct such a record. Raises `NotVisible` for one that is not in this case."""
    people_must_be_open(desk)
    saved, party = await saved_party(desk, party_id), await desk.work.session.get_one(Party, party_id)
    if party.role == PartyRole.CHILD and await protected(desk, household=True) and await masked(desk):
        raise Conflict("protection.not_cleared")
    language = desk.work.actor.language
    agencies = {str(agency.id): agency.name(language) for agency in await people.agencies(desk.work)}
    names = await to_be_saved(desk.work, saved, form, shown=agencies)
    employer = form.employer if "employer" in names else party.employer_id
    before, after = await recorded(desk, party), _as_saved(form, saved, names)
    await check_party(desk, after.model_copy(update={"employer": employer}), party, before)
    await _fill_party(desk, party, after, names, before)


async def _fill_party(desk: Desk, party: Party, form: PartyForm, names: set[str], before: Recorded) -> None:
    if form.employer is not None:
        await people.known_agencies(desk.work, [form.employer], "employer")
    if party.role != form.role:
        party.role, party.role_since = form.role, now()
    if "employer" in names:
        party.employer_id = form.employer
    await seal(desk, party, **_texts(form, names))
    desk.wrote(Kind.PARTY, subjects=[party.id])
    await desk.work.publish(_told(desk, party.id, form.role, form, before, party.employer_id))


def _told(
    desk: Desk,
    subject_id: UUID,
    role: str,
    form: ClientForm | PartyForm,
    before: Recorded,
    employer_id: UUID | None = None,
) -> SomebodyRecorded:
    born = as_text(form.birth_date)
    return SomebodyRecorded(desk, subject_id, role, form.name, form.identity_code, employer_id, born, before)


def _as_saved(form: PersonT, saved: Saved, names: set[str]) -> PersonT:
    """Return the form as it will stand: what is not to be saved of it is what stands there already."""
    kept: dict[str, Any] = {name: saved.values[name] for name in WHO if name not in names}
    if "birth_date" in kept:
        kept["birth_date"] = date.fromisoformat(kept["birth_date"]) if kept["birth_date"] else None
    return form.model_copy(update=kept)


def _texts(form: ClientForm | PartyForm, names: set[str]) -> dict[str, str]:
    return {name: as_text(getattr(form, name)) for name in (*WHO, "relation") if name in names and hasattr(form, name)}
