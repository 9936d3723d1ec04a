"""Consent withdrawn for one of three agencies: that one is out on every path at once, the others keep everything."""

import pytest
from tests.consent.minors import wrong

from multiagency.demo import story

PATHS = ("", "/consent", "/assessment", "/minutes", "/actions", "/plan", "/guardians")


async def withdraw_for(house, case, agency, login="officer", expect=204):
    body = {"recipient": await house.agency(agency)}
    return await (await house.person(login)).post(f"/cases/{case}/consent/withdrawal", body, expect)


@pytest.fixture
async def seated(mailing_house):
    house = mailing_house
    case = await house.submitted()
    meeting = await house.opened(case, "Jouni", "Sanna", "Heikki")
    await house.deliver()
    return house, case, meeting


@pytest.mark.parametrize("login", ["officer", "coordinator"])
async def test_the_one_is_out_and_the_others_keep_everything(seated, login):
    house, case, meeting = seated
    municipality = await house.person("municipality")
    assert (await municipality.get(f"/cases/{case}"))["client"] is not None
    old = next(mail for mail in house.mails() if "revontuli" in mail.recipient)
    others = {name: await house.person(name) for name in ("police", "county", "coordinator", "officer")}
    before = {name: await person.get(f"/cases/{case}") for name, person in others.items()}
    sent = len(house.mails())
    await withdraw_for(house, case, "Revontuli", login)
    for path in PATHS:
        response = await house.http.get(f"/api/v1/cases/{case}{path}", headers=municipality._headers)
        assert response.status_code in ({404} if path != "/guardians" else {403}), path
    assert await municipality.get("/cases") == []
    await municipality.get(f"/meetings/{meeting}/invitation", 404)
    assert (await house.http.get(f"/j/{old.address}", headers=municipality._headers)).status_code == 404
    assert {name: await person.get(f"/cases/{case}") for name, person in others.items()} == before
    await house.deliver()
    new = house.mails()[sent:]
    assert [(mail.method, mail.recipient, mail.uid) for mail in new] == [("CANCEL", old.recipient, old.uid)]
    for name in ("Jouni", "Sanna"):  # still seated, so not to be seated again
        await house.seat(meeting, case, name, 409)
    await house.seat(meeting, case, "Heikki", 409)
    consent = await others["officer"].get(f"/cases/{case}/consent")
    assert (consent["state"], len(consent["recipients"])) == ("given", 2)


async def test_they_are_put_out_of_the_room(seated):
    house, case, _ = seated
    municipality, police = await house.person("municipality"), await house.person("police")
    rows = await house.fetch("SELECT id, post_id, case_id, controller_id, retention_class FROM seat")
    superuser = await house.superuser()
    for row in rows:  # everybody has entered
        await superuser.execute(
            "INSERT INTO room_presence (id, seat_id, entered_at, case_id, controller_id, retention_class) "
            "VALUES (gen_random_uuid(), $1, now(), $2, $3, $4)",
            row["id"],
            row["case_id"],
            row["controller_id"],
            row["retention_class"],
        )
    await superuser.close()
    await withdraw_for(house, case, "Revontuli")
    left = await house.fetch(
        "SELECT n.name FROM room_presence r JOIN seat s ON s.id = r.seat_id JOIN post p ON p.id = s.post_id "
        "JOIN person n ON n.id = p.person_id WHERE r.left_at IS NOT NULL"
    )
    assert [row["name"] for row in left] == ["Heikki Palojärvi"]
    await municipality.get(f"/cases/{case}", 404)
    await police.get(f"/cases/{case}")


async def test_an_asked_contributor_of_that_agency_is_out(house):
    case, officer = await house.filled_draft(), await house.person("officer")
    await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Heikki")})
    await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Marja")})
    municipality, worker = await house.person("municipality"), await house.person("social-worker")
    await municipality.get(f"/cases/{case}")
    await withdraw_for(house, case, "Revontuli")
    await municipality.put(f"/cases/{case}/part", {"narrative": "?"}, 404)
    await worker.put(f"/cases/{case}/part", {"narrative": story.COUNTY_PART})
    await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Heikki")}, 409)


async def test_the_withdrawal_stands_in_the_record_that_it_ends(seated):
    house, case, _ = seated
    await withdraw_for(house, case, "Revontuli", "coordinator")
    rows = await house.fetch(
        "SELECT c.version, c.state, c.controller_id, r.controller_id AS child FROM consent c "
        "LEFT JOIN (SELECT DISTINCT consent_id, controller_id FROM consent_pair) r "
        "ON r.consent_id = c.id AND c.state = 'withdrawn' ORDER BY c.version"
    )
    assert [(row["version"], row["state"]) for row in rows] == [(1, "given"), (2, "withdrawn")]
    assert rows[0]["controller_id"] == rows[1]["controller_id"] == rows[1]["child"]


@pytest.mark.parametrize("agency", ["Wellbeing"])
async def test_without_the_coordinating_agency_nothing_is_left(seated, agency):
    house, case, _ = seated
    await withdraw_for(house, case, agency)
    assert (await (await house.person("officer")).get(f"/cases/{case}"))["stage"] == "withdrawn"
    await (await house.person("police")).get(f"/cases/{case}", 404)


async def test_without_the_last_agency_nothing_is_left(house):
    case, officer = await house.draft(), await house.person("officer")
    await officer.post(f"/cases/{case}/consent", await house.consent_body("Revontuli", "Shelter"))
    await withdraw_for(house, case, "Shelter")
    assert (await officer.get(f"/cases/{case}"))["stage"] == "draft"
    await withdraw_for(house, case, "Revontuli")
    assert (await officer.get(f"/cases/{case}"))["stage"] == "withdrawn"


async def test_an_agency_that_is_not_named_cannot_be_taken_out(seated):
    house, case, _ = seated
    assert wrong(await withdraw_for(house, case, "Shelter", expect=422)) == {"recipient"}
    await withdraw_for(house, case, "Revontuli")
    assert wrong(await withdraw_for(house, case, "Revontuli", expect=422)) == {"recipient"}


async def test_the_database_gives_it_no_new_basis(seated):
    import asyncpg
    from tests.kernel.test_grants import BASIS, agency, basis, case_id
    from tests.kernel.test_row_security import secret_of

    house, reference, _ = seated
    case = await case_id(house, reference)
    named = await basis(house, case, "Revontuli")
    await withdraw_for(house, reference, "Revontuli")
    police = await agency(house, "Police")
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute(BASIS, case, named["agency_id"], "consent", named["consent_id"], ["identity"])
        await connection.execute(BASIS, case, police, "consent", named["consent_id"], ["identity"])


async def test_a_listener_that_fails_fails_it_all(seated, monkeypatch):
    house, case, _ = seated

    async def fail(*_):
        raise RuntimeError

    from multiagency.cases.events import SightEnded

    house.runtime.tools.events.subscribe(SightEnded, fail)
    await withdraw_for(house, case, "Revontuli", expect=500)
    assert (await (await house.person("municipality")).get(f"/cases/{case}"))["client"] is not None
    assert len(await house.fetch("SELECT FROM consent")) == 1
