"""Sessions that are over are forgotten after a week, and none before; what was sent leaves the outbox after a day."""

from datetime import timedelta

from multiagency.mail.jobs import forget_mail
from multiagency.people.jobs import forget_sessions


async def test_a_session_is_forgotten_a_week_after_its_end_and_not_before(house):
    for login in ("officer", "coordinator", "auditor"):
        await house.person(login)
    back = "UPDATE session SET created_at = now() - $1::interval, expires_at = now() - $1::interval WHERE post_id = $2"
    await house.fetch(back, timedelta(days=6, hours=23), await house.post_of("Elina"))
    await house.fetch(back, timedelta(days=7, hours=1), await house.post_of("Paula"))
    presented = await house.service()
    await forget_sessions(house.runtime, presented)
    left = {str(row["post_id"]) for row in await house.fetch("SELECT post_id FROM session")}
    assert await house.post_of("Elina") in left
    assert await house.post_of("Paula") not in left
    await (await house.person("auditor")).get("/audit/entries")
    acts = await house.fetch("SELECT act FROM audit_detail WHERE act = 'forget_sessions'")
    assert len(acts) == 1


async def test_the_worker_can_delete_no_session_that_may_still_be_asked_about(house):
    await house.person("officer")
    before = len(await house.fetch("SELECT FROM session"))
    presented = await house.service()
    async with house.as_role("worker", presented.secret) as connection:
        assert await connection.execute("DELETE FROM session") == "DELETE 0"
    assert len(await house.fetch("SELECT FROM session")) == before + 1
    async with house.as_role("worker") as connection:
        await connection.execute("DELETE FROM session")
    assert len(await house.fetch("SELECT FROM session")) == before + 1


async def test_what_has_gone_leaves_the_outbox_after_a_day_and_what_waits_stays(mailing_house):
    house = mailing_house
    case = await house.submitted()
    await house.opened(case, "Heikki")
    presented = await house.service()
    await house.fetch("UPDATE outbox SET created_at = created_at - interval '9 days'")
    await forget_mail(house.runtime, presented)
    waiting = len(await house.fetch("SELECT FROM outbox WHERE finished_at IS NULL"))
    assert waiting
    await house.fetch("UPDATE outbox SET created_at = now()")
    await house.deliver()
    await house.fetch("UPDATE outbox SET finished_at = now() - interval '23 hours'")
    await forget_mail(house.runtime, presented)
    assert len(await house.fetch("SELECT FROM outbox")) == waiting
    await house.fetch("UPDATE outbox SET finished_at = now() - interval '25 hours'")
    await forget_mail(house.runtime, presented)
    assert await house.fetch("SELECT FROM outbox") == []
