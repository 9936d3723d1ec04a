"""A child's consent is their own when they understand, else their guardians': all of them, and nobody suspected."""

import asyncpg
import pytest
from tests.consent.minors import ChildsCase, aged, an_hour_ago, wrong
from tests.kernel.test_row_security import secret_of

from multiagency.demo import story

ALL = {"Fell", "Wellbeing", "Municipality"}


@pytest.fixture
async def child(house):
    return await ChildsCase.open(house, 9)


async def test_a_minors_consent_waits_for_a_judgement_of_capacity(child):
    problem = await child.answers(expect=409)
    assert "capacity" in problem["title"]
    assert "capacity" in (await child.missing())["guardians"]
    assert await child.house.fetch("SELECT FROM consent") == []


async def test_an_adults_does_not(house):
    adult = await ChildsCase.open(house, 18)
    await adult.answers()
    assert await adult.open_to() == ALL


async def test_without_an_identity_code_the_age_is_asked_for(house):
    case = await ChildsCase.open(house, None)
    assert "age" in (await case.answers(expect=409))["title"]
    assert wrong(await case.capacity(422, capable=True)) == {"minor"}
    await case.capacity(minor=False)
    await case.answers()
    assert await case.open_to() == ALL


async def test_the_code_outweighs_what_is_said_of_the_age(child):
    assert wrong(await child.capacity(422, minor=False, capable=False)) == {"minor"}


async def test_a_young_child_is_presumed_unable_to_decide(child):
    await child.capacity()
    capacity = (await child.officer.get(f"{child.path}/guardians"))["capacity"]
    assert (capacity["decides"], capacity["capable"], capacity["minor"]) == ("guardians", False, True)


@pytest.mark.parametrize("capable", [True, False])
async def test_a_judgement_about_a_minor_always_has_a_reason(child, capable):
    assert "reason" in wrong(await child.capacity(422, capable=capable, reason=""))


async def test_at_the_hearing_age_a_child_is_heard_and_nothing_is_presumed(house):
    older = await ChildsCase.open(house, 12)
    assert wrong(await older.capacity(422)) == {"capable", "heard_at"}
    assert wrong(await older.capacity(422, capable=True)) == {"heard_at"}
    assert wrong(await older.capacity(422, capable=True, heard_at="2099-01-01T12:00:00Z")) == {"heard_at"}
    await older.capacity(capable=True, heard_at=an_hour_ago(), heard="Kahden kesken")
    seen = (await older.officer.get(f"{older.path}/guardians"))["capacity"]
    assert (seen["heard"], seen["reason"]) == ("Kahden kesken", "Keskusteltu")


async def test_the_ages_are_parameters(house):
    superuser = await house.superuser()
    await superuser.execute("UPDATE dated_parameter SET value = 15 WHERE name IN ('hearing_age', 'capacity_age')")
    await superuser.close()
    older = await ChildsCase.open(house, 13)
    await older.capacity()
    assert (await older.officer.get(f"{older.path}/guardians"))["capacity"]["capable"] is False


async def test_a_capable_minor_consents_and_no_guardian_does(child):
    await child.capacity(capable=True)
    guardian = await child.guardian("Huoltaja Yksi")
    assert wrong(await child.answers(guardian, expect=422)) == {"capacity"}
    await child.answers()
    assert await child.open_to() == ALL


async def test_a_child_who_does_not_decide_is_not_recorded_as_consenting(child):
    await child.not_capable("Huoltaja Yksi")
    assert wrong(await child.answers(expect=422)) == {"capacity"}


async def test_every_guardian_who_decides_must_agree(child):
    first, second = await child.not_capable("Huoltaja Yksi", "Huoltaja Kaksi")
    await child.answers(first)
    assert await child.open_to() == set()
    assert (await child.officer.get(f"{child.path}/consent"))["state"] == "waiting"
    assert "Huoltaja Kaksi" in (await child.missing())["consent"]
    await child.answers(second)
    assert await child.open_to() == ALL
    consent = await child.officer.get(f"{child.path}/consent")
    assert consent["state"] == "given"
    assert {statement["giver"] for statement in consent["statements"]} == {first, second}


async def test_the_gate_opens_for_what_they_all_name(child):
    first, second = await child.not_capable("Huoltaja Yksi", "Huoltaja Kaksi")
    await child.answers(first, "Police", "Wellbeing", kinds=["identity", "risk"])
    await child.answers(second, "Wellbeing", "Revontuli", kinds=["identity", "party"])
    assert await child.open_to() == {"Wellbeing"}
    kinds = await child.house.fetch("SELECT kinds FROM lawful_basis WHERE reason = 'consent' AND ended_at IS NULL")
    assert set(kinds[0]["kinds"]) == {"identity", "consent", "shell", "meeting", "minutes", "action"}


@pytest.mark.parametrize("answer", ["refused", "given"])
async def test_one_refusal_closes_it(child, answer):
    first, second = await child.not_capable("Huoltaja Yksi", "Huoltaja Kaksi")
    await child.answers(first)
    await child.answers(second)
    await child.answers(first, answer=answer)
    assert await child.open_to() == (ALL if answer == "given" else set())
    assert ("consent" in await child.missing()) == (answer == "refused")


async def test_one_guardian_withdraws_for_the_child(child):
    first, second = await child.not_capable("Huoltaja Yksi", "Huoltaja Kaksi")
    await child.answers(first)
    await child.answers(second)
    await child.officer.post(f"{child.path}/consent/withdrawal", {"giver": second})
    assert await child.open_to() == set()
    rows = await child.house.fetch("SELECT giver_id::text AS giver FROM consent WHERE state = 'withdrawn'")
    assert [row["giver"] for row in rows] == [second]


async def test_only_who_has_said_yes_can_take_it_back(child):
    first, second = await child.not_capable("Huoltaja Yksi", "Huoltaja Kaksi")
    await child.answers(first)
    problem = await child.officer.post(f"{child.path}/consent/withdrawal", {"giver": second}, 422)
    assert wrong(problem) == {"giver"}


async def test_one_guardian_takes_one_agency_out(child):
    first, second = await child.not_capable("Huoltaja Yksi", "Huoltaja Kaksi")
    await child.answers(first)
    await child.answers(second)
    body = {"giver": second, "recipient": await child.house.agency("Revontuli")}
    await child.officer.post(f"{child.path}/consent/withdrawal", body)
    assert await child.open_to() == ALL - {"Municipality"}
    await child.answers(first)  # a new answer of the other does not bring it back
    assert await child.open_to() == ALL - {"Municipality"}


async def test_a_suspected_guardian_never_consents(child):
    suspect = (await child.not_capable("Huoltaja Yksi")) and await child.guardian("Epäilty Huoltaja", suspected=True)
    assert wrong(await child.answers(suspect, expect=422)) == {"giver"}
    assert wrong(await child.answers(suspect, expect=422, answer="refused")) == {"giver"}


async def test_a_person_using_violence_is_suspected_whatever_is_said(child):
    await child.capacity(capable=False)
    party = await child.party("person_using_violence", "Oiva Keksitty")
    body = {"party": party, "may_decide": True, "suspected": False}
    assert wrong(await child.officer.post(f"{child.path}/guardians", body, 422)) == {"suspected"}
    await child.officer.post(f"{child.path}/guardians", body | {"suspected": True})
    assert wrong(await child.answers(party, expect=422)) == {"giver"}


async def test_a_guardian_who_turns_out_to_use_violence_loses_their_say_at_once(child):
    first, second = await child.not_capable("Huoltaja Yksi", "Huoltaja Kaksi")
    await child.answers(first)
    assert await child.open_to() == set()
    body = {"role": "person_using_violence", "name": "Huoltaja Kaksi"}
    await child.officer.put(f"{child.path}/parties/{second}", body)
    guardians = (await child.officer.get(f"{child.path}/guardians"))["guardians"]
    assert [guardian["suspected"] for guardian in guardians if guardian["party"] == second] == [True]
    assert await child.open_to() == ALL  # the other's yes is all that is needed now


async def test_a_restriction_has_its_reason_and_takes_away_the_say(child):
    first = (await child.not_capable("Huoltaja Yksi"))[0]
    party = await child.party("guardian", "Rajattu Huoltaja")
    body = {"party": party, "may_decide": False, "suspected": False}
    assert wrong(await child.officer.post(f"{child.path}/guardians", body, 422)) == {"restriction_reason"}
    await child.officer.post(f"{child.path}/guardians", body | {"restriction_reason": "Käräjäoikeuden päätös"})
    assert wrong(await child.answers(party, expect=422)) == {"giver"}
    await child.answers(first)
    assert await child.open_to() == ALL


async def test_where_no_guardian_may_decide_a_legal_representative_does(child):
    await child.capacity(capable=False)
    await child.guardian("Epäilty Huoltaja", suspected=True)
    problem = await child.answers(expect=409)
    assert "edunvalvojan sijainen" in problem["title"]
    assert "edunvalvojan sijainen" in (await child.missing())["guardians"]
    representative = await child.party("other", "Sijainen Esimerkki")
    await child.capacity(capable=False, legal_representative=representative)
    other = await child.party("other", "Joku Muu")
    assert wrong(await child.answers(other, expect=422, capacity="legal_representative")) == {"giver"}
    await child.answers(representative, capacity="legal_representative")
    assert await child.open_to() == ALL


@pytest.mark.parametrize("role", ["child", "person_using_violence"])
async def test_not_everybody_can_represent(child, role):
    party = await child.party(role, "Joku")
    assert wrong(await child.capacity(422, capable=False, legal_representative=party)) == {"legal_representative"}


async def test_for_an_adult_only_a_legal_representative_decides(house):
    adult = await ChildsCase.open(house, 40)
    assert wrong(await adult.capacity(422, capable=False)) == {"legal_representative"}
    representative = await adult.party("other", "Edunvalvoja Esimerkki")
    await adult.capacity(capable=False, legal_representative=representative)
    assert wrong(await adult.answers(expect=422)) == {"capacity"}
    await adult.answers(representative, capacity="legal_representative")
    assert await adult.open_to() == ALL


async def test_another_judgement_shuts_a_gate_that_others_opened(child):
    await child.capacity(capable=True)
    await child.answers()
    await child.not_capable("Huoltaja Yksi")
    assert await child.open_to() == set()
    assert (await child.officer.get(f"{child.path}/consent"))["state"] == "not_asked"


async def test_another_guardian_shuts_it_until_they_have_agreed(child):
    first = (await child.not_capable("Huoltaja Yksi"))[0]
    await child.answers(first)
    assert await child.open_to() == ALL
    second = await child.guardian("Huoltaja Kaksi")
    assert await child.open_to() == set()
    await child.answers(second)
    assert await child.open_to() == ALL


async def test_a_client_who_turns_out_to_be_a_child_shuts_it(house):
    case = await ChildsCase.open(house, 30)
    await case.answers()
    await case.officer.put(f"{case.path}/client", {"name": "Lapsi Esimerkki", "identity_code": aged(10)})
    assert await case.open_to() == set()
    assert "guardians" in await case.missing()


async def test_who_has_come_of_age_is_judged_again(child):
    first = (await child.not_capable("Huoltaja Yksi"))[0]
    await child.officer.put(f"{child.path}/client", {"name": "Lapsi Esimerkki", "identity_code": aged(18)})
    await child.answers(first, expect=409)
    await child.capacity(reason="")
    await child.answers()
    assert await child.open_to() == ALL


async def test_a_guardian_of_another_case_is_nobody_here(house, child):
    other = await ChildsCase.open(house, 9)
    stranger = (await other.not_capable("Vieras Huoltaja"))[0]
    await child.not_capable("Huoltaja Yksi")
    assert wrong(await child.answers(stranger, expect=422)) == {"giver"}
    body = {"party": stranger, "may_decide": True, "suspected": False}
    assert wrong(await child.officer.post(f"{child.path}/guardians", body, 422)) == {"party"}


async def test_who_decides_is_seen_by_those_who_steer_and_by_nobody_else(house, child):
    first = (await child.not_capable("Huoltaja Yksi"))[0]
    await (await house.person("social-worker")).get(f"{child.path}/guardians", 404)
    await (await house.person("coordinator")).get(f"{child.path}/guardians", 404)
    await (await house.person("municipality")).get(f"{child.path}/guardians", 403)
    await child.answers(first)
    await child.party("person_using_violence", "Oiva Keksitty")
    await child.officer.put(f"{child.path}/assessment", {"answers": story.answers(15)})
    await child.officer.post(f"{child.path}/child-welfare", {"decision": "already_notified"})
    await child.officer.post(f"{child.path}/submission")
    coordinator = await house.person("coordinator")
    seen = await coordinator.get(f"{child.path}/guardians")
    assert [guardian["name"] for guardian in seen["guardians"]] == ["Huoltaja Yksi"]
    await coordinator.post(f"{child.path}/guardians/capacity", {"capable": True}, 403)
    await child.officer.post(f"{child.path}/consent/withdrawal")
    await coordinator.get(f"{child.path}/guardians", 404)


async def test_the_database_asks_for_every_giver_too(house, child):
    """As the app's role, with the referrer's own session: no basis while one of two guardians has said nothing."""
    first, second = await child.not_capable("Huoltaja Yksi", "Huoltaja Kaksi")
    await child.answers(first)
    grown = (await house.fetch("SELECT until FROM decision_capacity"))[0]["until"]
    insert = (
        "INSERT INTO lawful_basis (id, case_id, agency_id, reason, consent_id, kinds, valid_from, valid_to) "
        "SELECT gen_random_uuid(), c.case_id, r.agency_id, 'consent', c.id, '{identity}', now(), $1 "
        "FROM consent c JOIN consent_pair r ON r.consent_id = c.id ORDER BY c.version DESC LIMIT 1"
    )
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(insert, grown)
    await child.answers(second)
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        await connection.execute(insert, grown)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute(insert, None)  # it would outlive the childhood
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute(insert.replace("{identity}", "{disclosure}"), grown)


async def test_the_database_records_no_suspected_guardian_as_consenting(house, child):
    first = (await child.not_capable("Huoltaja Yksi"))[0]
    suspect = await child.guardian("Epäilty Huoltaja", suspected=True)
    await child.answers(first)
    forged = (
        "INSERT INTO consent (version, state, capacity, giver_id, purpose, asked_by_id, asked_at, how, language, "
        "recorded_at, recorded_by_id, id, case_id, controller_id, retention_class) SELECT version + 1, 'given', "
        "capacity, $1, purpose, asked_by_id, now(), how, language, now(), recorded_by_id, gen_random_uuid(), "
        "case_id, controller_id, retention_class FROM consent ORDER BY version DESC LIMIT 1"
    )
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute(forged, suspect)
        await connection.execute(forged, first)


async def test_what_was_judged_and_who_was_entitled_is_never_changed(house, child):
    await child.not_capable("Huoltaja Yksi")
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        for table in ("decision_capacity", "guardian", "prohibition", "consent", "consent_scan"):
            for attack in (f"UPDATE {table} SET retention_class = 'x'", f"DELETE FROM {table}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    async with connection.transaction():
                        await connection.execute(attack)


async def test_nobody_learns_from_the_guards_who_decides_in_a_hidden_case(house, child):
    await child.answers((await child.not_capable("Huoltaja Yksi"))[0])
    hidden = (await house.fetch("SELECT id FROM case_file"))[0]["id"]
    await house.person("municipality")
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        for asked in ("required_givers", "newest_answers"):
            assert len(await connection.fetch(f"SELECT * FROM {asked}($1)", hidden)) == 1
    async with house.as_role("app", await secret_of(house, "municipality")) as connection:
        for asked in ("required_givers", "newest_answers"):
            assert await connection.fetch(f"SELECT * FROM {asked}($1)", hidden) == []
