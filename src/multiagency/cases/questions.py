"""What is asked of the rooms above about a case: may it move, and what stands on its page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from multiagency.cases.desk import Desk
from multiagency.cases.reading_first import First
from multiagency.kernel.errors import FieldError
from multiagency.kernel.questions import Question
from multiagency.pathways.definition import Need


@dataclass(frozen=True, slots=True)
class _AboutMove:
    """A move that somebody wants a case to make, along its model."""

    desk: Desk
    to: str

    def need(self, condition: str) -> Need | None:
        """Return what the model asks by this condition of `pathways/conditions.py` before the move; None: nothing."""
        return self.desk.model.need(self.desk.case.stage, self.to, condition)


@dataclass(frozen=True, slots=True)
class MayMove(_AboutMove, Question[FieldError]):
    """May the case change its stage? Each answer is something that is missing, and anything missing is a veto."""


@dataclass(frozen=True, slots=True)
class MoveAhead(_AboutMove, Question[First]):
    """Asks which single rows will be wanted to say whether the case may move: they are read in one statement."""


@dataclass(frozen=True, slots=True)
class SectionLine:
    """What was answered to something: keys of the question and of the sentence, with the values of that."""

    question: str
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """A line on the case's page that a room contributes: keys of its name and state, where it leads, its place.

    `says` is what stands there in more words, for whoever checks it all before sending; `note` names a day, and
    stands small beside the state.
    """

    order: int
    name: str
    state: str
    href: str
    says: Sequence[SectionLine] = ()
    note: SectionLine | None = None

    @property
    def manages(self) -> bool:
        """Return whether it is about managing the case (order 100 and up), and not about what the case holds."""
        return self.order >= 100


@dataclass(frozen=True, slots=True)
class PageSections(Question[Section]):
    """Asks what stands on the page of this case that its reader may see."""

    desk: Desk


@dataclass(frozen=True, slots=True)
class StepTold:
    """How far one step of the referrer's job is: `done` tells it from the first row of a query (None for no row)."""

    code: str
    wanted: First
    done: Callable[[Sequence[Any] | None], bool]


@dataclass(frozen=True, slots=True)
class StepsAsked(Question[StepTold]):
    """Asks which steps of the referrer's job are done; one that several rooms tell of is done when all say so."""

    desk: Desk
