"""A sixth model, written from `docs/pathways.md` alone by somebody who had seen nothing else, lives its life."""

from pathlib import Path

import pytest
from tests.models import models_from, team_of
from tests.pathways.young import YoungCase, aged, messages

from multiagency.pathways.validating import faults_of

CODE = "lapset_puheeksi"
HERE = Path(__file__).parent / "newcomers"
ASKED = {"reasons": ["family_crisis"], "source": "guardian"}


@pytest.fixture(scope="module", autouse=True)
def newcomers():
    with models_from(HERE):
        yield


async def concern(house, years=9, **asked):
    """A concern about a child whose guardian decides."""
    case = YoungCase(house, CODE, await team_of(house, CODE))
    case.officer, case.coordinator = await house.person("social-worker"), await house.person("coordinator")
    await case.open(**(asked or ASKED))
    await case.client(aged(years))
    return case, await case.guardian()


async def received(house):
    case, guardian = await concern(house)
    await case.officer.post(f"{case.path}/guardians/capacity", {"capable": False, "reason": "Yhdeksänvuotias."})
    await case.notified()
    body = await house.consent_body("Wellbeing", "Revontuli", "Police") | {"purpose": CODE, "giver": guardian}
    kinds = ["identity", "contact", "party", "narrative"]
    await case.officer.post(f"{case.path}/consent", body | {"capacity": "guardian", "kinds": kinds})
    await case.submit()
    return case, guardian


def test_its_files_are_without_fault():
    assert faults_of(HERE / CODE) == []


async def test_it_lives_its_whole_life_without_a_change_of_code(house):
    case, guardian = await received(house)
    assert await case.stage() == "received"
    await case.close(409, outcome="everyday_works")
    await case.to("discussed")
    await case.call(422)
    await case.agrees()
    await case.agrees(guardian)
    await case.call()
    await case.seat("Jouni", expect=409)  # police may never be at this table
    await case.seat("Sanna")
    assert set(await case.minuted(422)) == {"offices"}
    await case.secure("teacher")
    await case.minuted()
    assert await case.stage() == "in_follow_up"
    assert set(await case.close(422, outcome="guided_to_service")) == {"target"}
    await case.close(outcome="guided_to_service", target="Perhekeskus Kuvitelma")
    assert await case.stage() == "closed"


async def test_nobody_of_age_is_its_client_and_it_is_opened_for_a_reason(house):
    case, _ = await concern(house)
    assert set(messages(await case.client(aged(18), 422))) == {"identity_code"}
    assert set(messages(await case.open(422))) == {"reasons", "source"}
