"""A whole demo on this machine and real browsers in front of it, with JavaScript switched off."""

import asyncio
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from tests.throwaway import throwaway

from multiagency.demo.household import DATABASE, Household, free_port
from multiagency.demo.teams import TEAMS
from multiagency.demo.walkthrough import Walkthrough
from multiagency.embedded.provision import connect

BUILD = Path(__file__).parents[2] / "build" / "screenshots"
DESKTOP, PHONE = {"width": 1200, "height": 900}, {"width": 390, "height": 844}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def household():
    with throwaway("journey") as directory, pytest.MonkeyPatch.context() as environment:
        # Warnings are errors in the processes behind the browser too.
        environment.setenv("PYTHONWARNINGS", "error::DeprecationWarning")
        yield from run(directory)


MARAK = [team for team in TEAMS if team.pathway == "marak"]
"""Other models of work have journeys of their own; where there is one team, nobody is asked which."""


def run(directory, teams=MARAK):
    with Household(directory, free_port(), teams) as household:
        yield household


def execute(household, statement, *values):
    """Do something to the database that no page does, such as letting time pass."""

    async def do():
        connection = await connect(household.server, DATABASE)
        try:
            await connection.execute(statement, *values)
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as pool:  # the browser's own loop runs in this thread
        pool.submit(asyncio.run, do()).result()


def begin(household, meeting):
    """Let the time of a meeting have come."""
    execute(household, "UPDATE meeting SET starts_at = now() - interval '1 minute' WHERE reference = $1", meeting)


@pytest.fixture(scope="module")
def told(household):
    """The main job up to the open meeting, told at the API: two cases and the meeting."""

    async def tell():
        async with httpx.AsyncClient(base_url=household.base_url, timeout=30) as http:
            walkthrough = Walkthrough(household, http)
            await walkthrough.refer()
            await walkthrough.convene()
            return (*walkthrough._cases, walkthrough._meeting)

    with ThreadPoolExecutor(1) as pool:  # a browser's own loop may run in this thread
        return pool.submit(asyncio.run, tell()).result()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """One person at a browser of their own."""

    def __init__(self, household, browser, login, viewport=None, scripts=False, language="fi-FI"):
        self.household = household
        self.context = browser.new_context(
            java_script_enabled=scripts, viewport=viewport or DESKTOP, locale=language, base_url=household.base_url
        )
        self.context.set_default_timeout(15_000)
        if scripts:  # there are none in the pages: it is for axe, which is loaded once and not for every look
            self.context.add_init_script(Axe().axe_script)
        self.page = self.context.new_page()
        self.login = login

    def sign_in(self, at="/"):
        self.page.goto(at)
        self.page.fill("#login", self.login)
        self.page.fill("#password", self.household.passwords["demo_account"])
        return self.follow("main button")

    def goto(self, path, status=200):
        response = self.page.goto(path)
        assert response.status == status, f"{self.login} {path}: {response.status}"
        return self

    def resize(self, viewport):
        """Give the window another size, and wait until the page has noticed."""
        self.page.set_viewport_size(viewport)
        self.page.wait_for_function("width => innerWidth === width", arg=viewport["width"])
        return self

    def fill(self, **values):
        for field, value in values.items():
            self.page.fill(f"#{field}", value)
        return self

    def tick(self, field, *labels):
        for label in labels:
            self.page.locator(f"#{field}").get_by_label(re.compile(label)).check()
        return self

    def click(self, locator):
        """Click what leads to another page and wait for all of it: a click alone is over once the way begins."""
        with self.page.expect_navigation() as navigation:
            locator.first.click()
        return navigation.value

    def follow(self, selector=None, *, link=None):
        """Click the first element that fits, or the first link whose text holds these words."""
        self.click(self.page.locator(selector) if selector else self.page.get_by_role("link", name=link))
        return self

    def submit(self, status=None):
        """Press the form's own button."""
        answer = self.click(self.page.locator("main form button:not(.second)").last)
        if status:
            assert answer.status == status
        return self

    def press(self, name):
        self.click(self.page.get_by_role("button", name=re.compile(name)))
        return self

    @property
    def text(self):
        return self.page.inner_text("main")

    def picture(self, name, whole=True):
        """Take a picture, if somebody wants to look at them: `PICTURES=1 pytest tests/journeys`."""
        if os.environ.get("PICTURES"):
            BUILD.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=BUILD / f"{name}.png", full_page=whole)
        return self


@pytest.fixture(scope="module")
def visit(household, chromium):
    visitors = []

    def make(login, **choices):
        visitors.append(Visitor(household, chromium, login, **choices))
        return visitors[-1].sign_in()

    yield make
    for visitor in visitors:
        visitor.context.close()
