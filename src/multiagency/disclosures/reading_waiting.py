"""What waits in disclosures: what has arrived for one's own agency and nobody has read, or recorded as was said."""

from typing import Any

from sqlalchemy import ScalarSelect, or_, select

from multiagency.disclosures.models import LegalGround, Receipt
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.policy import RULES
from multiagency.kernel.waiting import MY_AGENCY, Arm, WorkWanted, waits

_ARRIVED = waits(
    "receipt",
    row_id=Receipt.id,
    case_id=Receipt.case_id,
    controller_id=Receipt.controller_id,
    reference=Receipt.case_reference,
    post_id=Receipt.id,
    since=Receipt.received_at,
    moment=Receipt.received_at,
).where(
    Receipt.controller_id == MY_AGENCY,
    or_(Receipt.read_at.is_(None), Receipt.hidden_from.is_not(None) & Receipt.recorded_at.is_(None)),
)


def _ground(row: Any) -> ScalarSelect[str]:
    found = select(LegalGround.code).join(Receipt, Receipt.ground_id == LegalGround.id)
    return found.where(Receipt.id == row.row_id).scalar_subquery()


_ARM = Arm("receipt", _ARRIVED, "/inbox/{post}", "inbox", "mine", Kind.DISCLOSURE, _ground, prompt=True)


async def waiting(asked: WorkWanted) -> list[Arm]:
    """Add what waits for somebody in this role."""
    return [_ARM] if RULES[Act.READ_INBOX].role_may(asked.role) else []
