"""Handing a case over: the former post sees nothing from that moment, the new one what the former did."""

import asyncpg
import pytest
from tests.cases.test_bars import bar
from tests.kernel.test_grants import basis, case_id, post
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages
from tests.safeguards.test_protection import protect

from multiagency.demo import story


async def hand_over(house, case, name="Aslak", what="referral", login="officer", expect=204):
    body = {"what": what, "post": await house.post_of(name)}
    return await (await house.person(login)).post(f"/cases/{case}/reassignment", body, expect)


async def test_the_referral_goes_to_a_colleague_and_leaves_the_former(house):
    case = await house.submitted()
    officer, taker = await house.person("officer"), await house.person("officer-2")
    before = await officer.get(f"/cases/{case}")
    await hand_over(house, case)
    for path in ("", "/consent", "/assessment", "/bars"):
        await officer.get(f"/cases/{case}{path}", 404)
    assert await officer.get("/cases") == []
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        for table in ("case_file", "client", "party", "safe_contact", "case_part", "consent", "assessment"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
    assert await taker.get(f"/cases/{case}") == before
    await taker.post(f"/cases/{case}/consent/withdrawal")
    assert (await taker.get(f"/cases/{case}"))["client"]["name"] == story.CLIENT["name"]


async def test_a_draft_is_finished_by_who_takes_it(house):
    case = await house.filled_draft()
    await hand_over(house, case)
    taker = await house.person("officer-2")
    await taker.put(f"/cases/{case}/client", story.CLIENT | {"name": "Aili Uusi"})
    await taker.post(f"/cases/{case}/consent", await house.consent_body())
    await taker.put(f"/cases/{case}/assessment", {"answers": story.answers(15)})
    await taker.post(f"/cases/{case}/submission")
    assert (await (await house.person("coordinator")).get(f"/cases/{case}"))["client"]["name"] == "Aili Uusi"


async def test_the_one_who_takes_it_is_told(mailing_house):
    house = mailing_house
    case = await house.submitted()
    await hand_over(house, case)
    await house.notify()
    recipients = [mail["To"].addresses[0].addr_spec for mail in house.sink.messages()]
    assert [to for to in recipients if to.endswith("police.example")] == ["aslak.jeesio@police.example"]
    assert "siirrettiin asia" in (await (await at_pages(house, "officer-2")).get("/notices")).text


async def test_only_a_colleague_who_refers_takes_a_referral(house):
    case = await house.submitted()
    for name in ("Jouni", "Marja", "Heikki", "Paula", "Elina"):
        await hand_over(house, case, name, expect=422)
    await bar(house, case, "Aslak", "officer")
    refused = await hand_over(house, case, expect=422)
    assert "conflict of interest" in refused["errors"][0]["message"]
    await (await house.person("officer")).get(f"/cases/{case}")


async def test_nobody_hands_over_what_is_not_theirs(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    await hand_over(house, case, "Outi", "coordination", "officer", 403)
    await hand_over(house, case, "Aslak", "referral", "coordinator", 403)
    await hand_over(house, case, login="municipality", expect=403)
    await hand_over(house, case, login="officer-2", expect=404)


async def test_the_coordination_goes_to_another_coordinator_of_the_team(house):
    case = await house.submitted()
    await hand_over(house, case, "Aslak", "coordination", "coordinator", 422)
    await hand_over(house, case, "Outi", "coordination", "coordinator")
    await (await house.person("coordinator")).get(f"/cases/{case}", 404)
    other = await house.person("coordinator-2")
    assert (await other.get(f"/cases/{case}"))["client"]["name"] == story.CLIENT["name"]
    alive = "SELECT post_id, basis_id FROM access_grant WHERE capability = 'coordinate' AND ended_at IS NULL"
    rows = await house.fetch(alive)
    assert len({tuple(row) for row in rows}) == len(rows) == 2


async def test_a_coordinator_who_lost_the_case_gets_it_back_whole(house):
    case = await house.submitted()
    await hand_over(house, case, "Outi", "coordination", "coordinator")
    await hand_over(house, case, "Paula", "coordination", "coordinator-2")
    coordinator = await house.person("coordinator")
    assert (await coordinator.get(f"/cases/{case}"))["client"] is not None
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    assert (await coordinator.get(f"/cases/{case}"))["stage"] == "withdrawn"


async def test_a_protected_address_does_not_go_with_the_case(house):
    case = await house.filled_draft()
    await protect(house, case)
    await hand_over(house, case)
    taker = await house.person("officer-2")
    assert (await taker.get(f"/cases/{case}"))["safe_contact"] is None
    await taker.put(f"/cases/{case}/safe-contact", story.SAFE_CONTACT, 409)
    await taker.post(f"/cases/{case}/protection/clearances", {"post": await house.post_of("Aslak")})
    assert (await taker.get(f"/cases/{case}"))["safe_contact"]["phone"] == story.SAFE_CONTACT["phone"]
    ended = await house.fetch("SELECT ended_at FROM address_clearance WHERE ended_at IS NOT NULL")
    assert len(ended) == 1


async def test_whoever_handed_over_may_then_declare_a_conflict_elsewhere_and_stays_out(house):
    case = await house.submitted()
    await hand_over(house, case)
    await bar(house, case, "Elina", "officer-2")
    await (await house.person("officer")).get(f"/cases/{case}", 404)


async def test_sql_hands_a_referral_to_nobody_else(house):
    reference = await house.submitted()
    case = await case_id(house, reference)
    insert = (
        "INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, capability, kinds, valid_from) "
        "VALUES (gen_random_uuid(), $1, $2, $3, 'referral', 'refer', '{shell}', now())"
    )
    own, county = await basis(house, case, "Police", "own_record"), await basis(house, case, "Wellbeing")
    await house.person("coordinator")
    for login, name, on in (("officer", "Jouni", own), ("officer", "Marja", county), ("coordinator", "Marja", county)):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(insert, case, await post(house, name), on["id"])


async def test_the_page_says_what_it_does_and_goes_to_the_list(house):
    case = await house.submitted()
    officer = await at_pages(house, "officer")
    text = (await officer.get(f"/cases/{case}/reassignment")).text
    assert "Et enää näe asiaa" in text
    assert "Aslak Jeesiö" in text
    assert "Jouni" not in text
    await officer.post(f"/cases/{case}/reassignment", 422, what="referral")
    done = await officer.post(f"/cases/{case}/reassignment", what="referral", post=await house.post_of("Aslak"))
    assert "Asia on siirretty" in (await officer.get(done.headers["location"])).text
    coordinator = await at_pages(house, "coordinator")
    assert "Outi Muotkavaara" in (await coordinator.get(f"/cases/{case}/reassignment")).text


async def test_a_coordinator_who_hands_over_gives_their_clearance_back(house):
    """Also for the day on which the case comes back to them: somebody has to name them again."""
    case = await house.submitted()
    await protect(house, case)
    officer, coordinator = await house.person("officer"), await house.person("coordinator")
    await officer.post(f"/cases/{case}/protection/clearances", {"post": await house.post_of("Paula")})
    assert (await coordinator.get(f"/cases/{case}"))["safe_contact"] is not None
    await hand_over(house, case, "Outi", "coordination", "coordinator")
    await hand_over(house, case, "Paula", "coordination", "coordinator-2")
    assert (await coordinator.get(f"/cases/{case}"))["safe_contact"] is None
