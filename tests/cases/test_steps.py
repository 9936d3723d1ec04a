"""The referrer's five steps: each is done when what it asks for is there, and not before."""

import re

from tests.pages import at_pages

from multiagency.demo import story

STEPS = ("people", "situation", "checklist", "consent", "submit")


async def done(pages, case):
    """The pages of the steps that the page of the draft shows as done, in their order."""
    page = (await pages.get(f"/cases/{case}")).text
    steps = re.search(r'<ol class="steps">(.*?)</ol>', page, re.DOTALL)[1]
    found = re.findall(rf'<li( class="done")?>.*?href="/cases/{case}/(\w+)"', steps)
    assert tuple(place for _, place in found) == STEPS
    return [place for mark, place in found if mark]


async def test_a_step_is_done_when_what_it_asks_for_is_there(house):
    officer, pages = await house.person("officer"), await at_pages(house, "officer")
    case = await house.draft()
    assert await done(pages, case) == []
    await officer.put(f"/cases/{case}/client", story.CLIENT)
    assert await done(pages, case) == [], "who uses violence is needed too"
    await officer.post(f"/cases/{case}/parties", story.VIOLENT, 201)
    assert await done(pages, case) == ["people"]
    await officer.put(f"/cases/{case}/part", {"narrative": story.NARRATIVE})
    assert await done(pages, case) == ["people"], "how to reach the client is part of the step"
    await officer.put(f"/cases/{case}/safe-contact", story.SAFE_CONTACT)
    assert await done(pages, case) == ["people", "situation"]


async def test_a_checklist_is_done_when_every_item_is_answered_and_judged_where_few_are_a_yes(house):
    officer, pages = await house.person("officer"), await at_pages(house, "officer")
    case = await house.filled_draft(yes=5)
    assert await done(pages, case) == ["people", "situation", "consent"]
    judged = {"answers": {}, "judged_high": True, "judgement_reason": "Pelkää."}
    await officer.put(f"/cases/{case}/assessment", judged)
    assert await done(pages, case) == list(STEPS[:4])


async def test_nobody_but_whoever_fills_it_in_is_shown_the_steps(house):
    case = await house.submitted()
    for login in ("officer", "coordinator"):
        assert 'class="steps"' not in (await (await at_pages(house, login)).get(f"/cases/{case}")).text
