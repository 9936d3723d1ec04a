"""Grounds are each office's own: a teacher's statute is not a youth worker's, and a nurse's not a social worker's."""

import asyncpg
import pytest
from tests.disclosures.telling import body, disclosed, wrong
from tests.disclosures.test_grounds import WORDING
from tests.disclosures.test_row_security import DISCLOSURE, ground_id
from tests.kernel.test_grants import agency, case_id, post
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

from multiagency.kernel.languages import Language
from multiagency.people.models import AgencyKind, Office
from multiagency.web.texts import TEXTS

SEATED = ("Heikki", "Niko", "Maarit", "Kaisa", "Sanna")
WARNING = {"PERUSOPL-40", "LUKIOL-58", "VARHAISKASVL-41", "NUORISOL-28", "OPHL-23", "ATL-62", "ATL-63-OMA"}
OWN = {
    "municipality": {"PERUSOPL-40", "LUKIOL-58", "OPHL-23"},
    "youth-worker": {"NUORISOL-28"},
    "link-person": set(),
    "nurse": {"ATL-62", "OPHL-23"},
    "county": {"ATL-62", "ATL-63-OMA", "OPHL-23"},
}


async def seated(house):
    case = await house.submitted()
    await house.opened(case, *SEATED)
    return case


@pytest.mark.parametrize("login", OWN)
async def test_offered_and_taken_are_the_grounds_of_ones_own_office(house, login):
    case, police = await seated(house), await house.agency("Police")
    pages, person = await at_pages(house, login), await house.person(login)
    page = (await pages.get(f"/cases/{case}/disclosures/new/ground?recipient={police}")).text
    assert {code for code in WARNING if f'value="{code}"' in page} == OWN[login]
    for code in WARNING - OWN[login]:
        told = await body(house, "Police", code, fields=[])
        assert wrong(await person.post(f"/cases/{case}/disclosures", told, 422)) == {"ground"}, code
    for code in OWN[login]:
        await disclosed(house, login, case, agency="Police", ground=code, fields=[])


async def test_the_database_asks_for_the_office_too(house):
    reference, to = await seated(house), await agency(house, "Police")
    case = await case_id(house, reference)
    for login, name, part in (("municipality", "Heikki", "Revontuli"), ("youth-worker", "Niko", "Revontuli")):
        own, author = await agency(house, part), await post(house, name)
        (fits,) = OWN[login] & {"PERUSOPL-40", "NUORISOL-28"}
        await disclosed(house, login, reference, agency="Police", ground=fits, fields=[])
        for code in ("PERUSOPL-40", "NUORISOL-28"):
            values = (case, own, await ground_id(house, code), to, "police", author)
            async with house.as_role("app", await secret_of(house, login)) as connection:
                if code == fits:
                    assert await connection.fetchval(DISCLOSURE, *values)
                else:
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.fetchval(DISCLOSURE, *values)


async def test_whoever_edits_a_ground_says_whose_statute_it_is(house):
    administrator = await house.person("administrator")
    new = WORDING | {"code": "UUSI-1", "from_offices": ["nurse", "doctor"]}
    await administrator.post("/grounds", new)
    row = next(row for row in await administrator.get("/grounds") if row["code"] == "UUSI-1")
    assert row["from_offices"] == ["nurse", "doctor"]
    problem = await administrator.post("/grounds", new | {"code": "UUSI-2", "from_offices": ["plumber"]}, 422)
    assert wrong(problem) == {"from_offices.0"}
    shown = (await (await at_pages(house, "officer")).get("/grounds/UUSI-1")).text
    assert "sairaanhoitaja, lääkäri" in shown


@pytest.mark.parametrize("side", ["from_kinds", "to_kinds"])
async def test_a_partner_across_the_border_has_no_ground_but_consent(house, side):
    administrator = await house.person("administrator")
    abroad = WORDING | {"code": "UUSI-1", side: ["cross_border_partner"]}
    assert wrong(await administrator.post("/grounds", abroad, 422)) == {"needs_consent"}
    edited = {name: value for name, value in abroad.items() if name != "code"}
    assert wrong(await administrator.put("/grounds/PHTL-22", edited, 422)) == {"needs_consent"}
    await administrator.post("/grounds", abroad | {"needs_consent": True})
    rows = await administrator.get("/grounds")
    assert {r["code"] for r in rows if "cross_border_partner" in {*r["from_kinds"], *r["to_kinds"]}} == {
        "SUOSTUMUS",
        "UUSI-1",
    }
    async with house.as_role("app", await secret_of(house, "administrator")) as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(
                "INSERT INTO legal_ground SELECT gen_random_uuid(), 'X-1', provision, from_kinds, from_offices, "
                "'{cross_border_partner}', duty, false, discloses, on_request, text_fi, text_sv, text_en, now(), NULL, "
                "current_post() FROM legal_ground WHERE code = 'PHTL-22'"
            )


async def test_what_is_to_be_checked_says_so_to_whoever_picks_it(house):
    rows = {row["code"]: row for row in await (await house.person("officer")).get("/grounds")}
    assert {code for code, row in rows.items() if "Check the provision" in row["text_en"]} == {"OPHL-23"}
    for text, word in (("text_fi", "Tarkista"), ("text_sv", "Kontrollera")):
        assert word in rows["OPHL-23"][text]


async def test_the_directory_and_every_list_of_posts_name_the_office(house):
    posts = {row["name"]: row for row in await (await house.person("coordinator")).get("/posts")}
    assert posts["Kaisa Vuomajärvi"]["office"] == "nurse"
    assert posts["Maarit Saarenpää"]["office"] is None
    case = await house.submitted()
    meeting = await house.meeting(case)
    await house.seat(meeting, case, "Niko")
    coordinator = await at_pages(house, "coordinator")
    page = (await coordinator.get(f"/meetings/{meeting}/cases/{case}/seats")).text
    for told in (
        "komisario (poliisi) –",
        "koulukuraattori –",
        "linkkihenkilö –",
        "psykiatrinen sairaanhoitaja –",
    ):
        assert told in page
    for path in (f"/meetings/{meeting}", f"/meetings/{meeting}/cases/{case}/seats"):
        assert "etsivä nuorisotyöntekijä" in (await coordinator.get(path)).text


@pytest.mark.parametrize("language", [Language.FI, Language.SV, Language.EN])
def test_every_office_and_kind_of_agency_has_a_word(language):
    words = [TEXTS.say(language, f"office.{office}") for office in Office]
    kinds = [TEXTS.say(language, f"agency_kind.{kind}") for kind in AgencyKind]
    assert len(set(words)) == len(Office)
    assert len(set(kinds)) == len(AgencyKind)
