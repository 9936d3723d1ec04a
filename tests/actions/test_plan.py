"""The plan: who may be given what, in which order it stands, what each sees of it, and handing on."""

import re
from datetime import timedelta

import pytest
from tests.pages import at_pages
from tests.stages import told

from multiagency.kernel.clock import now, to_helsinki
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

CLOSING = {"outcome": "guided_onward", "target": "Perheneuvola", "reason": "Tilanne on rauhoittunut."}


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


async def begun(house):
    """A case in follow-up with an action of the municipality and one, due sooner, of the police; another before it."""
    case, early = await house.submitted(), await house.submitted()
    meeting = await house.opened(case, "Heikki", "Jouni")
    await house.minutes(meeting, case)
    called = {"case": case, "early": early, "meeting": meeting}
    for name, title, due_on in (("Heikki", "Kouluasia", "2099-02-01"), ("Jouni", "Soittaa", "2099-01-01")):
        called[name] = (await assign(house, case, name, title=title, due_on=due_on))["reference"]
    return called


async def assign(house, case, name="Heikki", expect=201, **changes):
    body = {"title": "Muuta", "due_on": "2099-03-01"} | changes
    owner = {} if "owner" in changes else {"owner": await house.post_of(name)}
    return await (await house.person("coordinator")).post(f"/cases/{case}/actions", body | owner, expect)


@pytest.fixture(scope="module")
def stage(ground):
    with told(ground, begun, "municipality", "police", "county", "officer-2") as stage:
        yield stage


@pytest.fixture
async def house(stage, lodgings):
    async with stage.house() as house:
        yield house


@pytest.fixture
def names(stage):
    return stage.called


@pytest.fixture
def case(stage):
    return stage.called["case"]


async def titles(house, login, path="/actions"):
    return [action["title"] for action in await (await house.person(login)).get(path)]


def fields(problem):
    return {error["field"] for error in problem["errors"]}


# Assigning.


async def test_an_action_may_be_due_today_and_not_yesterday(house, case):
    today = to_helsinki(now()).date()
    problem = await assign(house, case, expect=422, due_on=(today - timedelta(days=1)).isoformat())
    assert fields(problem) == {"due_on"}
    await assign(house, case, due_on=max(today, to_helsinki(now()).date()).isoformat())


async def test_nobody_who_left_or_sits_at_no_table_is_given_an_action_or_offered(house, case):
    rows = await house.fetch("SELECT login, post_id FROM credential")
    posts = {row["login"]: str(row["post_id"]) for row in rows}
    await house.fetch("UPDATE post SET valid_to = now() WHERE id = $1", posts["municipality"])
    text = (await (await at_pages(house, "coordinator")).get(f"/cases/{case}/actions/new")).text
    for login in ("municipality", "auditor", "child-welfare"):
        assert fields(await assign(house, case, expect=422, owner=posts[login])) == {"owner"}
        assert posts[login] not in text
    assert posts["police"] in text
    assert posts["shelter"] not in text


async def test_actions_are_assigned_between_the_minutes_and_the_closing(house, case, names):
    coordinator = await at_pages(house, "coordinator")
    early, new = (await coordinator.get(f"/cases/{names['early']}/actions/new")).text, f"/cases/{case}/actions/new"
    assert says("plan.new.minutes_first") in early
    assert 'name="due_on"' not in early
    assert 'name="due_on"' in (await coordinator.get(new)).text
    await assign(house, names["early"], expect=409)
    await (await house.person("coordinator")).post(f"/cases/{case}/closing", CLOSING | await house.staying(case))
    await assign(house, case, expect=409)
    assert 'name="due_on"' not in (await coordinator.get(new)).text
    assert len(await house.fetch("SELECT FROM planned_action")) == 2


async def test_the_page_keeps_what_was_typed_and_says_what_was_assigned(house, case):
    coordinator, path = await at_pages(house, "coordinator"), f"/cases/{case}/actions/new"
    owner = await house.post_of("Sanna")
    kept = (await coordinator.post(path, 422, owner=owner, title="Turvasuunnitelma", due_on="1.1.2020")).text
    assert f'value="{owner}" selected' in kept
    assert all(f'value="{typed}"' in kept for typed in ("Turvasuunnitelma", "1.1.2020"))
    assert 'id="due_on-error"' in kept
    answer = await coordinator.post(path, owner=owner, title="Turvasuunnitelma", due_on="2099-01-01")
    assert answer.headers["location"] == f"/cases/{case}/plan"
    text = (await coordinator.get(f"/cases/{case}/plan")).text
    assert says("done.assigned") in text
    assert "Sanna Oinasjoki" in text


# Seeing.


async def test_the_next_due_stands_first_for_all_who_see_the_plan(house, case):
    await assign(house, case, "Heikki", title="Ensin", due_on="2098-12-31")
    for login in ("coordinator", "officer", "municipality", "police"):
        assert await titles(house, login, f"/cases/{case}/actions") == ["Ensin", "Soittaa", "Kouluasia"]
    assert await titles(house, "municipality") == ["Ensin", "Kouluasia"]
    assert await titles(house, "police") == ["Soittaa"]


async def test_an_owner_without_a_seat_sees_the_action_and_nothing_of_the_case(house, case):
    await assign(house, case, "Sanna", title="Turvasuunnitelma")
    county = await house.person("county")
    assert await titles(house, "county") == ["Turvasuunnitelma"]
    for path in ("", "/minutes", "/actions", "/assessment"):
        await county.get(f"/cases/{case}{path}", 404)
    assert await county.get("/cases") == []


async def test_after_a_withdrawal_each_agency_sees_its_own_actions_and_the_coordinator_none(house, case):
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/consent/withdrawal")
    assert await titles(house, "officer", f"/cases/{case}/actions") == ["Soittaa"]
    assert await titles(house, "coordinator", f"/cases/{case}/actions") == []
    text = (await (await at_pages(house, "coordinator")).get(f"/cases/{case}/plan")).text
    assert says("plan.none") in text
    assert "/actions/" not in text[text.index("<main") :]
    assert says("plan.section.own_only") in (await (await at_pages(house, "officer")).get(f"/cases/{case}")).text
    assert await titles(house, "municipality") == ["Kouluasia"]
    await (await house.person("municipality")).get(f"/cases/{case}/actions", 404)


async def test_a_case_has_no_plan_on_its_page_before_the_minutes_and_only_its_coordinator_may_add_to_it(
    house, case, names
):
    coordinator, officer = await at_pages(house, "coordinator"), await at_pages(house, "officer")
    for visitor, offered in ((coordinator, True), (officer, False)):
        assert f"/cases/{names['early']}/plan" not in (await visitor.get(f"/cases/{names['early']}")).text
        page, plan = (await visitor.get(f"/cases/{case}")).text, (await visitor.get(f"/cases/{case}/plan")).text
        assert f'href="/cases/{case}/plan"' in page
        assert (f'href="/cases/{case}/actions/new"' in page) is offered
        assert (f'href="/cases/{case}/actions/new"' in plan) is offered
        assert (f"/actions/{names['Jouni']}/owner" in plan) is offered


async def test_what_is_late_is_called_late_and_what_is_due_today_or_done_is_not(house, case, names):
    pages = await at_pages(house, "officer")

    async def states():
        text = (await pages.get(f"/cases/{case}/plan")).text
        words = {says(f"plan.state.{word}"): word for word in ("open", "overdue", "done")}
        return [words[found] for found in re.findall(r'<span class="tag[^"]*">([^<]+)</span>', text)]

    assert await states() == ["open", "open"]
    late = "UPDATE planned_action SET due_on = $1 WHERE reference = $2"
    await house.fetch(late, to_helsinki(now()).date() - timedelta(days=2), names["Jouni"])
    await house.fetch(late, to_helsinki(now()).date() + timedelta(days=1), names["Heikki"])
    assert await states() == ["overdue", "open"]
    await (await house.person("police")).post(f"/actions/{names['Jouni']}/report", {"outcome": "Soitettu"})
    assert await states() == ["done", "open"]


# Reporting.


async def test_a_report_is_given_once_by_the_owner_and_says_how_it_went(house, case, names):
    path, police = f"/actions/{names['Jouni']}/report", await house.person("police")
    assert fields(await police.post(path, {"outcome": " "}, 422)) == {"outcome"}
    await police.post(path, {"outcome": "Soitettu"})
    await police.post(path, {"outcome": "Uudestaan"}, 409)
    for login in ("municipality", "coordinator", "officer"):
        await (await house.person(login)).post(path, {"outcome": "Ei minun"}, 404)
    plan = await (await house.person("coordinator")).get(f"/cases/{case}/actions")
    assert [(row["title"], row["state"], row["outcome"]) for row in plan] == [
        ("Soittaa", "done", "Soitettu"),
        ("Kouluasia", "open", ""),
    ]


async def test_the_page_of_an_action_is_its_owners_and_takes_the_report(house, case, names):
    police, path = await at_pages(house, "police"), f"/actions/{names['Jouni']}"
    assert "Soittaa" in (await police.get(path)).text
    for login in ("municipality", "coordinator", "officer"):
        await (await at_pages(house, login)).get(path, 404)
        await (await at_pages(house, login)).post(path, 404, outcome="Ei minun")
    for missing in (f"/actions/{names['Heikki']}", "/actions/BCDF-2345", "/actions/x"):
        await police.get(missing, 404)
    assert 'id="outcome-error"' in (await police.post(path, 422, outcome="")).text
    assert (await police.post(path, outcome="Soitettu")).headers["location"] == "/actions"
    text = (await police.get(path)).text
    assert "Soitettu" in text
    assert "<textarea" not in text
    assert says("action.done_already") in (await police.post(path, 422, outcome="Uudestaan")).text


async def test_ones_own_list_holds_what_is_to_be_done_by_its_date_and_then_the_done_the_latest_first(
    house, case, names
):
    for title, due_on in (("Toinen", "2099-01-15"), ("Kolmas", "2099-01-10"), ("Neljäs", "2099-02-15")):
        reference = (await assign(house, case, "Jouni", title=title, due_on=due_on))["reference"]
        if title != "Neljäs":
            await (await house.person("police")).post(f"/actions/{reference}/report", {"outcome": "Tehty"})
    text = (await (await at_pages(house, "police")).get("/actions")).text
    listed = [says("my_actions.to_do"), "Soittaa", "Neljäs", f"<caption>{says('my_actions.done')}", "Toinen", "Kolmas"]
    assert sorted(listed, key=text.index) == listed


# Handing on.


async def hand_on(house, case, action, name, expect=204):
    owner = {"owner": await house.post_of(name)}
    return await (await house.person("coordinator")).post(f"/cases/{case}/actions/{action}/owner", owner, expect)


async def test_whoever_handed_an_action_on_sees_it_no_more_and_the_taker_is_told(house, case, names):
    action = names["Jouni"]
    await hand_on(house, case, action, "Aslak")
    police, taker = await house.person("police"), await house.person("officer-2")
    await police.post(f"/actions/{action}/report", {"outcome": "x"}, 404)
    assert await titles(house, "officer-2") == ["Soittaa"]
    told = await taker.get("/notices")
    assert [notice["what"] for notice in told] == ["action_handed_over"]
    assert case not in str(told)
    grants = await house.fetch(
        "SELECT login FROM access_grant g JOIN credential USING (post_id) JOIN planned_action a ON a.id = occasion_id "
        "WHERE a.reference = $1 AND g.ended_at IS NULL",
        action,
    )
    assert [row["login"] for row in grants] == ["officer-2"]
    assert await titles(house, "police", f"/cases/{case}/actions") == ["Soittaa", "Kouluasia"]


async def test_an_action_is_handed_on_within_its_own_case_only(house, case, names):
    await hand_on(house, names["early"], names["Jouni"], "Aslak", 404)
    assert await titles(house, "police") == ["Soittaa"]
    await hand_on(house, case, names["Jouni"].lower(), "Aslak")
    assert await titles(house, "police") == []


async def test_nobody_who_left_or_is_kept_out_takes_an_action_over_or_is_offered(house, case, names):
    coordinator, path = await at_pages(house, "coordinator"), f"/cases/{case}/actions/{names['Jouni']}/owner"
    text = (await coordinator.get(path)).text
    assert [name in text for name in ("Elina", "Aslak", "Tuomas", "Jouni", "Heikki")] == [True] * 3 + [False] * 2
    coordinating = await house.person("coordinator")
    elina, aslak = await house.post_of("Elina"), await house.post_of("Aslak")
    await coordinating.post(f"/cases/{case}/bars", {"post": aslak, "reason": "conflict_of_interest"})
    await house.fetch("UPDATE post SET valid_to = now() WHERE id = $1", elina)
    for owner in (elina, aslak):
        problem = await coordinating.post(f"/cases/{case}/actions/{names['Jouni']}/owner", {"owner": owner}, 422)
        assert fields(problem) == {"owner"}
    await house.fetch("UPDATE post SET valid_to = now() WHERE id = $1", await house.post_of("Tuomas"))
    assert says("action.nobody_else") in (await coordinator.get(path)).text
    assert await titles(house, "police") == ["Soittaa"]


async def test_a_done_action_is_not_handed_on_and_its_page_is_gone(house, case, names):
    coordinator, path = await at_pages(house, "coordinator"), f"/cases/{case}/actions/{names['Jouni']}/owner"
    await (await house.person("police")).post(f"/actions/{names['Jouni']}/report", {"outcome": "Soitettu"})
    assert says("action.done_already") in (await coordinator.get(path, 409)).text
    assert f"{names['Jouni']}/owner" not in (await coordinator.get(f"/cases/{case}/plan")).text
    assert f"{names['Heikki']}/owner" in (await coordinator.get(f"/cases/{case}/plan")).text
