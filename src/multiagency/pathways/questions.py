"""What is asked of all rooms before a rule changes: what rests on it as it stands."""

from dataclasses import dataclass
from enum import StrEnum

from multiagency.kernel.questions import Question
from multiagency.kernel.work import Work


class RuleKind(StrEnum):
    """What can be given another wording or value from a day on."""

    GROUND = "ground"
    TEXT = "text"
    CLOCK = "clock"
    DEFINITION = "definition"


@dataclass(frozen=True, slots=True)
class Resting:
    """How many of one kind rest on a rule and are touched by its change; `what` names its sentence (`touched.…`)."""

    what: str
    number: int


@dataclass(frozen=True, slots=True)
class TouchedBy(Question[Resting]):
    """Asks what rests on a rule: its kind, its code in its register, the provision that it cites, if it cites one.

    Answers are counts alone: whoever edits rules sees no client data.
    """

    work: Work
    rule: RuleKind
    code: str
    provision: str = ""
