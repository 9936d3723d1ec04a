"""A message that came back, taken apart: who it was sent to, whether a person wrote it, its calendars, its report.

Untrusted: nothing is unpacked or decompressed, no part is kept but calendars and the fields of a delivery report
(RFC 3464), and whatever cannot be read is refused with a word that says nothing of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses

_MOST_PARTS = 50
_ARRIVED_AT = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_CALENDARS = {"text/calendar", "application/ics"}
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_PARSER = BytesParser(policy=compat32)


class RefusedMail(Exception):
    """A message that is not taken; `why` is a word for the log and the counts."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """A calendar as it came, and the METHOD that its MIME part names (RFC 6047 section 2.4)."""

    method: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of a message of ours (RFC 3464): failed or delayed, with the enhanced code (RFC 3463)."""

    action: str
    status: str
    envelope: str
    """Original-Envelope-Id, as it was handed over with ENVID."""


@dataclass(frozen=True, slots=True)
class Received:
    """What is looked at of a message."""

    addressed: frozenset[str]
    automatic: bool
    """A program answered by itself (RFC 3834 section 5): out of office, and the like."""
    calendars: tuple[CalendarPart, ...]
    report: DeliveryReport | None


def read(content: bytes | None) -> Received:
    """Take a message apart. Raises `RefusedMail`: too_large, unreadable, too_many_parts."""
    if content is None:
        raise RefusedMail("too_large")
    try:
        message = _PARSER.parsebytes(content)
        parts = _parts(message)
        return Received(_addressed(message), _is_automatic(message), _calendars(parts), _report(message, parts))
    except RefusedMail:
        raise
    except Exception as error:  # whatever a hostile message makes the library do, it is this message that is refused
        raise RefusedMail("unreadable") from error


def _parts(message: Message) -> list[Message]:
    found = []
    for part in _walk(message):
        found.append(part)
        if len(found) > _MOST_PARTS:
            raise RefusedMail("too_many_parts")
    return found


def _walk(message: Message) -> Iterator[Message]:
    """Give the parts, but not what stands in a message that is enclosed: a report encloses ours."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        yield part
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += reversed([each for each in part.get_payload() if isinstance(each, Message)])


def _addressed(message: Message) -> frozenset[str]:
    written = [str(value) for name in _ARRIVED_AT for value in message.get_all(name, [])]
    return frozenset(address.casefold() for _, address in getaddresses(written) if address)


def _is_automatic(message: Message) -> bool:
    said = str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    return said != "no" or message.get("X-Autoreply") is not None


def _calendars(parts: list[Message]) -> tuple[CalendarPart, ...]:
    """Return the calendars, each once: programs send the same as an alternative and as a file."""
    found: dict[bytes, CalendarPart] = {}
    for part in parts:
        content = part.get_payload(decode=True) if part.get_content_type() in _CALENDARS else None
        if not isinstance(content, bytes):
            continue
        method, same = str(part.get_param("method") or "").upper(), b"".join(content.split())
        if same not in found or not found[same].method:
            found[same] = CalendarPart(method, content)
    return tuple(found.values())


def _report(message: Message, parts: list[Message]) -> DeliveryReport | None:
    if message.get_content_type() != "multipart/report":
        return None
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        return DeliveryReport("", "", "")
    groups = [group for group in status.get_payload() if isinstance(group, Message)]
    envelope = next((str(group["Original-Envelope-Id"]) for group in groups if group["Original-Envelope-Id"]), "")
    actions = {str(group["Action"]).strip().lower(): group for group in groups if group["Action"]}
    action = next((word for word in ("failed", "delayed") if word in actions), "")
    said = _STATUS.match(str(actions[action]["Status"])) if action else None
    return DeliveryReport(action, said[1] if said else "", envelope.strip())
