"""Names beside codes in lists: for whoever sees the identity, logged, in two statements however many they are."""

import pytest
from sqlalchemy import event
from tests.pages import at_pages

from multiagency.cases.reading_names import client_names, names_of
from multiagency.demo import story
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented

NAME, OTHER = story.CLIENT["name"], "Inka Olematon"
READ = (
    "SELECT d.case_reference FROM audit_entry e JOIN audit_detail d ON d.entry_id = e.id "
    "WHERE convert_from(e.body, 'UTF8') LIKE '%\"list_cases\"%' AND convert_from(e.body, 'UTF8') LIKE '%identity%'"
)


async def two_cases(house):
    first, later = await house.submitted(), await house.draft()
    await (await house.person("officer")).put(f"/cases/{later}/client", {"name": OTHER})
    return first, later


async def asked(house, login, ask):
    """What somebody is told at a list of cases, and how many statements the names took."""
    secret = (await house.person(login))._headers["cookie"].split("=", 1)[1]
    said = []

    def note(_connection, _cursor, statement, *_):
        said.append(statement)

    engines = [engine.sync_engine for engine in house.runtime.engines.values()]
    async with house.runtime.unit_of_work(Presented(secret), Act.LIST_CASES) as work:
        for engine in engines:
            event.listen(engine, "before_cursor_execute", note)
        try:
            found = await ask(work)
        finally:
            for engine in engines:
                event.remove(engine, "before_cursor_execute", note)
    return found, len(said)


async def ids(house, *references):
    rows = await house.fetch("SELECT id, reference FROM case_file")
    return {row["reference"]: row["id"] for row in rows if row["reference"] in references}


async def test_names_take_two_statements_however_many_cases_there_are(house):
    first, later = await two_cases(house)
    known = await ids(house, first, later)
    both = {known[first]: NAME, known[later]: OTHER}
    assert await asked(house, "officer", lambda work: client_names(work, list(both))) == (both, 2)
    assert await asked(house, "officer", lambda work: client_names(work, [known[first]])) == ({known[first]: NAME}, 2)
    assert await asked(house, "officer", lambda work: names_of(work, [first, later])) == (
        {first: NAME, later: OTHER},
        2,
    )
    assert await asked(house, "officer", lambda work: client_names(work, [])) == ({}, 0)


async def test_each_name_is_logged_as_read_and_none_that_was_not_shown(house):
    first, _ = await two_cases(house)
    await asked(house, "officer", lambda work: names_of(work, [first]))
    assert [row["case_reference"] for row in await house.fetch(READ)] == [first]


@pytest.mark.parametrize("login", ["municipality", "police", "officer-2"])
async def test_whoever_does_not_see_the_identity_is_told_no_name(house, login):
    first, later = await two_cases(house)
    assert (await asked(house, login, lambda work: names_of(work, [first, later])))[0] == {}


async def test_a_list_names_what_it_may_and_shows_the_reference_of_the_rest(house):
    case = await house.filled_draft()
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/consent", await house.narrow_consent(["narrative"]))
    await officer.post(f"/cases/{case}/submission")
    await house.opened(case, "Heikki")
    seen = (await (await at_pages(house, "officer")).get("/cases")).text
    assert f'<a href="/cases/{case}">{NAME}</a><br><small class="code">{case}</small>' in seen
    assert NAME not in seen.partition("<main")[0]
    unseen = (await (await at_pages(house, "municipality")).get("/cases")).text
    assert f'<a class="code" href="/cases/{case}">{case}</a>' in unseen
    assert NAME not in unseen
