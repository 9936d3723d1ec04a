"""What the worker does: looks, rarely, whether an entry was written past the queue of the sequencer."""

import logging
from uuid import UUID

from multiagency.audit.sequencer import sweep
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.runtime import Runtime

_log = logging.getLogger(__name__)


async def sweep_log(runtime: Runtime, presented: Presented) -> int:
    """Let every entry that neither waits nor has its number wait; return how many there were."""
    after: UUID | None = None
    found = 0
    while True:
        async with runtime.unit_of_work(presented, Act.NUMBER_LOG) as work:
            after, added = await sweep(work, after)
        found += added
        if after is None:
            if found:
                _log.warning("%s entries stood in no queue, and wait now for their numbers", found)
            return found
