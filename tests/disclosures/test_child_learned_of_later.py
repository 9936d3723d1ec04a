"""A child who is recorded, or recognised as one, after the decision on child welfare: it is asked for again."""

from tests.disclosures.telling import wrong
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

from multiagency.demo import story

DECISION = {"decision": "already_notified"}
OTHER = {"role": "other", "name": "Toinen Esimerkki"}


async def decided_with_somebody(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    party = (await officer.post(f"/cases/{case}/parties", OTHER, 201))["id"]
    await officer.post(f"/cases/{case}/child-welfare", DECISION)
    return officer, case, party


async def test_who_turns_out_to_be_a_child_asks_for_the_decision_again(house):
    officer, case, party = await decided_with_somebody(house)
    await officer.put(f"/cases/{case}/parties/{party}", OTHER | {"name": "Oikea Esimerkki"})
    await officer.put(f"/cases/{case}/parties/{party}", OTHER | {"role": "child"})
    assert wrong(await officer.post(f"/cases/{case}/submission", expect=422)) == {"child_welfare"}
    await officer.post(f"/cases/{case}/child-welfare", DECISION)
    await officer.put(f"/cases/{case}/parties/{party}", OTHER | {"role": "child", "name": "Taas Esimerkki"})
    await officer.post(f"/cases/{case}/submission")


async def test_a_child_learned_of_after_the_submission_keeps_the_case_off_the_agenda_until_decided(house):
    officer, case, party = await decided_with_somebody(house)
    await officer.post(f"/cases/{case}/submission")
    pages, coordinator = await at_pages(house, "officer"), await house.person("coordinator")
    assert "Ratkaisu puuttuu" not in (await pages.get(f"/cases/{case}")).text
    await officer.put(f"/cases/{case}/parties/{party}", OTHER | {"role": "child"})
    assert "Ratkaisu puuttuu" in (await pages.get(f"/cases/{case}")).text
    assert f'href="/cases/{case}/child-welfare"' in (await pages.get(f"/cases/{case}")).text
    meeting = await house.meeting()
    problem = await coordinator.post(f"/meetings/{meeting}/agenda", {"case": case}, 422)
    assert wrong(problem) == {"child_welfare"}
    told = " ".join(error["message"] for error in problem["errors"]).lower()
    assert "lapsi" not in told.split()
    assert "child in the case" not in told
    assert OTHER["name"].lower() not in told
    table = await at_pages(house, "coordinator")
    assert "odottaa" in (await table.post(f"/meetings/{meeting}/agenda", 422, case=case)).text
    await coordinator.post(f"/cases/{case}/child-welfare", DECISION, 403)
    await officer.post(f"/cases/{case}/child-welfare", DECISION)
    assert "Ratkaisu puuttuu" not in (await pages.get(f"/cases/{case}")).text
    await coordinator.post(f"/meetings/{meeting}/agenda", {"case": case})


async def test_nobody_without_a_grant_learns_that_a_decision_is_missing(house):
    officer, case, _ = await decided_with_somebody(house)
    await officer.post(f"/cases/{case}/parties", story.CHILD, 201)
    found = (await house.fetch("SELECT id FROM case_file"))[0]["id"]
    await house.person("municipality")
    for login, answer in (("officer", True), ("municipality", False)):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert await connection.fetchval("SELECT child_welfare_undecided($1)", found) is answer
