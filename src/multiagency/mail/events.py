"""What has become of messages, told to the rooms that wrote them, in the transaction that erases them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from multiagency.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Settled:
    """A message that waits no more: how it ended (`mail/outbox.py`), and whether it may have arrived all the same.

    `words` is what the recipient's server said when it refused, shortened so that nothing of the message is in it.
    """

    stream_id: UUID
    ordinal: int
    purpose: str
    state: str
    may_have_left: bool
    words: str | None = None


@dataclass(frozen=True, slots=True)
class MailSettled:
    """These messages have left or never will."""

    work: Work
    messages: Sequence[Settled]
