"""Review notes: sealed, append-only, seen by auditors alone, and never about one's own acts."""

from datetime import timedelta

import asyncpg
import pytest
from tests.audit.backdating import backdate
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages
from tests.storage.test_expiry import expire

NOTE = "Kysyin esimieheltä; käynti kuului tehtävään."
INSERT = (
    "INSERT INTO review_note (id, entry_id, conclusion, note, author_id, at) "
    "VALUES (gen_random_uuid(), $1, 'justified', 'x', current_post(), now())"
)


async def an_entry(house, name):
    entries = await (await house.person("auditor")).get("/audit/entries")
    return next(e["id"] for e in entries if (e["detail"]["actor"] or {}).get("name", "").startswith(name))


async def test_a_note_stands_beside_its_entry_sealed_and_logged(house):
    await house.submitted()
    auditor, api = await at_pages(house, "auditor"), await house.person("auditor")
    entry = await an_entry(house, "Elina")
    place = f"/audit/entries/{entry}"
    kept = (await auditor.post(place, 422, note=NOTE)).text
    assert NOTE in kept
    assert 'href="#conclusion"' in kept
    await auditor.post(place, 422, conclusion="guilty", note=NOTE)
    assert (await auditor.post(place, conclusion="misuse_suspected", note=NOTE)).status_code == 303
    await api.post(f"{place}/notes", {"conclusion": "justified", "note": "Toinen.", "rule": "outside_hours"}, 201)
    await api.post(f"{place}/notes", {"conclusion": "justified", "note": "Kolmas.", "rule": "curiosity"}, 422)
    shown = (await auditor.get(place)).text
    assert shown.index("Epäillään väärinkäyttöä") < shown.index("Toinen.")
    assert NOTE in shown
    assert "Risto Vaarala" in shown
    assert "Huomautuksia: 2" in (await auditor.get("/audit?act=" + await act_of(house, entry))).text
    views = await api.get(f"{place}/notes")
    assert [(view["conclusion"], view["rule"]) for view in views] == [
        ("misuse_suspected", ""),
        ("justified", "outside_hours"),
    ]
    rows = await house.fetch("SELECT note FROM review_note")
    assert not any(b"esimiehelt" in row["note"] or b"Toinen" in row["note"] for row in rows)
    logged = await api.get("/audit/entries?act=review_log")
    assert {entry["body"]["mode"] for entry in logged} == {"read", "write"}
    await auditor.get(f"/audit/entries/{views[0]['id']}", 404)


async def act_of(house, entry):
    return (await house.fetch("SELECT act FROM audit_detail WHERE entry_id = $1", entry))[0]["act"]


async def test_nobody_notes_anything_on_their_own_acts(house):
    """Not at the API, not at the page, not with the application's password; another auditor does."""
    await (await house.person("auditor")).get("/audit/entries")
    own = await an_entry(house, "Risto")
    auditor, api = await at_pages(house, "auditor"), await house.person("auditor")
    problem = await api.post(f"/audit/entries/{own}/notes", {"conclusion": "justified", "note": NOTE}, 409)
    assert problem["type"].endswith("log.note.own_act")
    assert (
        "toista valvojaa" in (await auditor.post(f"/audit/entries/{own}", 409, conclusion="justified", note=NOTE)).text
    )
    shown = (await auditor.get(f"/audit/entries/{own}")).text
    assert "toista valvojaa" in shown
    assert "<textarea" not in shown
    async with house.as_role("app", await secret_of(house, "auditor")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(INSERT, own)
    await house.fetch("UPDATE post SET role = 'auditor' WHERE title = 'vanhempi konstaapeli'")
    colleague = await house.person("officer-2")
    await colleague.post(f"/audit/entries/{own}/notes", {"conclusion": "justified", "note": NOTE}, 201)
    # A column that was made to lie does not help: the committed actor counts as well.
    await house.fetch("UPDATE audit_detail SET person_id = NULL WHERE entry_id = $1", own)
    await api.post(f"/audit/entries/{own}/notes", {"conclusion": "justified", "note": NOTE}, 409)


async def test_only_auditors_see_notes_and_nobody_changes_one(house):
    await house.submitted()
    entry = await an_entry(house, "Elina")
    path = f"/audit/entries/{entry}/notes"
    await (await house.person("auditor")).post(path, {"conclusion": "passed_on", "note": NOTE}, 201)
    for login, seen in (("auditor", 1), ("officer", 0), ("administrator", 0), ("coordinator", 0)):
        if login != "auditor":
            await (await house.person(login)).get(path, 403)
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert await connection.fetchval("SELECT count(*) FROM review_note") == seen, login
            if login != "auditor":
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(INSERT, entry)
    for attack in ("UPDATE review_note SET conclusion = 'justified'", "DELETE FROM review_note"):
        async with house.as_role("app", await secret_of(house, "auditor")) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(attack)
    for role in ("worker", "keeper", "signin"):
        async with house.as_role(role) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch("SELECT * FROM review_note")


async def test_a_note_is_erased_with_what_stood_in_its_entry(house):
    await house.submitted()
    entry, other = await an_entry(house, "Elina"), await an_entry(house, "Risto")
    body = {"conclusion": "justified", "note": NOTE}
    auditor = await house.person("auditor")
    await auditor.post(f"/audit/entries/{entry}/notes", body, 201)
    await backdate(house, timedelta(days=13 * 366), f"e.id = '{entry}'")
    await expire(house)
    assert await house.fetch("SELECT * FROM review_note") == []
    assert len(await house.fetch("SELECT * FROM audit_detail WHERE entry_id = $1", other)) == 1
    problem = await auditor.post(f"/audit/entries/{entry}/notes", body, 409)
    assert problem["type"].endswith("log.note.erased")
    assert "<textarea" not in (await (await at_pages(house, "auditor")).get(f"/audit/entries/{entry}")).text
