"""Somebody recorded by mistake is in the case no longer: on no page, in no answer, on no paper; only the log tells."""

import asyncio
from uuid import UUID

import asyncpg
import pytest
from tests.cases.test_corrections import violent_one
from tests.consent.minors import ChildsCase
from tests.disclosures.telling import in_words, wrong
from tests.kernel.test_row_security import secret_of
from tests.log_requests.asking import Asked
from tests.pages import at_pages
from tests.safeguards.test_conflicts import HEIKKI, bars
from tests.safeguards.test_protection import protect
from tests.storage.test_closing import closed
from tests.storage.test_expiry import back, expire

from multiagency.cases.desk import open_desk
from multiagency.cases.forms import PartyForm
from multiagency.cases.service_people import add_party
from multiagency.demo import story
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented

WHY = {"reason": "Kirjattiin väärään asiaan."}
OTHER = {"role": "other", "name": "Väärä Keksitty", "relation": "serkku"}
ALIAS = "Olli Entinen"


async def with_somebody(house, body=OTHER):
    """A submitted case with somebody in it by mistake, who goes by another name too."""
    case, officer = await house.submitted(), await house.person("officer")
    party = (await officer.post(f"/cases/{case}/parties", body, 201))["id"]
    await officer.post(f"/cases/{case}/parties/{party}/aliases", {"name": ALIAS}, 201)
    return case, officer, party


async def strike(person, case, party, expect=204):
    return await person.post(f"/cases/{case}/parties/{party}/removal", WHY, expect)


async def test_who_was_struck_stands_on_no_page_and_in_no_answer(house):
    case, officer, party = await with_somebody(house)
    pages, table = await at_pages(house, "officer"), await at_pages(house, "coordinator")
    places = ("", "/consent", "/guardians/capacity", "/disclosures", "/disclosures/new", "/child-welfare", "/bars")
    shown = (await pages.get(f"/cases/{case}")).text
    assert OTHER["name"] in shown
    link = f"/cases/{case}/people/{party}/removal"
    assert link in (await pages.get(f"/cases/{case}/people/{party}")).text
    assert OTHER["name"] in (await pages.get(link)).text
    assert "Kerro, kuka" not in shown
    await pages.post(link, 422, reason="")
    await pages.post(link, **WHY)
    for visitor, seen in ((pages, places), (table, ("", "/consent", "/matches"))):
        for place in seen:
            told = (await visitor.get(f"/cases/{case}{place}")).text
            assert OTHER["name"] not in told
            assert ALIAS not in told
        for path in ("", "/aliases", "/removal"):
            reply = await house.http.get(f"/cases/{case}/people/{party}{path}", headers=visitor._headers)
            assert reply.status_code in {403, 404}
    for login in ("officer", "coordinator"):
        person = await house.person(login)
        assert party not in {one["id"] for one in (await person.get(f"/cases/{case}"))["parties"]}
        await person.get(f"/cases/{case}/parties/{party}", 404)
    await officer.put(f"/cases/{case}/parties/{party}", OTHER, 404)
    await strike(officer, case, party, 404)


async def test_sql_of_the_application_neither_sees_nor_revives_who_was_struck(house):
    case, officer, party = await with_somebody(house)
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        for change in ("struck_at = now()", "struck_reason = 'x'"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute(f"UPDATE party SET {change} WHERE id = $1", party)
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        assert await connection.fetchval("SELECT strike_party($1, 'x'::bytea)", party) is None
    await strike(officer, case, party)
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM party WHERE id = $1", party) == 0
        assert await connection.execute("UPDATE party SET role = 'child' WHERE role = 'other'") == "UPDATE 0"
    row = (await house.fetch("SELECT * FROM party WHERE id = $1", party))[0]
    assert row["struck_by_id"] == (await house.fetch("SELECT opened_by_id FROM case_file"))[0]["opened_by_id"]
    assert WHY["reason"].encode() not in row["struck_reason"]


async def test_nothing_finds_who_was_struck_and_the_log_tells_what_was_done(house):
    case, officer, party = await with_somebody(house, OTHER | {"identity_code": HEIKKI})
    for table, column in (("lookup_hash", "subject_id"), ("party_alias", "party_id")):
        assert await house.fetch(f"SELECT FROM {table} WHERE {column} = $1", party)
    await strike(officer, case, party)
    for table, column in (("lookup_hash", "subject_id"), ("party_alias", "party_id")):
        assert not await house.fetch(f"SELECT FROM {table} WHERE {column} = $1", party)
    told = await house.fetch("SELECT act FROM audit_detail WHERE subject_id = $1 AND mode = 'write'", party)
    assert [row["act"] for row in told].count("edit_case") > 1


async def test_who_does_not_refer_the_case_strikes_nobody_and_a_closed_case_stays_as_it_was(house):
    case = await closed(house)
    officer = await house.person("officer")
    violent = await violent_one(officer, case)
    await strike(officer, case, violent, 409)
    await strike(await house.person("coordinator"), case, violent, 403)
    await strike(await house.person("police"), case, violent, 403)
    own = await house.draft()
    await strike(officer, own, violent, 404)


async def test_a_child_whose_address_is_kept_from_the_referrer_is_not_struck_by_them(house):
    case, officer, party = await with_somebody(house, story.CHILD)
    await protect(house, case, covers_household=True)
    await house.fetch("DELETE FROM address_clearance")
    await strike(officer, case, party, 409)


async def test_a_submitted_case_asks_who_uses_violence_when_the_only_one_was_struck(house):
    case = await house.submitted()
    officer, pages = await house.person("officer"), await at_pages(house, "officer")
    asked = "Kerro, kuka käyttää väkivaltaa."
    assert asked not in (await pages.get(f"/cases/{case}")).text
    await strike(officer, case, await violent_one(officer, case))
    assert asked in (await pages.get(f"/cases/{case}")).text
    draft = await house.filled_draft()
    await strike(officer, draft, await violent_one(officer, draft))
    assert wrong(await officer.post(f"/cases/{draft}/submission", expect=422)) == {"parties"}


async def test_a_child_who_was_struck_asks_for_no_decision_on_child_welfare(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    party = (await officer.post(f"/cases/{case}/parties", story.CHILD, 201))["id"]
    assert wrong(await officer.post(f"/cases/{case}/submission", expect=422)) == {"child_welfare"}
    await strike(officer, case, party)
    await officer.post(f"/cases/{case}/submission")


async def test_a_bar_that_was_found_by_them_alone_ends_with_them(house):
    case, officer, party = await with_somebody(house, OTHER | {"identity_code": HEIKKI})
    await officer.put(f"/cases/{case}/parties/{party}", OTHER | {"identity_code": ""})  # a former code counts too
    mine = {"employer": await house.agency("Riekko")}
    await officer.put(f"/cases/{case}/parties/{party}", OTHER | mine)
    assert {row["reason"] for row in await bars(house, case)} == {"is_a_party", "employer"}
    await strike(officer, case, party)
    assert await bars(house, case) == []
    lifted = await house.fetch("SELECT lifted_reason, lifted_by_id IS NOT NULL AS named FROM access_bar")
    assert [tuple(row) for row in lifted] == [("set_by_mistake", True)] * 2


async def test_a_bar_that_somebody_else_is_the_reason_of_or_that_was_set_by_hand_stays(house):
    case, officer, party = await with_somebody(house, OTHER | {"identity_code": HEIKKI})
    mine = {"employer": await house.agency("Riekko")}
    await officer.put(f"/cases/{case}/parties/{party}", OTHER | mine | {"identity_code": ""})
    await officer.post(f"/cases/{case}/parties", story.CHILD | {"role": "other", "identity_code": HEIKKI}, 201)
    await officer.post(f"/cases/{case}/parties", {"role": "guardian", "name": "Työtoveri Keksitty"} | mine, 201)
    by_hand = {"post": await house.post_of("Jouni"), "reason": "must_never_be_told"}
    await officer.post(f"/cases/{case}/bars", by_hand)
    await strike(officer, case, party)
    assert {row["reason"] for row in await bars(house, case)} == {"is_a_party", "employer", "must_never_be_told"}


async def test_a_bar_that_somebody_becomes_the_reason_of_meanwhile_stays(house):
    case, officer, party = await with_somebody(house, OTHER | {"employer": await house.agency("Riekko")})
    colleague = PartyForm(role="guardian", name="Työtoveri Keksitty", employer=UUID(await house.agency("Riekko")))
    presented = Presented(await secret_of(house, "officer"))
    async with house.runtime.unit_of_work(presented, Act.EDIT_CASE) as work:
        await add_party(await open_desk(work, case, Act.EDIT_CASE), colleague)
        task = asyncio.create_task(strike(officer, case, party))
        await asyncio.sleep(0.4)
    await task
    assert {row["reason"] for row in await bars(house, case)} == {"employer"}


async def givers_by_sql(house, case):
    """Who must say yes as the database has it, which lets nobody else's answer in."""
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        asked = "SELECT required_givers(id) AS giver FROM case_file WHERE reference = $1"
        return {str(row["giver"]) for row in await connection.fetch(asked, case)}


async def test_the_gate_is_looked_at_anew_when_a_guardian_was_struck(house):
    child = await ChildsCase.open(house)
    one, mistaken = await child.not_capable("Oikea Huoltaja", "Väärä Huoltaja")
    await child.answers(one)
    assert await child.open_to() == set()
    await strike(child.officer, child.reference, mistaken)
    assert "Fell" in await child.open_to()
    assert await givers_by_sql(house, child.reference) == {one}
    await strike(child.officer, child.reference, one)
    assert await child.open_to() == set()
    pages = await at_pages(house, "officer")
    for path in ("/consent", "/guardians"):
        assert "Huoltaja</" not in (await pages.get(f"{'/cases/' + child.reference}{path}")).text
    assert "guardians" in await child.missing()


async def test_a_representative_who_was_struck_decides_nothing(house):
    child = await ChildsCase.open(house)
    party = await child.party("other", "Väärä Edustaja")
    await child.capacity(capable=False, legal_representative=party)
    await child.answers(party, capacity="legal_representative")
    assert await child.open_to() != set()
    assert await givers_by_sql(house, child.reference) == {party}
    await strike(child.officer, child.reference, party)
    assert await child.open_to() == set()
    assert await givers_by_sql(house, child.reference) == set()
    assert "representative was removed" in (await child.missing())["guardians"]
    await child.answers(party, capacity="legal_representative", expect=422)


async def test_whom_the_child_forbids_to_tell_is_not_struck_before_that_is_settled(house):
    child = await ChildsCase.open(house)
    (party,) = await child.not_capable("Kielletty Huoltaja")
    forbidding = {"party": party, "forbidden": True, "reason": "Lapsi pelkää."}
    await child.officer.post(f"{child.path}/guardians/prohibitions", forbidding)
    refused = await strike(child.officer, child.reference, party, 409)
    assert "The child forbids" in refused["title"]
    await child.officer.post(f"{child.path}/guardians/prohibitions", forbidding | {"forbidden": False})
    await strike(child.officer, child.reference, party)


async def test_nothing_of_them_is_on_offer_for_a_disclosure_or_a_notification(house):
    case, officer, party = await with_somebody(house, story.CHILD)
    assert "child" in {datum["who"] for datum in await officer.get(f"/cases/{case}/disclosable")}
    await strike(officer, case, party)
    offered = await officer.get(f"/cases/{case}/disclosable")
    assert "child" not in {datum["who"] for datum in offered}
    assert story.CHILD["name"] not in in_words(offered)
    body = {"recipient": await house.agency("Wellbeing"), "children": [party], "reason": "Huoli.", "confirmed": True}
    assert "fields" in wrong(await officer.post(f"/cases/{case}/child-welfare/notification", body, 422))


async def test_a_request_for_log_data_finds_nobody_who_was_struck(house):
    somebody = OTHER | {"identity_code": HEIKKI}
    case, officer, party = await with_somebody(house, somebody)
    asked = await Asked.of(house, name=somebody["name"], identity_code=HEIKKI)
    assert await asked.entries()
    await strike(officer, case, party)
    assert await asked.entries() == []
    assert (await asked.auditor.get(f"{asked.path}/cases"))["namesakes"] == []
    async with house.as_role("app", await secret_of(house, "auditor")) as connection:
        matter = (await house.fetch("SELECT case_id FROM party WHERE id = $1", party))[0]["case_id"]
        people = await connection.fetch("SELECT subject_id FROM people_in_case($1)", matter)
        assert people
        assert party not in {str(row["subject_id"]) for row in people}


async def test_who_was_struck_goes_with_the_case_when_it_expires(house):
    case, officer, party = await with_somebody(house)
    await strike(officer, case, party)
    await officer.post(f"/cases/{case}/consent/withdrawal")
    await back(house, 10)
    assert (await expire(house)).cases == 1
    assert await house.fetch("SELECT FROM party") == []
