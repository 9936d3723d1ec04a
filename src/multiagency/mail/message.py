"""One message to one person: plain text, and a calendar part whose MIME method equals the object's METHOD.

RFC 6047 section 2.4 (method, charset), RFC 3834 section 5 (Auto-Submitted).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from typing import Any

from multiagency.kernel.clock import now


class _Subject(UnstructuredHeader):
    """A subject as one run of encoded words: the library's own folding doubles spaces where it mixes them with text."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        """Return the header with its name, on lines of 76 characters at most (RFC 2047 section 2)."""
        return f"Subject: {Header(str(self), header_name='Subject').encode(linesep=policy.linesep)}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("subject", _Subject)  # type: ignore[arg-type]  # the stubs know these as mixins only
for _name in ("in-reply-to", "references"):
    _HEADERS.map_to_type(_name, MessageIDHeader)  # type: ignore[arg-type]
_POLICY = SMTP.clone(header_factory=_HEADERS)
"""The standard library takes these two for free text, and writes a long one as encoded words, which RFC 2047 section 5
forbids there."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """From, to, and what makes a second delivery of the same message recognisable."""

    sender: str
    sender_name: str
    recipient: str
    message_id: str
    follows: str | None = None


def build(
    envelope: Envelope,
    subject: str,
    text: str,
    method: str = "",
    calendar: bytes = b"",
    attached: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return the message as it goes onto the wire; `calendar` is a whole VCALENDAR with this METHOD, or nothing.

    `attached` holds files by name; they leave byte for byte.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(envelope.sender_name, addr_spec=envelope.sender)
    message["To"] = envelope.recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = envelope.message_id
    if envelope.follows:
        message["In-Reply-To"] = message["References"] = envelope.follows
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(text, cte="quoted-printable")
    for name, content in (attached or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    if not calendar:
        return message.as_bytes()
    message.add_alternative(calendar, maintype="text", subtype="calendar", cte="base64")
    *_, part = message.iter_parts()
    part.set_param("charset", "utf-8")
    part.set_param("method", method)
    return message.as_bytes()
