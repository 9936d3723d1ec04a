"""The main job through the pages, in a real browser without JavaScript, from the first concern to the verified log."""

import re
import time
from datetime import timedelta

import pytest
from tests.journeys.conftest import begin

from multiagency.demo import story
from multiagency.demo.person import CalendarMail
from multiagency.kernel.clock import now, today
from multiagency.kernel.languages import Language
from multiagency.meetings.forms import PROMISES
from multiagency.risk.instruments import instrument
from multiagency.web.texts import full_day, full_moment

ITEMS = [item.code for item in instrument("marak").items]


def local(moment):
    return full_moment(Language.FI, moment)


def reference_in(visitor):
    return re.search(r"/cases/([A-Z0-9]{4}-[A-Z0-9]{4})", visitor.page.url)[1]


def open_case(visitor, client, violent):
    people = {"client-name": client["name"], "client-born": client.get("identity_code", "")}
    people |= {f"person_using_violence-{name}": violent[name] for name in ("name", "relation")}
    visitor.goto("/cases/new").fill(**people).submit()
    return reference_in(visitor)


def record_consent(visitor, case, *agencies):
    visitor.goto(f"/cases/{case}/consent")
    assert visitor.page.locator("input:checked").count() == 0, "something is ticked beforehand"
    for field in ("answer", "when", "how"):
        visitor.page.locator(f"#{field} input").first.check()
    visitor.page.select_option("#language", "fi")
    for agency in agencies:
        row = visitor.page.locator(".grid fieldset", has_text=agency)
        row.locator("input[value=all]").check()
    visitor.submit()
    assert "Lue vielä ääneen" in visitor.text


def answer(visitor, case, codes, value):
    visitor.goto(f"/cases/{case}/checklist")
    for code in codes:
        visitor.page.locator(f"input[name='answer-{code}'][value='{value}']").check()
    visitor.submit()


def mails(household, wanted):
    for _ in range(200):
        parsed = filter(
            None, map(CalendarMail.parse, household.sink.messages())
        )  # a mail that says only that work waits has none
        found = [mail for mail in parsed if wanted(mail)]
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("the mail did not arrive")


@pytest.fixture(scope="module")
def submitted(visit):
    """Officer and social worker: a case filled in part by part, left, taken up again, and submitted."""
    officer = visit("officer")
    case = open_case(officer, story.CLIENT, story.VIOLENT)
    officer.goto(f"/cases/{case}/client")
    officer.fill(identity_code="010594Y9033").submit(422)
    assert "henkilötunnus" in officer.page.inner_text(".errors")
    assert officer.page.input_value("#identity_code") == "010594Y9033", "what was typed was lost"
    officer.follow(".errors a")
    assert officer.page.url.endswith("#identity_code")
    officer.fill(identity_code=story.CLIENT["identity_code"]).submit()
    officer.goto(f"/cases/{case}/people/new?role=child").fill(name=story.CHILD["name"]).submit()
    officer.goto(f"/cases/{case}/situation").tick("decision", "Tehty jo").tick("do_not_talk_to", story.VIOLENT["name"])
    officer.fill(narrative=story.NARRATIVE, phone=story.SAFE_CONTACT["phone"]).submit()
    assert officer.page.url.endswith("/checklist")
    officer.goto(f"/cases/{case}/submit")
    assert officer.page.locator("main form button").count() == 0, "what lacks something cannot be sent"
    assert "suostumus" in officer.page.inner_text(".errors").lower()
    record_consent(officer, case, "Tunturi-Lapin hyvinvointialue", "poliisilaitos", "Revontulen")
    answer(officer, case, ITEMS[:15], "yes")
    officer.goto("/").goto(f"/cases/{case}").picture("case")
    answer(officer, case, ITEMS[15:], "no")
    officer.goto(f"/cases/{case}/colleague")
    officer.tick("post", "Marja Roivas")
    officer.submit()
    worker = visit("social-worker")
    worker.goto(f"/cases/{case}/part").fill(narrative=story.COUNTY_PART).submit()
    officer.goto(f"/cases/{case}/submit").submit()
    assert "Lähetetty" in officer.text or "lähetetty" in officer.text
    second = open_case(worker, story.SECOND_CLIENT, story.SECOND_VIOLENT)
    record_consent(worker, second, "Tunturi-Lapin hyvinvointialue", "poliisilaitos")
    answer(worker, second, ITEMS[:14], "yes")
    answer(worker, second, ITEMS[14:], "not_known")
    worker.goto(f"/cases/{second}/submit").submit()
    return case, second


@pytest.fixture(scope="module")
def opened(visit, submitted):
    """The coordinator: both cases on the agenda, those whom the consent names seated, the meeting opened."""
    coordinator = visit("coordinator")
    coordinator.goto("/meetings/new")
    starts = now() + timedelta(minutes=6)
    coordinator.page.select_option("#team", index=1)
    coordinator.fill(starts_at=local(now() - timedelta(days=1)), ends_at=local(starts)).submit(422)
    coordinator.fill(starts_at=local(starts), ends_at=local(starts + timedelta(hours=1))).submit()
    meeting = coordinator.page.url.rpartition("/")[2]
    for case in submitted:
        coordinator.goto(f"/meetings/{meeting}")
        coordinator.press(f"{case}")
    for case, names in zip(submitted, (("Heikki", "Jouni", "Sanna"), ("Jouni",)), strict=True):
        coordinator.goto(f"/meetings/{meeting}/cases/{case}/seats")
        assert "Riekko" not in coordinator.page.inner_text("form[method=post] #post")
        coordinator.tick("post", *names).submit()
    coordinator.goto(f"/meetings/{meeting}/opening").submit()
    return meeting


def test_the_main_job(visit, household, submitted, opened):
    first, second = submitted
    invitation = mails(household, lambda mail: "revontuli" in mail.recipient)[0]
    municipality = visit("municipality", viewport={"width": 390, "height": 844})
    room = take_part(municipality, invitation, first, second)
    coordinator = visit("coordinator")
    agree_and_act(visit, household, coordinator, opened, first)
    officer = visit("officer")
    officer.goto(f"/cases/{first}/consent/withdrawal").picture("withdrawal")
    assert officer.page.locator("input:checked").count() == 0, "something is ticked beforehand"
    officer.tick("who", "Kaikilta organisaatioilta").tick("what", "Kaikki tiedot").submit()
    for path in (f"/cases/{first}", f"/j/{invitation.address}", room):
        municipality.goto(path, 404)
    municipality.goto("/actions")
    assert story.ACTIONS["municipality"] in municipality.text
    officer.goto(f"/cases/{first}")
    assert story.CLIENT["name"] in officer.text
    assert story.COUNTY_PART not in officer.text
    coordinator.goto(f"/cases/{first}")
    assert story.CLIENT["name"] not in coordinator.page.content()
    cancelled = mails(household, lambda mail: mail.method == "CANCEL" and "revontuli" in mail.recipient)[0]
    assert (cancelled.uid, cancelled.sequence) == (invitation.uid, 1)
    audit(visit("auditor"), first)


def take_part(municipality, invitation, first, second):
    """The participant answers, reads only what they have a seat for, and joins; return the room's address."""
    municipality.goto(f"/j/{invitation.address}").press("^Osallistun")
    assert municipality.page.url.endswith("/invitation")
    assert first in municipality.text
    assert second not in municipality.text
    municipality.goto(f"/cases/{first}")
    assert story.CLIENT["name"] in municipality.text
    assert story.COUNTY_PART in municipality.text
    municipality.goto(f"/cases/{second}", 404)
    municipality.goto(f"/j/{invitation.address}").press("^Liity")
    assert municipality.page.locator("main li").count() == len(PROMISES)
    municipality.submit()
    assert "Revontulen kunta" in municipality.text
    return municipality.page.url


def agree_and_act(visit, household, coordinator, meeting, case):
    """Minutes, three actions with a person and a date, each reported done by its owner."""
    minutes = f"/meetings/{meeting}/cases/{case}/minutes"
    assert coordinator.goto(minutes).page.locator("textarea").count() == 0, "the meeting has not begun"
    begin(household, meeting)
    coordinator.goto(minutes).fill(text=story.MINUTES).submit()
    assert story.MINUTES not in visit("municipality").goto(f"/cases/{case}/minutes").text
    coordinator.goto(minutes).tick("handled", "Asia on käsitelty").press("^Hyväksy muistio")
    owners = {"police": "Jouni Keropää", "county": "Sanna Oinasjoki", "municipality": "Heikki Palojärvi"}
    for login, name in owners.items():
        coordinator.goto(f"/cases/{case}/actions/new")
        labels = coordinator.page.locator("#owner option").all_inner_texts()
        coordinator.page.select_option("#owner", label=next(label for label in labels if name in label))
        due = full_day(today() + timedelta(days=7))
        coordinator.fill(title=story.ACTIONS[login], due_on=due).submit()
    for login in owners:
        owner = visit(login).goto("/actions")
        assert [title in owner.text for title in story.ACTIONS.values()].count(True) == 1
        owner.follow(link=story.ACTIONS[login])
        owner.fill(outcome="Tehty sovitusti.").submit()
    coordinator.goto(f"/cases/{case}/plan")
    assert coordinator.text.count("Tehty sovitusti.") == 3


def audit(auditor, case):
    """The auditor sees who and why, never the case, and verifies the log."""
    auditor.goto(f"/audit?case={case}")
    assert "Heikki Palojärvi" in auditor.text
    content = auditor.page.content()
    assert not any(str(secret) in content for secret in story.SECRETS if " " in str(secret))
    auditor.picture("log", whole=False)
    auditor.goto(f"/cases/{case}", 403)
    auditor.goto("/audit/verification")
    assert re.search(r"\b[0-9a-f]{64}\b", auditor.text)
