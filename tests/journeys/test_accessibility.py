"""Every page of the main job, looked at by axe (WCAG 2.2 AA) on a phone and on a desktop, and weighed."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.consent.minors import aged
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.test_main_job import open_case, opened, submitted  # noqa: F401 - fixtures

LIMIT = 30_000
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OFFICER = (
    "/",
    "/cases",
    "/cases/new",
    "/cases/{draft}",
    "/cases/{draft}/client",
    "/cases/{draft}/people/new",
    "/cases/{draft}/safe-contact",
    "/cases/{draft}/part",
    "/cases/{draft}/colleague",
    "/cases/{draft}/bars",
    "/cases/{draft}/protection",
    "/cases/{draft}/protection/new",
    "/cases/{draft}/protection/clearance",
    "/cases/{draft}/reassignment",
    "/cases/{draft}/conflict",
    "/break-glass",
    "/cases/{case}/aliases",
    "/cases/{draft}/consent",
    "/cases/{draft}/checklist",
    "/cases/{draft}/submit",
    "/cases/{case}",
    "/cases/{case}/checklist",
    "/cases/{case}/consent",
    "/cases/{case}/consent/withdrawal",
    "/cases/{case}/disclosures",
    "/cases/{case}/disclosures/new",
    "/cases/{case}/disclosures/new/ground?recipient=outside:county",
    "/cases/{case}/disclosures/new/details?recipient=outside:county&ground=LSL-25",
    "/cases/{case}/child-welfare",
    "/cases/{case}/child-welfare/notification",
    "/grounds",
    "/cases/{case}/consent/scan",
    "/cases/{child}",
    "/cases/{child}/guardians",
    "/cases/{child}/guardians/capacity",
    "/cases/{child}/guardians/{guardian}/rights",
    "/cases/{child}/guardians/{guardian}/prohibition",
    "/cases/{child}/consent",
)
PAGES = {
    "officer": OFFICER,
    "coordinator": (
        "/cases",
        "/meetings",
        "/meetings/new",
        "/meetings/{meeting}",
        "/meetings/{meeting}/opening",
        "/meetings/{meeting}/cases/{case}/seats",
        "/meetings/{meeting}/cases/{case}/minutes",
        "/cases/{case}",
        "/cases/{case}/actions/new",
        "/cases/{case}/plan",
        "/cases/{case}/bars",
        "/cases/{case}/reassignment",
        "/cases/{case}/break-glass",
        "/cases/{case}/matches",
        "/cases/{case}/closing",
        "/cases/{case}/hold",
        "/cases/{case}/aliases",
    ),
    "municipality": ("/", "/invitations", "/meetings/{meeting}/invitation", "/actions", "/cases/{case}"),
    "auditor": ("/", "/audit", "/audit/verification", "/audit/rights", "/deletions"),
    "administrator": (
        "/",
        "/grounds",
        "/grounds/new",
        "/grounds/LSL-25",
        "/grounds/LSL-25/edit",
        "/grounds/LSL-25/end",
        "/deletions",
        "/retention",
    ),
    "child-welfare": ("/", "/inbox"),
}


@pytest.fixture(scope="module")
def places(visit, submitted, opened):  # noqa: F811
    officer = visit("officer")
    officer.goto("/cases/new")
    officer.page.locator("#team input").first.check()
    officer.submit()
    draft = officer.page.url.rpartition("/")[2]
    return {"case": submitted[0], "draft": draft, "meeting": opened} | a_childs_case(officer)


def a_childs_case(officer):
    """A draft about a child with a guardian who may decide, filled in at the pages."""
    client = {"name": "Lapsi Esimerkki", "identity_code": aged(9)}
    child = open_case(officer, client, {"name": "Oiva Keksitty", "relation": "isä"})
    officer.goto(f"/cases/{child}/people/new?role=guardian").fill(name="Huoltaja Esimerkki").submit()
    officer.goto(f"/cases/{child}/guardians/capacity").tick("capable", "Ei").fill(reason="Liian nuori").submit()
    guardian = re.search(r"/guardians/([0-9a-f-]{36})/rights", officer.page.content())[1]
    officer.goto(f"/cases/{child}/guardians/{guardian}/rights").tick("may_decide", "Kyllä").tick("suspected", "Ei")
    officer.submit()
    return {"child": child, "guardian": guardian}


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("login", PAGES)
def test_pages_are_accessible_and_light(visit, places, login, viewport, request):
    visitor = visit(login, viewport=viewport, scripts=True)  # axe is a script; the pages have none
    found = []
    for number, path in enumerate(PAGES[login]):
        visitor.goto(path.format(**places)).picture(f"{request.node.callspec.id}-{number:02}")
        results = Axe().run(visitor.page, options=RULES)
        found += [f"{path}: {violation['id']}" for violation in results.response["violations"]]
        assert len(visitor.page.content().encode()) < LIMIT, path
        width = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], f"{path} scrolls sideways: {width}"
    assert found == []


def test_the_sign_in_page_is_accessible(household, chromium):
    context = chromium.new_context(base_url=household.base_url)
    page = context.new_page()
    page.goto("/sign-in")
    assert [violation["id"] for violation in Axe().run(page, options=RULES).response["violations"]] == []
    context.close()


def test_an_error_summary_leads_to_its_field(visit, places):
    officer = visit("officer")
    officer.goto(f"/cases/{places['draft']}/client").submit(422)
    assert officer.page.title().startswith("Virhe")
    officer.page.locator(".errors a").first.click()
    assert officer.page.url.endswith("#name")
    assert officer.page.get_attribute("#name", "aria-invalid") == "true"


@pytest.mark.parametrize("language", ["sv", "en", "se"])
def test_the_language_can_be_changed(visit, language):
    visitor = visit("officer")
    visitor.page.locator(f".languages button[value={language}]").click()
    assert visitor.page.locator(f".languages button[value={language}]").get_attribute("aria-current") == "true"
    if language == "se":  # the sentences are Finnish, and a screen reader must be told so
        assert "Saamenkielinen" in visitor.text
        assert visitor.page.get_attribute("html", "lang") == "fi"
    else:
        assert visitor.page.get_attribute("html", "lang") == language
