"""Events: what happens on a lower floor and matters on a higher one, inside the same transaction.

A handler that raises fails the whole transaction: the withdrawal of a consent and the end of its seats happen
together or not at all.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from multiagency.kernel.work import Work

EventT = TypeVar("EventT")
Handler = Callable[["Work", Any], Awaitable[None]]


class Events:
    """Who listens to what; filled once by `wiring.py`."""

    def __init__(self) -> None:
        self._handlers: dict[type, list[Handler]] = defaultdict(list)

    def subscribe(self, event: type[EventT], handler: Callable[["Work", EventT], Awaitable[None]]) -> None:
        """Call `handler` whenever an event of this type is published."""
        self._handlers[event].append(handler)

    async def publish(self, work: "Work", event: object) -> None:
        """Call the handlers one after the other, in the order in which they subscribed."""
        for handler in self._handlers[type(event)]:
            await handler(work, event)
