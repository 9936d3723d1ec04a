"""What is checked before a case is sent, the receipt, and taking it back while nobody has been told anything by it."""

import re

import pytest
from tests.pages import at_pages, words
from tests.stages import told

from multiagency.demo import story
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


async def begun(house):
    called = {"filled": await house.filled_draft(), "narrow": await house.filled_draft()}
    called["empty"], called["sent"] = await house.draft(), await house.filled_draft()
    officer = await house.person("officer")
    narrow = await house.consent_body("Wellbeing", "Police", "Revontuli") | {"kinds": ["identity", "party"]}
    await officer.post(f"/cases/{called['narrow']}/consent", narrow)
    await officer.post(f"/cases/{called['sent']}/submission")
    return called


@pytest.fixture(scope="module")
def stage(ground):
    with told(ground, begun, "coordinator", "police") as stage:
        yield stage


@pytest.fixture
async def house(stage, lodgings):
    async with stage.house() as house:
        yield house


@pytest.fixture
def cases(stage):
    return stage.called


async def page_of(house, case, what="submit", login="officer"):
    text = (await (await at_pages(house, login)).get(f"/cases/{case}/{what}")).text.partition("<main")[2]
    return re.sub(r"\s+", " ", text)


def rows_of(page):
    """What stands in each row of the table of who sees what, as words."""
    return [words(row) for row in re.findall(r'<tr role="row">(.*?)</tr>', page)[1:]]


# What is checked.


async def test_everything_that_was_filled_in_is_shown_with_the_way_to_change_it(house, cases):
    page = await page_of(house, cases["filled"])
    for text in (story.CLIENT["name"], story.VIOLENT["name"], story.SAFE_CONTACT["do_not_talk_to"], story.NARRATIVE):
        assert text in page
    for place in ("client", "safe-contact", "part", "consent", "checklist", "child-welfare"):
        assert f'href="/cases/{cases["filled"]}/{place}"' in page
    assert says("risk.counts", yes=15, no=8, not_known=1) in page
    assert says("risk.sign") in page


async def test_contact_rules_stand_before_the_number(house, cases):
    page = await page_of(house, cases["filled"])
    assert page.index(story.SAFE_CONTACT["do_not_talk_to"]) < page.index(story.SAFE_CONTACT["phone"])


async def test_where_something_is_missing_there_are_links_and_no_button(house, cases):
    empty, whole = await page_of(house, cases["empty"]), await page_of(house, cases["filled"])
    assert says("submit.button") in whole
    assert 'class="errors"' not in whole
    assert says("submit.button") not in empty
    errors = re.search(r'<div class="errors".*?</div>', empty)[0]
    assert f'href="/cases/{cases["empty"]}/consent"' in errors


async def test_who_sees_what_is_said_from_the_bases_that_live(house, cases):
    whole, narrow = rows_of(await page_of(house, cases["filled"])), rows_of(await page_of(house, cases["narrow"]))
    kinds = [says(f"consent.kind.{kind}") for kind in ("identity", "contact", "party", "narrative", "risk")]
    assert "Tunturi-Lapin hyvinvointialue" in whole[0]
    assert all(kind in whole[0] for kind in kinds)
    given, _, kept = narrow[0].partition(says("see.not") + " : ")
    assert [kind in given for kind in kinds] == [True, False, True, False, False]
    assert [kind in kept for kind in kinds] == [False, True, False, True, True]
    [county] = [row for row in narrow if "Revontulen kunta" in row]
    assert says("see.people.seated") in county
    assert says("see.people.nobody") in narrow[-1]
    assert "Riekko" in narrow[-1]


async def test_when_the_basis_ends_the_page_says_that_nothing_is_seen(house, cases):
    case = cases["filled"]
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await house.put_in("draft", case)
    rows = rows_of(await page_of(house, case))
    assert len(rows) == 2, "one's own agency, and all others"
    assert "Tunturi-Lapin hyvinvointialue" in rows[-1]
    assert says("see.people.nobody") in rows[-1]


async def test_the_coordinators_are_named_and_nobody_else_of_their_agency(house, cases):
    coordinators = await house.fetch(
        "SELECT p.name FROM person p JOIN post q ON q.person_id = p.id JOIN team_member m ON m.post_id = q.id"
        " JOIN case_file c ON c.team_id = m.team_id WHERE q.role = 'coordinator' AND c.reference = $1",
        cases["filled"],
    )
    first = rows_of(await page_of(house, cases["filled"]))[0]
    assert coordinators
    assert all(row["name"] in first for row in coordinators)
    assert "Sanna" not in first


async def test_the_day_by_which_it_is_on_an_agenda_follows_the_parameter(house, cases):
    before = re.search(r"viimeistään (.+?)\.<", await page_of(house, cases["filled"]))[1]
    await house.fetch("UPDATE dated_parameter SET value = 9 WHERE name = 'agenda_working_days'")
    assert re.search(r"viimeistään (.+?)\.<", await page_of(house, cases["filled"]))[1] != before


# The receipt, and taking back.


async def test_sending_leads_to_the_receipt(house, cases):
    officer, foretold = await at_pages(house, "officer"), rows_of(await page_of(house, cases["filled"]))
    sent = await officer.post(f"/cases/{cases['filled']}/submit")
    assert sent.headers["location"] == f"/cases/{cases['filled']}/sent"
    receipt = await page_of(house, cases["filled"], "sent")
    assert says("page.undo") in receipt
    assert rows_of(receipt) == foretold, "it says after sending what it said before"
    assert story.CLIENT["name"] not in receipt


async def test_what_was_taken_back_is_the_draft_that_it_was(house, cases):
    case, officer = cases["sent"], await at_pages(house, "officer")
    taken = await officer.post(f"/cases/{case}/sent")
    assert taken.headers["location"] == f"/cases/{case}"
    assert says("done.taken_back") in (await officer.get(f"/cases/{case}")).text
    view = await (await house.person("officer")).get(f"/cases/{case}/assessment")
    assert (view["completed"], view["score"]) == (False, 15)
    await officer.post(f"/cases/{case}/checklist", **{"answer-injury": "no", "comment-injury": "Korjattu"})
    await officer.get(f"/cases/{case}/sent", 409)


async def test_nobody_who_coordinates_sees_it_any_more(house, cases):
    case = cases["sent"]
    await (await house.person("officer")).post(f"/cases/{case}/submission/taking-back")
    coordinator = await at_pages(house, "coordinator")
    await coordinator.get(f"/cases/{case}", 404)
    assert case not in (await coordinator.get("/cases")).text
    live = "SELECT FROM access_grant g JOIN case_file c ON c.id = g.case_id WHERE reference = $1 AND g.ended_at IS NULL"
    assert not await house.fetch(f"{live} AND capability = 'coordinate'", case)
    assert await house.fetch(live, case), "its referrer still holds it"


async def test_sent_again_it_is_seen_again(house, cases):
    case, officer = cases["sent"], await house.person("officer")
    await officer.post(f"/cases/{case}/submission/taking-back")
    await officer.post(f"/cases/{case}/submission")
    assert story.CLIENT["name"] in (await (await at_pages(house, "coordinator")).get(f"/cases/{case}")).text
    assert (await officer.get(f"/cases/{case}/assessment"))["completed"] is True


@pytest.mark.parametrize("path", ["/cases", "/cases/{case}"])
async def test_once_a_coordinator_was_shown_it_it_stays(house, cases, path):
    case = cases["sent"]
    await (await at_pages(house, "coordinator")).get(path.format(case=case))
    await (await house.person("officer")).post(f"/cases/{case}/submission/taking-back", expect=409)
    officer = await at_pages(house, "officer")
    assert (await officer.post(f"/cases/{case}/sent")).headers["location"] == f"/cases/{case}/sent"
    receipt = await page_of(house, case, "sent")
    assert says("taking_back.read") in receipt
    assert says("page.undo") not in receipt
    await (await at_pages(house, "coordinator")).get(f"/cases/{case}")


async def test_who_read_it_before_and_coordinates_nothing_does_not_hinder(house, cases):
    case = cases["filled"]
    await (await house.person("officer")).post(f"/cases/{case}/contributors", {"post": await house.post_of("Marja")})
    await (await house.person("officer")).post(f"/cases/{case}/submission")
    await (await house.person("social-worker")).get(f"/cases/{case}")
    await (await house.person("officer")).post(f"/cases/{case}/submission/taking-back")


async def test_after_the_minutes_of_the_parameter_it_stays(house, cases):
    case, officer = cases["sent"], await house.person("officer")
    await house.fetch("UPDATE case_file SET submitted_at = now() - interval '11 minutes' WHERE reference = $1", case)
    problem = await officer.post(f"/cases/{case}/submission/taking-back", expect=409)
    assert problem["type"].endswith("taking_back.too_late")
    await house.fetch("UPDATE dated_parameter SET value = 30 WHERE name = 'take_back_minutes'")
    await officer.post(f"/cases/{case}/submission/taking-back")


async def test_from_an_agenda_the_referrer_takes_nothing_back(house, cases):
    case = cases["sent"]
    await house.meeting(case)
    problem = await (await house.person("officer")).post(f"/cases/{case}/submission/taking-back", expect=409)
    assert problem["type"].endswith("taking_back.goes_on")
    await (await house.person("coordinator")).post(f"/cases/{case}/submission/taking-back", expect=403)


async def test_taking_back_stands_in_the_log_with_whose_sight_ended(house, cases):
    await (await house.person("officer")).post(f"/cases/{cases['sent']}/submission/taking-back")
    rows = await house.fetch(
        "SELECT a.name_fi FROM audit_detail d JOIN agency a ON a.id = d.recipient_id"
        " WHERE act = 'take_back_case' AND mode = 'write' AND case_reference = $1",
        cases["sent"],
    )
    assert [row["name_fi"] for row in rows] == ["Tunturi-Lapin hyvinvointialue"]
