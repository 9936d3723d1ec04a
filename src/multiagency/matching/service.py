"""Hashes kept in step with the people of a case, and the other names and birth dates they go by (fact F55)."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, insert, update

from multiagency.cases.desk import Desk
from multiagency.cases.events import SomebodyRecorded, SomebodyStruck
from multiagency.cases.models import Client, Party
from multiagency.cases.reading_identity import Recorded, recorded
from multiagency.cases.service import scope
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now, today
from multiagency.kernel.errors import Conflict, Invalid, NotVisible
from multiagency.kernel.ids import uuid7
from multiagency.matching.forms import AliasForm
from multiagency.matching.models import Alias, LookupHash, PartyAlias
from multiagency.matching.reading import CLIENT, aliases, party_of
from multiagency.matching.reading_keys import Key, keys_of
from multiagency.pathways.definition import PartyRole

_QUIETLY = {"synchronize_session": False}


async def remember(happened: SomebodyRecorded) -> None:
    """Replace the hashes of somebody who was recorded or corrected.

    What the record said before stays, marked as former: whoever was recorded by a wrong code, or has another name now,
    is found by both.
    """
    desk, lookup = happened.desk, happened.desk.work.tools.lookup
    is_now = Recorded(happened.name, happened.identity_code, happened.birth_date)
    others = await aliases(desk, None if happened.role == CLIENT else happened.subject_id)
    names, births = [alias.name for alias in others], [alias.birth_date for alias in others]
    current = keys_of(lookup, [is_now.name, *names], [is_now.born, *births], is_now.identity_code)
    was = happened.before or Recorded()
    former = keys_of(lookup, [was.name], [was.born], was.identity_code) - current
    await _replace(desk, happened.subject_id, happened.role, current, former)


async def _replace(desk: Desk, subject_id: UUID, role: str, current: Iterable[Key], former: Iterable[Key]) -> None:
    session = desk.work.session
    theirs = (LookupHash.case_id == desk.case.id, LookupHash.subject_id == subject_id)
    await session.execute(delete(LookupHash).where(*theirs, ~LookupHash.former), execution_options=_QUIETLY)
    await session.execute(update(LookupHash).where(*theirs).values(role=role), execution_options=_QUIETLY)
    rows = [
        {
            "id": uuid7(),
            "subject_id": subject_id,
            "role": role,
            "what": what,
            "hash": hashed,
            "former": old,
            **scope(desk, child=role == PartyRole.CHILD),
        }
        for old, keys in ((False, current), (True, former))
        for what, hashed in sorted(keys)
    ]
    if rows:
        await session.execute(insert(LookupHash), rows)
    desk.wrote(Kind.IDENTITY, subjects=[subject_id])


async def forget(happened: SomebodyStruck) -> None:
    """Let nobody be found by a record that was a mistake: every hash goes, also the former ones, and every alias."""
    desk, session, subject_id = happened.desk, happened.desk.work.session, happened.subject_id
    hashes = delete(LookupHash).where(LookupHash.case_id == desk.case.id, LookupHash.subject_id == subject_id)
    other_names = delete(PartyAlias).where(PartyAlias.case_id == desk.case.id, PartyAlias.party_id == subject_id)
    for statement in (hashes, other_names):
        await session.execute(statement, execution_options=_QUIETLY)
    desk.wrote(Kind.IDENTITY, Kind.PARTY, subjects=[subject_id])


async def add_alias(desk: Desk, form: AliasForm, party_id: UUID | None = None) -> UUID:
    """Record another name or birth date of the client, or of a party; return its id.

    Raises `Invalid` when both are empty or the date is to come, `Conflict` before the client is recorded or after the
    case is over, `NotVisible` for a party that is not in this case.
    """
    party = await party_of(desk, party_id) if party_id else None
    if desk.is_over:
        raise Conflict("alias.case_over")
    if not form.name and form.birth_date is None:
        raise Invalid.of("name", "alias.nothing_given")
    if form.birth_date and form.birth_date > today():
        raise Invalid.of("birth_date", "error.in_future")
    child = party is not None and party.role == PartyRole.CHILD
    about = {"id": uuid7(), "recorded_at": now(), **scope(desk, child=child)}
    alias = PartyAlias(party_id=party.id, **about) if party else Alias(**about)
    born = form.birth_date.isoformat() if form.birth_date else ""
    await desk.work.vault.seal(alias, name=form.name, birth_date=born)
    desk.work.session.add(alias)
    await _changed(desk, party)
    return alias.id


async def remove_alias(desk: Desk, alias_id: UUID, party_id: UUID | None = None) -> None:
    """Take back a name or date that was wrong; it finds nobody any more. Raises `NotVisible` for another case's."""
    party = await party_of(desk, party_id) if party_id else None
    alias: Alias | PartyAlias | None = await desk.work.session.get(PartyAlias if party else Alias, alias_id)
    if alias is None or alias.case_id != desk.case.id:
        raise NotVisible
    if isinstance(alias, PartyAlias) and alias.party_id != party_id:
        raise NotVisible
    await desk.work.session.delete(alias)
    await _changed(desk, party)


async def _changed(desk: Desk, party: Party | None) -> None:
    """Save the change and bring the person's hashes into step. Raises `Conflict` without a client."""
    await desk.work.session.flush()
    row: Client | Party | None = party or await desk.work.session.get(Client, desk.case.id)
    if row is None:
        raise Conflict("alias.client_first")
    if party is None:
        desk.wrote(Kind.IDENTITY)
    else:
        desk.wrote(Kind.PARTY, subjects=[party.id])
    who = await recorded(desk, row)
    about = (who.name, who.identity_code, None, who.birth_date)
    await remember(SomebodyRecorded(desk, row.id, party.role if party else CLIENT, *about))
