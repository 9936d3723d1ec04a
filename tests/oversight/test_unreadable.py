"""Entries that a superuser put past the constraints: every reader of the log goes on, and says which they are."""

import json
import re
from datetime import UTC, datetime

import pytest
from fastapi.routing import iter_route_contexts
from tests.audit.odd_entries import hashed, put_odd, unguarded
from tests.log_requests.asking import Asked
from tests.pages import at_pages

from multiagency.kernel.actor import Role
from multiagency.kernel.policy import RULES
from multiagency.web.entering import doors_of

TIMES = ("infinity", "-infinity", "0044-03-15 BC", "1000-01-01", "200000-01-01")
DEEP = json.loads("[" * 900 + "]" * 900)
WORDS = {
    "no time": {"at": "x"},
    "another kind of time": {"at": 7},
    "the last second of the calendar": {"at": "9999-12-31T23:59:59.000000+00:00"},
    "before the calendar": {"at": "0001-01-01T00:00:00.000000+05:00"},
    "no word": {"act": ["sign_in"]},
    "half a character": {"act": "\ud800"},
    "not a number": {"result": float("nan")},
    "a number": {"result": 7},
    "no list": {"kinds": 7},
    "no words in the list": {"kinds": [{}]},
    "nested": {"purpose": {"deep": DEEP}},
    "nested in a field of its own": {"more": DEEP},
}
BYTES = {"deep": b"[" * 50_000, "empty": b"", "no text": b"\xff\xfe\0", "no object": b"[1]"}
UPDATE = "UPDATE audit_entry SET body = $2, leaf_hash = $3 WHERE id = $1"


async def spoiled(superuser, case):
    """Spoil one entry about the client in each way; return their ids by how."""
    rows = await superuser.fetch(
        "SELECT e.id, e.body FROM audit_entry e JOIN audit_detail d ON d.entry_id = e.id JOIN case_file c "
        "ON c.id = d.subject_id JOIN agency a ON a.id = d.controller_id WHERE c.reference = $1 "
        "AND d.mode = 'read' AND a.name_fi LIKE '%poliisi%' ORDER BY e.id DESC",
        case,
    )
    left = iter(rows)
    found = {}
    for how, changes in WORDS.items():
        row = found[how] = next(left)
        text = json.dumps(json.loads(row["body"]) | changes, separators=(",", ":"))
        await superuser.execute(UPDATE, row["id"], *hashed(row["id"], None, text.encode())[2:])
    for how, body in BYTES.items():
        row = found[how] = next(left)
        await superuser.execute(UPDATE, row["id"], *hashed(row["id"], None, body)[2:])
    for table, column in (("audit_entry", "id"), ("audit_detail", "entry_id")):
        for when in TIMES:
            row = found[f"{table} {when}"] = next(left)
            await superuser.execute(f"UPDATE {table} SET at = '{when}' WHERE {column} = $1", row["id"])
    return {how: str(row["id"]) for how, row in found.items()}


@pytest.fixture
async def odd(ground):
    """A house with every oddity in its log; and the ids of the entries by what is odd."""
    async with ground.house() as house:
        case = await house.submitted()
        for _ in range(26):
            await (await house.person("officer")).get(f"/cases/{case}")
        await house.number_log()
        superuser = await unguarded(house)
        found = await spoiled(superuser, case)
        found |= {f"without a detail {n}": str(one) for n, one in enumerate(await put_odd(superuser))}
        await superuser.close()
        yield house, found


def reads(house):
    """Every address without a parameter that an auditor may read, as the application declares them."""
    for context in iter_route_contexts(house.app.routes):
        may = Role.AUDITOR in RULES[doors_of(context.dependant)[0].act].roles or "/log/" in context.path
        if may and "GET" in context.methods and "{" not in context.path:
            yield context.path


async def test_sec0048_no_reader_of_the_log_fails_for_an_entry_that_cannot_be_read(odd):
    house, found = odd
    auditor, pages = await house.person("auditor"), await at_pages(house, "auditor")
    shown = {entry["id"]: entry for entry in await auditor.get("/audit/entries")}
    assert {how for how, entry in found.items() if shown[entry]["genuine"]} == set()
    addresses = sorted(reads(house))
    assert {"/audit", "/api/v1/audit/entries", "/audit/export.csv", "/audit/export.pdf"} <= set(addresses)
    for path in [*addresses, "/metrics", *(f"/audit/patterns/{one}" for one in ("outside_hours", "many_cases"))]:
        answer = await house.http.get(path, headers=pages._headers)
        assert answer.status_code < 400, (path, answer.text[-300:])
    for how, entry in found.items():
        assert (await house.http.get(f"/audit/entries/{entry}", headers=pages._headers)).status_code == 200, how
        assert await auditor.get(f"/audit/entries/{entry}/notes") == []


async def test_every_entry_is_reached_page_by_page_and_an_unreadable_one_says_so(odd):
    house, found = odd
    pages = await at_pages(house, "auditor")
    text = (await pages.get("/audit")).text
    seen = set(re.findall(r'href="/audit/entries/([0-9a-f-]{36})"', text))
    while older := re.search(r'href="(/audit\?[^"]*before=[^"]*)"', text):
        text = (await pages.get(older[1].replace("&amp;", "&"))).text
        seen |= set(re.findall(r'href="/audit/entries/([0-9a-f-]{36})"', text))
    assert set(found.values()) <= seen
    for how in ("deep", "nested", "half a character"):
        text = (await pages.get(f"/audit/entries/{found[how]}")).text
        assert "Ei luettavissa" in text, how
        assert "muutettu" in text.lower(), how


async def test_a_client_is_not_kept_from_an_entry_by_a_time_that_cannot_be(odd):
    house, found = odd
    asked = await Asked.of(house)
    entries = {entry["id"]: entry for entry in await asked.entries()}
    about = {how: entry for how, entry in found.items() if "without" not in how}
    assert set(about.values()) <= set(entries)
    for how in (*WORDS, *BYTES):
        assert (entries[found[how]]["truth"], entries[found[how]]["waits"]) == ("changed", True), how
    for when in TIMES:
        entry = entries[found[f"audit_entry {when}"]]
        assert entry["truth"] == "genuine"
        assert datetime.fromisoformat(entry["at"]).date() == datetime.now(UTC).date(), "the hashed time"
    await (await at_pages(house, "auditor")).get(asked.path)
    await asked.answer(expect=409)
    changed = [entry for entry in entries.values() if entry["truth"] == "changed"]
    for begin in range(0, len(changed), 10):
        await asked.decide(changed[begin : begin + 10], "acknowledge")
    await asked.answer()
    assert (await asked.document()).startswith(b"%PDF")
