"""Named points at which a process may die: the steps from writing an entry to publishing it.

Reaching one does nothing. A test that runs the service in a process of its own sets `at_point` there before it starts,
and lets the process or the database die at a point; no setting and no request can.
"""

from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    """What has just been done, in the order write, sequence, sign, publish."""

    ENTRY_WRITTEN = "entry_written"
    ENTRY_COMMITTED = "entry_committed"
    NUMBERS_WRITTEN = "numbers_written"
    NUMBERS_COMMITTED = "numbers_committed"
    CHECKPOINT_SIGNED = "checkpoint_signed"
    CHECKPOINT_WRITTEN = "checkpoint_written"
    CHECKPOINT_COMMITTED = "checkpoint_committed"


at_point: list[Callable[[Point], None]] = []


def reach(point: Point) -> None:
    """Pass a point."""
    for hook in at_point:
        hook(point)
