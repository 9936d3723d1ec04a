"""Situation and contact are said on one page and saved together: own part, safe contact, child welfare, protection."""

import re
from uuid import uuid4

import pytest
from tests.pages import at_pages, hidden

from multiagency.cases.reading import CONTACT_TEXTS
from multiagency.demo import story
from multiagency.disclosures.questions import Datum
from multiagency.disclosures.reading_fields import content_of
from multiagency.kernel.access import Kind
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

WORKDAYS = "mon tue wed thu fri"
SAID = {
    "narrative": story.NARRATIVE,
    "do_not_talk_to": [story.VIOLENT["name"], "naapuri"],
    "phone": story.SAFE_CONTACT["phone"],
    "safe_days": WORKDAYS,
    "safe_from": "9",
    "safe_until": "11.30",
    "may_leave_message": "false",
    "language": "fi",
}


async def family(house, child=True):
    """A draft with a client, somebody who uses violence, and perhaps a child."""
    officer, case = await house.person("officer"), await house.draft()
    await officer.put(f"/cases/{case}/client", story.CLIENT)
    for party in (story.VIOLENT, *([story.CHILD] if child else [])):
        await officer.post(f"/cases/{case}/parties", party, 201)
    return officer, case, f"/cases/{case}/situation"


def errors(page):
    return re.findall(r'<li><a href="#([\w-]+)">', page.partition("<h1")[0])


def seen(page):
    return re.findall(r'name="seen" value="([^"]+)"', page)


async def nothing_said(officer, case):
    contact, part = await officer.get(f"/cases/{case}/safe-contact"), await officer.get(f"/cases/{case}/part")
    return not (contact or {}).get("phone") and not (part or {}).get("narrative")


async def test_one_page_saves_what_is_known_and_how_the_client_is_reached(house):
    officer, case, place = await family(house)
    pages = await at_pages(house, "officer")
    page = (await pages.get(place)).text
    assert "checked" not in page, "something is chosen beforehand"
    answer = await pages.post(place, seen=seen(page), decision="already_notified", **SAID)
    assert answer.headers["location"] == f"/cases/{case}/checklist"
    contact = await officer.get(f"/cases/{case}/safe-contact")
    assert contact["do_not_talk_to"] == f"{story.VIOLENT['name']}, naapuri"
    assert (contact["safe_days"], contact["safe_from"], contact["safe_until"]) == (WORKDAYS, "09:00", "11:30")
    assert contact["may_leave_message"] == "false"
    assert (await officer.get(f"/cases/{case}/part"))["narrative"] == story.NARRATIVE
    again = (await pages.get(place)).text
    assert re.search(rf'value="{story.VIOLENT["name"]}" checked', again)
    assert 'value="naapuri"' in again
    assert f'value="{WORKDAYS}" checked' in again
    assert 'name="decision"' not in again, "child welfare is decided: it is not asked again"


async def test_other_days_are_ticked_and_come_back_ticked(house):
    officer, case, place = await family(house)
    pages = await at_pages(house, "officer")
    await pages.post(place, **SAID | {"safe_days": "other", "other_days": ["sat", "mon"]})
    assert (await officer.get(f"/cases/{case}/safe-contact"))["safe_days"] == "mon sat"
    assert len(re.findall(r'name="other_days" value="(?:mon|sat)" checked', (await pages.get(place)).text)) == 2


WRONG = {
    "days without times": ({"safe_from": "", "safe_until": ""}, ["safe_from", "safe_until"]),
    "times that are none": ({"safe_from": "aamulla"}, ["safe_from"]),
    "no without a reason": ({"decision": "not_needed"}, ["reason"]),
    "several at once": (
        {"safe_until": "8", "decision": "not_needed"},
        ["safe_until", "reason"],
    ),
    "too long": ({"phone": "1" * 201}, ["phone"]),
}


@pytest.mark.parametrize("what", WRONG)
async def test_everything_wrong_is_said_at_once_and_nothing_is_half_saved_or_lost(house, what):
    change, wrong = WRONG[what]
    officer, case, place = await family(house)
    page = (await (await at_pages(house, "officer")).post(place, 422, **SAID | change)).text
    assert errors(page) == wrong
    assert story.NARRATIVE in page
    assert f'value="{story.VIOLENT["name"]}" checked' in page
    assert 'value="naapuri"' in page
    assert await nothing_said(officer, case)
    decided = await house.fetch("SELECT 1 FROM child_welfare_decision")
    assert decided == []


async def test_a_no_with_its_reason_is_recorded_and_a_yes_leads_to_the_notification(house):
    officer, case, place = await family(house)
    pages = await at_pages(house, "officer")
    answer = await pages.post(place, decision="notify", **SAID)
    assert answer.headers["location"] == f"/cases/{case}/child-welfare/notification"
    assert (await officer.get(f"/cases/{case}/child-welfare")) == [], "nothing is decided before it is made"
    await pages.post(place, decision="not_needed", reason="Lapsi asuu muualla.", **SAID)
    assert [one["decision"] for one in await officer.get(f"/cases/{case}/child-welfare")] == ["not_needed"]


async def test_a_protected_address_leads_to_the_order_that_is_recorded(house):
    _, case, place = await family(house)
    answer = await (await at_pages(house, "officer")).post(place, protected="true", decision="notify", **SAID)
    assert answer.headers["location"] == f"/cases/{case}/protection/new"


async def test_without_a_child_nobody_is_asked_about_child_welfare(house):
    _, _, place = await family(house, child=False)
    assert 'name="decision"' not in (await (await at_pages(house, "officer")).get(place)).text


async def test_an_empty_page_says_nothing_and_records_nothing(house):
    officer, case, place = await family(house)
    pages = await at_pages(house, "officer")
    await pages.post(place, language="fi", do_not_talk_to="")
    assert await nothing_said(officer, case)
    assert await house.fetch("SELECT 1 FROM safe_contact") == []
    answer = await pages.post(place, later="true", language="fi")
    assert answer.headers["location"] == f"/cases/{case}"


async def test_what_another_tab_saved_meanwhile_is_not_overwritten(house):
    officer, case, place = await family(house)
    pages = await at_pages(house, "officer")
    before = seen((await pages.get(place)).text)
    assert len(before) == 2, "own part and contact each have a version"
    await pages.post(place, seen=before, **SAID)
    page = (await pages.post(place, 409, seen=before, **SAID | {"phone": "+358 50 000 0077"})).text
    assert "+358 50 000 0077" in page
    assert story.SAFE_CONTACT["phone"] in page
    assert (await officer.get(f"/cases/{case}/safe-contact"))["phone"] == story.SAFE_CONTACT["phone"]
    mine = {name: value for name, value in hidden(page).items() if name not in {"csrf", "seen", "do_not_talk_to"}}
    kept = re.findall(r'name="do_not_talk_to" value="([^"]*)"', page)
    await pages.post(place, seen=seen(page), do_not_talk_to=kept, **mine)
    contact = await officer.get(f"/cases/{case}/safe-contact")
    assert contact["phone"] == "+358 50 000 0077"
    assert contact["do_not_talk_to"] == f"{story.VIOLENT['name']}, naapuri"


async def test_what_only_another_tab_changed_stays_theirs(house):
    officer, case, place = await family(house)
    pages = await at_pages(house, "officer")
    await pages.post(place, **SAID)
    before = seen((await pages.get(place)).text)
    await pages.post(place, seen=before, **SAID | {"phone": "+358 50 000 0077"})
    page = (await pages.post(place, 409, seen=before, **SAID | {"narrative": "Uusi teksti."})).text
    assert TEXTS.say(Language.FI, "meanwhile.theirs_hint") in page
    mine = {name: value for name, value in hidden(page).items() if name not in {"csrf", "seen", "do_not_talk_to"}}
    await pages.post(place, seen=seen(page), do_not_talk_to=SAID["do_not_talk_to"], **mine)
    assert (await officer.get(f"/cases/{case}/safe-contact"))["phone"] == "+358 50 000 0077"
    assert (await officer.get(f"/cases/{case}/part"))["narrative"] == "Uusi teksti."


async def test_who_must_not_interpret_stands_among_the_rules(house):
    _, case, place = await family(house)
    pages = await at_pages(house, "officer")
    said = SAID | {"language": "other", "interpreter": "dari", "must_not_interpret": "Paikallinen tulkki"}
    await pages.post(place, **said)
    assert "Paikallinen tulkki" in (await pages.get(f"/cases/{case}/safe-contact")).text
    assert "Paikallinen tulkki" in (await pages.get(place)).text


@pytest.mark.parametrize("who", ["", "Paikallinen tulkki"])
async def test_who_must_not_interpret_leaves_with_the_number_where_it_was_said(who):
    contact = dict.fromkeys((*CONTACT_TEXTS, "may_leave_message"), "") | {"must_not_interpret": who}
    number = Datum("contact.phone", "disclosed.contact.phone", "client", Kind.CONTACT, uuid4(), "040")
    said = {line.label.rpartition(".")[2]: line.value for line in content_of([number], contact, "").lines}
    assert said.get("must_not_interpret", "") == who
    assert "when_to_call" in said, "that nobody told when is a rule too"


async def test_after_the_submission_each_part_is_corrected_on_its_own_page(house):
    case = await house.submitted()
    await (await at_pages(house, "officer")).get(f"/cases/{case}/situation", 409)
