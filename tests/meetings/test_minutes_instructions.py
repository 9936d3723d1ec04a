"""How what minutes say is recorded at home: said case by case, confirmed by each who sat there, never lost."""

import asyncpg
import pytest
from tests.kernel.test_grants import case_id
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

from multiagency.demo import story
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

LOGINS = ("coordinator", "coordinator-2", "municipality", "police", "officer", "county", "auditor")
HIDDEN = {"recorded_under": "Lähisuhdeväkivallan ehkäisy", "hidden_from": "everybody"}


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


async def begun(house):
    """Two cases that Heikki and Jouni sat at, the second Jouni only; the minutes of both are approved."""
    first, second = await house.submitted(), await house.submitted()
    meeting = await house.meeting(first, second)
    for case, name in ((first, "Heikki"), (first, "Jouni"), (second, "Jouni")):
        await house.seat(meeting, case, name)
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    for case in (first, second):
        await house.minutes(meeting, case)
    return {"first": first, "second": second, "meeting": meeting}


@pytest.fixture
def house(staged_house):
    return staged_house


async def give(house, meeting, case, expect=204, login="coordinator", **said):
    path = f"/meetings/{meeting}/cases/{case}/minutes/instruction"
    return await (await house.person(login)).put(path, said or HIDDEN, expect)


async def read(house, case, login="municipality"):
    return (await (await house.person(login)).get(f"/cases/{case}/minutes"))[-1]


async def confirm(house, case, login="municipality", expect=204):
    body = {"instruction": (await read(house, case, "coordinator"))["instruction_id"]}
    return await (await house.person(login)).post(f"/cases/{case}/minutes/confirmation", body, expect)


async def notes(house, *cases):
    """What stands on the agenda of a next meeting."""
    coordinator, meeting = await house.person("coordinator"), await house.meeting(*cases)
    items = (await coordinator.get(f"/meetings/{meeting}"))["agenda"]
    return [[note["values"]["names"] for note in item["notes"]] for item in items]


async def test_each_case_of_a_meeting_has_an_instruction_of_its_own(house, first, second, meeting):
    await give(house, meeting, first)
    assert (await read(house, first))["instruction"]["hidden_from"] == "everybody"
    assert (await read(house, second, "police"))["instruction"] is None
    rows = await house.fetch("SELECT recorded_under FROM minutes_instruction")
    assert HIDDEN["recorded_under"].encode() not in rows[0]["recorded_under"]


async def test_until_it_is_said_the_narrowest_holds_and_then_the_page_says_what(house, first, meeting):
    page = await at_pages(house, "municipality")
    assert says("minutes.instruction.until_said") in (await page.get(f"/cases/{first}/minutes")).text
    await give(house, meeting, first)
    text = (await page.get(f"/cases/{first}/minutes")).text
    assert says("minutes.instruction.until_said") not in text
    assert says("instruction.says.from.everybody") in text
    assert HIDDEN["recorded_under"] in text
    told = await house.fetch("SELECT FROM notice WHERE what = 'minutes_instructed'")
    assert len(told) == 2


async def test_everybody_who_sat_there_confirms_for_themselves_and_until_then_it_is_on_the_next_agenda(
    house, first, second, meeting
):
    await give(house, meeting, first)
    pages = await at_pages(house, "municipality")
    form = (await pages.get(f"/cases/{first}/minutes")).text
    assert 'name="instruction"' in form
    await pages.post(f"/cases/{first}/minutes/confirmation", instruction=(await read(house, first))["instruction_id"])
    view = (await read(house, first))["instruction"]
    assert (view["waits"], view["confirmed_at"] is None) == (False, False)
    assert (await read(house, first, "police"))["instruction"]["waits"] is True
    assert await notes(house, first, second) == [["Jouni Keropää"], []]
    await confirm(house, first, "police")
    rows = await house.fetch("SELECT a.name_en FROM minutes_recorded r JOIN agency a ON a.id = r.controller_id")
    assert len({row["name_en"] for row in rows}) == 2  # each in the record of their own agency


async def test_the_agenda_is_clear_when_all_have_confirmed_and_leads_to_the_minutes_before(house, first, meeting):
    await give(house, meeting, first)
    await confirm(house, first)
    coordinator, following = await house.person("coordinator"), await house.meeting(first)
    page = (await (await at_pages(house, "coordinator")).get(f"/meetings/{following}")).text
    assert says("minutes.instruction_note", names="Jouni Keropää") in page
    assert f"/cases/{first}/minutes" in page
    await confirm(house, first, "police")
    assert (await coordinator.get(f"/meetings/{following}"))["agenda"][0]["notes"] == []


async def test_a_case_that_is_discussed_again_has_minutes_without_one_until_it_is_said(house, first, meeting):
    await give(house, meeting, first)
    again = await house.opened(first, "Sanna")
    await house.minutes(again, first)
    given = [row["instruction"] for row in await (await house.person("coordinator")).get(f"/cases/{first}/minutes")]
    assert [view is not None for view in given] == [True, False]


async def test_what_is_said_anew_is_confirmed_anew_and_the_former_stays(house, first, meeting):
    await give(house, meeting, first)
    await confirm(house, first)
    await give(house, meeting, first, recorded_under="Perhetyö", hidden_from="nobody")
    view = (await read(house, first))["instruction"]
    assert (view["hidden_from"], view["waits"]) == ("nobody", True)
    assert len(await house.fetch("SELECT FROM minutes_instruction")) == 2


async def test_nobody_confirms_for_others_or_twice_or_what_is_not_there(house, first, second, meeting):
    await give(house, meeting, first)
    for login, status in (("coordinator", 409), ("officer", 409), ("county", 404)):
        await confirm(house, first, login, status)
    await confirm(house, first)
    await confirm(house, first, expect=409)
    body = {"instruction": (await read(house, first))["instruction_id"]}
    await (await house.person("police")).post(f"/cases/{second}/minutes/confirmation", body, 422)
    me, other = await house.post_of("Jouni"), await house.post_of("Heikki")
    insert = (
        "INSERT INTO minutes_recorded "
        "(id, case_id, controller_id, retention_class, instruction_id, post_id, recorded_at) VALUES ("
        "gen_random_uuid(), $1, current_agency(), 'x', $2::uuid, $3::uuid, now())"
    )
    known, given = await case_id(house, first), body["instruction"]
    for login, post in (("police", other), ("officer", await house.post_of("Elina"))):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(insert, known, given, post)
    async with house.as_role("app", await secret_of(house, "police")) as connection:
        assert await connection.execute(insert, known, given, me) == "INSERT 0 1"


async def test_only_who_keeps_the_minutes_says_it_and_about_people_of_the_case(house, first, second, meeting):
    for login, status in (("municipality", 403), ("officer", 403)):
        await give(house, meeting, first, status, login)
    party = (await (await house.person("officer")).get(f"/cases/{second}"))["parties"][0]["id"]
    wrong = await give(house, meeting, first, 422, **HIDDEN | {"hidden_from": "guardian", "hidden_guardian": party})
    assert [error["field"] for error in wrong["errors"]] == ["hidden_guardian"]
    insert = (
        "INSERT INTO minutes_instruction (id, case_id, controller_id, retention_class, agenda_item_id, "
        "hidden_guardian_id, given_by_id, given_at) SELECT gen_random_uuid(), $1, current_agency(), 'x', id, $2::uuid, "
        "current_post(), now() FROM agenda_item WHERE case_id = $1"
    )
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(insert, await case_id(house, first), party)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"recorded_under": "Perhetyö"}, "hidden_from"),
        ({"recorded_under": ""}, "hidden_from"),
        ({"hidden_from": "everybody"}, "recorded_under"),
        (HIDDEN | {"hidden_until": "2020-01-01"}, "hidden_until"),
        (HIDDEN | {"hidden_from": "guardian"}, "hidden_guardian"),
    ],
)
async def test_half_an_instruction_is_none_and_the_page_keeps_what_was_typed(house, first, meeting, said, field):
    wrong = await give(house, meeting, first, 422, **said)
    assert field in {error["field"] for error in wrong["errors"]}
    pages = await at_pages(house, "coordinator")
    path = f"/meetings/{meeting}/cases/{first}/minutes/instruction"
    page = (await pages.post(path, 422, **said)).text
    assert f'href="#{field}"' in page
    assert said.get("recorded_under", "") in page
    assert await house.fetch("SELECT FROM minutes_instruction") == []


async def test_the_pages_give_it_and_show_it_again(house, first, meeting):
    pages = await at_pages(house, "coordinator")
    record = f"/meetings/{meeting}/cases/{first}/minutes"
    assert says("minutes.instruction.not_given") in (await pages.get(record)).text
    await pages.post(f"{record}/instruction", **HIDDEN)
    assert says("minutes.instruction.not_given") not in (await pages.get(record)).text
    again = (await pages.get(f"{record}/instruction")).text
    assert HIDDEN["recorded_under"] in again
    assert 'value="everybody" checked' in again


async def test_a_name_in_it_is_for_those_who_see_the_people(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    await officer.post(f"/cases/{case}/consent", await house.consent_body() | {"kinds": ["identity"]})
    await officer.post(f"/cases/{case}/submission")
    await house.fetch("UPDATE lawful_basis SET kinds = kinds || '{party}' WHERE reason = 'consent'")
    meeting = await house.opened(case, "Heikki")
    await house.minutes(meeting, case)
    await house.fetch(
        "UPDATE access_grant SET kinds = array_remove(kinds, 'party') WHERE occasion = 'seat' AND ended_at IS NULL"
    )
    await house.fetch("UPDATE access_grant SET kinds = kinds || '{party}' WHERE capability = 'coordinate'")
    violent = (await officer.get(f"/cases/{case}"))["parties"][0]["id"]
    await give(house, meeting, case, **HIDDEN | {"hidden_from": "guardian", "hidden_guardian": violent})
    seen = (await read(house, case, "coordinator"))["instruction"]
    assert seen["hidden_guardian"] == story.VIOLENT["name"]
    assert (await read(house, case))["instruction"]["hidden_guardian"] == ""


async def test_giving_and_confirming_are_logged(house, first, meeting):
    await give(house, meeting, first)
    await confirm(house, first)
    entries = await (await house.person("auditor")).get("/audit/entries")
    written = [e for e in entries if e["body"]["mode"] == "write" and "minutes" in e["body"]["kinds"]]
    assert {e["detail"]["actor"]["name"].split()[0] for e in written} == {"Paula", "Heikki"}
