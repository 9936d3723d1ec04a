"""Every state has an honest way out, found by clicking only: links and buttons of pages after the first one."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import httpx
import pytest
from tests.journeys.conftest import begin
from tests.journeys.test_main_job import local

from multiagency.demo import story
from multiagency.demo.walkthrough import Walkthrough
from multiagency.kernel.clock import now, to_helsinki, today
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS, day_text, full_day

say = partial(TEXTS.say, Language.FI)
CASES = ("first", "second", "followed", "withdrawn", "invited")
TASKS = {"late": "Jouni", "mistaken": "Jouni", "open": "Sanna"}
OF_ITSELF = ("tell the client", "after one month", "after three", "after six")
"""Actions that come with approved minutes, and are open."""


class Before(Walkthrough):
    """What had happened before the clicks begin, told at the API: five cases, one in follow-up, one invited to."""

    async def tell(self):
        for login in ("officer", "coordinator"):
            await self._people[login].sign_in(self._household.passwords["demo_account"])
        await self._learn_the_directory(self._people["officer"])
        cases = {name: await self._submitted() for name in CASES}
        meeting = await self._meet(cases["followed"])
        begin(self._household, meeting)
        await self._follow_up(meeting, cases["followed"])
        return cases | {"meeting": await self._meet(cases["invited"])}

    async def _submitted(self):
        officer = self._people["officer"]
        case = await self._open_case(officer, story.CLIENT, story.VIOLENT)
        await self._consent_and_assess(officer, case, ("police", "county", "revontuli"), yes=15)
        await officer.post(f"/cases/{case}/submission")
        return case

    async def _meet(self, case):
        coordinator, starts = self._people["coordinator"], now() + timedelta(days=1)
        body = {"team": self._ids["team"], "starts_at": starts.isoformat()}
        body["ends_at"] = (starts + timedelta(hours=1)).isoformat()
        meeting = (await coordinator.post("/meetings", body, 201))["reference"]
        await coordinator.post(f"/meetings/{meeting}/agenda", {"case": case})
        await coordinator.post(f"/meetings/{meeting}/seats", {"case": case, "post": self._post("Jouni")})
        await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
        return meeting

    async def _follow_up(self, meeting, case):
        coordinator = self._people["coordinator"]
        draft = await coordinator.post(f"/meetings/{meeting}/minutes", {"case": case, "text": story.MINUTES}, 200)
        await coordinator.post(
            f"/meetings/{meeting}/minutes/approval", {"case": case, "version": draft["version"], "handled": True}
        )
        for title, owner in TASKS.items():
            body = {"owner": self._post(owner), "title": f"Tehtävä {title}", "due_on": str(today())}
            await coordinator.post(f"/cases/{case}/actions", body, 201)


@pytest.fixture(scope="module")
def before(household):
    async def tell():
        async with httpx.AsyncClient(base_url=household.base_url, timeout=30) as http:
            return await Before(household, http).tell()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, tell()).result()


@pytest.fixture(scope="module")
def click(visit):
    """A person at a browser who goes where a page leads; signed in once."""
    visitors = {}

    def person(login):
        visitors[login] = visitors.get(login) or visit(login)
        return visitors[login]

    return person


def to(visitor, key, **values):
    """Follow the link that says this."""
    return visitor.follow(link=say(key, **values))


def press(visitor, key, and_then="", **values):
    return visitor.press(re.escape(say(key, **values)) + and_then)


def in_menu(visitor, key):
    """Follow the link in the person's own menu that says this."""
    visitor.page.locator("header summary").last.click()
    return to(visitor, key)


def case_of(visitor, case):
    return to(visitor, "nav.cases").follow(f'main a[href="/cases/{case}"]')


def meeting_of(visitor, meeting):
    return to(visitor, "nav.meetings").follow(f'main a[href="/meetings/{meeting}"]')


def told(visitor, *keys, **values):
    for key in keys:
        assert say(key, **values) in visitor.text, f"{visitor.page.url} does not say {key}: {visitor.text}"
    return visitor


def times(visitor, starts):
    return visitor.fill(starts_at=local(starts), ends_at=local(starts + timedelta(hours=1)))


def call(coordinator, starts):
    to(to(coordinator, "nav.meetings"), "meetings.call")
    times(coordinator, starts).submit()
    return coordinator.page.url.rpartition("/")[2]


def place(coordinator, case, *names):
    press(coordinator, "meeting_page.place", f": .*{case}")
    return told(coordinator.tick("post", *names).submit(), "done.seated")


def invite(coordinator):
    return told(to(coordinator, "meeting_page.send").submit(), "done.invited")


def record(coordinator, case, text):
    """Draft and approve minutes, from the page of the meeting."""
    to(coordinator, "minutes.record.for_case", reference=case)
    told(coordinator.fill(text=text).submit(), "done.draft_saved")
    if coordinator.page.locator("#handled").count():  # its turn is not over by the clock
        coordinator.tick("handled", say("minutes.record.is_handled"))
    return told(press(coordinator, "minutes.record.approve"), "done.minutes_approved")


def order_of(coordinator, *cases):
    heads = coordinator.page.locator("main h3").all_inner_texts()
    return [case for head in heads for case in cases if case in head]


@pytest.fixture(scope="module")
def missed(click, household, before):
    """A meeting set up, reordered, cleared of one case and moved; then its time came, and it was not held."""
    coordinator, first, second = click("coordinator"), before["first"], before["second"]
    meeting = call(coordinator, now() + timedelta(days=2))
    place(coordinator, first, "Heikki")
    invite(coordinator)
    place(coordinator, second, "Jouni")
    assert order_of(coordinator, first, second) == [first, second]
    press(coordinator, "meeting_page.down", f": .*{first}")
    assert order_of(coordinator, first, second) == [second, first]
    to(coordinator, "removal.title", reference=second).submit()
    told(coordinator, "done.taken_off", "meeting_page.because.removed")
    assert order_of(coordinator, first, second) == [first]
    starts = now() + timedelta(days=3)
    times(to(coordinator, "moving.title"), starts).submit()
    told(coordinator, "done.meeting_moved")
    there = to_helsinki(starts)
    assert f"{there.day}.{there.month}." in coordinator.page.inner_text("h1")
    begin(household, meeting)
    told(to(meeting_of(coordinator, meeting), "missing_meeting.title").submit(), "done.meeting_not_held")
    told(coordinator, "meetings.state_name.not_held", "meeting_page.because.not_held")
    return meeting


@pytest.fixture(scope="module")
def discussed(click, household, before, missed):
    """The same case at another meeting, with minutes that began as a draft."""
    coordinator, first = click("coordinator"), before["first"]
    told(case_of(coordinator, first), "model.marak.now.submitted")
    to(coordinator, "meetings.section.place")
    meeting = call(coordinator, now() + timedelta(days=2))
    place(coordinator, first, "Heikki")
    invite(coordinator)
    assert say("minutes.record.for_case", reference=first) not in coordinator.text, "minutes before the meeting"
    begin(household, meeting)
    record(meeting_of(coordinator, meeting), first, story.MINUTES)
    told(case_of(coordinator, first), "model.marak.now.in_follow_up")
    return first


def test_a_meeting_that_was_not_held_leads_to_another_and_into_follow_up(discussed):
    assert discussed


def test_a_case_in_follow_up_goes_to_a_meeting_again_and_a_cancelled_one_leaves_it_there(click, discussed):
    coordinator = click("coordinator")
    to(case_of(coordinator, discussed), "meetings.section.again")
    call(coordinator, now() + timedelta(days=4))
    told(coordinator, "meeting_page.again")
    place(coordinator, discussed, "Heikki")
    told(to(coordinator, "cancelling.title").submit(), "done.meeting_cancelled", "meetings.state_name.cancelled")
    told(case_of(coordinator, discussed), "model.marak.now.in_follow_up")


def test_the_meeting_of_last_night_is_entered_afterwards(click, discussed):
    coordinator = click("coordinator")
    to(case_of(coordinator, discussed), "meetings.section.again")
    times(to(coordinator, "meetings.enter_held"), now() - timedelta(hours=12)).submit()
    told(coordinator, "meeting_page.recorded")
    place(coordinator, discussed, "Heikki")
    record(coordinator, discussed, "Yöllä sovittiin turvapaikasta.")
    case_of(coordinator, discussed).follow(f'main a[href="/cases/{discussed}/minutes"]')
    assert "Yöllä sovittiin turvapaikasta." in coordinator.text
    told(coordinator, "minutes.others")


def test_everybody_is_added_to_a_draft_that_ends_with_its_reason(click):
    officer = click("officer")
    to(to(officer, "nav.cases"), "case.open_new")
    officer.fill(**{"client-name": "Keksitty asiakas", "person_using_violence-name": "Keksitty tekijä"})
    press(officer, "party.add.other").fill(**{"other-0-name": "Keksitty edustaja"})
    press(officer, "party.add.child").fill(**{"child-0-name": "Keksitty lapsi", "child-2-name": "Keksitty sisarus"})
    officer.submit()
    to(officer, "people.change")
    for name in ("asiakas", "tekijä", "edustaja", "lapsi", "sisarus"):
        assert f"Keksitty {name}" in officer.text
    for key, role in (("party.new.any", "guardian"), ("party.new.child", "child")):
        to(officer, key)
        if role == "guardian":
            officer.tick("role", re.escape(say("party.guardian")))
        assert officer.page.locator("#employer").count() == (role != "child"), role
        told(officer.fill(name=f"Keksitty {role}").submit(), "done.saved")
        assert f"Keksitty {role}" in to(officer, "people.change").text
    officer.follow(".back a")
    to(officer, "ending.title")
    officer.tick("why", re.escape(say("ending.reasons.opened_by_mistake"))).fill(words="Väärä henkilö.").submit()
    told(officer, "done.closed", "model.marak.stage.closed")
    told(to(officer, "ending.title"), "ending.reasons.opened_by_mistake")
    assert "Väärä henkilö." in officer.text


def to_action(coordinator, key, title):
    return to(coordinator, key, title=f"Tehtävä {title}")


def test_an_action_is_moved_struck_or_not_done_and_closing_asks_of_what_is_open(click, before):
    coordinator, police = click("coordinator"), click("police")
    to(case_of(coordinator, before["followed"]), "plan.title")
    later = today() + timedelta(days=9)
    to_action(coordinator, "action.move_of", "late").fill(due_on=full_day(later), reason="Toimisto on kiinni.").submit()
    told(coordinator, "done.action_moved")
    assert day_text(Language.FI, later) in coordinator.text
    to_action(coordinator, "action.strike_of", "mistaken").fill(reason="Kirjattu kahdesti.").submit()
    told(coordinator, "done.action_struck", "plan.state.struck")
    press(told(in_menu(police, "nav.notices"), "notice.action_struck"), "notices.open")
    told(to(police, "nav.actions"), "plan.state.struck").follow(link="Tehtävä late")
    police.tick("result", re.escape(say("my_actions.result_not_done"))).fill(outcome="Ei vastannut.").submit()
    told(police, "done.reported", "plan.state.not_done")
    to(case_of(coordinator, before["followed"]), "closing.title")
    coordinator.tick("outcome", re.escape(say("model.marak.outcome.no_further_need"))).submit(422)
    told(coordinator, "closing.answer_needed")
    answer = coordinator.page.locator("fieldset[id^=answer_]")
    asked = [answer.nth(place) for place in range(answer.count())]
    assert len(asked) == 1 + len(OF_ITSELF), "only what is open is asked about"
    assert sum("Tehtävä open" in one.inner_text() for one in asked) == 1
    for one in asked:
        one.get_by_label(say("closing.answer.stays")).check()
    for why in coordinator.page.locator("input[id^=why_]").all():
        why.fill("Tukihenkilö hoitaa.")
    told(coordinator.submit(), "done.closed", "model.marak.stage.closed")
    told(to(click("county"), "nav.actions"), "my_actions.to_do")
    assert "Tehtävä open" in click("county").text


def test_after_a_withdrawal_the_referrer_begins_again(click, before):
    officer = click("officer")
    to(to(case_of(officer, before["withdrawn"]), "consent.title"), "withdrawal.title")
    officer.tick("who", re.escape(say("withdrawal.from_all"))).tick("what", re.escape(say("withdrawal.everything")))
    told(officer.submit(), "done.withdrawn", "case.withdrawn_own")
    to(officer, "round.title").fill(wished_on=full_day(today()))
    told(officer.tick("how", re.escape(say("round.hows.spoken"))).submit(), "done.round_begun", "submit.check")
    told(to(officer, "submit.check"), "submit.missing")


def test_who_declines_names_somebody_who_then_gets_the_seat(click, before):
    police, coordinator, meeting = click("police"), click("coordinator"), before["meeting"]
    to(police, "nav.meetings").follow(f'main a[href="/meetings/{meeting}/invitation"]')
    told(press(police, "invitation.no"), "invitation.answered.declined", "invitation.no_seat")
    police.page.select_option("#post", label=police.page.locator("#post option", has_text="Aslak").inner_text())
    told(press(police, "invitation.instead_say"), "done.told")
    assert before["invited"] not in to(police, "nav.cases").text
    press(told(in_menu(coordinator, "nav.notices"), "notice.somebody_instead"), "notices.open")
    told(coordinator, "invitation.proposed", name="Aslak Jeesiö")
    to(coordinator, "meeting_page.choose").tick("post", "Aslak Jeesiö").submit()
    told(coordinator, "done.seated")
    substitute = click("officer-2")
    assert story.CLIENT["name"] in case_of(substitute, before["invited"]).text


def test_a_coordinator_answers_for_an_emergency_opening(click, before):
    county, coordinator, case = click("county"), click("coordinator"), before["second"]
    to(to(county, "nav.cases"), "break_glass.title")
    county.fill(reference=case, reason="Asiakas soitti ja on hengenvaarassa.", minutes="30").submit()
    assert story.CLIENT["name"] in county.text
    to(coordinator, "page.service")
    to(to(coordinator, "break_glass.list").follow(link=case), "break_glass.review")
    coordinator.tick("needed", f"^{say('page.yes')}$").fill(words="Henki oli vaarassa.").submit()
    told(coordinator, "done.reviewed", "break_glass.answer.yes")
    to(to(coordinator, "page.service"), "break_glass.list")
    told(coordinator, "break_glass.section.answered")
