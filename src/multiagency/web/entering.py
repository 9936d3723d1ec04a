"""Routes that take JSON: the door stands before the body is read; only its size was looked at before."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from multiagency.web.door import ActDoor, OpenDoor


class BodyRoute(APIRoute):
    """The framework parses a body before it asks any dependency; this route goes through its door before that."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, which the door stands before."""
        handle = super().get_route_handler()
        doors = [door for door in doors_of(self.dependant) if isinstance(door, ActDoor)]
        if self.body_field is None or not doors:
            return handle

        async def through_the_door(request: Request) -> Response:
            entered = await doors[0].enter(request)
            try:
                return await handle(request)  # the door closes after this, when what the answer needs was done
            except BaseException as error:
                await entered.__aexit__(type(error), error, error.__traceback__)
                raise

        return through_the_door


def doors_of(dependant: Dependant) -> list[ActDoor | OpenDoor]:
    """Return the doors among what a route depends on: there is one."""
    own: list[ActDoor | OpenDoor] = [dependant.call] if isinstance(dependant.call, ActDoor | OpenDoor) else []
    return own + [door for inner in dependant.dependencies for door in doors_of(inner)]
