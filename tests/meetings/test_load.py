"""What a meeting bears and what is late is a warning where the coordinator looks, and never a refusal."""

from tests.pages import at_pages


async def test_over_the_limit_late_or_too_short_is_a_warning_and_no_refusal(house):
    coordinator = await at_pages(house, "coordinator")
    limits = (
        "INSERT INTO dated_parameter (id, pathway, name, team_id, value, valid_from) "
        "VALUES (gen_random_uuid(), 'marak', $1, $2, $3, now() - interval '1 day')"
    )
    cases = [await house.submitted(), await house.submitted()]
    await house.fetch(limits, "case_limit", await house.team(), 1)
    await house.fetch(limits, "case_minutes", await house.team(), 45)
    meeting = await house.meeting(*cases)
    page = (await coordinator.get(f"/meetings/{meeting}")).text
    assert "Esityslistalla on 2 asiaa. Työryhmän raja on 1." in page
    assert "yhteensä 90. Kokous kestää 60 minuuttia." in page
    assert "Esityslistan oli määrä lähteä viimeistään" in page
    assert "Esityslistalla on 2 asiaa" in (await coordinator.get(f"/meetings/{meeting}/cases/{cases[0]}/seats")).text


async def test_minutes_that_are_late_are_said_by_the_number_of_that_day(house):
    """Whoever changes the number later changes nothing about a meeting that was held."""
    case = await house.submitted()
    meeting, coordinator = await house.opened(case, "Heikki"), await at_pages(house, "coordinator")
    await house.fetch("UPDATE meeting SET starts_at = now() - interval '9 days', ends_at = now() - interval '9 days'")
    assert "Hyväksymättä on 1" in (await coordinator.get(f"/meetings/{meeting}")).text
    longer = (
        "INSERT INTO dated_parameter (id, pathway, name, team_id, value, valid_from) "
        "VALUES (gen_random_uuid(), 'marak', 'minutes_working_days', $1, 30, now() - interval '1 day')"
    )
    await house.fetch(longer, await house.team())
    assert "Hyväksymättä on 1" in (await coordinator.get(f"/meetings/{meeting}")).text
    await house.fetch("UPDATE dated_parameter SET valid_from = now() - interval '20 days' WHERE value = 30")
    assert "Hyväksymättä on 1" not in (await coordinator.get(f"/meetings/{meeting}")).text
