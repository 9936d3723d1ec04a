"""By which mail people are told that something waits: one an hour at most, one a day for who wants it, some at once."""

import asyncio
from uuid import UUID

import pytest
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages
from tests.people.mails import later, waiting_mails

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.clock import now, to_helsinki
from multiagency.people.jobs_notices import forget_notices, mail_notices
from multiagency.people.models import Post
from multiagency.people.service_notices import tell

AS_IT_COMES, AT_ONCE, IN_THE_CALENDAR = "work_handed_on", "break_glass", "invited"


@pytest.fixture
def house(mailing_house):
    return mailing_house


async def told(house, what=AS_IT_COMES, place="/cases", case_id=None, name="Heikki", **more):
    presented, post_id = Presented(await secret_of(house, "officer")), UUID(await house.post_of(name))
    async with house.runtime.unit_of_work(presented, Act.READ_NOTICES) as work:
        await tell(work, [await work.session.get_one(Post, post_id)], what, place, case_id, **more)


async def mailed(house) -> int:
    """Let the worker mail; return how many mails to Heikki there are by now."""
    await house.notify()
    return len(waiting_mails(house, "heikki."))


async def test_at_most_one_mail_an_hour_tells_a_person_that_something_waits(house):
    await told(house)
    await told(house, place="/actions")
    assert await mailed(house) == 1
    await told(house)
    assert await mailed(house) == 1
    await later(house, 59)
    assert await mailed(house) == 1
    await later(house, 2)
    assert await mailed(house) == 2
    await later(house, 120)
    assert await mailed(house) == 2  # nothing new waits, and nobody is pressed


async def test_who_is_told_of_something_else_does_not_hold_up_others(house):
    await told(house)
    await mailed(house)
    await told(house, name="Jouni")
    await mailed(house)
    assert len(waiting_mails(house, "jouni.")) == 1


@pytest.mark.parametrize(("what", "more"), [(AT_ONCE, {}), (AS_IT_COMES, {"at_once": True})])
async def test_what_cannot_wait_is_mailed_at_once_also_to_who_wants_one_mail_a_day(house, what, more):
    await (await house.person("municipality")).put("/notices/mail", {"mail": "daily"})
    await told(house, what, **more)
    assert await mailed(house) == 1
    await told(house, what, **more)
    assert await mailed(house) == 2


async def test_what_a_calendar_mail_tells_makes_no_other_mail(house):
    await told(house, IN_THE_CALENDAR)
    await later(house, 24 * 60)
    assert await mailed(house) == 0
    assert [row["what"] for row in await (await house.person("municipality")).get("/notices")] == [IN_THE_CALENDAR]


async def test_who_wants_one_mail_a_day_gets_it_at_its_hour_and_no_other(lodgings, sink):
    async with lodgings.lived_in(sink, digest_hour=to_helsinki(now()).hour) as house:
        municipality = await house.person("municipality")
        assert await municipality.get("/notices/mail") == {"mail": "at_once"}
        await municipality.put("/notices/mail", {"mail": "daily"})
        await told(house)
        assert await mailed(house) == 0  # its hour was before
        await later(house, 61)
        assert await mailed(house) == 1
        await told(house)
        await told(house)
        assert await mailed(house) == 1
        await later(house, 24 * 60)
        assert await mailed(house) == 2
        await municipality.put("/notices/mail", {"mail": "at_once"})
        await later(house, 61)
        await told(house)
        assert await mailed(house) == 3


async def test_what_was_read_or_done_before_its_mail_makes_none(house):
    await told(house)
    [notice] = await (await house.person("municipality")).get("/notices")
    await (await at_pages(house, "municipality")).post(f"/notices/{notice['id']}")
    assert await mailed(house) == 0


async def seated(house):
    """A case at which Heikki sits; its notices are forgotten."""
    case = await house.submitted()
    await house.opened(case, "Heikki")
    await house.fetch("UPDATE notice SET read_at = now()")
    return case, (await house.fetch("SELECT id FROM case_file WHERE reference = $1", case))[0]["id"]


async def test_sight_that_ends_between_telling_and_mailing_leaves_no_mail_and_no_notice(house):
    case, case_id = await seated(house)
    await told(house, "minutes_approved", f"/cases/{case}/minutes", case_id)
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    assert await mailed(house) == 0
    assert "minutes_approved" not in [row["what"] for row in await (await house.person("municipality")).get("/notices")]
    await forget_notices(house.runtime, await house.service())
    assert await house.fetch("SELECT FROM notice WHERE what = 'minutes_approved' AND read_at IS NULL") == []


async def test_sight_that_ends_while_a_mail_waits_takes_it_back_whatever_waits_besides(house):
    case, case_id = await seated(house)
    await told(house)
    assert await mailed(house) == 1
    await later(house, 61)
    await told(house, "minutes_approved", f"/cases/{case}/minutes", case_id)
    assert await mail_notices(house.runtime, await house.service()) == 1
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await house.deliver()
    assert len(waiting_mails(house, "heikki.")) == 1
    [row] = await house.fetch("SELECT state FROM outbox WHERE purpose = 'notice' ORDER BY created_at DESC LIMIT 1")
    assert row["state"] == "withdrawn"


async def test_who_sees_only_another_kind_of_a_case_is_told_nothing_of_this_one(house):
    """Whoever has a seat sees the case, and not what was disclosed of it."""
    case, case_id = await seated(house)
    await told(house, "disclosure_received", f"/cases/{case}", case_id)
    assert await mailed(house) == 0
    assert [row for row in await (await house.person("municipality")).get("/notices") if row["read"] is None] == []


async def test_a_server_that_is_down_leaves_everything_waiting_and_one_mail_leaves_later(house):
    house.sink.refuse = lambda _: "451 try later"
    await told(house)
    assert await mailed(house) == 0
    await told(house)
    assert await mailed(house) == 0
    house.sink.refuse = None
    await house.fetch("UPDATE outbox SET next_attempt_at = now() WHERE state = 'waiting'")
    assert await mailed(house) == 1
    assert await mailed(house) == 1  # the second notice waits for its hour
    await later(house, 61)
    assert await mailed(house) == 2


async def test_two_workers_at_once_write_one_mail(house):
    await told(house)
    presented = await house.service()
    written = await asyncio.gather(*(mail_notices(house.runtime, presented) for _ in range(3)))
    assert sorted(written) == [0, 0, 1]


async def test_the_choice_stands_on_the_page_of_notices_and_is_kept(house):
    pages = await at_pages(house, "municipality")
    assert 'value="at_once" checked' in (await pages.get("/notices")).text
    await pages.post("/notices/mail", mail="daily")
    assert 'value="daily" checked' in (await pages.get("/notices")).text
    assert 'href="#mail' in (await pages.post("/notices/mail", 422, mail="never")).text
    assert 'value="at_once" checked' in (await (await at_pages(house, "police")).get("/notices")).text


async def test_a_notice_says_what_where_and_when_and_opens_its_place(house):
    case, case_id = await seated(house)
    await told(house, "minutes_approved", f"/cases/{case}/minutes", case_id)
    shown = (await (await at_pages(house, "municipality")).get("/notices")).text
    assert "Kokouksen muistio on hyväksytty" in shown
    assert f"Asiat {case}" in shown
    assert "klo" in shown.partition(case)[2][:60]


async def test_what_was_read_long_ago_is_forgotten_and_nothing_else(house):
    await told(house)
    await told(house, place="/actions")
    await told(house, place="/inbox")
    await house.fetch("UPDATE notice SET read_at = now() - interval '89 days' WHERE place = '/actions'")
    await house.fetch("UPDATE notice SET read_at = now() - interval '91 days' WHERE place = '/inbox'")
    await forget_notices(house.runtime, await house.service())
    kept = await house.fetch("SELECT place FROM notice ORDER BY place")
    assert [row["place"] for row in kept] == ["/actions", "/cases"]
