"""The main job, played: after each step the mails at the server are read, and what each person is told leads somewhere.

Nobody gets a mail without something that waits for them on a page that they may open, and no mail says what it is.
"""

from datetime import timedelta

import pytest
from tests.pages import at_pages
from tests.people.mails import decoded, later, waiting_mails
from tests.safeguards.test_break_glass import break_glass

from multiagency.actions.jobs import remind as remind_of_actions
from multiagency.cases.jobs import remind as remind_of_cases
from multiagency.demo import story
from multiagency.demo.lapland import ACCOUNTS
from multiagency.kernel.clock import today
from multiagency.kernel.languages import Language
from multiagency.people.notices import NOTICES, Mail
from multiagency.safeguards.jobs_reviews import refer_unanswered
from multiagency.safeguards.jobs_reviews import remind as remind_of_openings
from multiagency.web.texts import TEXTS

PLAYERS = ("officer", "social-worker", "coordinator", "coordinator-2", "police", "county", "municipality", "officer-2")
OTHERS = ("supervisor", "supervisor-2", "auditor", "administrator", "support", "shelter")
EMAIL = {account.email: account.login for account in ACCOUNTS}
LANGUAGES = (Language.FI, Language.SV, Language.EN)


class Play:
    """The house, what has been told so far, and how many mails of each person were read."""

    def __init__(self, house):
        self.house, self.case, self.meeting, self.action = house, "", "", ""
        self.told: set[str] = set()
        self.mailed: dict[str, int] = {}

    async def step(self, *mailed):
        """Let the mail of a step leave: it goes to these people and to nobody else, and an hour goes by."""
        before = len(waiting_mails(self.house))
        await self.house.notify()
        mails = waiting_mails(self.house)[before:]
        assert sorted(EMAIL[mail["To"].addresses[0].addr_spec] for mail in mails) == sorted(mailed)
        for mail in mails:
            self.says_nothing(mail)
        for login in (*PLAYERS, *OTHERS):
            await self.leads_somewhere(login, is_mailed=login in mailed)
        await later(self.house, 61)

    def says_nothing(self, mail):
        del mail["To"]
        text = decoded(mail)
        kinds = {TEXTS.say(language, f"notice.{what}") for what in NOTICES for language in LANGUAGES}
        secrets = {*map(str, story.SECRETS), self.case, self.meeting, self.action, "MARAK", *kinds, *self.agencies} - {
            ""
        }
        assert [secret for secret in secrets if secret in text] == []
        assert mail["Subject"] in {TEXTS.say(language, "mail.notice.subject") for language in LANGUAGES}

    async def leads_somewhere(self, login, *, is_mailed):
        person, pages = await self.house.person(login), await at_pages(self.house, login)
        unread = [row for row in await person.get("/notices") if row["read"] is None]
        self.told |= {row["what"] for row in unread}
        for row in unread:
            await pages.get(row["place"])
        assert not is_mailed or [row for row in unread if NOTICES[row["what"]].mail is not Mail.CALENDAR], login

    async def person(self, login):
        return await self.house.person(login)

    async def refer(self):
        house = self.house
        self.agencies = [agency["name"] for agency in await (await house.person("officer")).get("/agencies")]
        self.case = await house.filled_draft()
        officer = await house.person("officer")
        await officer.post(f"/cases/{self.case}/contributors", {"post": await house.post_of("Marja")})
        await self.step("social-worker")
        await (await house.person("social-worker")).put(f"/cases/{self.case}/part", {"narrative": story.COUNTY_PART})
        await self.step()
        await officer.post(f"/cases/{self.case}/submission")
        await self.step("coordinator", "coordinator-2")
        await house.fetch("UPDATE case_file SET submitted_at = submitted_at - interval '9 days'")
        assert await remind_of_cases(house.runtime, await house.service()) == 1
        assert await remind_of_cases(house.runtime, await house.service()) == 0
        await self.step("coordinator", "coordinator-2")

    async def meet(self):
        house, coordinator = self.house, await self.person("coordinator")
        self.meeting = await house.opened(self.case, "Heikki", "Jouni", "Sanna")
        await self.step()
        waiting = [row["what"] for row in await coordinator.get("/notices") if row["read"] is None]
        assert waiting == []  # the case has left the queue
        assert len(house.mails()) - house.mails().count(None) == 3
        police = await house.person("police")
        place = f"/meetings/{self.meeting}/invitation/answer"
        await (await at_pages(house, "police")).post(place, answer="accepted")
        assert [row["what"] for row in await police.get("/notices") if row["read"] is None] == []
        await (await at_pages(house, "county")).post(place, answer="declined")
        await self.step("coordinator", "coordinator-2")
        await house.minutes(self.meeting, self.case)
        await self.step("municipality", "police")

    async def act(self):
        house, coordinator = self.house, await self.person("coordinator")
        body = {"owner": await house.post_of("Heikki"), "title": story.ACTIONS["municipality"]}
        body["due_on"] = str(today() + timedelta(days=30))
        self.action = (await coordinator.post(f"/cases/{self.case}/actions", body, 201))["reference"]
        await self.step("municipality")
        await house.fetch("UPDATE planned_action SET assigned_at = assigned_at - interval '40 days'")
        for days, mailed in ((2, ["municipality"]), (-1, ["municipality", "coordinator", "coordinator-2"])):
            await house.fetch("UPDATE planned_action SET due_on = $1", today() + timedelta(days=days))
            assert await remind_of_actions(house.runtime, await house.service()) == 1
            assert await remind_of_actions(house.runtime, await house.service()) == 0
            await self.step(*mailed)
        municipality = await house.person("municipality")
        await municipality.post(f"/actions/{self.action}/report", {"outcome": "Tehty."})
        for login in ("municipality", "coordinator", "coordinator-2"):
            rows = await (await self.person(login)).get("/notices")
            assert not [
                row
                for row in rows
                if (row["read"] is None and "action" in row["what"]) or row["what"] == "plan_overdue"
            ]

    async def open_in_an_emergency(self):
        house, steering = self.house, ("coordinator", "coordinator-2", "officer", "supervisor")
        await break_glass(house, self.case)
        await self.step(*steering)
        await house.fetch("UPDATE break_glass SET opened_at = opened_at - interval '30 days'")
        assert await remind_of_openings(house.runtime, await house.service()) == 1
        assert await remind_of_openings(house.runtime, await house.service()) == 0
        await self.step("coordinator", "coordinator-2")
        assert await refer_unanswered(house.runtime, await house.service()) == 1
        await self.step("auditor")
        coordinator = await house.person("coordinator")
        [opening] = await coordinator.get(f"/cases/{self.case}/break-glass")
        review = {"needed": "yes", "words": "Oli kiire."}
        await coordinator.post(f"/cases/{self.case}/break-glass/{opening['id']}/review", review)
        other = await (await self.person("coordinator-2")).get("/notices")
        assert not [row for row in other if row["read"] is None and row["what"].startswith("break_glass")]

    async def withdraw(self):
        await (await self.person("officer")).post(f"/cases/{self.case}/consent/withdrawal")
        await self.step("coordinator", "coordinator-2")


@pytest.fixture
def play(mailing_house):
    return Play(mailing_house)


async def test_each_step_of_the_main_job_tells_whoever_must_act_and_nobody_else(play):
    await play.refer()
    await play.meet()
    await play.act()
    await play.open_in_an_emergency()
    await play.withdraw()
    assert play.told >= {
        "part_asked", "case_submitted", "agenda_due", "invited", "invitation_declined", "minutes_approved",
        "action_assigned", "action_due", "action_overdue", "plan_overdue", "break_glass", "break_glass_by_colleague",
        "break_glass_review_due", "break_glass_unanswered", "consent_withdrawn", "seat_ended",
    }  # fmt: skip
