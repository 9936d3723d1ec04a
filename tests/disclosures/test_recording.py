"""How what was disclosed is recorded where it arrives: said where a guardian must not read it, confirmed there."""

import pytest
from tests.disclosures.telling import body, disclosed, wrong
from tests.pages import at_pages, words

from multiagency.demo import story

HIDDEN = {"recorded_under": "Lähisuhdeväkivallan ehkäisy", "hidden_from": "guardians", "hidden_until": "2099-05-01"}


async def with_child(house):
    """A draft with a person using violence and a child, and the code of the child's name."""
    case, officer = await house.filled_draft(), await house.person("officer")
    child = (await officer.post(f"/cases/{case}/parties", story.CHILD, 201))["id"]
    return case, f"party.{child}.name"


async def test_a_childs_data_leave_only_with_a_word_on_from_whom_the_entry_is_hidden(house):
    case, name = await with_child(house)
    officer = await house.person("officer")
    said = await body(house, fields=[name])
    assert wrong(await officer.post(f"/cases/{case}/disclosures", said, 422)) == {"hidden_from"}
    for answer in ("guardians", "nobody"):
        await officer.post(f"/cases/{case}/disclosures", said | HIDDEN | {"hidden_from": answer}, 201)


async def test_an_adults_data_leave_without_one(house):
    case, _ = await with_child(house)
    await disclosed(house, "officer", case)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recorded_under": ""}, "recorded_under"),
        ({"hidden_until": "2020-01-01"}, "hidden_until"),
        ({"hidden_from": None}, "hidden_from"),
        ({"hidden_from": "somebody"}, "hidden_from"),
    ],
)
async def test_what_is_wrong_in_it_is_named(house, changes, field):
    case = await house.filled_draft()
    said = await body(house) | HIDDEN | changes
    assert wrong(await (await house.person("officer")).post(f"/cases/{case}/disclosures", said, 422)) == {field}


async def test_it_is_read_where_it_arrives_and_confirmed_once(house):
    case = await house.filled_draft()
    await disclosed(house, "officer", case, **HIDDEN)
    intake = await house.person("child-welfare")
    [receipt] = await intake.get("/inbox")
    assert receipt["recorded_at"] is None
    assert (await intake.get(f"/inbox/{receipt['id']}"))["recording"] == HIDDEN
    await (await house.person("police-intake")).post(f"/inbox/{receipt['id']}/recording", expect=404)
    await intake.post(f"/inbox/{receipt['id']}/recording")
    assert (await intake.get("/inbox"))[0]["recorded_at"]
    await intake.post(f"/inbox/{receipt['id']}/recording", expect=409)


async def test_what_is_confirmed_unopened_counts_as_read(house):
    case = await house.filled_draft()
    await disclosed(house, "officer", case, **HIDDEN)
    intake = await house.person("child-welfare")
    [receipt] = await intake.get("/inbox")
    await intake.post(f"/inbox/{receipt['id']}/recording")
    [receipt] = await intake.get("/inbox")
    assert receipt["read_at"] == receipt["recorded_at"]


async def test_what_came_without_an_instruction_has_nothing_to_confirm(house):
    case = await house.filled_draft()
    await disclosed(house, "officer", case)
    intake = await house.person("child-welfare")
    [receipt] = await intake.get("/inbox")
    await intake.get(f"/inbox/{receipt['id']}")
    await intake.post(f"/inbox/{receipt['id']}/recording", expect=409)


async def test_the_pages_ask_show_and_confirm_it(house):
    case = await house.filled_draft()
    await disclosed(house, "officer", case, **HIDDEN)
    officer, intake = await at_pages(house, "officer"), await at_pages(house, "child-welfare")
    for page in ((await officer.get(f"/cases/{case}/disclosures")).text,):
        assert HIDDEN["recorded_under"] in page
    inbox = (await intake.get("/inbox")).text
    assert "Kirjaus odottaa" in inbox
    receipt = inbox.partition('href="/inbox/')[2].partition('"')[0]
    assert "Lapsen huoltajilta" in words((await intake.get(f"/inbox/{receipt}")).text)
    await intake.post(f"/inbox/{receipt}/recording")
    assert "Kirjaus odottaa" not in (await intake.get("/inbox")).text
