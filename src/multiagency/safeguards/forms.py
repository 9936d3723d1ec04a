"""What may be filled in about conflicts of interest, protected addresses, emergencies and handing over."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from multiagency.kernel.inputs import ComingDay, Form, Narrative, PastDay

LONGEST_MINUTES = 24 * 60
"""An emergency opening of a day at most, whatever a team's parameter says; the database holds the same limit."""


class ConflictForm(Form):
    """Why one is biased (Administrative Procedure Act 434/2003 section 28), in a code."""

    reason: Literal["close_to_a_party", "represents_a_party", "own_interest", "other_conflict"]


class ProtectionForm(Form):
    """An order of non-disclosure for personal safety as the register says it; `valid_until` is its last day."""

    granted_on: PastDay
    valid_until: ComingDay
    covers_household: bool = False


class PostForm(Form):
    """One post, chosen from a list."""

    post: UUID


class HandOverForm(Form):
    """What is handed over, and to whom."""

    what: Literal["referral", "coordination"]
    post: UUID


class BreakGlassForm(Form):
    """Which case is opened in an emergency, why, and for how many minutes."""

    reference: Annotated[str, Field(min_length=1, max_length=20)]
    reason: Narrative
    minutes: Annotated[int, Field(ge=1, le=LONGEST_MINUTES)]


class ReviewForm(Form):
    """Was the opening needed? In words; the question itself is answered yes or no."""

    needed: Literal["yes", "no"]
    words: Narrative


class PieceOfWork(Form):
    """One piece of work and who holds it: a referral by the reference of its case, an action by its own."""

    what: Literal["referral", "action"]
    item: Annotated[str, Field(min_length=1, max_length=20)]
    holder: UUID


class HandOnForm(PieceOfWork):
    """Who gets it instead, and why it does not stay where it is."""

    post: UUID
    reason: Literal["has_left", "is_away", "other_task", "too_much"]


class DeputyForm(Form):
    """Who stands in for whom, from the first day to the last, and why."""

    post: UUID
    deputy: UUID
    starts_on: ComingDay
    ends_on: ComingDay
    reason: Literal["holiday", "illness", "long_leave", "other_task"]
