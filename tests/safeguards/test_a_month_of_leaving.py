"""A month in which people leave, are away and come back, in every order: nothing is stuck, nobody sees a day longer.

The same months in every run; `MONTHS` plays others, as many as it says.
"""

import os
import random
from datetime import timedelta

import pytest
from tests.kernel.test_row_security import secret_of
from tests.leaving import joins_team, leaves_team, post_begins_again, post_ends
from tests.safeguards.test_deputies import period_is_over
from tests.safeguards.test_supervision import another_post
from tests.sight import held_by

from multiagency.kernel.access import Kind
from multiagency.kernel.clock import today
from multiagency.safeguards.jobs_departures import look_after

MONTHS = int(os.environ.get("MONTHS", "0"))
SEEDS = random.SystemRandom().sample(range(10**9), MONTHS) if MONTHS else (4, 6)
STEPS = 40 if MONTHS else 20
POLICE = ("officer", "officer-2", "police", "supervisor", "second")
COUNTY = ("coordinator", "coordinator-2", "social-worker", "county", "supervisor-2")
PEOPLE = POLICE + COUNTY
REFERRED = (
    "SELECT c.reference, array_agg(DISTINCT g.post_id) AS posts FROM case_file c "
    "JOIN access_grant g ON g.case_id = c.id AND g.capability = 'refer' AND g.ended_at IS NULL AND g.deputy_id IS NULL "
    "GROUP BY 1"
)
WAITING = """
    SELECT c.reference AS item, g.post_id AS holder FROM access_grant g JOIN case_file c ON c.id = g.case_id
    WHERE g.capability = 'refer' AND g.ended_at IS NULL AND g.deputy_id IS NULL
    UNION SELECT a.reference, a.owner_id FROM planned_action a WHERE a.state = 'open'
"""
BARRED = """
    SELECT DISTINCT k.login, c.reference FROM access_bar b JOIN case_file c ON c.id = b.case_id
    JOIN post p ON p.person_id = b.person_id JOIN credential k ON k.post_id = p.id WHERE b.valid_to IS NULL
"""


class Month:
    """A house in which two people hold two posts each, and the chance by which things happen in it."""

    def __init__(self, house, seed):
        self.house, self.chance = house, random.Random(seed)  # noqa: S311 - a game
        self.gone, self.outside, self.story = set(), set(), []

    async def begins(self):
        """A draft, a case that was submitted, and one in follow-up with an action of the police and of the county."""
        house = self.house
        await another_post(house, "Aslak", "supervisor")
        await house.fetch(
            "UPDATE post SET agency_id = (SELECT agency_id FROM post WHERE title = 'komisario') WHERE title = 'toinen'"
        )
        self.cases = [await house.filled_draft(), await house.submitted("officer-2"), await house.submitted()]
        meeting = await house.opened(self.cases[2], "Jouni")
        await house.minutes(meeting, self.cases[2])
        for name in ("Jouni", "Sanna"):
            body = {"owner": await house.post_of(name), "title": "Soittaa", "due_on": "2099-01-01"}
            await (await house.person("coordinator")).post(f"/cases/{self.cases[2]}/actions", body, 201)
        self.posts = {row["login"]: row["post_id"] for row in await house.fetch("SELECT * FROM credential")}
        self.secrets = {login: await secret_of(house, login) for login in PEOPLE}
        return self

    async def seen(self, login, query):
        """What a query shows to somebody with the session that they had, whatever has become of their post."""
        async with self.database.transaction():
            await self.database.execute("SET LOCAL ROLE multiagency_app")
            await self.database.execute("SELECT set_config('multiagency.session', $1, true)", self.secrets[login])
            return {row[0] for row in await self.database.fetch(query)}

    async def ask(self, login, method, path, body=None):
        """Let somebody try something: it may be refused, and is never a fault of the service."""
        headers = (await self.house.person(login))._headers
        answer = await self.house.http.request(method, f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code < 500, (self.story, answer.text)
        return answer

    async def happens(self):
        """One thing of the month."""
        moves = (self.goes, self.comes, self.team, self.hands_on, self.hands_on, self.stands_in, self.ends, self.bars)
        move = self.chance.choice((*moves, self.worker, self.hands_over))
        self.story.append(move.__name__)
        await move()

    def _staffed(self):
        """Somebody must be left who could look after the police's work: otherwise nobody is there at all."""
        return {"supervisor", "second"} - self.gone, {"coordinator", "coordinator-2"} - self.gone - self.outside

    async def goes(self):
        login = self.chance.choice(PEOPLE)
        self.gone.add(login)
        if all(self._staffed()):
            await post_ends(self.house, login)
        else:
            self.gone.discard(login)

    async def comes(self):
        if self.gone:
            login = self.chance.choice(sorted(self.gone))
            self.gone.discard(login)
            await post_begins_again(self.house, login)

    async def team(self):
        login = self.chance.choice(("coordinator", "coordinator-2"))
        if login in self.outside:
            self.outside.discard(login)
            await joins_team(self.house, login)
        else:
            self.outside.add(login)
            if self._staffed()[1]:
                await leaves_team(self.house, login)
            else:
                self.outside.discard(login)

    async def hands_on(self):
        login = self.chance.choice(("supervisor", "second", "coordinator", "coordinator-2", "supervisor-2"))
        answer = await self.ask(login, "GET", "/supervision")
        rows = answer.json()["work"] if answer.status_code == 200 else []
        rows.sort(key=lambda row: (self.cases.index(row["reference"]), row["what"], row["name"]))
        if rows:
            row = self.chance.choice(rows)
            taker = str(self.posts[self.chance.choice((*PEOPLE, *("officer", "officer-2") * 5))])
            body = {name: row[name] for name in ("what", "item", "holder")} | {"post": taker, "reason": "is_away"}
            await self.ask(login, "POST", "/supervision/handing-on", body)

    async def hands_over(self):
        login, case = self.chance.choice(("officer", "officer-2", "coordinator")), self.chance.choice(self.cases)
        what = "coordination" if login == "coordinator" else "referral"
        taker = str(self.posts[self.chance.choice(PEOPLE)])
        await self.ask(login, "POST", f"/cases/{case}/reassignment", {"what": what, "post": taker})

    async def stands_in(self):
        login = self.chance.choice(("supervisor", "second", "supervisor-2", "coordinator"))
        away, stands_in = (str(self.posts[self.chance.choice(PEOPLE)]) for _ in range(2))
        days = {"starts_on": str(today()), "ends_on": str(today() + timedelta(5))}
        await self.ask(
            login, "POST", "/supervision/deputies", days | {"post": away, "deputy": stands_in, "reason": "illness"}
        )

    async def ends(self):
        if self.chance.random() < 0.5:
            await period_is_over(self.house)
            return
        for row in await self.house.fetch("SELECT id FROM deputy WHERE ended_at IS NULL LIMIT 1"):
            await self.ask(self.chance.choice(PEOPLE), "POST", f"/supervision/deputies/{row['id']}/ending")

    async def bars(self):
        case, login = self.chance.choice(self.cases), self.chance.choice(("second", "county", "officer-2"))
        body = {"post": str(self.posts[login]), "reason": "conflict_of_interest"}
        await self.ask(self.chance.choice(("officer", "coordinator")), "POST", f"/cases/{case}/bars", body)

    async def worker(self):
        await look_after(self.house.runtime, await self.house.service())

    # What must hold after each of them.

    async def holds(self):
        await self.everybody_sees_what_they_hold()
        await self.nothing_is_stuck()
        await self.no_second_post_shows_more()

    async def everybody_sees_what_they_hold(self):
        """Also whoever has gone, with the session that they still have: nothing, at the next statement."""
        for login in PEOPLE:
            held = {grant.case_id for grant in await held_by(self.database, login) if Kind.SHELL in grant.kinds}
            assert login not in self.gone or not held, (self.story, login)
            assert await self.seen(login, "SELECT id FROM case_file") == held, (self.story, login)

    async def nothing_is_stuck(self):
        """Each case has one who refers it, each piece of work a holder who is there or somebody who hands it on."""
        for row in await self.database.fetch(REFERRED):
            assert len(row["posts"]) == 1, (self.story, row)
        gone, mine = {self.posts[login] for login in self.gone}, set()
        for login in ("supervisor", "second", "supervisor-2", "coordinator", "coordinator-2"):
            mine |= await self.seen(login, "SELECT item FROM supervised_work() WHERE mine")
        for row in await self.database.fetch(WAITING):
            assert row["holder"] not in gone or row["item"] in mine, (self.story, row)
        for login in self._staffed()[1]:
            listed = {case["reference"] for case in (await self.ask(login, "GET", "/cases")).json()}
            if set(self.cases[1:]) <= listed:
                return
        raise AssertionError(self.story)

    async def no_second_post_shows_more(self):
        shown = "SELECT reference FROM supervised_work() UNION SELECT reference FROM case_file"
        for row in await self.database.fetch(BARRED):
            assert row["reference"] not in await self.seen(row["login"], shown), (self.story, row)
        to_themselves = (
            "SELECT FROM reassignment r JOIN post a ON a.id = r.by_id JOIN post b ON b.id = r.to_id "
            "WHERE a.person_id = b.person_id"
        )
        assert await self.database.fetch(to_themselves) == [], self.story


@pytest.mark.parametrize("seed", SEEDS)
async def test_whoever_leaves_and_whoever_comes_nothing_is_stuck_and_nobody_sees_a_day_longer(house, seed):
    month = Month(house, seed)
    month.database = await house.superuser()
    try:
        await month.begins()
        await month.holds()
        for _ in range(STEPS):
            await month.happens()
            await month.holds()
    finally:
        await month.database.close()
    assert len(set(month.story)) > 6
