"""What is filled in about the proof of the log: why an alarm is over, and a witness to be."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from multiagency.kernel.inputs import Form, MailAddress, ShortText

_WITNESS_URL = r"^(https://[^/?#\s@]+|http://(127\.0\.0\.1|localhost)(:\d+)?)(/[^?#\s]*)?$"


class Settlement(StrEnum):
    """Why an alarm is over."""

    FAULT_REPAIRED = "fault_repaired"
    BACKUP_RESTORED = "backup_restored"
    REPORTED = "reported"
    NO_FAULT = "no_fault"


class SettlementForm(Form):
    """The reason for settling, by its code: nothing is written about anybody."""

    settlement: Settlement


class WitnessForm(Form):
    """A witness to be: whose it is, the public half of its key, and where checkpoints are mailed or brought, if at all.

    `url` is its submission prefix (C2SP tlog-witness), over https but on one's own machine.
    """

    agency: UUID
    vkey: ShortText
    url: Annotated[str, StringConstraints(max_length=200, pattern=_WITNESS_URL)] | None = None
    mail: MailAddress | None = None
