"""The real house that the machine acts in: everybody signed in, acts over HTTP, and time made to pass by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.house import TEMPLATE, Ground, House
from tests.meetings import replying
from tests.properties.facts import PEOPLE, Bar, Basis, Case, Grant, Lasting, Row
from tests.properties.looking import Looking, Standing
from tests.properties.offering import offered_by

from multiagency.demo.person import PersonAtApi
from multiagency.embedded.provision import connect, create_database
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.errors import ServiceError
from multiagency.meetings import service_answers as answers
from multiagency.meetings import service_attendance as attendance
from multiagency.meetings import service_invitations as invitations
from multiagency.meetings import service_rooms as rooms
from multiagency.meetings.forms import PROMISES, InsteadSentForm, InvitationAnswerForm, JoinForm
from multiagency.meetings.jobs_replies import deal_with
from multiagency.worker import service_session

SIGNED_IN = "template_signed_in"
"""The name of a template database in which everybody has a session already."""
NOWHERE = "2222-2222"
"""A reference that no case and no meeting has."""


class Village:
    """The people of the demo, signed in once; every world begins as a copy of their database."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.headers: dict[str, dict[str, str]] = {}

    async def build(self) -> "Village":
        """Make the template."""
        await create_database(self.ground.server, SIGNED_IN, TEMPLATE)
        house = House(self.ground, SIGNED_IN, self.ground.settings(SIGNED_IN), None)
        try:
            for login in PEOPLE:
                self.headers[login] = dict((await house.person(login))._headers)
            self.offered = offered_by(house.app)
        finally:
            await house.close()
        return self


class World:
    """One house, what the machine knows to call things in it, and how it acts there."""

    def __init__(self, village: Village, *broken: str) -> None:
        self.village, self.broken = village, broken
        self._open_house = village.ground.house(template=SIGNED_IN)
        self.cases: dict[Case, str] = {}
        self.meetings: dict[Case, list[str]] = {}
        """The meetings on whose agenda a case stands, the newest last."""
        self.opened: set[str] = set()

    async def open(self) -> None:
        """Copy the database, connect, and read who is who in it."""
        self.house = await self._open_house.__aenter__()
        self.looking = await Looking.at(self.house)
        self.offered = self.village.offered
        self.people = {login: PersonAtApi(self.house.http, login) for login in PEOPLE}
        for login, person in self.people.items():
            person._headers.update(self.village.headers[login])
        for statement in self.broken:
            await self.looking.superuser.execute(statement)
        who = await self.looking.superuser.fetch(
            "SELECT c.login, p.id AS post, p.person_id AS person, p.agency_id AS agency "
            "FROM credential c JOIN post p ON p.id = c.post_id WHERE c.login = ANY($1)",
            list(PEOPLE),
        )
        self.posts = {row["login"]: row["post"] for row in who}
        self.agencies = {PEOPLE[row["login"]].agency: row["agency"] for row in who}
        self.team = await self.looking.superuser.fetchval("SELECT id FROM team")
        self._names: dict[UUID, str] = {agency_id: name for name, agency_id in self.agencies.items()}
        for row in who:
            self._names |= {row["post"]: row["login"], row["person"]: row["login"]}
        self._case_ids: dict[UUID, Case] = {}
        self.arrived = 0

    async def close(self) -> None:
        """Leave nothing behind."""
        await self.looking.close()
        await self._open_house.__aexit__(None, None, None)

    # Acting.

    async def call(self, login: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Ask the API as this person; return status and answer."""
        headers = self.people[login]._headers
        response = await self.house.http.request(method, f"/api/v1{path}", json=body, headers=headers)
        return response.status_code, response.json() if response.content else None

    async def enter_room(self, login: str, case: Case) -> int:
        """Press Join and enter the case's room, not waiting for the mail that holds the address; return the status."""
        presented = Presented(self.secret(login))
        try:
            async with self.house.runtime.unit_of_work(presented, Act.JOIN_ROOM) as work:
                invitation = await invitations.by_meeting(work, self.meeting(case))
                ticket = await rooms.join(work, invitation, JoinForm(case=self.cases[case]))
        except ServiceError as error:
            return error.status
        return (await self.call(login, "POST", f"/rooms/{ticket.room}", {"token": ticket.token, "promise": PROMISES}))[
            0
        ]

    async def send_instead(self, login: str, case: Case) -> int:
        """Say that one cannot come, and what one's agency tells that table instead; return the status."""
        try:
            async with self.house.runtime.unit_of_work(Presented(self.secret(login)), Act.ANSWER_INVITATION) as work:
                invitation = await invitations.by_meeting(work, self.meeting(case))
                form = InsteadSentForm(text="Ei uutta tietoa.")
                await attendance.send_instead(work, invitation, self.cases[case], form)
        except ServiceError as error:
            return error.status
        return 204

    async def decline(self, login: str, case: Case) -> int:
        """Say no to the newest meeting of a case without the address that the mail holds; return the status."""
        try:
            async with self.house.runtime.unit_of_work(Presented(self.secret(login)), Act.ANSWER_INVITATION) as work:
                invitation = await invitations.by_meeting(work, self.meeting(case))
                await answers.answer(work, invitation, InvitationAnswerForm(answer="declined"))
        except ServiceError as error:
            return error.status
        return 204

    async def answer_by_mail(self, case: Case, pick: int, partstat: str) -> None:
        """Let an answer to one of the invitations to the newest meeting of a case come to the mailbox."""
        rows = await self.looking.superuser.fetch(
            "SELECT i.uid, i.sequence, i.organiser, coalesce(i.email, p.email) AS attendee, m.starts_at, m.ends_at "
            "FROM invitation i JOIN meeting m ON m.id = i.meeting_id JOIN post p ON p.id = i.post_id "
            "WHERE m.reference = $1 ORDER BY i.id",
            self.meeting(case),
        )
        if rows:
            self.arrived += 1
            content = replying.apple(replying.Invited(*rows[pick % len(rows)].values()), partstat)
            presented = await service_session(self.house.runtime)
            await deal_with(self.house.runtime, presented, replying.fetched(self.arrived, content))

    def meeting(self, case: Case) -> str:
        """Return the newest meeting that the case is on the agenda of."""
        return (self.meetings.get(case) or [NOWHERE])[-1]

    async def begin(self, case: Case) -> None:
        """Let the time of that meeting have come, and the meeting be open though nobody was seated to be invited."""
        await self.looking.superuser.execute(
            "UPDATE meeting SET starts_at = now() - interval '1 minute', state = 'open' WHERE reference = $1",
            self.meeting(case),
        )
        self.opened.add(self.meeting(case))

    async def name_case(self, case: Case, reference: str) -> None:
        """Remember which case of the model this is."""
        self.cases[case] = reference
        found = await self.looking.superuser.fetchval("SELECT id FROM case_file WHERE reference = $1", reference)
        self._case_ids[found] = case

    def secret(self, login: str) -> str:
        """Return the secret of the person's session."""
        return self.people[login]._headers["cookie"].split("=", 1)[1]

    # Time.

    async def date(self, fact: Lasting) -> None:
        """Write the beginning and end of a fact as the model now has them: time passes for it alone."""
        table = {Basis: "lawful_basis", Grant: "access_grant", Bar: "access_bar"}[type(fact)]
        begins = fact.begins or datetime.now(UTC) - timedelta(minutes=5)
        await self.looking.superuser.execute(
            f"UPDATE {table} SET valid_from = $2, valid_to = $3 WHERE id = $1", fact.id, begins, fact.ends
        )
        if fact.over:
            await self.looking.superuser.execute(f"UPDATE {table} SET ended_at = now() WHERE id = $1", fact.id)

    async def age(self, case: Case) -> None:
        """Let twelve years have gone by since the case was over."""
        columns = await self.looking.superuser.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'case_file' "
            "AND column_name IN ('closed_at', 'withdrawn_at')"
        )
        for (column,) in columns:
            await self.looking.superuser.execute(
                f"UPDATE case_file SET {column} = {column} - interval '12 years' WHERE reference = $1",
                self.cases[case],
            )

    async def leave(self, login: str, how: str) -> None:
        """Let somebody's session or post be over."""
        statement = {
            "the session expires": "UPDATE session SET expires_at = now() - interval '1 minute' WHERE post_id = $1",
            "the post ends": "UPDATE post SET valid_to = now() - interval '1 minute' WHERE id = $1",
        }[how]
        await self.looking.superuser.execute(statement, self.posts[login])

    async def come_back(self, login: str, how: str) -> None:
        """Undo `leave`: the post is held again, or the person signs in anew."""
        if how == "the post ends":
            statement = "UPDATE post SET valid_to = NULL WHERE id = $1"
            await self.looking.superuser.execute(statement, self.posts[login])
            return
        self.people[login] = PersonAtApi(self.house.http, login)
        await self.people[login].sign_in(self.house.ground.passwords["demo_account"])

    async def change_membership(self, login: str, *, ends: bool) -> None:
        """Let somebody be of the team no longer, or again."""
        until = "now() - interval '1 minute'" if ends else "NULL"
        statement = f"UPDATE team_member SET valid_to = {until} WHERE post_id = $1"
        await self.looking.superuser.execute(statement, self.posts[login])

    # Looking.

    def named(self, some_id: UUID | None) -> str | None:
        """Return the model's name of an agency, a post or a person."""
        return None if some_id is None else self._names[some_id]

    def case(self, case_id: UUID | None) -> Case | None:
        """Return the model's case of an id."""
        return None if case_id is None else self._case_ids[case_id]

    def row(self, standing: Standing, kind: str | None) -> Row:
        """Return a row in the model's words."""
        return Row(standing.table, kind, self.case(standing.case_id), self.named(standing.whose), standing.place)


async def broken_function(ground: Ground, name: str, part: str, instead: str) -> str:
    """Return the statement that puts something else in the place of one part of a function of row security."""
    superuser = await connect(ground.server, SIGNED_IN)
    try:
        text = await superuser.fetchval("SELECT pg_get_functiondef($1::regprocedure)", name)
    finally:
        await superuser.close()
    assert text.count(part) == 1, f"{name} has no single {part!r} to break"
    return text.replace(part, instead)
