"""The unit of work: one transaction, one actor, one purpose. Only this module commits.

It presents the session to the database, notes whose rows of client data every statement shows, and refuses to commit
when something was changed without a matching line in the journal.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Column, DateTime, Executable, Text, Uuid, bindparam, event, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from multiagency.kernel.access import Act, Kind, Purpose
from multiagency.kernel.actor import Actor, Door, Presented, Role
from multiagency.kernel.clock import now
from multiagency.kernel.errors import NotSignedIn
from multiagency.kernel.events import Events
from multiagency.kernel.faults import Point, reach
from multiagency.kernel.journal import Journal, Line, Mode
from multiagency.kernel.keys import MasterKeys
from multiagency.kernel.lookup import Lookup
from multiagency.kernel.memory import Memory
from multiagency.kernel.policy import RULES
from multiagency.kernel.questions import AnswerT, Question, Questions
from multiagency.kernel.reference_data import ReferenceData
from multiagency.kernel.settling import Settling
from multiagency.kernel.tokens import RoomTokens
from multiagency.kernel.touched import Touched, Watched
from multiagency.kernel.vault import Vault
from multiagency.kernel.versions import Seen
from multiagency.settings import Settings

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Tools:
    """What every unit of work has at hand, made once when the process starts."""

    settings: Settings
    master: MasterKeys
    lookup: Lookup
    room_tokens: RoomTokens
    journal: Journal
    events: Events
    questions: Questions
    reference_data: ReferenceData


@dataclass(slots=True)
class Work:
    """What happens between a door's opening and its closing: the session, who acts, and what will be logged."""

    session: AsyncSession
    act: Act
    vault: Vault
    tools: Tools
    known: Actor | None
    touched: Touched
    memory: Memory
    reference_data: UUID | None = None
    """The version of the reference data in force; None at a public door."""
    lines: list[Line] = field(default_factory=list)
    closing: list[Executable] = field(default_factory=list)
    """Statements run last, after the journal is written: signing out would otherwise forbid its own entry."""
    seen: Seen | None = None
    """Which version of what is to be changed the caller saw; None where they do not say."""
    saved: str = ""
    """Which version the caller has before them once it is changed as they say; empty where it has none."""

    @property
    def actor(self) -> Actor:
        """Who acts. Raises `NotSignedIn` at a public door."""
        if self.known is None:
            raise NotSignedIn
        return self.known

    @property
    def purpose(self) -> Purpose:
        """Why: every act has exactly one purpose."""
        return RULES[self.act].purpose

    async def publish(self, happened: object) -> None:
        """Tell the rooms above what happened; they act in this same transaction."""
        await self.tools.events.publish(happened)

    async def ask(self, question: Question[AnswerT]) -> list[AnswerT]:
        """Ask the rooms above, and return all their answers; asking changes nothing."""
        return await self.tools.questions.ask(question)

    async def reference(self, load: Callable[["Work"], Awaitable[_T]]) -> _T:
        """Return reference data, which `load` reads for the whole process."""
        return await self.tools.reference_data.get(self.reference_data, load, self)

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """Do something in a savepoint: when it raises, nothing of it is saved and no line says it was.

        What it read was read all the same, and stays in the journal.
        """
        lines, before = len(self.lines), self.touched.before()
        try:
            async with self.session.begin_nested():
                yield
        except Exception:
            self.lines[lines:] = [line for line in self.lines[lines:] if line.mode is Mode.READ]
            self.touched.undo(before)
            raise

    def record(
        self,
        mode: Mode,
        kinds: Iterable[Kind] = (),
        *,
        subjects: Iterable[UUID] = (),
        **about: Any,
    ) -> None:
        """Put one line per data subject into the journal (one line when nobody's data is concerned)."""
        frozen = frozenset(kinds)
        concerned: list[UUID | None] = [*subjects] or [None]
        for subject in concerned:
            self.lines.append(Line(self.act, mode, now(), kinds=frozen, subject_id=subject, **about))

    def settled(self, result: str = "done") -> list[Line]:
        """Return the entries to be; see `kernel/settling.py`."""
        agency_id = self.known.agency_id if self.known else None
        return Settling(self.act, self.touched, agency_id, result).settle(self.lines)

    def was_read(self, result: str) -> list[Line]:
        """Return what was read before the work failed: it is rolled back, and was looked at all the same."""
        self.lines = [replace(line, result=result) for line in self.lines if line.mode is Mode.READ]
        return [line for line in self.settled(result) if line.kinds]

    def rests_on(self, case_id: UUID, basis: str) -> None:
        """Say on what the actor sees this case: entries that name no basis of their own rest on it."""
        self.touched.bases[case_id] = basis


def watch(engine: AsyncEngine) -> None:
    """Make the engine tell each unit of work which tables its statements touch."""

    def before_cursor_execute(conn: Connection, _: Any, __: str, ___: Any, context: Any, ____: bool) -> None:
        touched = conn.get_execution_options().get("touched")
        if touched is not None:
            compiled = context.compiled
            counted = bool(context.execution_options.get("counted"))
            touched.note(compiled and compiled.statement, compiled, counted=counted)

    event.listen(engine.sync_engine, "before_cursor_execute", before_cursor_execute)


_PRESENTED = (
    *(Column(name, Uuid) for name in ("session_id", "post_id", "person_id", "agency_id")),
    *(Column(name, Text) for name in ("role", "name", "title", "agency_name", "language")),
    Column("until", DateTime(timezone=True)),
    Column("reference_data", Uuid),
)
_PRESENTING = select(
    func.present(bindparam("secret", type_=Text), bindparam("case", type_=Text)).table_valued(*_PRESENTED)
)


async def _recognise(session: AsyncSession, presented: Presented, case: str) -> tuple[Actor, UUID]:
    row = (await session.execute(_PRESENTING, {"secret": presented.secret, "case": case})).one_or_none()
    if row is None:
        raise NotSignedIn
    values = row._asdict()
    version = values.pop("reference_data")
    return Actor(**values | {"role": Role(values["role"])}), version


@asynccontextmanager
async def unit_of_work(
    engine: AsyncEngine, tools: Tools, presented: Presented, act: Act, case: str = ""
) -> AsyncIterator[Work]:
    """Open the one transaction of an act; commit at the end, roll back on any exception.

    `case` is the reference of the one case that it is about: then the database shows no other, and looks through no
    other's grants.

    Raises `NotSignedIn` when the presented secret belongs to no live session, and `Unlogged` instead of committing
    client data that no line covers.
    """
    touched = Touched()
    about = {"touched": touched}
    async with AsyncSession(engine, sync_session_class=Watched, info=about, expire_on_commit=False) as session:
        await session.connection(execution_options=about)
        anybody = presented.door is Door.SIGN_IN
        known, version = (None, None) if anybody else await _recognise(session, presented, case)
        work = Work(session, act, Vault(session, tools.master), tools, known, touched, Memory(touched), version)
        yield work
        await session.flush()
        touched.check(work.lines)
        await tools.journal.write(session, work.vault, work.known, work.settled())
        for statement in work.closing:
            await session.execute(statement)
        reach(Point.ENTRY_WRITTEN)
        await session.commit()
        reach(Point.ENTRY_COMMITTED)
