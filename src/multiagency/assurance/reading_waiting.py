"""What waits in assurance: alarms of the log that nobody has settled."""

from sqlalchemy import case

from multiagency.assurance.models import AuditAlarm
from multiagency.assurance.service_alarms import PLACE
from multiagency.audit.models import plausible
from multiagency.kernel.access import Act
from multiagency.kernel.policy import RULES
from multiagency.kernel.waiting import Arm, WorkWanted, waits

_at = case((plausible(AuditAlarm.at), AuditAlarm.at))
_OPEN = waits("alarm", row_id=AuditAlarm.id, item=AuditAlarm.code, moment=_at, since=_at)
_ARM = Arm("alarm", _OPEN.where(AuditAlarm.settled_at.is_(None)), PLACE, "alarms", prompt=True)


async def waiting(asked: WorkWanted) -> list[Arm]:
    """Add what waits for somebody in this role."""
    return [_ARM] if RULES[Act.SETTLE_ALARM].role_may(asked.role) else []
