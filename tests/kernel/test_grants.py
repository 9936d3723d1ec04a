"""Bases, grants and bars against direct SQL: somebody with the app's password and their own live session."""

import asyncpg
import pytest
from tests.kernel.test_row_security import secret_of

from multiagency.demo import story

GRANT = (
    "INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, capability, kinds, valid_from) "
    "VALUES (gen_random_uuid(), $1, $2, $3, 'seat', $4, $5, now())"
)
BASIS = (
    "INSERT INTO lawful_basis (id, case_id, agency_id, reason, consent_id, kinds, valid_from) "
    "VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, now())"
)


async def case_id(house, reference):
    return (await house.fetch("SELECT id FROM case_file WHERE reference = $1", reference))[0]["id"]


async def basis(house, case, agency, reason="consent"):
    query = (
        "SELECT b.* FROM lawful_basis b JOIN agency a ON a.id = b.agency_id "
        "WHERE case_id = $1 AND a.name_en LIKE $2 AND reason = $3 ORDER BY b.valid_from DESC"
    )
    return (await house.fetch(query, case, f"%{agency}%", reason))[0]


async def post(house, name):
    query = "SELECT p.id FROM post p JOIN person n ON n.id = p.person_id WHERE n.name LIKE $1"
    return (await house.fetch(query, f"{name}%"))[0]["id"]


async def agency(house, name):
    return (await house.fetch("SELECT id FROM agency WHERE name_en LIKE $1", f"%{name}%"))[0]["id"]


async def test_nobody_grants_themselves_a_case(house):
    case = await case_id(house, await house.submitted())
    mine = await post(house, "Heikki")
    found = await basis(house, case, "Revontuli")
    async with house.as_role("app", await secret_of(house, "municipality")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(GRANT, case, mine, found["id"], "read", ["shell"])


async def test_the_referrer_cannot_grant_on_a_basis_of_another_agency(house):
    case = await case_id(house, await house.submitted())
    stranger, county = await post(house, "Tiina"), await basis(house, case, "Wellbeing")
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(GRANT, case, stranger, county["id"], "read", ["shell"])


async def test_a_grant_cannot_hold_more_kinds_than_its_basis(house):
    reference = await house.filled_draft()
    narrow = await house.consent_body()
    await (await house.person("officer")).post(f"/cases/{reference}/consent", narrow | {"kinds": ["identity"]})
    case = await case_id(house, reference)
    municipality = await basis(house, case, "Revontuli")
    heikki = await post(house, "Heikki")
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(GRANT, case, heikki, municipality["id"], "read", ["identity", "risk"])


async def test_a_basis_cannot_claim_an_agency_that_the_consent_does_not_name(house):
    case = await case_id(house, await house.submitted())
    named, shelter = await basis(house, case, "Revontuli"), await agency(house, "Shelter")
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(BASIS, case, shelter, "consent", named["consent_id"], ["identity"])


async def test_a_withdrawn_consent_gives_no_new_basis(house):
    reference = await house.submitted()
    case = await case_id(house, reference)
    named = await basis(house, case, "Revontuli")
    await (await house.person("officer")).post(f"/cases/{reference}/consent/withdrawal")
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(BASIS, case, named["agency_id"], "consent", named["consent_id"], ["identity"])


@pytest.mark.parametrize("named", ["consent_id", "ground_id"])
async def test_a_basis_names_nothing_but_what_it_rests_on(house, named):
    """An agency's own record rests on no consent and no ground; the same basis without one is made."""
    case = await case_id(house, await house.submitted())
    found = {
        "consent_id": (await basis(house, case, "Revontuli"))["consent_id"],
        "ground_id": (await house.fetch("SELECT id FROM legal_ground LIMIT 1"))[0]["id"],
    }
    police = (await basis(house, case, "Police", "own_record"))["agency_id"]
    wanted = BASIS.replace("consent_id", named)
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        await connection.execute(wanted, case, police, "own_record", None, ["disclosure"])
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(wanted, case, police, "own_record", found[named], ["disclosure"])


async def test_an_own_record_cannot_be_claimed_for_somebody_elses_case(house):
    case, municipality = await case_id(house, await house.submitted()), await agency(house, "Revontuli")
    async with house.as_role("app", await secret_of(house, "municipality")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(BASIS, case, municipality, "own_record", None, ["identity"])


async def test_what_has_ended_cannot_be_revived(house):
    reference = await house.submitted()
    await (await house.person("officer")).post(f"/cases/{reference}/consent/withdrawal")
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        for table in ("lawful_basis", "access_grant"):
            changed = await connection.execute(f"UPDATE {table} SET ended_at = now() WHERE ended_at IS NOT NULL")
            assert changed == "UPDATE 0"
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute(f"UPDATE {table} SET ended_at = NULL WHERE ended_at IS NULL")


async def test_a_grant_whose_basis_has_ended_opens_nothing(house):
    """The race: a seat made while consent is withdrawn keeps a living grant, on a basis that is over."""
    reference = await house.submitted()
    await house.opened(reference, "Heikki")
    municipality = await house.person("municipality")
    assert (await municipality.get(f"/cases/{reference}"))["client"] is not None
    superuser = await house.superuser()
    await superuser.execute("UPDATE lawful_basis SET ended_at = now() WHERE reason = 'consent'")
    await superuser.close()
    assert await house.fetch("SELECT FROM access_grant WHERE occasion = 'seat' AND ended_at IS NULL") != []
    await municipality.get(f"/cases/{reference}", 404)


async def test_a_withdrawal_holds_for_a_transaction_that_began_before_it(house):
    reference = await house.submitted()
    await house.opened(reference, "Heikki")
    secret = await secret_of(house, "municipality") if await house.person("municipality") else ""
    async with house.as_role("app", secret) as connection:
        assert await connection.fetchval("SELECT count(*) FROM client") == 1
        await (await house.person("officer")).post(f"/cases/{reference}/consent/withdrawal")
        assert await connection.fetchval("SELECT count(*) FROM client") == 0


@pytest.mark.parametrize("table", ["lawful_basis", "access_grant"])
async def test_what_is_over_by_its_date_opens_nothing(house, table):
    reference = await house.submitted()
    await house.opened(reference, "Heikki")
    superuser = await house.superuser()
    await superuser.execute(f"UPDATE {table} SET valid_to = now() - interval '1 second'")
    await superuser.close()
    await (await house.person("municipality")).get(f"/cases/{reference}", 404)


async def test_a_bar_beats_every_grant(house):
    reference = await house.submitted()
    await house.opened(reference, "Heikki")
    municipality = await house.person("municipality")
    await municipality.get(f"/cases/{reference}")
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        await connection.execute(
            "INSERT INTO access_bar (id, case_id, person_id, reason, valid_from) SELECT gen_random_uuid(), $1, "
            "person_id, 'conflict_of_interest', now() FROM post WHERE id = $2",
            await case_id(house, reference),
            await post(house, "Heikki"),
        )
    await municipality.get(f"/cases/{reference}", 404)
    assert await municipality.get("/cases") == []


async def test_kinds_hold_in_the_database(house):
    """A seat shows the kinds that the consent names: here neither risk nor narrative."""
    reference = await house.filled_draft()
    officer = await house.person("officer")
    body = await house.consent_body()
    await officer.post(f"/cases/{reference}/consent", body | {"kinds": ["identity"]})
    await officer.post(f"/cases/{reference}/submission")
    await house.opened(reference, "Heikki")
    await house.person("municipality")
    async with house.as_role("app", await secret_of(house, "municipality")) as connection:
        seen = {
            table: await connection.fetchval(f"SELECT count(*) FROM {table}")
            for table in ("client", "party", "case_part", "assessment", "assessment_answer", "safe_contact", "consent")
        }
    assert seen == dict.fromkeys(seen, 0) | {"client": 1}


async def test_a_child_row_cannot_be_put_under_a_hidden_parent(house):
    hidden = await case_id(house, await house.submitted())
    own = await case_id(house, await house.draft("social-worker"))
    assessment = (await house.fetch("SELECT id FROM assessment WHERE case_id = $1", hidden))[0]["id"]
    async with house.as_role("app", await secret_of(house, "social-worker")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO assessment_answer (id, case_id, controller_id, retention_class, assessment_id, item, "
                "answer) VALUES (gen_random_uuid(), $1, current_agency(), 'x', $2, 'injury', 'yes')",
                own,
                assessment,
            )


CHILDREN = {
    "consent_scan": (
        "consent",
        "INSERT INTO consent_scan (id, case_id, controller_id, retention_class, consent_id, content, media_type, size, "
        "digest, added_at, added_by_id) VALUES (gen_random_uuid(), $1, current_agency(), 'x', $2, '', 'x', 1, 'x', "
        "now(), current_post())",
    ),
    "guardian": (
        "party",
        "INSERT INTO guardian (id, case_id, controller_id, retention_class, party_id, may_decide, suspected, "
        "recorded_at, recorded_by_id) VALUES (gen_random_uuid(), $1, current_agency(), 'x', $2, true, false, now(), "
        "current_post())",
    ),
    "prohibition": (
        "party",
        "INSERT INTO prohibition (id, case_id, controller_id, retention_class, party_id, forbidden, reason, "
        "recorded_at, recorded_by_id) VALUES (gen_random_uuid(), $1, current_agency(), 'x', $2, true, '', now(), "
        "current_post())",
    ),
    "decision_capacity": (
        "party",
        "INSERT INTO decision_capacity (id, case_id, controller_id, retention_class, decides, representative_id, "
        "minor, capable, assessed_at, assessed_by_id) VALUES (gen_random_uuid(), $1, current_agency(), 'x', "
        "'legal_representative', $2, true, false, now(), current_post())",
    ),
}


@pytest.mark.parametrize("table", CHILDREN)
async def test_no_row_about_consent_hangs_under_another_case(house, table):
    parent, insert = CHILDREN[table]
    hidden = await case_id(house, await house.submitted())
    own_reference = await house.filled_draft("social-worker")
    own = await case_id(house, own_reference)
    found = {
        case: (await house.fetch(f"SELECT id FROM {parent} WHERE case_id = $1", case))[0] for case in (hidden, own)
    }
    async with house.as_role("app", await secret_of(house, "social-worker")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute(insert, own, found[hidden]["id"])
        await connection.execute(insert, own, found[own]["id"])


async def test_an_exemption_cannot_be_put_under_a_hidden_or_foreign_bar(house):
    hidden_case = await house.submitted()
    hidden = await case_id(house, hidden_case)
    own = await case_id(house, await house.draft("social-worker"))
    officer = await house.person("officer")
    body = {"post": str(await post(house, "Heikki")), "reason": "conflict_of_interest"}
    await officer.post(f"/cases/{hidden_case}/bars", body)
    bar = (await house.fetch("SELECT id FROM access_bar"))[0]["id"]
    insert = (
        "INSERT INTO bar_exemption (id, bar_id, case_id, person_id, reason, given_by_id, given_at) "
        "SELECT gen_random_uuid(), $1, $2, person_id, 'x', current_post(), now() FROM live_session()"
    )
    for login, bar_id, case in (("social-worker", bar, own), ("social-worker", bar, hidden), ("officer", bar, hidden)):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(insert, bar_id, case)


async def test_a_grant_that_has_not_begun_lets_nobody_act(house):
    """The desk asks what row security asks: else an act would be let in, and quietly change nothing."""
    case = await house.filled_draft()
    officer, worker = await house.person("officer"), await house.person("social-worker")
    await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Marja")})
    await house.fetch(
        "INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, capability, kinds, valid_from) "
        "SELECT gen_random_uuid(), case_id, post_id, basis_id, 'referral', 'refer', kinds, now() + interval '1 day' "
        "FROM access_grant WHERE capability = 'contribute'"
    )
    await worker.put(f"/cases/{case}/client", story.CLIENT, 403)
    await house.fetch("UPDATE access_grant SET valid_from = now() WHERE valid_from > now()")
    assert (await house.http.put(f"/api/v1/cases/{case}/client", json={}, headers=worker._headers)).status_code == 422
