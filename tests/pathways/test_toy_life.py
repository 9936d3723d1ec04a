"""A model that somebody began with `multiagency pathways new` and filled in lives its life: no code knows it."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.models import models_from, team_of
from tests.pages import at_pages, words
from tests.pathways.drafts import CODE, begun

from multiagency.demo import story
from multiagency.kernel.clock import today

CHILD = {"name": "Aapo Esimerkki", "identity_code": "010115A9004"}


@pytest.fixture
async def team(house, tmp_path):
    begun(tmp_path)
    with models_from(tmp_path):
        yield await team_of(house, CODE)


async def opened(house, team, client=story.CLIENT):
    officer = await house.person("officer")
    case = (await officer.post("/cases", {"team": team}, 201))["reference"]
    await officer.put(f"/cases/{case}/client", client)
    return case


async def consented(house, case):
    consent = await house.consent_body()
    kinds = [kind for kind in consent["kinds"] if kind != "risk"]
    await (await house.person("officer")).post(f"/cases/{case}/consent", consent | {"purpose": CODE, "kinds": kinds})


async def stage_of(house, case, login="coordinator"):
    view = await (await house.person(login)).get(f"/cases/{case}")
    return view["stage"], view["stage_kind"]


def fields(problem):
    return {error["field"] for error in problem["errors"]}


async def test_a_case_of_it_goes_from_its_draft_to_its_end_and_anew(house, team):
    officer, coordinator = await house.person("officer"), await house.person("coordinator")
    case = await opened(house, team)
    assert fields(await officer.post(f"/cases/{case}/submission", expect=422)) == {"consent"}
    await consented(house, case)
    await officer.post(f"/cases/{case}/submission")
    assert await stage_of(house, case) == ("submitted", "open")
    await coordinator.post(f"/cases/{case}/closing", {"outcome": "no_further_need"}, 409)
    ways = {way["to"]: way["missing"] for way in (await coordinator.get(f"/cases/{case}/moves"))["ways"]}
    assert ways == {"in_follow_up": []}
    await coordinator.post(f"/cases/{case}/moves", {"to": "closed"}, 422)
    await coordinator.post(f"/cases/{case}/moves", {"to": "in_follow_up"})
    assert fields(await coordinator.post(f"/cases/{case}/closing", {"outcome": "guided_onward"}, 422)) == {"target"}
    await coordinator.post(f"/cases/{case}/closing", {"outcome": "guided_onward", "target": "Perheneuvola"})
    assert await stage_of(house, case, "officer") == ("closed", "ended")
    await officer.post(f"/cases/{case}/rounds", {"wished_on": str(today()), "how": "spoken"})
    assert await stage_of(house, case, "officer") == ("draft", "draft")


async def test_a_case_of_it_is_handled_at_a_meeting(house, team):
    case = await opened(house, team)
    await consented(house, case)
    await (await house.person("officer")).post(f"/cases/{case}/submission")
    coordinator = await house.person("coordinator")
    meeting = (await coordinator.post("/meetings", {"team": team, **times()}, 201))["reference"]
    await coordinator.post(f"/meetings/{meeting}/agenda", {"case": case})
    assert await stage_of(house, case) == ("on_agenda", "table")
    await house.seat(meeting, case, "Heikki")
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    await house.minutes(meeting, case)
    assert await stage_of(house, case) == ("in_follow_up", "follow_up")


async def test_consent_to_it_is_withdrawn_at_any_time(house, team):
    case = await opened(house, team)
    await consented(house, case)
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/submission")
    await (await house.person("coordinator")).post(f"/cases/{case}/moves", {"to": "in_follow_up"})
    await officer.post(f"/cases/{case}/consent/withdrawal")
    assert await stage_of(house, case, "officer") == ("withdrawn", "withdrawn")


async def test_it_is_for_those_of_age_only(house, team):
    problem = await (await house.person("officer")).put(f"/cases/{await opened(house, team)}/client", CHILD, expect=422)
    assert fields(problem) <= {"identity_code", "birth_date", "client"}


async def test_its_pages_say_its_words(house, team):
    case = await opened(house, team)
    await consented(house, case)
    officer = await at_pages(house, "officer")
    assert "Luonnos" in words((await officer.get(f"/cases/{case}")).text)
    assert "Yhdessä" in (await officer.get(f"/cases/{case}/consent")).text
    await (await house.person("officer")).post(f"/cases/{case}/submission")
    assert "Seuraavaksi koordinaattori vie sen eteenpäin." in (await officer.get(f"/cases/{case}")).text


async def test_another_purpose_is_not_consented_to(house, team):
    case = await opened(house, team)
    problem = await (await house.person("officer")).post(f"/cases/{case}/consent", await house.consent_body(), 422)
    assert "purpose" in fields(problem)


def times():
    starts = datetime.now(UTC) + timedelta(minutes=5)
    return {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
