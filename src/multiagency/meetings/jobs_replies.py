"""The worker reads what came back by mail: fetch, deal with each in a transaction of its own, delete.

Killed between any two of these nothing is lost and nothing done twice: what was dealt with is written down in the same
transaction (`mailbox_message`), and a message that is still there is deleted by whoever looks next. A message that
cannot be dealt with is set down as failed and deleted like others: it may hold client data, and it holds up nothing.
"""

import asyncio
import logging

from sqlalchemy.exc import DBAPIError

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.due import place_of
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import Runtime
from multiagency.mail import imap
from multiagency.mail.imap import Fetched
from multiagency.mail.received import Received, RefusedMail, read
from multiagency.mail.service_mailbox import is_first, note_result, room_left
from multiagency.meetings.service_replies import hear

_log = logging.getLogger(__name__)
_TAKEN, _FAILED = "taken", "failed"


async def read_replies(runtime: Runtime, presented: Presented) -> int:
    """Deal with the oldest messages of the mailbox; return how many there were. Raises as `imap.fetch`."""
    if not runtime.settings.imap_host:
        return 0
    fetched = await asyncio.to_thread(imap.fetch, runtime.settings)
    if fetched:
        async with runtime.unit_of_work(presented, Act.READ_MAILBOX) as work:
            fetched = fetched[: await room_left(work)]
            work.record(Mode.READ)
    for message in fetched:
        await deal_with(runtime, presented, message)
    await asyncio.to_thread(imap.delete, runtime.settings, fetched)
    return len(fetched)


async def deal_with(runtime: Runtime, presented: Presented, message: Fetched) -> None:
    """Deal with a message once. Raises what a database that is away raises: then it stays in the mailbox."""
    try:
        received: Received | RefusedMail = await asyncio.to_thread(read, message.content)
    except RefusedMail as refused:
        received = refused
    try:
        await _take(runtime, presented, message, received)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        await _set_down(runtime, presented, message, error)
    except Exception as error:
        await _set_down(runtime, presented, message, error)


async def _take(runtime: Runtime, presented: Presented, message: Fetched, received: Received | RefusedMail) -> None:
    async with runtime.unit_of_work(presented, Act.READ_MAILBOX) as work:
        if not await is_first(work, message, _TAKEN):
            return
        try:
            if isinstance(received, RefusedMail):
                raise received
            about = await hear(work, received)
        except RefusedMail as refused:
            _log.warning("a message of the mailbox was refused: %s", refused.why)
            await note_result(work, message, refused.why)
            work.record(Mode.WRITE, result="refused")
            return
        await note_result(work, message, _TAKEN, about)
        work.record(Mode.WRITE)


async def _set_down(runtime: Runtime, presented: Presented, message: Fetched, error: Exception) -> None:
    _log.error("a message of the mailbox could not be dealt with: %s", place_of(error))
    async with runtime.unit_of_work(presented, Act.READ_MAILBOX) as work:
        await is_first(work, message, _FAILED)
        work.record(Mode.WRITE, result=_FAILED)
