"""The mailbox that answers and delivery reports come back to (IMAP4rev1, RFC 3501), a few messages at a time.

Each function is a short visit with time limits of its own, and blocks: it is called in a thread. Reading changes
nothing there; a message is deleted once it was dealt with.
"""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from multiagency.settings import Settings

BATCH = 50
LARGEST = 256 * 1024
"""Bytes of a message that is read; of a larger one nothing is looked at."""
TIMEOUT = 20.0
"""Seconds for each thing that is said to the server."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message: `box` is the UIDVALIDITY of its folder, `content` its bytes, None where they are too many."""

    box: int
    uid: int
    content: bytes | None


def fetch(settings: Settings) -> list[Fetched]:
    """Return the oldest messages, `BATCH` at most; none where no mailbox is set.

    Raises OSError, `imaplib.IMAP4.error` or `imap_tools.errors.ImapToolsError` for a server that is away or refuses.
    """
    if not settings.imap_host:
        return []
    with _visit(settings) as box:
        number, wanted = _number(box, settings), box.uids()[:BATCH]
        return [Fetched(number, int(uid), _content(box, uid)) for uid in wanted]


def delete(settings: Settings, messages: Sequence[Fetched]) -> None:
    """Delete these; nothing where the folder was made anew since and its numbers mean others. Raises as `fetch`."""
    if not messages:
        return
    with _visit(settings) as box:
        number = _number(box, settings)
        box.delete([str(each.uid) for each in messages if each.box == number])


def _number(box: BaseMailBox, settings: Settings) -> int:
    return box.folder.status(settings.imap_folder, ["UIDVALIDITY"])["UIDVALIDITY"]


def _content(box: BaseMailBox, uid: str) -> bytes | None:
    """Return the message: one byte more than is read is asked for, so that no server can send more."""
    _, answer = box.client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST + 1}>)")
    found = next((part[1] for part in answer if isinstance(part, tuple)), b"")
    return found if len(found) <= LARGEST else None


@contextmanager
def _visit(settings: Settings) -> Iterator[BaseMailBox]:
    box, secret = _connected(settings), settings.imap_password
    try:
        yield box.login(settings.imap_username or "", secret.get_secret_value() if secret else "", settings.imap_folder)
    finally:
        try:
            box.client.logout()
        except OSError:
            box.client.shutdown()


def _connected(settings: Settings) -> BaseMailBox:
    """TLS is required, from the first byte or by STARTTLS, with a certificate that fits, unless settings say none."""
    host, port = settings.imap_host or "", settings.imap_port
    if settings.imap_tls == "none":
        return MailBoxUnencrypted(host, port, timeout=TIMEOUT)
    encrypted = MailBox if settings.imap_tls == "implicit" else MailBoxStartTls
    return encrypted(host, port, timeout=TIMEOUT, ssl_context=ssl.create_default_context())
