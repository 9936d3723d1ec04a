"""The worker: numbers the log, delivers mail and does what is due, until told to stop. Any number may run.

Each of these is a task of its own that waits for none of the others (decision 0033). What fails is tried again after a
pause, whatever it raised; nothing that stands in the database ends the process, and it may be killed at any instant.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from multiagency.assurance.jobs_alarms import alarm
from multiagency.assurance.service_alarms import AlarmCode
from multiagency.audit.nodes import BrokenTree
from multiagency.audit.note import Signer
from multiagency.audit.sequencer import Sequencer, is_demanded
from multiagency.kernel import due
from multiagency.kernel.access import Act
from multiagency.kernel.actor import VISITOR, Door, Presented
from multiagency.kernel.crypto import read_key
from multiagency.kernel.due import TRIES, InHand, Job, place_of
from multiagency.kernel.errors import NotSignedIn
from multiagency.kernel.faults import Point, reach
from multiagency.kernel.runtime import Runtime
from multiagency.mail.delivery import LEASE, deliver_next
from multiagency.meetings.jobs_replies import read_replies
from multiagency.meetings.jobs_rooms import mind_rooms
from multiagency.people.service_sign_in import refused, sign_in
from multiagency.settings import Settings
from multiagency.wiring import jobs, wire

_log = logging.getLogger(__name__)
_IDLE, _IDLE_DUE, _IDLE_ROOMS = 0.25, 1.0, 0.5
_LONGEST_PAUSE, _LONGEST_REFUSAL = 10.0, 60.0
_NUMBERING_LIMIT = 30.0
_ROOMS_LIMIT = 8.0
"""Shorter than the lease of a call; whoever leads is told within five seconds that a room is not empty."""
_DELIVERY_LIMIT = LEASE.total_seconds() - 5
"""A claim lapses with its lease, and from then on the message is another worker's."""
_MAILBOX_LIMIT = 300.0
"""Seconds for a visit to the mailbox: each thing that is said there has its own limit."""
_SHORT = timedelta(minutes=1)
"""Jobs that may take longer have a task of their own: what runs out does not wait for the self-check."""
_BETWEEN_PLANS = 3600.0
_SERVICE_SESSION = timedelta(hours=12)
_OTHER_WAS_FIRST = frozenset({"40001", "23505"})
"""Serialization failure, number taken: another worker did the same, and there is nothing to mend."""


async def service_session(runtime: Runtime, door: Door = Door.WORKER) -> Presented:
    """Sign the service account of a door in, the worker's or the keeper's.

    Raises `NotSignedIn` when its login or password is wrong or missing.
    """
    settings = runtime.settings
    login, secret = {
        Door.WORKER: (settings.worker_login, settings.worker_password),
        Door.KEEPER: (settings.keeper_login, settings.keeper_password),
    }[door]
    if secret is None:
        raise refused()
    async with runtime.unit_of_work(VISITOR, Act.SIGN_IN) as work:
        opened = await sign_in(work, login, secret.get_secret_value(), "service", _SERVICE_SESSION)
    if opened is None:
        raise refused()
    return Presented(opened[0], door)


async def number_log(runtime: Runtime, presented: Presented, sequencer: Sequencer, *, publishing: bool = True) -> bool:
    """Number waiting entries and publish a checkpoint; tell whether there was anything new.

    An entry that does not fit is passed over and raises an alarm. Without `publishing` a checkpoint is made only if
    somebody asked for one. Raises `BrokenTree` when the log's tables were tampered with so that they cannot be gone on
    with.
    """
    async with runtime.unit_of_work(presented, Act.NUMBER_LOG) as work:
        turn = await sequencer.number(work)
    if turn.numbered:
        reach(Point.NUMBERS_COMMITTED)
    if turn.refused:
        await alarm(runtime, presented, AlarmCode.ENTRY_REFUSED, bad=turn.refused)
    async with runtime.unit_of_work(presented, Act.NUMBER_LOG) as work:
        published = (publishing or await is_demanded(work)) and await sequencer.publish(work)
    if published:
        reach(Point.CHECKPOINT_COMMITTED)
    return any(turn) or published


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop` is set. A database that goes away is waited for; nothing is lost meanwhile.

    Raises ValueError when no password of the service account is set, ValueError or OSError for an unusable key.
    """
    if settings.worker_password is None:
        raise ValueError("MULTIAGENCY_WORKER_PASSWORD is missing")
    runtime = wire(settings)
    try:
        signer = Signer(settings.log_origin, read_key(settings.keys_directory / "log.key"))
        worker = _Worker(runtime, Sequencer(signer), jobs(settings), stop)
        async with asyncio.TaskGroup() as group:
            group.create_task(worker.keep_on("numbering", worker.number, _NUMBERING_LIMIT, _IDLE))
            group.create_task(worker.keep_on("delivery", worker.deliver, _DELIVERY_LIMIT, _IDLE))
            group.create_task(worker.keep_on("rooms", worker.mind_rooms, _ROOMS_LIMIT, _IDLE_ROOMS))
            group.create_task(worker.keep_on("the mailbox", worker.read_mailbox, _MAILBOX_LIMIT, settings.imap_seconds))
            group.create_task(worker.keep_on("due work", worker.do_short, None, _IDLE_DUE))
            long = group.create_task(worker.keep_on("long work", worker.do_long, None, _IDLE_DUE))
            await stop.wait()
            long.cancel()  # what takes hours is begun anew; the others end their turns
    finally:
        await runtime.close()


@dataclass(slots=True)
class _Account:
    """The service account's session, shared by all tasks, and made anew long before it ends."""

    runtime: Runtime
    stop: asyncio.Event
    _presented: Presented | None = None
    _since: float = 0
    _refusals: int = 0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @contextlib.asynccontextmanager
    async def presented(self) -> AsyncIterator[Presented]:
        """Give the session; forget it when it opens nothing any more.

        Raises `NotSignedIn` then, and when the account is refused, after a pause that grows.
        """
        async with self._lock:
            old = time.monotonic() - self._since > _SERVICE_SESSION.total_seconds() / 2
            if self._presented is None or old:
                self._presented, self._since = await self._sign_in(), time.monotonic()
            presented = self._presented
        try:
            yield presented
        except NotSignedIn:
            if self._presented is presented:
                self._presented = None
            raise

    async def _sign_in(self) -> Presented:
        try:
            found = await service_session(self.runtime)
        except NotSignedIn:
            self._refusals += 1
            _log.warning("the service account is not signed in; trying again")
            await _pause(self.stop, min(2**self._refusals, _LONGEST_REFUSAL))
            raise
        self._refusals = 0
        return found


class _Worker:
    def __init__(self, runtime: Runtime, sequencer: Sequencer, wanted: Mapping[str, Job], stop: asyncio.Event) -> None:
        self._runtime, self._sequencer, self._stop = runtime, sequencer, stop
        self._account = _Account(runtime, stop)
        self._checkpoints = _Every(runtime.settings.checkpoint_seconds)
        self._short = {kind: job for kind, job in wanted.items() if job.limit <= _SHORT}
        self._long = {kind: job for kind, job in wanted.items() if job.limit > _SHORT}
        self._planning_short, self._planning_long = _Every(_BETWEEN_PLANS), _Every(_BETWEEN_PLANS)

    async def keep_on(
        self, name: str, turn: Callable[[Presented], Awaitable[bool]], limit: float | None, idle: float
    ) -> None:
        """Take turn after turn until told to stop, each at most `limit` seconds long.

        A turn that fails is taken again after a pause; one that fails again and again raises an alarm as well.
        """
        failures = 0
        while not self._stop.is_set():
            try:
                async with self._account.presented() as presented, asyncio.timeout(limit):
                    busy = await turn(presented)
                failures = 0
            except NotSignedIn:
                busy = False
            except (Exception, asyncio.CancelledError) as error:
                if _is_ending(error):
                    raise
                failures += 1
                await self._wait_after(name, error, failures)
                continue
            if not busy:
                await _pause(self._stop, idle)

    async def _wait_after(self, name: str, error: BaseException, failures: int) -> None:
        """Say what failed and wait, the longer the more often it did so in a row; another's being first is quiet."""
        first = isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _OTHER_WAS_FIRST
        if _is_away(error):
            _log.warning("the database cannot be reached, %s waits: %s", name, type(error).__name__)
        elif not first or failures >= TRIES:
            _say(name, error)
        if failures % TRIES == 0:
            with contextlib.suppress(Exception):
                async with self._account.presented() as presented:
                    await self._alarm(presented)
        await _pause(self._stop, min((0.05 if first else 1.0) * 2 ** min(failures - 1, 16), _LONGEST_PAUSE))

    async def number(self, presented: Presented) -> bool:
        """Number what waits, and sign when it is time or somebody asked."""
        return await number_log(self._runtime, presented, self._sequencer, publishing=self._checkpoints.is_due())

    async def deliver(self, presented: Presented) -> bool:
        """Deliver what may leave."""
        return bool(await deliver_next(self._runtime, presented))

    async def mind_rooms(self, presented: Presented) -> bool:
        """End rooms whose time is over, and have people put out of them."""
        return await mind_rooms(self._runtime, presented)

    async def read_mailbox(self, presented: Presented) -> bool:
        """Read what came back by mail; a mailbox that is away holds up nothing else."""
        return bool(await read_replies(self._runtime, presented))

    async def do_short(self, presented: Presented) -> bool:
        """Do one piece of what is due and soon done."""
        return await self._do(presented, self._short, self._planning_short)

    async def do_long(self, presented: Presented) -> bool:
        """Do one piece of what is due and may take long."""
        return await self._do(presented, self._long, self._planning_long)

    async def _do(self, presented: Presented, wanted: Mapping[str, Job], planning: "_Every") -> bool:
        if planning.is_due():
            await due.plan(self._runtime, presented, wanted)
        claimed = await due.claim(self._runtime, presented, wanted)
        if claimed is None:
            return False
        failure = await self._failure_of(presented, claimed, wanted[claimed.kind])
        if failure is None:
            await self._note(lambda now: due.finish(self._runtime, now, claimed, wanted[claimed.kind]))
            return True
        await self._note(lambda now: due.fail(self._runtime, now, claimed, failure))
        if claimed.attempts >= TRIES:
            await self._note(self._alarm)
        return True

    async def _failure_of(self, presented: Presented, claimed: InHand, job: Job) -> str | None:
        """Do a piece of work; return how it failed, None when it did not. What is cut off by the end is given back."""
        if claimed.died and claimed.attempts > TRIES:
            return due.DIED
        only = {"only": claimed.subject_id} if claimed.subject_id else {}
        try:
            async with asyncio.timeout(job.limit.total_seconds()):
                await job.do(self._runtime, presented, **only)
        except (Exception, asyncio.CancelledError) as error:
            if _is_ending(error):
                await due.give_back(self._runtime, presented, claimed)
                raise
            _say(claimed.kind, error)
            return place_of(error)
        return None

    async def _note(self, note: Callable[[Presented], Awaitable[None]]) -> None:
        """Write down what became of it, with a session that lives: the one it was done with may have ended."""
        try:
            async with self._account.presented() as presented:
                await note(presented)
        except NotSignedIn:
            async with self._account.presented() as anew:
                await note(anew)

    async def _alarm(self, presented: Presented) -> None:
        try:
            await alarm(self._runtime, presented, AlarmCode.WORK_FAILS)
        except Exception as error:
            _say("an alarm", error)


def _is_ending(error: BaseException) -> bool:
    """Tell whether it is this task that is to end; a cancellation that a job lets out is a fault like others."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0


def _is_away(error: BaseException) -> bool:
    return isinstance(error, ConnectionError) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def _say(name: str, error: BaseException) -> None:
    """Log that something failed: type and place, and of a broken tree how much is missing."""
    if isinstance(error, BrokenTree):
        _log.critical("the log cannot be gone on with: %s", error)
    else:
        _log.error("%s failed: %s", name, place_of(error))


class _Every:
    """Something that is due at once, and then again each time so many seconds have passed."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._due_at = seconds, float("-inf")

    def is_due(self) -> bool:
        """Tell whether it is time, and if so begin to wait anew."""
        moment = time.monotonic()
        if moment < self._due_at:
            return False
        self._due_at = moment + self._seconds
        return True


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
