"""Disclosing: one ground, one recipient, data picked one by one; everything else stays where it is."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.disclosures.telling import (
    NECESSITY,
    REQUESTED_BY,
    TEXT,
    body,
    disclosed,
    entries,
    in_words,
    picked,
    wrong,
)
from tests.pages import at_pages
from tests.safeguards.test_protection import protected_case

from multiagency.demo import story


async def test_only_what_was_picked_leaves(house):
    case = await house.filled_draft()
    await disclosed(house, "officer", case)
    officer, intake = await house.person("officer"), await house.person("child-welfare")
    sent = (await officer.get(f"/cases/{case}/disclosures"))[0]
    receipt = (await intake.get("/inbox"))[0]["id"]
    arrived = await intake.get(f"/inbox/{receipt}")
    for answer in (sent, arrived):
        assert [line["value"] for line in answer["content"]["lines"]] == [story.CLIENT["name"]]
        assert answer["content"]["text"] == TEXT
        left = set(map(str, story.SECRETS)) - {story.CLIENT["name"]}
        assert not [secret for secret in left if f'"{secret}"' in in_words(answer)]


async def test_contact_details_never_leave_without_the_rules_of_safe_contact(house):
    case = await house.filled_draft()
    await disclosed(house, "officer", case, fields=["contact.phone"])
    sent = (await (await house.person("officer")).get(f"/cases/{case}/disclosures"))[0]
    lines = {line["label"]: line["value"] for line in sent["content"]["lines"]}
    assert lines == {
        "disclosed.contact.phone": story.SAFE_CONTACT["phone"],
        "disclosed.contact.do_not_talk_to": story.SAFE_CONTACT["do_not_talk_to"],
        "disclosed.contact.safe_hours": "mon tue wed thu fri 09:00-11:00",
        "disclosed.contact.when_to_call": story.SAFE_CONTACT["when_to_call"],
        "disclosed.contact.may_leave_message": "False",
    }
    shown = (await (await at_pages(house, "officer")).get(f"/cases/{case}/disclosures")).text
    assert "maanantai, tiistai, keskiviikko, torstai, perjantai, klo 9.00–11.00" in shown


@pytest.mark.parametrize(
    ("told", "rules"),
    [
        ({"safe_days": "", "safe_from": "", "safe_until": ""}, {"when_to_call"}),
        ({"when_to_call": ""}, {"safe_hours"}),
        ({"safe_days": "", "safe_from": "", "safe_until": "", "when_to_call": ""}, {"when_to_call"}),
    ],
)
async def test_when_to_call_leaves_by_hours_or_in_words_or_as_not_told(house, told, rules):
    case = await house.filled_draft()
    await (await house.person("officer")).put(f"/cases/{case}/safe-contact", told)
    await disclosed(house, "officer", case, fields=["contact.phone"])
    [sent] = await (await house.person("officer")).get(f"/cases/{case}/disclosures")
    labels = {line["label"].rpartition(".")[2] for line in sent["content"]["lines"]}
    assert labels & {"when_to_call", "safe_hours"} == rules


async def test_another_agencys_record_is_never_on_offer(house):
    """A seat shows the municipality what others recorded; it can still give on only its own."""
    officer, case = await house.person("officer"), await house.filled_draft()
    await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Marja")})
    await (await house.person("social-worker")).put(f"/cases/{case}/part", {"narrative": story.COUNTY_PART})
    await officer.post(f"/cases/{case}/submission")
    await house.opened(case, "Heikki")
    municipality, county = await house.person("municipality"), await house.person("social-worker")
    assert (await municipality.get(f"/cases/{case}"))["client"]["name"] == story.CLIENT["name"]
    assert await municipality.get(f"/cases/{case}/disclosable") == []
    assert [datum["code"] for datum in await county.get(f"/cases/{case}/disclosable")] == ["part.narrative"]
    refused = await body(house, "Police", "PERUSOPL-40", fields=["client.name"])
    problem = await municipality.post(f"/cases/{case}/disclosures", refused, 422)
    assert wrong(problem) == {"fields"}


async def test_the_score_is_on_offer_and_the_answers_are_not(house):
    officer, case = await house.person("officer"), await house.filled_draft(yes=15)
    codes = {datum["code"] for datum in await officer.get(f"/cases/{case}/disclosable") if datum["kind"] == "risk"}
    assert codes == {"risk.score"}
    await disclosed(house, "officer", case, fields=["risk.score"])
    sent = (await officer.get(f"/cases/{case}/disclosures"))[0]
    assert [line["value"] for line in sent["content"]["lines"]] == ["15/24"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"confirmed": False}, {"confirmed"}),
        ({"fields": [], "text": ""}, {"fields"}),
        ({"fields": ["client.everything"]}, {"fields"}),
        ({"ground": "ATL-63-OMA"}, {"ground"}),
        ({"ground": "ATL-48"}, {"ground"}),
        ({"ground": "SUOSTUMUS-X"}, {"ground"}),
        ({"ground": "ATL-64"}, {"requested_by"}),
        ({"necessity": ""}, {"necessity"}),
        ({"purpose": "curiosity"}, {"purpose"}),
        ({"recipient": None}, {"recipient_name"}),
        ({"recipient": None, "recipient_name": "Kihlakunta"}, {"recipient_kind"}),
        ({"recipient_name": "Toinen"}, {"recipient_name"}),
        ({"recipient": "00000000-0000-7000-8000-000000000000"}, {"recipient"}),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_leaves(house, changes, fields):
    officer, case = await house.person("officer"), await house.filled_draft()
    problem = await officer.post(f"/cases/{case}/disclosures", await body(house, **changes), 422)
    assert wrong(problem) == fields
    assert await house.fetch("SELECT FROM disclosure") == []
    assert await house.fetch("SELECT FROM receipt") == []


async def test_social_care_gives_the_police_only_what_its_own_law_allows(house):
    """KHO:2021:13: from police to county widely, from county to police narrowly; the same code the other way is 422."""
    case = await house.filled_draft("social-worker")
    await disclosed(house, "social-worker", case, agency="Police", ground="ATL-62")
    worker = await house.person("social-worker")
    problem = await worker.post(f"/cases/{case}/disclosures", await body(house, "Police", "PHTL-22"), 422)
    assert wrong(problem) == {"ground"}


async def test_nothing_is_disclosed_to_ones_own_agency(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    problem = await officer.post(f"/cases/{case}/disclosures", await body(house, "Police", "PHTL-22"), 422)
    assert wrong(problem) == {"recipient"}


async def test_consent_is_a_ground_only_while_it_lives_names_the_recipient_and_covers_the_data(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    shelter = await body(house, "Shelter", "SUOSTUMUS")
    assert wrong(await officer.post(f"/cases/{case}/disclosures", shelter, 422)) == {"ground"}
    narrow = await house.consent_body("Police", "Wellbeing") | {"kinds": ["identity"]}
    await officer.post(f"/cases/{case}/consent", narrow)
    county = await body(house, "Wellbeing", "SUOSTUMUS", fields=["client.name", "contact.phone"])
    assert wrong(await officer.post(f"/cases/{case}/disclosures", county, 422)) == {"fields"}
    await officer.post(f"/cases/{case}/disclosures", county | {"fields": ["client.name"]}, 201)
    await officer.post(f"/cases/{case}/consent/withdrawal")
    problem = await officer.post(f"/cases/{case}/disclosures", county | {"fields": ["client.name"]}, 422)
    assert wrong(problem) == {"ground"}


async def test_consent_never_reaches_a_name_outside(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    outside = {"recipient_name": "Naapurikunta", "recipient_kind": "municipality"}
    problem = await officer.post(f"/cases/{case}/disclosures", await body(house, None, "SUOSTUMUS", **outside), 422)
    assert wrong(problem) == {"ground"}


async def test_a_withdrawal_bars_no_statutory_path_and_touches_nothing_received(house):
    case = await house.submitted()
    await disclosed(house, "officer", case)
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await disclosed(house, "officer", case, fields=["part.narrative"])
    received = await (await house.person("child-welfare")).get("/inbox")
    assert len(received) == 2


async def test_whoever_only_has_a_seat_discloses_and_sees_what_they_disclosed(house):
    case = await house.submitted()
    await house.opened(case, "Heikki", "Jouni")
    municipality = await house.person("municipality")
    await disclosed(house, "municipality", case, agency="Police", ground="PERUSOPL-40", fields=[])
    assert [view["content"]["text"] for view in await municipality.get(f"/cases/{case}/disclosures")] == [TEXT]
    for other in ("officer", "police", "coordinator"):
        assert await (await house.person(other)).get(f"/cases/{case}/disclosures") == []
    await disclosed(house, "municipality", case, agency="Police", ground="PERUSOPL-40", fields=[])
    assert (
        len(await house.fetch("SELECT FROM lawful_basis WHERE kinds = '{disclosure}' AND disclosure_id IS NULL")) == 1
    )


async def test_a_colleague_without_a_task_sees_no_disclosures(house):
    case = await house.filled_draft()
    await disclosed(house, "officer", case)
    for login in ("officer-2", "police"):
        person = await house.person(login)
        await person.get(f"/cases/{case}/disclosures", 404)
        await person.post(f"/cases/{case}/disclosures", await body(house), 404)


async def test_those_without_a_task_at_the_table_may_not_disclose(house):
    case = await house.filled_draft()
    for login in ("child-welfare", "administrator", "auditor"):
        await (await house.person(login)).post(f"/cases/{case}/disclosures", await body(house), 403)


async def test_the_log_says_what_was_given_to_whom_and_on_which_ground(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    await officer.post(f"/cases/{case}/parties", story.CHILD, 201)
    child = await picked(officer, case, "child", "name")
    said = {"recorded_under": "Lastensuojelu", "hidden_from": "everybody"}
    await disclosed(house, "officer", case, fields=["client.name", child], **said)
    told = await entries(house, "disclose")
    assert {entry["body"]["act"] for entry in told} == {"disclose"}
    assert {entry["detail"]["recipient"] for entry in told} == {await house.agency("Wellbeing")}
    assert {entry["detail"]["controller"] for entry in told} == {await house.agency("Police")}
    assert {entry["detail"]["basis"] for entry in told} == {"PHTL-22"}
    kinds = {frozenset(entry["body"]["kinds"]) for entry in told}
    assert kinds == {frozenset({"shell", "disclosure", "identity"}), frozenset({"shell", "disclosure", "party"})}
    assert len({entry["detail"]["subject"] for entry in told}) == 2
    assert not [secret for secret in (TEXT, NECESSITY, *story.SECRETS) if str(secret) in in_words(told)]


async def test_nothing_that_was_written_stands_readable_in_the_database(house):
    case = await house.filled_draft()
    about = {"recipient_name": "Naapurin sosiaalitoimi", "recipient_kind": "county", "requested_by": REQUESTED_BY}
    await disclosed(house, "officer", case, agency=None, ground="ATL-64", **about)
    await disclosed(house, "officer", case, ground="ATL-64", requested_by=REQUESTED_BY)
    rows = await house.fetch("SELECT to_jsonb(d) AS row FROM disclosure d UNION ALL SELECT to_jsonb(r) FROM receipt r")
    assert len(rows) == 3
    stored = " ".join(row["row"] for row in rows)
    for secret in (TEXT, NECESSITY, REQUESTED_BY, "Naapurin", story.CLIENT["name"]):
        assert secret not in stored
        assert secret.encode().hex() not in stored


async def test_what_goes_to_nobody_here_is_printed_and_its_delivery_recorded_once(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    about = {"recipient_name": "Naapurin sosiaalitoimi", "recipient_kind": "county", "fields": ["contact.phone"]}
    made = await disclosed(house, "officer", case, agency=None, ground="PHTL-22", **about)
    assert made["channel"] == "by_hand"
    here = f"/cases/{case}/disclosures/{made['id']}"
    document = await officer.raw(f"{here}/document")
    assert document.startswith(b"%PDF")
    assert b"/StructTreeRoot" in document
    assert b"pdfuaid" in document
    later, earlier = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) - timedelta(hours=1)
    for moment in (later, earlier):
        delivered = {"how": "post", "delivered_at": moment.isoformat()}
        assert wrong(await officer.post(f"{here}/delivery", delivered, 422)) == {"delivered_at"}
    delivered = {"how": "post", "delivered_at": datetime.now(UTC).isoformat()}
    await officer.post(f"{here}/delivery", delivered)
    await officer.post(f"{here}/delivery", delivered, 409)
    shown = (await officer.get(f"/cases/{case}/disclosures"))[0]
    assert shown["delivery"]["how"] == "post"
    assert shown["recipient"] == "Naapurin sosiaalitoimi"


async def test_an_agency_here_without_anybody_to_receive_is_given_it_on_paper(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    made = await disclosed(house, "officer", case, agency="Revontuli")
    assert made["channel"] == "by_hand"
    assert await house.fetch("SELECT FROM receipt") == []
    inside = await disclosed(house, "officer", case)
    delivered = {"how": "post", "delivered_at": datetime.now(UTC).isoformat()}
    await officer.post(f"/cases/{case}/disclosures/{inside['id']}/delivery", delivered, 409)


async def test_a_document_of_another_case_is_not_found(house):
    officer, first, second = await house.person("officer"), await house.filled_draft(), await house.filled_draft()
    made = await disclosed(house, "officer", first)
    await officer.get(f"/cases/{second}/disclosures/{made['id']}/document", 404)
    delivered = {"how": "post", "delivered_at": datetime.now(UTC).isoformat()}
    await officer.post(f"/cases/{second}/disclosures/{made['id']}/delivery", delivered, 404)


async def test_sec0003_a_protected_address_is_on_offer_to_nobody(house):
    officer, case = await house.person("officer"), await protected_case(house, covers_household=True)
    codes = {datum["code"] for datum in await officer.get(f"/cases/{case}/disclosable")}
    child = (await picked(officer, case, "child", "name")).removesuffix(".name")
    assert not codes & {"contact.phone", "contact.address", "contact.rules", f"{child}.relation"}
    body = {
        "ground": "POLL-7-2",
        "recipient": await house.agency("Wellbeing"),
        "fields": ["contact.address"],
        "necessity": "Tarvitaan",
        "purpose": "other_task",
        "confirmed": True,
    }
    assert wrong(await officer.post(f"/cases/{case}/disclosures", body, 422)) == {"fields"}
    protection = (await house.fetch("SELECT id FROM address_protection"))[0]["id"]
    await officer.post(f"/cases/{case}/protection/{protection}/ending")
    await officer.post(f"/cases/{case}/disclosures", body, 201)
