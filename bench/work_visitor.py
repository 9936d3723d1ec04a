"""A browser without scripts, as cheap as can be: the driver's own cost counts on both sides of a comparison."""

import asyncio
import html
import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the body is decoded when it is asked for."""

    status: int
    headers: bytes
    body: bytes

    def header(self, name: bytes) -> str:
        """Return the value of a header, empty without one."""
        found = re.search(rb"(?i)\r\n" + name + rb": *([^\r]*)", self.headers)
        return found[1].decode() if found else ""

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode()


class Refused(Exception):
    """The service answered otherwise than somebody at work expects."""


@dataclass(slots=True)
class Visitor:
    """One connection that is kept, and the session and token of whoever uses it."""

    base_url: str
    cookie: str = ""
    token: str = ""
    _streams: Any = field(default=None, repr=False)

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = FORM) -> Answer:
        """Send one request and read its answer whole; on a new connection if the kept one was closed."""
        host = urlsplit(self.base_url)
        lines = [f"{method} {path} HTTP/1.1", f"host: {host.netloc}", "accept: */*", "accept-language: en"]
        lines += [f"cookie: {self.cookie}"] if self.cookie else []
        lines += [f"x-csrf-token: {self.token}"] if self.token and kind != FORM else []
        lines += [f"origin: {self.base_url}", f"content-type: {kind}"] if method != "GET" else []
        sent = "\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode() + body
        if self._streams is None or self._streams[0].at_eof():
            self._streams = await asyncio.open_connection(host.hostname, host.port)
        reader, writer = self._streams
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        answer = Answer(int(head[9:12]), head, b"")
        length = answer.header(b"content-length")
        content = await reader.readexactly(int(length)) if length else b""
        if answer.header(b"connection").lower() == "close":
            self.close()
        return Answer(answer.status, head, content)

    def close(self) -> None:
        """Let go of the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def api(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API as a program does; return what it says. Raises `Refused`."""
        sent = b"" if body is None else json.dumps(body).encode()
        answer = await self.ask(method, f"/api/v1{path}", sent, "application/json")
        if answer.status >= 300:
            raise Refused(f"{method} {path}: {answer.status} {answer.text[:300]}")
        return json.loads(answer.body) if answer.body else None

    async def sign_in(self, login: str, password: str) -> None:
        """Sign in with a demo account, and keep session and token."""
        sent = json.dumps({"login": login, "password": password}).encode()
        answer = await self.ask("POST", "/api/v1/session", sent, "application/json")
        if answer.status != 201:
            raise Refused(f"sign-in: {answer.status} {answer.text[:300]}")
        self.cookie = answer.header(b"set-cookie").split(";")[0]
        self.token = json.loads(answer.body)["csrf_token"]


def form_at(page: str, path: str) -> dict[str, str]:
    """Return the hidden fields of the form of a page that is sent to this path, whatever they are: they go back so."""
    forms = page.partition("<main")[2].split("<form")[1:]
    named = [form for form in forms if f'action="{path}"' in form.partition(">")[0]]
    form = (named or forms)[-1].partition("</form>")[0]
    return {name: html.unescape(value) for name, value in _HIDDEN.findall(form)}


def encoded(fields: Mapping[str, str | list[str]]) -> bytes:
    """Return a form as a browser sends it."""
    return urlencode(fields, doseq=True).encode()


def identity_code() -> str:
    """Return an identity code that belongs to nobody (900-999), of somebody grown up."""
    born = date(1960, 1, 1) + timedelta(days=random.randrange(10_000))  # noqa: S311
    digits = f"{born:%d%m%y}{random.randrange(900, 1000)}"  # noqa: S311
    return f"{digits[:6]}-{digits[6:]}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(digits) % 31]}"
