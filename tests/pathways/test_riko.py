"""RIKO: from a referral to long support, and every step that is refused on the way."""

from datetime import timedelta

import pytest
from tests.pathways.young import YoungCase, aged, messages, turning

from multiagency.kernel.clock import today
from multiagency.kernel.languages import Language
from multiagency.pathways.service import pathway
from multiagency.web.texts import TEXTS, day_text

PURPOSE = "riko_support"


async def referred(house, years: int = 19, source: str = "ankkuri"):
    """A case that the team is getting to know, about somebody of that age who decides themself."""
    case = await YoungCase.about(house, "riko", source=source)
    await case.client(aged(years))
    if years < 18:
        await case.guardian()
        await case.decides()
        await case.notified()
    await case.consent(PURPOSE)
    await case.submit()
    return case


async def supported(house, years: int = 19):
    case = await referred(house, years)
    await case.call()
    await case.seat("Jouni", "Sanna")
    await case.minuted()
    return case


@pytest.mark.parametrize("years", [13, 19])
async def test_riko_lives_its_whole_life(house, years):
    case = await supported(house, years)
    for _ in range(2):  # meetings come again, without an end that was fixed beforehand
        await case.call()
        await case.seat("Jouni", "Sanna")
        await case.minuted()
    assert await case.stage() == "support"
    await case.close(outcome="offending_stopped", reason="Vuosi ilman epäilyjä, työ ja asunto.")
    assert await case.stage() == "ended"


@pytest.mark.parametrize("source", ["ankkuri", "police", "court"])
async def test_entry_is_from_ankkuri_police_or_court(house, source):
    case = await YoungCase.about(house, "riko")
    for wrong in ({}, {"source": "school"}):
        assert set(messages(await case.open(422, **wrong))) == {"source"}
    await case.open(source=source)


async def test_police_and_county_open_it_and_nobody_else(house):
    case = await YoungCase.about(house, "riko")
    await case.open(who=await house.person("social-worker"), source="court")
    kaamosjarvi = await house.agency("Kaamosj")
    await house.fetch("UPDATE post SET agency_id = $1 WHERE id = $2", kaamosjarvi, await house.post_of("Aslak"))
    assert set(messages(await case.open(422, who=await house.person("officer-2"), source="police"))) == {"team"}


async def test_the_ages_are_thirteen_to_twenty_four_on_the_opening_day(house):
    case = await YoungCase.about(house, "riko", source="police")
    tomorrow = today() + timedelta(days=1)
    for outside in (turning(13, tomorrow), turning(25, today())):
        assert set(messages(await case.client(outside, 422))) == {"identity_code"}
    await case.client(turning(13, today()))
    await case.client(turning(25, tomorrow))


@pytest.mark.parametrize(("years", "band"), [(13, "Nuori"), (17, "Nuori"), (18, "Nuori aikuinen")])
async def test_the_page_says_which_band_of_ages_the_client_is_in(house, years, band):
    case = await YoungCase.about(house, "riko", source="police")
    await case.client(turning(years, today()))
    page = await house.http.get(case.path, headers=case.officer._headers)
    other = {"Nuori": "Nuori aikuinen", "Nuori aikuinen": "Nuori"}[band]
    assert f">{band}<" in page.text
    assert f">{other}<" not in page.text


async def test_police_and_social_work_are_at_every_meeting(house):
    case = await referred(house)
    await case.call()
    await case.seat("Jouni")
    assert set(await case.minuted(422)) == {"offices"}
    await case.secure("social_worker")
    await case.minuted()


async def test_nothing_goes_to_the_team_without_consent_or_age(house):
    case = await YoungCase.about(house, "riko", source="court")
    assert "client" in await case.submit(422)
    await case.client(aged(20))
    assert set(await case.submit(422)) == {"consent"}
    await case.consent("ankkuri_meeting", 422)


async def test_the_next_meeting_is_due_at_the_rhythm_of_the_team(house):
    case = await supported(house)
    page = (await house.http.get(case.path, headers=case.officer._headers)).text
    due = day_text(Language.FI, today() + timedelta(days=42))
    assert f"Seuraava tapaaminen: viimeistään {due}" in page


async def test_it_ends_by_its_own_criteria(house):
    case = await supported(house)
    assert set(await case.close(422)) == {"outcome"}
    assert set(await case.close(422, outcome="no_further_need")) == {"outcome"}
    for outcome, needed in (
        ("offending_stopped", "reason"),
        ("guided_onward", "target"),
        ("within_sanction", "target"),
    ):
        assert set(await case.close(422, outcome=outcome)) == {needed}
    await case.close(outcome="within_sanction", target="Rikosseuraamuslaitos")


async def test_nobody_below_the_age_of_responsibility_goes_on_within_a_sanction(house):
    case = await supported(house, 14)
    said = await case.close(422, outcome="within_sanction", target="Rikosseuraamuslaitos")
    assert "under 15" in said["outcome"]
    page = await house.http.get(case.path, headers=case.officer._headers)
    assert "suljettu iän vuoksi" in page.text
    assert f"{case.path}/child-welfare" in page.text


async def test_whoever_referred_it_follows_the_support_and_not_what_comes_after(house):
    case = await supported(house)
    assert {"identity", "minutes", "action", "meeting"} <= await case.openers_kinds()
    assert await case.officer.get(f"{case.path}/minutes") != []
    await case.close(outcome="moved_away")
    assert await house.fetch("SELECT FROM lawful_basis WHERE reason = 'consent' AND ended_at IS NULL") == []
    assert (await case.officer.get(case.path))["stage"] == "ended"


def test_whoever_sees_the_definition_is_told_to_check_it_with_the_county():
    model = pathway("riko")
    assert model.check_with == "county"
    for language in ("fi", "sv", "en"):
        assert TEXTS.say(language, "model.riko.check")
