"""To the table by consent only, until a team decides otherwise by its dated parameter."""

import asyncpg
import pytest
from tests.disclosures.telling import NECESSITY, wrong
from tests.kernel.test_row_security import secret_of

from multiagency.demo import story


async def allow(house, value=1):
    superuser = await house.superuser()
    await superuser.execute(
        "INSERT INTO dated_parameter (id, pathway, name, team_id, value, valid_from) "
        "SELECT gen_random_uuid(), 'marak', 'agenda_without_consent', id, $1::int, now() - interval '1 day' + "
        "$1::int * interval '1 hour' FROM team",
        value,
    )
    await superuser.close()


async def body(house, *parts, **changes):
    return {
        "ground": "PHTL-22",
        "agencies": await house.agencies(*(parts or ("Wellbeing", "Revontuli"))),
        "kinds": ["identity", "narrative"],
        "necessity": NECESSITY,
        "confirmed": True,
    } | changes


async def without_consent(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    refused = await house.consent_body() | {"answer": "refused", "recipients": [], "kinds": []}
    await officer.post(f"/cases/{case}/consent", refused)
    return case


async def test_by_default_only_consent_brings_a_case_to_the_table(house):
    officer, case = await house.person("officer"), await without_consent(house)
    problem = await officer.post(f"/cases/{case}/sharing", await body(house), 409)
    assert "only with the client's consent" in problem["title"]
    assert wrong(await officer.post(f"/cases/{case}/submission", expect=422)) == {"consent"}


async def test_the_database_keeps_to_the_teams_number_too(house):
    await house.filled_draft()
    decision = (
        "INSERT INTO ground_sharing (id, case_id, controller_id, retention_class, ground_id, agency_id, kinds, "
        "necessity, author_id, decided_at) SELECT gen_random_uuid(), c.id, current_agency(), 'x', g.id, a.id, "
        "'{identity}', 'x', current_post(), now() FROM case_file c, agency a, legal_ground g "
        "WHERE g.code = 'PHTL-22' AND a.kind = 'county'"
    )
    for value in (0, 1):
        await allow(house, value)
        async with house.as_role("app", await secret_of(house, "officer")) as connection:
            if value == 0:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(decision)
            else:
                await connection.execute(decision)


async def test_no_basis_stands_without_a_recorded_decision(house):
    await allow(house)
    await house.filled_draft()
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO lawful_basis (id, case_id, agency_id, reason, ground_id, kinds, valid_from) "
                "SELECT gen_random_uuid(), c.id, a.id, 'ground', g.id, '{identity}', now() FROM case_file c, agency a, "
                "legal_ground g WHERE g.code = 'PHTL-22' AND a.kind = 'county'"
            )


async def test_where_the_team_allows_it_a_ground_carries_the_case_and_shows_only_its_kinds(house):
    await allow(house)
    officer, case = await house.person("officer"), await without_consent(house)
    await officer.post(f"/cases/{case}/sharing", await body(house))
    await officer.post(f"/cases/{case}/submission")
    coordinator = await house.person("coordinator")
    seen = await coordinator.get(f"/cases/{case}")
    assert seen["client"]["name"] == story.CLIENT["name"]
    assert (seen["safe_contact"], seen["parties"]) == (None, [])
    meeting = await house.opened(case, "Heikki")
    await house.seat(meeting, case, "Tiina", 409)
    shown = await (await house.person("municipality")).get(f"/cases/{case}")
    assert [part["narrative"] for part in shown["parts"]] == [story.NARRATIVE]
    await house.minutes(meeting, case)
    action = {"owner": await house.post_of("Heikki"), "title": "Soittaa kouluun", "due_on": "2099-01-01"}
    await coordinator.post(f"/cases/{case}/actions", action, 201)


async def test_the_decision_is_recorded_with_its_necessity_sealed(house):
    await allow(house)
    officer, case = await house.person("officer"), await without_consent(house)
    await officer.post(f"/cases/{case}/sharing", await body(house))
    assert wrong(await officer.post(f"/cases/{case}/sharing", await body(house), 422)) == {"agencies"}
    rows = await house.fetch("SELECT to_jsonb(s) AS row FROM ground_sharing s")
    assert len(rows) == 2
    assert NECESSITY not in rows[0]["row"]


async def test_withdrawing_consent_does_not_end_a_ground(house):
    await allow(house)
    officer, case = await house.person("officer"), await house.filled_draft()
    await officer.post(f"/cases/{case}/sharing", await body(house))
    await officer.post(f"/cases/{case}/consent/withdrawal")
    left = await house.fetch("SELECT reason FROM lawful_basis WHERE ended_at IS NULL ORDER BY reason")
    assert [row["reason"] for row in left] == ["ground", "ground", "own_record"]


async def test_a_basis_holds_no_more_kinds_than_were_decided(house):
    await allow(house)
    officer, case = await house.person("officer"), await without_consent(house)
    await officer.post(f"/cases/{case}/sharing", await body(house, kinds=["identity"]))
    more = (
        "INSERT INTO lawful_basis (id, case_id, agency_id, reason, ground_id, kinds, valid_from) "
        "SELECT gen_random_uuid(), case_id, agency_id, 'ground', ground_id, $1, now() FROM ground_sharing LIMIT 1"
    )
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        await connection.execute(more, ["identity", "minutes"])
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(more, ["identity", "contact"])


@pytest.mark.parametrize(
    ("parts", "changes", "fields"),
    [
        (("Wellbeing", "Shelter"), {}, {"ground"}),
        (("Wellbeing",), {"ground": "ATL-62"}, {"ground"}),
        (("Wellbeing",), {"ground": "SUOSTUMUS"}, {"ground"}),
        (("Wellbeing",), {"ground": "ATL-48"}, {"ground"}),
        (("Wellbeing",), {"kinds": ["consent"]}, {"kinds"}),
        (("Wellbeing",), {"kinds": []}, {"kinds"}),
        (("Wellbeing",), {"agencies": []}, {"agencies"}),
        (("Wellbeing",), {"necessity": ""}, {"necessity"}),
        (("Wellbeing",), {"confirmed": False}, {"confirmed"}),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_shared(house, parts, changes, fields):
    await allow(house)
    officer, case = await house.person("officer"), await without_consent(house)
    problem = await officer.post(f"/cases/{case}/sharing", await body(house, *parts, **changes), 422)
    assert wrong(problem) == fields
    assert await house.fetch("SELECT FROM lawful_basis WHERE reason = 'ground'") == []


async def test_a_ground_that_does_not_name_the_coordinating_agency_does_not_carry_the_case(house):
    await allow(house)
    officer, case = await house.person("officer"), await without_consent(house)
    await officer.post(f"/cases/{case}/sharing", await body(house, "Revontuli"))
    assert wrong(await officer.post(f"/cases/{case}/submission", expect=422)) == {"consent"}


async def test_only_the_referrer_of_a_draft_shares_on_a_ground(house):
    await allow(house)
    case = await house.submitted()
    await (await house.person("officer")).post(f"/cases/{case}/sharing", await body(house), 409)
    await (await house.person("coordinator")).post(f"/cases/{case}/sharing", await body(house), 403)
    await (await house.person("officer-2")).post(f"/cases/{case}/sharing", await body(house), 404)


async def test_on_a_ground_who_sees_the_case_goes_on_seeing_it_once_whatever_is_answered_later(house):
    await allow(house)
    officer, case = await house.person("officer"), await without_consent(house)
    await officer.post(f"/cases/{case}/sharing", await body(house))
    await officer.post(f"/cases/{case}/submission")
    await house.opened(case, "Heikki")
    given = (
        "SELECT b.reason, g.post_id, count(*) AS n FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id WHERE "
        "g.capability = 'coordinate' AND b.reason IN ('ground', 'consent') AND g.ended_at IS NULL GROUP BY 1, 2"
    )
    refused = await house.consent_body() | {"answer": "refused", "recipients": [], "kinds": []}
    before = await house.fetch(given)
    await officer.post(f"/cases/{case}/consent", refused)
    assert sorted(await house.fetch(given)) == sorted(before)
    await (await house.person("municipality")).get(f"/cases/{case}")
    await officer.post(f"/cases/{case}/consent", await house.consent_body())
    assert {row["n"] for row in await house.fetch(given)} == {1}
    await (await house.person("municipality")).get(f"/cases/{case}")
    assert len(await house.fetch("SELECT FROM seat WHERE ended_at IS NULL")) == 1
