"""How a running meeting keeps its time: when each case was to be handled, and when it will be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from multiagency.meetings.service_chair import CaseTurn

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class CaseTime:
    """One case's time: `planned` from when until when it was to be handled, `expected` when it was, is or will be."""

    turn: CaseTurn
    planned: tuple[datetime, datetime]
    expected: tuple[datetime, datetime]

    @property
    def moved(self) -> int:
        """By how many minutes it begins later than planned."""
        return max(0, (self.expected[0] - self.planned[0]) // _MINUTE)


@dataclass(frozen=True, slots=True)
class Times:
    """All of them; `late` is by how many minutes what is handled now, or is to come next, has been pushed back."""

    slots: list[CaseTime]
    late: int
    ends: datetime | None
    """When the last case will have been handled; None where none is left."""

    @property
    def now(self) -> CaseTime | None:
        """The case that is handled now."""
        return next((slot for slot in self.slots if slot.turn.is_now), None)

    @property
    def to_come(self) -> list[CaseTime]:
        """The cases that are still to be handled, in their order."""
        return [slot for slot in self.slots if slot.turn.begun_at is None and not slot.turn.is_over]

    @property
    def number(self) -> int:
        """Return the place of what is handled now, or else of what comes next."""
        nearest = [slot.turn.place for slot in ([self.now] if self.now else self.to_come)]
        return nearest[0] if nearest else len(self.slots)

    @property
    def handled(self) -> int:
        """How many need no more time."""
        return sum(slot.turn.is_over for slot in self.slots)


def times(starts_at: datetime, turns: Sequence[CaseTurn], minutes: int, moment: datetime, *, running: bool) -> Times:
    """Reckon them at a moment; all in UTC, so that a change of the clocks moves nothing.

    A case has `minutes` at the table and those that were given beyond. What is to come begins when the one before has
    ended, but never before its own time: those who are needed there come then. Where nobody presses, by the plan.
    """
    each, free, slots = timedelta(minutes=minutes), moment if running else starts_at, []
    for turn in turns:
        planned = starts_at + (turn.place - 1) * each, starts_at + turn.place * each
        if turn.begun_at is not None:
            until = turn.handled_at or max(moment, turn.begun_at + each + timedelta(minutes=turn.more_minutes))
            expected = turn.begun_at, until
            free = until if turn.is_now else free
        elif turn.is_over:
            expected = planned
        else:
            begins = max(free, planned[0])
            expected, free = (begins, begins + each), begins + each
        slots.append(CaseTime(turn, planned, expected))
    current = next((slot for slot in slots if slot.turn.is_now), None)
    waiting = [slot for slot in slots if slot.turn.begun_at is None and not slot.turn.is_over]
    late = (current.expected[1] - current.planned[1]) // _MINUTE if current else (waiting[0].moved if waiting else 0)
    left = [*([current] if current else []), *waiting]
    return Times(slots, max(0, late), left[-1].expected[1] if left else None)


def until(slot: CaseTime, minutes: int) -> datetime:
    """Return until when a case that is handled has time."""
    begun = slot.turn.begun_at or slot.expected[0]
    return begun + timedelta(minutes=minutes + slot.turn.more_minutes)


def minutes_left(slot: CaseTime, minutes: int, moment: datetime) -> int:
    """Return how many minutes are left of that; less than none where it is past."""
    return (until(slot, minutes) - moment) // _MINUTE
