"""The pages about consent: nothing is ticked, everything that matters is said, and what was typed stays."""

import re

from tests.consent.minors import ChildsCase
from tests.pages import at_pages

ANSWER = {"answer": "given", "purpose": "marak_meeting", "when": "now", "how": "spoken", "language": "fi"}
ANSWER |= {"capacity": "self", "text_version": "2"}
"""What a page sends of an answer beside its rows."""


def ticked(html: str) -> list[str]:
    return re.findall(r"<input[^>]* checked", html)


async def test_the_text_stands_beside_the_question_and_its_version_is_sent(house):
    visitor, case = await at_pages(house, "officer"), await house.draft()
    page = (await visitor.get(f"/cases/{case}/consent")).text
    assert ticked(page) == []
    assert '<input type="hidden" name="text_version" value="2">' in page
    assert "Päätös on sinun" in page
    assert "Du bestämmer" not in page, "one language at a time: whoever asks reads one of them aloud"
    swedish = (await visitor.get(f"/cases/{case}/consent?text=sv")).text
    assert "Du bestämmer" in swedish
    assert '<option value="sv" selected>' in swedish
    assert "lastensuojeluilmoitus tehdään" in page
    county = f"share-{await house.agency('Wellbeing')}"
    body = ANSWER | {"language": "sv", county: ["some", "identity"]}
    await visitor.post(f"/cases/{case}/consent", **body, until="")
    assert (await house.fetch("SELECT text_version FROM consent"))[0]["text_version"] == "2"


async def test_a_withdrawal_asks_whether_all_or_one_is_meant(house):
    case, visitor = await house.submitted(), await at_pages(house, "officer")
    page = (await visitor.get(f"/cases/{case}/consent/withdrawal")).text
    assert ticked(page) == []
    county, municipality = await house.agencies("Wellbeing", "Revontuli")
    assert "päättäisi koko suostumuksen" in page
    assert {'href="#who"', 'href="#what"'} <= set(
        re.findall('href="#[a-z]*"', (await visitor.post(f"/cases/{case}/consent/withdrawal", 422)).text)
    )
    alone = (await visitor.post(f"/cases/{case}/consent/withdrawal", 422, who=county, what="all")).text
    assert "mitään ei jäisi" in alone, "whoever means one agency does not end everything unawares"
    await visitor.post(f"/cases/{case}/consent/withdrawal", who=municipality, what="all")
    page = (await visitor.get(f"/cases/{case}/consent")).text
    assert "Suostumus annettu" in page
    assert "Revontulen kunta ei saa mitään." in page
    await visitor.post(f"/cases/{case}/consent/withdrawal", who="all", what="risk")
    page = (await visitor.get(f"/cases/{case}/consent")).text
    assert "Se ei saa: kartoituslomake ja arvio vaarasta." in page
    await visitor.post(f"/cases/{case}/consent/withdrawal", who="all", what="all")
    assert "Suostumus peruttu" in (await visitor.get(f"/cases/{case}/consent")).text
    await visitor.post(f"/cases/{case}/consent/withdrawal", 409, who="all", what="all")


async def test_a_minors_case_leads_through_who_decides_to_consent(house):
    child, visitor = await ChildsCase.open(house, 9), await at_pages(house, "officer")
    assert f"{child.path}/guardians" in (await visitor.get(child.path)).text
    page = (await visitor.get(f"{child.path}/consent")).text
    assert "kyvystä päättää" in page
    assert 'name="answer"' not in page
    page = (await visitor.get(f"{child.path}/guardians/capacity")).text
    assert ticked(page) == []
    assert "Alle 12-vuotiaan" in page
    wrong = (await visitor.post(f"{child.path}/guardians/capacity", 422, capable="true", heard="Jotain")).text
    assert 'href="#reason"' in wrong
    assert "Jotain" in wrong
    await visitor.post(f"{child.path}/guardians/capacity", capable="false", reason="Liian nuori")
    page = (await visitor.get(f"{child.path}/guardians")).text
    assert "Liian nuori" in page
    party = await child.party("guardian", "Huoltaja Yksi")
    page = (await visitor.get(f"{child.path}/guardians/{party}/rights")).text
    assert ticked(page) == []
    await visitor.post(f"{child.path}/guardians/{party}/rights", 422, party=party)
    await visitor.post(f"{child.path}/guardians/{party}/rights", party=party, may_decide="true", suspected="false")
    page = (await visitor.get(f"{child.path}/consent")).text
    assert ticked(page) == []
    assert "Huoltaja Yksi" in page
    assert f"form.pdf?giver={party}" in page
    page = (await visitor.get(f"{child.path}/guardians/{party}/prohibition")).text
    assert ticked(page) == []
    await visitor.post(f"{child.path}/guardians/{party}/prohibition", 422, party=party, forbidden="true")
    await visitor.post(f"{child.path}/guardians/{party}/prohibition", party=party, forbidden="true", reason="Pelko")
    assert "Lapsi on kieltänyt" in (await visitor.get(f"{child.path}/guardians")).text
    await visitor.get(f"{child.path}/guardians/{child.officer.login}/rights", 422)


async def test_an_adults_case_does_not_speak_of_guardians(house):
    case, visitor = await house.filled_draft(), await at_pages(house, "officer")
    assert "/guardians" not in (await visitor.get(f"/cases/{case}")).text


async def test_what_is_missing_leads_to_where_it_is_mended(house):
    child, visitor = await ChildsCase.open(house, 9), await at_pages(house, "officer")
    assert f'href="{child.path}/guardians"' in (await visitor.get(f"{child.path}/submit")).text


async def test_each_givers_answer_is_shown_by_itself(house):
    child, visitor = await ChildsCase.open(house, 9), await at_pages(house, "officer")
    first, second = await child.not_capable("Huoltaja Yksi", "Huoltaja Kaksi")
    await child.answers(first)
    page = (await visitor.get(f"{child.path}/consent")).text
    assert "Huoltajan vastaus: Huoltaja Yksi" in page
    assert "Odottaa toisen vastausta" in page
    await child.answers(second, answer="refused")
    page = (await visitor.get(f"{child.path}/consent")).text
    assert "Huoltajan vastaus: Huoltaja Kaksi" in page
    assert "Asiaa ei voi lähettää" in page
    await child.answers(second)
    page = (await visitor.get(f"{child.path}/consent/withdrawal")).text
    assert "Huoltaja Kaksi" in page
    assert ticked(page) == []
    await visitor.post(f"{child.path}/consent/withdrawal", who="all", what="all", giver=second)
    assert "Suostumus peruttu" in (await visitor.get(f"{child.path}/consent")).text
