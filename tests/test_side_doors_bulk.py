"""Calls that do several things at once: all of it happens or none, and each that exists is known by name."""

import pytest

from multiagency.demo import story
from tests.log_requests.asking import OIVA, Asked
from tests.pages import at_pages
from tests.test_side_doors import all_routes, hidden_case
from tests.web.calls import NOBODYS

SEVERAL_AT_ONCE = {
    "POST /api/v1/cases/{reference}/consent": "test_a_consent_with_one_unknown_agency_records_nothing",
    "POST /api/v1/cases/{reference}/sharing": "test_a_sharing_or_notification_with_one_wrong_thing_leaves_nothing",
    "POST /api/v1/cases/{reference}/child-welfare/notification": (
        "test_a_sharing_or_notification_with_one_wrong_thing_leaves_nothing"
    ),
    "POST /api/v1/log-requests/{log_request}/decisions": "test_a_decision_with_one_foreign_entry_decides_nothing",
    "POST /cases/new": "test_a_case_with_one_wrong_person_is_not_opened",
    "POST /cases/{reference}/situation": "test_a_situation_with_one_wrong_answer_leaves_nothing",
    "POST /meetings/{meeting}/cases/{reference}/seats": "test_several_seats_at_once_are_all_or_none",
    "PUT /api/v1/meetings/{meeting}/cases/{reference}/minutes/recipients": "test_recipients_are_named_all_or_none",
    "POST /api/v1/meetings/{meeting}/filling": "test_a_meeting_is_filled_whole_or_not_at_all",
}
"""Routes where one call does several things."""


def bulk_of(app):
    """Routes of the API whose body holds a list of ids."""
    found = set()
    for key, context in all_routes(app):
        for field in context.dependant.body_params:
            fields = getattr(field.field_info.annotation, "model_fields", {})
            if any("list[uuid.UUID]" in str(inner.annotation) for inner in fields.values()):
                found.add(key)
    return found


def test_every_call_that_does_several_things_is_known(house):
    assert bulk_of(house.app) <= set(SEVERAL_AT_ONCE)
    assert bulk_of(house.app)
    assert set(SEVERAL_AT_ONCE) <= {key for key, _ in all_routes(house.app)}
    assert all(name in globals() for name in SEVERAL_AT_ONCE.values())


async def test_a_case_with_one_wrong_person_is_not_opened(house):
    page = {"client-name": "Aili Esimerkki", "person_using_violence-name": "Oiva Keksitty", "child-0-born": "x"}
    await (await at_pages(house, "officer")).post("/cases/new", 422, team=await house.team(), **page)
    for table in ("case_file", "client", "party", "access_grant", "lawful_basis", "lookup_hash"):
        assert await house.fetch(f"SELECT FROM {table}") == []


async def test_a_situation_with_one_wrong_answer_leaves_nothing(house):
    case = await house.draft()
    wrong = {"narrative": "Pelkää.", "phone": "040 111", "safe_from": "9"}
    await (await at_pages(house, "officer")).post(f"/cases/{case}/situation", 422, **wrong)
    for table in ("case_part", "safe_contact", "child_welfare_decision"):
        assert await house.fetch(f"SELECT FROM {table}") == []


@pytest.mark.parametrize("forbidden", ["Tiina", "Anne", "barred", "unknown"])
async def test_several_seats_at_once_are_all_or_none(mailing_house, forbidden):
    house = mailing_house
    case = await house.submitted()
    meeting = await house.opened(case, "Sanna")
    names = ["Jouni", "Heikki" if forbidden == "barred" else forbidden]
    if forbidden == "barred":
        bar = {"post": await house.post_of("Heikki"), "reason": "conflict_of_interest"}
        await (await house.person("coordinator")).post(f"/cases/{case}/bars", bar)
    posts = [NOBODYS["party"]() if name == "unknown" else await house.post_of(name) for name in names]
    tables = ("seat", "access_grant", "invitation", "join_address", "outbox")
    before = [await house.fetch(f"SELECT id FROM {table} ORDER BY id") for table in tables]
    coordinator = await at_pages(house, "coordinator")
    await coordinator.post(f"/meetings/{meeting}/cases/{case}/seats", 422, post=posts)
    assert [await house.fetch(f"SELECT id FROM {table} ORDER BY id") for table in tables] == before
    await (await house.person("police")).get(f"/cases/{case}", 404)
    await coordinator.post(f"/meetings/{meeting}/cases/{case}/seats", 303, post=posts[:1])
    await (await house.person("police")).get(f"/cases/{case}")


async def test_a_meeting_is_filled_whole_or_not_at_all(mailing_house):
    """Who may not sit at one of the cases is named, and nobody is seated; the others are when that is said."""
    house = mailing_house
    both, one = await house.submitted(), await house.submitted(consent=("Police", "Wellbeing"))
    meeting, coordinator = await house.meeting(both, one), await house.person("coordinator")
    posts = [await house.post_of(name) for name in ("Jouni", "Heikki")]
    body = {"case": [both, one], "post": posts}
    problem = await coordinator.post(f"/meetings/{meeting}/filling", body, 422)
    assert len(problem["errors"]) == 1
    assert one in problem["errors"][0]["message"]
    assert "Heikki" in problem["errors"][0]["message"]
    assert await house.fetch("SELECT FROM seat") == []
    await coordinator.post(f"/meetings/{meeting}/filling", body | {"case": [both, await house.draft()]}, 422)
    await coordinator.post(f"/meetings/{meeting}/filling", body | {"post": []}, 422)
    await coordinator.post(f"/meetings/{meeting}/filling", body | {"others": True}, 204)
    assert len(await house.fetch("SELECT FROM seat")) == 3
    await (await house.person("municipality")).get(f"/cases/{both}")
    await (await house.person("municipality")).get(f"/cases/{one}", 404)
    await coordinator.post(f"/meetings/{meeting}/filling", body | {"others": True}, 409)


async def test_at_the_page_one_says_whether_the_others_are_seated(house):
    both, one = await house.submitted(), await house.submitted(consent=("Police", "Wellbeing"))
    meeting, coordinator = await house.meeting(both, one), await at_pages(house, "coordinator")
    posts = [await house.post_of(name) for name in ("Jouni", "Heikki")]
    shown = (await coordinator.get(f"/meetings/{meeting}/filling")).text
    assert 'name="others"' not in shown
    refused = (await coordinator.post(f"/meetings/{meeting}/filling", 422, case=[both, one], post=posts)).text
    assert 'name="others"' in refused
    await coordinator.post(f"/meetings/{meeting}/filling", 303, case=[both, one], post=posts, others="true")
    assert len(await house.fetch("SELECT FROM seat")) == 3


async def test_a_decision_with_one_foreign_entry_decides_nothing(house):
    await house.submitted()
    asked, other = await Asked.of(house), await Asked.of(house, **OIVA)
    (entry, *_), (foreign, *_) = await asked.entries(), await other.entries()
    await asked.decide([entry, foreign], "release", 422)
    assert await house.fetch("SELECT FROM log_request_decision") == []
    await asked.decide([entry], "release")


async def test_a_consent_with_one_unknown_agency_records_nothing(house):
    case, officer = await house.draft(), await house.person("officer")
    body = await house.consent_body()
    body["recipients"].append(NOBODYS["party"]())
    await officer.post(f"/cases/{case}/consent", body, 422)
    assert await officer.get(f"/cases/{case}/consent") is None
    assert await house.fetch("SELECT FROM lawful_basis WHERE reason = 'consent'") == []


async def test_a_sharing_or_notification_with_one_wrong_thing_leaves_nothing(house):
    """One agency that the ground does not fit, one child of another case: nothing leaves, and nobody gets a basis."""
    await house.fetch("UPDATE dated_parameter SET value = 1 WHERE name = 'agenda_without_consent'")
    foreign, case, officer = await hidden_case(house), await house.filled_draft(), await house.person("officer")
    fits, does_not = await house.agencies("Revontuli", "Riekko")
    shared = {"ground": "PHTL-22", "agencies": [fits, does_not], "kinds": ["identity"], "necessity": "Uhka"}
    await officer.post(f"/cases/{case}/sharing", shared | {"confirmed": True}, 422)
    child = (
        await house.fetch(
            "SELECT p.id FROM party p JOIN case_file c ON c.id = case_id WHERE reference = $1 AND role = 'child'",
            foreign,
        )
    )[0]["id"]
    told = {
        "recipient": await house.agency("Wellbeing"),
        "reason": "Huoli",
        "children": [str(child)],
        "confirmed": True,
    }
    await officer.post(f"/cases/{case}/child-welfare/notification", told, 422)
    assert await house.fetch("SELECT FROM lawful_basis WHERE reason = 'ground' OR disclosure_id IS NOT NULL") == []
    for table in ("disclosure", "receipt", "ground_sharing", "notice"):
        assert await house.fetch(f"SELECT FROM {table}") == [], table


async def test_recipients_are_named_all_or_none(house):
    case = await house.submitted()
    meeting = await house.meeting(case)
    body = {"agency": await house.agencies("Police", "Riekko")}
    path = f"/meetings/{meeting}/cases/{case}/minutes/recipients"
    await (await house.person("coordinator")).put(path, body, 422)
    assert await house.fetch("SELECT FROM minutes_recipient") == []


async def test_history_ends_with_sight(house):
    """Old versions of minutes and consent: no side way to what a withdrawal or a narrower consent has closed."""
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki")
    await house.minutes(meeting, case)
    again = await house.opened(case, "Heikki")
    await house.minutes(again, case)
    municipality = await at_pages(house, "municipality")
    for version in (1, 2):
        assert story.MINUTES in (await municipality.get(f"/cases/{case}/minutes?version={version}")).text
    await municipality.get(f"/cases/{case}/minutes?version=3", 404)
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    for version in (1, 2):
        await municipality.get(f"/cases/{case}/minutes?version={version}", 404)
    coordinator = await at_pages(house, "coordinator")
    assert story.MINUTES not in (await coordinator.get(f"/cases/{case}/minutes")).text
    await coordinator.get(f"/cases/{case}/minutes?version=1", 404)
    assert await (await house.person("coordinator")).get(f"/cases/{case}/consent") is None
