"""How the client can be reached without danger: right on every day of the case, not only on the first."""

from tests.pages import at_pages
from tests.storage.test_closing import closed
from tests.storage.test_ending import with_action

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


async def test_a_number_that_was_corrected_stands_nowhere_any_more(house):
    case, _, action = await with_action(house, reaches_client=True)
    officer = await house.person("officer")
    places = ("", "/safe-contact", "/disclosable", "/actions")
    assert story.SAFE_CONTACT["phone"] in str(
        await (await house.person("municipality")).get(f"/actions/{action}/contact")
    )
    await officer.put(f"/cases/{case}/safe-contact", NEW)
    told = [str(await officer.get(f"/cases/{case}{place}")) for place in places]
    told += [str(await (await house.person("municipality")).get(f"/actions/{action}/contact"))]
    pages = {login: await at_pages(house, login) for login in ("officer", "coordinator", "municipality")}
    for place in ("", "/safe-contact", "/disclosures/new", "/plan"):
        told.append((await pages["officer"].get(f"/cases/{case}{place}")).text)
    told.append((await pages["coordinator"].get(f"/cases/{case}")).text)
    told.append((await pages["municipality"].get(f"/actions/{action}")).text)
    assert sum(NEW["phone"] in text for text in told) >= 5
    assert not [text for text in told if story.SAFE_CONTACT["phone"] in text]
    rows = await house.fetch("SELECT table_name FROM information_schema.columns WHERE column_name = 'phone'")
    assert [row["table_name"] for row in rows] == ["safe_contact"]  # no history of it is kept
