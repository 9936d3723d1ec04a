"""What is filled in about the proof of the log: why an alarm is over, and a witness to be."""

from enum import StrEnum
from uuid import UUID

from multiagency.kernel.inputs import Form, MailAddress, ShortText


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
    """A witness to be: whose it is, the public half of its key, and where checkpoints are mailed, if anywhere."""

    agency: UUID
    vkey: ShortText
    mail: MailAddress | None = None
