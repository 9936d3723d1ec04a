"""Giving on a consent and ending it at the same time: they collide, so nothing given outlives the consent."""

import asyncio
from uuid import UUID

import pytest
from tests.kernel.test_row_security import secret_of

from multiagency.cases import service_bars as bars
from multiagency.cases.desk import open_desk
from multiagency.cases.forms import BarForm
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.meetings import service
from multiagency.meetings import service_seating as seating
from multiagency.meetings.forms import SeatingForm


async def seat_while(house, case, meeting, ending):
    """Seat the municipality; while that transaction is still open, let somebody end what it rests on."""
    presented, post = Presented(await secret_of(house, "coordinator")), UUID(await house.post_of("Heikki"))
    async with house.runtime.unit_of_work(presented, Act.RUN_MEETING) as work:
        await seating.give_seat(work, await service.find(work, meeting), SeatingForm(case=case, post=post))
        await work.session.flush()
        task = asyncio.create_task(ending())
        await asyncio.sleep(0.4)
        assert not task.done(), "whoever ends a consent waits for whoever gives on it"
    await task


@pytest.fixture
async def opened(mailing_house):
    house = mailing_house
    case = await house.submitted()
    return house, case, await house.opened(case, "Jouni")


async def living_seats(house, name):
    return await house.fetch(
        "SELECT FROM seat s JOIN post p ON p.id = s.post_id JOIN person n ON n.id = p.person_id "
        "WHERE s.ended_at IS NULL AND n.name LIKE $1",
        f"{name}%",
    )


@pytest.mark.parametrize("whole", [True, False])
async def test_a_seat_that_commits_during_a_withdrawal_ends_with_it(opened, whole):
    house, case, meeting = opened
    officer = await house.person("officer")
    body = {} if whole else {"recipient": await house.agency("Revontuli")}
    await seat_while(house, case, meeting, lambda: officer.post(f"/cases/{case}/consent/withdrawal", body))
    assert await living_seats(house, "Heikki") == []
    await (await house.person("municipality")).get(f"/cases/{case}", 404)
    await house.deliver()
    told = [mail for mail in house.mails() if mail.recipient.startswith("heikki.")]
    assert not told or told[-1].method == "CANCEL"


async def test_a_seat_that_commits_during_a_bar_ends_with_it(opened):
    house, case, meeting = opened
    post = UUID(await house.post_of("Heikki"))

    async def bar():
        officer = await house.person("officer")
        await officer.post(f"/cases/{case}/bars", {"post": str(post), "reason": "must_never_be_told"})

    await seat_while(house, case, meeting, bar)
    assert await living_seats(house, "Heikki") == []
    await (await house.person("municipality")).get(f"/cases/{case}", 404)


async def test_a_bar_that_comes_first_refuses_the_seat(opened):
    house, case, meeting = opened
    presented = Presented(await secret_of(house, "officer"))
    async with house.runtime.unit_of_work(presented, Act.BAR_PERSON) as work:
        desk = await open_desk(work, case, Act.BAR_PERSON)
        await bars.bar(desk, BarForm(post=UUID(await house.post_of("Heikki")), reason="must_never_be_told"))
        seating = asyncio.create_task(house.seat(meeting, case, "Heikki", 422))
        await asyncio.sleep(0.4)
    await seating
    assert await living_seats(house, "Heikki") == []
