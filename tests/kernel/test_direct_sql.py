"""Direct SQL with the application's password: every client table, every account, against a model written apart.

The model (`tests/sight.py` and `direct_model.py` beside it) asks plain tables as superuser and knows nothing of the
policies. A new table of client data is compared by its kind; where its policy says something else, it gets a line in
`MODELS`, and so does a table that concerns cases without being client data.
"""

import asyncpg
import pytest
from tests.filling import fill
from tests.kernel.direct_model import MODELS, knows_case, shows
from tests.kernel.test_row_security import secret_of
from tests.log_requests.asking import COUNTY, Asked
from tests.sight import held_by

from multiagency.demo import story
from multiagency.demo.lapland import ACCOUNTS
from multiagency.kernel.access import Capability
from multiagency.tables import metadata

LOGINS = [account.login for account in ACCOUNTS]


class Me:
    """An account as the model knows it."""

    def __init__(self, row, held, protected, cleared, tables, minutes, received, sits):
        self.minutes, self.received, self.sits = minutes, set(received), set(sits)
        self.post, self.agency, self.role, self.held = row["id"], row["agency_id"], row["role"], held
        self.protected, self.cleared, self.tables = protected, cleared, tables


async def me(database, login):
    found = "SELECT p.* FROM post p JOIN credential c ON c.post_id = p.id WHERE c.login = $1"
    row = await database.fetchrow(found, login)
    orders = "SELECT case_id FROM address_protection WHERE ended_at IS NULL AND valid_until >= current_date"
    named = "SELECT case_id FROM address_clearance WHERE ended_at IS NULL AND post_id = $1"
    protected = {order["case_id"] for order in await database.fetch(orders)}
    cleared = {clearance["case_id"] for clearance in await database.fetch(named, row["id"])}
    seats = await database.fetch(
        "SELECT a.id, m.starts_at <= now() AND m.state IN ('open', 'recorded') AS begun "
        "FROM seat s JOIN agenda_item a ON a.id = s.agenda_item_id JOIN meeting m ON m.id = a.meeting_id "
        "WHERE s.post_id = $1 AND s.ended_at IS NULL AND a.ended_at IS NULL AND a.discussed_at IS NULL",
        row["id"],
    )
    tables = {seat["id"]: seat["begun"] for seat in seats}
    given = await database.fetch(
        "SELECT agenda_item_id, agency_id FROM minutes_recipient WHERE received_at IS NOT NULL"
    )
    seats = "SELECT agenda_item_id FROM seat WHERE ended_at IS NULL AND post_id = $1"
    sits = [seat["agenda_item_id"] for seat in await database.fetch(seats, row["id"])]
    written = await database.fetch("SELECT id, agenda_item_id, approved_at IS NOT NULL AS approved FROM minutes")
    minutes = {found["id"]: (found["agenda_item_id"], found["approved"]) for found in written}
    return Me(row, await held_by(database, login), protected, cleared, tables, minutes, map(tuple, given), sits)


def model_of(table):
    kind = metadata.tables[table].info.get("client_data")
    return MODELS.get(table) or (shows(kind) if kind else None)


def key_of(table):
    """The column that tells rows apart, among those that the application may read."""
    return "subject_id" if table == "lookup_hash" else primary_key_of(table)


def primary_key_of(table):
    return next(iter(metadata.tables[table].primary_key)).name


async def tables_about_cases(database):
    found = await database.fetch(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'case_id'"
    )
    return ["case_file", *sorted(row["table_name"] for row in found)]


async def rows_of(database, table):
    """All rows, each with what the model asks for."""
    about = "*, id AS case_id" if table == "case_file" else "*"
    if table == "notice":
        about = "*, (SELECT stage FROM case_file c WHERE c.id = notice.case_id) AS stage"
    rows = await database.fetch(f"SELECT {about} FROM {table}")
    if table != "research_answer":
        return rows
    asked = "SELECT r.*, a.discussed_at IS NULL AND a.ended_at IS NULL AS undiscussed FROM research_request r "
    requests = await database.fetch(f"{asked} JOIN agenda_item a ON a.id = r.agenda_item_id")
    by_id = {request["id"]: request for request in requests}
    return [dict(row) | {"request": by_id[row["request_id"]]} for row in rows]


async def around(house, case, closed):
    """What is done around a case: an address protected, something disclosed, a case opened in an emergency, an end."""
    officer, emergency = await house.person("officer"), await house.person("support")
    order = {"granted_on": "2026-01-01", "valid_until": "2029-01-01"}
    await officer.post(f"/cases/{case}/protection", order)
    told = {"recipient": await house.agency("Wellbeing"), "reason": "Huoli lapsesta", "confirmed": True}
    await officer.post(f"/cases/{case}/child-welfare/notification", told, 201)
    await emergency.post("/break-glass", {"reference": case, "reason": "Uhka", "minutes": 30}, 201)
    employed = {"role": "other", "name": "Joku", "employer": await house.agency("Kaamosjärvi")}
    draft = await house.filled_draft()
    await officer.post(f"/cases/{draft}/parties", employed, 201)
    await (await house.person("coordinator")).post(f"/cases/{closed}/closing", {"outcome": "no_further_need"})
    await fill(house, case, draft)
    await Asked.of(house, **COUNTY)


async def live(house):
    """Nine cases: followed up, withdrawn, barred, closed, narrow, with a part of another agency, and three drafts."""
    followed, withdrawn, barred, closed = [await house.submitted() for _ in range(4)]
    officer, coordinator = await house.person("officer"), await house.person("coordinator")
    narrow = await house.filled_draft()
    body = await house.consent_body("Police", "Wellbeing", "Riekko")
    await officer.post(f"/cases/{narrow}/consent", body | {"kinds": ["identity", "risk"]})
    await officer.post(f"/cases/{narrow}/submission")
    asked = await house.filled_draft()
    await officer.post(f"/cases/{asked}/contributors", {"post": await house.post_of("Marja")})
    await (await house.person("social-worker")).put(f"/cases/{asked}/part", {"narrative": story.COUNTY_PART})
    await house.filled_draft("officer-2")
    await house.filled_draft("social-worker")
    meeting = await house.meeting(followed, withdrawn, barred, narrow, closed)
    for case in (followed, withdrawn, barred, closed):
        await house.seat(meeting, case, "Heikki")
        await house.seat(meeting, case, "Jouni")
    await house.seat(meeting, narrow, "Tiina")
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    for case in (barred, narrow):
        await coordinator.post(f"/meetings/{meeting}/research", {"case": case}, 200)
    for login, case in (("police", barred), ("municipality", barred), ("shelter", narrow)):
        await (await house.person(login)).post(f"/meetings/{meeting}/cases/{case}/return", {"knows": "known"})
    for case in (followed, withdrawn, barred):
        parts = dict.fromkeys(await house.agencies("Revontuli", "Police"), "Osa.")
        await house.draft_minutes(meeting, case)
        await coordinator.post(f"/meetings/{meeting}/minutes", {"case": case, "text": "Yhteinen.", "parts": parts}, 200)
    for case in (followed, withdrawn):
        await house.minutes(meeting, case)
    await house.minutes(meeting, closed)
    await house.draft_minutes(meeting, barred)
    for case, name in ((followed, "Sanna"), (followed, "Heikki"), (withdrawn, "Heikki")):
        action = {"owner": await house.post_of(name), "title": "Soittaa", "due_on": "2099-01-01"}
        await coordinator.post(f"/cases/{case}/actions", action, 201)
    heikki = {"post": await house.post_of("Heikki"), "reason": "conflict_of_interest"}
    await coordinator.post(f"/cases/{barred}/bars", heikki)
    await officer.post(f"/cases/{withdrawn}/consent/withdrawal")
    await house.fetch(
        "INSERT INTO room_presence (id, case_id, controller_id, retention_class, seat_id, entered_at) "
        "SELECT gen_random_uuid(), case_id, controller_id, 'x', id, now() FROM seat"
    )
    await house.fetch(
        "INSERT INTO chair_note (id, case_id, controller_id, retention_class, agenda_item_id, author_id, saved_at) "
        "SELECT gen_random_uuid(), s.case_id, p.agency_id, 'x', s.agenda_item_id, p.id, now() "
        "FROM seat s JOIN post p ON p.id = s.post_id"
    )
    await house.fetch(
        "INSERT INTO sent_instead (id, case_id, controller_id, retention_class, seat_id, sent_at) "
        "SELECT gen_random_uuid(), s.case_id, p.agency_id, 'x', s.id, now() FROM seat s JOIN post p ON p.id = s.post_id"
    )
    await house.fetch(
        "INSERT INTO notice (id, post_id, what, place, case_id, shows, urgent, created_at) "
        "SELECT gen_random_uuid(), p.id, 'x', '/', c.id, 'shell', false, now() FROM post p, case_file c "
        "WHERE p.id IN (SELECT post_id FROM team_member)"
    )
    await around(house, followed, closed)


async def test_every_account_sees_exactly_the_rows_of_its_grants(house):
    await live(house)
    database = await house.superuser()
    seen, wrong = {}, []
    for login in LOGINS:
        known = await me(database, login)
        async with house.as_role("app", await secret_of(house, login)) as connection:
            for table in await tables_about_cases(database):
                model, key = model_of(table), key_of(table)
                assert model is not None, f"{table} needs a line in MODELS"
                rows = await rows_of(database, table)
                right = {row[key] for row in rows if model(known, row)}
                found = {row[0] for row in await connection.fetch(f"SELECT {key} FROM {table}")}
                if found != right:
                    wrong.append(f"{login}, {table}: {len(found - right)} too many, {len(right - found)} too few")
                seen.setdefault(table, set()).add(len(found))
                assert rows, f"{table} is empty: nothing was compared"
    await database.close()
    assert wrong == []
    assert {table for table, counts in seen.items() if max(counts) == 0} == set(), "nobody sees anything of these"
    assert {table for table, counts in seen.items() if len(counts) == 1} == set(), "everybody sees all of these"


async def attempt(connection, command, *values):
    """Return how many rows the command touched, or None when it was refused."""
    nested = connection.transaction()
    await nested.start()
    try:
        return int((await connection.execute(command, *values)).split()[-1])
    except asyncpg.InsufficientPrivilegeError:
        return None
    finally:
        await nested.rollback()


async def changeable(connection, table):
    query = "SELECT column_name FROM information_schema.column_privileges WHERE table_name = $1 AND privilege_type = $2"
    return [row[0] for row in await connection.fetch(query, table, "UPDATE")]


async def test_nobody_changes_or_removes_what_is_out_of_sight(house):
    """Touching all rows touches none but those in sight; whoever only reads touches none but their own."""
    await live(house)
    database, touched, wrong = await house.superuser(), set(), []
    for login in LOGINS:
        known = await me(database, login)
        steering = any(h.capability is not Capability.READ for h in known.held)
        async with house.as_role("app", await secret_of(house, login)) as connection:
            for table in await tables_about_cases(database):
                rows = await rows_of(database, table)
                right = sum(model_of(table)(known, row) for row in rows)
                commands = [f"UPDATE {table} SET {name} = {name}" for name in await changeable(connection, table)]
                for command in [*commands, f"DELETE FROM {table}"]:
                    count = await attempt(connection, command) or 0
                    touched |= {table} if count else set()
                    if count > (right if steering or table in OWN_TO_CHANGE else 0):
                        wrong.append(f"{login}: {command} touched {count} of {right} in sight")
    await database.close()
    assert wrong == []
    assert {"client", "case_file", "planned_action"} <= touched, "nobody could change anything: nothing was tried"


OWN_TO_CHANGE = {"room_presence", "notice", "receipt", "seat", "access_grant", "address_clearance", "research_request"}
"""Where somebody who only reads the case has something of their own to change: their place in a room, a notice, what
arrived for them, what their agency is asked, and whatever they give back when they leave the case."""


async def test_nobody_adds_to_a_case_out_of_sight(house):
    """A copy of a hidden row, with an id of its own, is refused in every table: by policy, not by a constraint."""
    await live(house)
    database, tried = await house.superuser(), 0
    for login in LOGINS:
        known = await me(database, login)
        async with house.as_role("app", await secret_of(house, login)) as connection:
            for table in await tables_about_cases(database):
                if table in {"audit_detail", "notice"}:  # one's own line in the log, telling a colleague: no case data
                    continue
                key, columns = primary_key_of(table), [column.name for column in metadata.tables[table].columns]
                names = ", ".join(columns)
                places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
                hidden = [r for r in await rows_of(database, table) if r["case_id"] and not knows_case(known, r)]
                for row in hidden[:3]:
                    fresh = await connection.fetchval("SELECT gen_random_uuid()")
                    values = [fresh if name == key else row[name] for name in columns]
                    command = f"INSERT INTO {table} ({names}) VALUES ({places})"
                    assert await attempt(connection, command, *values) is None, (login, table)
                    tried += 1
    await database.close()
    assert tried > 200


@pytest.mark.parametrize("role", ["worker", "signin"])
async def test_a_persons_secret_opens_nothing_under_another_role(house, role):
    await live(house)
    database = await house.superuser()
    tables = [name for name, table in metadata.tables.items() if "client_data" in table.info]
    await database.close()
    for table in tables:
        async with house.as_role(role, await secret_of(house, "officer")) as connection:
            try:
                assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
            except asyncpg.InsufficientPrivilegeError:
                continue


async def test_a_secret_that_signed_out_shows_nothing(house):
    await live(house)
    secret, officer = await secret_of(house, "officer"), await house.person("officer")
    for expected in (True, False):
        async with house.as_role("app", secret) as connection:
            assert bool(await connection.fetchval("SELECT count(*) FROM client")) is expected
        if expected:
            await officer._call("DELETE", "/session", None, 204)
