"""The journal that every unit of work writes into; `audit` fills it, the kernel only declares it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from multiagency.kernel.access import Act, Kind, Operation
from multiagency.kernel.actor import Actor
from multiagency.kernel.vault import Vault


class Mode(StrEnum):
    """Whether data was looked at, changed, given to somebody, or kept from somebody."""

    READ = "read"
    WRITE = "write"
    DISCLOSE = "disclose"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry to be: what was done to whose data. One line per data subject; ids only, no text of a case.

    A `controller_id` of None is filled in from the rows that were touched, and `operation` from all that is known
    (`kernel/settling.py`). `recipient_name` names a recipient outside the service, and stands in the sealed part only.
    """

    act: Act
    mode: Mode
    at: datetime
    result: str = "done"
    case_id: UUID | None = None
    case_reference: str | None = None
    subject_id: UUID | None = None
    kinds: frozenset[Kind] = frozenset()
    controller_id: UUID | None = None
    recipient_id: UUID | None = None
    recipient_name: str | None = None
    basis: str | None = None
    operation: Operation = Operation.NONE


class Journal(Protocol):
    """Writes lines as log entries inside the transaction of the work they belong to."""

    async def write(self, session: AsyncSession, vault: Vault, actor: Actor | None, lines: Sequence[Line]) -> None:
        """Insert one entry per line; raising makes the whole transaction fail."""
