"""The client's request for log data: whose entries come in, what waits for a decision, what goes out and what never."""

import json
import re
from datetime import timedelta

import pytest
from tests.audit.backdating import backdate
from tests.consent.minors import ChildsCase, aged
from tests.log_requests.asking import CONTACT, COUNTY, OIVA, WHY, Asked, body, wrong
from tests.pages import at_pages

from multiagency.demo import story
from multiagency.log_requests import paper_answer as answer_pdf

SAFETY = {"ground": "rights_or_safety", "reason": WHY}
P_RIGHTS = {"ground": "police_rights", "reason": WHY}


@pytest.fixture
def printed(monkeypatch):
    """The data that each document was made of; the documents are made all the same."""
    noted, make = [], answer_pdf.make_pdf

    def noting(room, template, language, title, data):
        noted.append(data | {"language": language, "title": title})
        return make(room, template, language, title, data)

    monkeypatch.setattr(answer_pdf, "make_pdf", noting)
    return noted


def in_words(data):
    return json.dumps(data, ensure_ascii=False)


async def test_a_client_learns_who_used_their_data_when_why_and_on_which_ground(house, printed):
    case = await house.submitted()
    await (await house.person("coordinator")).get(f"/cases/{case}")
    asked = await Asked.of(house)
    entries = await asked.entries()
    assert {entry["role"] for entry in entries} == {"client"}
    assert {entry["truth"] for entry in entries} == {"genuine"}
    assert not any(entry["waits"] for entry in entries)
    await asked.answer(expect=422, confirmed=False)
    await asked.answer()
    (told,) = printed
    assert len(told["rows"]) == len(entries) > 5
    when, who, what, ground = next(row for row in told["rows"] if "Elina" in row[1])
    assert who == "Elina Suopunki, rikoskonstaapeli, Tunturi-Lapin poliisilaitos"
    assert re.fullmatch(r"\d{1,2}\.\d{1,2}\.20\d\d klo \d{1,2}\.\d\d", when)
    assert "Asian valmistelu" in what
    assert "oma kirjaus" in ground or ground == ""
    assert any("Paula" in row[1] for row in told["rows"])
    assert case not in in_words(told), "no case is named"
    assert story.CLIENT["identity_code"] not in in_words(told)
    document = await asked.document()
    assert document.startswith(b"%PDF")
    assert await asked.document() == document, "what was answered is kept, not made again"
    assert b"pdfuaid" in document or b"StructTreeRoot" in document


async def test_the_answer_is_in_the_clients_language_and_says_where_to_turn(house, printed):
    await house.submitted()
    for language, ombudsman in (("sv", "dataombudsmannen"), ("en", "Ombudsman"), ("fi", "tietosuojavaltuutetulle")):
        await (await Asked.of(house, language=language)).answer()
        assert printed[-1]["language"] == language
        assert any(ombudsman in line for line in printed[-1]["turn"])
        assert printed[-1]["use"]


async def test_what_is_kept_back_is_counted_with_its_ground_and_a_silent_one_is_not(house, printed):
    await house.submitted()
    asked = await Asked.of(house, language="en")
    entries = await asked.entries()
    assert wrong(await asked.decide(entries[:1], "withhold", 422, reason=WHY)) == {"ground"}
    assert wrong(await asked.decide(entries[:1], "withhold", 422, ground="police_rights")) == {"reason"}
    assert wrong(await asked.decide(entries[:1], "withhold", 422, **SAFETY)) == {"ground"}, "the other track's ground"
    assert wrong(await asked.decide(entries[:1], "release", 422, ground="police_rights")) == {"ground"}
    assert wrong(await asked.decide([{"id": asked.made["id"]}], "release", 422)) == {"entries"}
    await asked.decide(entries[:2], "withhold", **P_RIGHTS)
    await asked.decide(entries[2:3], "withhold_silently", **P_RIGHTS)
    await asked.decide(entries[3:4], "release_without_name", **P_RIGHTS)
    await asked.decide(entries[1:2], "release")
    await asked.answer()
    (told,) = printed
    assert len(told["rows"]) == len(entries) - 2
    assert told["withheld"] == [
        "1 entries. Ground: The data would endanger the rights of another person (1054/2018, 28 §)."
    ]
    hidden = [row for row in told["rows"] if "The name is not given" in row[1]]
    assert len(hidden) == 1
    assert "Elina" not in hidden[0][1]
    assert WHY not in in_words(told), "the auditor's own words stay here"
    await asked.decide(entries[:1], "release", 409)
    await asked.answer(expect=409)


async def test_one_who_uses_violence_learns_nothing_before_somebody_has_decided(house, printed):
    """That an entry exists tells that there is a case about somebody else."""
    case = await house.submitted()
    asked = await Asked.of(house, **OIVA)
    entries = await asked.entries()
    assert entries
    assert {(entry["role"], entry["waits"]) for entry in entries} == {("person_using_violence", True)}
    await asked.answer(expect=409)
    await asked.decide(entries[1:], "withhold_silently", **P_RIGHTS)
    await asked.answer(expect=409)
    await asked.decide(entries[:1], "withhold_silently", **P_RIGHTS)
    await asked.answer()
    nobody = await Asked.of(house, name="Taavi Tuntematon", identity_code="010170-901K")
    assert await nobody.entries() == []
    await nobody.answer(nothing_confirmed=True)
    about_oiva, about_nobody = ({k: v for k, v in told.items() if k != "facts"} for told in printed)
    assert about_oiva == about_nobody, "the answer to one who is in no case is the same"
    assert case not in in_words(printed)


async def test_nothing_about_anybody_else_and_nothing_of_another_controller_comes_in(house):
    await house.submitted()
    of_client = {entry["id"] for entry in await (await Asked.of(house)).entries()}
    of_violent = {entry["id"] for entry in await (await Asked.of(house, **OIVA)).entries()}
    assert of_client and of_violent and not of_client & of_violent  # noqa: PT018
    case = await house.submitted("social-worker")
    county = await (await Asked.of(house, **COUNTY)).entries()
    police = await (await Asked.of(house)).entries()
    assert county and police  # noqa: PT018
    assert not {entry["id"] for entry in county} & {entry["id"] for entry in police}
    rows = await house.fetch("SELECT d.entry_id, c.reference FROM audit_detail d JOIN case_file c ON c.id = d.case_id")
    cases = {str(row["entry_id"]): row["reference"] for row in rows}
    assert {cases[entry["id"]] for entry in county} == {case}
    assert case not in {cases.get(entry["id"]) for entry in police}


async def test_a_changed_entry_stops_the_answer_until_it_is_acknowledged(house, printed):
    await house.submitted()
    asked = await Asked.of(house)
    first, *rest = await asked.entries()
    await house.fetch(
        "UPDATE audit_detail SET detail = set_byte(detail, 60, (get_byte(detail, 60) + 1) % 256), subject_id = NULL, "
        "controller_id = NULL WHERE entry_id = $1",
        first["id"],
    )
    found = {entry["id"]: entry for entry in await asked.entries()}
    assert (found[first["id"]]["truth"], found[first["id"]]["waits"]) == ("changed", True)
    await asked.answer(expect=409)
    assert wrong(await asked.decide([first], "release", 422)) == {"decision"}
    assert wrong(await asked.decide(rest[:1], "acknowledge", 422)) == {"decision"}
    await asked.decide([first], "acknowledge")
    await asked.answer()
    assert len(printed[0]["rows"]) == len(rest)
    assert "1 merkinnän tiedot ovat muuttuneet" in printed[0]["notes"][0]


async def test_false_columns_beside_the_sealed_detail_put_nobodys_entry_into_an_answer(house):
    await house.submitted()
    asked = await Asked.of(house)
    before = {entry["id"] for entry in await asked.entries()}
    client = (await house.fetch("SELECT id FROM client"))[0]["id"]
    await house.fetch("UPDATE audit_detail SET subject_id = $1", client)
    found = await asked.entries()
    assert {entry["id"] for entry in found} == before
    assert {entry["truth"] for entry in found} == {"genuine"}


async def test_only_the_period_comes_in_and_older_entries_for_a_special_reason(house):
    await house.submitted()
    first, *rest = await (await Asked.of(house)).entries()
    await backdate(house, timedelta(days=3 * 366), f"e.id = '{first['id']}'")
    assert first["id"] not in {entry["id"] for entry in await (await Asked.of(house)).entries()}
    older = {"period_from": "2020-01-01", "older_reason": "Oikeudenkäynti"}
    found = {entry["id"] for entry in await (await Asked.of(house, **older)).entries()}
    assert found >= {entry["id"] for entry in (first, *rest)}


async def test_an_erased_detail_is_said_to_be_erased(house, printed):
    await house.submitted()
    asked = await Asked.of(house)
    await house.fetch("DELETE FROM data_key WHERE case_id IS NULL AND retention_class LIKE 'log-2%'")
    assert {entry["truth"] for entry in await asked.entries()} == {"erased"}
    await asked.answer()
    assert "hävitetty lain mukaan" in printed[0]["notes"][0]


@pytest.fixture
async def child(house):
    child = await ChildsCase.open(house, 14)
    guardian = {"name": "Huoltaja Yksi", "identity_code": "010594Y9032"}
    child.party_id = await child.party("guardian", *guardian.values())
    child.guardian = guardian | {"subject_name": "Lapsi Esimerkki", "subject_code": aged(14), "capacity": "guardian"}
    return child


async def forbid(child, party):
    said = {"party": party, "forbidden": True, "reason": "Pelkää"}
    await child.officer.post(f"{child.path}/guardians/prohibitions", said)


async def test_a_guardian_whom_the_child_forbids_gets_an_answer_that_does_not_tell_it(house, child, printed):
    asked = await Asked.of(house, **child.guardian)
    assert all(entry["waits"] and not entry["kept"] for entry in await asked.entries())
    await forbid(child, child.party_id)
    entries = await asked.entries()
    assert entries
    assert all(entry["kept"] for entry in entries)
    assert wrong(await asked.decide(entries, "release", 422)) == {"entries"}
    await asked.answer()
    stranger = await Asked.of(house, **child.guardian | {"subject_code": aged(12, 902)})
    assert await stranger.entries() == []
    await stranger.answer(nothing_confirmed=True)
    kept, empty = ({k: v for k, v in told.items() if k != "facts"} for told in printed)
    assert kept == empty
    themselves = await Asked.of(house, capacity="minor", name="Lapsi Esimerkki", identity_code=aged(14))
    assert not any(entry["kept"] for entry in await themselves.entries()), "the child asks for themselves"


async def test_a_forbidden_guardian_whose_code_is_unknown_keeps_everybody_else_out_too(house, child):
    other = await child.party("guardian", "Huoltaja Kaksi")
    asked = await Asked.of(house, **child.guardian)
    await forbid(child, other)
    assert all(entry["kept"] for entry in await asked.entries())


async def test_a_suspected_guardian_is_kept_out(house, child):
    asked = await Asked.of(house, **child.guardian)
    rights = {"party": child.party_id, "may_decide": True, "suspected": True}
    await child.officer.post(f"{child.path}/guardians", rights)
    assert all(entry["kept"] for entry in await asked.entries())


async def test_one_who_must_never_be_told_is_not_told_of_that_case_even_about_themselves(house):
    case = await house.submitted()
    asked = await Asked.of(house, **OIVA)
    assert not any(entry["kept"] for entry in await asked.entries())
    heikki = {"post": await house.post_of("Heikki"), "reason": "must_never_be_told"}
    await (await house.person("coordinator")).post(f"/cases/{case}/bars", heikki)
    hashed = "SELECT requester_hash FROM log_request"
    await house.fetch(f"UPDATE person SET identity_hash = ({hashed}) WHERE name LIKE 'Heikki%'")
    assert all(entry["kept"] for entry in await asked.entries())


async def test_the_review_at_the_pages_is_light_reaches_every_entry_and_warns_before_it_reveals_a_case(house):
    case = await house.submitted()
    police = await house.person("officer")
    for _ in range(30):
        await police.get(f"/cases/{case}")
    asked = await Asked.of(house, **OIVA)
    entries, auditor, seen = await asked.entries(), await at_pages(house, "auditor"), set()
    for number in range(1, len(entries) // 25 + 2):
        text = (await auditor.get(f"{asked.path}/entries?page_number={number}")).text
        assert len(text.encode()) < 30_000
        assert "checked" not in text
        seen |= {entry["id"] for entry in entries if entry["id"] in text}
    assert len(seen) == len(entries) > 25
    await auditor.post(f"{asked.path}/entries", 422, decision="release")
    await auditor.post(f"{asked.path}/entries", entries=[e["id"] for e in entries[1:]], decision="release")
    await auditor.post(f"{asked.path}/entries", entries=[entries[0]["id"]], decision="withhold_silently", **P_RIGHTS)
    assert (
        f"{len(entries) - 1} annettavaa merkintää on toisen ihmisen asiasta"
        in (await auditor.get(f"{asked.path}/answer")).text
    )
    await auditor.post(f"{asked.path}/answer", 422)
    await auditor.post(f"{asked.path}/answer", confirmed="true")
    assert (await auditor.get(f"{asked.path}/answer.pdf")).content.startswith(b"%PDF")


async def test_a_refusal_is_written_with_its_ground_and_reason_and_ends_the_request(house, printed):
    asked = await Asked.of(house, **COUNTY)
    refusal = {"ground": "not_entitled", "reason": "Valtakirja puuttuu.", "confirmed": True}
    path = f"{asked.path}/refusal"
    assert wrong(await asked.auditor.post(path, refusal | {"ground": "security"}, 422)) == {"ground"}
    assert wrong(await asked.auditor.post(path, refusal | {"confirmed": False}, 422)) == {"confirmed"}
    await asked.auditor.post(path, refusal)
    assert printed[0]["refusal"][0].endswith("(703/2023, 11 §)")
    assert "Valtakirja puuttuu." in printed[0]["refusal"]
    assert any("PL 800" in line for line in printed[0]["turn"])
    await asked.auditor.post(path, refusal, 409)
    assert (await asked.auditor.get(asked.path))["outcome"] == "refused"


async def test_what_goes_out_is_logged_as_given_once_for_each_subject_and_delivered_once(house):
    await house.submitted()
    await house.submitted()
    asked = await Asked.of(house)
    delivery = {"how": "in_person", "delivered_at": "2026-01-01T10:00"}
    await asked.auditor.post(f"{asked.path}/delivery", delivery, 409)
    await asked.answer()
    given = "SELECT subject_id, controller_id FROM audit_detail WHERE act = 'handle_log_request' AND mode = 'disclose'"
    assert await house.fetch(given) == []
    await asked.document()
    rows = await house.fetch(given)
    clients = await house.fetch("SELECT id FROM client")
    assert sorted(row["subject_id"] for row in rows) == sorted(row["id"] for row in clients)
    assert {str(row["controller_id"]) for row in rows} == {await house.agency("Police")}
    assert wrong(await asked.auditor.post(f"{asked.path}/delivery", delivery, 422)) == {"delivered_at"}
    at = (await house.fetch("SELECT now() AS at"))[0]["at"].isoformat()
    await asked.auditor.post(f"{asked.path}/delivery", delivery | {"delivered_at": at})
    await asked.auditor.post(f"{asked.path}/delivery", delivery | {"delivered_at": at}, 409)
    assert (await asked.auditor.get(asked.path))["delivery"]["how"] == "in_person"


async def test_a_suspicion_of_misuse_is_open_until_it_is_explained_with_reasons(house):
    asked = await Asked.of(house)
    path = f"{asked.path}/clarifications"
    made = await asked.auditor.post(path, {"question": "Naapuri tiesi asiasta."}, 201)
    (found,) = (await asked.auditor.get(asked.path))["clarifications"]
    assert (found["state"], found["question"]) == ("open", "Naapuri tiesi asiasta.")
    explained = {"finding": "unlawful", "answer": "Katselu ei kuulunut tehtävään."}
    await asked.auditor.post(f"{path}/{made['id']}/answer", explained | {"answer": ""}, 422)
    other = await Asked.of(house)
    await asked.auditor.post(f"{other.path}/clarifications/{made['id']}/answer", explained, 404)
    await asked.auditor.post(f"{path}/{made['id']}/answer", explained)
    await asked.auditor.post(f"{path}/{made['id']}/answer", explained, 409)
    (found,) = (await asked.auditor.get(asked.path))["clarifications"]
    assert (found["state"], found["finding"]) == ("answered", "unlawful")


async def test_nothing_of_the_person_stands_readable_in_the_database_or_the_log(house):
    await Asked.of(house, **OIVA | {"older_reason": "Erityinen syy", "period_from": "2020-01-01"})
    rows = await house.fetch("SELECT row_to_json(r)::text AS row FROM log_request r")
    bodies = await house.fetch("SELECT convert_from(body, 'UTF8') AS row FROM audit_entry")
    for secret in (*OIVA.values(), CONTACT, "Erityinen syy"):
        assert not any(secret in row["row"] for row in (*rows, *bodies))
        assert not any(secret.encode().hex() in row["row"] for row in rows)
    problem = await (await house.person("auditor")).post("/log-requests", await body(house, capacity="minor"), 422)
    assert not any(str(secret) in in_words(problem) for secret in story.CLIENT.values())
