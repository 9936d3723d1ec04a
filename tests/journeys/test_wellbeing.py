"""A wellbeing referral at browsers without scripts: from a case of MARAK into it, taken over, and to its feedback."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.journeys.conftest import PHONE, run
from tests.journeys.test_ways_out import to, told
from tests.throwaway import throwaway

from multiagency.demo import story
from multiagency.demo.person import PersonAtApi
from multiagency.demo.teams import TEAMS

FEEDBACK = "Asiakas käy nyt torstaisin puutyöpajassa."
_OURS = [team for team in TEAMS if team.pathway in {"marak", "wellbeing"}]


@pytest.fixture(scope="module")
def household():
    with throwaway("wellbeing") as directory:
        yield from run(directory, _OURS)


@pytest.fixture(scope="module")
def first(household):
    """A case of MARAK that the social worker has opened; told at the API."""

    async def tell():
        async with httpx.AsyncClient(base_url=household.base_url, timeout=30) as http:
            worker = PersonAtApi(http, "social-worker")
            await worker.sign_in(household.passwords["demo_account"])
            teams = {team["pathway"]: team["id"] for team in await worker.get("/teams")}
            case = (await worker.post("/cases", {"team": teams["marak"]}, 201))["reference"]
            await worker.put(f"/cases/{case}/client", story.CLIENT)
            await worker.put(f"/cases/{case}/safe-contact", story.SAFE_CONTACT)
            return case

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, tell()).result()


def both_sizes(visitor, name):
    visitor.picture(name).resize(PHONE).picture(f"{name}-phone")
    wide = visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    visitor.resize({"width": 1200, "height": 900})
    assert not wide, f"{name} is wider than a phone"


@pytest.fixture(scope="module")
def second(visit, first):
    """The referral, into which nothing was typed twice."""
    worker = visit("social-worker")
    to(worker.goto(f"/cases/{first}"), "going_on.title")
    both_sizes(worker, "going-on-team")
    worker.follow(link="Hyvinvointilähete")
    both_sizes(worker, "going-on")
    worker.tick("reasons", "Yksinäisyys").tick("answer", "Kyllä").fill(answered_on="1.11.2026").tick(
        "how", "suullisesti"
    ).submit()
    case = worker.page.url.rpartition("/")[2]
    assert case != first
    assert story.CLIENT["name"] in worker.text
    both_sizes(worker, "referral-draft")
    to(worker, "link.title")
    assert first in worker.text
    both_sizes(worker, "links")
    return case


def test_the_client_goes_along_and_the_link_stands_on_both_cases(visit, first, second):
    worker = visit("social-worker").goto(f"/cases/{first}")
    told(worker, "link.section.some")
    told(to(worker, "link.title"), "link.client")
    assert second in worker.text


@pytest.fixture(scope="module")
def ended(visit, household, second):
    """Consented to, sent, taken over, measured three times, and closed with the client's yes."""
    worker = visit("social-worker").goto(f"/cases/{second}/consent")
    both_sizes(worker, "referral-consent")
    _consent(household, second)
    worker.goto(f"/cases/{second}/submit")
    both_sizes(worker, "referral-submit")
    worker.submit()
    coordinator = visit("wellbeing-coordinator").goto(f"/cases/{second}")
    both_sizes(coordinator, "referral-received")
    coordinator.goto(f"/cases/{second}/taking-over")
    both_sizes(coordinator, "referral-taking-over")
    coordinator.tick("post", "Maarit") if coordinator.page.locator("fieldset#post").count() else (
        coordinator.page.select_option("#post", index=1)
    )
    coordinator.submit()
    coordinator.goto(f"/cases/{second}/moves")
    both_sizes(coordinator, "referral-moves")
    coordinator.tick("to", "Rinnalla").submit()
    beside = visit("link-person")
    for _ in range(3):
        beside.goto(f"/cases/{second}/measures/wellbeing")
        beside.page.locator("main input[type=radio]").first.check()
        beside.submit()
    both_sizes(beside, "referral-measured")
    coordinator.goto(f"/cases/{second}/closing")
    coordinator.tick("outcome", "toimintaa").fill(target="Puutyöpaja", feedback=FEEDBACK)
    coordinator.submit(422)
    assert FEEDBACK in coordinator.page.input_value("#feedback"), "nothing typed is lost"
    both_sizes(coordinator, "referral-closing")
    told(coordinator.tick("opener_reads", "antaa lukea").submit(), "done.closed")
    return second


def _consent(household, case):
    """What the client answered, told at the API: the page of consent is the same for every model."""

    async def tell():
        async with httpx.AsyncClient(base_url=household.base_url, timeout=30) as http:
            worker = PersonAtApi(http, "social-worker")
            await worker.sign_in(household.passwords["demo_account"])
            agencies = {agency["name"]: agency["id"] for agency in await worker.get("/agencies")}
            own = next(agency for name, agency in agencies.items() if "Revontuli" in name)
            body = {"answer": "given", "purpose": "wellbeing_referral", "how": "spoken", "language": "fi"}
            body |= {"asked_at": "2026-11-01T10:00:00+02:00", "kinds": ["identity", "contact", "narrative", "risk"]}
            await worker.post(f"/cases/{case}/consent", body | {"recipients": [own]})

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, tell()).result()


def test_whoever_sent_it_sees_the_stage_and_reads_the_feedback_that_the_client_gave(visit, ended):
    worker = visit("social-worker").goto(f"/cases/{ended}")
    assert story.CLIENT["name"] not in worker.text
    told(worker, "model.wellbeing.stage.ended")
    both_sizes(worker, "referral-kept")
    told(to(worker, "feedback.title"), "feedback.read_by_opener")
    assert FEEDBACK in worker.text
    both_sizes(worker, "referral-feedback")
    assert not re.search(re.escape(story.CLIENT["name"]), worker.page.title())
