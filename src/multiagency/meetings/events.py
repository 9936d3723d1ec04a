"""What has happened at a table and matters to the rooms above."""

from dataclasses import dataclass

from multiagency.cases.desk import Desk


@dataclass(frozen=True, slots=True)
class MinutesApproved:
    """Minutes of a case were approved: its plan begins, or begins anew."""

    desk: Desk
