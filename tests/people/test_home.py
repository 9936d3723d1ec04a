"""The first page: what somebody has to do now, by date; nothing that they may not see, and nothing that is done."""

import re
from datetime import timedelta

from tests.disclosures.telling import disclosed
from tests.pages import at_pages
from tests.safeguards.test_break_glass import break_glass

from multiagency.demo import story
from multiagency.demo.lapland import ACCOUNTS
from multiagency.kernel.clock import today
from multiagency.safeguards.jobs_reviews import refer_unanswered
from multiagency.web.texts import TEXTS

NOTHING = "Mikään ei odota sinua"
CLIENT = story.CLIENT["name"]
ROW = re.compile(r'<li><div><a href="([^"]*)">([^<]*)</a>')


async def page_of(house, login, path="/"):
    text = (await (await at_pages(house, login)).get(path)).text
    return re.sub(r"[⁦-⁩]", "", text)


async def rows(house, login, path="/"):
    """What waits, by the page on which it is done."""
    return dict(ROW.findall(await page_of(house, login, path)))


async def logged(house, act, case=""):
    """What the log says of this act, opened as an auditor sees it."""
    auditor = await house.person("auditor")
    await house.number_log()
    found = await auditor.get(f"/audit/entries?case={case}" if case else "/audit/entries")
    return [entry for entry in found if entry["body"]["act"] == act]


def number(page):
    """How much waits, as the header says."""
    found = re.search(r'href="/" aria-current="page">[^<]*<span class="count">(\d+)', page)
    return int(found[1]) if found else 0


async def test_who_has_nothing_to_do_reads_that(house):
    for account in ACCOUNTS:
        page = await page_of(house, account.login)
        assert TEXTS.say(account.language, "waiting.number.none") in page
        assert 'class="count"' not in page


async def test_a_draft_waits_for_whoever_opened_it_and_for_nobody_else(house):
    case = await house.filled_draft()
    page = await page_of(house, "officer")
    assert "Sinua odottaa yksi asia" in page
    assert ROW.findall(page) == [(f"/cases/{case}", f"Jatka luonnosta: {CLIENT}")]
    assert "Luonnos poistuu" in page
    assert number(page) == 1
    for login in ("officer-2", "social-worker", "coordinator", "police", "supervisor", "auditor"):
        assert (await rows(house, login), number(await page_of(house, login))) == ({}, 0), login


async def test_what_was_sent_waits_for_others_and_the_queue_for_the_coordinator(house):
    case = await house.submitted()
    page = await page_of(house, "officer")
    assert NOTHING in page
    assert "Odottaa muita" in page
    assert ROW.findall(page) == [(f"/cases/{case}", CLIENT)]
    queue = await page_of(house, "coordinator")
    assert "Jonossa yksi asia" in queue
    assert number(queue) == 1
    assert number(await page_of(house, "officer-2")) == 0


async def test_a_part_waits_until_it_is_written(house):
    case = await house.filled_draft()
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Marja")}, 204)
    assert await rows(house, "social-worker") == {f"/cases/{case}/part": f"Kirjoita organisaatiosi osuus: {CLIENT}"}
    worker = await house.person("social-worker")
    await worker.put(f"/cases/{case}/part", {"narrative": story.COUNTY_PART})
    assert await rows(house, "social-worker") == {}


async def test_an_invitation_waits_until_it_is_answered_and_then_stands_beside(house):
    meeting = await house.opened(await house.submitted())
    place = f"/meetings/{meeting}/invitation"
    assert list(await rows(house, "municipality")) == [place]
    await (await at_pages(house, "municipality")).post(f"{place}/answer", answer="accepted")
    page = await page_of(house, "municipality")
    assert NOTHING in page
    assert "Seuraava kokouksesi" in page
    assert place in page


async def test_the_referrer_reads_when_the_case_is_discussed(house):
    case = await house.submitted()
    await house.opened(case)
    page = await page_of(house, "officer")
    assert ROW.findall(page) == [(f"/cases/{case}", CLIENT)]
    assert "Esityslistalla" in page


async def test_minutes_wait_for_the_coordinator_from_when_the_meeting_begins(house):
    case = await house.submitted()
    meeting = await house.opened(case)
    assert "Kirjaa muistio" not in await page_of(house, "coordinator")
    await house.begin(meeting)
    assert await rows(house, "coordinator") == {
        f"/meetings/{meeting}/cases/{case}/minutes": f"Kirjaa muistio: {CLIENT}"
    }
    await house.minutes(meeting, case)
    assert await rows(house, "coordinator") == {}


async def test_an_action_waits_by_its_day_and_says_of_the_rules_only_whether_now_is_safe(house):
    case = await house.submitted()
    meeting = await house.opened(case)
    await house.minutes(meeting, case)
    coordinator, owner = await house.person("coordinator"), await house.post_of("Heikki")
    days = {"Heti": today(), "Joskus": today() + timedelta(days=90)}
    for title, day in days.items():
        body = {"owner": owner, "title": title, "due_on": day.isoformat(), "reaches_client": True}
        await coordinator.post(f"/cases/{case}/actions", body, 201)
    await house.fetch("UPDATE planned_action SET due_on = due_on - 2 WHERE due_on < now() + interval '1 day'")
    page = await page_of(house, "municipality")
    found = [title for place, title in ROW.findall(page) if place.startswith("/actions/")]
    assert found == ["Heti", "Joskus"]
    assert "Myöhässä 2 päivää" in page
    assert page.index("Tänään") < page.index("Heti") < page.index("Myöhemmin") < page.index("Joskus")
    assert "90 päivää jäljellä" in page
    assert "soittaa" in page
    for secret in (
        story.SAFE_CONTACT["phone"],
        story.SAFE_CONTACT["do_not_talk_to"],
        story.SAFE_CONTACT["when_to_call"],
    ):
        assert secret not in page
    first = next(place for place, title in ROW.findall(page) if title == "Heti")
    await (await at_pages(house, "municipality")).post(first, result="done", outcome="Tehty.")
    assert "Heti" not in (await rows(house, "municipality")).values()


async def test_an_opening_waits_for_the_coordinator_and_then_for_the_auditor(house):
    case = await house.submitted()
    await break_glass(house, case)
    assert await rows(house, "coordinator") == {f"/cases/{case}/break-glass": f"Tarkista hätäavaus: {CLIENT}"}
    assert await rows(house, "auditor") == {}
    await house.fetch("UPDATE break_glass SET opened_at = now() - $1::interval", timedelta(days=9))
    await refer_unanswered(house.runtime, await house.service())
    assert await rows(house, "auditor") == {"/emergencies": f"Tarkista hätäavaus: {case}"}
    coordinator = await house.person("coordinator")
    opening = (await coordinator.get(f"/cases/{case}/break-glass"))[0]["id"]
    await coordinator.post(f"/cases/{case}/break-glass/{opening}/review", {"needed": "yes", "words": "Oli."})
    assert (await rows(house, "coordinator"), await rows(house, "auditor")) == ({}, {})


async def test_a_consent_waits_from_the_day_on_which_the_service_warns_of_its_end(house):
    case = await house.submitted()
    assert "Suostumus päättyy" not in await page_of(house, "officer")
    await house.fetch(
        "UPDATE lawful_basis SET warned_at = now(), valid_to = now() + interval '3 days' WHERE reason = 'consent'"
    )
    assert (await rows(house, "officer"))[f"/cases/{case}/consent"] == f"Suostumus päättyy: {CLIENT}"
    assert (await rows(house, "coordinator"))[f"/cases/{case}"] == f"Suostumus päättyy: {CLIENT}"
    assert await rows(house, "officer-2") == {}


async def test_what_arrived_waits_for_the_intake_until_it_is_read(house):
    case = await house.filled_draft()
    await disclosed(house, "officer", case)
    waiting = await rows(house, "child-welfare")
    assert [place.startswith("/inbox/") for place in waiting] == [True]
    assert CLIENT not in await page_of(house, "child-welfare")
    assert await rows(house, "police-intake") == {}
    await (await at_pages(house, "child-welfare")).get(next(iter(waiting)))
    assert await rows(house, "child-welfare") == {}


async def test_an_open_alarm_waits_for_the_auditor(house):
    await house.fetch(
        "INSERT INTO audit_alarm (id, at, code) VALUES (gen_random_uuid(), now(), 'work_fails'), "
        "(gen_random_uuid(), now(), 'time_unfit')"
    )
    assert list((await rows(house, "auditor")).values()) == ["Selvitä lokin hälytys"]
    assert number(await page_of(house, "auditor")) == 2
    assert await rows(house, "officer") == {}


async def test_the_work_of_somebody_who_left_waits_for_their_supervisor(house):
    case = await house.submitted()
    await house.fetch("UPDATE post SET valid_to = now() WHERE title = 'rikoskonstaapeli'")
    assert await rows(house, "supervisor") == {"/supervision": f"Siirrä toiselle: {case}"}
    assert await rows(house, "supervisor-2") == {}


async def test_a_team_that_hangs_on_one_coordinator_waits_for_the_administrator(house):
    await house.fetch(
        "DELETE FROM team_member WHERE post_id = (SELECT p.id FROM post p JOIN credential c ON c.post_id = p.id "
        "WHERE c.login = 'coordinator-2')"
    )
    page = await page_of(house, "administrator")
    assert "Nimeä toinen koordinaattori: MARAK Tunturi-Lappi" in page
    assert NOTHING not in page


async def test_at_most_twelve_rows_stand_there_until_the_rest_is_asked_for(house):
    for _ in range(14):
        await house.draft()
    assert len(await rows(house, "officer")) == 12
    page = await page_of(house, "officer")
    assert "Sinua odottaa 14 asiaa" in page
    assert 'href="/?all=true"' in page
    assert len(await rows(house, "officer", "/?all=true")) == 14


async def test_a_bar_takes_row_name_and_count_away(house):
    """No oracle through counts: whoever is kept out of a case is told as much as if there were none."""
    await house.submitted()
    assert number(await page_of(house, "coordinator-2")) == 1
    await house.fetch(
        "INSERT INTO access_bar (id, case_id, person_id, reason, set_by_id, valid_from, found) SELECT "
        "gen_random_uuid(), c.id, (SELECT id FROM person WHERE name = $1), 'other', c.opened_by_id, "
        "now() - interval '1 minute', false "
        "FROM case_file c",
        next(account.name for account in ACCOUNTS if account.login == "coordinator-2"),
    )
    page = await page_of(house, "coordinator-2")
    assert (number(page), CLIENT in page, NOTHING in page) == (0, False, True)
    assert number(await page_of(house, "coordinator")) == 1


async def test_a_withdrawal_takes_row_and_count_away_at_once(house):
    meeting = await house.opened(case := await house.submitted())
    assert number(await page_of(house, "municipality")) == 1
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    assert await rows(house, "municipality") == {}
    assert f"/meetings/{meeting}/cases" not in await page_of(house, "coordinator")


async def test_who_has_just_joined_the_team_finds_its_queue(house):
    await house.submitted()
    await house.fetch("DELETE FROM access_grant WHERE capability = 'coordinate'")
    assert "Jonossa yksi asia" in await page_of(house, "coordinator")


async def test_the_lists_of_the_navigation_count_the_same_and_log_nobody(house):
    await house.filled_draft()
    page = await page_of(house, "officer", "/invitations")
    assert re.findall(r'href="(/[a-z]*)"[^>]*>[^<]*<span class="count">(\d+)', page) == [("/", "1"), ("/cases", "1")]
    assert all(entry["body"]["kinds"] == [] for entry in await logged(house, "answer_invitation"))


async def test_each_row_that_is_shown_is_an_entry_of_the_log_with_its_basis(house):
    case = await house.filled_draft()
    await page_of(house, "officer")
    entries = await logged(house, "see_home", case)
    assert {entry["detail"]["basis"] for entry in entries} == {"consent,own_record"}
    assert {kind for entry in entries for kind in entry["body"]["kinds"]} == {"shell", "identity"}
