"""How the client can be reached without danger: right on every day of the case, not only on the first."""

from tests.pages import at_pages
from tests.storage.test_closing import closed

from multiagency.demo import story

NEW = story.SAFE_CONTACT | {"phone": "+358 50 000 0099"}


async def test_a_new_number_replaces_the_old_one_after_the_submission(house):
    case = await house.submitted()
    officer, coordinator = await at_pages(house, "officer"), await at_pages(house, "coordinator")
    assert f"/cases/{case}/safe-contact" in (await officer.get(f"/cases/{case}")).text
    assert f"/cases/{case}/safe-contact" not in (await coordinator.get(f"/cases/{case}")).text
    assert story.SAFE_CONTACT["phone"] in (await officer.get(f"/cases/{case}/safe-contact")).text
    sent = {name: value for name, value in NEW.items() if name != "may_leave_message"}
    await officer.post(f"/cases/{case}/safe-contact", **sent)
    assert NEW["phone"] in (await coordinator.get(f"/cases/{case}")).text
    assert story.SAFE_CONTACT["phone"] not in (await coordinator.get(f"/cases/{case}")).text


async def test_the_contact_of_a_closed_case_stays_as_it_was(house):
    case = await closed(house)
    await (await house.person("officer")).put(f"/cases/{case}/safe-contact", NEW, 409)
