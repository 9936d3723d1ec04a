"""Parts of minutes: each agency alone receives its own, sealed in its own record, from nobody's hand twice."""

import asyncpg
import pytest
from tests.kernel.test_grants import case_id
from tests.kernel.test_row_security import secret_of
from tests.meetings.test_minutes import refused_as, says, seen_on
from tests.meetings.test_minutes_instructions import HIDDEN
from tests.pages import at_pages

from multiagency.demo import story
from multiagency.kernel.clock import to_helsinki

LOGINS = ("coordinator", "coordinator-2", "municipality", "police", "officer", "county")
TO_TOWN, TO_POLICE = "Kuraattori tapaa lapset viikoittain.", "Lähestymiskielto haetaan perjantaina."
READS = "SELECT controller_id, approved_at FROM minutes_part"


async def begun(house):
    """A case at which Heikki of the municipality and Jouni of the police sit, in a meeting that goes on."""
    first = await house.submitted()
    meeting = await house.meeting(first)
    for name in ("Heikki", "Jouni"):
        await house.seat(meeting, first, name)
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    await house.begin(meeting)
    return {"first": first, "meeting": meeting}


@pytest.fixture
def house(staged_house):
    return staged_house


async def parts(house, **texts):
    return {await house.agency(name): text for name, text in texts.items()}


async def draft(house, meeting, case, expect=200, login="coordinator", text=story.MINUTES, **texts):
    body = {"case": case, "text": text, "parts": await parts(house, **texts)}
    return await (await house.person(login)).post(f"/meetings/{meeting}/minutes", body, expect)


async def approve(house, meeting, case, version, expect=204, **more):
    body = {"case": case, "version": version, "handled": True} | more
    return await (await house.person("coordinator")).post(f"/meetings/{meeting}/minutes/approval", body, expect)


async def approved(house, meeting, case):
    """Minutes with a part for each of the two agencies, approved."""
    version = (await draft(house, meeting, case, Revontuli=TO_TOWN, Police=TO_POLICE))["version"]
    await approve(house, meeting, case, version)


async def read(house, case, login):
    return (await (await house.person(login)).get(f"/cases/{case}/minutes"))[-1]


async def read_parts(house, case, login):
    return [part["text"] for part in (await read(house, case, login))["parts"]]


async def rows_seen(house, login, query=READS):
    async with house.as_role("app", await secret_of(house, login)) as connection:
        return await connection.fetch(query)


# Who reads a part.


async def test_each_agency_reads_its_own_part_alone_and_nobody_a_draft(house, first, meeting):
    version = (await draft(house, meeting, first, Revontuli=TO_TOWN, Police=TO_POLICE))["version"]
    for login in ("municipality", "police", "officer", "county"):
        assert await rows_seen(house, login) == []
    await approve(house, meeting, first, version)
    assert await read_parts(house, first, "municipality") == [TO_TOWN]
    assert await read_parts(house, first, "police") == [TO_POLICE]
    assert sorted(await read_parts(house, first, "coordinator")) == sorted([TO_TOWN, TO_POLICE])
    assert await read_parts(house, first, "officer") == [], "the referrer's agency received one, but they sit nowhere"
    for login, number in {"municipality": 1, "police": 1, "coordinator": 2, "officer": 0}.items():
        assert len(await rows_seen(house, login)) == number
    text = (await (await at_pages(house, "municipality")).get(f"/cases/{first}/minutes")).text
    assert TO_TOWN in text
    assert TO_POLICE not in text


async def test_a_part_is_in_its_agencys_own_record_and_goes_with_the_seat(house, first, meeting):
    await approved(house, meeting, first)
    rows = await house.fetch("SELECT a.name_en, p.text FROM minutes_part p JOIN agency a ON a.id = p.controller_id")
    assert len({row["name_en"] for row in rows}) == 2
    assert all(TO_TOWN.encode() not in row["text"] for row in rows)
    heikki = {"case": first, "post": await house.post_of("Heikki")}
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/seats/removal", heikki)
    assert await rows_seen(house, "municipality") == []


async def test_a_withdrawal_closes_every_part(house, first, meeting):
    await approved(house, meeting, first)
    await (await house.person("officer")).post(f"/cases/{first}/consent/withdrawal")
    for login in ("municipality", "police", "officer", "coordinator"):
        assert await rows_seen(house, login) == []
        assert await rows_seen(house, login, "SELECT id FROM minutes_recipient WHERE agency_id <> controller_id") == []


async def test_a_part_is_for_an_agency_that_is_there_on_a_living_basis(house, first, meeting):
    for name in ("Riekko", "Kaamosjärvi"):
        assert (await draft(house, meeting, first, 422, **{name: "Ei tänne."}))["errors"][0]["field"] == "parts"
    assert await house.fetch("SELECT FROM minutes_part UNION ALL SELECT FROM minutes") == []


async def test_nobody_changes_forges_or_moves_a_part_by_direct_sql(house, first, meeting):
    await approved(house, meeting, first)
    copied = (
        "INSERT INTO minutes_part (id, case_id, controller_id, retention_class, agenda_item_id, version, author_id, "
        "text, recorded_at, approved_at) "
        "SELECT gen_random_uuid(), i.case_id, {whose}, 'x', i.id, 9, {who}, 'x', now(), "
        "{when} FROM agenda_item i"
    )
    mine, me, other = "current_agency()", "current_post()", "(SELECT id FROM agency WHERE name_en LIKE '%Riekko%')"
    forged = [
        ("coordinator", "UPDATE minutes_part SET text = 'x'"),
        ("coordinator", copied.format(whose=mine, who=me, when="now()")),
        ("coordinator", copied.format(whose=mine, who="(SELECT id FROM post LIMIT 1)", when="NULL")),
        ("coordinator", copied.format(whose=other, who=me, when="NULL")),
        ("municipality", copied.format(whose=mine, who=me, when="NULL")),
        ("municipality", "SELECT original FROM minutes_part"),
    ]
    for login, command in forged:
        async with house.as_role("app", await secret_of(house, login)) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(command)
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        again = "UPDATE minutes_part SET approved_at = now(), approved_by_id = current_post()"
        assert await connection.execute(again) == "UPDATE 0"


# Writing.


async def test_two_who_write_different_parts_both_stand_and_of_one_part_both_are_shown(house, first, meeting):
    town, police = f"part-{await house.agency('Revontuli')}", f"part-{await house.agency('Police')}"
    one, two = await at_pages(house, "coordinator"), await at_pages(house, "coordinator-2")
    path = f"/meetings/{meeting}/cases/{first}/minutes"
    await one.post(path, seen=await seen_on(one, path), text="Yhteinen.")
    seen = await seen_on(one, path)
    await one.post(path, seen=seen, text="Yhteinen.", **{town: TO_TOWN, police: ""})
    await two.post(path, seen=seen, text="Yhteinen.", **{town: "", police: TO_POLICE})
    text = (await one.get(path)).text
    assert TO_TOWN in text
    assert TO_POLICE in text
    stale = (await two.post(path, 409, seen=seen, text="Yhteinen.", **{town: "Toisin.", police: ""})).text
    assert TO_TOWN in stale
    assert "Toisin." in stale
    assert "Revontulen kunta" in stale


async def test_a_part_that_was_emptied_is_not_given(house, first, meeting):
    await draft(house, meeting, first, Revontuli=TO_TOWN, Police=TO_POLICE)
    version = (await draft(house, meeting, first, Revontuli=""))["version"]
    await approve(house, meeting, first, version)
    assert await read_parts(house, first, "municipality") == []
    assert await read_parts(house, first, "police") == [TO_POLICE], "what a program leaves out stays"


async def test_what_is_approved_is_the_whole_draft_that_was_seen(house, first, meeting):
    town = f"part-{await house.agency('Revontuli')}"
    pages, path = await at_pages(house, "coordinator"), f"/meetings/{meeting}/cases/{first}/minutes"
    await draft(house, meeting, first, Revontuli=TO_TOWN)
    seen = await seen_on(pages, path)
    await draft(house, meeting, first, login="coordinator-2", Revontuli="Jotain muuta.")
    sent = {"text": story.MINUTES, town: TO_TOWN, "handled": "true"}
    assert "Jotain muuta." in (await pages.post(f"{path}/approval", 409, seen=seen, **sent)).text
    await approve(house, meeting, first, 1, 409)
    assert await house.fetch("SELECT FROM minutes_part WHERE approved_at IS NOT NULL") == []


# Approving.


async def test_minutes_wait_until_their_case_has_been_handled_and_the_answer_says_until_when(house, first, meeting):
    version = (await draft(house, meeting, first))["version"]
    early = await approve(house, meeting, first, version, 409, handled=False)
    assert refused_as(early, "minutes.not_handled")
    [row] = await house.fetch("SELECT starts_at + interval '15 minutes' AS over FROM meeting")
    assert f"{to_helsinki(row['over']):%H.%M}" in early["title"]
    pages, path = await at_pages(house, "coordinator"), f"/meetings/{meeting}/cases/{first}/minutes"
    assert says("minutes.record.is_handled") in (await pages.get(path)).text
    await house.fetch("UPDATE meeting SET starts_at = now() - interval '14 minutes'")
    await approve(house, meeting, first, version, 409, handled=False)
    await house.fetch("UPDATE meeting SET starts_at = now() - interval '16 minutes'")
    assert says("minutes.record.is_handled") not in (await pages.get(path)).text
    await approve(house, meeting, first, version, handled=False)


async def test_a_part_that_a_guardian_might_read_waits_for_its_instruction(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    await officer.post(f"/cases/{case}/parties", story.CHILD, 201)
    await officer.post(f"/cases/{case}/child-welfare", {"decision": "already_notified"})
    await officer.post(f"/cases/{case}/submission")
    meeting = await house.opened(case, "Heikki", "Jouni")
    await house.begin(meeting)
    version = (await draft(house, meeting, case, Revontuli=TO_TOWN))["version"]
    wrong = await approve(house, meeting, case, version, 422)
    town = await house.agency("Revontuli")
    assert [error["field"] for error in wrong["errors"]] == [f"part-{town}"]
    coordinator, place = await house.person("coordinator"), f"/meetings/{meeting}/cases/{case}/minutes/instruction"
    await coordinator.put(place, HIDDEN | {"agency": await house.agency("Police")})
    await approve(house, meeting, case, version, 422)
    await coordinator.put(place, HIDDEN | {"agency": town})
    await approve(house, meeting, case, version)
    assert (await read(house, case, "municipality"))["instruction"]["waits"]


async def test_an_instruction_to_one_agency_goes_before_that_to_all_and_nobody_else_reads_it(house, first, meeting):
    await approved(house, meeting, first)
    coordinator, place = await house.person("coordinator"), f"/meetings/{meeting}/cases/{first}/minutes/instruction"
    own = {"recorded_under": "Oppilashuolto", "hidden_from": "nobody", "agency": await house.agency("Revontuli")}
    await coordinator.put(place, own)
    await coordinator.put(place, HIDDEN)
    town, police = await read(house, first, "municipality"), await read(house, first, "police")
    assert town["instruction"]["recorded_under"] == "Oppilashuolto"
    assert police["instruction"]["recorded_under"] == HIDDEN["recorded_under"]
    assert len(await rows_seen(house, "police", "SELECT id FROM minutes_instruction")) == 1
    for login in ("municipality", "police"):
        home = (await (await at_pages(house, login)).get("/")).text
        assert home.count(f'href="/cases/{first}/minutes"') == 1, "one instruction waits, and not the other too"
    body = {"instruction": town["instruction_id"]}
    await (await house.person("police")).post(f"/cases/{first}/minutes/confirmation", body, 422)
    await (await house.person("municipality")).post(f"/cases/{first}/minutes/confirmation", body)
    page = (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}/cases/{first}/minutes")).text
    assert page.count(says("minutes.parts.recorded", when="").strip().removesuffix(".")) == 1


async def test_what_is_not_confirmed_is_counted_by_agency_on_the_next_meeting_and_tells_no_case(house, first, meeting):
    await approved(house, meeting, first)
    coordinator = await house.person("coordinator")
    await coordinator.put(f"/meetings/{meeting}/cases/{first}/minutes/instruction", HIDDEN)
    following = await house.meeting()
    pages = await at_pages(house, "coordinator")
    text = (await pages.get(f"/meetings/{following}")).text
    owed = text.partition(says("minutes.owed.heading"))[2].partition("<h2")[0]
    assert says("minutes.owed.one", agency="Revontulen kunta", count=1) in owed
    assert first not in owed
    for login in ("municipality", "police"):
        body = {"instruction": (await read(house, first, login))["instruction_id"]}
        await (await house.person(login)).post(f"/cases/{first}/minutes/confirmation", body)
    assert says("minutes.owed.heading") not in (await pages.get(f"/meetings/{following}")).text


async def test_every_recipient_is_a_disclosure_in_the_log(house, first, meeting):
    await approved(house, meeting, first)
    rows = await house.fetch(
        "SELECT DISTINCT a.name_en FROM audit_detail d JOIN agency a ON a.id = d.recipient_id "
        "WHERE d.act = 'approve_minutes' AND d.mode = 'disclose'"
    )
    assert len(rows) == 2, "the municipality and the police, who opened the case"


# Recipients.


async def name(house, meeting, case, *agencies, expect=204):
    path, body = f"/meetings/{meeting}/cases/{case}/minutes/recipients", {"agency": await house.agencies(*agencies)}
    return await (await house.person("coordinator")).put(path, body, expect)


async def test_only_who_was_named_receives_what_was_approved(house, first, meeting):
    await name(house, meeting, first, "Police")
    await approved(house, meeting, first)
    assert (await read(house, first, "police"))["text"] == story.MINUTES
    assert await (await house.person("municipality")).get(f"/cases/{first}/minutes") == []
    for table in ("minutes", "minutes_part"):
        assert await rows_seen(house, "municipality", f"SELECT id FROM {table}") == []
    told = await house.fetch(
        "SELECT DISTINCT p.agency_id FROM notice n JOIN post p ON p.id = n.post_id WHERE n.what = 'minutes_approved'"
    )
    assert [str(row["agency_id"]) for row in told] == [await house.agency("Police")]


async def test_a_recipient_has_a_basis_can_be_added_later_and_keeps_what_it_was_given(house, first, meeting):
    wrong = await name(house, meeting, first, "Riekko", expect=422)
    assert [error["field"] for error in wrong["errors"]] == ["agency"]
    await name(house, meeting, first, "Police", "Revontuli")
    await name(house, meeting, first, "Police")
    await approved(house, meeting, first)
    await name(house, meeting, first, expect=422)
    await name(house, meeting, first, "Police", "Revontuli")
    assert (await read(house, first, "municipality"))["text"] == story.MINUTES


async def test_an_addition_goes_to_the_same_and_to_nobody_whose_basis_has_ended(house, first, meeting):
    await approved(house, meeting, first)
    coordinator, path = await house.person("coordinator"), f"/meetings/{meeting}/minutes/addenda"
    await coordinator.post(path, {"case": first, "text": "Kaikille."})
    town = await house.agency("Revontuli")
    await coordinator.post(path, {"case": first, "text": "Vain kunnalle.", "agency": town})
    await coordinator.post(path, {"case": first, "text": "Ei.", "agency": await house.agency("Wellbeing")}, 422)
    added = {login: [row["text"] for row in (await read(house, first, login))["addenda"]] for login in LOGINS[2:5]}
    assert added == {
        "municipality": ["Kaikille.", "Vain kunnalle."],
        "police": ["Kaikille."],
        "officer": ["Kaikille."],
    }
    assert len(await rows_seen(house, "police", "SELECT id FROM minutes_addendum")) == 1
    whose = await house.fetch("SELECT controller_id FROM minutes_addendum WHERE agency_id IS NOT NULL")
    assert [str(row["controller_id"]) for row in whose] == [town]
    await (await house.person("officer")).post(
        f"/cases/{first}/consent", await house.consent_body("Police", "Wellbeing")
    )
    await coordinator.post(path, {"case": first, "text": "Myöhemmin."})
    await (await house.person("municipality")).get(f"/cases/{first}/minutes", 404)
    text = (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}/cases/{first}/minutes")).text
    assert text.count(says("minutes.recipients.ended")) == 1


async def test_sec0067_an_agency_that_comes_later_reads_no_earlier_minutes(house, first, meeting):
    """Finding SEC-0067: who was given a seat at a later meeting read what every earlier one had said."""
    await approved(house, meeting, first)
    again = await house.opened(first, "Sanna")
    for table in ("minutes", "minutes_part", "minutes_addendum"):
        assert await rows_seen(house, "county", f"SELECT id FROM {table}") == []
    assert await (await house.person("county")).get(f"/cases/{first}/minutes") == []
    assert again != meeting


async def test_sec0068_no_draft_is_written_in_somebody_elses_name(house, first, meeting):
    """Finding SEC-0068: by direct SQL a coordinator could save a draft as if another had written it."""
    await draft(house, meeting, first)
    forged = (
        "INSERT INTO minutes (id, case_id, controller_id, retention_class, agenda_item_id, version, author_id, text, "
        "recorded_at) SELECT gen_random_uuid(), case_id, controller_id, retention_class, agenda_item_id, 9, "
        "(SELECT id FROM post WHERE role = 'officer' ORDER BY id LIMIT 1), text, now() FROM minutes"
    )
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(forged)


# Masking.


async def test_a_name_is_masked_in_parts_that_whoever_strikes_it_does_not_see(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    other = {"role": "other", "name": "Väärä Seppä"}
    party = (await officer.post(f"/cases/{case}/parties", other, 201))["id"]
    await officer.post(f"/cases/{case}/submission")
    meeting = await house.opened(case, "Heikki", "Jouni")
    await house.begin(meeting)
    version = (await draft(house, meeting, case, Revontuli="Sepän kanssa sovittiin.", Police=TO_POLICE))["version"]
    await approve(house, meeting, case, version)
    await officer.post(f"/cases/{case}/parties/{party}/removal", {"reason": "Kirjattu vahingossa."})
    assert await read_parts(house, case, "municipality") == ["[…] kanssa sovittiin."]
    assert await read_parts(house, case, "police") == [TO_POLICE]
    kept = await house.fetch("SELECT original IS NOT NULL AS kept FROM minutes_part ORDER BY kept")
    assert [row["kept"] for row in kept] == [False, True]
    assert await read_parts(house, case, "officer") == []
    asked = f"SELECT * FROM parts_to_mask('{await case_id(house, case)}')"
    assert await rows_seen(house, "officer", asked) == [], "only in the act of striking"
