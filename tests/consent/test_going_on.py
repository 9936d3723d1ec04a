"""Going on in another model: what consent allows goes along, nothing is typed twice, and nothing tells of the other."""

from tests.kernel.test_row_security import secret_of
from tests.models import add_team
from tests.pages import at_pages, words

from multiagency.demo import story
from multiagency.kernel.clock import today

NO = {"answer": "no", "reasons": ["loneliness"]}
YES = {"reasons": ["loneliness"], "answer": "yes", "answered_on": str(today()), "how": "spoken"}


async def went_on(house, case, login="social-worker", **more):
    body = {"team": await add_team(house, "wellbeing")} | NO | more
    return (await (await house.person(login)).post(f"/cases/{case}/going-on", body, 201))["reference"]


async def test_what_ones_own_agency_recorded_goes_along_and_is_its_own_record_under_keys_of_the_new_case(house):
    first = await house.filled_draft("social-worker")
    worker = await house.person("social-worker")
    await worker.post(f"/cases/{first}/parties", {"role": "other", "name": "Sirkka Sisar", "relation": "sisar"}, 201)
    second = await went_on(house, first)
    old, new = [await worker.get(f"/cases/{case}") for case in (first, second)]
    assert new["pathway"] == "wellbeing"
    assert new["stage"] == "draft"
    assert new["client"] == old["client"]
    assert new["safe_contact"] == old["safe_contact"]
    assert [(party["role"], party["name"]) for party in new["parties"]] == [("other", "Sirkka Sisar")], (
        "whom the model does not know stays behind"
    )
    assert new["parts"] == []
    rows = await house.fetch(
        "SELECT c.reference, a.name_en, k.id, substring(p.name, 1, 40) AS sealed FROM client p "
        "JOIN case_file c ON c.id = p.case_id JOIN agency a ON a.id = p.controller_id "
        "JOIN data_key k ON k.case_id = c.id"
    )
    assert {row["name_en"] for row in rows} == {"Wellbeing Services County of Fell Lapland"}
    keys = {case: {row["id"] for row in rows if row["reference"] == case} for case in (first, second)}
    assert keys[first]
    assert keys[second]
    assert not keys[first] & keys[second]


async def coordinated(house, kinds):
    """A case that the police opened, of which the consent gives the county these kinds; its coordinator has it."""
    case = await house.filled_draft()
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/parties", {"role": "other", "name": "Sirkka Sisar", "relation": "sisar"}, 201)
    await officer.post(f"/cases/{case}/consent", await house.narrow_consent(kinds))
    await officer.post(f"/cases/{case}/submission")
    return case


async def test_of_what_others_recorded_no_kind_goes_along_that_the_consent_does_not_give(house):
    for kinds, contact, people in ((["identity"], False, False), (["identity", "contact"], True, False)):
        case = await coordinated(house, kinds)
        second = await went_on(house, case, "coordinator", colleague=await house.post_of("Marja"))
        new = await (await house.person("social-worker")).get(f"/cases/{second}")
        assert new["client"]["name"] == story.CLIENT["name"]
        assert bool(new["safe_contact"]) is contact, kinds
        assert bool(new["parties"]) is people, kinds
        await house.fetch("DELETE FROM team_member WHERE team_id IN (SELECT id FROM team WHERE pathway = 'wellbeing')")


async def test_what_is_in_sight_for_an_emergency_does_not_go_along(house):
    case = await house.submitted(consent=("Police", "Wellbeing"))
    await house.fetch("UPDATE lawful_basis SET kinds = '{shell,consent,meeting}' WHERE reason = 'consent'")
    await house.fetch(
        "INSERT INTO lawful_basis (id, case_id, agency_id, reason, kinds, valid_from) "
        "SELECT gen_random_uuid(), c.id, a.id, 'break_glass', '{identity,contact,party}', now() "
        "FROM case_file c, agency a WHERE a.kind = 'county'"
    )
    await house.fetch(
        "INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, capability, kinds, valid_from) "
        "SELECT gen_random_uuid(), b.case_id, p.id, b.id, 'break_glass', 'read', b.kinds, now() FROM lawful_basis b, "
        "post p JOIN person n ON n.id = p.person_id WHERE b.reason = 'break_glass' AND n.name LIKE 'Paula%'"
    )
    coordinator = await house.person("coordinator")
    assert (await coordinator.get(f"/cases/{case}"))["client"], "in sight"
    second = await went_on(house, case, "coordinator", colleague=await house.post_of("Marja"))
    new = await (await house.person("social-worker")).get(f"/cases/{second}")
    assert (new["client"], new["safe_contact"], new["parties"]) == (None, None, [])


async def test_a_coordinator_leaves_the_new_case_to_a_colleague_who_opens_cases(house):
    case = await coordinated(house, ["identity", "contact"])
    team, coordinator = await add_team(house, "wellbeing"), await house.person("coordinator")
    body = {"team": team} | NO
    await coordinator.post(f"/cases/{case}/going-on", body, 422)
    await coordinator.post(f"/cases/{case}/going-on", body | {"colleague": await house.post_of("Elina")}, 422)
    assert len(await house.fetch("SELECT FROM case_file")) == 1
    body |= {"colleague": await house.post_of("Marja")}
    second = (await coordinator.post(f"/cases/{case}/going-on", body, 201))["reference"]
    await coordinator.get(f"/cases/{second}", 404)
    worker = await house.person("social-worker")
    assert (await worker.get(f"/cases/{second}"))["stage"] == "draft"
    assert any(f"/cases/{second}" == one["place"] for one in await worker.get("/notices")), "they are told"


async def test_linked_only_where_the_client_says_so_and_there_is_no_default(house):
    first = await house.filled_draft("social-worker")
    worker, team = await house.person("social-worker"), await add_team(house, "wellbeing")
    body = {"team": team}
    await worker.post(f"/cases/{first}/going-on", body, 422)
    await worker.post(f"/cases/{first}/going-on", body | {"answer": "yes"}, 422)
    assert len(await house.fetch("SELECT FROM case_file")) == 1, "nothing is half done"
    apart = (await worker.post(f"/cases/{first}/going-on", body | NO, 201))["reference"]
    assert await worker.get(f"/cases/{first}/links") == await worker.get(f"/cases/{apart}/links") == []
    linked = (await worker.post(f"/cases/{first}/going-on", body | YES, 201))["reference"]
    assert [one["reference"] for one in await worker.get(f"/cases/{first}/links")] == [linked]
    assert [one["reference"] for one in await worker.get(f"/cases/{linked}/links")] == [first]


async def test_who_neither_refers_nor_coordinates_does_not_go_on_and_no_team_of_the_same_model_is_taken(house):
    case = await house.submitted("social-worker")
    body = {"team": await house.team()} | NO
    await (await house.person("social-worker")).post(f"/cases/{case}/going-on", body, 422)
    await (await house.person("officer")).post(f"/cases/{case}/going-on", body, 404)
    await house.opened(case, "Heikki")
    await (await house.person("municipality")).post(f"/cases/{case}/going-on", body, 403)


async def test_whom_the_other_model_is_not_for_does_not_go_on_there_and_nothing_is_half_done(house):
    worker, case = await house.person("social-worker"), await house.draft("social-worker")
    await worker.put(f"/cases/{case}/client", {name: story.CHILD[name] for name in ("name", "identity_code")})
    body = {"team": await add_team(house, "wellbeing")} | NO
    await worker.post(f"/cases/{case}/going-on", body, 422)
    await worker.post(f"/cases/{case}/going-on", body | {"reasons": []}, 422)
    assert len(await house.fetch("SELECT FROM case_file")) == 1
    officer, other = await house.person("officer"), await house.draft("officer")
    await officer.post(f"/cases/{other}/going-on", body, 422)
    page = (await (await at_pages(house, "officer")).get(f"/cases/{other}/going-on")).text
    assert "Hyvinvointilähete" not in page, "an agency is offered no model in which it opens nothing"


async def test_a_protected_address_is_protected_in_the_new_case_and_who_is_kept_out_is_kept_out_there(house):
    first = await house.filled_draft("social-worker")
    worker = await house.person("social-worker")
    order = {"granted_on": "2025-01-01", "valid_until": "2028-01-01", "covers_household": True}
    await worker.post(f"/cases/{first}/protection", order)
    bar = {"post": await house.post_of("Heikki"), "reason": "must_never_be_told"}
    await worker.post(f"/cases/{first}/bars", bar)
    second = await went_on(house, first)
    new = await worker.get(f"/cases/{second}")
    assert new["address_protected"]
    assert new["safe_contact"]["address"] == story.SAFE_CONTACT["address"], "whoever records an order is cleared"
    [kept] = await worker.get(f"/cases/{second}/bars")
    assert (kept["name"], kept["reason"]) == ("Heikki Palojärvi", "must_never_be_told")


async def test_both_cases_have_it_in_their_log(house):
    first = await house.filled_draft("social-worker")
    second = await went_on(house, first)
    auditor = await house.person("auditor")
    for case, mode in ((first, "read"), (first, "write"), (second, "write")):
        entries = await auditor.get(f"/audit/entries?case={case}")
        assert mode in {entry["body"]["mode"] for entry in entries if entry["body"]["act"] == "go_on"}, (case, mode)


async def test_the_database_lets_nobody_carry_anything_into_another_agencys_record(house):
    first = await house.filled_draft("social-worker")
    await went_on(house, first)
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM client") == 0


async def test_the_page_says_what_goes_along_asks_the_rest_and_opens_the_case(house):
    first = await house.filled_draft("social-worker")
    team, visitor = await add_team(house, "wellbeing"), await at_pages(house, "social-worker")
    assert f"/cases/{first}/going-on" in (await visitor.get(f"/cases/{first}")).text
    page = words((await visitor.get(f"/cases/{first}/going-on")).text)
    assert "Hyvinvointilähete" in page
    assert "MARAK" not in page.partition("Missä mallissa")[2]
    page = (await visitor.get(f"/cases/{first}/going-on?team={team}")).text
    assert story.CLIENT["name"] in page
    assert "checked" not in page.partition("<main")[2], "nothing is ticked"
    page = (await visitor.post(f"/cases/{first}/going-on", 422, team=team, reasons="loneliness")).text
    assert 'href="#answer"' in page
    assert 'value="loneliness" checked' in page
    answer = await visitor.post(f"/cases/{first}/going-on", team=team, reasons="loneliness", answer="no")
    opened = answer.headers["location"]
    assert (await (await house.person("social-worker")).get(opened))["client"]["name"] == story.CLIENT["name"]
