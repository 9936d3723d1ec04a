"""The page that asks who is given what: every agency is answered for by name, and the answer is read aloud."""

import re

import pytest
from tests.consent.test_pages import ANSWER, ticked
from tests.consent.test_pairs import ALL, given
from tests.pages import at_pages

from multiagency.demo import story


async def row(house, agency):
    return f"share-{await house.agency(agency)}"


def aloud(page):
    """What is read aloud, as words."""
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]*>", " ", page.partition("Lue vielä ääneen")[2].partition("</section>")[0])
    )


@pytest.fixture
async def draft(house):
    case = await house.filled_draft()
    return case, f"/cases/{case}/consent", await at_pages(house, "officer")


async def test_nothing_is_chosen_beforehand_and_no_name_stands_in_the_title(house):
    case, visitor = await house.draft(), await at_pages(house, "officer")
    await (await house.person("officer")).put(f"/cases/{case}/client", story.CLIENT)
    page = (await visitor.get(f"/cases/{case}/consent")).text
    assert ticked(page) == []
    assert story.CLIENT["name"] not in page.partition("</title>")[0]
    for agency in ("Police", "Wellbeing", "Revontuli", "Shelter", "Support"):
        assert page.count(f'name="{await row(house, agency)}"') == 3 + len(ALL)


async def test_the_language_is_the_one_in_which_the_client_is_reached(house):
    case, visitor = await house.draft(), await at_pages(house, "officer")
    contact = story.SAFE_CONTACT | {"language": "sv"}
    await (await house.person("officer")).put(f"/cases/{case}/safe-contact", contact)
    assert '<option value="sv" selected>' in (await visitor.get(f"/cases/{case}/consent")).text


async def test_half_a_row_is_an_error_that_names_its_agency_and_keeps_all_that_was_typed(house, draft):
    _, path, visitor = draft
    police, county = await row(house, "Police"), await row(house, "Wellbeing")
    said = ANSWER | {"when": "earlier", "asked_at": "2.1.2026 klo 10", "until": "30.6.2099", "language": "sv"}
    before = len(await house.fetch("SELECT FROM consent"))
    shelter = await row(house, "Shelter")
    rows = {police: "all", county: ["some", "risk", "party"], shelter: ["risk"]}
    page = (await visitor.post(path, 422, **said | rows)).text
    assert "Turvakoti Riekko: valitse Kaikki, Osa tai Ei." in page
    assert f'href="#{shelter}"' in page
    for whole in ("Tunturi-Lapin poliisilaitos", "Kaamosjärven kunta"):
        assert f"{whole}: valitse" not in page
    assert len(await house.fetch("SELECT FROM consent")) == before
    for kept in (
        f'name="{police}" value="all" checked',
        f'name="{county}" value="some" checked',
        f'name="{county}" value="risk" checked',
        f'name="{county}" value="party" checked',
        'name="when" value="earlier" checked',
        'value="2.1.2026 klo 10"',
        'value="30.6.2099"',
        '<option value="sv" selected>',
    ):
        assert kept in page
    assert f'name="{county}" value="identity" checked' not in page


async def test_some_without_a_box_and_boxes_without_an_answer_are_asked_about(house, draft):
    _, path, visitor = draft
    police, county = await row(house, "Police"), await row(house, "Wellbeing")
    page = (await visitor.post(path, 422, **ANSWER | {police: "some", county: ["risk"]})).text
    assert "Tunturi-Lapin poliisilaitos: merkitse, mitä se saa" in page
    assert "Tunturi-Lapin hyvinvointialue: valitse Kaikki, Osa tai Ei." in page
    assert "Turvakoti Riekko: valitse" not in page, "whoever is left open was not asked about"


@pytest.mark.parametrize("wrongly", [{"answer": ""}, {"when": ""}, {"when": "earlier"}, {"how": ""}, {"language": ""}])
async def test_what_is_left_open_is_asked_for_by_name(house, draft, wrongly):
    _, path, visitor = draft
    rows = {await row(house, "Wellbeing"): "all"}
    page = (await visitor.post(path, 422, **ANSWER | rows | wrongly)).text
    field = "asked_at" if wrongly == {"when": "earlier"} else next(iter(wrongly))
    assert f'href="#{field}"' in page


async def test_somebody_must_be_given_something_by_a_yes(house, draft):
    _, path, visitor = draft
    page = (await visitor.post(path, 422, **ANSWER | {await row(house, "Police"): "none"})).text
    assert 'href="#shares"' in page
    wrong = (await visitor.post(path, 422, **ANSWER | {await row(house, "Police"): ["some", "shell"]})).text
    assert 'href="#shares"' in wrong
    odd = await row(house, "Police")
    assert f'href="#{odd}"' in (await visitor.post(path, 422, **ANSWER | {odd: ["some", "what"]})).text
    nobodys = {"share-01a20000-0000-7000-8000-000000000000": "all"}
    await visitor.post(path, 422, **ANSWER | nobodys)


async def test_all_and_none_win_over_the_boxes_beside_them(house, draft):
    case, path, visitor = draft
    rows = {
        await row(house, "Police"): ["all", "identity"],
        await row(house, "Wellbeing"): ["some", "identity", "risk"],
        await row(house, "Revontuli"): ["none", "risk"],
    }
    await visitor.post(path, **ANSWER | rows)
    assert await given(house, case) == {"Police": ALL, "Wellbeing": ["identity", "risk"]}


async def test_what_was_saved_is_read_aloud_with_who_was_not_asked_about(house, draft):
    _, path, visitor = draft
    rows = {
        await row(house, "Police"): "all",
        await row(house, "Wellbeing"): ["some", "identity", "risk"],
        await row(house, "Revontuli"): "none",
    }
    answer = await visitor.post(path, **ANSWER | rows | {"until": "30.6.2099"})
    assert answer.headers["location"] == path
    said = aloud((await visitor.get(path)).text)
    assert "Tunturi-Lapin poliisilaitos saa kaikki tiedot." in said
    assert "hyvinvointialue saa: nimesi ja henkilötunnuksesi; kartoituslomake ja arvio vaarasta." in said
    assert "Se ei saa: miten sinuun saa turvallisesti yhteyden; tiedot väkivaltaa" in said
    assert "Revontulen kunta ei saa mitään." in said
    silent = said.partition("Näistä ei kysytty")[2]
    for agency in ("Kaamosjärven kunta", "Turvakoti Riekko", "Uhripalvelu Tunturi-Lappi"):
        assert agency in silent
    assert "Revontulen kunta" not in silent
    assert "enintään 30.6.2099 klo 23.59" in said


async def test_a_refusal_asks_for_no_rows_gives_nothing_and_says_what_is_done_all_the_same(house, draft):
    case, path, visitor = draft
    await visitor.post(path, **ANSWER | {"answer": "refused", await row(house, "Police"): "all"})
    assert await given(house, case) == {}
    page = (await visitor.get(path)).text
    assert "Mitä silti tehdään" in page
    assert "Lue vielä ääneen" not in page


async def test_asked_now_is_now_whatever_stands_beside_it(house, draft):
    _, path, visitor = draft
    rows = {await row(house, "Wellbeing"): "all"}
    await visitor.post(path, **ANSWER | rows | {"asked_at": "2020-01-01T10:00"})
    newest = "SELECT recorded_at - asked_at < interval '1 minute' AS now FROM consent ORDER BY version DESC LIMIT 1"
    assert (await house.fetch(newest))[0]["now"]


async def test_whoever_may_read_it_sees_who_is_given_what_without_being_told_to_read_it_aloud(house):
    case = await house.submitted()
    page = (await (await at_pages(house, "coordinator")).get(f"/cases/{case}/consent")).text
    assert "Kuka saa mitä" in page
    assert "Lue vielä ääneen" not in page
    assert "nimesi" not in page
