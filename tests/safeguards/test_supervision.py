"""What belongs to somebody who left: seen without content by a supervisor, and handed on, never to oneself."""

import asyncpg
import pytest
from tests.actions.test_plan import begun
from tests.cases.test_bars import bar
from tests.kernel.test_grants import post
from tests.kernel.test_row_security import secret_of
from tests.leaving import post_ends, told
from tests.pages import at_pages
from tests.safeguards.test_conflicts import bars
from tests.safeguards.test_protection import protect

from multiagency.demo import story

NAMES = (story.CLIENT["name"], story.VIOLENT["name"], story.NARRATIVE)


async def work_seen(house, login):
    return (await (await house.person(login)).get("/supervision"))["work"]


async def hand_on(house, item, holder="Elina", to="Aslak", login="supervisor", expect=204, what="referral"):
    body = {"what": what, "item": item, "holder": await house.post_of(holder), "post": await house.post_of(to)}
    person = await house.person(login)
    return await person.post("/supervision/handing-on", body | {"reason": "has_left"}, expect)


async def another_post(house, of, role, agency="Tunturi-Lapin poliisilaitos", login="second"):
    """The same person in another post, with an account of its own."""
    rows = await house.fetch(
        "INSERT INTO post (id, person_id, agency_id, role, title, email, language, valid_from) "
        "SELECT gen_random_uuid(), n.id, a.id, $2, 'toinen', 'x@police.example', 'fi', now() - interval '1 hour' "
        "FROM person n, agency a WHERE n.name LIKE $1 || '%' AND a.name_fi = $3 RETURNING id",
        of,
        role,
        agency,
    )
    await house.fetch(
        "INSERT INTO credential (post_id, login, kind, password_hash) "
        "SELECT $1, $2, 'demo', password_hash FROM credential WHERE login = 'officer'",
        rows[0]["id"],
        login,
    )
    return str(rows[0]["id"])


async def test_a_supervisor_sees_who_holds_what_in_the_own_agency_and_no_content(house):
    draft, case = await house.filled_draft(), await house.submitted("officer-2")
    theirs = await house.filled_draft("social-worker")
    rows = await work_seen(house, "supervisor")
    assert {(row["what"], row["item"], row["stage"], row["name"], row["is_over"]) for row in rows} == {
        ("referral", draft, "draft", "Elina Suopunki", False),
        ("referral", case, "submitted", "Aslak Jeesiö", False),
    }
    assert [row["item"] for row in await work_seen(house, "supervisor-2")] == [theirs]
    text = (await (await at_pages(house, "supervisor")).get("/supervision")).text
    assert draft in text
    assert all(name not in text for name in NAMES)
    supervisor = await house.person("supervisor")
    for path in (f"/cases/{case}", f"/cases/{case}/consent", "/cases"):
        await supervisor.get(path, 403)
    async with house.as_role("app", await secret_of(house, "supervisor")) as connection:
        for table in ("case_file", "client", "party", "case_part", "access_grant", "lawful_basis"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table


async def test_each_case_that_a_supervisor_was_shown_stands_in_the_log(house):
    case = await house.submitted()
    await work_seen(house, "supervisor")
    rows = await house.fetch(
        "SELECT case_reference, mode, basis FROM audit_detail WHERE act = 'see_supervision' ORDER BY mode"
    )
    assert [tuple(row) for row in rows] == [(case, "read", "supervision")]


async def test_sec0019_what_somebody_left_behind_is_handed_on_and_can_be_acted_on(house):
    """Finding SEC-0019: with the referrer's post over nobody could correct a number that had become a danger."""
    case, draft = await house.submitted(), await house.filled_draft()
    await protect(house, case)
    former = await house.person("officer")
    before = await former.get(f"/cases/{case}")
    await post_ends(house, "officer")
    assert {row["is_over"] for row in await work_seen(house, "supervisor")} == {True}
    await hand_on(house, case)
    await hand_on(house, draft)
    taker = await house.person("officer-2")
    seen = await taker.get(f"/cases/{case}")
    assert seen["safe_contact"] is None  # clearance is named again
    assert seen | {"safe_contact": before["safe_contact"], "ask_for_contact": []} == before
    await taker.post(f"/cases/{case}/protection/clearances", {"post": await house.post_of("Aslak")})
    await taker.put(f"/cases/{case}/safe-contact", story.SAFE_CONTACT | {"phone": "+358 40 0000001"})
    await taker.post(f"/cases/{draft}/submission")
    assert {row["name"] for row in await work_seen(house, "supervisor")} == {"Aslak Jeesiö"}
    ended = "SELECT FROM access_grant WHERE post_id = $1 AND ended_at IS NULL"
    assert await house.fetch(ended, await post(house, "Elina")) == []
    rows = await house.fetch("SELECT what, item, reason FROM reassignment ORDER BY item")
    assert [tuple(row) for row in rows] == [("referral", item, "has_left") for item in sorted((case, draft))]
    entries = await house.fetch(
        "SELECT convert_from(e.body, 'UTF8')::jsonb ->> 'operation' FROM audit_entry e "
        "JOIN audit_detail d ON d.entry_id = e.id WHERE d.act = 'hand_work_on' AND d.mode = 'write' "
        "AND d.case_reference IS NOT NULL"
    )
    assert [row[0] for row in entries] == ["transfer", "transfer"]


async def test_everybody_whom_it_concerns_is_told(house):
    case, draft = await house.submitted(), await house.filled_draft()
    await hand_on(house, case)
    await hand_on(house, draft)
    assert await told(house, "officer-2", "case_handed_over") == [f"/cases/{case}", f"/cases/{draft}"]
    assert await told(house, "officer", "work_taken_from_you") == ["/cases", "/cases"]
    shown = await (await house.person("officer")).get("/notices")
    assert [row["what"] for row in shown].count("work_taken_from_you") == 2, "told without sight of the case"
    assert await told(house, "coordinator", "work_handed_on") == [f"/cases/{case}"]
    await (await house.person("officer")).get(f"/cases/{case}", 404)
    await post_ends(house, "officer-2")
    await hand_on(house, case, "Aslak", "Elina")
    assert await told(house, "officer-2", "work_taken_from_you") == []


async def test_an_action_goes_to_another_post_of_the_same_agency_and_shows_no_title(house):
    there = await begun(house)
    case, action = there["case"], there["Jouni"]
    await post_ends(house, "police")
    row = next(row for row in await work_seen(house, "supervisor") if row["what"] == "action")
    assert (row["item"], row["reference"], row["is_over"], row["title"]) == (action, case, True, "komisario")
    assert "Soittaa" not in (await (await at_pages(house, "supervisor")).get("/supervision")).text
    await hand_on(house, action, "Jouni", "Heikki", what="action", expect=422)
    await hand_on(house, action, "Jouni", "Aslak", what="action")
    taker = await house.person("officer-2")
    assert [found["reference"] for found in await taker.get("/actions")] == [action]
    await taker.post(f"/actions/{action}/report", {"outcome": "Soitettu."})
    await taker.get(f"/cases/{case}", 404)
    assert [found["what"] for found in await work_seen(house, "supervisor")] == ["referral", "referral"]


async def test_nothing_goes_to_oneself_another_agency_another_role_or_somebody_kept_out(house):
    case = await house.submitted()
    await post_ends(house, "officer")
    own = await another_post(house, "Aune", "officer")
    body = {"what": "referral", "item": case, "holder": await house.post_of("Elina"), "reason": "has_left"}
    supervisor = await house.person("supervisor")
    await supervisor.post("/supervision/handing-on", body | {"post": own}, 422)
    for name in ("Jouni", "Marja", "Paula", "Elina"):
        await hand_on(house, case, to=name, expect=422)
    await bar(house, case, "Aslak", "coordinator")
    await hand_on(house, case, expect=422)
    assert await house.fetch("SELECT FROM reassignment") == []
    async with house.as_role("app", await secret_of(house, "supervisor")) as connection:
        for taker in (own, *[await post(house, name) for name in ("Jouni", "Marja", "Aslak")]):
            asked = "SELECT count(*) FROM hand_over_work('referral', $1, $2, $3, 'x')"
            assert await connection.fetchval(asked, case, await post(house, "Elina"), taker) == 0


@pytest.mark.parametrize("how", ["a bar", "a party", "a party who came later"])
async def test_a_supervisor_who_is_kept_out_neither_sees_nor_hands_on(house, how):
    """In whichever post the bar found them; then the coordinators do it, once the post is over."""
    case, other = await house.submitted(), await house.submitted()
    await another_post(house, "Aune", "representative", "Turvakoti Riekko")
    code = "160485-9161"
    if how == "a bar":
        await bar(house, case, "Aune", "coordinator")
    else:
        officer = await house.person("officer")
        await officer.post(f"/cases/{case}/parties", story.VIOLENT | {"identity_code": code}, 201)
    if how == "a party who came later":
        await house.fetch("DELETE FROM access_bar")
    assert [row["item"] for row in await work_seen(house, "supervisor")] == [other]
    await hand_on(house, case, expect=404)
    assert await work_seen(house, "coordinator") == []
    await post_ends(house, "officer")
    rows = {row["item"]: row["mine"] for row in await work_seen(house, "coordinator")}
    assert rows == {case: True, other: False}
    await hand_on(house, other, login="coordinator", expect=403)
    await hand_on(house, case, login="coordinator")
    await (await house.person("officer-2")).get(f"/cases/{case}")


async def test_a_draft_of_somebody_who_left_is_known_by_its_reference_and_handed_on_by_coordinators(house):
    draft = await house.filled_draft("social-worker")
    await house.fetch("DELETE FROM credential WHERE login = 'supervisor-2'")
    await house.fetch("UPDATE post SET valid_to = now() WHERE role = 'supervisor'")
    await post_ends(house, "social-worker")
    taker = await another_post(house, "Sanna", "social_worker", "Tunturi-Lapin hyvinvointialue")
    coordinator = await at_pages(house, "coordinator")
    text = (await coordinator.get("/supervision")).text
    assert draft in text
    assert all(name not in text for name in NAMES)
    await (await house.person("coordinator")).get(f"/cases/{draft}", 404)
    place = f"/supervision/handing-on?what=referral&item={draft}&holder={await house.post_of('Marja')}"
    assert "Sanna Oinasjoki" in (await coordinator.get(place)).text
    form = {"what": "referral", "item": draft, "holder": await house.post_of("Marja")}
    await coordinator.post(place, 422, **form)
    done = await coordinator.post(place, **form, post=taker, reason="has_left")
    assert "Työ on siirretty" in (await coordinator.get(done.headers["location"])).text
    assert (await (await house.person("second")).get(f"/cases/{draft}"))["client"]["name"] == story.CLIENT["name"]


async def test_only_supervisors_and_coordinators_look_after_others_work(house):
    case = await house.submitted()
    for login in ("officer", "county", "auditor", "administrator", "child-welfare"):
        await (await house.person(login)).get("/supervision", 403)
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert await connection.fetch("SELECT * FROM supervised_work()") == []
            asked = "SELECT count(*) FROM hand_over_work('referral', $1, $2, $3, 'x')"
            known = await post(house, "Elina"), await post(house, "Aslak")
            assert await connection.fetchval(asked, case, *known) == 0
    for login in ("officer", "supervisor", "coordinator"):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            for asked in ("work_in_hand('{}')", "kept_from(current_post())", "coordinating_posts()"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    async with connection.transaction():
                        await connection.fetch(f"SELECT * FROM {asked}")


async def test_a_closed_case_waits_for_nobody_but_for_its_open_actions(house):
    there = await begun(house)
    closing = {"outcome": "no_further_need"} | await house.staying(there["case"])
    await (await house.person("coordinator")).post(f"/cases/{there['case']}/closing", closing)
    assert {row["item"] for row in await work_seen(house, "supervisor")} == {there["Jouni"], there["early"]}


async def test_a_bar_may_name_a_supervisor(house):
    case = await house.submitted()
    await bar(house, case, "Aune", "coordinator")
    assert [row["name"] for row in await bars(house, case)] == ["Aune Kelottijärvi"]
