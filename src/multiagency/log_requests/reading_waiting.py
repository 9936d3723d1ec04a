"""What waits in requests for log data: the auditor answers them, an intake sees until when."""

from typing import Any

from sqlalchemy import ScalarSelect, case, select

from multiagency.kernel.access import Act, Kind
from multiagency.kernel.policy import RULES
from multiagency.kernel.waiting import Arm, WorkWanted, waits
from multiagency.log_requests.models import BASES, LogRequest

_OPEN = waits(
    "log_request",
    row_id=LogRequest.id,
    case_id=LogRequest.id,
    controller_id=LogRequest.controller_id,
    reference=LogRequest.reference,
    due=LogRequest.due_on,
    since=LogRequest.taken_at,
).where(LogRequest.closed_at.is_(None))


def _right(row: Any) -> ScalarSelect[str]:
    return select(case(BASES, value=LogRequest.track)).where(LogRequest.id == row.row_id).scalar_subquery()


_PLACE = "/log-requests/{reference}"
_TO_ANSWER = Arm("log_request", _OPEN, _PLACE, "log_requests", "mine", Kind.IDENTITY, _right)
_TAKEN = Arm("log_request", _OPEN, "/log-requests", "", "others", Kind.IDENTITY, _right)


async def waiting(asked: WorkWanted) -> list[Arm]:
    """Add what waits for somebody in this role."""
    if RULES[Act.HANDLE_LOG_REQUEST].role_may(asked.role):
        return [_TO_ANSWER]
    return [_TAKEN] if RULES[Act.TAKE_LOG_REQUEST].role_may(asked.role) else []
