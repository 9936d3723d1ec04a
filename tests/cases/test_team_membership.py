"""Coordination follows the team: sight of its cases begins and ends with membership, case by case, and is logged."""

import asyncpg
import pytest
from tests.cases.test_bars import bar
from tests.kernel.test_grants import case_id, post
from tests.kernel.test_row_security import secret_of
from tests.leaving import joins_team, leaves_team, never_joined, post_ends
from tests.pages import at_pages
from tests.safeguards.test_reassignment import hand_over

from multiagency.demo import story

TAKEN_UP = (
    "SELECT d.case_reference, b.body ->> 'operation' FROM audit_entry e JOIN audit_detail d ON d.entry_id = e.id, "
    "LATERAL (SELECT convert_from(e.body, 'UTF8')::jsonb AS body) b WHERE b.body ->> 'result' = 'taken_up' ORDER BY 1"
)
COORDINATES = "SELECT FROM access_grant WHERE capability = 'coordinate' AND ended_at IS NULL AND post_id = $1"


async def held(house, name):
    return len(await house.fetch(COORDINATES, await post(house, name)))


async def test_sec0017_whoever_leaves_the_team_sees_none_of_its_cases_at_the_next_statement(house):
    """Finding SEC-0017: coordination was given once and for all: a coordinator who left the team went on seeing."""
    case = await house.submitted()
    other = await house.person("coordinator-2")
    await other.get(f"/cases/{case}")
    async with house.as_role("app", await secret_of(house, "coordinator-2")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM client") == 1
        await leaves_team(house, "coordinator-2")
        for table in ("case_file", "client", "party", "assessment", "consent", "data_key WHERE case_id IS NOT NULL"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
    for path in ("", "/consent", "/bars"):
        await other.get(f"/cases/{case}{path}", 404)
    assert await other.get("/cases") == []
    await (await house.person("coordinator")).get(f"/cases/{case}")


async def test_sec0017_a_new_coordinator_has_the_teams_cases_when_both_former_ones_are_gone(house):
    """Finding SEC-0017: with both coordinators' posts over, a new one of the team saw none of its cases."""
    await never_joined(house, "coordinator-2")
    first, second = await house.submitted(), await house.submitted("officer-2")
    await leaves_team(house, "coordinator")
    await post_ends(house, "coordinator")
    await joins_team(house, "coordinator-2")
    other = await house.person("coordinator-2")
    assert (await other.get(f"/cases/{first}"))["client"]["name"] == story.CLIENT["name"]
    assert {case["reference"] for case in await other.get("/cases")} == {first, second}
    assert await held(house, "Outi") == 4
    await other.get("/cases")
    await other.get(f"/cases/{second}")
    assert await held(house, "Outi") == 4
    entries = [tuple(row) for row in await house.fetch(TAKEN_UP)]
    assert entries == sorted([(first, "alteration"), (second, "alteration")])


async def test_a_meeting_shows_its_cases_to_a_coordinator_who_came_later(house):
    await never_joined(house, "coordinator-2")
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki")
    await joins_team(house, "coordinator-2")
    agenda = (await (await house.person("coordinator-2")).get(f"/meetings/{meeting}"))["agenda"]
    assert [item["case"] for item in agenda] == [case]


async def test_what_is_taken_up_is_what_was_given_at_the_submission(house):
    await never_joined(house, "coordinator-2")
    case = await house.submitted()
    await joins_team(house, "coordinator-2")
    await (await house.person("coordinator-2")).get(f"/cases/{case}")
    query = "SELECT basis_id, occasion, occasion_id, capability, kinds FROM access_grant WHERE post_id = $1 ORDER BY 1"
    given = [await house.fetch(query, await post(house, name)) for name in ("Paula", "Outi")]
    assert given[0] == given[1]
    assert len(given[0]) == 2


async def test_a_consent_that_was_recorded_while_a_coordinator_was_away_is_taken_up(house):
    """They have the shell again with their membership, and the rest when they open the case, without listing first."""
    case = await house.submitted()
    await leaves_team(house, "coordinator-2")
    await (await house.person("officer")).post(f"/cases/{case}/consent", await house.consent_body())
    await joins_team(house, "coordinator-2")
    assert (await (await house.person("coordinator-2")).get(f"/cases/{case}"))["client"] is not None


async def test_after_a_withdrawal_a_new_coordinator_takes_up_the_shell(house):
    await never_joined(house, "coordinator-2")
    case = await house.submitted()
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await joins_team(house, "coordinator-2")
    seen = await (await house.person("coordinator-2")).get(f"/cases/{case}")
    assert (seen["stage"], seen["client"], seen["parts"]) == ("withdrawn", None, [])


async def test_nobody_takes_up_what_they_are_kept_out_of_nor_a_draft_nor_another_teams(house):
    await never_joined(house, "coordinator-2")
    case, free, draft = await house.submitted(), await house.submitted(), await house.filled_draft()
    await bar(house, case, "Outi", "officer")
    await joins_team(house, "coordinator-2")
    other = await house.person("coordinator-2")
    assert [found["reference"] for found in await other.get("/cases")] == [free]
    for hidden in (case, draft):
        await other.get(f"/cases/{hidden}", 404)
    assert await held(house, "Outi") == 2  # of the free case: what is lifted one day is taken up then
    await house.fetch("UPDATE team SET convener_id = (SELECT id FROM agency WHERE name_en LIKE 'Riekko%')")
    await other.get(f"/cases/{free}", 404)
    assert await (await house.person("coordinator")).get("/cases") == []


async def test_only_a_coordinator_takes_up_anything(house):
    case = await house.submitted()
    for login in ("county", "social-worker", "auditor"):
        await joins_team(house, login)
        person = await house.person(login)
        await person.get(f"/cases/{case}", 403 if login == "auditor" else 404)
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert await connection.fetch("SELECT * FROM take_up_coordination(NULL)") == []
            assert await connection.fetchval("SELECT count(*) FROM client") == 0


async def test_what_was_handed_over_comes_back_only_when_nobody_else_coordinates_it(house):
    case = await house.submitted()
    await hand_over(house, case, "Outi", "coordination", "coordinator")
    coordinator = await house.person("coordinator")
    await coordinator.get(f"/cases/{case}", 404)
    assert await coordinator.get("/cases") == []
    await leaves_team(house, "coordinator-2")
    assert [found["reference"] for found in await coordinator.get("/cases")] == [case]
    assert (await coordinator.get(f"/cases/{case}"))["client"] is not None


async def test_nobody_is_given_coordination_who_does_not_coordinate_the_team(house):
    case = await case_id(house, await house.submitted())
    team = (await house.fetch("SELECT id FROM team"))[0]["id"]
    basis = (await house.fetch("SELECT id FROM lawful_basis WHERE reason = 'coordination'"))[0]["id"]
    await leaves_team(house, "coordinator-2")
    insert = (
        "INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, occasion_id, capability, kinds, "
        "valid_from) VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, 'coordinate', '{shell}', now())"
    )
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        for name, occasion, of in (
            ("Sanna", "coordination", team),
            ("Outi", "coordination", team),
            ("Paula", "seat", team),
            ("Paula", "coordination", None),
            ("Paula", "coordination", case),
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute(insert, case, await post(house, name), basis, occasion, of)
        await connection.execute(insert, case, await post(house, "Paula"), basis, "coordination", team)


async def test_who_has_left_the_team_no_longer_counts_as_somebody_who_steers(house):
    case = await house.submitted()
    await leaves_team(house, "coordinator-2")
    refused = await (await house.person("coordinator")).post(f"/cases/{case}/conflict", {"reason": "own_interest"}, 409)
    assert "only coordinator" in refused["title"]


GONE = {
    "left the team": lambda house, login: leaves_team(house, login),
    "the post ended": lambda house, login: post_ends(house, login),
    "of another agency": lambda house, login: house.fetch(
        "UPDATE post SET agency_id = (SELECT id FROM agency WHERE name_en LIKE 'Riekko%') "
        "WHERE id = (SELECT post_id FROM credential WHERE login = $1)",
        login,
    ),
}


@pytest.mark.parametrize("how", GONE)
async def test_sec0018_nothing_is_submitted_where_nobody_coordinates(house, how):
    """Finding SEC-0018: a case could be submitted to a team whose coordinators had all gone: to nobody."""
    case, officer = await house.filled_draft(), await house.person("officer")
    await house.fetch("UPDATE team SET contact = '040 000 0000 (kuvitteellinen)'")
    await GONE[how](house, "coordinator")
    await officer.get(f"/cases/{case}")
    await GONE[how](house, "coordinator-2")
    refused = await officer.post(f"/cases/{case}/submission", expect=422)
    assert [error["field"] for error in refused["errors"]] == ["team"]
    assert "Tunturi-Lapin hyvinvointialue, 040 000 0000" in refused["errors"][0]["message"]
    assert (await officer.get(f"/cases/{case}"))["stage"] == "draft"
    text = (await (await at_pages(house, "officer")).get(f"/cases/{case}/submit")).text
    assert "040 000 0000 (kuvitteellinen)" in text


async def test_a_case_is_submitted_to_those_who_coordinate_the_team_now(house):
    case = await house.filled_draft()
    await leaves_team(house, "coordinator")
    await (await house.person("officer")).post(f"/cases/{case}/submission")
    await (await house.person("coordinator")).get(f"/cases/{case}", 404)
    await (await house.person("coordinator-2")).get(f"/cases/{case}")
    assert await held(house, "Paula") == 0
