"""The worker: delivers mail and numbers the log, until told to stop. Any number may run; each may be killed."""

import asyncio
import contextlib
import logging
import time
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from multiagency.assurance.jobs_checkpoint_mail import mail_checkpoints
from multiagency.assurance.jobs_offers import offer_checkpoints
from multiagency.assurance.jobs_selfcheck import check
from multiagency.audit.nodes import BrokenTree
from multiagency.audit.note import Signer
from multiagency.audit.sequencer import Sequencer, is_demanded
from multiagency.consent.jobs import end_expired, warn
from multiagency.kernel.access import Act
from multiagency.kernel.actor import VISITOR, Door, Presented
from multiagency.kernel.crypto import read_key
from multiagency.kernel.errors import NotSignedIn
from multiagency.kernel.faults import Point, reach
from multiagency.kernel.once import forget
from multiagency.kernel.runtime import Runtime
from multiagency.log_requests.jobs_reminders import remind as remind_of_requests
from multiagency.mail.delivery import deliver_next
from multiagency.meetings.jobs import end_seats_of_the_gone
from multiagency.people.service_sign_in import refused, sign_in
from multiagency.safeguards.jobs import remind
from multiagency.safeguards.jobs_departures import look_after
from multiagency.safeguards.jobs_reviews import refer_unanswered
from multiagency.settings import Settings
from multiagency.wiring import wire

_log = logging.getLogger(__name__)
_IDLE = 0.25
_AFTER_FAULT = 1.0
_LONGEST_PAUSE = 60.0
_BETWEEN_REMINDERS = 300.0
_BETWEEN_ENDINGS = 20.0
"""What runs out ends within its minute."""
_BETWEEN_DEADLINES = 6 * 3600.0
"""Looking at requests is logged each time, so it is not done more often than days are counted for."""
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

    Without `publishing` a checkpoint is made only if somebody asked for one. Raises `BrokenTree` when the log's tables
    were tampered with so that they cannot be gone on with.
    """
    async with runtime.unit_of_work(presented, Act.NUMBER_LOG) as work:
        numbered = await sequencer.number(work)
    if numbered:
        reach(Point.NUMBERS_COMMITTED)
    async with runtime.unit_of_work(presented, Act.NUMBER_LOG) as work:
        published = (publishing or await is_demanded(work)) and await sequencer.publish(work)
    if published:
        reach(Point.CHECKPOINT_COMMITTED)
    return bool(numbered) or published


async def forget_answers(runtime: Runtime, presented: Presented) -> None:
    """Forget how changes were answered that can no longer be sent again."""
    async with runtime.unit_of_work(presented, Act.FORGET_ANSWERS) as work:
        await forget(work)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop` is set. A database that goes away is waited for; nothing is lost meanwhile.

    Raises ValueError when no password of the service account is set, ValueError or OSError for an unusable key.
    """
    if settings.worker_password is None:
        raise ValueError("MULTIAGENCY_WORKER_PASSWORD is missing")
    runtime = wire(settings)
    signer = Signer(settings.log_origin, read_key(settings.keys_directory / "log.key"))
    refusals = 0
    try:
        while not stop.is_set():
            try:
                presented = await service_session(runtime)
                refusals = 0
                await _work(runtime, presented, Sequencer(signer), stop)
            except NotSignedIn:
                refusals += 1
                _log.warning("the service account is not signed in; trying again")
                await _pause(stop, min(_AFTER_FAULT * 2**refusals, _LONGEST_PAUSE))
            except (DBAPIError, OSError) as error:
                _log.warning("the database cannot be reached: %s", type(error).__name__)
                await _pause(stop, _AFTER_FAULT)
    finally:
        await runtime.close()


async def _work(runtime: Runtime, presented: Presented, sequencer: Sequencer, stop: asyncio.Event) -> None:
    reminders, checkpoints = _Every(_BETWEEN_REMINDERS), _Every(runtime.settings.checkpoint_seconds)
    deadlines, endings = _Every(_BETWEEN_DEADLINES), _Every(_BETWEEN_ENDINGS)
    checks = _Every(runtime.settings.self_check_hours * 3600)
    while not stop.is_set():
        try:
            if reminders.is_due():
                await remind(runtime, presented)
                await refer_unanswered(runtime, presented)
                await warn(runtime, presented)
                await look_after(runtime, presented)
                await mail_checkpoints(runtime, presented)
            if endings.is_due():
                await end_expired(runtime, presented)
                await end_seats_of_the_gone(runtime, presented)
                await forget_answers(runtime, presented)
                await offer_checkpoints(runtime, presented)
            if deadlines.is_due():
                await remind_of_requests(runtime, presented)
            delivered = await deliver_next(runtime, presented)
            numbered = await number_log(runtime, presented, sequencer, publishing=checkpoints.is_due())
            if not numbered and checks.is_due():
                await _check(runtime, presented)
        except BrokenTree as error:
            _log.critical("the log cannot be gone on with: %s", error)
            await _pause(stop, _AFTER_FAULT)
            continue
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _OTHER_WAS_FIRST:
                raise
            continue
        if not delivered and not numbered:
            await _pause(stop, _IDLE)


async def _check(runtime: Runtime, presented: Presented) -> None:
    found = await check(runtime, presented)
    if found:
        _log.critical("the self-check of the log found: %s", ", ".join(sorted(found)))


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
