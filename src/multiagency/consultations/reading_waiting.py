"""What waits in questions that name nobody: to answer and to read the answer, at once; what a team is waited for."""

from typing import Any

from sqlalchemy import Select, func, select

from multiagency.consultations.models import Consultation
from multiagency.kernel.access import Act
from multiagency.kernel.policy import RULES
from multiagency.kernel.waiting import ME, Arm, WorkWanted, waits


def _in_state(what: str, state: str, **more: Any) -> Select[*tuple[Any, ...]]:
    columns = {"item": Consultation.reference, "team_id": Consultation.team_id, "since": Consultation.changed_at}
    query = waits(what, row_id=Consultation.id, **columns, **more)
    return query.where(Consultation.ended_how.is_(None), Consultation.state == state)


_PLACE = "/consultations/{item}"
_TO_ANSWER = _in_state("question", "asked").where(Consultation.team_id.in_(select(func.coordinated_teams())))
_MINE = Consultation.asker_id == ME
_WAITED_FOR = _in_state("asked_question", "asked", due=Consultation.ends_on).where(_MINE)
_OF_COORDINATORS = [Arm("question", _TO_ANSWER, _PLACE, prompt=True)]
_OF_ASKERS = [
    Arm("answered_question", _in_state("answered_question", "answered").where(_MINE), _PLACE, prompt=True),
    Arm("asked_question", _WAITED_FOR, _PLACE, "", "others"),
]


async def waiting(asked: WorkWanted) -> list[Arm]:
    """Add what waits for somebody in this role."""
    if RULES[Act.ANSWER_QUESTION].role_may(asked.role):
        return _OF_COORDINATORS
    return _OF_ASKERS if RULES[Act.ASK_TEAM].role_may(asked.role) else []
