"""The pages of the main job over a bad line: what each weighs, and how long until it is whole.

A real browser walks the referrer's job at 50 kbit/s, with 800 ms until each answer begins, and after that the pages of
a coordinator and of somebody invited. Warm: the way there in the same browser, style and script kept from before, the
form that leads there sent. Cold: the same page opened in a browser that has nothing. Limits are those of the product:
30 000 bytes a page, three seconds warm and five cold; every figure stands beside its ratio to them.

Prints per page bytes, bytes on the line (compressed), seconds warm and cold; `--json` as one object.
"""

import argparse
import asyncio
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright
from tests.journeys.conftest import FLAGS, PHONE, Visitor, begin
from tests.journeys.counted import Counted, refer
from tests.throwaway import throwaway

from multiagency.demo.household import Household, free_port
from multiagency.demo.walkthrough import Walkthrough

KBITS, LATENCY = 50, 800
LINE = {
    "offline": False,
    "latency": LATENCY,
    "downloadThroughput": KBITS * 1000 / 8,
    "uploadThroughput": KBITS * 1000 / 8,
}
HEAVIEST, WARM, COLD = 30_000, 3.0, 5.0
"""Bytes, seconds, seconds."""
TIMING = """() => { const [seen] = performance.getEntriesByType('navigation')
    return {bytes: seen.decodedBodySize, wire: seen.encodedBodySize, seconds: seen.loadEventEnd / 1000} }"""
OTHERS = {
    "coordinator": ("/", "/meetings/{meeting}", "/meetings/{meeting}/cases/{case}/minutes", "/cases/{case}"),
    "municipality": ("/", "/meetings/{meeting}/invitation", "/cases/{case}", "/actions"),
}


@dataclass(slots=True)
class Weighed:
    """One page: bytes of its HTML, the same on the line, and seconds until all of it is there."""

    name: str
    path: str
    bytes: int
    wire: int
    warm: float
    cold: float = 0.0


def slow(page: Page) -> None:
    """Give the page a bad line."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)


def timing(page: Page) -> dict[str, Any]:
    """Return what the browser measured of the page that it shows."""
    page.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
    found: dict[str, Any] = page.evaluate(TIMING)
    return found


def walked(household: Household, browser: Browser) -> tuple[list[Weighed], list[Visitor]]:
    """Walk the job and weigh each page as it is shown; return whose pages they are beside them."""
    officer = Visitor(household, browser, "officer", viewport=PHONE, scripts=True).sign_in()
    slow(officer.page)
    officer.goto("/")  # style and script were fetched at signing in
    found: list[Weighed] = []

    def weigh(name: str) -> None:
        seen = timing(officer.page)
        found.append(Weighed(name, officer.page.url, seen["bytes"], seen["wire"], seen["seconds"]))

    refer(Counted(officer, weigh))
    return found, [officer] * len(found)


def visited(household: Household, browser: Browser, told: dict[str, str]) -> tuple[list[Weighed], list[Visitor]]:
    """Weigh the pages of the others, each opened after the other in the same browser."""
    found: list[Weighed] = []
    whose: list[Visitor] = []
    for login, paths in OTHERS.items():
        visitor = Visitor(household, browser, login, viewport=PHONE, scripts=True).sign_in()
        slow(visitor.page)
        for path in paths:
            visitor.goto(path.format(**told))
            seen = timing(visitor.page)
            found.append(Weighed(f"{login} {path}", visitor.page.url, seen["bytes"], seen["wire"], seen["seconds"]))
            whose.append(visitor)
    return found, whose


def cold(browser: Browser, visitor: Visitor, path: str) -> float:
    """Open a page in a browser that has nothing but the session, and return the seconds until all of it is there."""
    context = browser.new_context(viewport=PHONE, locale="fi-FI", storage_state=visitor.context.storage_state())
    page = context.new_page()
    page.set_default_timeout(60_000)
    slow(page)
    page.goto(path)
    seconds: float = timing(page)["seconds"]
    context.close()
    return seconds


def weighed() -> Iterator[Weighed]:
    """Weigh all pages, warm on the way and then cold."""
    with throwaway("weights") as directory, Household(directory, free_port()) as household:
        told = asyncio.run(tell(household))
        begin(household, told["meeting"])
        with sync_playwright() as playwright:
            program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            for found, whose in (walked(household, browser), visited(household, browser, told)):
                for page, visitor in zip(found, whose, strict=True):
                    page.cold = cold(browser, visitor, page.path)
                    yield page
            browser.close()


async def tell(household: Household) -> dict[str, str]:
    """Tell the main job up to the open meeting at the API; return case and meeting."""
    async with httpx.AsyncClient(base_url=household.base_url, timeout=60) as http:
        walkthrough = Walkthrough(household, http)
        await walkthrough.refer()
        await walkthrough.convene()
        return {"case": walkthrough._cases[0], "meeting": walkthrough._meeting}


def main() -> int:
    """Print the table; fail when a page is heavier or slower than it may be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = list(weighed())
    if options.json:
        print(json.dumps([asdict(page) for page in found], indent=1))
    else:
        print(
            f"{KBITS} kbit/s, {LATENCY} ms: bytes, on the line, seconds warm and cold (beside each: share of its limit)"
        )
        for page in found:
            print(
                f"{page.name:<52}{page.bytes:>7} {page.bytes / HEAVIEST:4.2f}"
                f" {page.wire:>6} {page.wire / page.bytes:4.2f}"
                f"  {page.warm:4.1f} s {page.warm / WARM:4.2f}  {page.cold:4.1f} s {page.cold / COLD:4.2f}"
            )
    return int(any(page.bytes > HEAVIEST or page.warm > WARM or page.cold > COLD for page in found))


if __name__ == "__main__":
    sys.exit(main())
