"""What the database itself lets through, asked as its roles with their real passwords."""

import hashlib

import asyncpg
import pytest

# Each with its reason; everything else must force row security.
WITHOUT_ROW_SECURITY = {"alembic_version": "holds a revision number; only the owner role may touch it"}
LOGIN_ROLES = ("multiagency_app", "multiagency_worker", "multiagency_signin", "multiagency_keeper")
LOG_TABLES = ("audit_entry", "audit_detail", "audit_sequence", "audit_checkpoint")


async def secret_of(house, login: str) -> str:
    return (await house.person(login))._headers["cookie"].split("=", 1)[1]


async def client_tables(house) -> list[str]:
    rows = await house.fetch(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'case_id'"
    )
    return [row["table_name"] for row in rows] + ["case_file"]


async def test_every_table_forces_row_security(house):
    rows = await house.fetch(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace "
        "AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    assert {row["relname"] for row in rows} == set(WITHOUT_ROW_SECURITY)


async def test_the_catalogue_saw_all_tables(house):
    from multiagency.tables import metadata

    rows = await house.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert {row["tablename"] for row in rows} == set(metadata.tables) | set(WITHOUT_ROW_SECURITY)


async def test_no_view_shows_what_a_policy_hides(house):
    rows = await house.fetch("SELECT relname FROM pg_class WHERE relkind IN ('v','m') AND relnamespace = 2200")
    assert rows == []


async def test_login_roles_bypass_nothing_and_own_nothing(house):
    rows = await house.fetch(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = ANY($1)",
        list(LOGIN_ROLES),
    )
    assert len(rows) == len(LOGIN_ROLES)
    assert not any(row["rolsuper"] or row["rolbypassrls"] or row["rolcreaterole"] or row["rolcreatedb"] for row in rows)
    owned = await house.fetch(
        "SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = ANY($1)",
        list(LOGIN_ROLES),
    )
    assert owned == []


async def test_nobody_may_become_somebody_else(house):
    rows = await house.fetch(
        "SELECT m.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member WHERE m.rolname = ANY($1)",
        list(LOGIN_ROLES),
    )
    assert rows == []


async def test_the_functions_that_see_more_fix_their_search_path(house):
    rows = await house.fetch(
        "SELECT proname, proconfig, proowner::regrole::text AS owner FROM pg_proc "
        "WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    assert len(rows) >= 15
    for row in rows:
        assert row["owner"] == "multiagency_guard"
        assert any(option.startswith("search_path=pg_catalog, public, pg_temp") for option in row["proconfig"])


async def test_without_a_session_there_is_nothing(house):
    await house.submitted()
    for role in ("app", "worker", "keeper"):
        async with house.as_role(role) as connection:
            for table in await client_tables(house):
                try:
                    async with connection.transaction():
                        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, (role, table)
                except asyncpg.InsufficientPrivilegeError:
                    continue


@pytest.mark.parametrize("context", ["post", "hash", "session", "garbage", "empty"])
async def test_no_id_and_no_hash_serves_as_context(house, context):
    """As app role, setting any post id or a session's hash as context shows nothing."""
    case = await house.submitted()
    secret = await secret_of(house, "officer")
    row = (await house.fetch("SELECT id, post_id, secret_hash FROM session ORDER BY created_at LIMIT 1"))[0]
    assert row["secret_hash"] == hashlib.sha256(secret.encode()).digest()
    tried = {
        "post": str(row["post_id"]),
        "hash": row["secret_hash"].hex(),
        "session": str(row["id"]),
        "garbage": "\\x00'; SELECT 1; --",
        "empty": "",
    }
    async with house.as_role("app", tried[context]) as connection:
        assert await connection.fetchval("SELECT count(*) FROM case_file") == 0
        assert await connection.fetchval("SELECT current_post()") is None
    async with house.as_role("app", secret) as connection:  # the same question with the real secret is answered
        assert await connection.fetchval("SELECT reference FROM case_file") == case


async def test_context_ends_with_its_transaction(house):
    """A pooled connection carries nobody's sight into the next transaction."""
    await house.submitted()
    connection = await asyncpg.connect(
        host=str(house.ground.server.socket_directory),
        user="multiagency_app",
        password=house.ground.passwords["app"],
        database=house.database,
    )
    try:
        async with connection.transaction():
            await connection.execute(
                "SELECT set_config('multiagency.session', $1, true)", await secret_of(house, "officer")
            )
            assert await connection.fetchval("SELECT count(*) FROM case_file") == 1
        assert await connection.fetchval("SELECT count(*) FROM case_file") == 0
    finally:
        await connection.close()


async def test_the_application_cannot_open_sessions(house):
    secret = await secret_of(house, "officer")
    async with house.as_role("app", secret) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO session (id, secret_hash, post_id, created_at, expires_at) "
                "SELECT gen_random_uuid(), '\\x00', id, now(), now() + interval '1 hour' FROM post LIMIT 1"
            )


async def test_the_sign_in_role_reaches_no_client_data(house):
    await house.submitted()
    for table in await client_tables(house):
        if table == "data_key":
            continue
        async with house.as_role("signin") as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetchval(f"SELECT count(*) FROM {table}")


async def test_an_expired_session_shows_nothing(house):
    await house.submitted()
    secret = await secret_of(house, "officer")
    superuser = await house.superuser()
    await superuser.execute("UPDATE session SET expires_at = now() - interval '1 second'")
    await superuser.close()
    async with house.as_role("app", secret) as connection:
        assert await connection.fetchval("SELECT count(*) FROM case_file") == 0


async def test_a_post_that_is_over_shows_nothing(house):
    await house.submitted()
    secret = await secret_of(house, "officer")
    superuser = await house.superuser()
    await superuser.execute("UPDATE post SET valid_to = now() - interval '1 second'")
    await superuser.close()
    async with house.as_role("app", secret) as connection:
        assert await connection.fetchval("SELECT count(*) FROM case_file") == 0


async def test_the_log_takes_inserts_only(house):
    await house.submitted()
    for login, role in (("auditor", "app"), ("officer", "app")):
        secret = await secret_of(house, login)
        for table in LOG_TABLES:
            for attack in (f"UPDATE {table} SET {{}} ", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
                column = {"audit_sequence": "index = 1", "audit_checkpoint": "note = ''"}.get(table, "")
                attack = attack.format(column or ("salt = ''" if table == "audit_detail" else "body = ''"))
                async with house.as_role(role, secret) as connection:
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.execute(attack)


async def test_only_auditors_read_the_log(house):
    await house.submitted()
    await house.number_log()
    counts = {}
    for login in ("auditor", "officer", "coordinator"):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            counts[login] = [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in LOG_TABLES]
    assert all(count > 0 for count in counts["auditor"])
    assert counts["officer"] == counts["coordinator"] == [0, 0, 0, 0]


async def test_a_forged_log_entry_of_somebody_else_is_refused(house):
    await house.submitted()
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO audit_detail (entry_id, salt, detail, post_id) "
                "SELECT gen_random_uuid(), 'x', 'y', id FROM post WHERE id <> current_post() LIMIT 1"
            )
