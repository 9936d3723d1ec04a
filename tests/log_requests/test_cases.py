"""Whose cases a request is about: without a code, by another, asked for without one; "nothing" is not said lightly."""

import asyncpg
import pytest
from tests.consent.minors import ChildsCase, aged
from tests.kernel.test_row_security import secret_of
from tests.log_requests.asking import COUNTY, Asked, body, wrong
from tests.log_requests.test_requests import SAFETY, in_words, printed
from tests.pages import at_pages, words

from multiagency.demo import story

__all__ = ["printed"]
WITHOUT_CODE = {"name": story.CLIENT["name"]}
NO_CODE = {"identity_code": "", "identification_note": "Näytti ulkomaisen passin."}
WHY = "Asiakas näytti asiaa koskevan kirjeen."


async def recorded(house, client, login="officer"):
    """A draft about this client."""
    person, case = await house.person(login), await house.draft(login)
    await person.put(f"/cases/{case}/client", client)
    return case


async def attach(asked, expect=201, **form):
    return await asked.auditor.post(f"{asked.path}/cases", {"reason": WHY} | form, expect)


async def test_sec0008_nothing_is_not_answered_before_it_is_asked_about_and_a_case_without_a_code_is_attached(
    house, printed
):
    """Finding SEC-0008: a client who is recorded without a code was answered that nobody had used their data."""
    case = await recorded(house, WITHOUT_CODE)
    asked = await Asked.of(house)
    assert await asked.entries() == []
    assert wrong(await asked.answer(422)) == {"nothing_confirmed"}
    found = await asked.auditor.get(f"{asked.path}/cases")
    assert found["searched"] == {"name": story.CLIENT["name"], "identity_code": story.CLIENT["identity_code"]}
    (one,) = found["namesakes"]
    assert (one["case"], one["role"], one["has_another_code"], one["what"]) == (case, "client", False, ["name"])
    made = await attach(asked, person=one["person"])
    entries = await asked.entries()
    assert entries
    assert {(entry["how"], entry["waits"]) for entry in entries} == {("attached", True)}
    await asked.answer(409)
    await asked.decide(entries, "release")
    await asked.answer()
    assert len(printed[0]["rows"]) == len(entries)
    assert case not in in_words(printed[0])
    assert WHY not in in_words(printed[0])
    await asked.auditor.post(f"{asked.path}/cases/{made['id']}/removal", {"reason": "Myöhässä"}, 409)


async def test_a_code_that_is_corrected_after_the_request_is_still_found_and_goes_out_by_a_decision_only(house):
    case = await recorded(house, story.CLIENT)
    asked = await Asked.of(house)
    before = {entry["id"] for entry in await asked.entries()}
    assert before
    officer = await house.person("officer")
    await officer.put(f"/cases/{case}/client", {"name": "Toinen Nimi", "identity_code": "050594U903M"})
    after = await asked.entries()
    assert {entry["id"] for entry in after} == before
    assert {(entry["how"], entry["waits"]) for entry in after} == {("former_code", True)}
    await asked.answer(409)
    await officer.put(f"/cases/{case}/client", story.CLIENT)
    assert {entry["how"] for entry in await asked.entries()} == {"code"}


async def test_whoever_has_no_code_asks_and_is_answered(house, printed):
    case = await recorded(house, WITHOUT_CODE)
    asked = await Asked.of(house, **NO_CODE)
    (one,) = (await asked.auditor.get(f"{asked.path}/cases"))["namesakes"]
    await attach(asked, person=one["person"])
    await asked.decide(await asked.entries(), "release")
    await asked.answer()
    assert printed[0]["rows"]
    assert (await asked.auditor.get(asked.path))["identity_code"] == ""
    assert not (await Asked.of(house, **NO_CODE)).made["fee_possible"], "nobody is known to be the same"
    page = await (await at_pages(house, "auditor")).get(asked.path)
    assert "Ei henkilötunnusta" in page.text
    assert case


async def test_a_case_is_attached_by_its_reference_and_role_and_taken_off_again(house):
    case = await house.submitted()
    asked = await Asked.of(house, name="Uusi Nimi", identity_code="050594U903M")
    assert (await asked.auditor.get(f"{asked.path}/cases"))["namesakes"] == []
    assert wrong(await attach(asked, 422)) == {"person"}
    assert wrong(await attach(asked, 422, case=case)) == {"role"}
    assert wrong(await attach(asked, 422, case="AAAA-AAAA", role="client")) == {"case"}
    assert wrong(await attach(asked, 422, case=case, role="guardian")) == {"role"}
    assert wrong(await attach(asked, 422, case=case, role="client", reason="")) == {"reason"}
    made = await attach(asked, case=case, role="client")
    await attach(asked, 409, case=case, role="client")
    entries = await asked.entries()
    assert {entry["role"] for entry in entries} == {"client"}
    (one,) = (await asked.auditor.get(f"{asked.path}/cases"))["attached"]
    assert (one["case"], one["reason"], one["id"]) == (case, WHY, made["id"])
    removal = f"{asked.path}/cases/{made['id']}/removal"
    assert wrong(await asked.auditor.post(removal, {"reason": ""}, 422)) == {"reason"}
    await asked.auditor.post(removal, {"reason": "Ei olekaan sama."})
    await asked.auditor.post(removal, {"reason": "Ei olekaan sama."}, 404)
    assert await asked.entries() == []
    assert (await asked.auditor.get(f"{asked.path}/cases"))["attached"] == []
    sealed = await house.fetch("SELECT reason, detached_reason FROM log_request_attachment")
    assert all(WHY.encode() not in row["reason"] and row["detached_reason"] for row in sealed)


async def test_attaching_is_logged_for_the_request_and_the_person(house):
    case = await recorded(house, WITHOUT_CODE)
    client = (await house.fetch("SELECT id FROM client"))[0]["id"]
    asked = await Asked.of(house)
    await attach(asked, case=case, role="client")
    rows = await house.fetch(
        "SELECT subject_id, case_id::text FROM audit_detail WHERE act = 'handle_log_request' AND mode = 'write'"
    )
    assert {str(row["subject_id"]) for row in rows} >= {str(client), asked.made["id"]}
    assert {row["case_id"] for row in rows} == {asked.made["id"]}


async def test_one_of_several_in_the_same_role_is_chosen_at_the_page(house):
    officer, case = await house.person("officer"), await recorded(house, WITHOUT_CODE)
    children = [{"role": "child", "name": f"Lapsi {n}"} for n in ("Yksi", "Kaksi")]
    first, second = [(await officer.post(f"/cases/{case}/parties", child, 201))["id"] for child in children]
    asked, auditor = await Asked.of(house, name="Lapsi Toinen", **NO_CODE), await at_pages(house, "auditor")
    typed = {"case": case, "role": "child", "reason": WHY}
    page = await auditor.post(f"{asked.path}/cases", 422, **typed)
    assert first in page.text
    assert second in page.text
    assert "henkilö on siinä lapsi 2" in words(page.text)
    for name in ("Yksi", "Kaksi", story.CLIENT["name"]):
        assert name not in page.text, "nothing of what the case holds"
    await auditor.post(f"{asked.path}/cases", **typed, person=second)
    rows = await house.fetch("SELECT subject_id FROM log_request_attachment")
    assert [str(row["subject_id"]) for row in rows] == [second]


async def test_the_page_of_an_empty_answer_shows_what_was_searched_and_who_it_could_be(house):
    case = await recorded(house, WITHOUT_CODE)
    asked, auditor = await Asked.of(house), await at_pages(house, "auditor")
    page = await auditor.get(f"{asked.path}/answer")
    assert "Mahdollisia samoja henkilöitä: 1." in words(page.text)
    assert story.CLIENT["identity_code"] in page.text
    page = await auditor.post(f"{asked.path}/answer", 422, confirmed="true")
    assert 'href="#nothing_confirmed"' in page.text
    assert case in (await auditor.get(f"{asked.path}/cases")).text
    await auditor.post(f"{asked.path}/answer", confirmed="true", nothing_confirmed="true")


async def test_a_namesake_with_another_code_stands_last_and_says_so(house):
    await recorded(house, WITHOUT_CODE | {"identity_code": "050594U903M"})
    bare = await recorded(house, WITHOUT_CODE)
    asked = await Asked.of(house, identity_code="010170-901K")
    first, last = (await asked.auditor.get(f"{asked.path}/cases"))["namesakes"]
    assert (first["case"], first["has_another_code"], last["has_another_code"]) == (bare, False, True)
    other = await Asked.of(house, **COUNTY, identity_code="010170-901K")
    assert (await other.auditor.get(f"{other.path}/cases"))["namesakes"] == [], "another agency has no entry of them"


@pytest.mark.parametrize("language", ["se", "smn", "sms", "other"])
async def test_an_answer_in_a_language_that_the_service_lacks_is_in_finnish(house, printed, language):
    await recorded(house, story.CLIENT)
    asked = await Asked.of(house, language=language)
    await asked.answer()
    assert "tietosuojavaltuutetulle" in in_words(printed[0])
    assert (await asked.document()).startswith(b"%PDF")
    refused = await Asked.of(house, language=language)
    refusal = {"ground": "not_entitled", "reason": "Valtakirja puuttuu.", "confirmed": True}
    await refused.auditor.post(f"{refused.path}/refusal", refusal)
    assert (await (await at_pages(house, "auditor")).get(asked.path)).status_code == 200


async def test_who_asks_for_a_child_without_a_code_could_be_the_guardian_whom_the_child_forbids(house):
    child = await ChildsCase.open(house, 14)
    party = await child.party("guardian", "Huoltaja Yksi", "010594Y9032")
    asks = {"capacity": "guardian", "subject_name": "Lapsi Esimerkki", "subject_code": aged(14)} | NO_CODE
    asked = await Asked.of(house, name="Huoltaja Toinen", **asks)
    assert all(entry["waits"] and not entry["kept"] for entry in await asked.entries())
    said = {"party": party, "forbidden": True, "reason": "Pelkää"}
    await child.officer.post(f"{child.path}/guardians/prohibitions", said)
    entries = await asked.entries()
    assert entries
    assert all(entry["kept"] for entry in entries)


async def test_a_forbidden_guardian_whose_code_was_a_mistake_could_be_anybody(house):
    child = await ChildsCase.open(house, 14)
    party = await child.party("guardian", "Huoltaja Yksi", "010594Y9032")
    said = {"party": party, "forbidden": True, "reason": "Pelkää"}
    await child.officer.post(f"{child.path}/guardians/prohibitions", said)
    asks = {"capacity": "guardian", "subject_name": "Lapsi Esimerkki", "subject_code": aged(14)}
    asked = await Asked.of(house, name="Huoltaja Kaksi", identity_code="010170-901K", **asks)
    assert not any(entry["kept"] for entry in await asked.entries())
    corrected = {"role": "guardian", "name": "Huoltaja Yksi", "identity_code": ""}
    await child.officer.put(f"{child.path}/parties/{party}", corrected)
    assert all(entry["kept"] for entry in await asked.entries())


async def test_a_minor_and_a_child_without_a_code_are_asked_for(house):
    await Asked.of(house, capacity="minor", name="Lapsi Esimerkki", **NO_CODE)
    asked = await Asked.of(house, capacity="guardian", subject_name="Lapsi Esimerkki")
    assert (await asked.auditor.get(f"{asked.path}/cases"))["searched"]["identity_code"] == "", "never the guardian's"
    auditor = await house.person("auditor")
    assert wrong(await auditor.post("/log-requests", await body(house, identity_code=""), 422)) == {
        "identification_note"
    }


async def test_no_one_attaches_by_sql_what_is_not_in_the_case_or_to_a_closed_request(house):
    case = await recorded(house, WITHOUT_CODE)
    asked = await Asked.of(house)
    matter = (await house.fetch("SELECT id FROM case_file WHERE reference = $1", case))[0]["id"]
    put = (
        "INSERT INTO log_request_attachment "
        "(id, request_id, matter_id, subject_id, reason, attached_by_id, attached_at) "
        "SELECT gen_random_uuid(), $1, $2, $3, 'x', id, now() FROM current_post() id"
    )
    for login, person in (("auditor", asked.made["id"]), ("officer", matter), ("child-welfare", matter)):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(put, asked.made["id"], matter, person)
    await asked.decide([], "release", 422)
    assert SAFETY
    await asked.answer(nothing_confirmed=True)
    async with house.as_role("app", await secret_of(house, "auditor")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(put, asked.made["id"], matter, matter)


async def test_nobody_but_an_auditor_is_told_who_is_in_a_case(house):
    case = await recorded(house, WITHOUT_CODE)
    asked = await Asked.of(house)
    matter = (await house.fetch("SELECT id FROM case_file WHERE reference = $1", case))[0]["id"]
    hashes = [row["hash"] for row in await house.fetch("SELECT hash FROM lookup_hash")]
    for login, some in (("officer", False), ("child-welfare", False), ("auditor", True)):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            people = await connection.fetchval("SELECT count(*) FROM people_in_case($1)", matter)
            sakes = "SELECT count(*) FROM log_request_namesakes($1, $2)"
            found = await connection.fetchval(sakes, asked.made["id"], hashes)
            assert (people > 0, found > 0) == (some, some), login


async def test_an_auditor_who_is_a_party_handles_no_request_that_their_case_was_attached_to(house):
    case = await recorded(house, WITHOUT_CODE)
    asked = await Asked.of(house)
    await attach(asked, case=case, role="client")
    auditor = "(SELECT person_id FROM post WHERE role = 'auditor' LIMIT 1)"
    await house.fetch(
        "INSERT INTO access_bar (id, case_id, person_id, reason, found, valid_from) "
        f"SELECT gen_random_uuid(), id, {auditor}, 'conflict_of_interest', false, now() FROM case_file"
    )
    await asked.auditor.get(asked.path, 404)
    other = await Asked.of(house)
    await attach(other, 422, case=case, role="client")
