"""The duty to notify child welfare does not end with a seat: everybody who meets people can print a notification."""

import pytest
from tests.disclosures.telling import entries, in_words, wrong
from tests.pages import at_pages
from tests.web.test_answers import rows

from multiagency.demo import story

PATH = "/child-welfare/notification"
TOLD = {
    "recipient_name": "Naapurin sosiaalipäivystys",
    "child": story.CHILD["name"],
    "born": "2019",
    "whereabouts": "Isän luona Esimerkkikujalla.",
    "reason": "Lapsi on nähnyt väkivallan.",
    "phone": "040 0000000",
}


@pytest.mark.parametrize("login", ["officer", "social-worker", "county", "municipality", "coordinator", "shelter"])
async def test_every_professional_can_print_one_without_a_case(house, login):
    page = await at_pages(house, login)
    assert f'href="{PATH}"' in (await page.get("/")).text
    assert "checked" not in (await page.get(PATH)).text
    document = await page.post(PATH, 200, **TOLD)
    assert document.headers["content-type"] == "application/pdf"
    assert document.headers["cache-control"] == "no-store"
    assert b"pdfuaid" in document.content
    assert TOLD["child"] not in document.headers["content-disposition"]


@pytest.mark.parametrize("login", ["auditor", "administrator"])
async def test_whoever_meets_nobody_is_not_offered_it(house, login):
    page = await at_pages(house, login)
    assert PATH not in (await page.get("/")).text
    await page.get(PATH, 403)


async def test_nothing_of_it_is_kept_and_the_log_knows_for_whom_it_was(house):
    person, before = await house.person("municipality"), await rows(house)
    answer = await house.http.post(f"/api/v1{PATH}", json=TOLD, headers=person._headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert await rows(house) == before
    (entry,) = await entries(house, "disclose")
    assert (entry["body"]["act"], entry["body"]["purpose"]) == ("notify_without_case", "child_welfare")
    assert entry["detail"]["basis"] == "LSL-25"
    assert entry["detail"]["recipient_name"] == TOLD["recipient_name"]
    assert not any(TOLD[name] in in_words(entry) for name in ("child", "whereabouts", "reason", "phone"))


@pytest.mark.parametrize("missing", ["recipient_name", "child", "reason"])
async def test_what_is_missing_is_named_and_what_was_typed_stays(house, missing):
    assert wrong(await (await house.person("county")).post(PATH, TOLD | {missing: ""}, 422)) == {missing}
    shown = (await (await at_pages(house, "county")).post(PATH, 422, **TOLD | {missing: " "})).text
    assert f'href="#{missing}"' in shown
    assert all(value in shown for name, value in TOLD.items() if name != missing)
    assert await entries(house, "disclose") == []


async def test_it_stops_with_the_ground_it_stands_on(house):
    await (await house.person("administrator")).post("/grounds/LSL-25/end")
    assert wrong(await (await house.person("county")).post(PATH, TOLD, 422)) == {"recipient_name"}
