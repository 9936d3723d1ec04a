"""The log's filter: each part narrows it, a name never stands in an address, and a false column shows."""

import re
from datetime import datetime

import pytest
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

from multiagency.demo import story
from multiagency.kernel.clock import HELSINKI
from multiagency.kernel.lookup import Looked, Lookup


async def entries(house, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return await (await house.person("auditor")).get(f"/audit/entries?{query}")


def who(entry):
    return (entry["detail"]["actor"] or {}).get("name")


async def id_of(house, table, condition):
    return (await house.fetch(f"SELECT id FROM {table} WHERE {condition}"))[0]["id"]


async def test_each_part_narrows_and_paging_keeps_them_all(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    await (await house.person("municipality")).get(f"/cases/{case}")
    elina = await id_of(house, "person", "name LIKE 'Elina%'")
    police = await id_of(house, "agency", "name_en LIKE '%Police%'")
    subject = await id_of(house, "case_file", f"reference = '{case}'")
    for asked, fits in (
        ({"person": elina}, lambda entry: who(entry) == "Elina Suopunki"),
        ({"agency": police}, lambda entry: entry["detail"]["actor"]["agency"] == str(police)),
        ({"subject": subject}, lambda entry: entry["detail"]["subject"] == str(subject)),
        ({"case": case}, lambda entry: entry["detail"]["case_reference"] == case),
        ({"act": "read_case"}, lambda entry: entry["body"]["act"] == "read_case"),
        ({"mode": "write"}, lambda entry: entry["body"]["mode"] == "write"),
        ({"basis": "own_record"}, lambda entry: "own_record" in (entry["detail"]["basis"] or "").split(",")),
        ({"staff": "true"}, lambda entry: entry["detail"]["actor"]["role"] not in {"worker", "keeper"}),
    ):
        everything, found = await entries(house), await entries(house, **asked)
        wanted = [entry["id"] for entry in everything if entry["detail"]["actor"] and fits(entry)]
        assert set(wanted) <= {entry["id"] for entry in found}, asked
        assert all(fits(entry) for entry in found), asked
        assert found, asked
        assert len(found) < len(everything) or "staff" in asked, asked
    assert all(entry["genuine"] for entry in await entries(house))

    officer = await house.person("officer")
    for _ in range(40):
        await officer.get("/cases")
    auditor = await at_pages(house, "auditor")
    first = (await auditor.get(f"/audit?person={elina}&act=list_cases&staff=true&since=2026-01-01")).text
    older = re.search(r'href="(/audit\?[^"]*before=[^"]+)"', first)[1].replace("&amp;", "&")
    assert all(part in older for part in (f"person={elina}", "act=list_cases", "staff=true", "since=2026-01-01"))
    rest = (await auditor.get(older)).text
    link = 'href="/audit/entries/'
    assert rest.count(link) + first.count(link) == len(await entries(house, person=elina, act="list_cases"))


async def test_days_and_hours_are_finlands(house):
    await house.draft()
    entry = (await entries(house))[-1]["id"]
    spring = datetime(2026, 3, 29, 4, 30, tzinfo=HELSINKI)  # the night has no hour from 3 to 4
    await house.fetch("UPDATE audit_detail SET at = $1 WHERE entry_id = $2", spring, entry)
    for asked, found in (
        ({"since": "2026-03-29", "until": "2026-03-29"}, True),
        ({"since": "2026-03-29", "since_hour": 4, "until": "2026-03-29", "until_hour": 5}, True),
        ({"hour": "26032904"}, True),
        ({"hour": "26032905"}, False),
        ({"until": "2026-03-29", "until_hour": 4}, False),
        ({"until": "2026-03-28"}, False),
    ):
        assert (entry in [row["id"] for row in await entries(house, **asked)]) == found, asked


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("case=Aili%20Esimerkki", "case"),
        ("person=Elina", "person"),
        ("act=steal", "act"),
        ("basis=Aili%20Esimerkki", "basis"),
        ("since=huomenna", "since"),
        ("since=2026-02-01&until=2026-01-01", "until"),
        ("since_hour=9", "since"),
        ("since=2026-02-01&since_hour=25", "since_hour"),
        ("hour=9", "since"),
    ],
)
async def test_what_is_no_filter_names_its_field_and_is_not_logged(house, query, field):
    auditor = await at_pages(house, "auditor")
    for path in ("/audit", "/audit/export"):
        shown = (await auditor.get(f"{path}?{query}", 422)).text
        assert f'href="#{field}"' in shown
    problem = await (await house.person("auditor")).get(f"/audit/entries?{query}", 422)
    assert [error["field"] for error in problem["errors"]] == [field]
    told = await house.fetch("SELECT convert_from(body, 'UTF8') AS body FROM audit_entry")
    assert not any("Aili" in row["body"] for row in told)


async def test_a_name_is_sent_and_ids_come_back(house, caplog):
    case = await house.submitted()
    auditor, api = await at_pages(house, "auditor"), await house.person("auditor")
    for typed in ({"name": "esimerkki, AILI"}, {"identity_code": story.CLIENT["identity_code"], "name": "joku muu"}):
        place = (await auditor.post("/audit/subjects", **typed)).headers["location"]
        assert re.fullmatch(r"/audit\?subject=[0-9a-f-]{36}(&subject=[0-9a-f-]{36})*", place)
        shown = (await auditor.get(place)).text
        assert case in shown
        assert not any(str(secret) in shown for secret in story.SECRETS if " " in str(secret))
    nobody = await auditor.post("/audit/subjects", 200, name="Ei Kukaan")
    assert "Merkintöjä ei löytynyt" in nobody.text
    assert (await api.post("/audit/subjects", {"name": story.VIOLENT["name"]}, 200))["subjects"] != []
    await auditor.post("/audit/subjects", 422)
    await auditor.post("/audit/subjects", 422, identity_code="010101-0000")
    logged = [entry["body"]["result"] for entry in await entries(house, act="read_log")]
    assert {"sought:0", "sought:1"} <= set(logged)
    for row in await house.fetch("SELECT convert_from(body, 'UTF8') AS body FROM audit_entry"):
        assert not any(word in row["body"] for word in ("Aili", "Kukaan"))
    assert "Aili" not in caplog.text


async def test_nobody_learns_from_a_hash_but_an_auditor_who_is_not_kept_out(house):
    case = await house.submitted()
    key = (house.settings.keys_directory / "lookup.key").read_bytes()
    wanted = [Lookup(key).hash(Looked.NAME, story.CLIENT["name"])]
    asked = "SELECT count(*) FROM logged_subjects($1)"
    for login, number in (("officer", 0), ("coordinator", 0), ("administrator", 0), ("auditor", 1)):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert await connection.fetchval(asked, wanted) == number, login
    await house.fetch(
        "INSERT INTO access_bar (id, case_id, person_id, reason, valid_from) SELECT gen_random_uuid(), c.id, p.id, "
        "'is_a_party', now() FROM case_file c, person p WHERE c.reference = $1 AND p.name LIKE 'Risto%'",
        case,
    )
    async with house.as_role("app", await secret_of(house, "auditor")) as connection:
        assert await connection.fetchval(asked, wanted) == 0
    await (await at_pages(house, "officer")).post("/audit/subjects", 403, name=story.CLIENT["name"])


async def test_an_entry_whose_columns_lie_is_shown_as_changed_and_by_what_was_committed_to(house):
    """A column that was changed by hand finds the entry wrongly; its own truth stands in the row all the same."""
    await house.submitted()
    paula = await id_of(house, "person", "name LIKE 'Paula%'")
    for column, value in (
        ("person_id", paula),
        ("subject_id", None),
        ("act", "list_cases"),
        ("at", datetime.now(HELSINKI)),
    ):
        entry = next(e for e in await entries(house, act="edit_case", mode="write") if e["genuine"])
        await house.fetch(f"UPDATE audit_detail SET {column} = $1 WHERE entry_id = $2", value, entry["id"])
        found = next(e for e in await entries(house) if e["id"] == entry["id"])
        assert (found["genuine"], found["erased"]) == (False, False), column
        assert found["detail"] == entry["detail"]
    shown = (await (await at_pages(house, "auditor")).get(f"/audit?person={paula}&mode=write")).text
    assert "<td>Elina Suopunki" in shown
    assert "Muutettu</span>" in shown
    # Emptied is changed too: only an entry from before there were these columns has none.
    entry = next(e for e in await entries(house, act="assess_risk") if e["genuine"])
    emptied = "basis = NULL, subject_id = NULL, controller_id = NULL, recipient_id = NULL"
    await house.fetch(f"UPDATE audit_detail SET {emptied} WHERE entry_id = $1", entry["id"])
    assert not next(e for e in await entries(house) if e["id"] == entry["id"])["genuine"]
