"""After an emergency: a withdrawal is no door, and every opening is answered for."""

from datetime import timedelta

import pytest
from tests.pages import at_pages
from tests.safeguards.test_break_glass import break_glass, notices

from multiagency.demo import story
from multiagency.safeguards.jobs_reviews import refer_unanswered


async def opened(house):
    case = await house.submitted()
    await break_glass(house, case)
    coordinator = await house.person("coordinator")
    return case, (await coordinator.get(f"/cases/{case}/break-glass"))[0]["id"]


async def test_sec0021_a_withdrawn_case_does_not_open(house):
    case = await house.submitted()
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    unknown = await break_glass(house, "BCDF-2345", expect=404)
    assert await break_glass(house, case, expect=404) == unknown
    assert await notices(house) == []


async def test_a_withdrawal_ends_an_opening_that_lives(house):
    case, _ = await opened(house)
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await (await house.person("officer-2")).get(f"/cases/{case}", 404)


async def test_an_emergency_never_shows_how_consent_was_asked_nor_what_agencies_tell(house):
    case, _ = await opened(house)
    person = await house.person("officer-2")
    view = await person.get(f"/cases/{case}")
    assert (view["client"]["name"], view["parts"]) == (story.CLIENT["name"], [])
    page = (await (await at_pages(house, "officer-2")).get(f"/cases/{case}")).text
    assert story.NARRATIVE not in page
    kinds = await house.fetch("SELECT kinds FROM lawful_basis WHERE reason = 'break_glass'")
    assert set(kinds[0]["kinds"]) == {"shell", "identity", "contact", "party", "risk"}


async def test_who_refers_the_case_sees_who_opened_it(house):
    case, _ = await opened(house)
    found = await (await house.person("officer")).get(f"/cases/{case}/break-glass")
    assert [row["name"] for row in found] == ["Aslak Jeesiö"]


async def test_an_opening_waits_on_the_coordinators_list_until_one_of_them_answers(house):
    case, opening = await opened(house)
    coordinator, other = await house.person("coordinator"), await house.person("coordinator-2")
    assert [row["reviewed"] for row in await other.get("/emergencies")] == [False]
    answer = {"needed": "no", "words": "Ei ollut kiire."}
    await coordinator.post(f"/cases/{case}/break-glass/{opening}/review", answer)
    assert [row["reviewed"] for row in await other.get("/emergencies")] == [True]
    found = (await other.get(f"/cases/{case}/break-glass"))[0]
    assert (found["needed"], found["words"]) == (False, "Ei ollut kiire.")
    await other.post(f"/cases/{case}/break-glass/{opening}/review", answer, 409)


@pytest.mark.parametrize(("changes", "field"), [({"words": " "}, "words"), ({"needed": "perhaps"}, "needed")])
async def test_it_is_answered_in_words(house, changes, field):
    case, opening = await opened(house)
    body = {"needed": "yes", "words": "Henki oli vaarassa."} | changes
    coordinator = await house.person("coordinator")
    wrong = await coordinator.post(f"/cases/{case}/break-glass/{opening}/review", body, 422)
    assert [error["field"] for error in wrong["errors"]] == [field]


async def test_nobody_answers_for_their_own_opening_in_another_post(house):
    case, opening = await opened(house)
    await house.fetch(
        "UPDATE post SET person_id = (SELECT id FROM person WHERE name LIKE 'Paula%') "
        "WHERE id = (SELECT post_id FROM break_glass)"
    )
    answer = {"needed": "yes", "words": "Henki oli vaarassa."}
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/cases/{case}/break-glass/{opening}/review", answer, 403)


async def test_who_only_refers_or_opened_answers_nothing(house):
    case, opening = await opened(house)
    answer = {"needed": "yes", "words": "Henki oli vaarassa."}
    for login in ("officer", "officer-2"):
        await (await house.person(login)).post(f"/cases/{case}/break-glass/{opening}/review", answer, 403)
        await (await house.person(login)).get("/emergencies", 403)


async def test_what_nobody_answered_in_two_working_days_goes_to_the_auditors_once(house):
    case, _ = await opened(house)
    auditor = await house.person("auditor")
    assert await refer_unanswered(house.runtime, await house.service()) == 0
    assert await auditor.get("/emergencies") == []
    await house.fetch("UPDATE break_glass SET opened_at = now() - $1::interval", timedelta(days=9))
    assert await refer_unanswered(house.runtime, await house.service()) == 1
    assert await refer_unanswered(house.runtime, await house.service()) == 0
    assert ("break_glass_unanswered", "/emergencies", "Risto Vaarala") in [tuple(row) for row in await notices(house)]
    assert [row["reference"] for row in await auditor.get("/emergencies")] == [case]


async def test_an_answered_one_goes_nowhere(house):
    case, opening = await opened(house)
    body = {"needed": "yes", "words": "Henki oli vaarassa."}
    await (await house.person("coordinator")).post(f"/cases/{case}/break-glass/{opening}/review", body)
    await house.fetch("UPDATE break_glass SET opened_at = now() - $1::interval", timedelta(days=9))
    assert await refer_unanswered(house.runtime, await house.service()) == 0


async def test_it_can_be_done_at_the_pages(house):
    case, opening = await opened(house)
    coordinator = await at_pages(house, "coordinator")
    assert f"/cases/{case}/break-glass" in (await coordinator.get("/emergencies")).text
    assert f"/break-glass/{opening}/review" in (await coordinator.get(f"/cases/{case}/break-glass")).text
    path = f"/cases/{case}/break-glass/{opening}/review"
    kept = await coordinator.post(path, 422, words="Henki oli vaarassa.")
    assert "Henki oli vaarassa." in kept.text
    done = await coordinator.post(path, needed="yes", words="Henki oli vaarassa.")
    assert done.headers["location"] == f"/cases/{case}/break-glass"
    assert "Henki oli vaarassa." in (await coordinator.get(f"/cases/{case}/break-glass")).text


async def test_the_supervisor_of_who_opened_it_is_told_reference_and_time_and_sees_nothing_else(house):
    case, _ = await opened(house)
    supervisor = await house.person("supervisor")
    assert [row["what"] for row in await supervisor.get("/notices")] == ["break_glass_by_colleague"]
    assert [(row["reference"], row["name"]) for row in await supervisor.get("/emergencies")] == [(case, "Aslak Jeesiö")]
    await supervisor.get(f"/cases/{case}", 403)


async def test_a_coordinator_who_has_not_taken_the_case_up_yet_is_told_all_the_same(mailing_house):
    """Somebody who has just joined the team: an opening that only they could be told of is no silent one."""
    house = mailing_house
    case = await house.submitted()
    await house.fetch("DELETE FROM access_grant WHERE capability = 'coordinate'")
    await break_glass(house, case)
    coordinator = await house.person("coordinator")
    assert [row["what"] for row in await coordinator.get("/notices")] == ["break_glass", "case_submitted"]
    await house.notify()
    told = {mail["To"].addresses[0].addr_spec for mail in house.sink.messages()}
    assert "paula.kivelio@county.example" in told
