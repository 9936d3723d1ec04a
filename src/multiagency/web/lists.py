"""Long lists on pages and at the API: where a portion starts, and where the next one is."""

from typing import Annotated, Any

from fastapi import Query, Response

from multiagency.kernel.portions import Portion

Start = Annotated[int, Query(ge=0, le=1_000_000)]
"""How many rows are passed over."""


def link_next(response: Response, path: str, portion: Portion[Any]) -> None:
    """Say in a header where the next portion is, if there is one (RFC 8288)."""
    if portion.next is not None:
        response.headers["Link"] = f'<{path}?start={portion.next}>; rel="next"'
