"""HSS by clicking: the police offer it, the service takes it over and records, the police see what they keep."""

import pytest
from tests.hss import CLIENT, CONTACT, NARRATIVE
from tests.journeys.conftest import DESKTOP, PHONE, run
from tests.journeys.test_accessibility import faults
from tests.journeys.test_main_job import record_consent
from tests.throwaway import throwaway

from multiagency.demo.teams import TEAMS
from multiagency.kernel.clock import today

TODAY = f"{today().day}.{today().month}.{today().year}"
SECRETS = (*CLIENT.values(), CONTACT["phone"], NARRATIVE)


@pytest.fixture(scope="module")
def household():
    """A demo with a team of every model."""
    with throwaway("journey") as directory, pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONWARNINGS", "error::DeprecationWarning")
        yield from run(directory, TEAMS)


@pytest.fixture(scope="module")
def offered(visit):
    """The officer: a case opened, the first offence answered, consent asked for, offered to the service."""
    officer = visit("officer", scripts=True)
    officer.goto("/cases/new/team").follow(link="HSS")
    officer.fill(**{"client-name": CLIENT["name"], "client-born": CLIENT["identity_code"]}).picture("hss_new").submit()
    case = officer.page.url.split("/")[4]
    officer.goto(f"/cases/{case}/part").fill(narrative=NARRATIVE).submit()
    officer.goto(f"/cases/{case}/safe-contact").fill(phone=CONTACT["phone"]).submit()
    officer.goto(f"/cases/{case}").picture("hss_draft").follow(link="Viranomaisen kirjaukset")
    officer.tick("answer", "Ei, aiempia").fill(found_on=TODAY).submit()
    assert "Asia etenee syyttäjälle" in officer.text
    assert faults(officer, "second offence", DESKTOP) == []
    officer.picture("hss_second_offence")
    officer.tick("answer", "Kyllä, ensimmäinen").fill(found_on=TODAY).press("Tallenna")
    assert "Teko on ensimmäinen" in officer.text
    officer.goto(f"/cases/{case}/consent").picture("hss_consent")
    record_consent(officer, case, "Tunturi-Lapin hyvinvointialue", "poliisilaitos")
    officer.goto(f"/cases/{case}/submit").picture("hss_submit").submit()
    officer.picture("hss_sent")
    return case


def test_hss(visit, offered):
    case = offered
    coordinator = visit("hss-coordinator", scripts=True)
    coordinator.goto("/").picture("hss_coordinator_home").follow(link=CLIENT["name"])
    coordinator.follow(link="Asian ottaminen hoidettavaksi").picture("hss_taking_over")
    assert faults(coordinator, "taking over", DESKTOP) == []
    coordinator.tick("post", "Marja Roivas").submit()
    worker = visit("social-worker", viewport=PHONE, scripts=True)
    worker.goto(f"/cases/{case}").picture("hss_worker_case").follow(link="Käynnit")
    for what in ("Asiakas kävi", "Asiakas ei tullut", "Asiakas kävi", "Asiakas kävi"):
        worker.tick("what", what).fill(on_day=TODAY).submit()
    worker.picture("hss_attendance")
    assert faults(worker, "attendance", PHONE) == []
    coordinator.goto(f"/cases/{case}/moves").picture("hss_moves")
    coordinator.tick("to", "Hoitojakso käynnissä").submit()
    worker.tick("what", "Jakso suoritettiin").fill(on_day=TODAY).submit()
    coordinator.goto(f"/cases/{case}/moves").tick("to", "Hoitojakso päättynyt").submit()
    officer = visit("officer", scripts=True)
    officer.goto("/").goto(f"/cases/{case}").picture("hss_opener_case")
    assert not [secret for secret in SECRETS if secret in officer.page.content()]
    officer.follow(link="Käynnit").picture("hss_opener_attendance")
    assert "Jakso suoritettiin" in officer.text
    assert faults(officer, "what the opener keeps", DESKTOP) == []
    assert not [secret for secret in (*SECRETS, "Marja") if secret in officer.page.content()]
    officer.goto(f"/cases/{case}").follow(link="Viranomaisen kirjaukset").picture("hss_decision")
    assert faults(officer, "decision", DESKTOP) == []
    officer.tick("answer", "Poliisi").fill(found_on=TODAY).submit()
    coordinator.goto(f"/cases/{case}/closing").picture("hss_closing")
    coordinator.tick("outcome", "Hoitojakso suoritettiin").submit()
    assert "Päättynyt" in coordinator.text
    officer.goto(f"/cases/{case}")
    assert not [secret for secret in SECRETS if secret in officer.page.content()]
