"""Child welfare: a duty at every stage, whatever the client answered; and no case with a child slips past it."""

import pytest
from tests.consent.minors import ChildsCase, aged, an_hour_ago
from tests.disclosures.telling import entries, in_words, picked, wrong

from multiagency.demo import story

REASON = "Lapsi on nähnyt väkivallan, ja hänestä on huoli."


async def with_child(house, login="officer"):
    person, case = await house.person(login), await house.filled_draft(login)
    await person.post(f"/cases/{case}/parties", story.CHILD, 201)
    return case


async def notification(house, **changes):
    return {"recipient": await house.agency("Wellbeing"), "reason": REASON, "confirmed": True} | changes


async def test_a_case_with_a_child_waits_until_it_is_decided(house):
    officer, case = await house.person("officer"), await with_child(house)
    assert wrong(await officer.post(f"/cases/{case}/submission", expect=422)) == {"child_welfare"}
    await officer.post(f"/cases/{case}/child-welfare", {"decision": "already_notified"})
    await officer.post(f"/cases/{case}/submission")


async def test_another_child_asks_for_the_decision_again(house):
    officer, case = await house.person("officer"), await with_child(house)
    await officer.post(f"/cases/{case}/child-welfare", {"decision": "not_needed", "reason": REASON})
    await officer.post(f"/cases/{case}/parties", story.CHILD | {"name": "Toinen Esimerkki", "identity_code": ""}, 201)
    assert wrong(await officer.post(f"/cases/{case}/submission", expect=422)) == {"child_welfare"}
    await officer.post(f"/cases/{case}/child-welfare", {"decision": "already_notified"})
    await officer.post(f"/cases/{case}/submission")


async def test_a_case_without_a_child_does_not_wait(house):
    await house.submitted()


async def test_not_needed_takes_a_reason_and_no_answer_is_not_a_no(house):
    officer, case = await house.person("officer"), await with_child(house)
    assert await officer.get(f"/cases/{case}/child-welfare") == []
    problem = await officer.post(f"/cases/{case}/child-welfare", {"decision": "not_needed"}, 422)
    assert wrong(problem) == {"reason"}
    assert wrong(await officer.post(f"/cases/{case}/child-welfare", {"decision": "notified"}, 422)) == {"decision"}
    await officer.post(f"/cases/{case}/child-welfare", {"decision": "not_needed", "reason": REASON})
    stored = (await house.fetch("SELECT to_jsonb(d) AS row FROM child_welfare_decision d"))[0]["row"]
    assert REASON not in stored
    assert (await officer.get(f"/cases/{case}/child-welfare"))[0]["reason"] == REASON
    await officer.post(f"/cases/{case}/submission")


async def test_a_notification_decides_arrives_and_names_only_the_chosen_child(house):
    officer, case = await house.person("officer"), await with_child(house)
    child = (await picked(officer, case, "child", "name")).split(".")[1]
    body = await notification(house, children=[child])
    await officer.post(f"/cases/{case}/child-welfare/notification", body, 201)
    assert [view["decision"] for view in await officer.get(f"/cases/{case}/child-welfare")] == ["notified"]
    await officer.post(f"/cases/{case}/submission")
    intake = await house.person("child-welfare")
    arrived = await intake.get(f"/inbox/{(await intake.get('/inbox'))[0]['id']}")
    assert arrived["ground"]["code"] == "LSL-25"
    assert arrived["purpose"] == "protect_child"
    assert [line["value"] for line in arrived["content"]["lines"]] == [story.CHILD["name"]]
    assert arrived["content"]["text"] == REASON
    assert story.CLIENT["name"] not in in_words(arrived)
    told = await entries(house, "disclose")
    assert {(entry["body"]["act"], entry["body"]["purpose"]) for entry in told} == {
        ("notify_child_welfare", "child_welfare")
    }


async def test_a_refusal_of_consent_blocks_no_notification(house):
    officer, case = await house.person("officer"), await with_child(house)
    refused = await house.consent_body() | {"answer": "refused", "recipients": [], "kinds": []}
    await officer.post(f"/cases/{case}/consent", refused)
    await officer.post(f"/cases/{case}/child-welfare/notification", await notification(house), 201)


async def test_a_notification_needs_no_answer_about_consent_at_all(house):
    officer, case = await house.person("officer"), await house.draft()
    await officer.post(f"/cases/{case}/child-welfare/notification", await notification(house), 201)
    assert len(await (await house.person("child-welfare")).get("/inbox")) == 1


@pytest.mark.parametrize("stage", ["submitted", "on_agenda", "in_follow_up", "closed", "withdrawn"])
async def test_it_can_be_made_at_every_stage(house, stage):
    case = await house.submitted()
    await house.put_in(stage)
    for login in ("officer", "coordinator"):
        person = await house.person(login)
        await person.post(f"/cases/{case}/child-welfare/notification", await notification(house), 201)
    assert len(await (await house.person("child-welfare")).get("/inbox")) == 2


async def test_everybody_with_a_seat_can_notify_and_tells_only_what_is_theirs(house):
    case = await with_child(house)
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/child-welfare", {"decision": "not_needed", "reason": REASON})
    await officer.post(f"/cases/{case}/submission")
    await house.opened(case, "Heikki")
    municipality = await house.person("municipality")
    child = (await picked(officer, case, "child", "name")).split(".")[1]
    body = await notification(house, children=[child])
    assert wrong(await municipality.post(f"/cases/{case}/child-welfare/notification", body, 422)) == {"fields"}
    await municipality.post(f"/cases/{case}/child-welfare/notification", body | {"children": []}, 201)
    await municipality.post(f"/cases/{case}/child-welfare", {"decision": "already_notified"}, 403)
    assert [view["decision"] for view in await officer.get(f"/cases/{case}/child-welfare")] == ["not_needed"]


async def test_a_social_worker_notifies_the_child_welfare_of_their_own_county(house):
    case = await with_child(house, "social-worker")
    worker = await house.person("social-worker")
    await worker.post(f"/cases/{case}/child-welfare/notification", await notification(house), 201)
    assert len(await (await house.person("child-welfare")).get("/inbox")) == 1


async def test_a_notification_on_paper_is_printed(house):
    officer, case = await house.person("officer"), await with_child(house)
    body = await notification(house, recipient=None, recipient_name="Naapurin lastensuojelu")
    made = await officer.post(f"/cases/{case}/child-welfare/notification", body, 201)
    assert made["channel"] == "by_hand"
    assert (await officer.raw(f"/cases/{case}/disclosures/{made['id']}/document")).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [({"confirmed": False}, {"confirmed"}), ({"reason": ""}, {"reason"}), ({"recipient": None}, {"recipient_name"})],
)
async def test_what_is_wrong_is_named(house, changes, fields):
    officer, case = await house.person("officer"), await with_child(house)
    body = await notification(house, **changes)
    assert wrong(await officer.post(f"/cases/{case}/child-welfare/notification", body, 422)) == fields
    assert await officer.get(f"/cases/{case}/child-welfare") == []


@pytest.mark.parametrize("years", [17, 18, None])
async def test_a_client_under_age_is_a_child_too(house, years):
    case, decided = await ChildsCase.open(house, years), {"decision": "already_notified"}
    if years == 18:
        assert "child_welfare" not in await case.missing()
        return
    await case.capacity(capable=True, heard_at=an_hour_ago(), **({} if years else {"minor": True}))
    assert "child_welfare" in await case.missing()
    await case.officer.post(f"{case.path}/child-welfare", decided)
    assert "child_welfare" not in await case.missing()


async def test_what_two_rooms_miss_in_the_same_words_is_said_once(house):
    """A child in the case and a client who is one: both rooms ask for the same decision."""
    officer, case = await house.person("officer"), await with_child(house)
    await officer.put(f"/cases/{case}/client", {"name": "Lapsi Esimerkki", "identity_code": aged(14, 905)})
    problem = await officer.post(f"/cases/{case}/submission", expect=422)
    assert [error["field"] for error in problem["errors"]].count("child_welfare") == 1
