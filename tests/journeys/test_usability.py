"""What the main job asks of whoever does it, counted: a number that grows fails here (docs/usability.md)."""

from pathlib import Path

import pytest
from tests.journeys.conftest import PHONE, Visitor
from tests.journeys.counted import Counted, refer
from tests.journeys.test_main_job import mails

DOCUMENT = Path(__file__).parents[2] / "docs" / "usability.md"
MOST = {"pages": 9, "clicks": 48, "keys": 340, "fields": 15}


@pytest.fixture(scope="module")
def referred(visit):
    counted = Counted(visit("officer"))
    counted.case = refer(counted)
    return counted


def test_the_referrers_job_asks_no_more_than_it_may(referred):
    grown = {name: getattr(referred, name) for name, most in MOST.items() if getattr(referred, name) > most}
    assert grown == {}, referred.each


def test_what_is_written_of_it_is_what_was_counted(referred):
    written = DOCUMENT.read_text("utf-8")
    counted = [getattr(referred, name) for name in MOST]
    assert f"| sum | {' | '.join(map(str, counted))} |" in written
    for name, clicks, fields in referred.steps:
        assert f"| {name} | {clicks} | {fields} |" in written


def test_a_case_comes_from_the_queue_onto_an_agenda_in_one_click(referred, visit, household):
    coordinator = visit("coordinator")
    coordinator.goto("/meetings/new").page.select_option("#team", index=1)
    coordinator.fill(starts_at="1.12.2027 klo 9.00", ends_at="1.12.2027 klo 11.00").submit(200)
    meeting = coordinator.page.url.rpartition("/")[2]
    counted = Counted(coordinator.goto("/"))
    counted.button("^Vie kokoukseen", "first page")
    assert counted.clicks == 1
    assert referred.case in coordinator.goto(f"/meetings/{meeting}").text


def test_an_invitation_is_answered_from_its_mail_in_two_clicks_after_signing_in(told, household, chromium):
    """The mail's address is opened, whoever it is for signs in; then at most two clicks."""
    mail = mails(household, lambda mail: mail.method == "REQUEST" and "revontuli" in mail.recipient)[-1]
    participant = Visitor(household, chromium, "municipality", viewport=PHONE).sign_in(f"/j/{mail.address}")
    counted = Counted(participant)
    counted.button("^Osallistun", "answered")
    assert counted.clicks <= 2
    assert "Olet vastannut, että osallistut" in participant.text
