"""Everybody in a case is added by clicking, and an employer is asked for only where somebody can have one."""

import re

import pytest
from tests.pages import at_pages, words

from multiagency.demo import story

ADULTS = {"person_using_violence", "guardian", "other"}


def links(page):
    return set(re.findall(r'href="([^"]+)"', page.text))


async def test_each_role_can_be_added_to_an_adults_draft(house):
    case, officer = await house.filled_draft(), await at_pages(house, "officer")
    await officer.post(f"/cases/{case}/people/new", **story.CHILD)
    offered = links(await officer.get(f"/cases/{case}/people"))
    assert {f"/cases/{case}/people/new", f"/cases/{case}/people/new?role=child"} <= offered
    any_role = (await officer.get(f"/cases/{case}/people/new")).text
    for role in (*ADULTS, "child"):
        assert f'name="role" value="{role}"' in any_role
        name = f"Joku {role}"
        await officer.post(f"/cases/{case}/people/new", role=role, name=name)
        assert name in (await officer.get(f"/cases/{case}")).text


@pytest.mark.parametrize("role", [*sorted(ADULTS), "child"])
async def test_an_employer_is_asked_for_unless_it_is_a_child(house, role):
    case, officer = await house.draft(), await at_pages(house, "officer")
    new = await officer.get(f"/cases/{case}/people/new?role={role}")
    assert ('id="employer"' in new.text) == (role in ADULTS)
    await officer.post(f"/cases/{case}/people/new", role=role, name="Joku Keksitty")
    party = (await (await house.person("officer")).get(f"/cases/{case}"))["parties"][0]["id"]
    saved = await officer.get(f"/cases/{case}/people/{party}")
    assert ('id="employer"' in saved.text) == (role in ADULTS)


async def test_a_child_gets_no_employer_by_whatever_way(house):
    case, officer = await house.draft(), await house.person("officer")
    employed = {"employer": await house.agency("Police")}
    wrong = await officer.post(f"/cases/{case}/parties", story.CHILD | employed, 422)
    assert [error["field"] for error in wrong["errors"]] == ["employer"]
    other = {"role": "other", "name": "Joku Keksitty"}
    party = (await officer.post(f"/cases/{case}/parties", other | employed, 201))["id"]
    for body in (employed, {}):
        wrong = await officer.put(f"/cases/{case}/parties/{party}", other | {"role": "child"} | body, 422)
        assert [error["field"] for error in wrong["errors"]] == ["employer"]
    await officer.put(f"/cases/{case}/parties/{party}", other | {"role": "child", "employer": None})


async def test_the_page_says_why_and_keeps_the_choice_in_sight(house):
    case, officer = await house.draft(), await at_pages(house, "officer")
    sent = {"role": "child", "name": "Joku Keksitty", "employer": await house.agency("Police")}
    kept = await officer.post(f"/cases/{case}/people/new", 422, **sent)
    assert 'id="employer"' in kept.text
    assert "Lapselle ei kirjata työpaikkaa." in words(kept.text)
