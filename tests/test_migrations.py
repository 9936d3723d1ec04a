"""Migrations: no drift from the models, the way down and up again, and one catalogue at the end of every way."""

import asyncio
import re
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory

import multiagency
from multiagency.cli.main import main
from multiagency.embedded.provision import connect, create_database, drop_database, dsn
from multiagency.kernel.migrations import UnknownRevision, alembic_config, upgrade
from multiagency.kernel.row_security import ROOMS
from tests.catalogue import catalogue

DATABASE = "migrating"
PACKAGE = Path(multiagency.__file__).parent
BY_HAND = (
    "DROP POLICY sight ON client",
    "ALTER POLICY sight ON case_file USING (true)",
    "ALTER POLICY oversight ON access_grant TO multiagency_worker",
    "CREATE POLICY stray ON safe_contact FOR SELECT TO multiagency_app USING (true)",
    "CREATE OR REPLACE FUNCTION barred_cases(wanted_person uuid) RETURNS SETOF uuid LANGUAGE sql STABLE "
    "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS 'SELECT NULL::uuid WHERE false'",
    "ALTER FUNCTION live_session() OWNER TO multiagency_owner",
    "GRANT EXECUTE ON FUNCTION barred_cases(uuid) TO multiagency_app",
    "REVOKE EXECUTE ON FUNCTION current_post() FROM multiagency_worker",
    "DROP FUNCTION log_metrics()",
    "CREATE FUNCTION stray() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION straying() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE TRIGGER stray BEFORE INSERT ON access_bar FOR EACH ROW EXECUTE FUNCTION straying()",
    "ALTER TABLE party DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE party NO FORCE ROW LEVEL SECURITY",
    "GRANT UPDATE ON client TO multiagency_app",
    "GRANT SELECT (secret_hash) ON session TO multiagency_app WITH GRANT OPTION",
    "GRANT SELECT ON data_key TO PUBLIC",
    "GRANT SELECT ON alembic_version TO multiagency_app",
    "REVOKE INSERT ON audit_entry FROM multiagency_worker",
    "REVOKE SELECT ON outbox FROM multiagency_owner",
    "GRANT CREATE ON SCHEMA public TO multiagency_app, PUBLIC",
    "REVOKE USAGE ON SCHEMA public FROM PUBLIC",
)


@pytest.fixture
def empty(ground):
    asyncio.run(create_database(ground.server, DATABASE))
    yield dsn(ground.server, "owner", ground.passwords, DATABASE)
    asyncio.run(drop_database(ground.server, DATABASE))


@pytest.fixture
def ask(ground):
    """Run statements as the superuser, and return the catalogue as it is then."""

    async def asked(statements: tuple[str, ...]) -> list[str]:
        superuser = await connect(ground.server, DATABASE)
        try:
            for statement in statements:
                await superuser.execute(statement)
            return await catalogue(superuser)
        finally:
            await superuser.close()

    return lambda *statements: asyncio.run(asked(statements))


def test_models_and_migrations_agree(empty):
    upgrade(empty)
    command.check(alembic_config(empty))


def test_down_and_up_again(empty):
    upgrade(empty)
    command.downgrade(alembic_config(empty), "base")
    upgrade(empty)
    command.check(alembic_config(empty))


def test_every_way_to_the_newest_revision_ends_at_one_catalogue(empty, ask):
    """Through each revision with a step back, down to nothing and up at once, and once more where nothing is new."""
    config = alembic_config(empty)
    for _ in ScriptDirectory.from_config(config).walk_revisions():
        for step in ("+1", "-1", "+1"):
            (command.upgrade if step == "+1" else command.downgrade)(config, step)
    by_steps = ask()
    command.downgrade(config, "base")
    assert [line for line in ask() if line.startswith(("policy", "function", "trigger"))] == []
    upgrade(empty)
    anew = ask()
    upgrade(empty)
    assert by_steps == anew == ask()
    assert len([line for line in anew if line.startswith("policy")]) > 300


def test_down_to_nothing_leaves_nothing(empty, ask):
    at_first = ask()
    upgrade(empty)
    command.downgrade(alembic_config(empty), "base")
    assert [line for line in ask() if "alembic_version" not in line] == at_first


def test_migrating_puts_right_what_was_altered_by_hand(empty, ask):
    upgrade(empty)
    right = before = ask()
    for statement in BY_HAND:
        altered = ask(statement)
        assert altered != before, statement
        before = altered
    upgrade(empty)
    assert ask() == right


def test_a_command_that_only_looks_changes_nothing(empty, ask):
    upgrade(empty)
    altered = ask("DROP POLICY sight ON client")
    command.check(alembic_config(empty))
    assert ask() == altered


def test_no_room_is_missing_from_the_floors():
    found = {path.parent for path in PACKAGE.rglob("policies.sql")}
    assert found == {PACKAGE / room for room in ROOMS}
    assert len(ROOMS) == len(set(ROOMS))
    assert {path.parent for path in PACKAGE.rglob("functions*.sql")} <= found


def test_each_room_speaks_of_its_own_tables_only():
    """A table's row security is to be read in one place: the room that a statement stands in protects the table too."""
    for room in ROOMS:
        said = "".join(path.read_text() for path in sorted((PACKAGE / room).glob("policies*.sql")))
        own = set(re.findall(r"protect(?:_client_data)?\('(\w+)'", said)) | set(re.findall(r"'(\w+)'(?=[,\]])", said))
        for table in re.findall(r"^CREATE POLICY \w+ ON (\w+)|^GRANT .*? ON (\w+) TO", said, re.MULTILINE):
            assert set(table) - {""} <= own, (room, table)


def test_a_revision_that_is_not_known_is_said_in_a_sentence_and_nothing_changes(empty, ask, monkeypatch, capsys):
    upgrade(empty)
    altered = ask("UPDATE alembic_version SET version_num = '0015'", "DROP POLICY sight ON client")
    with pytest.raises(UnknownRevision):
        upgrade(empty)
    monkeypatch.setenv("MULTIAGENCY_DATABASE_URL_OWNER", empty)
    assert main(["migrate"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "revision 0015, which this version does not know; nothing was changed" in said
    assert ask() == altered
