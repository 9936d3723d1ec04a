"""The service under test: a database of its own, the real application, real roles, a real sink."""

import asyncio
import itertools
import secrets
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx

from multiagency.app import build_app
from multiagency.audit.keyfiles import make_key_files
from multiagency.audit.note import Signer
from multiagency.audit.sequencer import Sequencer
from multiagency.demo import story
from multiagency.demo.lapland import populate
from multiagency.demo.person import CalendarMail, PersonAtApi
from multiagency.demo.teams import TEAMS
from multiagency.embedded.mailsink import MailSink
from multiagency.embedded.postgres import EmbeddedPostgres
from multiagency.embedded.provision import (
    connect,
    create_database,
    create_roles,
    drop_database,
    dsn,
    generated_passwords,
)
from multiagency.kernel.actor import Door
from multiagency.kernel.crypto import read_key
from multiagency.kernel.lookup import Lookup
from multiagency.kernel.migrations import upgrade
from multiagency.mail.delivery import deliver_next
from multiagency.pathways.definition import StageKind
from multiagency.pathways.service import pathway
from multiagency.people.jobs_notices import mail_notices
from multiagency.settings import Settings
from multiagency.wiring import wire
from multiagency.worker import number_log, service_session
from tests.directory import Directory
from tests.lodging import Lodging, Unfit
from tests.throwaway import throwaway

TEMPLATE = "template_house"
ORIGIN = "test.multiagency.example/log"
BASE_URL = "http://127.0.0.1:8000"
CHEAP = 1
"""The cost of the passwords here: they guard nothing, and are asked for thousands of times."""
_MARAK = [team for team in TEAMS if team.pathway == "marak"]
"""Other models of work have tests of their own, which add their teams."""


_NOTHING_TO_TELL = """
    UPDATE dated_parameter SET value = 0 WHERE name = 'tell_client_days' OR name LIKE 'follow_up_months%'
"""
"""What comes with minutes would stand in every plan: tests/actions/test_telling.py and test_follow_up.py ask for it."""

_Like = tuple[asyncio.AbstractEventLoop, str, object]
"""What must be the same for a house to move into a database again: event loop, template, connections."""


class Ground:
    """What all houses of a test run stand on: one embedded server with a migrated, populated template database."""

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        self.directory = directory
        self.server = EmbeddedPostgres(directory / "postgresql", durable=durable)
        self.passwords = generated_passwords(directory / "secrets" / "passwords.json")
        self.verifier_key = make_key_files(directory / "keys", ORIGIN)
        self._numbers = itertools.count(1)
        self._vacant: dict[_Like, list[Lodging]] = {}

    def build(self) -> None:
        self.server.start()
        asyncio.run(create_roles(self.server, self.passwords))
        asyncio.run(create_database(self.server, TEMPLATE))
        owner = dsn(self.server, "owner", self.passwords, TEMPLATE)
        upgrade(owner)
        lookup = Lookup(read_key(self.directory / "keys" / "lookup.key"))
        people = (self.passwords["demo_account"], self.passwords["service_account"])
        asyncio.run(populate(owner, *people, lookup, cost=CHEAP, teams=_MARAK))
        asyncio.run(self._read_directory())

    async def _read_directory(self) -> None:
        superuser = await connect(self.server, TEMPLATE)
        try:
            await superuser.execute(_NOTHING_TO_TELL)
            self.people = await Directory.read(superuser)
        finally:
            await superuser.close()

    def settings(self, database: str, **changes: object) -> Settings:
        urls = {f"database_url_{r}": dsn(self.server, r, self.passwords, database) for r in ("app", "signin", "worker")}
        return Settings.model_validate(
            {
                "environment": "test",
                "base_url": BASE_URL,
                "embedded_database": True,
                "demo_accounts": True,
                "artificial_codes": True,
                "keys_directory": self.directory / "keys",
                "log_origin": ORIGIN,
                "smtp_tls": "none",
                "mail_settle_seconds": 0,
                "worker_password": self.passwords["service_account"],
                "pool_size": 5,
                "live_minutes": 0,  # a client in this process waits until an answer has ended
                **urls,
                **changes,
            }
        )

    @asynccontextmanager
    async def house(self, sink: MailSink | None = None, template: str = TEMPLATE, **changes: object):
        """Give a house in a database of its own, for tests that do more to it than people at a service do."""
        name = self._name()
        await self._clone(template, name)
        house = House(self, name, self._settings_with(sink, name, changes), sink)
        try:
            yield house
        finally:
            await house.close()
            await drop_database(self.server, name)

    @asynccontextmanager
    async def lived_in(self, sink: MailSink | None = None, template: str = TEMPLATE, **changes: object):
        """Give a house in a database that was wiped after the test before; all in one event loop, until `clear`."""
        alike = (asyncio.get_running_loop(), template, changes.get("pool_size"))
        vacant = self._vacant.get(alike)
        lodging = vacant.pop() if vacant else await self._new_lodging(template)
        house = House(self, lodging.name, self._settings_with(sink, lodging.name, changes), sink)
        if lodging.engines:
            house.runtime.engines = dict(lodging.engines)
        else:
            lodging.furnish(house.runtime.engines)
        try:
            yield house
        finally:
            await house.http.aclose()
            await self._give_back(alike, lodging, house)

    async def _give_back(self, alike: "_Like", lodging: Lodging, house: "House") -> None:
        try:
            await lodging.wipe(house.runtime.engines)
            self._vacant.setdefault(alike, []).append(lodging)
        except Unfit:
            await house.runtime.close()
            await self._demolish(lodging)

    async def clear(self, *kept: str) -> None:
        """Drop the databases that wait for the next test, but for copies of these; let go of their connections."""
        here = [alike for alike in self._vacant if alike[0] is asyncio.get_running_loop() and alike[1] not in kept]
        for lodging in [lodging for alike in here for lodging in self._vacant.pop(alike)]:
            await self._demolish(lodging)

    async def _demolish(self, lodging: Lodging) -> None:
        await lodging.leave()
        await drop_database(self.server, lodging.name)

    async def _new_lodging(self, template: str) -> Lodging:
        await self.clear(TEMPLATE, template)  # the tests that begin at another stage are over
        name = self._name()
        await self._clone(template, name)
        return await Lodging(name, await connect(self.server, name)).settle()

    def _name(self) -> str:
        return f"house_{next(self._numbers)}_{secrets.token_hex(3)}"

    def _settings_with(self, sink: MailSink | None, database: str, changes: dict[str, object]) -> Settings:
        where = {"smtp_host": "127.0.0.1", "smtp_port": sink.port} if sink else {}
        return self.settings(database, **where, **changes)

    async def _clone(self, template: str, name: str) -> None:
        """Copy the files of a template: a quarter of what PostgreSQL's own choice costs, which logs every page."""
        superuser = await connect(self.server, "postgres")
        try:
            words = f'OWNER multiagency_owner TEMPLATE "{template}" STRATEGY file_copy'
            await superuser.execute(f'CREATE DATABASE "{name}" {words}')
        finally:
            await superuser.close()


@contextmanager
def standing(*, durable: bool = False):
    """A ground, built, and gone afterwards with all its files."""
    with throwaway("test") as directory:
        ground = Ground(directory, durable=durable)
        try:
            ground.build()
            yield ground
        finally:
            ground.server.stop(immediate=True)


class House:
    """One service with its people; `person("officer")` is signed in at the API."""

    def __init__(self, ground: Ground, database: str, settings: Settings, sink: MailSink | None) -> None:
        self.ground, self.database, self.settings, self.sink = ground, database, settings, sink
        self.asgi = build_app(settings)
        self.app = self.asgi.app
        self.runtime = self.app.state.runtime
        transport = httpx.ASGITransport(app=self.asgi, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url=BASE_URL)
        self._sequencer = Sequencer(Signer(ORIGIN, (settings.keys_directory / "log.key").read_bytes()))
        self._service = None
        self._people: dict[str, PersonAtApi] = {}

    async def close(self) -> None:
        await self.http.aclose()
        await self.runtime.close()

    async def person(self, login: str) -> PersonAtApi:
        if login not in self._people:
            self._people[login] = PersonAtApi(self.http, login)
            await self._people[login].sign_in(self.ground.passwords["demo_account"])
        return self._people[login]

    def forget(self, login: str) -> None:
        """Let `person` sign this account in again."""
        self._people.pop(login, None)

    async def superuser(self) -> asyncpg.Connection:
        return await connect(self.ground.server, self.database)

    async def put_in(self, stage: str, case: str | None = None) -> None:
        """Put a case, or all, into a stage of its model with the dates that go with it, whatever led there."""
        model = pathway("marak")
        kind, over = model.stage(stage).kind, {StageKind.ENDED: "closed_at", StageKind.WITHDRAWN: "withdrawn_at"}
        dates = {"submitted_at": "NULL" if kind is StageKind.DRAFT else "coalesce(submitted_at, now())"}
        dates |= {column: "now()" if over.get(kind) == column else "NULL" for column in over.values()}
        changes = ", ".join(f"{column} = {value}" for column, value in dates.items())
        query = f"UPDATE case_file SET stage = $1, stage_kind = $2, {changes} WHERE coalesce(reference = $3, true)"
        await self.fetch(query, stage, kind, case)

    async def fetch(self, query: str, *values: object) -> list[asyncpg.Record]:
        """Look into the database as the superuser of the test server."""
        connection = await self.superuser()
        try:
            return await connection.fetch(query, *values)
        finally:
            await connection.close()

    @asynccontextmanager
    async def as_role(self, role: str, secret: str | None = None):
        """A direct SQL session of a database role, as somebody with its password would have, in one transaction."""
        connection = await asyncpg.connect(
            host=str(self.ground.server.socket_directory),
            user=f"multiagency_{role}",
            password=self.ground.passwords[role],
            database=self.database,
        )
        try:
            async with connection.transaction():
                if secret is not None:
                    await connection.execute("SELECT set_config('multiagency.session', $1, true)", secret)
                yield connection
        finally:
            await connection.close()

    async def service(self):
        if self._service is None:
            self._service = await service_session(self.runtime)
        return self._service

    @asynccontextmanager
    async def keeper(self):
        """The keeper's runtime and session: what the maintenance commands work with, and no other process."""
        address = dsn(self.ground.server, "keeper", self.ground.passwords, self.database)
        settings = self.ground.settings(
            self.database, database_url_keeper=address, keeper_password=self.ground.passwords["service_account"]
        )
        runtime = wire(settings.model_copy(update={"keys_directory": self.settings.keys_directory}))
        try:
            yield runtime, await service_session(runtime, Door.KEEPER)
        finally:
            await runtime.close()

    async def deliver(self) -> int:
        """Let the worker send everything that is due; return how many messages it handled."""
        handled = 0
        while batch := await deliver_next(self.runtime, await self.service()):
            handled += batch
        return handled

    async def notify(self) -> int:
        """Let the worker mail people that something waits, and deliver; return how many messages it handled."""
        await mail_notices(self.runtime, await self.service())
        return await self.deliver()

    async def number_log(self) -> None:
        while await number_log(self.runtime, await self.service(), self._sequencer):
            pass

    def mails(self) -> list[CalendarMail]:
        return [CalendarMail.parse(mail) for mail in self.sink.messages()]

    # The main job in pieces, so that a test begins where its own question begins.

    async def agency(self, part_of_name: str) -> str:
        return self.ground.people.agency(part_of_name)

    async def agencies(self, *parts: str) -> list[str]:
        return [await self.agency(part) for part in parts]

    async def post_of(self, name: str) -> str:
        return self.ground.people.post(name)

    async def team(self) -> str:
        return self.ground.people.team

    async def draft(self, login: str = "officer") -> str:
        person = await self.person(login)
        return (await person.post("/cases", {"team": await self.team()}, 201))["reference"]

    async def consent_body(self, *parts: str) -> dict:
        asked = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        return story.consent(asked, await self.agencies(*(parts or ("Police", "Wellbeing", "Revontuli"))))

    async def narrow_consent(self, kinds: list[str], *parts: str) -> dict:
        """A consent that gives these kinds to each of these agencies, and to the convener what it cannot do without."""
        body = await self.consent_body(*parts)
        convener = await self.agency("Wellbeing")
        pairs = [
            {"agency": agency, "kinds": sorted({*kinds, "identity"}) if agency == convener else kinds}
            for agency in body["recipients"]
        ]
        return {name: value for name, value in body.items() if name not in {"kinds", "recipients"}} | {"pairs": pairs}

    async def filled_draft(self, login: str = "officer", yes: int = 15, consent: tuple[str, ...] = ()) -> str:
        person, case = await self.person(login), await self.draft(login)
        await person.put(f"/cases/{case}/client", story.CLIENT)
        await person.put(f"/cases/{case}/safe-contact", story.SAFE_CONTACT)
        await person.post(f"/cases/{case}/parties", story.VIOLENT, 201)
        await person.put(f"/cases/{case}/part", {"narrative": story.NARRATIVE})
        await person.post(f"/cases/{case}/consent", await self.consent_body(*consent))
        await person.put(f"/cases/{case}/assessment", {"answers": story.answers(yes)})
        return case

    async def submitted(self, login: str = "officer", consent: tuple[str, ...] = ()) -> str:
        case = await self.filled_draft(login, consent=consent)
        await (await self.person(login)).post(f"/cases/{case}/submission")
        return case

    async def meeting(self, *cases: str, minutes: int = 5) -> str:
        coordinator = await self.person("coordinator")
        starts = datetime.now(UTC) + timedelta(minutes=minutes)
        body = {"team": await self.team(), "starts_at": starts.isoformat()}
        body["ends_at"] = (starts + timedelta(hours=1)).isoformat()
        meeting = (await coordinator.post("/meetings", body, 201))["reference"]
        for case in cases:
            await coordinator.post(f"/meetings/{meeting}/agenda", {"case": case})
        return meeting

    async def seat(self, meeting: str, case: str, name: str, expect: int = 204):
        coordinator = await self.person("coordinator")
        return await coordinator.post(
            f"/meetings/{meeting}/seats", {"case": case, "post": await self.post_of(name)}, expect
        )

    async def opened(self, case: str, *names: str) -> str:
        meeting = await self.meeting(case)
        for name in names or ("Heikki",):
            await self.seat(meeting, case, name)
        await (await self.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
        return meeting

    async def staying(self, case: str) -> dict:
        """What a closing says of each open action: it stays with its owner."""
        rows = await self.fetch(
            "SELECT a.reference FROM planned_action a JOIN case_file c ON c.id = a.case_id "
            "WHERE a.state = 'open' AND c.reference = $1",
            case,
        )
        return {"answers": [{"action": row["reference"], "answer": "stays", "why": "Kesken."} for row in rows]}

    async def begin(self, meeting: str) -> None:
        """Let the time of a meeting have come."""
        begun = "UPDATE meeting SET starts_at = now() - interval '1 minute' WHERE reference = $1 AND starts_at > now()"
        await self.fetch(begun, meeting)

    async def draft_minutes(self, meeting: str, case: str, text: str = story.MINUTES) -> int:
        coordinator = await self.person("coordinator")
        await self.begin(meeting)
        return (await coordinator.post(f"/meetings/{meeting}/minutes", {"case": case, "text": text}, 200))["version"]

    async def minutes(self, meeting: str, case: str, text: str = story.MINUTES) -> None:
        """Record minutes and approve them: the case goes on to its follow-up."""
        approved = {"case": case, "version": await self.draft_minutes(meeting, case, text), "handled": True}
        await (await self.person("coordinator")).post(f"/meetings/{meeting}/minutes/approval", approved)
