"""Handing messages to the SMTP server: over kept connections, several at once, each dialogue within one time limit."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import parseaddr
from uuid import UUID

import aiosmtplib

from multiagency.kernel.inputs import is_mail_address
from multiagency.mail.outbox import REFUSED, SENT, WAITING
from multiagency.mail.refusals import shown
from multiagency.settings import Settings

DIALOGUE = 20.0
"""Seconds for everything that is said about one message, connecting and signing in included."""
_CONNECTIONS = 4
_GOODBYE = 2.0
_HEADERS = BytesHeaderParser(policy=compat32)
"""The policy that does not take each address apart into its tokens: a tenth of the time."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way out; reports about it come back to `return_path`, or to its sender where that is empty."""

    id: UUID
    message: bytes
    return_path: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of handing over: sent, refused for good, or waiting to be tried again after a `fault` (its type).

    `may_have_left` is false only where it is certain that the server did not take the message.
    """

    state: str
    may_have_left: bool = False
    fault: str | None = None
    words: str | None = None
    ours: bool = False
    """The message itself could not be handed over: no server had a say."""


async def hand_over(settings: Settings, letters: Sequence[Letter], seconds: float) -> dict[UUID, Handed]:
    """Hand the messages over, in their order, and return what became of each; never raises for what a server does.

    No dialogue is begun after so many seconds: what is missing in the answer was not begun. A server that is not
    there fails all that are left at once.
    """
    queue = deque(letters)
    until = asyncio.get_running_loop().time() + seconds
    lines = [_Line(settings, queue, until) for _ in range(min(_CONNECTIONS, len(letters)))]
    await asyncio.gather(*(line.work() for line in lines))
    outcomes = {letter: outcome for line in lines for letter, outcome in line.outcomes.items()}
    faults = [line.fault for line in lines if line.fault is not None]
    if faults:
        outcomes |= {letter.id: Handed(WAITING, fault=faults[0]) for letter in queue}
    return outcomes


def addresses(message: bytes) -> tuple[str, str]:
    """Return from whom and to whom a message goes; an empty text where its header names nobody."""
    headers = _HEADERS.parsebytes(message.partition(b"\r\n\r\n")[0])
    return parseaddr(str(headers["From"] or ""))[1], parseaddr(str(headers["To"] or ""))[1]


@dataclass(slots=True)
class _Line:
    """One connection to the server, made anew when it breaks, and the messages that went over it."""

    settings: Settings
    queue: deque[Letter]
    until: float
    outcomes: dict[UUID, Handed] = field(default_factory=dict)
    fault: str | None = None
    """Why there is no connection."""
    client: aiosmtplib.SMTP | None = None

    async def work(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self.queue and self.fault is None and loop.time() < self.until:
                await self._next(self.queue.popleft())
        finally:
            await self._hang_up()

    async def _next(self, letter: Letter) -> None:
        limit = asyncio.get_running_loop().time() + DIALOGUE
        try:
            client = await self._connected(limit)
        except Exception as error:
            self.fault = type(error).__name__
            self.queue.appendleft(letter)
            return
        self.outcomes[letter.id] = outcome = await _dialogue(client, letter, limit)
        if outcome.fault is not None and not await _begins_anew(client, outcome, limit):
            client.close()

    async def _connected(self, limit: float) -> aiosmtplib.SMTP:
        if self.client is None or not self.client.is_connected:
            self.client = _client(self.settings)
            async with asyncio.timeout_at(limit):
                await self.client.connect()
                if self.client.is_ehlo_or_helo_needed:
                    await self.client.ehlo()
        return self.client

    async def _hang_up(self) -> None:
        if self.client is None or not self.client.is_connected:
            return
        with contextlib.suppress(Exception):
            await self.client.quit(timeout=_GOODBYE)
        self.client.close()


def _client(settings: Settings) -> aiosmtplib.SMTP:
    """TLS is required, by STARTTLS or from the first byte, unless the settings say otherwise (demo and tests)."""
    secret = settings.smtp_password
    return aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=secret.get_secret_value() if secret else None,
        use_tls=settings.smtp_tls == "implicit",
        start_tls=settings.smtp_tls == "required",
        timeout=DIALOGUE,
    )


async def _dialogue(client: aiosmtplib.SMTP, letter: Letter, limit: float) -> Handed:
    begun = False
    try:
        sender, recipient = addresses(letter.message)
        if not is_mail_address(recipient):
            raise ValueError("no address that mail can be sent to")
        async with asyncio.timeout_at(limit):
            about, of_whom = _reporting(client, letter)
            await client.mail(letter.return_path or sender, options=about)
            await client.rcpt(recipient, options=of_whom)
            begun = True
            await client.data(letter.message)
    except Exception as error:
        return _failed(error, letter, begun=begun)
    return Handed(SENT, may_have_left=True)


def _reporting(client: aiosmtplib.SMTP, letter: Letter) -> tuple[list[str], list[str]]:
    """Ask for reports of failure and delay, with the headers alone, where the server can (DSN, RFC 3461 section 4)."""
    if not letter.return_path or not client.supports_extension("dsn"):
        return [], []
    return ["RET=HDRS", f"ENVID={letter.return_path.partition('@')[0]}"], ["NOTIFY=FAILURE,DELAY"]


def _failed(error: Exception, letter: Letter, *, begun: bool) -> Handed:
    fault = type(error).__name__
    if not isinstance(error, aiosmtplib.SMTPException | OSError):
        return Handed(WAITING, begun, fault, ours=True)
    code = getattr(error, "code", 0)
    if 400 <= code < 600:
        if code >= 500 and isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError):
            return Handed(REFUSED, fault=fault, words=shown(code, str(getattr(error, "message", "")), letter.message))
        return Handed(WAITING, fault=fault)
    return Handed(WAITING, begun, fault)


async def _begins_anew(client: aiosmtplib.SMTP, outcome: Handed, limit: float) -> bool:
    """Tell whether the connection can be used for another message: it answers, and has forgotten this one."""
    if outcome.may_have_left:
        return False
    try:
        async with asyncio.timeout_at(limit):
            await client.rset()
    except Exception:
        return False
    return True
