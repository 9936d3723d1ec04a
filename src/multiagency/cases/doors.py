"""The door to one case: opens the unit of work and lays the case on the desk, or refuses."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request, Response

from multiagency.cases.desk import Desk, open_desk
from multiagency.kernel.access import Act
from multiagency.kernel.ids import as_reference
from multiagency.web.door import SAFE_METHODS, ActDoor, through


class CaseDoor(ActDoor):
    """A door whose route has `{reference}` of a case; fails with `NotVisible` or `Forbidden` as `open_desk` does.

    Whoever reads is shown nothing of any other case, unless the page is about `others` too: so reading one costs the
    same however many somebody holds. What changes one may end something in others.
    """

    def __init__(self, act: Act, *, others: bool = False) -> None:
        super().__init__(act)
        self._others = others

    def only(self, request: Request) -> str:
        """Return the reference in the path where nothing but that case is read."""
        reads = request.method in SAFE_METHODS and not self._others
        return as_reference(request.path_params["reference"]) if reads else ""

    async def __call__(self, request: Request, response: Response, reference: str) -> AsyncIterator[Desk]:
        """Open the door and the case."""
        async with self.open(request, response) as work:
            yield await open_desk(work, reference, self.act)


def case_door(act: Act, *, others: bool = False) -> Any:
    """Return the dependency that lays a case open for this act."""
    return through(CaseDoor(act, others=others))
