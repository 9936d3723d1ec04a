"""Every page of the main job, looked at by axe (WCAG 2.2 AA) on a phone and on a desktop, and weighed."""

import re
from datetime import timedelta
from functools import cache

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.consent.minors import aged
from tests.journeys.all_pages import PAGES
from tests.journeys.conftest import DESKTOP, PHONE, begin, execute
from tests.journeys.test_main_job import open_case

from multiagency.demo import story
from multiagency.kernel.clock import today
from multiagency.kernel.ids import uuid7
from multiagency.web.texts import full_day

LIMIT, WEIGHT = 30_000, "performance.getEntriesByType('navigation')[0].decodedBodySize"
"""Bytes of a page as it is sent, not as the browser writes it out again."""
LONG = "Lentokonesuihkuturbiinimoottoriapumekaanikko"
"""Finnish words are as long as this; on a phone they must break and not push the page sideways."""
NAMES = ("Esimerkki", "Keksitty", "Olematon")
"""The surnames of everybody whom the cases are about."""
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations", "incomplete"],  # of what passes no list is made
}


@pytest.fixture(scope="module")
def places(visit, household, told):
    officer = visit("officer")
    draft = open_case(officer, {"name": f"Aili Esimerkki-{LONG}"}, {"name": "Urho Keksitty", "relation": ""})
    entry = re.search(r"/audit/entries/([0-9a-f-]{36})", visit("auditor").goto("/audit?act=open_case").page.content())[
        1
    ]
    waiting = visit("supervisor").goto("/supervision").page.content()
    holder = re.search(rf"item={draft}&amp;holder=([0-9a-f-]{{36}})", waiting)[1]
    case, _, meeting = told
    ask_what_they_know(visit, household, meeting, case)
    begin(household, meeting)
    execute(household, "UPDATE seat SET reaches_client = true")
    known = {
        "question": a_question(officer),
        "case": case,
        "draft": draft,
        "meeting": meeting,
        "entry": entry,
        "holder": holder,
    }
    return known | a_childs_case(officer) | {"refused": a_refusal(visit("coordinator"), household, meeting)}


def ask_what_they_know(visit, household, meeting, case):
    """Before the meeting the agencies at the table are asked, and one of them answers."""
    later = "UPDATE meeting SET starts_at = now() + interval '30 minutes' WHERE reference = $1"
    execute(household, later, meeting)
    visit("coordinator").goto(f"/meetings/{meeting}/cases/{case}/research").submit()
    answering = visit("police").goto(f"/meetings/{meeting}/cases/{case}/return")
    answering.page.get_by_label("Kyllä").check()
    answering.submit()


def a_question(officer):
    """Ask the team without saying who it is about."""
    officer.goto("/consultations/new").fill(text=f"Asiakas pelkää. Onko {LONG.lower()} syy?").submit()
    return officer.page.url.rpartition("/")[2]


def a_refusal(coordinator, household, meeting):
    """Let the mail server have refused what was sent; return whose invitation can be sent again."""
    execute(household, "UPDATE invitation_mail SET state = 'refused', words = '550 5.1.1 no such user … here'")
    page = coordinator.goto(f"/meetings/{meeting}").page.content()
    return re.search(r"/invitations/([0-9a-f-]{36})/resending", page)[1]


def a_childs_case(officer):
    """A draft about a child with a guardian who may decide, filled in at the pages."""
    client = {"name": "Lapsi Esimerkki", "identity_code": aged(9)}
    child = open_case(officer, client, {"name": f"Oiva Keksitty-{LONG}", "relation": "isä"})
    officer.goto(f"/cases/{child}/people/new?role=guardian").fill(name="Huoltaja Esimerkki").submit()
    officer.goto(f"/cases/{child}/guardians/capacity").tick("capable", "Ei").fill(reason="Liian nuori").submit()
    guardian = re.search(r"/guardians/([0-9a-f-]{36})/rights", officer.page.content())[1]
    officer.goto(f"/cases/{child}/guardians/{guardian}/rights").tick("may_decide", "Kyllä").tick("suspected", "Ei")
    officer.submit()
    return {"child": child, "guardian": guardian}


@pytest.fixture(scope="module")
def found(visit, places):
    """What is found on somebody's pages, by the width of the window: each page is opened once and looked at in both."""

    @cache
    def on_pages_of(login):
        visitor, found = visit(login, scripts=True), {viewport["width"]: [] for viewport in (DESKTOP, PHONE)}
        for number, path in enumerate(PAGES[login]):
            visitor.goto(path.format(**places))
            for name, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
                visitor.resize(viewport).picture(f"{login}-{name}-{number:02}")
                found[viewport["width"]] += faults(visitor, path, viewport)
        return found

    return on_pages_of


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("login", PAGES)
def test_pages_are_accessible_and_light(found, login, viewport):
    assert found(login)[viewport["width"]] == []


NARROWEST = {"width": 320, "height": 568}
HIGHEST = {DESKTOP["width"]: 56, PHONE["width"]: 90}
"""Pixels of the header, by the width of the window."""

KIT = """({widest, header}) => {
    const found = [], width = document.documentElement.scrollWidth
    if (width > widest) found.push(`scrolls sideways: ${width}`)
    const high = document.querySelector('header').offsetHeight
    if (high > header) found.push(`header: ${high} px`)
    const title = document.querySelector('h1')
    const place = document.querySelector('header a[aria-current=page], nav [aria-current=page]')
    const way = [...document.querySelectorAll('.back a')].filter(link => title.compareDocumentPosition(link) & 2)
    if (!place && way.length !== 1) found.push(`ways back: ${way.length}`)
    const filled = [...document.querySelectorAll('main :is(button, a.button):not(.second, .plain, .unseen)')]
        .filter(button => button.checkVisibility() && !button.closest('details:not([open]) > :not(summary)'))
    if (filled.length > 1) found.push(`filled: ${filled.map(button => button.innerText).join(' | ')}`)
    for (const table of document.querySelectorAll('main table.stack')) {
        const names = [...table.querySelectorAll('thead th')].map(name => name.innerText.trim())
        for (const row of table.querySelectorAll('tbody tr')) [...row.cells].forEach((cell, place) => {
            const said = cell.querySelector('.cell')?.textContent.trim().replace(/:$/, '')
            if (said ? said !== names[place] : cell.tagName === 'TD' && names[place] !== '–')
                found.push(`cell: ${said} in ${names[place]}`)
        })
    }
    if (document.querySelector('main table:not(.stack)') && innerWidth < 720)
        for (const table of document.querySelectorAll('main table:not(.stack)'))
            if (!table.closest('.scroll')) found.push(`table: ${table.innerText.slice(0, 40)}`)
    return found
}"""
"""What the kit promises of every page: nothing runs out of it, a low header, one filled button, cells that say what
they are where a table becomes blocks, and a region of its own for a table that does not."""

LOOK = """options => axe.run(options).then(({violations, incomplete}) => ({
    violations: violations.map(rule => rule.id),
    asked: incomplete.flatMap(rule => rule.nodes).map(node => ({
        html: node.html, questions: node.any.map(check => check.data?.messageKey ?? null)}))}))"""


def faults(visitor, name, viewport):
    """What axe finds on the page that is open; its weight and width are asserted at once."""
    title = visitor.page.title()  # it stays in the history of a browser that others use too
    assert not any(who in title for who in NAMES), f"{name}: {title}"
    results = visitor.page.evaluate(LOOK, RULES)
    assert 0 < visitor.page.evaluate(WEIGHT) < LIMIT, name
    broken = visitor.page.evaluate(KIT, {"widest": viewport["width"], "header": HIGHEST[viewport["width"]]})
    found = [f"{name}: {fault}" for fault in broken]
    found += [f"{name}: {violation}" for violation in results["violations"]]
    # Text in the very colour of its ground is no violation to axe but a question: a button was white on white.
    if viewport == PHONE:
        visitor.resize(NARROWEST)
        found += [f"{name}: 320 px: {fault}" for fault in visitor.page.evaluate(KIT, {"widest": 320, "header": 125})]
        visitor.resize(viewport)
    unseen = [node["html"] for node in results["asked"] if "equalRatio" in node["questions"]]
    return found + [f"{name}: not to be seen: {html}" for html in unseen]


@pytest.fixture(scope="module")
def alarm(household):
    """An alarm that is open: the worker raises one only for a log that does not fit."""

    columns = "INSERT INTO audit_alarm (id, at, code, first_bad, bad) VALUES ($1, now(), 'entry_changed', 7, 2)"
    execute(household, columns, uuid7())


def link_to(address):
    """The links of the page that lead to such an address."""
    return f"main a[href*='{address}']"


def test_pages_behind_forms_are_accessible_and_light(visit, places):
    """The pages that stand between a form and its act, and those of what the act has made, at a phone."""
    officer = visit("officer", viewport=PHONE, scripts=True)
    found = []

    def look(visitor, name):
        assert visitor.page.locator("h1").count() == 1, name
        visitor.picture(f"behind-{name}")
        found.extend(faults(visitor, name, PHONE))

    officer.goto(f"/cases/{places['case']}/child-welfare/notification").submit(422)
    look(officer, "notification-errors")
    officer.tick("recipient", "Tunturi-Lapin hyvinvointialue").fill(reason="Huoli lapsesta.").submit(200)
    look(officer, "notification-check")
    officer.press("^Lähetä lastensuojeluilmoitus")
    address = "disclosures/new/details?recipient=outside:county&ground=LSL-25"
    officer.goto(f"/cases/{places['case']}/{address}").fill(
        recipient_name="Esimerkin yksikkö", text="Huoli lapsesta.", necessity="Lapsen suojelu."
    )
    officer.page.locator("#purpose input").first.check()
    officer.submit(200)
    look(officer, "disclosure-check")
    officer.press("^Luovuta").goto(f"/cases/{places['case']}/disclosures")
    look(officer, "disclosures")
    officer.follow(link_to("/delivery"))
    look(officer, "delivery")
    here = f"/cases/{places['draft']}"
    for name, wanted in (("found", "Lapsi Esimerkki"), ("nothing", "Eila Eiole")):
        look(officer.goto("/search").fill(wanted=wanted).submit(200), f"search-{name}")
    look(officer.goto(f"/cases/{places['child']}/aliases").fill(name="Toinen Nimi").submit(200), "aliases")
    officer.goto(f"{here}/bars").page.select_option("#post", index=1)
    officer.page.locator("#reason input").first.check()
    officer.submit().goto(f"{here}/bars")
    look(officer, "bars")
    officer.follow(link_to("/lifting"))
    look(officer, "lifting")
    officer.goto(f"{here}/protection/new")
    until = today() + timedelta(days=300)
    officer.fill(granted_on=full_day(today()), valid_until=full_day(until)).submit().goto(f"{here}/protection")
    look(officer, "protection")
    officer.follow(link_to("/ending"))
    look(officer, "protection-ending")
    intake = visit("child-welfare", viewport=PHONE, scripts=True).goto("/inbox")
    look(intake, "inbox")
    intake.follow(link_to("/inbox/"))
    look(intake, "inbox-item")
    intake.goto("/notices").press("^Avaa")
    look(intake.goto("/notices"), "notices")
    administrator = visit("administrator", viewport=PHONE, scripts=True).goto("/grounds/LSL-25/edit")
    administrator.submit(200)
    look(administrator, "ground-check")
    assert found == []


def test_the_sign_in_page_is_accessible(household, chromium):
    context = chromium.new_context(base_url=household.base_url)
    page = context.new_page()
    page.goto("/sign-in")
    assert [violation["id"] for violation in Axe().run(page, options=RULES).response["violations"]] == []
    context.close()


def test_an_error_summary_leads_to_its_field(visit, places):
    officer = visit("officer")
    officer.goto(f"/cases/{places['draft']}/client").fill(name="").submit(422)
    assert officer.page.title().startswith("Virhe")
    assert places["draft"] in officer.page.title(), "two cases in two tabs look the same"
    officer.follow(".errors a")
    assert officer.page.url.endswith("#name")
    assert officer.page.get_attribute("#name", "aria-invalid") == "true"


@pytest.mark.parametrize("language", ["sv", "en", "se"])
def test_the_language_can_be_changed(visit, language):
    visitor = visit("officer")
    visitor.page.locator("header summary").first.click()
    visitor.follow(f"header button[value={language}]")
    assert visitor.page.locator(f"header button[value={language}]").get_attribute("aria-current") == "true"
    if language == "se":  # the sentences are Finnish, and a screen reader must be told so
        assert "Saamenkielinen" in visitor.text
        assert visitor.page.get_attribute("html", "lang") == "fi"
    else:
        assert visitor.page.get_attribute("html", "lang") == language


def test_pages_of_a_request_for_log_data_are_accessible_and_light(visit, places):
    """From the desk that takes it to the answer that is handed over, with the errors on the way; nothing is ticked."""
    found = []

    def look(visitor, name):
        assert visitor.page.locator("h1").count() == 1, name
        visitor.picture(f"log-request-{name}")
        found.extend(faults(visitor, name, visitor.page.viewport_size))

    officer = visit("officer").goto(f"/cases/{places['draft']}/people/new?role=person_using_violence")
    officer.fill(**{name: story.VIOLENT[name] for name in ("name", "identity_code", "relation")}).submit(200)
    taking = visit("police-intake", viewport=PHONE, scripts=True).goto("/log-requests/new").submit(422)
    assert taking.page.locator("input:checked").count() == 0
    look(taking, "taking-errors")
    taking.tick("capacity", "Täysi-ikäinen").tick("identified_by", "Vahva").tick("language", "Suomi")
    taking.tick("track", "Poliisin").fill(name=story.VIOLENT["name"], identity_code=story.VIOLENT["identity_code"])
    taking.fill(contact="Noutaa itse").submit(200)
    look(taking, "list")
    auditor = visit("auditor", viewport=PHONE, scripts=True).goto("/log-requests")
    auditor.follow(link_to("/log-requests/0"))
    look(auditor, "one")
    here = auditor.page.url
    auditor.goto(f"{here}/entries").submit(422)
    look(auditor, "entries")
    assert auditor.page.locator("input:checked").count() == 0
    auditor.goto(f"{here}/answer", 409)
    look(auditor, "answer-too-early")
    while auditor.goto(f"{here}/entries").page.locator("#entries input").count() and "odottaa" in auditor.text:
        for box in auditor.page.locator("#entries input").all():
            box.check()
        auditor.tick("decision", "eikä kerrota").fill(reason="Vaarantaisi toisen.")
        auditor.page.select_option("#ground", value="police_rights")
        auditor.submit(200)
    wide = visit("auditor", scripts=True)
    look(wide.goto(f"{here}/entries"), "entries-decided")
    look(auditor.goto(f"{here}/cases").submit(422), "cases-errors")
    look(wide.goto(f"{here}/cases"), "cases")
    look(auditor.goto(f"{here}/refusal").submit(422), "refusal-errors")
    auditor.tick("ground", "ei ole oikeutta").fill(reason="Ei oikeutta.").submit(200)
    look(auditor, "refusal-check")
    look(auditor.goto(f"{here}/answer"), "answer")
    auditor.submit(200)
    look(auditor, "answered")
    look(auditor.goto(f"{here}/delivery").submit(422), "delivery")
    look(auditor.goto(f"{here}/clarifications").submit(422), "suspicion")
    auditor.fill(question="Naapuri tiesi.").submit(200)
    auditor.follow(link_to("/clarifications/"))
    look(auditor.submit(422), "explanation")
    look(wide.goto(here), "wide")
    look(wide.goto("/log-requests"), "wide-list")
    assert found == []


def test_alarms_of_the_log_and_their_settlement_are_accessible_and_light(visit, alarm):
    """Last in this file: while it is open, every page of an auditor begins with its banner."""
    auditor = visit("auditor", viewport=PHONE, scripts=True).goto("/audit/alarms")
    found = faults(auditor.picture("alarms-open"), "alarms-open", PHONE)
    auditor.follow(link_to("/settlement"))
    auditor.submit(422)
    found += faults(auditor.picture("alarm-settlement"), "alarm-settlement", PHONE)
    auditor.tick("settlement", "eikä vikaa ollut").submit(200)
    assert "Kuitattu" in auditor.text
    found += faults(auditor, "alarms-settled", PHONE)
    assert found == []
