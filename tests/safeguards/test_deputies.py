"""Deputies: what somebody holds who is away is another's for a period, and for no day longer."""

from datetime import timedelta

import asyncpg
import pytest
from tests.actions.test_plan import begun
from tests.cases.test_bars import bar
from tests.cases.test_team_membership import held
from tests.kernel.test_grants import case_id, post
from tests.kernel.test_row_security import secret_of
from tests.leaving import leaves_team, never_joined, post_ends, told
from tests.pages import at_pages
from tests.safeguards.test_reassignment import hand_over
from tests.safeguards.test_supervision import another_post, hand_on

from multiagency.demo import story
from multiagency.kernel.clock import today
from multiagency.safeguards.jobs_departures import look_after

GRANTS = "SELECT FROM access_grant WHERE deputy_id IS NOT NULL AND ended_at IS NULL"


async def name(house, away="Elina", stands_in="Aslak", login="supervisor", expect=201, begins=0, days=7):
    body = {"post": await house.post_of(away), "deputy": await house.post_of(stands_in), "reason": "holiday"}
    body["starts_on"], body["ends_on"] = str(today() + timedelta(begins)), str(today() + timedelta(begins + days))
    made = await (await house.person(login)).post("/supervision/deputies", body, expect)
    return made.get("id") if expect == 201 else made


async def period_is_over(house):
    """The last day has passed: nothing is done, time goes by."""
    for table in ("access_grant", "team_member"):
        await house.fetch(
            f"UPDATE {table} SET valid_from = valid_from - interval '9 days', valid_to = valid_to - interval '9 days' "
            "WHERE deputy_id IS NOT NULL"
        )
    await house.fetch("UPDATE deputy SET valid_from = valid_from - interval '9 days', valid_to = now()")


async def test_a_deputy_does_what_the_referrer_does_and_sees_nothing_when_the_period_is_over(house):
    case, draft = await house.submitted(), await house.filled_draft()
    await name(house)
    deputy, away = await house.person("officer-2"), await house.person("officer")
    assert await deputy.get(f"/cases/{case}") == await away.get(f"/cases/{case}")
    await deputy.put(f"/cases/{case}/safe-contact", story.SAFE_CONTACT | {"phone": "+358 40 0000001"})
    await deputy.post(f"/cases/{draft}/submission")
    await away.get(f"/cases/{case}")
    await period_is_over(house)
    for reference in (case, draft):
        await deputy.get(f"/cases/{reference}", 404)
    assert await deputy.get("/cases") == []
    async with house.as_role("app", await secret_of(house, "officer-2")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM client") == 0


async def test_a_period_that_has_not_begun_shows_nothing(house):
    case = await house.submitted()
    await name(house, begins=1)
    await (await house.person("officer-2")).get(f"/cases/{case}", 404)


async def test_a_consent_that_a_deputy_records_shows_them_nothing_after_the_period(house):
    draft = await house.filled_draft()
    await name(house)
    deputy, away = await house.person("officer-2"), await house.person("officer")
    await deputy.post(f"/cases/{draft}/consent", await house.consent_body())
    await deputy.post(f"/cases/{draft}/submission")
    assert (await away.get(f"/cases/{draft}"))["stage"] == "submitted"
    mine = "SELECT FROM access_grant WHERE post_id = $1 AND deputy_id IS NULL"
    assert await house.fetch(mine, await post(house, "Aslak")) == []
    await period_is_over(house)
    await deputy.get(f"/cases/{draft}", 404)


@pytest.mark.parametrize(("begins", "status"), [(0, 200), (1, 404)])
async def test_a_consent_that_the_referrer_records_is_shown_to_a_deputy_for_the_days_of_the_period(
    house, begins, status
):
    case = await house.submitted()
    await name(house, begins=begins)
    await (await house.person("officer")).post(f"/cases/{case}/consent", await house.consent_body())
    assert (await (await house.person("officer")).get(f"/cases/{case}"))["client"] is not None
    await (await house.person("officer-2")).get(f"/cases/{case}", status)
    await period_is_over(house)
    await (await house.person("officer-2")).get(f"/cases/{case}", 404)


async def test_a_referrer_gives_a_deputy_no_day_more_than_the_period(house):
    case = await house.submitted()
    await name(house)
    known, aslak = await case_id(house, case), await post(house, "Aslak")
    made = (await house.fetch("SELECT id, valid_to FROM deputy"))[0]
    by_consent = "SELECT b.id FROM lawful_basis b JOIN post p ON p.agency_id = b.agency_id WHERE reason = 'consent'"
    basis = (await house.fetch(f"{by_consent} AND p.id = $1", aslak))[0]["id"]
    insert = (
        "INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, capability, kinds, valid_from, valid_to, "
        "deputy_id) VALUES (gen_random_uuid(), $1, $2, $3, 'referral', 'refer', '{shell}', $4::timestamptz, "
        "$5::timestamptz, $6)"
    )
    ends, me = made["valid_to"], await post(house, "Elina")
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        for who, begins, until in (
            (aslak, today(), ends + timedelta(1)),
            (aslak, today() - timedelta(9), ends),
            (aslak, today(), None),
            (me, today(), ends),
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute(insert, known, who, basis, begins, until, made["id"])


async def test_a_deputy_gives_themselves_nothing_that_lasts_longer_and_hands_nothing_over(house):
    case = await house.submitted()
    await name(house)
    await hand_over(house, case, "Elina", login="officer-2", expect=403)
    assert "/reassignment" not in (await (await at_pages(house, "officer-2")).get(f"/cases/{case}")).text
    known, me, jouni = await case_id(house, case), await post(house, "Aslak"), await post(house, "Jouni")
    rows = await house.fetch(
        "SELECT id, reason FROM lawful_basis WHERE reason IN ('own_record', 'consent') AND "
        "agency_id = (SELECT agency_id FROM post WHERE id = $1)",
        me,
    )
    made = (await house.fetch("SELECT id FROM deputy"))[0]["id"]
    insert = (
        "INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, capability, kinds, valid_from, valid_to, "
        "deputy_id) VALUES (gen_random_uuid(), $1, $2, $3, 'referral', $4, '{shell}', now(), $5::timestamptz, $6)"
    )
    later = today() + timedelta(90)
    async with house.as_role("app", await secret_of(house, "officer-2")) as connection:
        for basis in rows:
            for who, what, until, of in (
                (me, "refer", None, None),
                (me, "read", None, None),
                (me, "refer", later, made),
                (jouni, "refer", None, None),
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    async with connection.transaction():
                        await connection.execute(insert, known, who, basis["id"], what, until, of)


async def test_a_deputy_does_the_actions_of_whoever_is_away(house):
    there = await begun(house)
    await name(house, "Jouni", "Aslak")
    deputy = await house.person("officer-2")
    assert [row["reference"] for row in await deputy.get("/actions")] == [there["Jouni"]]
    await deputy.get(f"/cases/{there['case']}", 404)
    await deputy.post(f"/actions/{there['Jouni']}/report", {"outcome": "Soitettu."})
    await period_is_over(house)
    assert await deputy.get("/actions") == []


async def test_what_comes_during_the_period_is_the_deputys_too_once_the_worker_has_looked(house):
    await name(house)
    case = await house.submitted()
    deputy = await house.person("officer-2")
    await deputy.get(f"/cases/{case}", 404)
    for _ in range(2):
        await look_after(house.runtime, await house.service())
    assert (await deputy.get(f"/cases/{case}"))["client"]["name"] == story.CLIENT["name"]
    assert len(await house.fetch(GRANTS)) == 2
    await period_is_over(house)
    await look_after(house.runtime, await house.service())
    await deputy.get(f"/cases/{case}", 404)


async def test_where_a_bar_stands_a_deputy_gets_nothing(house):
    case, free = await house.submitted(), await house.submitted()
    await bar(house, case, "Aslak")
    await name(house)
    deputy = await house.person("officer-2")
    assert [row["reference"] for row in await deputy.get("/cases")] == [free]
    found = (await (await house.person("officer")).get(f"/cases/{case}/bars"))[0]["id"]
    await (await house.person("officer")).post(f"/cases/{case}/bars/{found}/lifting", {"reason": "no_longer_holds"})
    await deputy.get(f"/cases/{case}", 404)


async def test_a_period_is_ended_by_whoever_may_name_or_was_away_and_by_nobody_else(house):
    case = await house.submitted()
    made = await name(house)
    for login, status in (("police", 404), ("coordinator", 404), ("officer-2", 404), ("auditor", 403)):
        await (await house.person(login)).post(f"/supervision/deputies/{made}/ending", expect=status)
    await (await house.person("officer-2")).get(f"/cases/{case}")
    await (await house.person("officer")).post(f"/supervision/deputies/{made}/ending")
    await (await house.person("officer-2")).get(f"/cases/{case}", 404)
    await (await house.person("officer")).get(f"/cases/{case}")
    await (await house.person("supervisor")).post(f"/supervision/deputies/{made}/ending", expect=404)
    assert await told(house, "officer-2", "deputy_named") == ["/cases"]
    assert await told(house, "officer", "deputy_for_you") == ["/notices"]
    assert await told(house, "officer-2", "deputy_ended") == ["/cases"]


async def test_what_is_handed_on_takes_the_deputies_sight_with_it(house):
    first, second = await house.submitted(), await house.submitted()
    taker = await another_post(house, "Jouni", "officer")
    await name(house)
    deputy = await house.person("officer-2")
    body = {"what": "referral", "post": taker}
    await (await house.person("officer")).post(f"/cases/{first}/reassignment", body)
    await deputy.get(f"/cases/{first}", 404)
    await deputy.get(f"/cases/{second}")
    await hand_on(house, second, to="Aslak")
    await period_is_over(house)
    await deputy.get(f"/cases/{second}")  # now in their own place
    assert await house.fetch(GRANTS) == []


async def test_a_referral_goes_to_its_deputy_for_good(house):
    case = await house.submitted()
    await name(house)
    await hand_over(house, case, "Aslak")
    await period_is_over(house)
    assert (await (await house.person("officer-2")).get(f"/cases/{case}"))["client"] is not None


async def test_a_deputy_is_not_somebody_else_who_steers_and_may_always_declare_a_conflict(house):
    case = await house.submitted()
    await name(house)
    declared = {"reason": "own_interest"}
    await (await house.person("officer")).post(f"/cases/{case}/conflict", declared, 409)
    await (await house.person("officer-2")).post(f"/cases/{case}/conflict", declared)
    await (await house.person("officer-2")).get(f"/cases/{case}", 404)


async def test_a_coordinators_deputy_is_of_the_team_for_the_period(house):
    await never_joined(house, "coordinator-2")
    case = await house.submitted()
    made = await name(house, "Paula", "Outi", "coordinator")
    deputy = await house.person("coordinator-2")
    assert (await deputy.get(f"/cases/{case}"))["client"] is not None
    await house.meeting(case)
    assert len(await deputy.get("/meetings")) == 1
    refused = await name(house, "Paula", "Sanna", "coordinator-2", 422)
    assert [error["field"] for error in refused["errors"]] == ["post"]
    async with house.as_role("app", await secret_of(house, "coordinator-2")) as connection:
        assert await connection.fetch("SELECT possible_deputies($1)", await post(house, "Paula")) == []
    await period_is_over(house)
    await deputy.get(f"/cases/{case}", 404)
    assert await deputy.get("/meetings") == []
    again = await name(house, "Paula", "Outi", "supervisor-2")
    assert again != made
    await deputy.get(f"/cases/{case}")
    await (await house.person("coordinator")).post(f"/supervision/deputies/{again}/ending")
    await deputy.get(f"/cases/{case}", 404)
    assert await held(house, "Outi") == 2


async def test_nobody_names_themselves_or_a_stranger_or_for_others_than_their_own(house):
    for away, stands_in, login, field in (
        ("Elina", "Jouni", "supervisor", "deputy"),  # does not refer
        ("Elina", "Marja", "supervisor", "deputy"),
        ("Elina", "Elina", "supervisor", "deputy"),
        ("Marja", "Sanna", "supervisor", "post"),
        ("Elina", "Aslak", "coordinator", "post"),
        ("Marja", "Sanna", "coordinator", "post"),
        ("Paula", "Paula", "coordinator", "deputy"),
        ("Paula", "Sanna", "coordinator", "deputy"),
    ):
        refused = await name(house, away, stands_in, login, 422)
        assert [error["field"] for error in refused["errors"]] == [field], (away, stands_in, login)
    await another_post(house, "Aune", "officer")
    await (await house.person("supervisor")).post(
        "/supervision/deputies",
        {"post": await house.post_of("Elina"), "deputy": str(await post(house, "Aune")), "reason": "holiday"}
        | {"starts_on": str(today()), "ends_on": str(today())},
        422,
    )
    await name(house, days=-1, expect=422)
    await name(house, begins=-3, days=1, expect=422)
    await leaves_team(house, "coordinator")
    await name(house, "Outi", "Paula", "coordinator", 422)
    assert await house.fetch("SELECT FROM deputy") == []
    async with house.as_role("app", await secret_of(house, "officer-2")) as connection:
        asked = "SELECT name_deputy($1, $2, now(), now() + interval '9 years', 'x')"
        known = await post(house, "Elina"), await post(house, "Aslak")
        assert await connection.fetchval(asked, *known) is None
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("INSERT INTO deputy SELECT * FROM deputy")


async def test_the_pages_name_and_end(house):
    case = await house.submitted()
    supervisor = await at_pages(house, "supervisor")
    text = (await supervisor.get("/supervision/deputies/new")).text
    assert "Elina Suopunki" in text
    assert "Marja" not in text
    form = {"post": await house.post_of("Elina"), "deputy": await house.post_of("Aslak"), "reason": "illness"}
    kept = await supervisor.post("/supervision/deputies/new", 422, **form)
    assert f'value="{form["post"]}" selected' in kept.text
    form |= {"starts_on": str(today()), "ends_on": str(today())}
    await supervisor.post("/supervision/deputies/new", **form)
    assert "Aslak Jeesiö" in (await supervisor.get("/supervision/deputies")).text
    await (await house.person("officer-2")).get(f"/cases/{case}")
    made = (await house.fetch("SELECT id FROM deputy"))[0]["id"]
    await supervisor.post(f"/supervision/deputies/{made}/ending")
    assert "Aslak" not in (await supervisor.get("/supervision/deputies")).text


async def test_a_post_that_ended_is_told_of_once_to_whoever_must_act(mailing_house):
    house = mailing_house
    case, draft = await house.submitted(), await house.filled_draft()
    await post_ends(house, "officer")
    service = await house.service()
    assert await look_after(house.runtime, service) == 1
    assert await look_after(house.runtime, service) == 0
    assert await told(house, "supervisor", "post_ended") == ["/supervision"]
    assert await told(house, "supervisor-2", "post_ended") == []
    await house.notify()
    recipients = [mail["To"].addresses[0].addr_spec for mail in house.sink.messages()]
    assert [to for to in recipients if to.endswith("police.example")] == ["aune.kelottijarvi@police.example"]
    assert len(await house.fetch("SELECT FROM departure")) == 2
    assert case != draft


async def test_where_no_supervisor_can_act_the_coordinators_are_told_and_later_a_new_supervisor_is_not_forgotten(house):
    case = await house.submitted()
    await bar(house, case, "Aune")
    await post_ends(house, "officer")
    await post_ends(house, "coordinator-2")
    await look_after(house.runtime, await house.service())
    assert await told(house, "supervisor", "post_ended") == []
    assert await told(house, "coordinator", "post_ended") == ["/supervision"]
    assert await told(house, "coordinator-2", "post_ended") == []


async def test_what_nobody_can_be_told_of_waits_until_somebody_can(house):
    await house.submitted()
    for login in ("supervisor", "coordinator", "coordinator-2", "officer"):
        await post_ends(house, login)
    service = await house.service()
    assert await look_after(house.runtime, service) == 0
    await house.fetch("UPDATE post SET valid_to = NULL WHERE role = 'supervisor'")
    assert await look_after(house.runtime, service) == 1
