"""The inbox: what arrives, with all that must be known of it, for those who receive, and for nobody else."""

from tests.disclosures.telling import NECESSITY, REQUESTED_BY, TEXT, disclosed, entries, in_words

from multiagency.demo import story

EVERYBODY = (
    "officer",
    "social-worker",
    "coordinator",
    "police",
    "county",
    "municipality",
    "shelter",
    "auditor",
    "administrator",
)


async def test_what_arrives_says_what_from_whom_when_who_asked_the_ground_and_the_purpose(house):
    """703/2023 section 39."""
    case = await house.filled_draft()
    await disclosed(house, "officer", case, ground="ATL-64", requested_by=REQUESTED_BY)
    intake = await house.person("child-welfare")
    listed = (await intake.get("/inbox"))[0]
    assert listed["read_at"] is None
    assert TEXT not in in_words(listed)
    arrived = await intake.get(f"/inbox/{listed['id']}")
    assert "Police" in arrived["from_agency"]
    assert arrived["from"].startswith("Elina Suopunki")
    assert arrived["requested_by"] == REQUESTED_BY
    assert arrived["ground"]["code"] == "ATL-64"
    assert arrived["purpose"] == "protect_life"
    assert arrived["received_at"]
    assert NECESSITY not in in_words(arrived)
    assert (await intake.get("/inbox"))[0]["read_at"] is not None


async def test_what_arrives_shows_nothing_of_the_case(house):
    case = await house.filled_draft()
    await disclosed(house, "officer", case)
    intake = await house.person("child-welfare")
    for path in ("", "/disclosures", "/disclosable", "/consent", "/assessment"):
        await intake.get(f"/cases/{case}{path}", 403)
    assert await house.fetch("SELECT FROM access_grant WHERE occasion = 'disclosure' AND kinds <> '{disclosure}'") == []


async def test_another_agencys_intake_gets_nothing(house):
    case = await house.filled_draft()
    await disclosed(house, "officer", case)
    receipt = (await (await house.person("child-welfare")).get("/inbox"))[0]["id"]
    other = await house.person("police-intake")
    assert await other.get("/inbox") == []
    await other.get(f"/inbox/{receipt}", 404)


async def test_nobody_but_an_intake_has_an_inbox(house):
    case = await house.submitted()
    await house.opened(case, "Sanna", "Heikki")
    await disclosed(house, "officer", case)
    receipt = (await (await house.person("child-welfare")).get("/inbox"))[0]["id"]
    for login in EVERYBODY:
        person = await house.person(login)
        await person.get("/inbox", 403)
        await person.get(f"/inbox/{receipt}", 403)


async def test_reading_is_logged_with_controller_and_case(house):
    case = await house.filled_draft()
    await disclosed(house, "officer", case)
    intake = await house.person("child-welfare")
    await intake.get(f"/inbox/{(await intake.get('/inbox'))[0]['id']}")
    read = [entry for entry in await entries(house, "read") if entry["body"]["act"] == "read_inbox"]
    assert len(read) == 2
    for entry in read:
        assert entry["detail"]["controller"] == await house.agency("Wellbeing")
        assert entry["detail"]["case_reference"] == case
        assert entry["body"]["purpose"] == "disclosure"


async def test_the_notice_and_its_mail_say_nothing(mailing_house):
    house = mailing_house
    case = await house.filled_draft()
    await disclosed(house, "officer", case, fields=["client.name", "client.identity_code"])
    await house.notify()
    mails = house.sink.messages()
    assert [mail["to"] for mail in mails] == ["raija.kaukonen@county.example"]
    texts = " ".join(mail.as_string() + str(mail.get_content()) for mail in mails)
    for secret in (TEXT, NECESSITY, case, *map(str, story.SECRETS)):
        assert secret not in texts
    notices = await house.fetch("SELECT what, place FROM notice")
    [receipt] = await (await house.person("child-welfare")).get("/inbox")
    assert [tuple(notice) for notice in notices] == [("disclosure_received", f"/inbox/{receipt['id']}")]


async def test_somebody_kept_out_of_the_case_receives_nothing_and_is_told_nothing(house):
    case = await house.filled_draft()
    superuser = await house.superuser()
    await superuser.execute(
        "INSERT INTO access_bar (id, case_id, person_id, reason, valid_from) "
        "SELECT gen_random_uuid(), c.id, p.id, 'must_never_be_told', now() FROM case_file c, person p "
        "WHERE c.reference = $1 AND p.name LIKE 'Raija%'",
        case,
    )
    await superuser.close()
    made = await disclosed(house, "officer", case)
    assert made["channel"] == "by_hand"
    assert await house.fetch("SELECT FROM notice") == []
    assert await house.fetch("SELECT FROM access_grant WHERE occasion = 'disclosure'") == []
    assert await (await house.person("child-welfare")).get("/inbox") == []


async def test_a_bar_that_comes_later_shuts_the_inbox_too(house):
    case = await house.filled_draft()
    await disclosed(house, "officer", case)
    superuser = await house.superuser()
    await superuser.execute(
        "INSERT INTO access_bar (id, case_id, person_id, reason, valid_from) "
        "SELECT gen_random_uuid(), c.id, p.id, 'conflict_of_interest', now() FROM case_file c, person p "
        "WHERE c.reference = $1 AND p.name LIKE 'Raija%'",
        case,
    )
    await superuser.close()
    assert await (await house.person("child-welfare")).get("/inbox") == []
