"""Searching for a case: whoever sees what holds the key finds it; anybody else learns nothing, not even by trying."""

import json

import asyncpg
import pytest
from sqlalchemy import event
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages, without_tokens

from multiagency.demo import story
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

NAME, CODE = story.CLIENT["name"], story.CLIENT["identity_code"]
VIOLENT = story.VIOLENT["name"]
NOBODY = "Eila Eiole"


async def found(house, login, wanted):
    answer = await (await house.person(login)).post("/search", {"wanted": wanted}, 200)
    return [case["reference"] for case in answer["cases"]]


async def shared(house, kinds, *parts):
    """A case on an agenda to which a participant of the municipality is seated, with consent for these kinds only."""
    case = await house.filled_draft()
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/consent", await house.narrow_consent(kinds, *parts))
    await officer.post(f"/cases/{case}/submission")
    await house.opened(case, "Heikki")
    return case


async def logged(house, *results):
    """The entries of searches with these results, each with the reference of the case it names."""
    rows = await house.fetch(
        "SELECT convert_from(e.body, 'UTF8') AS body, d.case_reference, d.subject_id FROM audit_entry e "
        "JOIN audit_detail d ON d.entry_id = e.id ORDER BY e.id"
    )
    found = [(json.loads(row["body"]), row["case_reference"], row["subject_id"]) for row in rows]
    return [(body["mode"], case, subject) for body, case, subject in found if body["result"] in results]


@pytest.mark.parametrize(
    "wanted", [NAME, NAME.upper(), ", ".join(reversed(NAME.split())), CODE, f" {CODE.lower()} ", VIOLENT]
)
async def test_whoever_refers_a_case_finds_it_by_anybody_in_it(house, wanted):
    case = await house.submitted()
    assert await found(house, "officer", wanted) == [case]


async def test_a_case_is_found_by_its_reference_however_it_is_typed(house):
    case = await house.submitted()
    assert await found(house, "officer", f" {case.lower()} ") == [case]


@pytest.mark.parametrize("wanted", ["Aili", "Aili Esimerk", "Aili M Esimerkki", NOBODY, "030594W904C"])
async def test_only_the_whole_of_it_finds(house, wanted):
    await house.submitted()
    assert await found(house, "officer", wanted) == []


async def test_other_names_find_and_corrected_ones_do_not(house):
    case, officer = await house.filled_draft(), await house.person("officer")
    await officer.post(f"/cases/{case}/aliases", {"name": "Aili Entinen"}, 201)
    await officer.put(f"/cases/{case}/client", story.CLIENT | {"name": "Aili Oikea"})
    assert await found(house, "officer", "Aili Entinen") == [case]
    assert await found(house, "officer", "Aili Oikea") == [case]
    assert await found(house, "officer", NAME) == []


async def test_a_colleague_without_sight_gets_what_anybody_gets_for_nothing(house):
    case = await house.submitted()
    for login in ("police", "officer-2", "county", "municipality"):
        pages = await at_pages(house, login)
        shown = []
        for wanted in (NAME, CODE, VIOLENT, case, NOBODY):
            answer = await pages.post("/search", 200, wanted=wanted)
            assert TEXTS.say(Language.FI, "search.nothing") in answer.text
            shown.append((without_tokens(answer.text).replace(f'value="{wanted}"', ""), sorted(answer.headers.keys())))
        assert all(one == shown[-1] for one in shown), login


async def test_a_hit_comes_with_a_duty_of_ones_own(house):
    case = await house.submitted()
    assert await found(house, "coordinator", NAME) == [case]
    assert await found(house, "municipality", NAME) == []
    await house.opened(case, "Heikki")
    assert await found(house, "municipality", NAME) == [case]
    assert await found(house, "municipality", VIOLENT) == [case]


@pytest.mark.parametrize(
    ("kinds", "by_client", "by_violent"),
    [(["narrative", "risk"], False, False), (["identity"], True, False), (["party"], False, True)],
)
async def test_a_hit_needs_sight_of_the_kind_that_holds_the_key(house, kinds, by_client, by_violent):
    case = await shared(house, kinds)
    for login in ("municipality", "coordinator"):
        assert await found(house, login, case) == [case], "the shell is in sight"
        identity = by_client or login == "coordinator"  # without it nobody convenes
        for wanted, expected in ((NAME, identity), (CODE, identity), (VIOLENT, by_violent)):
            assert await found(house, login, wanted) == ([case] if expected else []), (login, wanted)


async def test_nothing_is_found_any_more_when_sight_has_ended(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    for login in ("municipality", "coordinator"):
        assert await found(house, login, NAME) == []
    assert await found(house, "officer", NAME) == [case], "one's own record"


async def test_the_function_answers_within_the_callers_sight_whatever_asks_it(house):
    case = await house.submitted()
    ((what, hashed),) = await house.fetch(
        "SELECT DISTINCT what, hash FROM lookup_hash WHERE what = 'identity_code' AND role = 'client'"
    )
    ask = "SELECT count(*) FROM found_cases($1, $2, $3)"
    for login, number in (("officer", 1), ("coordinator", 1), ("municipality", 0), ("auditor", 0)):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert await connection.fetchval(ask, "", what, hashed) == number, login
            assert await connection.fetchval(ask, case, "name", b"") == number, login


async def test_none_and_not_seen_take_the_same_statements(house):
    case = await house.submitted()
    person, said = await house.person("police"), []

    def note(_connection, _cursor, statement, *_):
        said.append(statement)

    engines = [engine.sync_engine for engine in house.runtime.engines.values()]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        asked = {}
        for wanted in (NOBODY, NOBODY, NAME, CODE, case, "ABCD-EFGH"):
            said.clear()
            await person.post("/search", {"wanted": wanted}, 200)
            asked[wanted] = list(said)
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    assert all(statements == asked[NOBODY] for statements in asked.values())


async def test_a_search_is_logged_by_its_kind_and_never_by_its_key(house):
    case = await house.submitted()
    for wanted in (NAME, CODE, case):
        await found(house, "officer", wanted)
        await found(house, "police", wanted)
    client = (await house.fetch("SELECT id FROM case_file"))[0]["id"]
    for key in ("name", "code", "reference"):
        assert await logged(house, f"searched_by_{key}:1") == [("read", case, client)]
        assert await logged(house, f"searched_by_{key}:0") == [("read", None, None)]
    bodies = await house.fetch("SELECT convert_from(body, 'UTF8') AS body FROM audit_entry")
    assert not [row for row in bodies if CODE in row["body"] or NAME in row["body"]]


async def test_whoever_searches_too_often_waits_and_what_they_typed_stays(lodgings):
    async with lodgings.lived_in(searches_per_hour=2) as house:
        case = await house.submitted()
        officer, pages = await house.person("officer"), await at_pages(house, "officer")
        for _ in range(2):
            assert await found(house, "officer", NAME) == [case]
        await officer.post("/search", {"wanted": NAME}, 429)
        refused = await pages.post("/search", 429, wanted=NAME)
        assert f'value="{NAME}"' in refused.text
        assert case not in refused.text
        assert TEXTS.say(Language.FI, "error.too_often", limit=2) in refused.text
        assert await logged(house, "429") == [("deny", None, None)] * 2
        assert await found(house, "coordinator", NAME) == [case], "each for themselves"
        await house.fetch("UPDATE search_pace SET began_at = began_at - interval '1 hour'")
        assert await found(house, "officer", NAME) == [case]


async def test_nobody_reads_or_lowers_how_often_they_searched(house):
    await found(house, "officer", NOBODY)
    for statement in ("SELECT * FROM search_pace", "DELETE FROM search_pace", "UPDATE search_pace SET number = 0"):
        async with house.as_role("app", await secret_of(house, "officer")) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


async def test_the_page_names_what_it_found_and_nothing_of_it_stands_in_an_address(house):
    case, pages = await house.submitted(), await at_pages(house, "officer")
    assert 'action="/search"' in (await pages.get("/cases")).text
    shown = (await pages.post("/search", 200, wanted=CODE)).text
    assert f'<a href="/cases/{case}">{NAME}</a><br><small class="code">{case}</small>' in shown
    assert NAME not in shown.partition("<main")[0]
    await pages.get("/search")


async def test_a_code_with_an_error_is_said_to_be_wrong_and_stays(house):
    pages = await at_pages(house, "officer")
    wrong = (await pages.post("/search", 422, wanted="030594W903X")).text
    assert TEXTS.say(Language.FI, "error.identity_code") in wrong
    assert 'value="030594W903X"' in wrong
    await pages.post("/search", 422, wanted="")


@pytest.mark.parametrize(
    ("login", "may"),
    [
        *((login, True) for login in ("officer", "social-worker", "municipality", "coordinator")),
        *((login, False) for login in ("auditor", "administrator", "supervisor", "child-welfare")),
    ],
)
async def test_only_people_of_the_table_search_and_are_offered_to(house, login, may):
    await (await house.person(login)).post("/search", {"wanted": NOBODY}, 200 if may else 403)
    assert ('action="/search"' in (await (await at_pages(house, login)).get("/")).text) is may
