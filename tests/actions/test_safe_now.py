"""Lists say to whoever is to reach the client whether now is a safe time to call, and nothing more, to nobody else."""

from datetime import datetime

import pytest
from tests.pages import at_pages
from tests.safeguards.test_deputies import name
from tests.safeguards.test_protection import protect
from tests.storage.test_ending import with_action

from multiagency.demo import story
from multiagency.kernel.clock import HELSINKI
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

SAID = ("yes", "no", "not_said")
SAFE, UNSAFE = datetime(2026, 11, 30, 10, tzinfo=HELSINKI), datetime(2026, 11, 30, 20, tzinfo=HELSINKI)
RULES = tuple(story.SAFE_CONTACT[part] for part in ("phone", "address", "when_to_call", "do_not_talk_to", "safe_from"))


def says(word):
    return TEXTS.say(Language.FI, f"contact.now.{word}")


@pytest.fixture
def at(monkeypatch):
    """Let it be a moment for what is said of safe times."""
    return lambda moment: monkeypatch.setattr("multiagency.cases.reading_hours.now", lambda: moment)


async def listed(house, login, path="/actions"):
    return [row["safe_now"] for row in await (await house.person(login)).get(path)]


async def contact_read(house, who):
    entries = await (await house.person("auditor")).get("/audit/entries")
    about = [entry for entry in entries if entry["detail"]["actor"]["name"].startswith(who)]
    return [entry["detail"]["basis"] for entry in about if "contact" in entry["body"]["kinds"]]


@pytest.mark.parametrize(("moment", "said"), [(SAFE, "yes"), (UNSAFE, "no")])
async def test_the_owner_reads_in_lists_whether_now_is_safe_and_nothing_more_of_the_rules(house, at, moment, said):
    case, _, _ = await with_action(house, reaches_client=True)
    at(moment)
    assert await listed(house, "municipality") == [said]
    pages = await at_pages(house, "municipality")
    for path in ("/actions", f"/cases/{case}/plan"):
        page = (await pages.get(path)).text
        assert [word for word in SAID if says(word) in page] == [said]
        assert not [rule for rule in RULES if rule in page]
    assert await listed(house, "municipality", f"/cases/{case}/actions") == [said]


@pytest.mark.parametrize(("login", "who"), [("coordinator", "Paula"), ("officer", "Elina")])
async def test_a_colleague_who_reads_the_same_plan_is_told_nothing_and_reads_no_contact(house, at, login, who):
    case, _, _ = await with_action(house, reaches_client=True)
    at(SAFE)
    before = await contact_read(house, who)
    assert await listed(house, login, f"/cases/{case}/actions") == [None]
    page = (await (await at_pages(house, login)).get(f"/cases/{case}/plan")).text
    assert not [word for word in SAID if says(word) in page]
    assert await contact_read(house, who) == before


async def test_without_hours_it_is_not_said(house):
    case, _, _ = await with_action(house, reaches_client=True)
    none = dict.fromkeys(("safe_days", "safe_from", "safe_until"), "")
    await (await house.person("officer")).put(f"/cases/{case}/safe-contact", none)
    assert await listed(house, "municipality") == ["not_said"]
    assert says("not_said") in (await (await at_pages(house, "municipality")).get("/actions")).text


async def test_it_is_said_of_open_tasks_to_reach_the_client_only(house, at):
    case, coordinator, action = await with_action(house, reaches_client=True)
    at(SAFE)
    other = {"owner": await house.post_of("Heikki"), "title": "Kirjata", "due_on": "2099-01-02"}
    await coordinator.post(f"/cases/{case}/actions", other, 201)
    again = other | {"title": "Kutsua", "due_on": "2099-01-03", "reaches_client": True}
    await coordinator.post(f"/cases/{case}/actions", again, 201)
    assert await listed(house, "municipality") == ["yes", None, "yes"]
    await (await house.person("municipality")).post(f"/actions/{action}/report", {"outcome": "Soitettu."})
    assert await listed(house, "municipality") == [None, "yes", None]  # what is done stands last


@pytest.mark.parametrize("how", ["protected", "withdrawn"])
async def test_who_does_not_see_the_rules_is_told_nothing(house, at, how):
    case, _, _ = await with_action(house, reaches_client=True)
    at(SAFE)
    if how == "protected":
        await protect(house, case)
    else:
        await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    assert await listed(house, "municipality") == [None]


async def test_the_list_is_logged_as_what_it_showed_once_for_each_case(house, at):
    case, coordinator, _ = await with_action(house, reaches_client=True)
    again = {"owner": await house.post_of("Heikki"), "title": "Kutsua", "due_on": "2099-01-02", "reaches_client": True}
    await coordinator.post(f"/cases/{case}/actions", again, 201)
    at(SAFE)
    assert await listed(house, "municipality") == ["yes", "yes"]
    assert await contact_read(house, "Heikki") == ["consent,own_record"]


async def test_whoever_stands_in_for_the_owner_is_told_too(house, at):
    await with_action(house, reaches_client=True, owner=await house.post_of("Jouni"))
    await name(house, away="Jouni", stands_in="Aslak")
    at(UNSAFE)
    assert await listed(house, "officer-2") == ["no"]
