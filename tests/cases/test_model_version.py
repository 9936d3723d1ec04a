"""A case goes on by the definition of its opening day, until its coordinator moves it to a newer one, with a reason."""

import re
from datetime import timedelta

import pytest
from tests.models import models_from, team_of
from tests.pages import at_pages, words
from tests.pathways.drafts import CODE, TEXT, begun
from tests.pathways.test_model_pages import NEWER, publish

from multiagency.cases.jobs_clocks import tell_of_clocks
from multiagency.demo import story
from multiagency.kernel.clock import today
from multiagency.kernel.languages import COMPLETE, Language
from multiagency.web.texts import TEXTS

WHY = {"version": "2", "reason": "Uusi versio korjaa seurannan."}


@pytest.fixture
def toy(tmp_path):
    begun(tmp_path)
    with models_from(tmp_path):
        yield tmp_path / CODE


@pytest.fixture
async def case(house, toy):
    """A case that was sent to the team while the first version was the only one."""
    return await submitted(house)


async def submitted(house):
    officer = await house.person("officer")
    team = await team_of(house, CODE)
    case = (await officer.post("/cases", {"team": team}, 201))["reference"]
    await officer.put(f"/cases/{case}/client", story.CLIENT)
    consent = await house.consent_body()
    kinds = [kind for kind in consent["kinds"] if kind != "risk"]
    await officer.post(f"/cases/{case}/consent", consent | {"purpose": CODE, "kinds": kinds})
    await officer.post(f"/cases/{case}/submission")
    return case


async def version_of(house, case):
    return (await (await house.person("coordinator")).get(f"/cases/{case}"))["pathway_version"]


async def test_a_coordinator_moves_a_case_to_the_newer_version_and_the_reason_is_kept(house, toy, case):
    publish(toy, NEWER)
    assert await version_of(house, case) == "1"
    coordinator = await house.person("coordinator")
    found = await coordinator.get(f"/cases/{case}/version")
    assert (found["version"], found["newer"]) == ("1", "2")
    assert {"part": "parameters", "name": "youngest_age", "before": "18", "after": "16"} in found["differs"]
    await coordinator.post(f"/cases/{case}/version", WHY)
    assert await coordinator.get(f"/cases/{case}/version") == {"version": "2", "newer": None, "differs": []}
    assert await version_of(house, case) == "2"
    rows = await house.fetch(
        "SELECT came_from, stage, pathway_version, moved_by_id, reason FROM stage_history "
        "ORDER BY moved_at DESC LIMIT 2"
    )
    assert [(row["came_from"], row["stage"], row["pathway_version"]) for row in rows] == [
        ("submitted", "submitted", "2"),
        ("draft", "submitted", "1"),
    ]
    assert rows[0]["reason"]
    assert WHY["reason"].encode() not in rows[0]["reason"], "it is sealed"
    assert str(rows[0]["moved_by_id"]) == await house.post_of("Paula")


async def test_only_whoever_coordinates_moves_it_and_only_with_a_reason(house, toy, case):
    publish(toy, NEWER)
    await (await house.person("officer")).post(f"/cases/{case}/version", WHY, 403)
    await (await house.person("municipality")).post(f"/cases/{case}/version", WHY, 403)
    await (await house.person("coordinator")).post("/cases/AAAA-AAAA/version", WHY, 404)
    for wrong in ({"version": "2"}, {"version": "2", "reason": " "}):
        problem = await (await house.person("coordinator")).post(f"/cases/{case}/version", wrong, 422)
        assert [error["field"] for error in problem["errors"]] == ["reason"]
    assert await version_of(house, case) == "1"


async def test_no_other_version_is_taken(house, toy, case):
    publish(toy, NEWER)
    publish(toy, NEWER.replace('version = "2"', 'version = "3"'), "3", today() + timedelta(days=1))
    coordinator = await house.person("coordinator")
    for version, key in (("4", "unknown"), ("1", "older"), ("3", "not_in_force")):
        problem = await coordinator.post(f"/cases/{case}/version", WHY | {"version": version}, 422)
        said = TEXTS.say(Language.EN, f"model_version.{key}")
        assert [(error["field"], error["message"]) for error in problem["errors"]] == [("version", said)]
    await coordinator.post(f"/cases/{case}/version", WHY)
    for version in ("1", "2"):
        await coordinator.post(f"/cases/{case}/version", WHY | {"version": version}, 422)


async def test_a_version_without_the_stage_of_the_case_is_refused(house, toy, case):
    publish(toy, NEWER.replace("submitted", "received"))
    await (await house.person("coordinator")).post(f"/cases/{case}/version", WHY, 409)
    assert "ei ole vaihetta" in words((await (await at_pages(house, "coordinator")).get(f"/cases/{case}/version")).text)
    assert await version_of(house, case) == "1"


async def test_a_stage_of_another_kind_is_not_the_same_stage(house, toy, case):
    publish(toy, NEWER.replace('code = "submitted"\nkind = "open"', 'code = "submitted"\nkind = "follow_up"'))
    await (await house.person("coordinator")).post(f"/cases/{case}/version", WHY, 409)


async def test_a_case_that_has_ended_keeps_its_version(house, toy, case):
    publish(toy, NEWER)
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/cases/{case}/ending", {"why": "no_longer_wanted"})
    await coordinator.post(f"/cases/{case}/version", WHY, 409)


async def test_the_page_says_what_differs_and_moves_the_case(house, toy, case):
    coordinator = await at_pages(house, "coordinator")
    assert "uudempi versio" not in (await coordinator.get(f"/cases/{case}")).text
    publish(toy, NEWER)
    assert "uudempi versio" in (await coordinator.get(f"/cases/{case}")).text
    assert "youngest_age Ennen: 18 Nyt: 16" in words((await coordinator.get(f"/cases/{case}/version")).text)
    await coordinator.post(f"/cases/{case}/version", 422, version="2", reason="")
    await coordinator.post(f"/cases/{case}/version", **WHY)
    assert await version_of(house, case) == "2"
    assert "Uudempaa voimassa olevaa versiota ei ole" in (await coordinator.get(f"/cases/{case}/version")).text


async def test_a_move_to_another_version_does_not_wind_its_clocks_up_again(house, tmp_path):
    file = begun(tmp_path, clocked(TEXT))
    with models_from(tmp_path):
        case = await submitted(house)
        await house.fetch("UPDATE stage_history SET moved_at = moved_at - interval '30 days'")
        publish(file.parent, clocked(NEWER))
        await (await house.person("coordinator")).post(f"/cases/{case}/version", WHY)
        page = (await (await at_pages(house, "coordinator")).get(f"/cases/{case}")).text
        assert re.search(r"class=\"note bad\">[^<]*Keskustelu", page), "it is late, as before"
        assert await tell_of_clocks(house.runtime, await house.service()) == 1


def clocked(text):
    """The model with a clock of as many days as its youngest is old."""
    clock = '[[clocks]]\ncode = "talk"\nstage = "submitted"\nwithin = "youngest_age"\nunit = "days"\n'
    spoken = "".join(f'[words.{language}.clock]\ntalk = "Keskustelu"\n' for language in COMPLETE)
    return text.replace("[words.fi]\n", f"{clock}{spoken}[words.fi]\n")
