"""Constraints as side doors: a foreign key or a unique value must not answer what a policy hides."""

import asyncpg
from sqlalchemy import UniqueConstraint
from tests.filling import fill
from tests.kernel.test_direct_sql import key_of, me, model_of, rows_of
from tests.kernel.test_row_security import secret_of

from multiagency.kernel.ids import reference
from multiagency.tables import metadata

DIRECTORY = {"agency", "person", "post", "team", "team_member", "deputy", "legal_ground"}
"""Open to whoever is signed in: nothing is hidden there."""
LOG = {"audit_entry"}
"""Written by everybody, one's own lines only: tests/kernel/test_row_security.py."""
UNGUESSABLE = {
    "case_file.reference",
    "consultation.reference",
    "log_request.reference",
    "planned_action.reference",
    "agenda_item.room",
    "room_call.room",
    "outbox.message_id",
    "join_address.secret_hash",
    "invitation.uid",
    "calendar_feed.secret_hash",
    "session.secret_hash",
    "meeting.reference",
}
"""Unique over all cases, but random: nobody can try a value that means something."""
OF_THE_SERVICE = {
    "credential.login",
    "audit_sequence.entry_id",
    "deletion_report.run_id+controller_id+retention_class",
    "legal_ground.code",
    "audit_alarm.code",
    "audit_witness.vkey",
    "due_work.kind+subject_id",
    "mailbox_message.box+uid",
    "invitation_remark.invitation_id",
}
"""Tables that no person's session can insert into, or that everybody may read whole."""


REFUSED = asyncpg.InsufficientPrivilegeError


def hidden_parents():
    """Every foreign key from a table about cases to one whose rows are not for everybody."""
    return [
        (table.name, key.parent.name, key.column.table.name)
        for table in metadata.tables.values()
        for key in (table.foreign_keys if "case_id" in table.columns else ())
        if key.column.table.name not in DIRECTORY | LOG and key.parent.name != "case_id"
    ]


async def two_cases(house):
    """One case with everything, and one like it that is taken out of everybody's sight afterwards."""
    cases = []
    for _ in range(2):
        case = await house.submitted()
        meeting = await house.opened(case, "Heikki", "Jouni")
        await house.minutes(meeting, case)
        action = {"owner": await house.post_of("Heikki"), "title": "Soittaa", "due_on": "2099-01-01"}
        await (await house.person("coordinator")).post(f"/cases/{case}/actions", action, 201)
        again = await house.opened(case, "Heikki")  # what is answered before a meeting is gone with its minutes
        await (await house.person("coordinator")).post(f"/meetings/{again}/research", {"case": case}, 200)
        heikki = await house.person("municipality")
        await heikki.post(f"/meetings/{again}/cases/{case}/return", {"knows": "known"})
        cases.append(case)
        for recipient in ({"recipient": await house.agency("Wellbeing")}, {"recipient_name": "Kunnan lastensuojelu"}):
            told = recipient | {"reason": "Huoli lapsesta", "confirmed": True}
            await (await house.person("officer")).post(f"/cases/{case}/child-welfare/notification", told, 201)
    hidden = (await house.fetch("SELECT id FROM case_file WHERE reference = $1", cases[1]))[0]["id"]
    await house.fetch(
        "INSERT INTO room_presence (id, case_id, controller_id, retention_class, seat_id, entered_at) "
        "SELECT gen_random_uuid(), case_id, controller_id, 'x', id, now() FROM seat"
    )
    await house.fetch(
        "INSERT INTO access_bar (id, case_id, agency_id, reason, valid_from) SELECT gen_random_uuid(), c.id, a.id, "
        "'employer', now() FROM case_file c, agency a WHERE a.kind = 'shelter'"
    )
    await fill(house, *cases)
    await house.fetch(
        "INSERT INTO access_bar (id, case_id, person_id, reason, valid_from) "
        "SELECT gen_random_uuid(), $1, id, 'must_never_be_told', now() FROM person",
        hidden,
    )
    await house.fetch(  # a meeting is hidden from this team's coordinators when it is another team's
        "UPDATE meeting SET team_id = $1 WHERE id IN (SELECT meeting_id FROM agenda_item WHERE case_id = $2)",
        await another_team(house),
        hidden,
    )
    return hidden


async def refused(connection, command, *values):
    """Run a command as somebody; return the error's type, or how many rows it touched."""
    nested = connection.transaction()
    await nested.start()
    try:
        return int((await connection.execute(command, *values)).split()[-1])
    except asyncpg.PostgresError as error:
        return type(error)
    finally:
        await nested.rollback()


async def with_fresh_values(database, table, row):
    """The row as another one: everything that must be unique by itself is new."""
    fresh = {key_of(table): await database.fetchval("SELECT gen_random_uuid()")}
    for name in UNGUESSABLE:
        owner, _, column = name.partition(".")
        if owner == table:
            fresh[column] = fresh[key_of(table)] if column == "room" else reference()
    return {name: value for name, value in dict(row).items() if name != "request"} | fresh


async def parent_in(database, table, hidden):
    """A hidden row of a parent's table."""
    if table == "case_file":
        return hidden
    if table == "meeting":
        return await database.fetchval("SELECT meeting_id FROM agenda_item WHERE case_id = $1", hidden)
    return await database.fetchval(f"SELECT id FROM {table} WHERE case_id = $1", hidden)


async def test_sec0002_no_row_of_ones_own_case_hangs_on_a_hidden_parent(house):
    """Neither put there nor moved there; refused alike whether the parent is hidden or was never there.

    Finding SEC-0002: whoever steered a case could, by direct SQL, place it on another team's meeting, and move seats,
    places in a room and answers under a parent of a case that they do not see.
    """
    hidden = await two_cases(house)
    database, wrong, tried = await house.superuser(), [], set()
    for login in ("officer", "coordinator", "municipality", "child-welfare"):
        known = await me(database, login)
        async with house.as_role("app", await secret_of(house, login)) as connection:
            for table, column, parent in hidden_parents():
                rows = [row for row in await rows_of(database, table) if model_of(table)(known, row)]
                there = await parent_in(database, parent, hidden)
                for row in rows[:3]:
                    for wanted in (there, await database.fetchval("SELECT gen_random_uuid()")):
                        put, moved = await hang(database, connection, table, row, column, wanted)
                        if put is not REFUSED or moved not in (0, REFUSED):
                            wrong.append(f"{login}: {table}.{column}: put {put}, moved {moved}")
                    tried.add(f"{table}.{column}")
    await database.close()
    assert wrong == []
    assert {f"{table}.{column}" for table, column, _ in hidden_parents()} == tried, "two_cases makes no such row"


async def hang(database, connection, table, row, column, wanted):
    """Insert a copy of the row under the wanted parent, then move the row itself there; return both answers."""
    values = await with_fresh_values(database, table, row) | {column: wanted}
    places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    put = await refused(connection, f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", *values.values())
    move = f"UPDATE {table} SET {column} = $1 WHERE {key_of(table)} = $2"
    return put, await refused(connection, move, wanted, row[key_of(table)])


async def test_sec0002_no_row_moves_to_another_case_or_record(house):
    """Where a row belongs is said once: no session may change its id, case, agency, class or parent.

    Finding SEC-0002: a row could be moved between two cases of one's own, by direct SQL, past the log of either.
    """
    granted = await house.fetch(
        "SELECT table_name, column_name FROM information_schema.column_privileges "
        "WHERE grantee = 'multiagency_app' AND privilege_type = 'UPDATE'"
    )
    changes = {(row["table_name"], row["column_name"]) for row in granted}
    parents = {(table, column) for table, column, _ in hidden_parents()}
    fixed = {
        (table.name, name)
        for table in metadata.tables.values()
        for name in ("id", "case_id", "controller_id", "retention_class")
        if "client_data" in table.info
    } - {("case_file", "retention_class")}  # of the client, as they are recorded; no row goes by it alone
    assert changes & (parents | fixed) == set()
    assert ("client", "name") in changes, "nothing may be changed at all: nothing was compared"


async def another_team(house):
    row = await house.fetch(
        "INSERT INTO team (id, pathway, name, convener_id) SELECT gen_random_uuid(), 'marak', 'MARAK muualla', id "
        "FROM agency WHERE name_en LIKE '%Revontuli%' RETURNING id"
    )
    return row[0]["id"]


def scoped(table, columns):
    """Whether a unique value belongs to one case: its own column, or a parent that belongs to one."""
    keys = {key.parent.name for key in table.foreign_keys}
    return any(name == "case_id" or name in keys for name in columns)


def test_no_unique_value_tells_that_a_hidden_row_has_it():
    """A duplicate is refused loudly. So what must be unique over all cases may be nothing that a person could guess."""
    telling = set()
    for table in metadata.tables.values():
        found = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
        found += [index for index in table.indexes if index.unique]
        for constraint in found:
            columns = [column.name for column in constraint.columns]
            if not scoped(table, columns):
                telling.add(f"{table.name}.{'+'.join(columns)}")
    assert telling - UNGUESSABLE - OF_THE_SERVICE == {"outbox.stream_id+ordinal"}
