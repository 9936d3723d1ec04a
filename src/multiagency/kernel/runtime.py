"""The running kernel: engines, keys, journal and events, made once from the settings."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Actor, Door, Presented
from multiagency.kernel.crypto import read_key
from multiagency.kernel.database import make_engine
from multiagency.kernel.errors import Forbidden, NotSignedIn, ServiceError, Unavailable
from multiagency.kernel.events import Events
from multiagency.kernel.journal import Journal, Line, Mode
from multiagency.kernel.keys import MasterKeys, master_directory
from multiagency.kernel.lookup import Lookup
from multiagency.kernel.policy import RULES
from multiagency.kernel.questions import Questions
from multiagency.kernel.reference_data import ReferenceData
from multiagency.kernel.tokens import RoomTokens
from multiagency.kernel.work import Tools, Work, unit_of_work, watch
from multiagency.settings import Settings


@dataclass(slots=True)
class Runtime:
    """What every door needs; closed with `close()`."""

    tools: Tools
    engines: dict[Door, AsyncEngine]

    @property
    def settings(self) -> Settings:
        """The settings that the process was started with."""
        return self.tools.settings

    @asynccontextmanager
    async def unit_of_work(self, presented: Presented, act: Act, case: str = "") -> AsyncIterator[Work]:
        """Open a unit of work for this actor and act (which fixes the purpose); see `kernel/work.py` also for `case`.

        The one guard under all doors, of routes, jobs and commands alike: raises `Forbidden` when the policy does
        not give the act to the actor's role, `NotSignedIn` when nobody is recognised at a door that is not public.
        """
        async with self._open(presented, act, case) as work:
            if work.known is None and not RULES[act].public:
                raise NotSignedIn
            if work.known is not None and not RULES[act].role_may(work.known.role):
                raise Forbidden
            yield work

    def _open(self, presented: Presented, act: Act, case: str = "") -> AbstractAsyncContextManager[Work]:
        return unit_of_work(self.engines[presented.door], self.tools, presented, act, case)

    async def refuse(
        self,
        presented: Presented,
        act: Act,
        error: ServiceError,
        reference: str | None = None,
        read: Sequence[Line] = (),
    ) -> Actor | None:
        """Log a denied attempt in a transaction of its own, before the answer leaves; return whose it was.

        `read`: what was looked at before the state of the case or a wrong field forbade the rest; then that is the
        entry. Raises `Unavailable` when it cannot be logged: then not even the refusal is given.
        """
        try:
            async with self._open(presented, act) as work:
                work.lines += read
                if not read:
                    work.record(Mode.DENY, result=str(error.status), case_reference=reference)
                return work.known
        except NotSignedIn:
            return None  # nobody to name in the log, and nothing was shown
        except Exception as failure:
            raise Unavailable from failure

    async def close(self) -> None:
        """Give all connections back."""
        for engine in self.engines.values():
            await engine.dispose()


def make_runtime(settings: Settings, journal: Journal, events: Events, questions: Questions) -> Runtime:
    """Build the runtime. Raises ValueError or OSError when a key is missing, too short or readable by others."""
    urls = {
        Door.APP: settings.database_url_app,
        Door.SIGN_IN: settings.database_url_signin,
        Door.WORKER: settings.database_url_worker,
        Door.KEEPER: settings.database_url_keeper,
    }
    engines = {door: make_engine(url.get_secret_value(), settings.pool_size) for door, url in urls.items() if url}
    for engine in engines.values():
        watch(engine)
    keys = settings.keys_directory
    tokens = RoomTokens(read_key(keys / "room.key").removesuffix(b"\n"), "multiagency", settings.room_domain)
    master, lookup = MasterKeys(master_directory(keys)), Lookup(read_key(keys / "lookup.key"))
    return Runtime(Tools(settings, master, lookup, tokens, journal, events, questions, ReferenceData()), engines)
