"""A request whose transaction loses to another is done again, whole, and nobody notices."""

import asyncio

import pytest
from tests.cases.test_opening_people import FAMILY
from tests.pages import at_pages

from multiagency.web.middleware import TIMES

OTHERS_FIRST = """
CREATE SEQUENCE times;
GRANT USAGE ON times TO multiagency_app;
CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('times') <= {losses} THEN RAISE 'could not serialize access' USING ERRCODE = '{state}'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lose BEFORE INSERT ON case_file FOR EACH ROW EXECUTE FUNCTION lose();
"""


async def others_first(house, losses, state="40001"):
    superuser = await house.superuser()
    await superuser.execute(OTHERS_FIRST.format(losses=losses, state=state))
    await superuser.close()


async def tried(house):
    return (await house.fetch("SELECT last_value FROM times"))[0]["last_value"]


@pytest.mark.parametrize("state", ["40001", "40P01", "23505"])
async def test_it_is_done_again_and_answered_once(house, state):
    await others_first(house, 2, state)
    reference = await house.draft()
    assert [row["reference"] for row in await house.fetch("SELECT reference FROM case_file")] == [reference]
    assert await tried(house) == 3
    entries = await house.fetch("SELECT convert_from(body, 'UTF8') AS body FROM audit_entry")
    assert sum('"open_case"' in row["body"] for row in entries) == 1


async def test_a_form_is_done_again_too(house):
    await others_first(house, 1)
    officer = await at_pages(house, "officer")
    await officer.post("/cases/new", 303, team=await house.team(), **FAMILY)
    assert len(await house.fetch("SELECT FROM case_file")) == 1


async def test_a_row_that_is_sealed_anew_meanwhile_is_changed_all_the_same(house):
    case, officer = await house.filled_draft(), await house.person("officer")
    keeper = await house.superuser()
    transaction = keeper.transaction()
    await transaction.start()
    await keeper.execute("UPDATE case_part SET narrative = narrative")
    saving = asyncio.create_task(officer.put(f"/cases/{case}/part", {"narrative": "Uusi teksti"}))
    await asyncio.sleep(0.3)  # it waits for the row by now, and has seen the world before
    assert not saving.done()
    await transaction.commit()
    await saving
    await keeper.close()
    assert (await officer.get(f"/cases/{case}"))["parts"][0]["narrative"] == "Uusi teksti"


async def test_who_loses_every_time_is_told(house):
    await others_first(house, 1000)
    officer = await house.person("officer")
    problem = await officer.post("/cases", {"team": await house.team()}, 409)
    assert problem["type"] == "urn:multiagency:error.changed_meanwhile"
    assert await tried(house) == TIMES
