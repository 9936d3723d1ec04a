"""What the database itself refuses about disclosures, asked with the app's password and a live session."""

import asyncpg
import pytest
from tests.disclosures.telling import disclosed
from tests.kernel.test_grants import agency, case_id, post
from tests.kernel.test_row_security import secret_of

TABLES = ("disclosure", "delivery", "receipt", "child_welfare_decision", "ground_sharing")
DISCLOSURE = (
    "INSERT INTO disclosure (id, case_id, controller_id, retention_class, ground_id, recipient_agency_id, "
    "recipient_kind, channel, fields, content, necessity, purpose, author_id, decided_at) VALUES (gen_random_uuid(), "
    "$1, $2, 'x', $3, $4, $5, 'inbox', '{}', 'x', 'x', 'protect_life', $6, now()) RETURNING id"
)
RECEIPT = (
    "INSERT INTO receipt (id, case_id, controller_id, retention_class, disclosure_id, case_reference, from_agency_id, "
    "from_post_id, ground_id, purpose, content, received_at) SELECT gen_random_uuid(), $1, $2, 'x', $3, 'x', "
    "current_agency(), current_post(), $4, 'x', 'x', now()"
)
DELIVERY = (
    "INSERT INTO delivery (id, case_id, controller_id, retention_class, disclosure_id, how, delivered_at, "
    "recorded_by_id, recorded_at) SELECT gen_random_uuid(), $1, current_agency(), 'x', $2, 'post', now(), "
    "current_post(), now()"
)
DECISION = (
    "INSERT INTO child_welfare_decision (id, case_id, controller_id, retention_class, decision, disclosure_id, "
    "decided_by_id, decided_at) SELECT gen_random_uuid(), $1, current_agency(), 'x', 'notified', $2, current_post(), "
    "now()"
)
BASIS = (
    "INSERT INTO lawful_basis (id, case_id, agency_id, reason, disclosure_id, kinds, valid_from) "
    "VALUES (gen_random_uuid(), $1, $2, 'own_record', $3, $4, now())"
)
GRANT = (
    "INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, occasion_id, capability, kinds, valid_from) "
    "VALUES (gen_random_uuid(), $1, $2, $3, 'disclosure', $4, 'read', '{disclosure}', now())"
)


async def ground_id(house, code):
    return (await house.fetch("SELECT id FROM legal_ground WHERE code = $1 AND valid_from < now()", code))[0]["id"]


async def refused(house, login, statement, *values):
    async with house.as_role("app", await secret_of(house, login)) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement, *values)


async def sent(house):
    """A disclosure of the officer's to the county's child welfare: its case and its id."""
    reference = await house.filled_draft()
    made = await disclosed(house, "officer", reference)
    return await case_id(house, reference), made["id"]


async def test_each_part_is_seen_by_its_own_side_only(house):
    await sent(house)
    await house.person("police-intake")
    counts = {}
    for login in ("officer", "child-welfare", "police-intake", "officer-2", "county", "coordinator"):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            counts[login] = [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES]
    assert counts.pop("officer") == [1, 0, 0, 0, 0]
    assert counts.pop("child-welfare") == [0, 0, 1, 0, 0]
    assert set(map(tuple, counts.values())) == {(0, 0, 0, 0, 0)}


async def test_within_one_agency_what_was_sent_and_what_arrived_stay_apart(house):
    """A social worker tells the child welfare of their own county: neither reads the other's side."""
    reference = await house.filled_draft("social-worker")
    body = {"recipient": await house.agency("Wellbeing"), "reason": "Huoli lapsesta", "confirmed": True}
    worker = await house.person("social-worker")
    await worker.post(f"/cases/{reference}/child-welfare/notification", body, 201)
    await house.person("child-welfare")
    counts = {}
    for login in ("social-worker", "child-welfare"):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            counts[login] = [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES]
    assert counts == {"social-worker": [1, 0, 0, 1, 0], "child-welfare": [0, 0, 1, 0, 0]}


async def test_whoever_received_sees_no_shell_and_no_other_data(house):
    await sent(house)
    async with house.as_role("app", await secret_of(house, "child-welfare")) as connection:
        for table in ("case_file", "client", "safe_contact", "party", "case_part", "consent", "assessment", "seat"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table


async def test_no_ground_that_does_not_fit_is_taken(house):
    case, police, county = await case_id(house, await house.filled_draft()), "Police", "Wellbeing"
    own, to, officer = await agency(house, police), await agency(house, county), await post(house, "Elina")
    for code in ("ATL-62", "ATL-48", "PERUSOPL-40"):
        await refused(house, "officer", DISCLOSURE, case, own, await ground_id(house, code), to, "county", officer)
    shelter, consent = await agency(house, "Shelter"), await ground_id(house, "SUOSTUMUS")
    await refused(house, "officer", DISCLOSURE, case, own, consent, shelter, "shelter", officer)


async def test_nobody_discloses_in_anothers_name_or_from_anothers_record(house):
    case, ground = await case_id(house, await house.filled_draft()), await ground_id(house, "PHTL-22")
    own, to = await agency(house, "Police"), await agency(house, "Wellbeing")
    officer, other = await post(house, "Elina"), await post(house, "Aslak")
    await refused(house, "officer", DISCLOSURE, case, own, ground, to, "county", other)
    await refused(house, "officer", DISCLOSURE, case, to, ground, to, "county", officer)
    await refused(house, "officer-2", DISCLOSURE, case, own, ground, to, "county", other)


async def test_an_ended_ground_is_refused_by_the_database_too(house):
    case, ground = await case_id(house, await house.filled_draft()), await ground_id(house, "PHTL-22")
    own, to = await agency(house, "Police"), await agency(house, "Wellbeing")
    await (await house.person("administrator")).post("/grounds/PHTL-22/end")
    await refused(house, "officer", DISCLOSURE, case, own, ground, to, "county", await post(house, "Elina"))


async def test_a_receipt_is_put_only_where_a_disclosure_of_ones_own_went(house):
    case, made = await sent(house)
    other = await case_id(house, await house.filled_draft())
    county, shelter = await agency(house, "Wellbeing"), await agency(house, "Shelter")
    ground, wrong_ground = await ground_id(house, "PHTL-22"), await ground_id(house, "POLL-7-2")
    await refused(house, "officer", RECEIPT, case, shelter, made, ground)
    await refused(house, "officer", RECEIPT, other, county, made, ground)
    await refused(house, "officer", RECEIPT, case, county, made, wrong_ground)
    await refused(house, "child-welfare", RECEIPT, case, county, made, ground)


async def test_no_child_row_is_put_under_a_disclosure_of_another_case(house):
    reference = await house.filled_draft()
    made = (await disclosed(house, "officer", reference, agency="Revontuli"))["id"]
    own, other = await case_id(house, reference), await case_id(house, await house.filled_draft())
    for statement in (DELIVERY, DECISION):
        await refused(house, "officer", statement, other, made)
        async with house.as_role("app", await secret_of(house, "officer")) as connection:
            await connection.execute(statement, own, made)


async def test_no_child_row_is_put_under_a_disclosure_out_of_sight(house):
    reference = await house.submitted()
    made = await disclosed(house, "officer", reference)
    await house.opened(reference, "Heikki")
    await disclosed(house, "municipality", reference, agency="Police", ground="PERUSOPL-40", fields=[])
    await refused(house, "municipality", DELIVERY, await case_id(house, reference), made["id"])


async def test_what_arrived_here_cannot_be_called_delivered_by_hand(house):
    case, made = await sent(house)
    await refused(house, "officer", DELIVERY, case, made)


async def test_nothing_that_was_decided_is_changed(house):
    await sent(house)
    for table in TABLES:
        for attack in (f"UPDATE {table} SET retention_class = 'y'", f"DELETE FROM {table}"):
            for login in ("officer", "child-welfare"):
                await refused(house, login, attack)


async def test_a_recipients_basis_holds_what_was_disclosed_and_nothing_else(house):
    case, made = await sent(house)
    county, shelter = await agency(house, "Wellbeing"), await agency(house, "Shelter")
    await refused(house, "officer", BASIS, case, county, made, ["disclosure", "shell"])
    await refused(house, "officer", BASIS, case, shelter, made, ["disclosure"])
    await refused(house, "officer", BASIS, case, county, None, ["disclosure"])
    await refused(house, "officer-2", BASIS, case, await agency(house, "Police"), None, ["disclosure"])
    await refused(house, "child-welfare", BASIS, case, county, None, ["disclosure"])


async def test_a_grant_for_what_arrived_goes_to_posts_that_receive_and_to_no_others(house):
    reference = await house.submitted()
    made = await disclosed(house, "officer", reference)
    await house.opened(reference, "Heikki")
    told = await disclosed(house, "municipality", reference, agency="Police", ground="PERUSOPL-40", fields=[])
    case = await case_id(house, reference)
    basis = (await house.fetch("SELECT id FROM lawful_basis WHERE disclosure_id = $1", told["id"]))[0]["id"]
    for name in ("Jouni", "Elina", "Raija"):
        await refused(house, "municipality", GRANT, case, await post(house, name), basis, told["id"])
    await refused(house, "municipality", GRANT, case, await post(house, "Veikko"), basis, made["id"])
