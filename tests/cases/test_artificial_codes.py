"""In production no form takes an identity code that nobody was given; and equal digits are not yet the same person."""

import html

import pytest
from tests.matching.test_matching import matches, second
from tests.pages import at_pages
from tests.web.calls import log_request

from multiagency.demo import story
from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

ARTIFICIAL = "050594U903M"
GIVEN = "131052-308T"
"""The example of the library that checks them; not of the demo."""
OTHER = {"role": "other", "name": "Toini Toinen"}


@pytest.fixture
async def real_house(lodgings):
    async with lodgings.lived_in(artificial_codes=False) as house:
        yield house


async def request_with(house, field, code):
    body = await log_request(house)
    return {**body, "identity_code": "", "identification_note": "Tunnetaan.", field: code, "capacity": "guardian"} | {
        "subject_name": "Lapsi Esimerkki"
    }


FORMS = {
    "client": ("officer", "put", "/cases/{case}/client", "identity_code", {"name": "Aili Esimerkki"}),
    "party": ("officer", "post", "/cases/{case}/parties", "identity_code", OTHER),
    "changed party": ("officer", "put", "/cases/{case}/parties/{party}", "identity_code", OTHER),
    "paper notification": (
        "officer",
        "post",
        "/child-welfare/notification",
        "born",
        {"recipient_name": "Sosiaalipäivystys", "child": "Lapsi Esimerkki", "reason": "Huoli."},
    ),
    "search": ("officer", "post", "/search", "wanted", {}),
    "auditor's search": ("auditor", "post", "/audit/subjects", "identity_code", {}),
    "log request": ("child-welfare", "post", "/log-requests", "identity_code", None),
    "log request for another": ("child-welfare", "post", "/log-requests", "subject_code", None),
}


@pytest.mark.parametrize("name", FORMS)
async def test_no_form_takes_a_code_of_nobody(real_house, name):
    login, method, path, field, body = FORMS[name]
    person, officer = await real_house.person(login), await real_house.person("officer")
    case = await real_house.draft()
    party = (await officer.post(f"/cases/{case}/parties", OTHER, 201))["id"] if "{party}" in path else ""
    body = await request_with(real_house, field, ARTIFICIAL) if body is None else {**body, field: ARTIFICIAL}
    problem = await getattr(person, method)(path.format(case=case, party=party), body, 422)
    wrong = {error["field"]: error["message"] for error in problem["errors"]}
    assert wrong[field] == TEXTS.say(Language.EN, "error.artificial_code")


@pytest.mark.parametrize("language", [Language.FI, Language.SV, Language.EN])
@pytest.mark.parametrize("field", ["client-born", "child-0-born"])
async def test_a_new_case_takes_none_and_says_so_in_words(real_house, field, language):
    pages, team = await at_pages(real_house, "officer"), await real_house.team()
    pages._headers["cookie"] += f"; __Host-language={language}"
    family = {"client-name": "Aili", "person_using_violence-name": "Olli", "child-0-name": "Lapsi"}
    page = (await pages.post("/cases/new", 422, team=team, **family, **{field: ARTIFICIAL})).text
    assert TEXTS.say(language, "error.artificial_code") in html.unescape(page)


async def test_a_code_that_can_be_somebodys_is_taken(real_house):
    case, officer = await real_house.draft(), await real_house.person("officer")
    await officer.put(f"/cases/{case}/client", {"name": "Aili Esimerkki", "identity_code": GIVEN})


async def test_demo_and_tests_take_them(house):
    case, officer = await house.draft(), await house.person("officer")
    await officer.put(f"/cases/{case}/client", {"name": "Aili Esimerkki", "identity_code": ARTIFICIAL})


async def test_equal_digits_with_different_signs_are_different_people(house):
    """050594-903M and 050594U903M; the code with its sign is compared, and no other datum is the same."""
    first = {"name": "Aili Ensimmäinen", "identity_code": ARTIFICIAL}
    await second(house, "officer", first, violent=story.VIOLENT)
    other = {"name": "Toini Toinen", "identity_code": ARTIFICIAL.replace("U", "-")}
    violent = {"role": "person_using_violence", "name": "Kolmas Mies", "birth_date": "1970-01-02"}
    assert await matches(house, await second(house, client=other, violent=violent)) == []
    same = await second(house, client=first | {"name": "Kolmas Nimi"}, violent=violent | {"name": "Neljäs Mies"})
    (match,) = [found for found in await matches(house, same) if found["shared"][0]["here"] == "client"]
    assert match["shared"][0]["what"] == ["identity_code"]
