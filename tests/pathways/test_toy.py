"""The engine with a model that no code knows: who may open a case, how it goes from stage to stage, how it ends."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages
from tests.stages import told

from multiagency.cases.jobs_clocks import tell_of_clocks
from multiagency.kernel.clock import today
from multiagency.pathways import definition
from multiagency.pathways.definition import also_from
from multiagency.pathways.service import say_words

GUARDIAN = {"role": "guardian", "name": "Tuisku Keksitty"}
REASONS = {"reasons": ["itch"], "source": "cat"}


def born(years, days=0):
    """The birth date of somebody who is so old today, or was or will be so many days ago."""
    day = today() + timedelta(days=days)
    return str(day.replace(year=day.year - years))


async def begun(house):
    [row] = await house.fetch(
        "INSERT INTO team (id, pathway, name, convener_id) "
        "SELECT gen_random_uuid(), 'toy', 'Lelut', convener_id FROM team RETURNING id"
    )
    await house.fetch(
        "INSERT INTO team_member (team_id, post_id, valid_from) "
        "SELECT $1, post_id, valid_from FROM team_member WHERE team_id <> $1",
        row["id"],
    )
    return {"team": str(row["id"])}


@pytest.fixture(scope="module", autouse=True)
def toys():
    """The directory of the toy is known while these tests run."""
    also_from(Path(__file__).parent / "toys")
    say_words()
    yield
    definition.directories.pop()
    definition.directory_of.cache_clear()


@pytest.fixture(scope="module")
def stage(ground, toys):
    with told(ground, begun, "social-worker", "officer", "coordinator") as stage:
        yield stage


@pytest.fixture
async def house(stage, lodgings):
    async with stage.house() as house:
        yield house


async def opened(house, stage, **more):
    worker = await house.person("social-worker")
    body = {"team": stage.called["team"], **REASONS, **more}
    return worker, (await worker.post("/cases", body, 201))["reference"]


async def sent(house, stage):
    """A case of the toy that waits for whoever coordinates it."""
    worker, case = await opened(house, stage)
    await worker.put(f"/cases/{case}/client", {"name": "Pöllö Keksitty", "birth_date": born(15)})
    await worker.post(f"/cases/{case}/parties", GUARDIAN, 201)
    consent = await house.consent_body("Wellbeing")
    kinds = ["identity", "contact", "narrative"]
    heard = {"capable": True, "reason": "Ymmärtää.", "heard_at": consent["asked_at"], "heard": "Haluaa apua."}
    await worker.post(f"/cases/{case}/guardians/capacity", heard)
    await worker.post(f"/cases/{case}/child-welfare", {"decision": "already_notified"})
    await worker.post(f"/cases/{case}/consent", consent | {"purpose": "toy_talk", "kinds": kinds})
    await worker.post(f"/cases/{case}/submission")
    return worker, case


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reasons": []}, "reasons"),
        ({"reasons": ["sneeze"]}, "reasons"),
        ({"source": ""}, "source"),
        ({"source": "owl"}, "source"),
    ],
)
async def test_a_case_is_opened_for_reasons_and_from_a_source_of_the_model(house, stage, wrong, field):
    worker = await house.person("social-worker")
    problem = await worker.post("/cases", {"team": stage.called["team"], **REASONS, **wrong}, 422)
    assert [error["field"] for error in problem["errors"]] == [field]
    assert await worker.get("/cases") == []


async def test_only_the_agencies_of_the_model_open_it(house, stage):
    officer = await house.person("officer")
    problem = await officer.post("/cases", {"team": stage.called["team"], **REASONS}, 422)
    assert [error["field"] for error in problem["errors"]] == ["team"]


@pytest.mark.parametrize(("birth", "fits"), [((13, 1), False), ((13, 0), True), ((18, 1), True), ((18, 0), False)])
async def test_the_age_counts_on_the_opening_day(house, stage, birth, fits):
    worker, case = await opened(house, stage)
    client = {"name": "Pöllö Keksitty", "birth_date": born(*birth)}
    problem = await worker.put(f"/cases/{case}/client", client, 204 if fits else 422)
    if not fits:
        assert [error["field"] for error in problem["errors"]] == ["birth_date"]


async def test_what_is_missing_is_what_the_model_asks_for(house, stage):
    worker, case = await opened(house, stage)
    problem = await worker.post(f"/cases/{case}/submission", expect=422)
    assert {error["field"] for error in problem["errors"]} == {"client", "parties", "consent"}


async def test_it_goes_from_stage_to_stage_and_every_move_is_kept(house, stage):
    worker, case = await sent(house, stage)
    coordinator = await house.person("coordinator")
    found = await coordinator.get(f"/cases/{case}/moves")
    assert [(way["to"], way["deviates"]) for way in found["ways"]] == [("talked", False), ("walking", True)]
    for to in ("home", "sketch", "nowhere", "taken_back"):
        problem = await coordinator.post(f"/cases/{case}/moves", {"to": to}, 422)
        assert [error["field"] for error in problem["errors"]] == ["to"]
    problem = await coordinator.post(f"/cases/{case}/moves", {"to": "walking"}, 422)
    assert [error["field"] for error in problem["errors"]] == ["reason"]
    await coordinator.post(f"/cases/{case}/closing", {"outcome": "slept"}, 409)
    await coordinator.post(f"/cases/{case}/moves", {"to": "talked"})
    await coordinator.post(f"/cases/{case}/moves", {"to": "walking"})
    problem = await coordinator.post(f"/cases/{case}/closing", {"outcome": "moved_in"}, 422)
    assert [error["field"] for error in problem["errors"]] == ["target"]
    problem = await coordinator.post(f"/cases/{case}/closing", {"outcome": "guided_onward"}, 422)
    assert [error["field"] for error in problem["errors"]] == ["outcome"]
    await coordinator.post(f"/cases/{case}/closing", {"outcome": "moved_in", "target": "Pesä"})
    seen = await worker.get(f"/cases/{case}")
    assert (seen["stage"], seen["stage_kind"], seen["pathway_version"]) == ("home", "ended", "1")
    rows = await house.fetch("SELECT came_from, stage, reason FROM stage_history ORDER BY moved_at, id")
    assert [(row["came_from"], row["stage"]) for row in rows] == [
        (None, "sketch"),
        ("sketch", "looked_at"),
        ("looked_at", "talked"),
        ("talked", "walking"),
        ("walking", "home"),
    ]


async def test_a_deviation_keeps_its_reason_for_who_coordinates_the_case(house, stage):
    _, case = await sent(house, stage)
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/cases/{case}/moves", {"to": "walking", "reason": "Kissa ehti ensin."})
    moves = (await coordinator.get(f"/cases/{case}/moves"))["history"]
    assert [(move["stage"], move["reason"]) for move in moves][-1] == ("walking", "Kissa ehti ensin.")
    rows = await house.fetch("SELECT reason FROM stage_history WHERE reason IS NOT NULL")
    assert [b"Kissa" in row["reason"] for row in rows] == [False], "it is sealed"


async def test_sec0049_why_a_case_moved_is_said_once_by_who_moved_it_and_never_changed(house, stage):
    _, case = await sent(house, stage)
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/cases/{case}/moves", {"to": "walking", "reason": "Kissa ehti ensin."})
    for login, said, unsaid in (("coordinator", 0, 0), ("social-worker", 0, 2)):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            for which, changed in (("IS NOT NULL", said), ("IS NULL", unsaid)):
                done = await connection.execute(f"UPDATE stage_history SET reason = '\\x00' WHERE reason {which}")
                assert done == f"UPDATE {changed}", (login, which)


async def test_why_it_was_opened_is_told_to_who_may_know_what_it_is_about(house, stage):
    worker, case = await sent(house, stage)
    for who in (worker, await house.person("coordinator")):
        seen = await who.get(f"/cases/{case}")
        assert (seen["reasons"], seen["source"]) == (["itch"], "cat")
    page = (await (await at_pages(house, "coordinator")).get(f"/cases/{case}")).text
    assert "Kutina" in page
    assert "Kissa" in page


async def test_who_refers_a_case_does_not_move_it(house, stage):
    worker, case = await sent(house, stage)
    await worker.get(f"/cases/{case}/moves", 403)
    await worker.post(f"/cases/{case}/moves", {"to": "talked"}, 403)
    await (await house.person("officer")).post(f"/cases/{case}/moves", {"to": "talked"}, 403)


async def test_a_clock_that_runs_out_is_told_once_to_who_coordinates_and_closes_nothing(house, stage):
    _, case = await sent(house, stage)

    async def told_now():
        return await tell_of_clocks(house.runtime, await house.service())

    assert await told_now() == 0
    await house.fetch("UPDATE stage_history SET moved_at = moved_at - interval '10 days'")
    assert await told_now() == 1
    assert await told_now() == 0
    notices = await house.fetch("SELECT what FROM notice WHERE what = 'clock_ran_out'")
    assert len(notices) == 2, "both who coordinate the team"
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/cases/{case}/moves", {"to": "talked"})
    assert await told_now() == 0
