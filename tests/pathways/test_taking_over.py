"""Once a case is taken over its opener keeps stage and dates, and what consent lets it keep: by every door."""

import asyncpg
import pytest
from fastapi.routing import iter_route_contexts
from tests import hss
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages
from tests.stages import told

from multiagency.storage.records import client_tables

SECRETS = (*hss.CLIENT.values(), hss.CLIENT["name"].split()[1], hss.CONTACT["phone"], hss.NARRATIVE, "iltaisin")
EMERGENCY = {"reason": "Onni uhkaa itseään.", "minutes": 30}


async def begun(house):
    case = await hss.taken_over(house)
    await hss.came(house, case, "attended", "missed")
    return {"case": case}


@pytest.fixture(scope="module")
def stage(ground):
    logins = ("officer", "officer-2", "police", "police-intake", "supervisor", "social-worker", "hss-coordinator")
    with told(ground, begun, *logins) as stage:
        yield stage


@pytest.fixture
async def house(stage, lodgings):
    async with stage.house() as house:
        yield house


@pytest.fixture
def case(stage):
    return stage.called["case"]


def reads(house, case):
    """Every address by which something is read, of this case where it is of a case."""
    for route in iter_route_contexts(house.app.routes):
        path = route.path.replace("{reference}", case)
        if "GET" in route.methods and "{" not in path:
            yield path


def told_in(text):
    return [secret for secret in SECRETS if secret in text]


async def test_the_service_sees_what_it_was_given_and_looks_after_it(house, case):
    worker = await house.person("social-worker")
    view = await worker.get(f"/cases/{case}")
    assert (view["stage"], view["client"]["name"]) == ("taken_over", hss.CLIENT["name"])
    assert view["safe_contact"]["phone"] == hss.CONTACT["phone"]
    await worker.put(f"/cases/{case}/client", hss.CLIENT | {"name": "Onni Oikaistu"})
    await worker.put(f"/cases/{case}/safe-contact", hss.CONTACT | {"phone": "040 555 0202"})
    await worker.post(f"/cases/{case}/parties", {"role": "other", "name": "Aila Vaaranpää", "relation": "sisko"}, 201)
    assert (await worker.get(f"/cases/{case}"))["client"]["name"] == "Onni Oikaistu"


async def test_the_opener_sees_stage_dates_and_attendance_and_nothing_else(house, case):
    officer = await house.person("officer")
    view = await officer.get(f"/cases/{case}")
    assert (view["stage"], view["client"], view["safe_contact"]) == ("taken_over", None, None)
    assert (view["parts"], view["parties"]) == ([], [])
    assert view["opened_at"]
    assert view["submitted_at"]
    period = await officer.get(f"/cases/{case}/attendance")
    assert [(visit["what"], visit["by"]) for visit in period["visits"]] == [("attended", ""), ("missed", "")]
    page = (await (await at_pages(house, "officer")).get(f"/cases/{case}/attendance")).text
    assert "Marja" not in page
    assert '<form method="post" action' not in page.partition("<main")[2]


@pytest.mark.parametrize("login", ["officer", "officer-2", "police", "police-intake", "supervisor"])
async def test_no_address_tells_anybody_of_the_openers_agency_more(house, case, login):
    headers, asked = (await house.person(login))._headers, 0
    for path in reads(house, case):
        answer = await house.http.get(path, headers=headers)
        assert answer.status_code < 500, path
        assert not told_in(answer.text), (path, told_in(answer.text))
        asked += answer.status_code == 200
    assert asked > 5


async def test_lists_and_first_page_name_nobody(house, case):
    officer = await at_pages(house, "officer")
    for path in ("/", "/cases"):
        assert not told_in((await officer.get(path)).text)
    assert case in (await officer.get("/cases")).text


@pytest.mark.parametrize("wanted", [hss.CLIENT["name"], hss.CLIENT["identity_code"]])
async def test_the_opener_finds_it_by_its_reference_only(house, case, wanted):
    officer = await house.person("officer")
    assert (await officer.post("/search", {"wanted": wanted}, 200))["cases"] == []
    found = (await officer.post("/search", {"wanted": case}, 200))["cases"]
    assert [(row["reference"], row["client"]) for row in found] == [(case, None)]
    assert (await (await house.person("social-worker")).post("/search", {"wanted": wanted}, 200))["cases"]


@pytest.mark.parametrize("login", ["officer", "officer-2", "police"])
async def test_an_emergency_opens_nothing_for_the_openers_agency(house, case, login):
    await (await house.person(login)).post("/break-glass", EMERGENCY | {"reference": case}, 404)
    assert await house.fetch("SELECT FROM lawful_basis WHERE reason = 'break_glass'") == []
    assert await house.fetch("SELECT FROM notice WHERE what = 'break_glass'") == []


async def test_an_emergency_opens_it_for_others_and_what_was_open_before_is_shut(house):
    case = await hss.offered(house)
    for login in ("officer-2", "county"):
        await (await house.person(login)).post("/break-glass", EMERGENCY | {"reference": case}, 201)
    await hss.take_over(house, case)
    await (await house.person("officer-2")).get(f"/cases/{case}", 404)
    assert (await (await house.person("county")).get(f"/cases/{case}"))["client"]


async def test_plain_sql_shows_the_opener_no_row_but_the_shell_and_attendance(house, case):
    kept = {"attendance": 2, "finding": 1, "stage_history": 2}
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM case_file") == 1
        seen = {
            table.name: await connection.fetchval(f"SELECT count(*) FROM {table.name}") for table in client_tables()
        }
    assert {name: number for name, number in seen.items() if number and name != "case_file"} == kept


async def test_what_is_left_to_the_opener_are_two_bases_for_the_post_that_referred_it(house, case):
    left = await house.fetch(
        "SELECT b.reason, b.kinds, g.capability, g.occasion, l.login FROM lawful_basis b "
        "JOIN agency a ON a.id = b.agency_id AND a.kind = 'police' JOIN access_grant g ON g.basis_id = b.id "
        "JOIN credential l ON l.post_id = g.post_id WHERE b.ended_at IS NULL AND g.ended_at IS NULL ORDER BY b.reason"
    )
    assert [tuple(row.values()) for row in left] == [
        ("consent", ["attendance"], "read", "opener", "officer"),
        ("own_record", ["shell"], "read", "opener", "officer"),
    ]
    bases = (
        "SELECT FROM lawful_basis b JOIN agency a ON a.id = b.agency_id AND a.kind = 'police' WHERE b.ended_at IS NULL"
    )
    assert len(await house.fetch(bases)) == 2


async def test_no_basis_gives_the_opener_more_than_it_keeps_even_where_the_consent_does(house):
    case = await hss.taken_over(house, police=["identity", "attendance"])
    adding = (
        "INSERT INTO lawful_basis (id, case_id, agency_id, reason, consent_id, kinds, valid_from) "
        "SELECT gen_random_uuid(), c.id, $1, 'consent', k.id, $2, now() "
        "FROM case_file c JOIN consent k ON k.case_id = c.id WHERE c.reference = $3"
    )
    police = await house.agency("Police")
    async with house.as_role("app", await secret_of(house, "social-worker")) as connection:
        assert await connection.execute(adding, police, ["attendance"], case) == "INSERT 0 1"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(adding, police, ["attendance", "identity"], case)


async def test_what_the_opener_did_it_does_no_more(house, case):
    officer = await house.person("officer")
    for path, body in (
        ("consent", await hss.consent_body(house)),
        ("consent/withdrawal", {}),
        ("submission", {}),
        ("attendance", {"what": "attended", "on_day": "2026-01-01"}),
        ("reassignment", {"what": "referral", "post": await house.post_of("Aslak")}),
        ("ending", {"why": "opened_by_mistake"}),
        ("findings/ending", {}),
    ):
        await officer.post(f"/cases/{case}/{path}", body, 403)
    await officer.put(f"/cases/{case}/client", hss.CLIENT, 403)


async def test_only_what_consent_names_is_kept(house):
    case = await hss.taken_over(house, police=[])
    await hss.came(house, case, "attended")
    officer = await house.person("officer")
    assert (await officer.get(f"/cases/{case}"))["stage"] == "taken_over"
    assert (await officer.get(f"/cases/{case}/attendance"))["visits"] == []
    await (await house.person("social-worker")).post(f"/cases/{case}/consent", await hss.consent_body(house))
    assert len((await officer.get(f"/cases/{case}/attendance"))["visits"]) == 1
    assert not told_in(str(await officer.get(f"/cases/{case}")))


async def test_a_consent_that_names_more_gives_the_opener_no_more_than_it_keeps(house, case):
    body = await hss.consent_body(house, ["identity", "contact", "narrative", "attendance"])
    await (await house.person("social-worker")).post(f"/cases/{case}/consent", body)
    view = await (await house.person("officer")).get(f"/cases/{case}")
    assert (view["client"], view["safe_contact"], view["parts"]) == (None, None, [])


async def test_the_service_takes_the_police_out_of_the_consent_or_withdraws_it(house, case):
    worker, officer = await house.person("social-worker"), await house.person("officer")
    police = await house.agency("Police")
    await worker.post(f"/cases/{case}/consent/withdrawal", {"recipient": police})
    assert (await officer.get(f"/cases/{case}/attendance"))["visits"] == []
    await worker.post(f"/cases/{case}/consent/withdrawal", {})
    assert (await officer.get(f"/cases/{case}"))["stage"] == "withdrawn"
    assert (await worker.get(f"/cases/{case}"))["client"]["name"] == hss.CLIENT["name"]


async def test_the_service_may_ask_again_when_the_consent_has_run_out(house, case):
    await house.fetch("UPDATE lawful_basis SET ended_at = now() WHERE reason = 'consent'")
    over = "SELECT id FROM lawful_basis WHERE ended_at IS NOT NULL"
    await house.fetch(f"UPDATE access_grant SET ended_at = now() WHERE basis_id IN ({over})")
    worker = await house.person("social-worker")
    await worker.post(f"/cases/{case}/consent", await hss.consent_body(house))
    assert len((await (await house.person("officer")).get(f"/cases/{case}/attendance"))["visits"]) == 2


async def test_an_officer_who_leaves_hands_on_what_is_kept(house, case):
    supervisor = await house.person("supervisor")
    [work] = [row for row in (await supervisor.get("/supervision"))["work"] if row["reference"] == case]
    body = {"what": "referral", "item": case, "holder": work["holder"], "post": await house.post_of("Aslak")}
    await supervisor.post("/supervision/handing-on", body | {"reason": "is_away"})
    await (await house.person("officer")).get(f"/cases/{case}", 404)
    heir = await house.person("officer-2")
    assert len((await heir.get(f"/cases/{case}/attendance"))["visits"]) == 2
    assert not told_in(str(await heir.get(f"/cases/{case}")))


async def test_only_a_coordinator_takes_over_and_names_a_worker_of_the_service(house):
    case = await hss.offered(house)
    worker = {"post": await house.post_of("Marja")}
    for login, status in (("officer", 403), ("social-worker", 403), ("coordinator", 404)):
        await (await house.person(login)).post(f"/cases/{case}/taking-over", worker, status)
    coordinator = await house.person("hss-coordinator")
    for name in ("Elina", "Sanna", "Petri"):
        wrong = await coordinator.post(f"/cases/{case}/taking-over", {"post": await house.post_of(name)}, 422)
        assert [error["field"] for error in wrong["errors"]] == ["post"]
    await coordinator.post(f"/cases/{case}/taking-over", worker)
    await coordinator.post(f"/cases/{case}/taking-over", worker, 409)


async def test_a_draft_is_not_taken_over(house):
    case = await hss.draft(house)
    await hss.take_over(house, case, expect=404)


async def test_whoever_looks_after_it_is_told_and_so_is_the_opener_of_each_stage(house, case):
    rows = await house.fetch("SELECT what, count(*) FROM notice WHERE case_id IS NOT NULL GROUP BY what")
    told = {row["what"] for row in rows}
    assert {"case_handed_over", "stage_moved"} <= told


async def test_the_log_says_that_the_record_went_to_the_service(house, case):
    auditor = await house.person("auditor")
    rows = [row["body"] for row in await auditor.get(f"/audit/entries?case={case}")]
    written = [row for row in rows if (row["act"], row["mode"]) == ("take_over_case", "write")]
    assert {"identity", "contact", "party", "consent"} <= {kind for row in written for kind in row["kinds"]}
    assert {row["operation"] for row in written} == {"transfer"}
