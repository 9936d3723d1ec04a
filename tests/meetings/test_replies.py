"""Answers by mail: a remark to whoever coordinates, that changes neither answer nor seat nor sight until confirmed."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from tests.kernel.test_row_security import secret_of
from tests.meetings import replying
from tests.meetings.replying import Invited, fetched
from tests.pages import at_pages

from multiagency.meetings.jobs_replies import deal_with

HEIKKI = "heikki.palojarvi@revontuli.example"
KINDS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative", "DELEGATED": "delegated"}


@pytest.fixture
def house(mailing_house):
    return mailing_house


class Correspondence:
    """An open meeting with one case, Heikki's invitation to it, and what comes back by mail."""

    def __init__(self, house):
        self.house, self._numbers = house, itertools.count(1)

    async def begin(self):
        self.case = await self.house.submitted()
        self.meeting = await self.house.opened(self.case, "Heikki")
        await self.house.deliver()
        return self

    @property
    def to(self):
        sent = [message for message in self.house.sink.messages() if str(message["To"]) == HEIKKI]
        return Invited.by([message for message in sent if message.is_multipart()][-1])

    async def arrives(self, content, number=None):
        number = number or next(self._numbers)
        await deal_with(self.house.runtime, await self.house.service(), fetched(number, content))
        rows = await self.house.fetch("SELECT result FROM mailbox_message WHERE uid = $1", number)
        return rows[0]["result"]

    async def remark(self):
        rows = await self.house.fetch("SELECT * FROM invitation_remark")
        return rows[0] if rows else None

    async def standing(self):
        """Everything that no mail may change."""
        return (
            await self.house.fetch("SELECT answer, answered_at, sequence, cancelled_at, instead_id FROM invitation"),
            await self.house.fetch("SELECT ended_at FROM seat"),
            await self.house.fetch("SELECT ended_at FROM access_grant ORDER BY id"),
            await self.house.fetch("SELECT count(*) FROM invitation"),
        )


@pytest.fixture
async def letters(house):
    return await Correspondence(house).begin()


PROGRAMS = [replying.outlook, replying.google, replying.apple, replying.thunderbird]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
@pytest.mark.parametrize("partstat", KINDS)
async def test_an_answer_of_any_known_program_is_a_remark_and_changes_nothing_else(letters, program, partstat):
    before = await letters.standing()
    assert await letters.arrives(program(letters.to, partstat)) == "taken"
    remark = await letters.remark()
    assert (remark["kind"], remark["state"], remark["sequence"]) == (KINDS[partstat], "unconfirmed", 0)
    assert await letters.standing() == before
    told = await letters.house.fetch("SELECT what FROM notice WHERE what = 'replied_by_mail'")
    assert told


async def test_whoever_coordinates_sees_it_beside_the_answer(letters):
    await letters.arrives(replying.outlook(letters.to, "DECLINED"))
    shown = (await (await at_pages(letters.house, "coordinator")).get(f"/meetings/{letters.meeting}")).text
    assert "Ei ole vastannut" in shown
    assert "Sähköpostilla, vahvistamatta: ei osallistu" in shown


async def test_a_proposed_time_is_shown_and_moves_nothing(letters):
    begins = (datetime.now(UTC) + timedelta(days=3)).replace(hour=8, minute=15, second=0, microsecond=0)
    before = await letters.house.fetch("SELECT starts_at, ends_at FROM meeting")
    assert await letters.arrives(replying.counter(letters.to, begins)) == "taken"
    assert (await letters.remark())["starts_at"] == begins
    assert await letters.house.fetch("SELECT starts_at, ends_at FROM meeting") == before
    shown = (await (await at_pages(letters.house, "coordinator")).get(f"/meetings/{letters.meeting}")).text
    assert "vahvistamatta: ehdottaa toista aikaa: <time " in shown


async def settled(letters, mine):
    heikki = await at_pages(letters.house, "municipality")
    remark = await letters.remark()
    stamped = int(remark["stamped_at"].timestamp())
    path = f"/meetings/{letters.meeting}/invitation"
    assert "Vastaus sähköpostilla" in (await heikki.get(path)).text
    await heikki.post(f"{path}/remark", mine=mine, remark=str(remark["id"]), stamped=str(stamped))
    return (await heikki.get(path)).text


async def test_confirmed_after_sign_in_it_is_the_answer(letters):
    await letters.arrives(replying.google(letters.to, "ACCEPTED"))
    shown = await settled(letters, "yes")
    assert "Olet vastannut, että osallistut." in shown
    assert "Vastaus sähköpostilla" not in shown
    assert (await letters.remark())["state"] == "confirmed"


async def test_a_confirmed_no_ends_the_seat_as_a_no_on_the_page_does(letters):
    await letters.arrives(replying.google(letters.to, "DECLINED"))
    assert "Olet vastannut, että et osallistu." in await settled(letters, "yes")
    assert [row["ended_at"] is None for row in await letters.house.fetch("SELECT ended_at FROM seat")] == [False]


async def test_disowned_it_changes_nothing_and_whoever_coordinates_is_told(letters):
    await letters.arrives(replying.google(letters.to, "DECLINED"))
    before = await letters.standing()
    assert "Et ole vielä vastannut." in await settled(letters, "no")
    assert await letters.standing() == before
    shown = (await (await at_pages(letters.house, "coordinator")).get(f"/meetings/{letters.meeting}")).text
    assert "Sähköpostivastaus ei ollut hänen" in shown


async def test_who_proposes_another_by_mail_invites_nobody(letters):
    more = replying.calendar(letters.to, 'DELEGATED;DELEGATED-TO="mailto:somebody@else.example"')
    assert await letters.arrives(replying.mail(letters.to, more)) == "taken"
    assert (await letters.remark())["kind"] == "delegated"
    await letters.house.deliver()
    assert {str(message["To"]) for message in letters.house.sink.messages()} == {HEIKKI}
    dump = str(await letters.house.fetch("SELECT * FROM invitation_remark"))
    assert "somebody@else" not in dump


async def test_nobody_confirms_in_the_name_of_another(letters):
    await letters.arrives(replying.google(letters.to))
    remark = await letters.remark()
    for login in ("coordinator", "officer"):
        somebody = await at_pages(letters.house, login)
        stamped = str(int(remark["stamped_at"].timestamp()))
        answer = {"mine": "yes", "remark": str(remark["id"]), "stamped": stamped}
        await somebody.post(f"/meetings/{letters.meeting}/invitation/remark", expect=404, **answer)
    assert (await letters.remark())["state"] == "unconfirmed"


async def test_a_newer_answer_takes_the_place_of_an_older_and_an_older_never_of_a_newer(letters):
    now = datetime.now(UTC).replace(microsecond=0)
    first = replying.apple(letters.to, "DECLINED", at=now - timedelta(minutes=2))
    second = replying.apple(letters.to, "ACCEPTED", at=now - timedelta(minutes=1))
    assert await letters.arrives(second) == "taken"
    assert await letters.arrives(first) == "old"
    assert (await letters.remark())["kind"] == "accepted"
    assert await letters.arrives(replying.apple(letters.to, "TENTATIVE", at=now)) == "taken"
    assert (await letters.remark())["kind"] == "tentative"


async def test_an_answer_to_what_has_changed_since_is_too_old(letters):
    old = letters.to
    starts = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    ends = (datetime.now(UTC) + timedelta(days=1, hours=1)).isoformat()
    coordinator = await letters.house.person("coordinator")
    await coordinator.post(f"/meetings/{letters.meeting}/time", {"starts_at": starts, "ends_at": ends})
    assert await letters.arrives(replying.outlook(old)) == "old"
    assert await letters.remark() is None


async def test_an_answer_that_was_given_on_the_page_since_stands(letters):
    await letters.arrives(replying.google(letters.to, "DECLINED"))
    heikki = await at_pages(letters.house, "municipality")
    path = f"/meetings/{letters.meeting}/invitation"
    await heikki.post(f"{path}/answer", answer="accepted")
    assert "Vastaus sähköpostilla" not in (await heikki.get(path)).text
    shown = (await (await at_pages(letters.house, "coordinator")).get(f"/meetings/{letters.meeting}")).text
    assert "vahvistamatta" not in shown


async def test_the_same_message_is_dealt_with_once(letters):
    content = replying.google(letters.to)
    for _ in range(2):
        assert await letters.arrives(content, number=41) == "taken"  # not "old": it is not looked at again
    assert len(await letters.house.fetch("SELECT FROM mailbox_message")) == 1
    told = await letters.house.fetch("SELECT count(*) FROM notice WHERE what = 'replied_by_mail' GROUP BY post_id")
    assert {row["count"] for row in told} == {1}


async def path_of(letters):
    [row] = await letters.house.fetch("SELECT return_path, state, words, may_have_left FROM invitation_mail")
    return row


@pytest.mark.parametrize("by", ["address", "envelope"])
async def test_a_report_of_failure_is_a_refusal_that_can_be_sent_again(letters, by):
    back = (await path_of(letters))["return_path"]
    assert back.startswith("palautus-")
    to, envelope = (back, None) if by == "address" else ("catch-all@kutsu.example", back.partition("@")[0])
    assert await letters.arrives(replying.report(to, envelope=envelope)) == "taken"
    row = await path_of(letters)
    assert (row["state"], row["words"], row["may_have_left"]) == ("refused", "5.1.1", True)
    shown = (await (await at_pages(letters.house, "coordinator")).get(f"/meetings/{letters.meeting}")).text
    assert "Perille ei voitu toimittaa" in shown
    assert "/resending" in shown
    assert await letters.house.fetch("SELECT FROM notice WHERE what = 'invitation_refused'")


async def test_a_report_of_delay_is_shown_and_a_failure_after_it_counts(letters):
    back = (await path_of(letters))["return_path"]
    assert await letters.arrives(replying.report(back, "delayed", "4.4.1")) == "taken"
    shown = (await (await at_pages(letters.house, "coordinator")).get(f"/meetings/{letters.meeting}")).text
    assert "Viivästynyt matkalla" in shown
    assert await letters.arrives(replying.report(back, "failed", "5.4.7")) == "taken"
    assert (await path_of(letters))["state"] == "refused"


async def test_what_was_mailed_again_is_told_from_what_bounced(letters):
    """A late report about the first message says nothing of the second, which went elsewhere."""
    back = (await path_of(letters))["return_path"]
    await letters.arrives(replying.report(back))
    coordinator = await letters.house.person("coordinator")
    post = await letters.house.post_of("Heikki")
    await coordinator.post(
        f"/meetings/{letters.meeting}/invitations/{post}/resending", {"email": "toinen@revontuli.example"}
    )
    await letters.house.deliver()
    assert await letters.arrives(replying.report(back)) == "old"
    rows = await letters.house.fetch("SELECT state FROM invitation_mail ORDER BY sequence")
    assert [row["state"] for row in rows] == ["refused", "sent"]


async def test_an_answer_from_the_address_that_was_given_for_this_invitation_counts(letters):
    await letters.arrives(replying.report((await path_of(letters))["return_path"]))
    coordinator, post = await letters.house.person("coordinator"), await letters.house.post_of("Heikki")
    path = f"/meetings/{letters.meeting}/invitations/{post}/resending"
    await coordinator.post(path, {"email": "Toinen@revontuli.example"})
    to = replace(letters.to, sequence=1)
    assert await letters.arrives(replying.google(to)) == "another_attendee"
    assert await letters.arrives(replying.google(replace(to, attendee="toinen@REVONTULI.example"))) == "taken"


async def test_the_database_lets_nobody_but_its_person_say_whose_a_remark_was(letters):
    await letters.arrives(replying.google(letters.to))
    said = "UPDATE invitation_remark SET state = 'confirmed'"
    for login in ("coordinator", "officer", "police"):
        async with letters.house.as_role("app", await secret_of(letters.house, login)) as connection:
            assert await connection.execute(said) == "UPDATE 0"
    async with letters.house.as_role("app", await secret_of(letters.house, "municipality")) as connection:
        assert await connection.execute(said) == "UPDATE 1"
        assert await connection.execute("UPDATE invitation_remark SET state = 'disowned'") == "UPDATE 0"
    async with letters.house.as_role("app", await secret_of(letters.house, "municipality")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE invitation_remark SET kind = 'accepted'")
