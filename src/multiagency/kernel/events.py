"""Events: what has happened on a lower floor and matters on a higher one, told inside the same transaction.

A handler that raises fails the whole transaction: the withdrawal of a consent and the end of its seats happen
together or not at all. It is given the event and nothing else: what it needs, the event carries.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

EventT = TypeVar("EventT")


class Events:
    """Who listens to what; filled once by `wiring.py`."""

    def __init__(self) -> None:
        self._handlers: dict[type, list[Callable[[Any], Awaitable[None]]]] = defaultdict(list)

    def subscribe(self, event: type[EventT], *handlers: Callable[[EventT], Awaitable[None]]) -> None:
        """Call the handlers, one after the other, whenever an event of this type is published."""
        self._handlers[event] += handlers

    async def publish(self, event: object) -> None:
        """Call the handlers in the order in which they subscribed."""
        for handler in self._handlers[type(event)]:
            await handler(event)
