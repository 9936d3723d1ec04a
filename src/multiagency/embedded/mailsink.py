"""An SMTP server that keeps every message as a file: the demo's post office, and the tests' unwilling one."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import tempfile
import weakref
from collections.abc import Callable, Coroutine
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Refusal = Callable[[str], str | None]


class MailSink:
    """A real SMTP server that stores each message it accepts, byte for byte, as one file.

    The files are `000001.eml`, `000002.eml` and so on in the order of arrival; numbering goes on where the last sink
    stopped. One sink per directory at a time; it runs in a thread of its own. `refuse` is asked for each recipient, in
    that thread, and may answer with an SMTP error such as `451 try later`; it can be replaced while the server runs.
    """

    def __init__(self, directory: Path, host: str = "127.0.0.1", port: int = 0, refuse: Refusal | None = None) -> None:
        """Name the directory (made at the start if missing); with `port` 0 the first `start` chooses a free one."""
        self.directory = directory
        self.host = host
        self.port = port
        self.refuse = refuse
        self._last = 0
        self._listener: _Listener | None = None

    def start(self) -> None:
        """Accept mail; return when connections are answered. Raises OSError if the port is taken, RuntimeError."""
        if self._listener is not None:
            raise RuntimeError("the mail sink runs already")
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._last = max(self.numbers(), default=0)
        listening = socket.create_server((self.host, self.port))
        self.port = listening.getsockname()[1]
        self._listener = _Listener(_Handler(self), listening)
        self._listener.start()

    def stop(self) -> None:
        """Close the port and every open connection; do nothing if the server does not run."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def numbers(self) -> list[int]:
        """Return the numbers of the stored messages in the order of their arrival."""
        return sorted(int(path.stem) for path in self.directory.glob("*.eml") if path.stem.isdecimal())

    def message(self, number: int) -> EmailMessage | None:
        """Return one stored message, or None when there is none of that number."""
        try:
            content = self._path(number).read_bytes()
        except FileNotFoundError:
            return None
        return message_from_bytes(content, policy=policy.default)

    def messages(self) -> list[EmailMessage]:
        """Return all stored messages in the order of their arrival."""
        return [message for number in self.numbers() if (message := self.message(number)) is not None]

    def _path(self, number: int) -> Path:
        return self.directory / f"{number:06d}.eml"

    def store(self, content: bytes) -> int:
        """Store one message and return its number; a reader sees all of it or none. Raises OSError."""
        handle, name = tempfile.mkstemp(dir=self.directory, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).rename(self._path(self._last + 1))
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        self._last += 1
        return self._last


class _Handler:
    """What aiosmtpd asks while a client speaks."""

    def __init__(self, sink: MailSink) -> None:
        self._sink = sink

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refuse = self._sink.refuse
        refusal = refuse(address) if refuse else None
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        try:
            self._sink.store(envelope.original_content or b"")
        except OSError:
            return "451 The message could not be stored, try later"
        return "250 OK"


class _Listener(Controller):
    """aiosmtpd's server thread on a socket that is bound already, so that port 0 and a taken port need no waiting."""

    def __init__(self, handler: _Handler, listening: socket.socket) -> None:
        host, port = listening.getsockname()[:2]
        super().__init__(handler, hostname=host, port=port, server_hostname="localhost")
        self._listening = listening
        self._sessions: weakref.WeakSet[SMTP] = weakref.WeakSet()
        # At level INFO aiosmtpd logs every command, and with it every address.
        logging.getLogger("mail.log").setLevel(logging.WARNING)

    def factory(self) -> SMTP:
        smtp = SMTP(self.handler, loop=self.loop, **self.SMTP_kwargs)
        self._sessions.add(smtp)
        return smtp

    def _create_server(self) -> Coroutine[Any, Any, asyncio.Server]:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(timeout=10)
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        """End every conversation before the loop stops, which would leave connections open and tasks unfinished."""
        # No new connection from here on; one that is just being accepted needs the server until it has a session.
        self.loop.remove_reader(self._listening)
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            for smtp in list(self._sessions):
                if isinstance(smtp.transport, asyncio.WriteTransport):
                    smtp.transport.abort()
            await asyncio.wait(tasks, timeout=0.02)
