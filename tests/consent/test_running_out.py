"""A consent that runs out ends as a withdrawal would, on the minute, and is warned of before; so does a childhood."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.consent.minors import ChildsCase, an_hour_ago, code_of

from multiagency.consent.jobs import end_expired, warn
from multiagency.kernel.clock import now, today

STEERING = ["Elina Suopunki", "Outi Muotkavaara", "Paula Kiveliö"]


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


async def seated(house, days: float = 30):
    """A case with a consent of so many days, somebody seated at it and invited."""
    officer = await house.person("officer")
    case = await house.submitted()
    body = await house.consent_body() | {"expires_at": in_days(days)}
    await officer.post(f"/cases/{case}/consent", body)
    return case, await house.opened(case, "Heikki")


async def run_out(house):
    await house.fetch("UPDATE lawful_basis SET valid_to = now() - interval '1 second' WHERE valid_to IS NOT NULL")
    await house.fetch("UPDATE consent SET expires_at = now() - interval '1 second' WHERE expires_at IS NOT NULL")


async def notices(house, what: str) -> list[str]:
    rows = await house.fetch(
        "SELECT n.name FROM notice o JOIN post p ON p.id = o.post_id JOIN person n ON n.id = p.person_id "
        "WHERE o.what = $1 ORDER BY n.name",
        what,
    )
    return [row["name"] for row in rows]


async def living_seats(house) -> int:
    return len(await house.fetch("SELECT FROM seat WHERE ended_at IS NULL"))


async def test_an_expired_consent_ends_seats_rooms_invitations_and_grants_and_tells_who_looks_after_the_case(house):
    case, _ = await seated(house)
    await run_out(house)
    assert await end_expired(house.runtime, await house.service()) == 1
    assert await living_seats(house) == 0
    assert await house.fetch("SELECT FROM lawful_basis WHERE reason = 'consent' AND ended_at IS NULL") == []
    dead = "SELECT FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id WHERE b.reason = 'consent'"
    assert await house.fetch(f"{dead} AND g.ended_at IS NULL") == []
    assert len(await house.fetch("SELECT FROM outbox WHERE purpose = 'cancel'")) == 1
    assert await notices(house, "consent_ended") == STEERING
    assert (await (await house.person("coordinator")).get(f"/cases/{case}"))["stage"] == "on_agenda"


async def test_it_ends_once(house):
    await seated(house)
    await run_out(house)
    await end_expired(house.runtime, await house.service())
    told = len(await house.fetch("SELECT FROM notice"))
    assert await end_expired(house.runtime, await house.service()) == 0
    assert len(await house.fetch("SELECT FROM notice")) == told


async def test_a_new_answer_opens_the_case_again_and_no_seat_revives(house):
    case, _ = await seated(house)
    await run_out(house)
    await end_expired(house.runtime, await house.service())
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/consent", await house.consent_body())
    assert (await (await house.person("coordinator")).get(f"/cases/{case}"))["client"]
    assert await living_seats(house) == 0


async def test_who_looks_after_the_case_is_warned_fourteen_days_and_one_day_before(house):
    await seated(house, days=15)
    assert await warn(house.runtime, await house.service()) == 0
    for left in ("13 days", "12 days", "23 hours", "22 hours"):
        await house.fetch(f"UPDATE lawful_basis SET valid_to = now() + interval '{left}' WHERE valid_to IS NOT NULL")
        await warn(house.runtime, await house.service())
        if left == "12 days":  # the first warning was given in good time
            await house.fetch(
                "UPDATE lawful_basis SET warned_at = now() - interval '10 days' WHERE warned_at IS NOT NULL"
            )
    told = await notices(house, "consent_ends")
    assert told == sorted(STEERING * 2)


@pytest.fixture
async def nearly_grown(house):
    """A child who comes of age in twenty days, for whom a guardian has consented."""
    child = await ChildsCase.open(house, None)
    born = today() + timedelta(days=20)
    code = code_of(born.replace(year=born.year - 18, day=min(born.day, 28)))
    await child.officer.put(f"{child.path}/client", {"name": "Lapsi Esimerkki", "identity_code": code})
    await child.capacity(capable=False, heard_at=an_hour_ago(), heard="Kuultu")
    guardian = await child.guardian("Huoltaja Esimerkki")
    await child.answers(guardian)
    return child, guardian


async def test_what_rests_on_a_guardians_word_ends_as_the_child_comes_of_age(nearly_grown):
    child, guardian = nearly_grown
    house = child.house
    ends = (await house.fetch("SELECT DISTINCT valid_to FROM lawful_basis WHERE reason = 'consent'"))[0]["valid_to"]
    assert timedelta(days=10) < ends - now() < timedelta(days=21)
    await warn(house.runtime, await house.service())
    assert await warn(house.runtime, await house.service()) == 0
    assert await notices(house, "client_comes_of_age") == STEERING[:1]
    for table, column in (("lawful_basis", "valid_to"), ("decision_capacity", "until")):
        past = f"UPDATE {table} SET {column} = date_trunc('minute', now()) - interval '1 hour'"
        await house.fetch(f"{past} WHERE {column} IS NOT NULL")
    assert await end_expired(house.runtime, await house.service()) == 1
    assert await notices(house, "client_is_of_age") == STEERING[:1]
    assert await child.open_to() == set()
    await child.answers(guardian, expect=409)


async def test_a_corrected_code_moves_the_day_on_which_a_guardians_word_ends(nearly_grown):
    child, _ = nearly_grown
    until = "SELECT DISTINCT valid_to FROM lawful_basis WHERE reason = 'consent' AND ended_at IS NULL"
    before = (await child.house.fetch(until))[0]["valid_to"]
    born = today().replace(year=today().year - 17, day=1)
    corrected = {"name": "Lapsi Esimerkki", "identity_code": code_of(born)}
    await child.officer.put(f"{child.path}/client", corrected)
    after = (await child.house.fetch(until))[0]["valid_to"]
    assert after > max(before, now() + timedelta(days=200))
