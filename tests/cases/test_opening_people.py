"""A new case is opened with its people in one form: all of them, or nothing."""

import json
import re

import pytest
from tests.pages import at_pages, hidden

from multiagency.demo import story
from multiagency.kernel.lookup import Looked

NEW = "/cases/new"
FAMILY = {
    "client-name": story.CLIENT["name"],
    "client-born": story.CLIENT["identity_code"],
    "person_using_violence-name": story.VIOLENT["name"],
    "person_using_violence-born": "1.5.1994",
    "person_using_violence-relation": "entinen aviopuoliso",
    "child-0-name": story.CHILD["name"],
    "child-0-born": story.CHILD["identity_code"],
    "child-0-relation": "of_both",
    "child-1-name": "",
    "child-1-born": "",
    "child-1-relation": "",
}


async def cases(house):
    return len(await house.fetch("SELECT 1 FROM case_file"))


def fields(page):
    """What stands in the fields of the form, by name."""
    found = re.findall(r'<input id="([\w-]+)" name="[\w-]+" type="text" value="([^"]*)"', page)
    picked = re.findall(r'<select id="([\w-]+)".*?</select>', page, re.DOTALL)
    return dict(found) | dict.fromkeys(picked, "")


def errors(page):
    """The fields that the summary of errors leads to."""
    return re.findall(r'<li><a href="#([\w-]+)">', page.partition("<h1")[0])


async def entries(house):
    """The operation and the kinds of each entry that opening a case left."""
    rows = await house.fetch("SELECT convert_from(body, 'UTF8') AS body FROM audit_entry ORDER BY id")
    bodies = [json.loads(row["body"]) for row in rows]
    return [(body["operation"], tuple(body["kinds"])) for body in bodies if body["act"] == "open_case"]


async def test_the_log_calls_it_collecting_whoever_is_recorded_first(house):
    await (await at_pages(house, "officer")).post(NEW, team=await house.team(), **FAMILY)
    written = {operation for operation, kinds in await entries(house) if {"identity", "party"} & set(kinds)}
    assert written == {"collection"}


async def test_one_form_opens_the_draft_with_everybody_in_it_and_drops_empty_rows(house):
    pages, officer = await at_pages(house, "officer"), await house.person("officer")
    page = (await pages.get(NEW)).text
    assert fields(page).keys() == FAMILY.keys(), "who is asked about is declared by the model"
    opened = await pages.post(NEW, team=hidden(page)["team"], **FAMILY)
    place = opened.headers["location"]
    assert re.fullmatch(r"/cases/[\w-]+/situation", place), place
    case = await officer.get(f"/cases/{place.split('/')[2]}")
    assert case["client"]["name"] == story.CLIENT["name"]
    violent, child = sorted(case["parties"], key=lambda party: party["role"], reverse=True)
    assert (violent["birth_date"], violent["relation"]) == ("1994-05-01", "entinen aviopuoliso")
    assert (child["identity_code"], child["relation"]) == (story.CHILD["identity_code"], "Yhteinen lapsi")
    assert await cases(house) == 1


async def test_rows_come_and_go_and_keep_what_was_typed(house):
    pages = await at_pages(house, "officer")
    team = hidden((await pages.get(NEW)).text)["team"]
    more = (await pages.post(NEW, 200, team=team, add="child", **FAMILY)).text
    kept = {name: value for name, value in FAMILY.items() if not name.endswith("relation") or "child" not in name}
    assert fields(more).items() >= kept.items()
    assert "child-2-name" in fields(more)
    assert 'value="of_both" selected' in more
    less = (await pages.post(NEW, 200, team=team, drop="child-0", **FAMILY)).text
    assert "child-0-name" not in fields(less)
    assert "child-1-name" in fields(less)
    other = (await pages.post(NEW, 200, team=team, add="other", **FAMILY)).text
    assert "other-0-name" in fields(other)
    assert errors(more) == []
    assert await cases(house) == 0


WRONG = {
    "no client": ({"client-name": ""}, ["client-name"]),
    "nobody who uses violence": ({"person_using_violence-name": ""}, ["person_using_violence-name"]),
    "a child without a name": ({"child-0-name": ""}, ["child-0-name"]),
    "wrong codes": ({"client-born": "030594W903C", "child-0-born": "x"}, ["client-born", "child-0-born"]),
    "no such day": ({"person_using_violence-born": "31.2.1994"}, ["person_using_violence-born"]),
    "the wrong century": ({"child-0-born": "020516-903K"}, ["child-0-age_confirmed"]),
    "two unlikely ages": (
        {"client-born": "1.1.1900", "child-0-born": "020516-903K"},
        ["client-age_confirmed", "child-0-age_confirmed"],
    ),
    "the same person twice": ({"child-1-name": "Toinen", "child-1-born": FAMILY["child-0-born"]}, ["child-1-born"]),
    "wrong in its form and wrong for its age": (
        {"client-born": "?", "child-0-born": "020516-903K"},
        ["client-born", "child-0-age_confirmed"],
    ),
}


@pytest.mark.parametrize("what", WRONG)
async def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_saved_or_lost(house, what):
    change, wrong = WRONG[what]
    pages = await at_pages(house, "officer")
    typed = FAMILY | change
    page = (await pages.post(NEW, 422, team=await house.team(), **typed)).text
    assert errors(page) == wrong
    found = fields(page)
    assert {name: found[name] for name in typed if "relation" not in name} == {
        name: value for name, value in typed.items() if "relation" not in name
    }
    for name in wrong:
        assert f'id="{name}-error"' in page
    assert await cases(house) == 0
    assert {kinds for _, kinds in await entries(house)} == {()}, "the log tells of a case that never was"


async def test_a_confirmed_age_is_saved(house):
    pages = await at_pages(house, "officer")
    typed = FAMILY | {"child-0-born": "020516-903K", "child-0-age_confirmed": "true"}
    await pages.post(NEW, team=await house.team(), **typed)
    assert await cases(house) == 1


async def test_nobody_opens_a_case_in_which_they_are_a_party(house):
    await house.fetch(
        "UPDATE person SET identity_hash = $1 WHERE id = (SELECT p.person_id FROM post p JOIN credential c "
        "ON c.post_id = p.id WHERE c.login = 'officer')",
        house.runtime.tools.lookup.hash(Looked.IDENTITY_CODE, FAMILY["child-0-born"]),
    )
    page = (await (await at_pages(house, "officer")).post(NEW, 422, team=await house.team(), **FAMILY)).text
    assert errors(page) == ["child-0-born"]
    assert await cases(house) == 0


async def test_whoever_is_in_the_new_case_is_found_again(house):
    await (await at_pages(house, "officer")).post(NEW, team=await house.team(), **FAMILY)
    rows = await house.fetch("SELECT DISTINCT role FROM lookup_hash ORDER BY role")
    assert [row["role"] for row in rows] == ["child", "client", "person_using_violence"]


async def test_ages_are_said_back_and_each_can_be_corrected(house):
    pages = await at_pages(house, "officer")
    opened = await pages.post(NEW, team=await house.team(), later="true", **FAMILY)
    place = opened.headers["location"]
    assert place.endswith("/people")
    page = (await pages.get(place)).text
    assert "Nainen, 32 vuotta" in page
    assert "10 vuotta" in page
    case = place.split("/")[2]
    assert f'href="/cases/{case}/client"' in page
    assert len(re.findall(rf'href="/cases/{case}/people/[0-9a-f-]{{36}}"', page)) == 2


async def test_of_several_teams_the_one_of_the_newest_case_is_offered_and_another_can_be_chosen(house):
    first = await house.team()
    columns = "id, pathway, name, convener_id"
    like = (
        f"INSERT INTO team ({columns}) SELECT gen_random_uuid(), pathway, 'Toinen', convener_id FROM team RETURNING id"
    )
    second = (await house.fetch(like))[0]["id"]
    pages = await at_pages(house, "officer")
    choice = (await pages.get(NEW)).text
    assert f'href="/cases/new?team={first}"' in choice
    assert f'href="/cases/new?team={second}"' in choice
    page = (await pages.get(f"{NEW}?team={second}")).text
    assert hidden(page)["team"] == str(second)
    assert 'href="/cases/new/team"' in page
    await pages.post(NEW, team=str(second), **FAMILY)
    assert hidden((await pages.get(NEW)).text)["team"] == str(second)


async def test_the_page_speaks_the_language_of_its_reader_and_so_does_what_is_recorded(house):
    pages, officer = await at_pages(house, "officer"), await house.person("officer")
    pages._headers["cookie"] = f"{pages._session}; __Host-language=sv"
    page = (await pages.get(NEW)).text
    assert "Vems barn" in page
    answer = await house.http.post(
        NEW, headers=pages._headers, data={"csrf": pages._csrf, "team": await house.team(), **FAMILY}
    )
    case = await officer.get(f"/cases/{answer.headers['location'].split('/')[2]}")
    assert "Gemensamt barn" in {party["relation"] for party in case["parties"]}


async def test_a_form_of_somebody_else_opens_nothing(house):
    coordinator = await at_pages(house, "coordinator")
    await coordinator.get(NEW, 403)
    await coordinator.post(NEW, 403, team=await house.team(), **FAMILY)
    assert await cases(house) == 0
