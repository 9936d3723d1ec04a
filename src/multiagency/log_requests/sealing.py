"""Sealing what belongs to one request, under a data key of its own: it is destroyed when the request expires."""

from typing import Any
from uuid import UUID

from multiagency.kernel.crypto import DataKey, Sealed
from multiagency.kernel.work import Work
from multiagency.log_requests.models import LogRequest


def key_class(request_id: UUID) -> str:
    """Return the name under which the data key of a request stands among the keys that belong to no case."""
    return f"log-request-{request_id}"


async def _key(work: Work, request: LogRequest) -> DataKey:
    return await work.vault.key_for(None, request.controller_id, key_class(request.id))


async def seal(work: Work, request: LogRequest, row: Any, **texts: str) -> None:
    """Set the named columns of a row of this request to the sealed texts; an empty text clears the column."""
    await seal_bytes(work, request, row, **{column: text.encode() for column, text in texts.items()})


async def seal_bytes(work: Work, request: LogRequest, row: Any, **contents: bytes) -> None:
    """Set the named columns to the sealed contents."""
    key = await _key(work, request)
    for column, content in contents.items():
        sealed = key.seal_bytes(f"{row.__tablename__}.{column}", row.id, content) if content else None
        setattr(row, column, sealed)


async def opened(work: Work, row: Any, column: str) -> str:
    """Return the text of a sealed column, empty when it holds nothing."""
    return (await opened_bytes(work, row, column)).decode()


async def opened_bytes(work: Work, row: Any, column: str) -> bytes:
    """Return the content of a sealed column, empty when it holds nothing."""
    sealed: Sealed | None = getattr(row, column)
    if sealed is None:
        return b""
    return (await work.vault.key_of(sealed)).open_bytes(f"{row.__tablename__}.{column}", row.id, sealed)
