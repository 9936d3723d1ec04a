"""What waits in questions that name nobody: to answer, to read the answer, and until when the team is waited for."""

from typing import Any

from sqlalchemy import Select, func, select

from multiagency.consultations.models import Consultation
from multiagency.kernel.access import Act
from multiagency.kernel.policy import RULES
from multiagency.kernel.waiting import ME, Arm, WorkWanted, waits


def _in_state(what: str, state: str) -> Select[*tuple[Any, ...]]:
    columns = {"item": Consultation.reference, "team_id": Consultation.team_id, "since": Consultation.changed_at}
    query = waits(what, row_id=Consultation.id, **columns, due=Consultation.ends_on)
    return query.where(Consultation.ended_how.is_(None), Consultation.state == state)


_PLACE = "/consultations/{item}"
_TO_ANSWER = _in_state("question", "asked").where(Consultation.team_id.in_(select(func.coordinated_teams())))
_MINE = Consultation.asker_id == ME
_OF_COORDINATORS = [Arm("question", _TO_ANSWER, _PLACE)]
_OF_ASKERS = [
    Arm("answered_question", _in_state("answered_question", "answered").where(_MINE), _PLACE),
    Arm("asked_question", _in_state("asked_question", "asked").where(_MINE), _PLACE, "", "others"),
]


async def waiting(asked: WorkWanted) -> list[Arm]:
    """Add what waits for somebody in this role."""
    if RULES[Act.ANSWER_QUESTION].role_may(asked.role):
        return _OF_COORDINATORS
    return _OF_ASKERS if RULES[Act.ASK_TEAM].role_may(asked.role) else []
