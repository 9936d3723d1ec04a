"""How an action is recorded: asked before it lands in a child's record that a dangerous guardian reads in OmaKanta."""

import asyncpg
import pytest
from tests.consent.minors import ChildsCase, an_hour_ago
from tests.pages import at_pages
from tests.storage.test_closing import CLOSING, in_follow_up

from multiagency.demo import story
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

HIDDEN = {"recorded_under": "Lähisuhdeväkivallan ehkäisy", "hidden_from": "everybody"}
ALONE = {"may_decide": False, "restriction_reason": "Tuomioistuimen päätös"}


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


async def assign(house, case, expect=201, login="Heikki", **said):
    body = {"owner": await house.post_of(login), "title": "Kouluasia", "due_on": "2099-01-01"} | said
    return await (await house.person("coordinator")).post(f"/cases/{case}/actions", body, expect)


def fields(problem):
    return {error["field"] for error in problem["errors"]}


async def child_beside(house):
    """A case of an adult in follow-up, with a child in it; return the case and the child."""
    case = await in_follow_up(house)
    officer = await house.person("officer")
    child = (await officer.post(f"/cases/{case}/parties", story.CHILD, 201))["id"]
    await officer.post(f"/cases/{case}/child-welfare", {"decision": "already_notified"})
    return case, child


async def of_a_child(house, prepare=None):
    """A child's own case in follow-up; `prepare` records guardians in the draft."""
    child = await ChildsCase.open(house, 16)
    await child.capacity(capable=True, heard_at=an_hour_ago(), heard="Ymmärtää asian")
    await child.party("person_using_violence", story.VIOLENT["name"])
    prepared = await prepare(child) if prepare else None
    await child.officer.put(f"{child.path}/part", {"narrative": story.NARRATIVE})
    await child.officer.post(f"{child.path}/child-welfare", {"decision": "already_notified"})
    await child.answers()
    await child.officer.put(f"{child.path}/assessment", {"answers": story.answers(15)})
    await child.officer.post(f"{child.path}/submission")
    meeting = await house.opened(child.reference, "Heikki", "Jouni")
    await house.minutes(meeting, child.reference)
    return child.reference, prepared


async def test_sec0032_no_action_lands_in_a_childs_record_before_it_is_said_who_must_not_read_it(house):
    """Finding SEC-0032: an ordinary action in a child's record told a violent guardian in OmaKanta of the case."""
    case, child = await child_beside(house)
    problem = await assign(house, case, 422, record_of=child)
    needed = TEXTS.say(Language.EN, "instruction.needed")
    assert [(error["field"], error["message"]) for error in problem["errors"]] == [("hidden_from", needed)]
    assert fields(await assign(house, case, 422, record_of=child, hidden_from="everybody")) == {"recorded_under"}
    assert await house.fetch("SELECT FROM planned_action") == []
    await assign(house, case, record_of=child, **HIDDEN)
    await assign(house, case)


async def suspected(child):
    return await child.guardian("Huoltaja Yksi", suspected=True)


async def harmless(child):
    return await child.guardian("Huoltaja Yksi")


async def violent(child):
    parties = (await child.officer.get(child.path))["parties"]
    body = {"party": parties[0]["id"], "may_decide": True, "suspected": True}
    await child.officer.post(f"{child.path}/guardians", body)


async def forbidden(child):
    party = await child.guardian("Huoltaja Yksi")
    body = {"party": party, "forbidden": True, "reason": "Pelkää"}
    await child.officer.post(f"{child.path}/guardians/prohibitions", body)


@pytest.mark.parametrize(
    ("prepare", "asked"),
    [(suspected, True), (violent, True), (forbidden, True), (None, True), (harmless, False)],
    ids=["suspected", "violent", "forbidden", "no guardian known", "harmless"],
)
async def test_the_record_of_a_child_client_is_asked_about_where_a_guardian_may_be_dangerous(house, prepare, asked):
    case, _ = await of_a_child(house, prepare)
    coordinator = await at_pages(house, "coordinator")
    page = (await coordinator.get(f"/cases/{case}/actions/new")).text
    assert ('name="hidden_from"' in page) == asked
    if asked:
        assert says("instruction.needed_for.client") in page
        assert fields(await assign(house, case, 422)) == {"hidden_from"}
    else:
        await assign(house, case)


async def test_nothing_is_asked_where_no_child_has_a_record(house):
    case = await in_follow_up(house)
    page = (await (await at_pages(house, "coordinator")).get(f"/cases/{case}/actions/new")).text
    assert 'name="record_of"' not in page
    assert 'name="hidden_from"' not in page


async def test_an_answer_names_people_of_the_case_and_days_to_come(house):
    case, child = await child_beside(house)
    rows = await house.fetch("SELECT id FROM party WHERE role = 'person_using_violence'")
    violent, other = str(rows[0]["id"]), "01a20000-0000-7000-8000-000000000000"
    for said, field in (
        ({"record_of": other}, "record_of"),
        ({"record_of": violent}, "record_of"),
        ({"hidden_from": "guardian"}, "hidden_guardian"),
        ({"hidden_from": "guardian", "hidden_guardian": child}, "hidden_guardian"),
        ({"hidden_from": "everybody", "hidden_guardian": violent}, "hidden_guardian"),
        ({"hidden_until": "2020-01-01"}, "hidden_until"),
        ({"hidden_from": "perhaps"}, "hidden_from"),
    ):
        assert fields(await assign(house, case, 422, **{"record_of": child, **HIDDEN, **said})) == {field}
    await assign(house, case, **HIDDEN | {"hidden_from": "guardian"}, hidden_guardian=violent, record_of=child)


async def test_the_owner_reads_it_and_confirms_and_a_new_owner_confirms_anew(house):
    case, child = await child_beside(house)
    action = (await assign(house, case, login="Sanna", record_of=child, **HIDDEN, hidden_until="2099-05-01"))[
        "reference"
    ]
    pages, coordinator = await at_pages(house, "county"), await house.person("coordinator")
    text = (await pages.get(f"/actions/{action}")).text
    assert HIDDEN["recorded_under"] in text
    assert says("instruction.says.from.everybody") in text
    assert says("instruction.says.until", day="1.5.2099") in text
    await pages.post(f"/actions/{action}/instruction/confirmation")
    assert says("instruction.confirmed", when="")[:-1].strip() in (await pages.get(f"/actions/{action}")).text
    county = await house.person("county")
    await county.post(f"/actions/{action}/instruction/confirmation", expect=409)
    plan = await coordinator.get(f"/cases/{case}/actions")
    assert plan[0]["instruction"]["confirmed_at"] is not None
    await coordinator.post(f"/cases/{case}/actions/{action}/owner", {"owner": await house.post_of("Marja")})
    plan = await coordinator.get(f"/cases/{case}/actions")
    assert plan[0]["instruction"]["confirmed_at"] is None
    await county.post(f"/actions/{action}/instruction/confirmation", expect=404)
    await (await house.person("social-worker")).post(f"/actions/{action}/instruction/confirmation")


async def test_who_sees_no_people_of_the_case_reads_no_name_and_the_narrowest_showing(house):
    officer, (case, child) = await house.person("officer"), await child_beside(house)
    violent = (await house.fetch("SELECT id FROM party WHERE role = 'person_using_violence'"))[0]["id"]
    said = HIDDEN | {"hidden_from": "guardian", "hidden_guardian": str(violent), "record_of": child}
    action = (await assign(house, case, login="Sanna", **said))["reference"]
    text = (await (await at_pages(house, "county")).get(f"/actions/{action}")).text
    assert story.VIOLENT["name"] not in text
    assert says("instruction.says.from.guardian") in text
    assert says("instruction.says.of.child") in text
    assert story.VIOLENT["name"] in (await (await at_pages(house, "coordinator")).get(f"/cases/{case}/plan")).text
    await officer.post(f"/cases/{case}/consent/withdrawal")
    assert (
        says("instruction.says.from.guardian")
        in (await (await at_pages(house, "county")).get(f"/actions/{action}")).text
    )


async def test_an_instruction_comes_later_too_and_the_owner_is_told_and_confirms_anew(house):
    case, child = await child_beside(house)
    action = (await assign(house, case, record_of=child, **HIDDEN))["reference"]
    municipality, coordinator = await house.person("municipality"), await at_pages(house, "coordinator")
    await municipality.post(f"/actions/{action}/instruction/confirmation")
    path = f"/cases/{case}/actions/{action}/instruction"
    assert HIDDEN["recorded_under"] in (await coordinator.get(path)).text
    await coordinator.post(path, 422, record_of=child)
    await coordinator.post(path, record_of=child, recorded_under="Lastensuojelu", hidden_from="everybody")
    [mine] = await municipality.get("/actions")
    assert mine["instruction"]["recorded_under"] == "Lastensuojelu"
    assert mine["instruction"]["confirmed_at"] is None
    assert await house.fetch("SELECT FROM notice WHERE what = 'action_instructed'") != []


async def test_what_is_not_confirmed_stands_on_the_agenda_of_the_next_meeting(house):
    case, child = await child_beside(house)
    action = (await assign(house, case, record_of=child, **HIDDEN))["reference"]
    meeting, pages = await house.meeting(case), await at_pages(house, "coordinator")
    heikki = (await (await house.person("coordinator")).get(f"/cases/{case}/actions"))[0]["owner"]
    note = says("instruction.note", title="Kouluasia", owner=heikki)
    assert note in (await pages.get(f"/meetings/{meeting}")).text
    await (await house.person("municipality")).post(f"/actions/{action}/instruction/confirmation")
    assert note not in (await pages.get(f"/meetings/{meeting}")).text


async def test_row_security_lets_nobody_but_the_owner_confirm_and_nobody_rewrite(house):
    from tests.kernel.test_row_security import secret_of

    case, child = await child_beside(house)
    await assign(house, case, record_of=child, **HIDDEN)
    await assign(house, case, login="Jouni")
    for login, touched in (("municipality", 1), ("police", 0), ("coordinator", 0)):
        await house.person(login)
        async with house.as_role("app", await secret_of(house, login)) as connection:
            done = await connection.execute("UPDATE recording_instruction SET confirmed_at = now()")
            assert done == f"UPDATE {touched}"
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("UPDATE recording_instruction SET hidden_from = 'nobody'")


async def test_a_harmless_childs_record_is_named_without_an_instruction(house):
    """Nobody had to be asked, so nothing waits for the owner."""
    case, _ = await of_a_child(house, harmless)
    await house.fetch("UPDATE party SET role = 'other' WHERE role = 'person_using_violence'")
    child = (await (await house.person("officer")).post(f"/cases/{case}/parties", story.CHILD, 201))["id"]
    await assign(house, case, record_of=child)
    [action] = await (await house.person("coordinator")).get(f"/cases/{case}/actions")
    assert action["instruction"]["record_of"] == story.CHILD["name"]
    assert not action["instruction"]["waits"]


async def test_when_the_case_is_over_only_the_owner_acts_on_an_action_also_where_the_coordinator_is_one(house):
    case = await in_follow_up(house)
    action = (await assign(house, case, login="Outi"))["reference"]
    coordinator, other = await house.person("coordinator"), await house.person("coordinator-2")
    await coordinator.post(f"/cases/{case}/closing", CLOSING | await house.staying(case))
    problem = await other.put(f"/cases/{case}/actions/{action}/instruction", HIDDEN, 409)
    assert problem["type"].endswith("action.owner_only")
    await other.post(f"/cases/{case}/actions/{action}/striking", {"reason": "Turha."}, 409)
    await other.post(f"/actions/{action}/report", {"outcome": "Tehty."})
