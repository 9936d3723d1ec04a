"""Writing where one may not: each person tries, with their own session and plain SQL, on every table."""

from typing import Any
from uuid import UUID, uuid4

from tests.properties.facts import PEOPLE, Row
from tests.properties.looking import CLIENT_TABLES, ID_OF, LOOKED_AT
from tests.properties.model import Model
from tests.properties.sight import Sight
from tests.properties.world import World

_REFERRER = ("refer",)
_BOTH = ("refer", "coordinate")
_COORDINATOR = ("coordinate",)
_PART = ("refer", "contribute")
_ANY = ("read", "act", "contribute", "refer", "coordinate")
_CONVENING = (
    "agenda_item",
    "seat",
    "research_request",
    "secured_office",
    "client_beside",
    "minutes",
    "minutes_part",
    "minutes_recipient",
    "minutes_addendum",
    "planned_action",
    "action_review",
    "recording_instruction",
    "legal_hold",
)
ADDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("client", "safe_contact", "party", "voice", "assessment", "assessment_answer"), _REFERRER),
    **dict.fromkeys(("lookup_hash", "alias", "party_alias", "address_protection"), _REFERRER),
    **dict.fromkeys(("decision_capacity", "guardian", "prohibition", "consent_scan"), _REFERRER),
    **dict.fromkeys(("child_welfare_decision", "ground_sharing", "case_round"), _REFERRER),
    **dict.fromkeys(_CONVENING, _COORDINATOR),
    **dict.fromkeys(("consent", "consent_pair", "closing", "attendance", "finding", "dated_event"), _BOTH),
    **dict.fromkeys(("meeting_agreement", "seat_necessity"), _BOTH),
    **dict.fromkeys(("room_presence", "disclosure", "delivery", "receipt", "break_glass", "sent_instead"), _ANY),
    "case_part": _PART,
    "earlier_part": _PART,
    "case_link": _BOTH,
    "feedback": _BOTH,
    "follow_up": ("act",),
}
"""Who may add a row to a table of client data, by what their grant lets them do."""
CHANGES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("client", "safe_contact", "party", "voice", "assessment", "assessment_answer"), _REFERRER),
    "lookup_hash": _REFERRER,
    **dict.fromkeys(("agenda_item", "seat", "case_file", "attendance", "dated_event"), _BOTH),
    "client_beside": _COORDINATOR,
    "case_part": _PART,
    "room_presence": _ANY,
    "planned_action": ("coordinate", "act"),
    "recording_instruction": ("act",),
}
"""Who may change one; nobody changes what is kept in versions, or is only ever added."""
ANYBODYS_RECORD = frozenset(
    {
        *(
            "consent",
            "consent_pair",
            "agenda_item",
            "seat",
            "research_request",
            "room_presence",
            "case_file",
            "receipt",
        ),
        *("planned_action", "action_review", "follow_up", "recording_instruction", "minutes_part"),
    }
)
"""Where a row may be in the record of another agency than the writer's."""
ENDED_BY_HAND = frozenset({"lawful_basis", "access_grant", "address_clearance"})


async def trespass(world: World, model: Model) -> None:
    """Let each person try each table once. Raises AssertionError naming every write that was let through."""
    standing = await world.looking.everything()
    meanings = {(row.table, row.id): world.row(row, CLIENT_TABLES.get(row.table)) for row in standing}
    rows = [meanings[row.table, row.id] for row in standing]  # a person has several hashes under one id
    copies = await _copies(world, meanings)
    wrong: list[str] = []
    for login in PEOPLE:
        sight = model.sight(login)
        changes = [(table, sum(may_change(sight, row) for row in rows if row.table == table)) for table in LOOKED_AT]
        adds = [(copy, row) for copy, row in copies if not may_add(sight, row)]
        secret = world.secret(login)
        counts = await world.looking.let_through(secret, [(_change(table), []) for table, _ in changes])
        for (table, allowed), count in zip(changes, counts, strict=True):
            if count > allowed:
                wrong.append(f"  {login} changed {count} rows of {table}, but may change {allowed}")
        added = await world.looking.let_through(secret, [copy for copy, _ in adds])
        wrong += [f"  {login} added a row like {row}" for (_, row), count in zip(adds, added, strict=True) if count]
    assert not wrong, "writes that the model forbids were let through:\n" + "\n".join(wrong)


def may_change(sight: Sight, row: Row) -> bool:
    """Whether the person may change this row: who steers a case ends what gives sight there, everybody their own."""
    if row.table in ENDED_BY_HAND:
        own = row.table != "lawful_basis" and sight.signed_in and row.whose == sight.person.login
        return sight.steers(row) or (own and "conflict" in sight.offered)
    return _may(CHANGES, sight, row)


def may_add(sight: Sight, row: Row) -> bool:
    """Whether the person might add one more row like this.

    Bases, grants and bars are for whoever steers the case; a few about oneself, one's own agency and those to whom one
    has disclosed something for others in it.
    """
    if row.table == "case_file":
        return row.case is not None and row.case.opener == sight.person.login
    if row.table == "data_key":
        return row.case is None or row.case in sight.any
    if row.table == "research_answer":
        return row.whose == sight.person.agency and row.case in sight.any
    if row.table not in CLIENT_TABLES:
        about_oneself = bool(sight.offered) and row.whose in {sight.person.login, sight.person.agency}
        told = row.case is not None and row.case.rows["disclosure", sight.person.agency] > 0
        return sight.steers(row) or ((about_oneself or told) and row.case in sight.any)
    return _may(ADDS, sight, row)


def _may(who: dict[str, tuple[str, ...]], sight: Sight, row: Row) -> bool:
    if row.table not in who or row.case is None or row.kind is None:
        return False
    own = row.table in ANYBODYS_RECORD or row.whose in {sight.person.agency, sight.person.login}
    return own and sight.holds(row.case, row.kind, *who[row.table])


NOBODYS = "retention_class = 'x'"
SETTING = {
    "case_file": "stage = 'x'",
    "assessment": "judged_high = true",
    "lookup_hash": "role = 'x'",
    "recording_instruction": "confirmed_at = now()",
    **dict.fromkeys(ENDED_BY_HAND, "ended_at = now()"),
    **dict.fromkeys(("access_bar", "bar_exemption"), "reason = 'x'"),
}
"""What is tried: a column that somebody may change there; elsewhere one that nobody may."""


def _change(table: str) -> str:
    """No WHERE: a condition would ask for sight as well."""
    return f"UPDATE {table} SET {SETTING.get(table, NOBODYS)}"


async def _copies(world: World, meanings: dict[tuple[str, UUID], Row]) -> list[tuple[tuple[str, list[Any]], Row]]:
    """Return INSERTs that copy the newest row of each table and case under a new id, with the row's meaning."""
    copies = []
    for table in LOOKED_AT:
        case = "id" if table == "case_file" else "case_id"
        newest = f"SELECT DISTINCT ON ({case}) * FROM {table} ORDER BY {case}, id DESC"
        for found in await world.looking.superuser.fetch(newest):
            values = dict(found) | {"id": uuid4()}
            places = ", ".join(f"${place}" for place in range(1, len(values) + 1))
            statement = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})"
            copies.append(((statement, list(values.values())), meanings[table, found[ID_OF.get(table, "id")]]))
    return copies
