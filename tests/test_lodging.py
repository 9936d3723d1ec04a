"""What a test leaves behind in a database that the next one lives in: nothing, or the database is dropped."""

import pytest
from sqlalchemy import event

from multiagency.kernel.actor import Door
from tests.lodging import coming_back

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


async def everything(house):
    tables = [row["tablename"] for row in await house.fetch(TABLES)]
    return {name: await house.fetch(f"SELECT t::text FROM {name} t ORDER BY 1") for name in tables}


async def where_the_next_lives(lodgings):
    async with lodgings.lived_in() as house:
        return house.database


async def test_whoever_comes_next_finds_the_template(lodgings, sink):
    async with lodgings.house() as untouched:
        template = await everything(untouched)
    async with lodgings.lived_in(sink) as house:
        case = await house.submitted()
        await house.opened(case)
        await house.deliver()
        await house.number_log()
        await house.fetch("UPDATE post SET title = 'muu'")
        await house.fetch("UPDATE dated_parameter SET value = '9'")
        await house.fetch("DELETE FROM team_member")
        changed = await everything(house)
        assert changed["audit_entry"]
        assert [name for name in template if changed[name] != template[name]]
    async with lodgings.lived_in() as again:
        assert again.database == house.database
        assert await everything(again) == template
        assert await again.submitted()


async def test_a_scene_begins_again_where_it_began(lodgings):
    async with lodgings.lived_in() as house:
        case = await house.submitted()
        await house.person("coordinator")
        async with coming_back(house) as back:
            template = await everything(house)
            await house.opened(case)
            await house.fetch("DELETE FROM team_member")
            assert await everything(house) != template
            await back()
            assert await everything(house) == template
            assert await house.opened(case)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE case_file NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE case_file DISABLE TRIGGER ALL",
        "GRANT SELECT ON case_file TO multiagency_signin",
        "CREATE POLICY more ON case_file USING (true)",
        "CREATE OR REPLACE FUNCTION current_post() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
        "CREATE TABLE more ()",
        "CREATE INDEX more ON case_file (team_id)",
    ],
)
async def test_nobody_lives_where_the_schema_was_changed(lodgings, statement):
    async with lodgings.lived_in() as house:
        superuser = await house.superuser()
        await superuser.execute(statement)
        await superuser.close()
    assert await where_the_next_lives(lodgings) != house.database


async def test_nobody_lives_where_somebody_is_still_at_work(lodgings):
    async with lodgings.lived_in() as house:
        superuser = await house.superuser()
        await superuser.execute("BEGIN; DELETE FROM team_member")
    superuser.terminate()
    assert await where_the_next_lives(lodgings) != house.database


async def test_nobody_lives_where_somebody_still_listens(lodgings):
    async with lodgings.lived_in() as house:
        event.listen(house.runtime.engines[Door.APP].sync_engine, "before_cursor_execute", lambda *_: None)
    assert await where_the_next_lives(lodgings) != house.database
