"""What has happened to the safeguards around a case and matters to the rooms above."""

from dataclasses import dataclass

from multiagency.cases.desk import Desk


@dataclass(frozen=True, slots=True)
class AddressProtected:
    """An order that protects the client's address was recorded: who sits at the table was chosen without it."""

    desk: Desk
