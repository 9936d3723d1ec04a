"""Who somebody is: unlikely ages are asked about, codes are read as they were meant, one person is one record."""

import pytest
from tests.log_requests.asking import body, wrong
from tests.pages import at_pages

from multiagency.demo import story

CHILD_AS_ADULT = "010516-903X"
"""The code of a child born in 2016 with the sign of the century before."""
CHILD = "010516A903X"
GROWN_UP = {"role": "child", "name": "Aikuinen Lapsi", "identity_code": "010594Y9021"}


async def filled(house, name="client"):
    officer, case = await house.person("officer"), await house.draft()
    return officer, f"/cases/{case}/{name}"


async def test_sec0006_no_child_becomes_an_adult_by_one_key(house):
    """Finding SEC-0006: the check character does not cover the century sign; a child was taken for a centenarian, and
    neither a guardian nor a child-welfare decision was asked for."""
    officer, path = await filled(house)
    client = {"name": "Lapsi Esimerkki", "identity_code": CHILD_AS_ADULT}
    problem = await officer.put(path, client, 422)
    assert wrong(problem) == {"age_confirmed"}
    (error,) = problem["errors"]
    assert "1.5.1916" in error["message"]
    assert "A to F the 2000s" in error["message"]
    assert await house.fetch("SELECT id FROM client") == []
    await officer.put(path, client | {"identity_code": CHILD})
    await officer.put(path, client, 422)
    await officer.put(path, client | {"age_confirmed": True})
    await officer.put(path, client | {"name": "Lapsi Korjattu"})  # confirmed once, not asked about again


async def test_a_child_of_age_is_asked_about_when_recorded_and_when_somebody_becomes_one(house):
    officer, path = await filled(house, "parties")
    assert wrong(await officer.post(path, GROWN_UP, 422)) == {"age_confirmed"}
    party = (await officer.post(path, GROWN_UP | {"role": "guardian"}, 201))["id"]
    problem = await officer.put(f"{path}/{party}", GROWN_UP, 422)
    assert "recorded as a child" in problem["errors"][0]["message"]
    await officer.put(f"{path}/{party}", GROWN_UP | {"age_confirmed": True})
    await officer.put(f"{path}/{party}", GROWN_UP | {"name": "Aikuinen Korjattu"})
    await officer.post(path, story.CHILD, 201)


async def test_the_years_are_dated_parameters_of_the_team(house):
    officer, path = await filled(house)
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, value, valid_from) "
        "VALUES (gen_random_uuid(), 'law', 'asked_age', 30, now() - interval '1 day')"
    )
    assert wrong(await officer.put(path, story.CLIENT, 422)) == {"age_confirmed"}


async def test_nobody_is_born_after_today(house):
    officer, path = await filled(house)
    problem = await officer.put(path, {"name": "Aili", "identity_code": "010594A903" + check("010594903")}, 422)
    assert wrong(problem) == {"identity_code"}
    assert "later date" in problem["errors"][0]["message"]


def check(digits):
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits) % 31]


@pytest.mark.parametrize(
    "typed", ["030594 W 902A", " 030594w902a ", "0305\u00ad94W\u200b90\ufeff2A", "030594W\u00a0902A"]
)
async def test_a_code_is_kept_as_it_was_meant(house, typed):
    officer, path = await filled(house)
    await officer.put(path, story.CLIENT | {"identity_code": typed})
    client = (await officer.get(path.removesuffix("/client")))["client"]
    assert client["identity_code"] == story.CLIENT["identity_code"]


async def test_the_page_asks_and_keeps_what_was_typed_and_is_ticked_by_nobody_else(house):
    case, officer = await house.draft(), await at_pages(house, "officer")
    typed = {"name": "Lapsi Esimerkki", "identity_code": CHILD_AS_ADULT}
    assert 'name="age_confirmed"' not in (await officer.get(f"/cases/{case}/client")).text
    page = (await officer.post(f"/cases/{case}/client", 422, **typed)).text
    assert 'name="age_confirmed" value="true">' in page
    assert 'href="#age_confirmed"' in page
    assert CHILD_AS_ADULT in page
    await officer.post(f"/cases/{case}/client", **typed, age_confirmed="true")


async def test_a_request_for_log_data_and_a_search_ask_too(house):
    auditor = await house.person("auditor")
    old = {"name": "Vanha Esimerkki", "identity_code": CHILD_AS_ADULT}
    assert wrong(await auditor.post("/log-requests", await body(house, **old), 422)) == {"age_confirmed"}
    await auditor.post("/log-requests", await body(house, **old, age_confirmed=True), 201)
    seek = {"identity_code": "0105\u00ad16-903X"}
    assert wrong(await auditor.post("/audit/subjects", seek, 422)) == {"age_confirmed"}
    assert await auditor.post("/audit/subjects", seek | {"age_confirmed": True}, 200) == {"subjects": []}


async def test_a_notification_on_paper_asks_about_a_child_of_age_by_the_code(house):
    anybody = await at_pages(house, "municipality")
    told = {"recipient_name": "Lastensuojelu", "child": "Lapsi Esimerkki", "reason": "Huoli"}
    path = "/child-welfare/notification"
    page = (await anybody.post(path, 422, **told, born="010594Y9021")).text
    assert 'name="age_confirmed"' in page
    assert "errors" in (await anybody.post(path, 422, **told, born="010516A9033")).text
    for born in ({"born": "010594 Y9021", "age_confirmed": "true"}, {"born": CHILD}, {"born": "toukokuu 2016"}):
        assert (await anybody.post(path, 200, **told, **born)).content.startswith(b"%PDF")


async def test_one_person_is_one_record_in_a_case(house):
    officer, path = await filled(house, "parties")
    case = path.removesuffix("/parties")
    await officer.put(f"{case}/client", story.CLIENT)
    own = story.VIOLENT | {"identity_code": story.CLIENT["identity_code"]}
    problem = await officer.post(path, own, 422)
    assert wrong(problem) == {"identity_code"}
    assert "the client's own" in problem["errors"][0]["message"]
    party = (await officer.post(path, story.VIOLENT, 201))["id"]
    assert wrong(await officer.post(path, story.VIOLENT | {"role": "guardian"}, 422)) == {"identity_code"}
    assert wrong(await officer.put(f"{path}/{party}", own, 422)) == {"identity_code"}
    assert wrong(
        await officer.put(f"{case}/client", story.CLIENT | {"identity_code": story.VIOLENT["identity_code"]}, 422)
    )
    await officer.put(f"{path}/{party}", story.VIOLENT | {"relation": "puoliso"})
