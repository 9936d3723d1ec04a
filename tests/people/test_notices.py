"""Notices: told to one post, mailed without content, and looked at once more before the mail leaves."""

from uuid import UUID

import asyncpg
import pytest
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

from multiagency.demo import story
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.languages import Language
from multiagency.people import service_notices as notices
from multiagency.people.jobs_notices import mail_notices
from multiagency.people.models import Post
from multiagency.web.texts import TEXTS


async def tell(house, name, case_id=None, sender="officer"):
    """Tell somebody as a room would, inside a unit of work of the sender."""
    presented, post_id = Presented(await secret_of(house, sender)), UUID(await house.post_of(name))
    async with house.runtime.unit_of_work(presented, Act.READ_NOTICES) as work:
        post = await work.session.get_one(Post, post_id)
        await notices.tell(work, [post], "break_glass", "/cases", case_id)


async def test_a_notice_is_its_own_posts_and_nobody_elses(mailing_house):
    house = mailing_house
    await tell(house, "Paula")
    seen = {
        login: await (await house.person(login)).get("/notices")
        for login in ("coordinator", "coordinator-2", "officer", "auditor")
    }
    assert [row["place"] for row in seen["coordinator"]] == ["/cases"]
    assert [seen[login] for login in ("coordinator-2", "officer", "auditor")] == [[], [], []]


async def test_its_mail_says_only_that_something_waits(mailing_house):
    house = mailing_house
    case = await house.submitted()
    await tell(house, "Heikki")
    await house.notify()
    [mail] = [mail for mail in house.sink.messages() if mail["To"].startswith("heikki.")]
    text = mail.as_string() + mail.get_body().get_content()
    assert f"{house.settings.base_url}/" in mail.get_body().get_content().split()
    assert mail["Subject"] == TEXTS.say(Language.FI, "mail.notice.subject")
    assert not [secret for secret in (*story.SECRETS, case, "MARAK") if secret in text]


async def test_the_mail_of_a_post_that_is_over_is_dropped(mailing_house):
    house = mailing_house
    await tell(house, "Paula")
    superuser = await house.superuser()
    await superuser.execute("UPDATE post SET valid_to = now() WHERE title = 'MARAK-koordinaattori'")
    await superuser.close()
    await house.notify()
    assert house.sink.messages() == []


@pytest.mark.parametrize(("days", "state"), [(4, "sent"), (6, "late")])
async def test_f4_a_notice_that_waited_too_long_does_not_leave(mailing_house, days, state):
    house = mailing_house
    await tell(house, "Paula")
    await mail_notices(house.runtime, await house.service())
    await house.fetch("UPDATE outbox SET created_at = now() - $1::int * interval '1 day'", days)
    await house.deliver()
    assert [row["state"] for row in await house.fetch("SELECT state FROM outbox")] == [state]
    assert len(house.sink.messages()) == (state == "sent")


async def test_the_mail_of_somebody_barred_meanwhile_is_dropped(mailing_house):
    house = mailing_house
    case = await house.submitted()
    row = (await house.fetch("SELECT id FROM case_file WHERE reference = $1", case))[0]
    await tell(house, "Heikki", row["id"])
    body = {"post": await house.post_of("Heikki"), "reason": "must_never_be_told"}
    await (await house.person("officer")).post(f"/cases/{case}/bars", body)
    await house.notify()
    assert not [mail for mail in house.sink.messages() if mail["To"].startswith("heikki.")]


async def test_nobody_sends_a_notice_in_anothers_name(house):
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO notice (id, post_id, what, place, urgent, sender_id, created_at) "
                "SELECT gen_random_uuid(), id, 'x', '/', false, id, now() FROM post WHERE id <> current_post() LIMIT 1"
            )


async def test_opening_a_notice_marks_it_and_leads_there(house):
    await tell(house, "Paula")
    coordinator = await at_pages(house, "coordinator")
    assert "/notices" in (await coordinator.get("/")).text
    notice = (await (await house.person("coordinator")).get("/notices"))[0]
    opened = await coordinator.post(f"/notices/{notice['id']}")
    assert opened.headers["location"] == "/cases"
    assert (await (await house.person("coordinator")).get("/notices"))[0]["read"] is not None
    await (await at_pages(house, "officer")).post(f"/notices/{notice['id']}", 404)


async def test_a_notice_about_a_case_goes_with_the_sight_of_it(house):
    case = await house.submitted()
    wanted = (await house.fetch("SELECT id FROM case_file WHERE reference = $1", case))[0]["id"]
    await house.opened(case, "Heikki")
    await tell(house, "Heikki", wanted)
    municipality = await house.person("municipality")
    assert [row["what"] for row in await municipality.get("/notices")] == ["break_glass", "invited"]
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    assert [row["what"] for row in await municipality.get("/notices")] == ["seat_ended"]


@pytest.mark.parametrize(
    ("what", "place"), [("never_heard_of", "/cases/ABCD-EFGH"), ("log_alarm", "nowhere"), ("", "/x")]
)
async def test_a_notice_that_nobody_can_read_breaks_no_page(house, what, place):
    """Somebody has written it into the database by hand: the page says that it cannot be read."""
    await house.fetch(
        "INSERT INTO notice (id, post_id, what, place, urgent, created_at) "
        "SELECT gen_random_uuid(), post_id, $1, $2, false, now() FROM credential WHERE login = 'officer'",
        what,
        place,
    )
    page = (await (await at_pages(house, "officer")).get("/notices")).text
    assert (TEXTS.say(Language.FI, "notices.unknown") in page) == (what != "log_alarm")
