"""What an administrator sees of the models: numbers and words, and nothing of any case."""

import re

import pytest
from tests.models import models_from, read_anew, team_of
from tests.pages import at_pages, words
from tests.pathways.drafts import CODE, TEXT, begun

from multiagency.kernel.clock import today
from multiagency.kernel.languages import COMPLETE, Language
from multiagency.pathways.conditions import CONDITIONS
from multiagency.pathways.definition import HERE, Pathway, StageKind, codes
from multiagency.pathways.service import pathway
from multiagency.pathways.validating_stages import NEEDS_OF_OUTCOMES
from multiagency.web.texts import TEXTS

NEWER = TEXT.replace('version = "1"', 'version = "2"').replace("youngest_age = 18", "youngest_age = 16")


@pytest.fixture
def toy(tmp_path):
    """A model that only this test knows."""
    begun(tmp_path)
    with models_from(tmp_path):
        yield tmp_path / CODE


def publish(toy, text, version="2", day=None):
    """Write another version of it, valid from a day (today)."""
    dated = text.replace("valid_from = 2026-01-01", f"valid_from = {day or today()}")
    (toy / f"{version}.toml").write_text(dated, "utf-8")
    read_anew()


async def opened(house, team):
    return (await (await house.person("officer")).post("/cases", {"team": team}, 201))["reference"]


async def test_an_administrator_sees_how_many_cases_keep_each_version_and_what_differs(house, toy):
    team = await team_of(house, CODE)
    kept = [await opened(house, team) for _ in range(2)]
    publish(toy, NEWER.replace('needs = ["child_welfare"]', "needs = []"))
    await opened(house, team)
    ended = await opened(house, team)
    await (await house.person("officer")).post(f"/cases/{ended}/ending", {"why": "opened_by_mistake"})
    page = (await (await at_pages(house, "administrator")).get(f"/pathways/{CODE}")).text
    rows = [words(row).split() for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)]
    counted = {row[1]: row[-1] for row in rows if row[0] == "Versio:" and len(row) > 3}
    assert counted == {"2": "1", "1": "2"}
    said = words(page)
    assert "youngest_age Ennen: 18 Nyt: 16" in said
    assert "submitted → on_agenda Ennen: → child_welfare Nyt: →" in said
    assert not [case for case in kept if case in page]


@pytest.mark.parametrize("code", [*codes(), CODE])
async def test_the_page_of_every_model_draws_its_stages_and_tells_them_as_text(house, toy, code):
    page = (await (await at_pages(house, "administrator")).get(f"/pathways/{code}")).text
    drawn = page[page.index("<svg") : page.index("</svg>")]
    assert 'role="img"' in drawn
    assert "<title" in drawn
    assert "<desc" in drawn
    assert "currentColor" in drawn
    assert not re.search("#[0-9a-f]{3}|style=", drawn), "its colours are those of the page"
    for stage in pathway(code).stages:
        word = TEXTS.say("fi", f"model.{code}.stage.{stage.code}")
        assert f">{word}</text>" in drawn
        assert f"<h3>{word}" in page
    assert len(page) < 30_000


async def test_what_must_still_be_checked_is_told_where_the_model_is_shown(house, toy):
    administrator = await at_pages(house, "administrator")
    for path in ("/pathways", "/pathways/riko"):
        assert TEXTS.say(Language.FI, "model.riko.check") in (await administrator.get(path)).text


async def test_nobody_else_sees_the_models_and_an_unknown_one_is_not_found(house):
    for login in ("officer", "coordinator", "auditor"):
        await (await at_pages(house, login)).get("/pathways", 403)
    await (await at_pages(house, "administrator")).get("/pathways/nowhere", 404)


async def test_the_numbers_are_given_to_an_administrator_only(house):
    await house.draft()
    for login, seen in (("coordinator", []), ("administrator", [("marak", 1)])):
        secret = (await house.person(login))._headers["cookie"].split("=", 1)[1]
        async with house.as_role("app", secret) as connection:
            rows = await connection.fetch("SELECT pathway, cases FROM cases_per_version()")
        assert [(row["pathway"], row["cases"]) for row in rows] == seen


def test_every_part_of_a_definition_has_its_word_where_versions_are_compared():
    parts = set(Pathway.model_fields) - {"code", "version"}
    assert parts == {key.removeprefix("pathways.part.") for key in TEXTS.sentences["fi"] if "pathways.part." in key}


@pytest.mark.parametrize("language", COMPLETE)
def test_every_condition_and_need_has_its_sentence(language):
    said = TEXTS.sentences[language]
    assert {key.removeprefix("pathways.condition.") for key in said if "pathways.condition." in key} == set(CONDITIONS)
    assert {key.removeprefix("pathways.need.") for key in said if "pathways.need." in key} == set(NEEDS_OF_OUTCOMES)
    assert {key.removeprefix("pathways.kind.") for key in said if "pathways.kind." in key} == set(StageKind)


def test_every_version_of_a_model_stands_where_its_own_begins():
    assert all((HERE / "definitions" / code / "1.toml").exists() for code in codes())
