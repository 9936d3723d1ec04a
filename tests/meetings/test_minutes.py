"""Minutes: drafts from the beginning of the meeting, one approved, additions to it; read where they are in sight."""

import re

import asyncpg
import pytest
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages, hidden

from multiagency.demo import story
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

CLOSING = {"outcome": "guided_onward", "target": "Perheneuvola", "reason": "Tilanne on rauhoittunut."}
LOGINS = ("municipality", "police")


def says(key, **values):
    return TEXTS.say(Language.FI, key, **values)


async def begun(house):
    """Two cases on the agenda of a meeting that goes on; the referrer's agency is not named in the first's consent."""
    first, second = await house.submitted(consent=("Wellbeing", "Revontuli")), await house.submitted()
    meeting = await house.meeting(first, second)
    await house.seat(meeting, first, "Heikki")
    await house.seat(meeting, second, "Jouni")
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    await house.begin(meeting)
    return {"first": first, "second": second, "meeting": meeting}


@pytest.fixture
def house(staged_house):
    return staged_house


async def seen_on(pages, path):
    """The version that a page carries."""
    return re.search(r'name="seen" value="([^"]+)"', (await pages.get(path)).text)[1]


async def draft(coordinator, meeting, case, text=story.MINUTES, expect=200, **seen):
    return await coordinator.post(f"/meetings/{meeting}/minutes", {"case": case, "text": text} | seen, expect)


async def approve(coordinator, meeting, case, version, expect=204):
    return await coordinator.post(
        f"/meetings/{meeting}/minutes/approval", {"case": case, "version": version, "handled": True}, expect
    )


async def add(coordinator, meeting, case, text, expect=204):
    return await coordinator.post(f"/meetings/{meeting}/minutes/addenda", {"case": case, "text": text}, expect)


async def texts(house, case, login="coordinator"):
    return [row["text"] for row in await (await house.person(login)).get(f"/cases/{case}/minutes")]


def refused_as(problem, key):
    return problem["type"].endswith(f":{key}")


# Drafting.


async def test_no_minutes_are_taken_before_the_meeting_begins_and_the_answer_says_when_it_does(
    house, coordinator, meeting, first
):
    await house.fetch("UPDATE meeting SET starts_at = '2099-01-02T10:00Z', ends_at = '2099-01-02T11:00Z'")
    problem = await draft(coordinator, meeting, first, expect=409)
    assert refused_as(problem, "meeting.not_begun")
    assert "2.1.2099 12.00" in problem["title"]
    text = (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}/cases/{first}/minutes")).text
    assert says("minutes.record.early", when="2.1.2099 klo 12.00") in text
    assert "<textarea" not in text
    assert await house.fetch("SELECT FROM minutes") == []


async def test_a_meeting_that_was_never_opened_has_no_minutes(house, coordinator, first):
    await coordinator.post(f"/meetings/{await meeting_with(house, first)}/order", {"case": first, "direction": "up"})
    elsewhere = (await house.fetch("SELECT reference FROM meeting WHERE state = 'planned'"))[0]["reference"]
    await house.begin(elsewhere)
    assert refused_as(await draft(coordinator, elsewhere, first, expect=409), "meeting.never_opened")


async def meeting_with(house, case):
    """Another meeting, to which the case is taken instead."""
    coordinator, old = await house.person("coordinator"), (await house.fetch("SELECT reference FROM meeting"))[0][0]
    await coordinator.post(f"/meetings/{old}/agenda/removal", {"case": case, "because": "removed"})
    return await house.meeting(case)


async def test_a_draft_is_saved_again_as_a_new_version_and_moves_no_case(house, coordinator, meeting, first, second):
    await draft(coordinator, meeting, second, "Toinen asia.")
    for number, text in enumerate(("Ensin.", "Sitten.", "Lopuksi."), 1):
        assert await draft(coordinator, meeting, first, text) == {"version": number}
    assert await texts(house, first) == ["Ensin.", "Sitten.", "Lopuksi."]
    assert (await coordinator.get(f"/cases/{first}"))["stage"] == "on_agenda"


async def test_a_draft_is_seen_by_coordinators_only(house, coordinator, meeting, first):
    await draft(coordinator, meeting, first)
    assert await texts(house, first, "coordinator-2") == [story.MINUTES]
    for login in ("municipality", "officer"):
        assert await texts(house, first, login) == []
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert await connection.fetchval("SELECT count(*) FROM minutes") == 0
    assert says("minutes.none") in (await (await at_pages(house, "municipality")).get(f"/cases/{first}/minutes")).text


async def test_whoever_saves_over_a_draft_that_they_have_not_seen_is_told_and_reads_both(
    house, coordinator, meeting, first
):
    await draft(coordinator, meeting, first, "Ensin.", seen=0)
    assert refused_as(await draft(coordinator, meeting, first, "Ohi.", 409, seen=0), "minutes.newer_draft")
    pages, path = await at_pages(house, "coordinator-2"), f"/meetings/{meeting}/cases/{first}/minutes"
    seen = await seen_on(pages, path)
    await pages.post(path, seen=seen, text="Toinen.")
    stale = (await pages.post(path, 409, seen=seen, text="Minun tekstini.")).text
    assert "Minun tekstini." in stale
    assert "Toinen." in stale
    assert hidden(stale)["seen"] != seen
    await house.fetch("DELETE FROM minutes WHERE version = 2")
    await draft(coordinator, meeting, first, "Sitten.", seen=1)
    assert await texts(house, first) == ["Ensin.", "Sitten."]


# Approving.


async def test_approval_moves_its_case_on_and_no_other_and_shows_the_minutes(
    house, coordinator, meeting, first, second
):
    await draft(coordinator, meeting, first, "Ensin.")
    await draft(coordinator, meeting, first, "Sitten.")
    await approve(coordinator, meeting, first, 2)
    stages = [(await coordinator.get(f"/cases/{case}"))["stage"] for case in (first, second)]
    assert stages == ["in_follow_up", "on_agenda"]
    assert await texts(house, first, "municipality") == ["Sitten."]
    assert await texts(house, first) == ["Ensin.", "Sitten."]
    assert await texts(house, second) == []


async def test_only_the_draft_that_was_seen_is_approved_and_once(house, coordinator, meeting, first):
    assert refused_as(await approve(coordinator, meeting, first, 0, 409), "minutes.no_draft")
    for text in ("Ensin.", "Sitten."):
        await draft(coordinator, meeting, first, text)
    for version in (1, 3):
        assert refused_as(await approve(coordinator, meeting, first, version, 409), "minutes.newer_draft")
    await approve(coordinator, meeting, first, 2)
    assert refused_as(await approve(coordinator, meeting, first, 2, 409), "minutes.approved_already")
    assert refused_as(await draft(coordinator, meeting, first, "Jälkeen.", 409), "minutes.approved_already")


async def test_approved_text_is_not_changed_even_by_direct_sql(house, coordinator, meeting, first):
    await house.minutes(meeting, first)
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        again = "UPDATE minutes SET approved_at = now(), approved_by_id = current_post()"
        assert await connection.execute(again) == "UPDATE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE minutes SET text = 'x'")


async def test_nothing_comes_in_approved_nor_in_somebody_elses_name(house, coordinator, meeting, first):
    await draft(coordinator, meeting, first)
    copied = (
        "INSERT INTO minutes (id, case_id, controller_id, retention_class, agenda_item_id, version, author_id, text, "
        "recorded_at, approved_at, approved_by_id) SELECT gen_random_uuid(), case_id, controller_id, retention_class, "
        "agenda_item_id, 9, author_id, text, now(), now(), author_id FROM minutes"
    )
    named = (
        "UPDATE minutes SET approved_at = now(), approved_by_id = "
        "(SELECT id FROM post WHERE role = 'officer' ORDER BY id LIMIT 1)"
    )
    for forged in (copied, named):
        async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(forged)


# Adding.


async def test_an_addition_stands_beside_the_approved_text_with_author_and_time(
    house, coordinator, meeting, first, second
):
    assert refused_as(await add(coordinator, meeting, first, "Liian aikaisin.", 409), "minutes.not_approved")
    await house.minutes(meeting, first)
    await add(coordinator, meeting, first, "Päivä oli väärä.")
    await add(await house.person("coordinator-2"), meeting, first, "Paikka myös.")
    [seen] = await (await house.person("municipality")).get(f"/cases/{first}/minutes")
    assert (seen["text"], seen["version"]) == (story.MINUTES, 1)
    assert [added["text"] for added in seen["addenda"]] == ["Päivä oli väärä.", "Paikka myös."]
    assert len({added["author"] for added in seen["addenda"]}) == 2
    assert all(added["added_at"] > seen["approved_at"] for added in seen["addenda"])
    shown = (await (await at_pages(house, "municipality")).get(f"/cases/{first}/minutes")).text
    assert re.findall(r'<p class="text">(.*?)</p>', shown) == [story.MINUTES, "Päivä oli väärä.", "Paikka myös."]
    await (await house.person("police")).get(f"/cases/{first}/minutes", 404)


async def test_minutes_of_a_case_that_is_over_get_no_addition(house, coordinator, meeting, first, second):
    for case in (first, second):
        await house.minutes(meeting, case)
    await coordinator.post(f"/cases/{first}/closing", CLOSING)
    await (await house.person("officer")).post(f"/cases/{second}/consent/withdrawal")
    for case in (first, second):
        assert refused_as(await add(coordinator, meeting, case, "Myöhemmin.", 409), "case.nothing_shared")
    assert await house.fetch("SELECT FROM minutes_addendum") == []


# Whose, and where.


async def test_minutes_of_a_case_on_another_agenda_or_none_are_refused(house, coordinator, meeting, first):
    elsewhere = await house.meeting()
    assert refused_as(await draft(coordinator, elsewhere, first, expect=409), "meeting.not_on_agenda")
    await draft(coordinator, meeting, await house.submitted(), expect=409)
    problem = await draft(coordinator, meeting, "BCDF-2345", expect=422)
    assert [error["field"] for error in problem["errors"]] == ["case"]
    await house.fetch("UPDATE agenda_item SET ended_at = now()")
    await draft(coordinator, meeting, first, expect=409)
    assert await house.fetch("SELECT FROM minutes") == []


async def test_whoever_is_not_named_by_the_consent_reads_no_minutes_not_even_the_referrer(
    house, coordinator, meeting, first, second
):
    for case in (first, second):
        await house.minutes(meeting, case)
    assert await texts(house, first, "municipality") == await texts(house, second, "police") == [story.MINUTES]
    assert await texts(house, first, "officer") == []
    assert await texts(house, second, "officer") == [story.MINUTES]
    assert story.MINUTES not in (await (await at_pages(house, "officer")).get(f"/cases/{first}/minutes")).text
    await (await house.person("municipality")).get(f"/cases/{second}/minutes", 404)


# The pages.


async def test_minutes_without_a_word_are_refused_and_the_page_keeps_nothing_half(house, coordinator, meeting, first):
    pages, path = await at_pages(house, "coordinator"), f"/meetings/{meeting}/cases/{first}/minutes"
    for text in ("", "  ", "\u2800"):
        for where in (path, f"{path}/approval"):
            assert 'href="#text"' in (await pages.post(where, 422, text=text)).text
    assert (await coordinator.get(f"/cases/{first}"))["stage"] == "on_agenda"
    assert await house.fetch("SELECT FROM minutes") == []


async def test_the_page_leads_from_the_draft_to_the_approval_and_to_additions(house, coordinator, meeting, first):
    pages, path = await at_pages(house, "coordinator"), f"/meetings/{meeting}/cases/{first}/minutes"
    assert re.search(r"<textarea[^>]*></textarea>", (await pages.get(path)).text)
    seen = await seen_on(pages, path)
    assert (await pages.post(path, text="Ensin.\r\nToinen rivi.", seen=seen)).headers["location"] == path
    assert says("done.draft_saved") in (await pages.get(path)).text
    seen = await seen_on(pages, path)
    answer = await pages.post(f"{path}/approval", text="Ensin.\nToinen rivi.", seen=seen, handled="true")
    assert answer.headers["location"] == f"/cases/{first}/plan"
    assert len(await house.fetch("SELECT FROM minutes")) == 1, "what was not changed needs no new draft"
    assert says("minutes.record.add_for", reference=first) in (await pages.get(path)).text
    await pages.post(f"{path}/addenda", text="Päivä oli väärä.")
    assert "Päivä oli väärä." in (await pages.get(path)).text
    await pages.get(f"/meetings/{await house.meeting()}/cases/{first}/minutes", 409)


async def test_what_is_approved_is_what_stands_on_the_page(house, coordinator, meeting, first):
    pages, path = await at_pages(house, "coordinator"), f"/meetings/{meeting}/cases/{first}/minutes"
    early = await seen_on(pages, path)
    await draft(coordinator, meeting, first, "Ensin.")
    assert "Ensin." in (await pages.post(f"{path}/approval", 409, text="Ohi.", seen=early)).text
    seen = await seen_on(pages, path)
    await pages.post(f"{path}/approval", text="Ensin, ja vielä tämä.", seen=seen, handled="true")
    assert await texts(house, first, "municipality") == ["Ensin, ja vielä tämä."]


async def test_the_newest_is_shown_and_another_when_it_is_asked_for(house, coordinator, meeting, first):
    path = f"/cases/{first}/minutes"
    pages, municipality = await at_pages(house, "coordinator"), await at_pages(house, "municipality")
    for text in ("Ensin.", "Sitten."):
        await draft(coordinator, meeting, first, text)
    await approve(coordinator, meeting, first, 2)
    for version, shown, other in (("", "Sitten.", 1), ("?version=2", "Sitten.", 1), ("?version=1", "Ensin.", 2)):
        text = (await pages.get(path + version)).text
        assert re.findall(r'<p class="text">(.*?)</p>', text) == [shown]
        assert re.findall(r"minutes\?version=(\d+)", text) == [str(other)]
    await municipality.get(f"{path}?version=1")
    for wrong, status in (("2", 404), ("0", 422)):
        await municipality.get(f"{path}?version={wrong}", status)
