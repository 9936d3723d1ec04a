"""Fetching a calendar that somebody else runs, at an address that a member typed: the service must not be led inside.

Only https; no address of the own network, loopback, link-local or other special use, unless an administrator has listed
the host; asked after the name is resolved, at every redirect anew, and the connection is made to the very address that
was checked, so that a name which resolves otherwise a moment later leads nowhere else (DNS rebinding). The certificate
is that of the name. Bytes and time are limited, however slowly it answers.
"""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

SECONDS = 20.0
"""All of it: name, connection, redirects and content."""
BYTES = 2_000_000
_REDIRECTS = 3
_TIMES = httpx.Timeout(SECONDS, connect=5.0)
_FAMILIES = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"), ipaddress.ip_network("::/96"))
"""Addresses of version 6 that lead to one of version 4: it counts as inside wherever it leads."""
_REDIRECTING = frozenset({301, 302, 303, 307, 308})


class CannotFetch(Exception):
    """Nothing could be read; `code` says why, as a key of the catalogues (`availability.trouble.<code>`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class BusyQuestion:
    """What is asked: a calendar by GET, or by CalDAV's question for busy times (RFC 4791 section 7.10)."""

    address: str
    caldav: bool
    login: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class Within:
    """Which hosts inside are allowed (name, or name:port), and who vouches for certificates beside those known."""

    hosts: frozenset[str]
    authorities: Path | None = None


async def fetch(asked: BusyQuestion, within: Within, begin: datetime, end: datetime) -> bytes:
    """Return the calendar, as it was answered. Raises `CannotFetch`."""
    try:
        async with asyncio.timeout(SECONDS):
            return await _follow(asked, within, begin, end)
    except TimeoutError:
        raise CannotFetch("too_slow") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ssl.SSLError, ValueError):
        raise CannotFetch("not_reached") from None


async def _follow(asked: BusyQuestion, within: Within, begin: datetime, end: datetime) -> bytes:
    url, host = asked.address, urlsplit(asked.address).netloc
    for _ in range(_REDIRECTS + 1):
        checked = await _checked(url, within)
        secret = (asked.login, asked.password) if asked.login and urlsplit(url).netloc == host else None
        async with _client(within) as client:
            requests = [_request(client, asked, url, address, begin, end) for address in checked]
            response = await _first_answer(client, requests, secret)
            try:
                if response.status_code in _REDIRECTING and "location" in response.headers:
                    url = urljoin(url, response.headers["location"])
                    continue
                return await _content(response)
            finally:
                await response.aclose()
    raise CannotFetch("not_reached")


async def _first_answer(
    client: httpx.AsyncClient, requests: Sequence[httpx.Request], secret: tuple[str, str] | None
) -> httpx.Response:
    """Ask one checked address after the other, until a connection is made: a host may have some that lead nowhere."""
    for request in requests[:-1]:
        with contextlib.suppress(httpx.ConnectError, httpx.ConnectTimeout):
            return await client.send(request, auth=secret, stream=True)
    return await client.send(requests[-1], auth=secret, stream=True)


def _client(within: Within) -> httpx.AsyncClient:
    context = ssl.create_default_context()
    if within.authorities is not None:
        context.load_verify_locations(within.authorities)
    return httpx.AsyncClient(verify=context, trust_env=False, follow_redirects=False, timeout=_TIMES)


def _request(
    client: httpx.AsyncClient, asked: BusyQuestion, url: str, checked: str, begin: datetime, end: datetime
) -> httpx.Request:
    """Return the request to the checked address, with the name where the server and its certificate look for it."""
    wanted = httpx.URL(url)
    headers = {"host": wanted.netloc.decode("ascii"), "accept": "text/calendar", "accept-encoding": "identity"}
    content = None
    if asked.caldav:
        headers |= {"content-type": "application/xml; charset=utf-8", "depth": "1"}
        content = _question(begin, end)
    there = wanted.copy_with(host=checked, userinfo=b"")
    named = {"sni_hostname": wanted.raw_host.decode("ascii")}
    return client.build_request(
        "REPORT" if asked.caldav else "GET", there, headers=headers, content=content, extensions=named
    )


def _question(begin: datetime, end: datetime) -> bytes:
    span = " ".join(
        f'{name}="{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"' for name, moment in (("start", begin), ("end", end))
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">'
        f"<C:time-range {span}/></C:free-busy-query>"
    ).encode()


async def _content(response: httpx.Response) -> bytes:
    if response.status_code in {401, 403}:
        raise CannotFetch("not_let_in")
    if response.status_code != 200:
        raise CannotFetch("not_reached")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise CannotFetch("unreadable")  # what is packed could be any size
    content = bytearray()
    async for part in response.aiter_raw():
        content += part
        if len(content) > BYTES:
            raise CannotFetch("too_large")
    return bytes(content)


async def _checked(url: str, within: Within) -> list[str]:
    """Return the addresses that a connection may be made to. Raises `CannotFetch` where one of them leads inside."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise CannotFetch("not_https")
    port = parts.port or 443
    found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not {parts.hostname, f"{parts.hostname}:{port}"} & within.hosts and any(map(is_inside, addresses)):
        raise CannotFetch("inside")
    if not addresses:
        raise CannotFetch("not_reached")
    return addresses


def is_inside(address: str) -> bool:
    """Tell whether an address is of the own network, or of any special use: anything but a plain public one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_inside(str(found.ipv4_mapped))
        if any(found in family for family in _FAMILIES):
            return True
    return not found.is_global or found.is_multicast or found.is_reserved


def hosts_in(text: str) -> Collection[str]:
    """Return the hosts of a list with commas."""
    return frozenset(part.strip().lower() for part in text.split(",") if part.strip())
