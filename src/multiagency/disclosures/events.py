"""What rooms above are asked for: other data of one's own agency that may be given on."""

from dataclasses import dataclass, field
from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.kernel.access import Kind


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
class OwnDataAsked:
    """A disclosure is being made; rooms above add what stands in the actor's own agency's record."""

    desk: Desk
    data: list[Datum] = field(default_factory=list)
