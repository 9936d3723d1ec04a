"""An earlier plan is gone through before a new one is agreed: without an answer of each action no minutes hold."""

import pytest
from tests.actions.test_plan import CLOSING
from tests.pages import at_pages

from multiagency.demo import story
from multiagency.kernel.clock import today


async def agreed(house, *titles, owner="Heikki"):
    """A case with a plan of these actions."""
    case = await house.submitted()
    await house.minutes(await house.opened(case, "Heikki"), case)
    coordinator = await house.person("coordinator")
    made = []
    for title in titles:
        task = {"owner": await house.post_of(owner), "title": title, "due_on": "2099-01-01"}
        made.append((await coordinator.post(f"/cases/{case}/actions", task, 201))["reference"])
    return case, made


async def again(house, case):
    """The case at a table once more, with a draft; return what approving it answers."""
    meeting = await house.opened(case, "Heikki")
    version = await house.draft_minutes(meeting, case)

    async def approve(expect=204):
        place, body = f"/meetings/{meeting}/minutes/approval", {"case": case, "version": version, "handled": True}
        return await (await house.person("coordinator")).post(place, body, expect)

    return approve


async def asked(house, case):
    found = (await (await house.person("coordinator")).get(f"/cases/{case}/plan/review"))["asked"]
    return found and [action["title"] for action in found]


async def answer(house, case, *answers, expect=204):
    said = [dict(zip(("action", "helped", "words"), one, strict=False)) for one in answers]
    return await (await house.person("coordinator")).post(f"/cases/{case}/plan/review", {"answers": said}, expect)


async def test_no_minutes_are_approved_before_each_action_has_its_answer(house):
    case, (first, second) = await agreed(house, "Soittaa", "Vaihtaa lukko")
    assert await asked(house, case) is None
    approve = await again(house, case)
    assert await asked(house, case) == ["Soittaa", "Vaihtaa lukko"]
    problem = await approve(422)
    assert problem["errors"][0]["field"] == "review"
    await answer(house, case, (first, "yes"))
    assert await asked(house, case) == ["Vaihtaa lukko"]
    await approve(422)
    await answer(house, case, (second, "partly", "Lukko vaihdettiin myöhässä."))
    await approve()


async def test_the_first_meeting_asks_about_nothing(house):
    case = await house.submitted()
    approve = await again(house, case)
    assert await asked(house, case) == []
    await approve()


@pytest.mark.parametrize("helped", ["no", "not_done"])
async def test_what_did_not_help_says_why(house, helped):
    case, (first,) = await agreed(house, "Soittaa")
    await again(house, case)
    problem = await answer(house, case, (first, helped), expect=422)
    assert problem["errors"][0]["field"] == f"words_{first}"
    await answer(house, case, (first, helped, "Kukaan ei vastannut."))


async def test_what_was_a_mistake_or_is_agreed_now_is_not_asked_about(house):
    case, (first,) = await agreed(house, "Soittaa")
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/cases/{case}/actions/{first}/striking", {"reason": "Väärä asia."})
    approve = await again(house, case)
    task = {"owner": await house.post_of("Heikki"), "title": "Uusi", "due_on": "2099-01-01"}
    await coordinator.post(f"/cases/{case}/actions", task, 201)
    assert await asked(house, case) == []
    await approve()


async def test_what_is_still_open_is_asked_about_at_each_meeting_and_what_is_over_once(house):
    case, (done, still_open) = await agreed(house, "Soittaa", "Seurata")
    await (await house.person("municipality")).post(f"/actions/{done}/report", {"outcome": "Soitettu."})
    approve = await again(house, case)
    await answer(house, case, (done, "yes"), (still_open, "partly"))
    await approve()
    await again(house, case)
    assert await asked(house, case) == ["Seurata"]


async def test_a_new_round_asks_about_the_plan_of_the_one_before(house):
    case, _ = await agreed(house, "Soittaa")
    coordinator, officer = await house.person("coordinator"), await house.person("officer")
    await coordinator.post(f"/cases/{case}/closing", CLOSING | await house.staying(case))
    await officer.post(f"/cases/{case}/rounds", {"wished_on": str(today()), "how": "spoken"})
    await officer.post(f"/cases/{case}/consent", await house.consent_body())
    await officer.put(f"/cases/{case}/assessment", {"answers": story.answers(15)})
    await officer.post(f"/cases/{case}/submission")
    approve = await again(house, case)
    assert await asked(house, case) == ["Soittaa"]
    await approve(422)
    assert await officer.get(f"/cases/{case}/actions")


async def test_nobody_but_who_coordinates_answers(house):
    case, (first,) = await agreed(house, "Soittaa")
    await again(house, case)
    for login, status in (("municipality", 403), ("officer", 403), ("coordinator-2", 204)):
        said = {"answers": [{"action": first, "helped": "yes"}]}
        await (await house.person(login)).post(f"/cases/{case}/plan/review", said, status)


async def test_another_case_s_action_is_not_answered_here(house):
    _, (first,) = await agreed(house, "Soittaa")
    other, _ = await agreed(house, "Muu")
    await again(house, other)
    problem = await answer(house, other, (first, "yes"), expect=422)
    assert problem["errors"][0]["field"] == f"helped_{first}"


async def test_at_the_page_some_are_answered_and_the_rest_asked_again(house):
    case, (first, second) = await agreed(house, "Soittaa", "Vaihtaa lukko")
    await again(house, case)
    pages, place = await at_pages(house, "coordinator"), f"/cases/{case}/plan/review"
    fields = {f"helped_{first}": "no", f"words_{second}": "Kesken vielä."}
    kept = await pages.post(place, 422, **fields)
    assert "Kesken vielä." in kept.text
    await pages.post(place, **{f"helped_{first}": "yes", f"words_{first}": "Tavoitettiin."})
    page = (await pages.get(place)).text
    assert f"helped_{second}" in page
    assert f"helped_{first}" not in page
    assert "Tavoitettiin." in page
