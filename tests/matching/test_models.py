"""A match across models of work shows to a coordinator who sees both, and to nobody of one model alone."""

import pytest
from tests.kernel.test_row_security import secret_of
from tests.matching.test_matching import matches
from tests.models import add_team
from tests.pages import at_pages

from multiagency.demo import story


async def wellbeing_case(house, login, team):
    """A referral of the same person that its team has received, and its coordinators see as those of MARAK do."""
    worker = await house.person(login)
    case = (await worker.post("/cases", {"team": team, "reasons": ["loneliness"]}, 201))["reference"]
    await worker.put(f"/cases/{case}/client", story.CLIENT)
    await house.fetch(
        "UPDATE case_file SET stage = 'received', stage_kind = 'open', submitted_at = now() WHERE reference = $1", case
    )
    return case


async def shared_team(house):
    """A team of wellbeing referrals that the county convenes, and the coordinator of MARAK coordinates too."""
    team = await add_team(house, "wellbeing")
    await house.fetch("UPDATE team SET convener_id = (SELECT convener_id FROM team WHERE pathway = 'marak')")
    await house.fetch(
        "INSERT INTO team_member (team_id, post_id, valid_from) SELECT $1, p.id, now() - interval '1 day' "
        "FROM post p JOIN person n ON n.id = p.person_id WHERE n.name LIKE 'Paula%'",
        team,
    )
    return team


async def test_a_coordinator_of_one_model_never_learns_of_a_case_in_another(house):
    first = await house.submitted()
    second = await wellbeing_case(house, "social-worker", await add_team(house, "wellbeing"))
    assert await matches(house, first) == []
    visitor = await at_pages(house, "coordinator")
    for page in (f"/cases/{first}", f"/cases/{first}/matches", f"/cases/{first}/links", "/cases", "/"):
        text = (await visitor.get(page)).text
        assert second not in text, page
        assert "Hyvinvointilähete" not in text, page
    found = await (await house.person("coordinator")).post("/search", {"wanted": story.CLIENT["name"]}, 200)
    assert [case["reference"] for case in found["cases"]] == [first]
    await (await house.person("coordinator")).get(f"/cases/{second}", 404)


async def test_a_coordinator_of_both_is_shown_the_match_and_in_which_model(house):
    first = await house.submitted()
    second = await wellbeing_case(house, "social-worker", await shared_team(house))
    [match] = await matches(house, first)
    assert (match["reference"], match["pathway"], match["strong"]) == (second, "wellbeing", True)
    page = (await (await at_pages(house, "coordinator")).get(f"/cases/{first}/matches")).text
    assert "Hyvinvointilähete" in page
    assert await matches(house, first, "coordinator-2") == [], "who coordinates MARAK alone"


@pytest.mark.parametrize("over", ["the other team", "its own team"])
async def test_who_coordinates_one_of_the_two_no_longer_is_not_shown_it_any_more(house, over):
    first = await house.submitted()
    await wellbeing_case(house, "social-worker", await shared_team(house))
    assert await matches(house, first)
    pathway = "wellbeing" if over == "the other team" else "marak"
    await house.fetch(
        "UPDATE team_member SET valid_to = now() WHERE team_id IN (SELECT id FROM team WHERE pathway = $1)", pathway
    )
    [case] = await house.fetch("SELECT id FROM case_file WHERE reference = $1", first)
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM matching_cases($1)", case["id"]) == 0
