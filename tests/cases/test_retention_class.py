"""What is kept as a child's and what as an adult's: it follows whom a record is about, also when that is corrected."""

from tests.consent.minors import aged
from tests.pages import at_pages
from tests.safeguards.test_conflicts import ELINA
from tests.storage.test_expiry import back, expire

from multiagency.demo import story

ADULT, CHILD = "working_age_10y", "families_30y"


async def classes(house, table):
    return {row["retention_class"] for row in await house.fetch(f"SELECT retention_class FROM {table}")}


async def client(house, case, **about):
    await (await house.person("officer")).put(f"/cases/{case}/client", {"name": "Aili Esimerkki"} | about)


async def test_what_is_about_an_adult_is_kept_as_an_adults_and_a_child_among_others_as_a_childs(house):
    case, officer = await house.filled_draft(), await house.person("officer")
    party = (await officer.post(f"/cases/{case}/parties", story.CHILD, 201))["id"]
    await officer.post(f"/cases/{case}/parties/{party}/aliases", {"name": "Eemeli Entinen"}, 201)
    for table in ("case_file", "client", "safe_contact", "consent", "assessment"):
        assert await classes(house, table) == {ADULT}
    rows = await house.fetch("SELECT role, retention_class FROM party")
    assert {(row["role"], row["retention_class"]) for row in rows} == {
        ("person_using_violence", ADULT),
        ("child", CHILD),
    }
    assert await classes(house, "party_alias") == {CHILD}
    hashes = await house.fetch("SELECT DISTINCT role, retention_class FROM lookup_hash")
    assert {row["role"] for row in hashes if row["retention_class"] == CHILD} == {"child"}


async def test_everything_about_a_child_client_is_kept_as_a_childs(house):
    case = await house.draft()
    await client(house, case, identity_code=aged(9))
    officer = await house.person("officer")
    await officer.put(f"/cases/{case}/safe-contact", story.SAFE_CONTACT)
    await officer.post(f"/cases/{case}/parties", story.VIOLENT, 201)
    for table in ("case_file", "client", "safe_contact", "party", "lookup_hash"):
        assert await classes(house, table) == {CHILD}


async def test_a_client_without_a_birth_date_is_kept_as_they_were_judged(house):
    case, officer = await house.draft(), await house.person("officer")
    await client(house, case)
    await officer.post(f"/cases/{case}/guardians/capacity", {"minor": True, "capable": True, "reason": "Ymmärtää."})
    assert await classes(house, "case_file") == {CHILD}
    assert await classes(house, "decision_capacity") == {CHILD}
    await client(house, case, name="Aili Oikea")
    assert await classes(house, "case_file") == {CHILD}
    await client(house, case, name="Aili Oikea", identity_code=story.CLIENT["identity_code"])
    assert await classes(house, "case_file") == {ADULT}


async def test_nothing_of_who_turned_out_to_be_a_child_goes_before_a_childs_time(house):
    case, officer = await house.draft(), await house.person("officer")
    await client(house, case, identity_code=story.CLIENT["identity_code"])
    await client(house, case, identity_code=aged(9))
    await officer.put(f"/cases/{case}/safe-contact", story.SAFE_CONTACT)
    assert await classes(house, "client") == {ADULT}
    assert await classes(house, "safe_contact") == {CHILD}
    await house.put_in("closed")
    await back(house, 10)
    assert (await expire(house)).rows == 0
    assert await classes(house, "client") == {ADULT}
    await back(house, 20)
    assert (await expire(house)).cases == 1
    assert await house.fetch("SELECT FROM client") == []


async def test_a_form_that_is_refused_after_the_age_was_followed_is_shown_again_and_changes_nothing(house):
    case = await house.draft()
    await client(house, case, identity_code=aged(9))
    refused = await (await at_pages(house, "officer")).post(f"/cases/{case}/client", 422, name="X", identity_code=ELINA)
    assert case in refused.text
    assert await classes(house, "case_file") == {CHILD}
