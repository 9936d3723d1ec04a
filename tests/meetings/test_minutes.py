"""Minutes: of one case in one meeting, every version kept, read where they are in sight."""

import re

import pytest
from tests.pages import at_pages
from tests.stages import told

from multiagency.demo import story
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

CLOSING = {"outcome": "guided_onward", "target": "Perheneuvola", "reason": "Tilanne on rauhoittunut."}


async def begun(house):
    """Two cases on the agenda of an open meeting; the referrer's agency is not named in the first one's consent."""
    first, second = await house.submitted(consent=("Wellbeing", "Revontuli")), await house.submitted()
    meeting = await house.meeting(first, second)
    await house.seat(meeting, first, "Heikki")
    await house.seat(meeting, second, "Jouni")
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    return {"first": first, "second": second, "meeting": meeting}


@pytest.fixture(scope="module")
def stage(ground):
    with told(ground, begun, "municipality", "police") as stage:
        yield stage


@pytest.fixture
async def house(stage):
    async with stage.house() as house:
        yield house


@pytest.fixture
def names(stage):
    return stage.called["meeting"], stage.called["first"], stage.called["second"]


async def record(house, meeting, case, text=story.MINUTES, expect=204):
    coordinator = await house.person("coordinator")
    return await coordinator.post(f"/meetings/{meeting}/minutes", {"case": case, "text": text}, expect)


async def texts(house, case, login="coordinator"):
    return [row["text"] for row in await (await house.person(login)).get(f"/cases/{case}/minutes")]


async def test_the_first_minutes_move_their_case_on_and_no_other(house, names):
    meeting, first, second = names
    await record(house, meeting, first)
    coordinator = await house.person("coordinator")
    stages = [(await coordinator.get(f"/cases/{case}"))["stage"] for case in (first, second)]
    assert stages == ["in_follow_up", "on_agenda"]
    assert await texts(house, second) == []


async def test_a_correction_leaves_what_was_recorded_before(house, names):
    meeting, first, second = names
    await record(house, meeting, second, "Toinen asia.")
    for text in ("Ensin.", "Sitten.", "Lopuksi."):
        await record(house, meeting, first, text)
    assert await texts(house, first, "municipality") == ["Ensin.", "Sitten.", "Lopuksi."]
    rows = await house.fetch("SELECT version FROM minutes ORDER BY id")
    assert [row["version"] for row in rows] == [1, 1, 2, 3]


async def test_minutes_of_a_case_on_another_agenda_or_none_are_refused(house, names):
    meeting, first, _ = names
    elsewhere = await house.meeting()
    problem = await record(house, elsewhere, first, expect=409)
    assert problem["type"].endswith("meeting.not_on_agenda")
    await record(house, meeting, await house.submitted(), expect=409)
    problem = await record(house, meeting, "BCDF-2345", expect=422)
    assert [error["field"] for error in problem["errors"]] == ["case"]
    await house.fetch("UPDATE agenda_item SET ended_at = now()")
    await record(house, meeting, first, expect=409)
    assert await house.fetch("SELECT FROM minutes") == []


async def test_minutes_of_a_case_that_is_over_are_not_corrected(house, names):
    meeting, first, second = names
    await record(house, meeting, first)
    await (await house.person("coordinator")).post(f"/cases/{first}/closing", CLOSING)
    await (await house.person("officer")).post(f"/cases/{second}/consent/withdrawal")
    for case in (first, second):
        problem = await record(house, meeting, case, "Myöhemmin.", 409)
        assert problem["type"].endswith("case.nothing_shared")
    assert len(await house.fetch("SELECT FROM minutes")) == 1


async def test_minutes_without_a_word_are_refused_and_the_page_keeps_nothing_half(house, names):
    meeting, first, _ = names
    pages = await at_pages(house, "coordinator")
    for text in ("", "  ", "\u2800"):
        refused = await pages.post(f"/meetings/{meeting}/cases/{first}/minutes", 422, text=text)
        assert 'href="#text"' in refused.text
    assert (await (await house.person("coordinator")).get(f"/cases/{first}"))["stage"] == "on_agenda"


async def test_the_page_offers_what_was_recorded_last_to_be_corrected(house, names):
    meeting, first, _ = names
    pages, path = await at_pages(house, "coordinator"), f"/meetings/{meeting}/cases/{first}/minutes"
    assert re.search(r"<textarea[^>]*></textarea>", (await pages.get(path)).text)
    for text in ("Ensin.", "Sitten."):
        answer = await pages.post(path, text=text)
        assert answer.headers["location"] == f"/cases/{first}/plan"
    shown = (await pages.get(path)).text
    assert "Sitten.</textarea>" in shown
    assert TEXTS.say(Language.FI, "minutes.record.correct_for", reference=first) in shown
    await pages.get(f"/meetings/{await house.meeting()}/cases/{first}/minutes", 409)


async def test_the_newest_version_is_shown_and_an_earlier_one_when_it_is_asked_for(house, names):
    meeting, first, _ = names
    municipality, path = await at_pages(house, "municipality"), f"/cases/{first}/minutes"
    assert TEXTS.say(Language.FI, "minutes.none") in (await municipality.get(path)).text
    for text in ("Ensin.", "Sitten."):
        await record(house, meeting, first, text)
    for version, shown, other in (("", "Sitten.", 1), ("?version=2", "Sitten.", 1), ("?version=1", "Ensin.", 2)):
        text = (await municipality.get(path + version)).text
        assert re.findall(r'<p class="text">(.*?)</p>', text) == [shown]
        assert re.findall(r"\?version=(\d+)", text) == [str(other)]
        assert (TEXTS.say(Language.FI, "minutes.not_newest") in text) is (version == "?version=1")
    await municipality.get(f"{path}?version=3", 404)
    await municipality.get(f"{path}?version=0", 422)


async def test_whoever_is_not_named_by_the_consent_reads_no_minutes_not_even_the_referrer(house, names):
    meeting, first, second = names
    for case in (first, second):
        await record(house, meeting, case)
    assert await texts(house, first, "municipality") == await texts(house, second, "police") == [story.MINUTES]
    assert await texts(house, first, "officer") == []
    assert await texts(house, second, "officer") == [story.MINUTES]
    assert story.MINUTES not in (await (await at_pages(house, "officer")).get(f"/cases/{first}/minutes")).text
    await (await house.person("municipality")).get(f"/cases/{second}/minutes", 404)
