"""The door to one case: opens the unit of work and lays the case on the desk, or refuses."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request, Response

from multiagency.cases.desk import Desk, open_desk
from multiagency.kernel.access import Act
from multiagency.web.door import ActDoor, through


class CaseDoor(ActDoor):
    """A door whose route has `{reference}` of a case; fails with `NotVisible` or `Forbidden` as `open_desk` does."""

    async def __call__(self, request: Request, response: Response, reference: str) -> AsyncIterator[Desk]:
        """Open the door and the case."""
        async with self.open(request, response) as work:
            yield await open_desk(work, reference, self.act)


def case_door(act: Act) -> Any:
    """Return the dependency that lays a case open for this act."""
    return through(CaseDoor(act))
