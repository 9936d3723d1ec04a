"""Whoever must act is told before a draft is deleted and before a case is late for an agenda: once, till it is done."""

from multiagency.cases.jobs import remind


async def reminded(house) -> int:
    return await remind(house.runtime, await house.service())


async def waiting(house, login):
    rows = await (await house.person(login)).get("/notices")
    return [(row["what"], row["place"]) for row in rows if row["read"] is None]


async def aged(house, column, days):
    await house.fetch(f"UPDATE case_file SET {column} = now() - $1::int * interval '1 day'", days)


async def test_who_refers_a_draft_is_told_once_before_it_is_deleted_and_until_it_is_submitted(house):
    case = await house.filled_draft()
    await aged(house, "opened_at", 334)
    assert await reminded(house) == 0
    await aged(house, "opened_at", 336)
    assert await reminded(house) == 1
    assert await reminded(house) == 0
    assert await waiting(house, "officer") == [("draft_expires", f"/cases/{case}")]
    await (await house.person("officer")).post(f"/cases/{case}/submission")
    assert await waiting(house, "officer") == []


async def test_a_team_may_be_reminded_earlier(house):
    await house.filled_draft()
    await aged(house, "opened_at", 300)
    assert await reminded(house) == 0
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, value, valid_from) "
        "VALUES (gen_random_uuid(), 'marak', 'draft_reminder_days', 90, now() - interval '1 day')"
    )
    assert await reminded(house) == 1


async def test_a_draft_of_a_new_round_is_not_told_to_be_deleted(house):
    await house.filled_draft()
    await aged(house, "opened_at", 400)
    await aged(house, "round_began_at", 1)
    assert await reminded(house) == 0


async def test_who_coordinates_is_told_once_that_a_case_must_come_on_an_agenda_and_until_it_does(house):
    case = await house.submitted()
    assert await reminded(house) == 0
    await aged(house, "submitted_at", 20)
    assert await reminded(house) == 1
    assert await reminded(house) == 0
    for login in ("coordinator", "coordinator-2"):
        assert ("agenda_due", f"/cases/{case}") in await waiting(house, login)
    await house.meeting(case)
    for login in ("coordinator", "coordinator-2"):
        assert await waiting(house, login) == []
