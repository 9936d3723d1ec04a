"""The coordinator sees who waits when, takes the proposed order in one click, and moves cases by hand."""

import re

import pytest
from tests.pages import at_pages

from multiagency.demo import story
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

LOGINS = ("coordinator", "police", "officer")


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


async def with_child(house):
    """A submitted case in which there is a child."""
    case, officer = await house.filled_draft(), await house.person("officer")
    await officer.post(f"/cases/{case}/parties", story.CHILD, 201)
    await officer.post(f"/cases/{case}/child-welfare", {"decision": "not_needed", "reason": "Tehty jo."}, 204)
    safety = {"safe_to_talk": "yes", "where_violent": "not_known", "where_children": "safe"}
    await officer.put(f"/cases/{case}/assessment", {"answers": story.answers(15), "safety": safety})
    await officer.post(f"/cases/{case}/submission")
    return case


async def begun(house):
    """Heikki is needed in the first case and the third, Jouni in all three: Heikki waits through the second."""
    cases = [await house.submitted(), await house.submitted(), await with_child(house)]
    meeting = await house.meeting(*cases)
    for case in cases:
        await house.seat(meeting, case, "Jouni")
    for case in (cases[0], cases[2]):
        await house.seat(meeting, case, "Heikki")
    return {"first": cases[0], "second": cases[1], "third": cases[2], "meeting": meeting}


@pytest.fixture
def house(staged_house):
    return staged_house


@pytest.fixture
def third(stage):
    return stage.called["third"]


async def agenda(coordinator, meeting):
    return [item["case"] for item in (await coordinator.get(f"/meetings/{meeting}"))["agenda"]]


def chosen(text):
    """Read the form that takes the proposal."""
    form = re.search(r"/order/whole(.*?)</form>", text, re.DOTALL)[1]
    return {name: re.findall(rf'name="{name}" value="([^"]+)"', form) for name in ("case", "saw")}


async def shown(house, meeting):
    return (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}/order")).text


async def test_who_waits_is_shown_with_a_better_order(house, meeting):
    text = await shown(house, meeting)
    assert says("order.now", minutes=15) in text
    better = [says("order.proposed", order=order, minutes=0) for order in ("1, 3, 2", "2, 1, 3", "2, 3, 1", "3, 1, 2")]
    assert any(sentence in text for sentence in better)
    assert says("order.proved") in text
    assert "<td>●</td><td>▨</td><td>●</td>" in text
    assert "<td>●</td><td>●</td><td>●</td>" in text
    assert says("order.waits_in", numbers="2") in text


async def test_one_click_takes_the_proposal_and_then_there_is_none_better(house, coordinator, meeting, first, third):
    pages = await at_pages(house, "coordinator")
    form = chosen(await shown(house, meeting))
    await pages.post(f"/meetings/{meeting}/order/whole", **form)
    order = await agenda(coordinator, meeting)
    assert order == form["case"]
    assert abs(order.index(first) - order.index(third)) == 1
    text = await shown(house, meeting)
    assert says("order.now", minutes=0) in text
    assert says("order.best") in text
    assert says("order.take") not in text
    await pages.post(f"/meetings/{meeting}/order/whole", **form)
    assert await agenda(coordinator, meeting) == order, "the same form sent twice is one act"


async def test_an_agenda_that_has_changed_meanwhile_is_not_overwritten(house, coordinator, meeting, first, second):
    form = chosen(await shown(house, meeting))
    before = await agenda(coordinator, meeting)
    await coordinator.post(f"/meetings/{meeting}/order", {"case": before[0], "direction": "down"})
    moved = await agenda(coordinator, meeting)
    pages = await at_pages(house, "coordinator")
    answer = await pages.post(f"/meetings/{meeting}/order/whole", 422, **form)
    assert says("order.changed") in answer.text
    assert await agenda(coordinator, meeting) == moved


async def test_only_a_whole_order_of_this_agenda_is_taken(house, coordinator, meeting, first, second, third):
    before = await agenda(coordinator, meeting)
    pages = await at_pages(house, "coordinator")
    for wrong in ([first, second], [first, second, third, third], [first, second, "ZZZZ-ZZZZ"], []):
        await pages.post(f"/meetings/{meeting}/order/whole", 422, case=wrong, saw=before)
    assert await agenda(coordinator, meeting) == before


async def test_a_case_is_moved_by_hand_and_its_cost_seen(house, coordinator, meeting, second):
    pages = await at_pages(house, "coordinator")
    await pages.post(f"/meetings/{meeting}/order/place", case=second, direction="up")
    assert (await agenda(coordinator, meeting))[0] == second
    assert says("order.now", minutes=0) in await shown(house, meeting)


async def test_cases_with_children_come_first_where_the_team_wishes_it(house, coordinator, meeting, third):
    assert says("order.children") not in await shown(house, meeting)
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, team_id, value, valid_from) "
        "SELECT gen_random_uuid(), pathway, 'children_first', id, 1, now() - interval '1 day' FROM team"
    )
    text = await shown(house, meeting)
    assert says("order.proposed", order="3, 1, 2", minutes=0) in text
    assert says("order.children") in text
    await (await at_pages(house, "coordinator")).post(f"/meetings/{meeting}/order/whole", **chosen(text))
    assert (await agenda(coordinator, meeting))[0] == third
    assert says("order.best") in await shown(house, meeting)


async def test_nobody_else_sees_the_order(house, meeting):
    await (await at_pages(house, "police")).get(f"/meetings/{meeting}/order", 403)
