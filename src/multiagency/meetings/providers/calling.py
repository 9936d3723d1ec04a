"""Asking a provider, by the worker and outside every transaction: briefly, and believing no redirect."""

import asyncio
from datetime import datetime

import httpx

from multiagency.meetings.providers import Provider, RoomAsked

LONGEST = 1.5
"""Seconds: a turn that waits for others and one that waits for this end before the five in which the chair is told."""
_LARGEST = 65_536


async def ask(provider: Provider, asked: RoomAsked, now: datetime) -> bool:
    """Ask once; tell whether it is done. Whatever goes wrong is a no: the network, the key, the answer."""
    try:
        request = provider.request(asked, now)
        async with asyncio.timeout(LONGEST), httpx.AsyncClient(timeout=LONGEST, trust_env=False) as http:
            answer = await http.send(request, stream=True, follow_redirects=False)
            try:
                return provider.did(asked, answer.status_code, await _read(answer))
            finally:
                await answer.aclose()
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError, ValueError):
        return False


async def _read(answer: httpx.Response) -> bytes:
    """Return the answer. Raises ValueError when it does not end."""
    body = b""
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > _LARGEST:
            raise ValueError("the answer is too long")
    return body
