"""What happens to a case and matters to the rooms above."""

from dataclasses import dataclass, field

from multiagency.cases.desk import Desk
from multiagency.kernel.errors import FieldError


@dataclass(frozen=True, slots=True)
class CaseWillMove:
    """A case is about to change its stage; listeners add what is missing, and anything missing is a veto."""

    desk: Desk
    to: str
    missing: list[FieldError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """Consent to a case was withdrawn: its bases have ended in this same transaction."""

    desk: Desk


@dataclass(frozen=True, slots=True)
class Section:
    """A line on the case's page that a room contributes: catalogue keys of name and state, where it leads, its place."""

    order: int
    name: str
    state: str
    href: str


@dataclass(frozen=True, slots=True)
class CaseShown:
    """The page of a case is being made; rooms above add the sections that the actor may see."""

    desk: Desk
    sections: list[Section] = field(default_factory=list)
