"""An auditor who is a party to a case, or biased in it: nothing of its log, its rights and its people's requests."""

import asyncpg
import pytest
from tests.cases.test_bars import bar
from tests.kernel.test_grants import case_id
from tests.kernel.test_row_security import secret_of
from tests.log_requests.asking import COUNTY, OIVA, Asked, body, wrong
from tests.oversight.test_export import rows_in
from tests.oversight.test_notes import INSERT
from tests.pages import at_pages

from multiagency.assurance.jobs_selfcheck import check
from multiagency.demo import story
from multiagency.kernel.lookup import Looked
from multiagency.oversight import pages_export as export_routes

SAID = "joissa hän on itse osallinen tai esteellinen"
CODE = "121281-9127"
COUNTED = "SELECT count(*) FROM audit_detail"


async def another_auditor(house):
    await house.fetch("UPDATE post SET role = 'auditor' WHERE title = 'vanhempi konstaapeli'")
    house.forget("officer-2")
    return await house.person("officer-2")


async def post_of(house, role):
    return str((await house.fetch("SELECT id FROM post WHERE role = $1", role))[0]["id"])


async def known_by(house, code, name="Risto"):
    """Let the staff's register know this person's identity code, as it does when it is entered."""
    known = house.runtime.tools.lookup.hash(Looked.IDENTITY_CODE, code)
    await house.fetch("UPDATE person SET identity_hash = $1 WHERE name LIKE $2 || '%'", known, name)


async def named_in_log(house, case):
    """The entries that name the case or anybody in it, as the superuser sees them."""
    subjects = "SELECT subject_id FROM lookup_hash WHERE case_id = $1"
    query = f"SELECT entry_id FROM audit_detail WHERE case_id = $1 OR subject_id = $1 OR subject_id IN ({subjects})"
    query += " OR case_reference = $2"
    return {str(row["entry_id"]) for row in await house.fetch(query, await case_id(house, case), case)}


async def read_and_barred(house):
    """Two cases; the auditor noted something on an entry of the first, and was then barred from it."""
    case, other = await house.submitted(), await house.submitted()
    await house.opened(case, "Heikki")
    await (await house.person("shelter")).get(f"/cases/{case}", 404)  # a refusal names the reference alone
    auditor = await house.person("auditor")
    (read, *_) = await auditor.get(f"/audit/entries?case={case}&act=open_case")
    await auditor.post(f"/audit/entries/{read['id']}/notes", {"conclusion": "passed_on", "note": "Luettu."}, 201)
    assert (await auditor.get("/audit/rights"))["grants"]
    await bar(house, case, post=await post_of(house, "auditor"))
    await house.number_log()
    assert len(await named_in_log(house, case)) > 10
    return case, other, read["id"]


async def test_sec0005_an_auditor_reads_nothing_of_the_log_of_a_case_that_they_are_barred_from(house):
    """Finding SEC-0005: the log told an auditor who is a party who handles the case, when, and who was invited."""
    case, other, read = await read_and_barred(house)
    auditor, pages, place = await house.person("auditor"), await at_pages(house, "auditor"), f"/audit/entries/{read}"
    secret, its = await named_in_log(house, case), await case_id(house, case)
    shown = await auditor.get("/audit/entries")
    assert not {entry["id"] for entry in shown} & secret
    assert all(entry["genuine"] for entry in shown), "nothing looks erased or changed"
    assert case not in str(shown)
    assert other in str(shown)
    for asked in (f"case={case}", f"subject={its}"):
        assert await auditor.get(f"/audit/entries?{asked}") == []
        text = (await pages.get(f"/audit?{asked}")).text
        assert not any(entry in text for entry in secret)
        assert await auditor.get(f"/audit/entries?{asked}&before={read}") == []
    await pages.get(place, 404)
    await pages.post(place, 404, conclusion="justified", note="Kaikki hyvin.")
    await auditor.get(f"{place}/notes", 404)
    await auditor.post(f"{place}/notes", {"conclusion": "justified", "note": "Kaikki hyvin."}, 404)
    assert case not in str(await auditor.get("/audit/patterns"))
    uses = await house.fetch(
        "SELECT d.entry_id FROM audit_detail d JOIN post p ON p.id = d.post_id WHERE p.role NOT IN ('worker', 'keeper')"
    )
    secret = await named_in_log(house, case)  # with the looking for it
    visible = sum(str(row["entry_id"]) not in secret for row in uses)
    picture = await auditor.get("/audit/picture")
    assert sum(sum(day["hours"]) for day in picture["days"]) in {visible, visible + 1}, "with the looking itself"
    found = await auditor.get("/audit/rights")
    assert {row["case"] for rows in (found["grants"], found["bars"]) for row in rows} == {other}
    assert wrong(await auditor.get(f"/audit/rights?case={case}", 422)) == {"case"}
    async with house.as_role("app", await secret_of(house, "auditor")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM review_note") == 0
        assert await connection.fetchval(f"{COUNTED} WHERE case_id = $1 OR subject_id = $1", its) == 0
        for table in ("access_grant", "access_bar", "lawful_basis"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table} WHERE case_id = $1", its) == 0, table
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(INSERT, read)
    colleague = await another_auditor(house)
    assert read in {entry["id"] for entry in await colleague.get(f"/audit/entries?case={case}&act=open_case")}
    assert len(await colleague.get(f"{place}/notes")) == 1


async def test_an_entry_is_kept_that_names_the_case_in_any_one_way(house):
    """By id, by reference, or only as its subject: nearly every entry has two of them, so one could be lost unseen."""
    case, _, read = await read_and_barred(house)
    its, secret = await case_id(house, case), await secret_of(house, "auditor")

    async def seen():
        async with house.as_role("app", secret) as connection:
            return await connection.fetchval(f"{COUNTED} WHERE entry_id = $1", read)

    for column, value in (("case_id", its), ("case_reference", case), ("subject_id", its)):
        nothing = "SET case_id = NULL, case_reference = NULL, subject_id = NULL"
        await house.fetch(f"UPDATE audit_detail {nothing} WHERE entry_id = $1", read)
        assert await seen() == 1
        await house.fetch(f"UPDATE audit_detail SET {column} = $2 WHERE entry_id = $1", read, value)
        assert await seen() == 0, column


async def test_pages_and_files_of_the_log_hold_nothing_of_it_and_say_that_such_entries_are_left_out(house, monkeypatch):
    case, _, _ = await read_and_barred(house)
    pages, secret, told = await at_pages(house, "auditor"), await named_in_log(house, case), {}
    make_pdf = export_routes.make_pdf
    monkeypatch.setattr(export_routes, "make_pdf", lambda *about: told.update(about[-1]) or make_pdf(*about))
    rows = rows_in((await pages.get("/audit/export.csv")).content)
    assert not [row for row in rows if case in row]
    assert SAID in rows[-1][0]
    await pages.get("/audit/export.pdf")
    assert not [row for row in told["rows"] if case in row]
    assert SAID in told["notes"][0]
    for path in ("", "/export", "/picture", "/patterns", "/patterns/outside_hours", "/subjects", "/rights"):
        text = (await pages.get(f"/audit{path}")).text
        assert SAID in text, path
        assert not any(entry in text for entry in secret), path


async def test_verification_counts_every_entry_also_for_an_auditor_who_is_barred(house):
    case = await house.submitted()
    await bar(house, case, post=await post_of(house, "auditor"))
    await house.number_log()
    entries = (await house.fetch("SELECT count(*) AS n FROM audit_sequence"))[0]["n"]
    verdict = await (await house.person("auditor")).get("/audit/verification")
    assert (verdict["ok"], verdict["entries"]) == (True, entries)
    assert "Loki on eheä" in (await (await at_pages(house, "auditor")).get("/audit/verification")).text
    assert await check(house.runtime, await house.service()) == []


async def test_a_bar_of_the_agency_or_one_that_was_lifted_hides_nothing(house):
    case = await house.submitted()
    auditor, asked = await house.person("auditor"), f"/audit/entries?case={case}&act=open_case"
    await bar(house, case, post=await post_of(house, "auditor"))
    assert await auditor.get(asked) == []
    await house.fetch("UPDATE access_bar SET valid_to = now()")
    assert await auditor.get(asked)
    await house.fetch(
        "INSERT INTO access_bar (id, case_id, agency_id, reason, found, valid_from) "
        "SELECT gen_random_uuid(), $1, agency_id, 'employer', true, now() FROM post WHERE role = 'auditor'",
        await case_id(house, case),
    )
    assert await auditor.get(asked)


async def test_an_auditor_whom_the_case_named_before_they_were_on_the_staff_is_kept_out_all_the_same(house):
    """No event finds a conflict then: the case was recorded first. The log asks for the code itself."""
    case = await house.submitted()
    auditor = await house.person("auditor")
    assert await auditor.get(f"/audit/entries?case={case}&act=open_case")
    await known_by(house, OIVA["identity_code"])
    assert await house.fetch("SELECT FROM access_bar") == []
    assert await auditor.get(f"/audit/entries?case={case}&act=open_case") == []
    async with house.as_role("app", await secret_of(house, "auditor")) as connection:
        its = await case_id(house, case)
        assert await connection.fetchval(f"{COUNTED} WHERE case_id = $1 OR subject_id = $1", its) == 0


async def test_whoever_is_recorded_in_a_case_is_barred_also_when_they_are_an_auditor_only(house):
    await known_by(house, OIVA["identity_code"])
    case = await house.submitted()
    bars = await house.fetch("SELECT b.found, p.name FROM access_bar b JOIN person p ON p.id = b.person_id")
    assert [(row["name"], row["found"]) for row in bars] == [("Risto Vaarala", True)]
    assert await (await house.person("auditor")).get(f"/audit/entries?case={case}") == []


async def test_everybody_reads_the_same_sentence_so_that_it_tells_nobody_of_a_case(house):
    pages = await at_pages(house, "auditor")
    for path in ("/audit", "/audit/export", "/audit/rights"):
        assert SAID in (await pages.get(path)).text, "also where nothing is left out"


async def test_nobody_takes_in_a_request_of_their_own_or_about_themselves(house):
    await known_by(house, story.CLIENT["identity_code"])
    auditor = await house.person("auditor")
    assert wrong(await auditor.post("/log-requests", await body(house), 422)) == {"identity_code"}
    child = {"capacity": "representative", "subject_name": "Aili", "subject_code": story.CLIENT["identity_code"]}
    assert wrong(await auditor.post("/log-requests", await body(house, **OIVA, **child), 422)) == {"subject_code"}
    assert await house.fetch("SELECT FROM log_request") == []
    await known_by(house, CODE, "Elina")
    await auditor.post("/log-requests", await body(house, **OIVA), 201)


@pytest.mark.parametrize("why", ["barred from the case", "the one it is about"])
async def test_an_auditor_neither_sees_nor_handles_a_request_in_which_they_are_biased(house, why):
    """The answer would be short without anybody's knowing, and the request says where the client is reached."""
    case = await house.submitted()
    asked = await Asked.of(house)
    (entry, *_) = await asked.entries()
    if why == "barred from the case":
        await bar(house, case, post=await post_of(house, "auditor"))
        later = await Asked.of(house, **COUNTY)  # taken in as by anybody: a refusal would tell of the case
    else:
        await known_by(house, story.CLIENT["identity_code"])
        later = asked
    auditor, pages = asked.auditor, await at_pages(house, "auditor")
    for path in {asked.path, later.path}:
        for part in ("", "/entries", "/answer"):
            await auditor.get(f"{path}{part}", 404)
        for part in ("", "/entries", "/answer", "/refusal"):
            await pages.get(f"{path}{part}", 404)
    await asked.decide([entry], "release", 404)
    await asked.answer(404)
    await auditor.post(f"{asked.path}/refusal", {"ground": "not_entitled", "reason": "X", "confirmed": True}, 404)
    await auditor.post(f"{asked.path}/clarifications", {"question": "Miksi?"}, 404)
    assert await auditor.get("/log-requests") == []
    assert "jossa hän on osallinen tai esteellinen" in (await pages.get("/log-requests")).text
    assert asked.made["reference"] not in str(await auditor.get("/audit/entries"))
    decide = (
        "INSERT INTO log_request_decision (id, request_id, entry_id, decision, decided_by_id, decided_at) "
        "VALUES (gen_random_uuid(), $1, gen_random_uuid(), 'release', current_post(), now())"
    )
    async with house.as_role("app", await secret_of(house, "auditor")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM log_request") == 0
        assert await connection.execute("UPDATE log_request SET outcome = 'x', closed_at = now()") == "UPDATE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(decide, asked.made["id"])
    asked.auditor = await another_auditor(house)
    assert entry["id"] in {found["id"] for found in await asked.entries()}
    await asked.answer()
    async with house.as_role("app", await secret_of(house, "auditor")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM log_request_answer") == 0


async def test_a_request_about_oneself_is_kept_from_one_who_is_in_no_case(house):
    asked = await Asked.of(house, name="Taavi Tuntematon", identity_code="010170-901K")
    await asked.auditor.get(asked.path)
    await known_by(house, "010170-901K")
    await asked.auditor.get(asked.path, 404)
    assert await asked.auditor.get("/log-requests") == []
