"""Possible matches: names that are written in another way, in part, or not known at all."""

from datetime import date

import pytest
from tests.consent.minors import code_of
from tests.matching.test_matching import matches, second
from tests.pages import at_pages

from multiagency.demo import story
from multiagency.kernel.lookup import Looked, Lookup, folded
from multiagency.matching.reading_keys import is_placeholder, keys_of

KEY = Lookup(bytes(range(32)))


def agreeing(one, other, births=("", "")):
    keys = [keys_of(KEY, [name], [born], "") for name, born in zip((one, other), births, strict=True)]
    return {what for what, _ in keys[0] & keys[1]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Aili O'Hara", "Aili O\u2019Hara"),
        ("Aili O'Hara", "Aili O\u02bcHara"),
        ("Aili O\u2019Hara", "Ohara, Aili"),
        ("Anna-Maria Virtanen", "Anna Maria Virtanen"),
        ("Aili Mäki-Hätälä", "hatala maki aili"),
        ("Áile Ŋuorgam", "Aile Nuorgam"),
        ("Bjørn Østby", "Bjorn Ostby"),
        ("Nuõrttsääʹmǩiõll Saʹnn", "Nuorttsaamkioll Sann"),
    ],
)
def test_sec0007_the_same_name_is_found_however_it_is_written(one, other):
    """Finding SEC-0007: an apostrophe, a hyphen or an accent hid from the coordinator that it was the same person."""
    assert {Looked.SIMILAR_NAME} <= agreeing(one, other)
    assert Looked.NAME_AND_BIRTH in agreeing(one, other, ("1990-01-01", "1990-01-01"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Aili Esimerkki", "Aili Maria Esimerkki"),
        ("Aili Mäki-Hätälä", "Aili Hätälä"),
        ("Aili Maki-Hatala", "Aili Hätälä-Mäki-Petäys"),
    ],
)
def test_a_middle_name_more_or_half_of_a_double_name_is_possible(one, other):
    assert agreeing(one, other) == {Looked.NAME_PARTS}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna-Maria Virtanen", "Anna-Maria Korhonen"),
        ("Aili Esimerkki", "Aino Esimerkki"),
        ("A. B. Esimerkki", "A. B. Toinen"),
        ("Lapsi Esimerkki", "Lapsi Toinen"),
    ],
)
def test_one_name_alone_is_nobody(one, other):
    assert agreeing(one, other) == set()


def test_a_new_name_with_a_new_code_is_found_by_the_birth_date_and_what_stayed():
    born = ("1994-05-03", "1994-05-03")
    assert agreeing("Aili Esimerkki", "Aili Uusinimi", born) == {Looked.PART_AND_BIRTH}
    assert agreeing("Aili Esimerkki", "Aili Uusinimi", ("1994-05-03", "1994-05-04")) == set()


@pytest.mark.parametrize(
    "name",
    [
        "tuntematon",
        "Tuntematon mies",
        "UNKNOWN",
        "okänd man",
        "ei tiedossa",
        "N.N.",
        "NN",
        "-",
        "?",
        "???",
        "Lapsi 1",
        "x",
        "Tuntematon Virtanen",
        "Child 2",
        "inte känd",
        "(nimi puuttuu)",
        "ei tiedetä",
        "Неизвестно",
        "مجهول",
        "isä",
    ],
)
def test_a_placeholder_matches_nobody(name):
    assert is_placeholder(name)
    assert agreeing(name, name) == set()


@pytest.mark.parametrize("name", ["Aili Esimerkki", "Å", "Lapsi Esimerkki", "王", "Aili Mies", "Aino Unknown-Virtanen"])
def test_a_name_is_none(name):
    assert not is_placeholder(name)
    assert Looked.NAME in agreeing(name, name)


def test_words_of_a_name_keep_their_halves():
    assert folded("O\u2019Hara-Mäki,Aili") == [["ohara", "maki"], ["aili"]]


def test_the_longest_name_makes_no_thousands_of_keys():
    assert len(keys_of(KEY, [" ".join(f"nimi{n}a" for n in range(40))], [], "")) < 40


async def test_two_people_recorded_as_unknown_do_not_match(house):
    unknown = {"role": "person_using_violence", "name": "Tuntematon"}
    await second(house, client={"name": "ei tiedossa"}, violent=unknown)
    assert await matches(house, await second(house, client={"name": "N.N."}, violent=unknown)) == []


async def test_a_possible_match_is_shown_as_such_and_to_the_coordinator_only(house):
    await house.submitted()
    client = {"name": "Aili Maria Esimerkki"}
    later = await second(house, client=client, violent=story.SECOND_VIOLENT)
    (match,) = await matches(house, later)
    assert not match["strong"]
    assert match["shared"][0]["what"] == ["name_parts"]
    assert "Mahdollisesti sama" in (await (await at_pages(house, "coordinator")).get(f"/cases/{later}/matches")).text
    await matches(house, later, "social-worker", 403)


async def test_a_birth_date_without_a_code_makes_a_name_certain(house):
    await house.submitted()
    client = {"name": "Aili Esimerkki", "birth_date": "1994-05-03"}
    later = await second(house, client=client, violent=story.SECOND_VIOLENT)
    (match,) = await matches(house, later)
    assert match["strong"]
    assert match["shared"][0]["what"] == ["name", "name_and_birth"]


async def test_a_party_of_any_role_is_found_and_shown_in_words(house):
    guardian = {"role": "guardian", "name": "Huoltaja Esimerkki", "birth_date": "1970-01-02"}
    coordinator = await at_pages(house, "coordinator")
    cases = []
    for login in ("officer", "social-worker"):
        person, case = await house.person(login), await house.draft(login)
        await person.put(
            f"/cases/{case}/client", {"name": f"Asiakas {login}", "identity_code": story.CLIENT["identity_code"]}
        )
        await person.post(f"/cases/{case}/parties", guardian, 201)
        await person.post(f"/cases/{case}/parties", {"role": "person_using_violence", "name": "tuntematon"}, 201)
        await person.post(f"/cases/{case}/consent", await house.consent_body())
        await person.put(f"/cases/{case}/assessment", {"answers": story.answers(15)})
        await person.post(f"/cases/{case}/submission")
        cases.append(case)
    assert "Huoltaja" in (await coordinator.get(f"/cases/{cases[1]}/matches")).text


async def test_a_party_goes_by_other_names_and_birth_dates(house):
    first, officer = await house.submitted(), await house.person("officer")
    party = (await officer.get(f"/cases/{first}"))["parties"][-1]
    path = f"/cases/{first}/parties/{party['id']}/aliases"
    await officer.post(path, {}, 422)
    await officer.post(path, {"birth_date": "2999-01-01"}, 422)
    made = (await officer.post(path, {"name": "Olli Entinen", "birth_date": "1990-02-03"}, 201))["id"]
    violent = {"role": "person_using_violence", "name": "Entinen Olli", "birth_date": "1990-02-03"}
    later = await second(house, client={"name": "Toini Toinen", "birth_date": "1980-01-01"}, violent=violent)
    (match,) = await matches(house, later)
    assert match["shared"][0]["what"] == ["name", "name_and_birth"]
    coordinator = await house.person("coordinator")
    assert [alias["name"] for alias in await coordinator.get(path)] == ["Olli Entinen"]
    await coordinator.post(path, {"name": "Aino"}, 403)
    await (await house.person("municipality")).get(path, 404)
    other = await house.filled_draft()
    await officer.get(f"/cases/{other}/parties/{party['id']}/aliases", 404)
    await officer._call("DELETE", f"/cases/{other}/aliases/{made}", None, 404)
    await officer._call("DELETE", f"{path}/{made}", None, 204)
    assert await matches(house, later) == []


async def test_the_page_of_a_partys_other_names(house):
    case, officer = await house.submitted(), await at_pages(house, "officer")
    party = (await (await house.person("officer")).get(f"/cases/{case}"))["parties"][0]["id"]
    path = f"/cases/{case}/people/{party}/aliases"
    assert path in (await officer.get(f"/cases/{case}")).text
    await officer.post(path, 422)
    await officer.post(path, name="Olli Entinen", birth_date="1990-02-03")
    page = await officer.get(path)
    assert "Olli Entinen" in page.text
    assert "3.2.1990" in page.text
    removal = page.text.split(f'action="{path}/')[1].split('"')[0]
    await officer.post(f"{path}/{removal}")
    assert "Olli Entinen" not in (await officer.get(path)).text


async def test_a_birth_date_that_the_code_contradicts_or_that_is_to_come_is_refused(house):
    officer, case = await house.person("officer"), await house.draft()
    path = f"/cases/{case}/client"
    for wrong in ("1994-05-04", "2999-01-01"):
        problem = await officer.put(path, story.CLIENT | {"birth_date": wrong}, 422)
        assert {error["field"] for error in problem["errors"]} == {"birth_date"}
    problem = await officer.put(path, {"name": "Aili", "birth_date": "1901-01-01"}, 422)
    assert {error["field"] for error in problem["errors"]} == {"age_confirmed"}
    await officer.put(path, story.CLIENT | {"birth_date": "1994-05-03"})
    assert (await officer.get(f"/cases/{case}"))["client"]["birth_date"] == "1994-05-03"


async def test_a_birth_date_says_who_is_a_child_where_there_is_no_code(house):
    officer, case = await house.person("officer"), await house.draft()
    await officer.put(f"/cases/{case}/client", {"name": "Lapsi Esimerkki", "birth_date": "2016-05-01"})
    problem = await officer.post(f"/cases/{case}/guardians/capacity", {"minor": False}, 422)
    assert {error["field"] for error in problem["errors"]} == {"minor"}


async def test_who_is_searched_for_in_the_log_is_found_however_the_name_is_written(house):
    officer, auditor, case = await house.person("officer"), await house.person("auditor"), await house.draft()
    await officer.put(
        f"/cases/{case}/client", {"name": "Aili Mäki-O\u2019Hara", "identity_code": code_of(date(1980, 3, 4), 907)}
    )
    assert (await auditor.post("/audit/subjects", {"name": "maki ohara aili"}, 200))["subjects"]
    assert (await auditor.post("/audit/subjects", {"name": "unknown"}, 200))["subjects"] == []
