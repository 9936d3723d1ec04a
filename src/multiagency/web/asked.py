"""What was asked, as it arrived: never worked out from the Host header, which the caller writes."""

from fastapi import Request
from starlette.datastructures import FormData

from multiagency.kernel.errors import Malformed

_PROGRAMS = "/api/"


def path_of(request: Request) -> str:
    """Return the path, decoded."""
    path: str = request.scope["path"]
    return path


def by_program(request: Request) -> bool:
    """Tell whether a program asked, and not a page."""
    return path_of(request).startswith(_PROGRAMS)


async def form_of(request: Request) -> FormData:
    """Return the form that a page posts. Raises `Malformed` for a body that is none, or has too many fields."""
    await request.body()  # kept by the request, so that whoever wants it as it came still finds it
    try:
        return await request.form()
    except ValueError as error:  # a charset that decodes nothing; everything else the framework says by itself
        raise Malformed from error
