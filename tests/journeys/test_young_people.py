"""Two models about young people, each from its opening to its end, in a real browser without JavaScript."""

from datetime import timedelta

import pytest
from tests.consent.minors import aged
from tests.journeys.conftest import DESKTOP, PHONE, begin, run
from tests.journeys.test_accessibility import faults
from tests.journeys.test_main_job import local, record_consent, reference_in
from tests.throwaway import throwaway

from multiagency.demo.lapland import ACCOUNTS
from multiagency.demo.teams import TEAMS
from multiagency.kernel.clock import now, today
from multiagency.web.texts import full_day

AGENCIES = ("Tunturi-Lapin hyvinvointialue", "poliisilaitos", "Kaamosjärven kunta", "Riekko")


@pytest.fixture(scope="module")
def household():
    """A demo with a team of every model."""
    with throwaway("journey") as directory, pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONWARNINGS", "error::DeprecationWarning")
        yield from run(directory, TEAMS)


@pytest.fixture
def officer(visit):
    return visit("officer")


@pytest.fixture
def coordinator(visit):
    assert any(account.login == "ankkuri-coordinator" for account in ACCOUNTS)
    return visit("ankkuri-coordinator")


def shown(visitor, name):
    """Pictures of a page on both sizes, for whoever wants to look at them."""
    for size, viewport in (("phone", PHONE | {"width": 375}), ("desktop", DESKTOP | {"width": 1280})):
        visitor.resize(viewport).picture(f"young-{name}-{size}")
    assert visitor.page.locator("h1").count() == 1
    return visitor


def without_faults(visitor, *paths):
    """What axe and the scales say of these pages: nothing."""
    found = []
    for path in paths:
        visitor.goto(path)
        for viewport in (DESKTOP, PHONE):
            found += faults(visitor.resize(viewport), path, viewport)
    assert found == []


def opened(officer, team, name, years, *, source, reasons=()):
    """A draft of this team about somebody of that age, with one guardian where they are under age."""
    officer.goto("/cases/new/team").follow(link=team)
    officer.tick("source", f"^{source}$").fill(**{"client-name": name, "client-born": aged(years)})
    if reasons:
        officer.tick("reasons", *reasons)
    if years < 18:
        officer.fill(**{"guardian-0-name": "Huoltaja Esimerkki"})
    shown(officer, "opening-" + team.split()[0].lower()).submit()
    return reference_in(officer)


def filled(officer, case, years):
    if years < 18:
        officer.goto(f"/cases/{case}/situation").tick("decision", "Tehty jo").submit()
        officer.goto(f"/cases/{case}/guardians/capacity").tick("capable", "^Kyllä$")
        officer.fill(reason="Ymmärtää, mistä on kyse.").page.check("#heard_at-now")
        officer.submit()
    record_consent(officer, case, *AGENCIES)
    shown(officer.goto(f"/cases/{case}/submit"), "submit").submit(200)


def moved(coordinator, case, stage):
    return coordinator.goto(f"/cases/{case}/moves").tick("to", f"^{stage}$").submit()


def placed(coordinator, case, team, *names):
    """A meeting of the team with the case on its agenda and these people at its table, in five minutes."""
    coordinator.goto("/meetings/new")
    coordinator.page.select_option("#team", label=team)
    starts = now() + timedelta(minutes=6)
    coordinator.fill(starts_at=local(starts), ends_at=local(starts + timedelta(hours=1))).submit()
    meeting = coordinator.page.url.rpartition("/")[2]
    coordinator.press(case)
    coordinator.tick("post", *names).submit()
    return meeting


def minuted(coordinator, household, meeting, case):
    """The invitations leave, the meeting begins, its minutes are written and approved."""
    coordinator.goto(f"/meetings/{meeting}/opening").submit()
    begin(household, meeting)
    coordinator.goto(f"/meetings/{meeting}/cases/{case}/minutes").fill(text="Sovittiin tuesta.").submit()
    coordinator.tick("handled", "Asia on käsitelty").press("^Hyväksy")


def test_ankkuri_from_a_concern_to_its_end(visit, household, officer, coordinator):
    case = opened(officer, "Ankkuri Tunturi-Lappi", "Nuori Esimerkki", 16, source="Koulu", reasons=("^Päihteet$",))
    filled(officer, case, 16)
    moved(coordinator, case, "Tilanteen selvittäminen")
    shown(coordinator.goto(f"/cases/{case}/moves"), "moves")
    assert "Huoltaja Esimerkki ei ole huoltajana suostunut" in coordinator.text
    shown(coordinator.goto(f"/cases/{case}").follow(link="Sopiminen tapaamisesta"), "agreement")
    coordinator.submit(422)
    for giver in ("Asiakas itse", "Huoltaja Esimerkki"):
        coordinator.tick("giver", giver).tick("agreed", "^Suostuu").tick("how", "puhelimessa")
        coordinator.fill(said_on=full_day(today())).submit()
    assert "Ei vielä vastannut" not in shown(coordinator, "agreed").text
    moved(coordinator, case, "Tapaaminen sovittu")
    meeting = placed(coordinator, case, "Ankkuri Tunturi-Lappi", "Jouni", "Sanna", "Anne")
    shown(coordinator.goto(f"/meetings/{meeting}"), "meeting")
    assert "Pöydästä puuttuu: sairaanhoitaja / lääkäri / psykologi." in coordinator.text
    shown(coordinator.follow(link="Kenen osaaminen on pöydässä"), "offices").tick("office", "sairaanhoitaja")
    coordinator.fill(how="Kouluterveydenhoitajaa kuultiin puhelimessa.").submit()
    assert "Kouluterveydenhoitajaa" in shown(coordinator, "secured").text
    here = f"/meetings/{meeting}"
    pages = (f"/cases/{case}", f"/cases/{case}/agreement", here, f"{here}/cases/{case}/offices", "/")
    without_faults(visit("ankkuri-coordinator", scripts=True), *pages)
    minuted(coordinator, household, meeting, case)
    shown(coordinator.goto(f"/cases/{case}"), "case")
    assert "Palveluohjaus" in coordinator.text
    coordinator.goto(f"/cases/{case}/closing").tick("outcome", "Ohjattu eteenpäin")
    shown(coordinator.fill(target="Nuorisoasema Esimerkki"), "closing").submit()
    assert "Päättynyt" in officer.goto(f"/cases/{case}").text


def test_riko_from_a_referral_to_support_and_its_end(household, officer, coordinator):
    case = opened(officer, "RIKO Tunturi-Lappi", "Nuori Aikuinen", 19, source="Ankkuri")
    filled(officer, case, 19)
    shown(coordinator.goto(f"/cases/{case}"), "riko-case")
    assert "Nuori aikuinen" in coordinator.text
    meeting = placed(coordinator, case, "RIKO Tunturi-Lappi", "Jouni", "Sanna")
    coordinator.goto(f"/cases/{case}/support")
    worker = coordinator.page.locator("#post option", has_text="Anne Sieppijärvi").get_attribute("value")
    coordinator.page.select_option("#post", worker)
    shown(coordinator, "worker").submit()
    minuted(coordinator, household, meeting, case)
    assert "Tuki käynnissä" in coordinator.goto(f"/cases/{case}").text
    coordinator.goto(f"/cases/{case}/closing").tick("outcome", "Rikoksilla oireilu on loppunut").submit(422)
    shown(coordinator, "riko-closing").fill(reason="Vuosi ilman epäilyjä.").submit()
    assert "Päättynyt" in officer.goto(f"/cases/{case}").text
