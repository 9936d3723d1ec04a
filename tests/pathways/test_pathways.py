"""The declared model of work, and its numbers: the team's own before everybody's before the declared one."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError
from tests.stages import told

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.pathways.definition import Pathway
from multiagency.pathways.service import dated, parameter, pathway

DECLARED = pathway("marak").parameters["risk_threshold"]
OTHER_TEAM = "01a20000-0000-7000-8000-000000000001"


async def begun(house):
    return {"draft": await house.draft()}


@pytest.fixture(scope="module")
def stage(ground):
    with told(ground, begun) as stage:
        yield stage


@pytest.fixture
async def house(stage, lodgings):
    """A house in which nobody has set a threshold."""
    async with stage.house() as house:
        await house.fetch("DELETE FROM dated_parameter WHERE name = 'risk_threshold'")
        yield house


@pytest.fixture
async def threshold(house, stage):
    """Ask for the threshold in force, as the referrer sees it."""
    officer = await house.person("officer")

    async def ask():
        return (await officer.get(f"/cases/{stage.called['draft']}/assessment"))["threshold"]

    return ask


async def set_value(house, value, team=None, since=timedelta(days=-1), until=None, code="marak", name="risk_threshold"):
    """Set a number from `since` to `until`, as distances from this moment."""
    moment = datetime.now(UTC)
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, team_id, value, valid_from, valid_to) "
        "VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6)",
        code,
        name,
        team,
        value,
        moment + since,
        None if until is None else moment + until,
    )


@asynccontextmanager
async def at_work(house):
    secret = (await house.person("officer"))._headers["cookie"].split("=", 1)[1]
    async with house.runtime.unit_of_work(Presented(secret), Act.SEE_DIRECTORY) as work:
        yield work


def test_an_unknown_pathway_is_not_found():
    with pytest.raises(FileNotFoundError):
        pathway("nowhere")


def test_a_case_goes_only_where_the_pathway_says():
    marak = pathway("marak")
    stages = [stage.code for stage in marak.stages]
    ways = {(stage, to) for stage in stages for to in stages if marak.allows(stage, to)}
    assert ways == {
        ("draft", "submitted"),
        ("submitted", "draft"),
        ("submitted", "on_agenda"),
        ("on_agenda", "in_follow_up"),
        ("on_agenda", "submitted"),
        ("in_follow_up", "on_agenda"),
        *((over, "draft") for over in ("closed", "withdrawn")),  # a new round
        *((stage, "closed") for stage in ("draft", "submitted", "on_agenda", "in_follow_up")),
        *((stage, "withdrawn") for stage in ("draft", "submitted", "on_agenda", "in_follow_up")),
    }


def test_a_pathway_is_shared_by_all_and_cannot_be_changed():
    marak = pathway("marak")
    assert pathway("marak") is marak
    for thing, name in ((marak, "instruments"), (marak.stages[0], "kind")):
        with pytest.raises(ValidationError):
            setattr(thing, name, "changed")


def test_a_word_that_no_pathway_knows_is_an_error_and_not_a_silent_loss():
    declared = pathway("marak").model_dump(by_alias=True)
    stage = declared["stages"][0]
    for wrong in (declared | {"treshold": 3}, declared | {"stages": [stage | {"knd": "open"}]}):
        with pytest.raises(ValidationError):
            Pathway.model_validate(wrong)
    assert Pathway.model_validate(declared) == pathway("marak")


async def test_everybodys_number_beats_the_declared_one_which_holds_where_nobody_set_any(house, threshold):
    assert await threshold() == DECLARED
    async with at_work(house) as work:
        assert await dated(work, "marak", "risk_threshold") is None
    await set_value(house, 9)
    assert await threshold() == 9


async def test_a_teams_own_number_beats_everybodys_even_a_newer_one(house, threshold):
    await set_value(house, 5, await house.team(), since=timedelta(days=-30))
    await set_value(house, 9)
    assert await threshold() == 5


async def test_a_case_keeps_the_number_of_the_moment_in_which_it_was_opened(house, threshold, stage):
    team, case = await house.team(), stage.called["draft"]
    opened = (await house.fetch("SELECT opened_at FROM case_file WHERE reference = $1", case))[0]["opened_at"]
    await set_value(house, 5, team)
    for since, held in ((timedelta(), 5), (timedelta(microseconds=1), DECLARED)):
        await house.fetch("UPDATE dated_parameter SET valid_from = $1 WHERE team_id = $2", opened + since, team)
        assert await threshold() == held


async def test_a_number_that_ended_as_the_case_was_opened_is_not_its_own(house, threshold, stage):
    team, case = await house.team(), stage.called["draft"]
    opened = (await house.fetch("SELECT opened_at FROM case_file WHERE reference = $1", case))[0]["opened_at"]
    await set_value(house, 9)
    await set_value(house, 5, team)
    for until, held in ((timedelta(microseconds=1), 5), (timedelta(), 9)):
        await house.fetch("UPDATE dated_parameter SET valid_to = $1 WHERE team_id = $2", opened + until, team)
        assert await threshold() == held


async def test_a_new_round_takes_the_numbers_of_its_own_day(house, threshold, stage):
    case = stage.called["draft"]
    await house.fetch("UPDATE case_file SET opened_at = now() - interval '30 days' WHERE reference = $1", case)
    await set_value(house, 9)
    assert await threshold() == DECLARED
    await house.fetch("UPDATE case_file SET round_began_at = now() WHERE reference = $1", case)
    assert await threshold() == 9


async def test_of_several_numbers_in_force_the_newest_holds(house, threshold):
    for days, value in ((3, 5), (1, 6), (2, 7)):
        await set_value(house, value, since=timedelta(days=-days))
    assert await threshold() == 6


async def test_the_number_of_another_team_pathway_or_name_is_not_ours(house, threshold):
    await house.fetch(
        "INSERT INTO team (id, pathway, name, convener_id) SELECT $1, pathway, 'X', convener_id FROM team", OTHER_TEAM
    )
    await set_value(house, 5, OTHER_TEAM)
    await set_value(house, 6, code="ankkuri")
    await set_value(house, 7, name="threshold")
    assert await threshold() == DECLARED


async def test_nought_is_a_number_like_any_other(house, threshold):
    await set_value(house, 0, await house.team())
    assert await threshold() == 0


async def test_what_holds_for_everybody_is_not_taken_from_one_team(house):
    await set_value(house, 5, await house.team())
    async with at_work(house) as work:
        assert await parameter(work, "marak", "risk_threshold", None) == DECLARED
    await set_value(house, 9)
    async with at_work(house) as work:
        assert await parameter(work, "marak", "risk_threshold", None) == 9
