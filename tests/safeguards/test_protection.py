"""Protected addresses: for named task holders only, in the database too; contact rules wherever contact data stands."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from tests.cases.test_bars import bar
from tests.kernel.test_grants import case_id
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

import multiagency
from multiagency.demo import story
from multiagency.kernel.clock import later, to_helsinki
from multiagency.safeguards.jobs import remind
from multiagency.worker import run

PLACES = (story.SAFE_CONTACT["address"], story.SAFE_CONTACT["phone"], "Revontulen keskusta")
RULE = story.SAFE_CONTACT["do_not_talk_to"]


def today():
    return to_helsinki(datetime.now(UTC)).date()


def order(days=365, **changes):
    return {"granted_on": str(today()), "valid_until": str(today() + timedelta(days=days))} | changes


async def protect(house, case, login="officer", expect=204, **changes):
    return await (await house.person(login)).post(f"/cases/{case}/protection", order() | changes, expect)


async def protected_case(house, **changes):
    """A submitted case with a child and a municipality, recorded as protected by the officer."""
    case = await house.filled_draft()
    officer = await house.person("officer")
    contact = story.SAFE_CONTACT | {"municipality": PLACES[2], "interpreter": "dari"}
    await officer.put(f"/cases/{case}/safe-contact", contact)
    await officer.post(f"/cases/{case}/parties", story.CHILD, 201)
    await officer.post(f"/cases/{case}/child-welfare", {"decision": "already_notified"})
    await officer.post(f"/cases/{case}/submission")
    await protect(house, case, **changes)
    return case


async def test_only_the_recorder_and_who_is_named_see_the_address(house):
    case = await protected_case(house)
    officer, coordinator = await house.person("officer"), await house.person("coordinator")
    assert (await officer.get(f"/cases/{case}"))["safe_contact"]["municipality"] == PLACES[2]
    hidden = await coordinator.get(f"/cases/{case}")
    assert (hidden["safe_contact"], hidden["address_protected"]) == (None, True)
    assert hidden["ask_for_contact"] == ["rikoskonstaapeli, Fell Lapland Police Department"]
    text = (await (await at_pages(house, "coordinator")).get(f"/cases/{case}")).text
    assert "rikoskonstaapeli" in text
    assert not any(place in text for place in PLACES)
    await officer.post(f"/cases/{case}/protection/clearances", {"post": await house.post_of("Paula")})
    shown = await coordinator.get(f"/cases/{case}")
    assert (shown["safe_contact"]["address"], shown["address_protected"]) == (PLACES[0], True)
    assert (await (await house.person("coordinator-2")).get(f"/cases/{case}"))["safe_contact"] is None


async def test_the_database_keeps_the_address_from_who_is_not_cleared(house):
    case = await protected_case(house)
    counts = {}
    for login in ("officer", "coordinator"):
        await house.person(login)
        async with house.as_role("app", await secret_of(house, login)) as connection:
            counts[login] = await connection.fetchval("SELECT count(*) FROM safe_contact")
    assert counts == {"officer": 1, "coordinator": 0}
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO address_clearance (id, case_id, post_id, named_by_id, named_at) "
                "SELECT gen_random_uuid(), $1, current_post(), current_post(), now()",
                await case_id(house, case),
            )
    async with house.as_role(
        "app", await secret_of(house, "municipality") if await house.person("municipality") else ""
    ) as c:
        assert await c.fetch("SELECT protected_cases(false)") == []


async def test_a_clearance_is_taken_back_and_worth_nothing_without_a_grant(house):
    case = await protected_case(house)
    officer, coordinator = await house.person("officer"), await house.person("coordinator")
    paula = await house.post_of("Paula")
    await officer.post(f"/cases/{case}/protection/clearances", {"post": paula})
    await officer.post(f"/cases/{case}/protection/clearances/{paula}/ending")
    assert (await coordinator.get(f"/cases/{case}"))["safe_contact"] is None
    await officer.post(f"/cases/{case}/protection/clearances", {"post": paula})
    await officer.post(f"/cases/{case}/consent/withdrawal")
    assert (await coordinator.get(f"/cases/{case}"))["safe_contact"] is None


async def test_only_a_live_holder_who_is_not_barred_is_named(house):
    case = await protected_case(house)
    officer = await house.person("officer")
    place = f"/cases/{case}/protection/clearances"
    await officer.post(place, {"post": await house.post_of("Heikki")}, 422)
    await bar(house, case, "Outi", "officer")
    await officer.post(place, {"post": await house.post_of("Outi")}, 422)
    unprotected = await house.submitted()
    await officer.post(f"/cases/{unprotected}/protection/clearances", {"post": await house.post_of("Paula")}, 409)


async def test_who_refers_records_and_nobody_else(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    for login, status in (("coordinator", 403), ("municipality", 403), ("social-worker", 404), ("shelter", 403)):
        await protect(house, case, login, status)
    await protect(house, case)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"granted_on": "2099-01-01", "valid_until": "2099-02-01"}, "granted_on"),
        ({"granted_on": "2020-01-01", "valid_until": "2020-02-01"}, "valid_until"),
        ({"valid_until": ""}, "valid_until"),
        ({"valid_until": str(today() + timedelta(days=5 * 366 + 2))}, "valid_until"),
        ({"covers_household": "perhaps"}, "covers_household"),
    ],
)
async def test_a_wrong_order_names_its_field(house, changes, field):
    refused = await protect(house, await house.submitted(), expect=422, **changes)
    assert field in {error["field"] for error in refused["errors"]}


async def test_the_first_order_is_five_years_at_most_and_the_next_two(house):
    case, day = await house.submitted(), today()
    await protect(house, case, valid_until=str(later(day, years=5) + timedelta(days=1)), expect=422)
    await protect(house, case, valid_until=str(later(day, years=5)))
    await protect(house, case, valid_until=str(later(day, years=2) + timedelta(days=1)), expect=422)
    await protect(house, case, valid_until=str(later(day, years=2)))
    longer = "UPDATE dated_parameter SET value = 3 WHERE name = 'protection_next_years'"
    await house.fetch(longer)
    await protect(house, case, valid_until=str(later(day, years=3)))


async def test_an_order_ends_early_or_by_its_last_day(house):
    case = await protected_case(house)
    officer, coordinator = await house.person("officer"), await house.person("coordinator")
    await house.fetch("UPDATE address_protection SET valid_until = $1", today())
    assert (await coordinator.get(f"/cases/{case}"))["safe_contact"] is None  # the last day is still one
    await house.fetch("UPDATE address_protection SET valid_until = $1", today() - timedelta(days=1))
    assert (await coordinator.get(f"/cases/{case}"))["safe_contact"] is not None
    await protect(house, case)
    assert (await coordinator.get(f"/cases/{case}"))["safe_contact"] is None
    orders = (await officer.get(f"/cases/{case}/protection"))["orders"]
    await officer.post(f"/cases/{case}/protection/{orders[0]['id']}/ending")
    await officer.post(f"/cases/{case}/protection/{orders[0]['id']}/ending", expect=404)
    assert (await coordinator.get(f"/cases/{case}"))["safe_contact"] is not None


async def test_a_household_marks_the_children_and_masks_free_text(house):
    case = await protected_case(house, covers_household=True)
    officer, coordinator = await house.person("officer"), await house.person("coordinator")
    for person, relation in ((officer, story.CHILD["relation"]), (coordinator, "")):
        parties = {party["role"]: party for party in (await person.get(f"/cases/{case}"))["parties"]}
        assert (parties["child"]["protected"], parties["child"]["relation"]) == (True, relation)
        assert parties["person_using_violence"]["protected"] is False
        assert parties["person_using_violence"]["relation"] == story.VIOLENT["relation"]
    assert "Turvakielto</span>" in (await (await at_pages(house, "coordinator")).get(f"/cases/{case}")).text


async def test_nothing_that_leaves_the_service_or_lists_cases_tells_the_place(mailing_house):
    house = mailing_house
    case = await protected_case(house)
    meeting = await house.opened(case, "Heikki", "Jouni")
    await house.deliver()
    mails = [part.get_payload(decode=True) or b"" for mail in house.sink.messages() for part in mail.walk()]
    assert len(house.mails()) == 2
    heikki, coordinator = await at_pages(house, "municipality"), await at_pages(house, "coordinator")
    shown = [(await heikki.get(path)).text for path in ("/cases", f"/cases/{case}", "/invitations")]
    shown += [(await coordinator.get(path)).text for path in ("/cases", f"/meetings/{meeting}", f"/cases/{case}")]
    shown += [mail.decode("utf-8", "replace") for mail in mails]
    assert not any(place in text for place in PLACES for text in shown)


async def test_a_seat_is_told_that_the_address_is_protected_and_whom_to_ask(house):
    case = await protected_case(house)
    await house.opened(case, "Heikki")
    view = await (await house.person("municipality")).get(f"/cases/{case}")
    assert (view["safe_contact"], view["address_protected"]) == (None, True)
    assert view["ask_for_contact"] == ["rikoskonstaapeli, Fell Lapland Police Department"]


async def test_the_pages_record_name_and_end(house):
    case = await protected_case(house)
    officer = await at_pages(house, "officer")
    assert f'href="/cases/{case}/protection"' in (await officer.get(f"/cases/{case}")).text
    kept = await officer.post(f"/cases/{case}/protection/new", 422, granted_on="1.1.2020", valid_until="1.1.2019")
    assert 'value="1.1.2019"' in kept.text
    await officer.post(f"/cases/{case}/protection/new", covers_household="true", **order(30))
    await officer.get(f"/cases/{case}/protection/clearance")
    paula = await house.post_of("Paula")
    await officer.post(f"/cases/{case}/protection/clearance", post=paula)
    shown = (await officer.get(f"/cases/{case}/protection")).text
    assert "Paula Kiveliö" in shown
    found = re.search(rf"/cases/{case}/protection/([-0-9a-f]+)/ending\">", shown)[1]
    await officer.get(f"/cases/{case}/protection/{found}/ending")
    await officer.post(f"/cases/{case}/protection/{found}/ending")
    await officer.post(f"/cases/{case}/protection/clearance/{paula}/ending")
    assert "Päätetty" in (await officer.get(f"/cases/{case}/protection")).text
    await (await at_pages(house, "coordinator")).get(f"/cases/{case}/protection", 403)


async def test_who_refers_is_reminded_once_in_time(mailing_house):
    house = mailing_house
    case = await protected_case(house, valid_until=str(today() + timedelta(days=31)))
    assert await remind(house.runtime, await house.service()) == 0
    await house.fetch("UPDATE address_protection SET valid_until = $1", today() + timedelta(days=30))
    assert await remind(house.runtime, await house.service()) == 1
    assert await remind(house.runtime, await house.service()) == 0
    rows = await house.fetch(
        "SELECT n.what, n.place, s.name FROM notice n "
        "JOIN post p ON p.id = n.post_id JOIN person s ON s.id = p.person_id "
        "WHERE n.what <> 'case_submitted'"
    )
    assert [tuple(row) for row in rows] == [("protection_expires", f"/cases/{case}/protection", "Elina Suopunki")]
    await house.notify()
    recipients = [mail["To"].addresses[0].addr_spec for mail in house.sink.messages()]
    assert recipients.count("elina.suopunki@police.example") == 1
    assert "päättymässä" in (await (await at_pages(house, "officer")).get("/notices")).text
    entries = await (await house.person("auditor")).get(f"/audit/entries?case={case}")
    assert "remind_of_expiry" in {entry["body"]["act"] for entry in entries}


async def test_the_worker_reminds_by_itself(house):
    await protected_case(house, valid_until=str(today() + timedelta(days=5)))
    stop = asyncio.Event()
    worker = asyncio.create_task(run(house.settings, stop))
    for _ in range(100):
        if await house.fetch("SELECT FROM notice WHERE what = 'protection_expires'"):
            break
        await asyncio.sleep(0.1)
    stop.set()
    await worker
    assert len(await house.fetch("SELECT FROM notice WHERE what = 'protection_expires'")) == 1


async def test_while_nobody_refers_the_reminder_waits_for_who_takes_over(house):
    case = await protected_case(house, valid_until=str(today() + timedelta(days=5)))
    await bar(house, case, "Elina")
    assert await remind(house.runtime, await house.service()) == 0
    assert await house.fetch("SELECT FROM address_protection WHERE reminded_at IS NOT NULL") == []


async def test_an_order_that_has_ended_reminds_nobody(house):
    case = await protected_case(house, valid_until=str(today() + timedelta(days=5)))
    officer = await house.person("officer")
    found = (await officer.get(f"/cases/{case}/protection"))["orders"][0]["id"]
    await officer.post(f"/cases/{case}/protection/{found}/ending")
    assert await remind(house.runtime, await house.service()) == 0


async def test_the_worker_sees_days_and_no_contact_data(house):
    await protected_case(house)
    secret = (await house.service()).secret
    async with house.as_role("worker", secret) as connection:
        assert len(await connection.fetch("SELECT * FROM ending_protections()")) == 1
        for query in ("SELECT * FROM safe_contact", "SELECT covers_household FROM address_protection"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.fetch(query)
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        assert await connection.fetch("SELECT * FROM ending_protections()") == []


async def test_the_rules_stand_beside_every_number_and_address(house):
    case = await protected_case(house)
    officer = await at_pages(house, "officer")
    text = (await officer.get(f"/cases/{case}")).text
    assert text.index(RULE) < text.index(PLACES[1])
    assert all(words in text for words in (*PLACES, RULE, "dari", "Viestiä ei saa jättää", "Arkisin klo 9-11"))


def test_no_template_prints_contact_data_without_its_rules():
    """Only the macro in case_parts.html, and the form in which it is filled in."""
    pattern = re.compile(r"contact\.(phone|address|municipality)\b|contact\[|safe_contact")
    keys = re.compile(r't\("contact\.[a-z_]+"')
    root = Path(multiagency.__file__).parent
    printing = {
        path.name for path in root.glob("*/templates/*.html") if pattern.search(keys.sub("", path.read_text("utf-8")))
    }
    assert printing == {"case_parts.html"}


@pytest.mark.parametrize(("day", "expected"), [("2024-02-29", "2026-02-28"), ("2026-03-01", "2028-03-01")])
def test_years_after_a_leap_day_end_in_february(day, expected):
    assert str(later(datetime.fromisoformat(day).date(), years=2)) == expected
