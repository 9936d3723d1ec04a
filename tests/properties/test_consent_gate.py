"""Whatever a consent names and whoever is seated: what each person sees is what a small model says."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.consent.test_pairs import answer

from multiagency.demo import story

AGENCIES = {
    "police": ("Jouni", "Police"),
    "county": ("Sanna", "Wellbeing"),
    "municipality": ("Heikki", "Revontuli"),
    "municipality-2": ("Anne", "Kaamosjärvi"),
    "shelter": ("Tiina", "Shelter"),
}
SECTIONS = {"identity": "client", "party": "parties", "narrative": "parts"}
"""What each kind of data shows of a case to somebody with a seat."""


@pytest.fixture(scope="module")
def runner(ground):
    """One event loop for all situations, so that each finds the database of the one before."""
    with asyncio.Runner() as runner:
        yield runner
        runner.run(ground.clear())


KINDS = st.sets(st.sampled_from(["identity", "contact", "party", "narrative", "risk"]))


@st.composite
def situations(draw):
    given = draw(st.dictionaries(st.sampled_from(sorted(AGENCIES)), KINDS))
    return {
        "given": given | {"county": given.get("county", set()) | {"identity"}},
        "asked": draw(st.sets(st.sampled_from(sorted(AGENCIES)), min_size=1)),
        "withdrawn_by": draw(st.sampled_from([None, "officer", "coordinator"])),
    }


@given(situations())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_seat_shows_what_the_consent_names_and_nothing_after_it(ground, runner, situation):
    runner.run(play(ground, **situation))


async def play(ground, given, asked, withdrawn_by):
    async with ground.lived_in() as house:
        case = await house.filled_draft()
        officer = await house.person("officer")
        body = await answer(house, **{AGENCIES[key][1]: sorted(kinds) for key, kinds in given.items()})
        await officer.post(f"/cases/{case}/consent", body)
        named = {key for key, kinds in given.items() if kinds}
        await officer.post(f"/cases/{case}/submission")
        meeting = await house.meeting(case)
        for key in sorted(asked):
            await house.seat(meeting, case, AGENCIES[key][0], 204 if key in named else 409)
        if withdrawn_by:
            await (await house.person(withdrawn_by)).post(f"/cases/{case}/consent/withdrawal")
        for key in AGENCIES:
            seated = key in asked & named and withdrawn_by is None
            view = await (await house.person(key)).get(f"/cases/{case}", 200 if seated else 404)
            if seated:
                kinds = given[key]
                assert {kind for kind, section in SECTIONS.items() if view[section]} == kinds & SECTIONS.keys()
                assert view["safe_contact"] is None
                risk = await (await house.person(key)).get(f"/cases/{case}/assessment")
                assert (risk is not None) == ("risk" in kinds)
        kept = await officer.get(f"/cases/{case}")
        assert kept["client"]["name"] == story.CLIENT["name"]
