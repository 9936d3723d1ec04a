"""What is asked of the rooms above for a disclosure: other data of one's own agency that may be given on."""

from dataclasses import dataclass
from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.kernel.access import Kind
from multiagency.kernel.questions import Question


@dataclass(frozen=True, slots=True)
class Datum:
    """One datum: `code` picks it, `label` names its sentence, `who` whose it is (client or a party's role)."""

    code: str
    label: str
    who: str
    kind: Kind
    subject: UUID
    value: str


@dataclass(frozen=True, slots=True)
class MustBeHidden(Question[bool]):
    """Asks whether somebody must say how a recipient records data of the case, `children`'s among them.

    So it is where a guardian reads a child's documents who must not know of the case.
    """

    desk: Desk
    children: bool


@dataclass(frozen=True, slots=True)
class DataOnOffer(Question[Datum]):
    """Asks what else of one's own agency's record may be picked for a disclosure, beside what the case holds."""

    desk: Desk
