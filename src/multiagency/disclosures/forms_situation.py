"""Situation and contact as one page posts them: what several records of several rooms say."""

from typing import Literal

from starlette.datastructures import FormData

from multiagency.cases.forms import ReachingForm
from multiagency.kernel.inputs import WEEKDAYS, OptionalNarrative

WORKDAYS, EVERY_DAY, OTHER_DAYS = " ".join(WEEKDAYS[:5]), " ".join(WEEKDAYS), "other"
"""The answers to when it is safe to call; which other days those are, is ticked below."""
LISTS = ("safe_days", "do_not_talk_to")


class SituationForm(ReachingForm):
    """What one's own agency tells, how the client is reached, and whether child welfare is notified.

    `protected` says that there is an order of non-disclosure to be recorded next.
    """

    narrative: OptionalNarrative = ""
    decision: Literal["", "notify", "already_notified", "not_needed"] = ""
    reason: OptionalNarrative = ""
    protected: bool = False


def read_days(data: FormData) -> FormData:
    """Return what the page sends as fields: the other days in place of the answer that there are some."""
    days = data.getlist("safe_days")
    ticked = [("safe_days", day) for day in data.getlist("other_days")] if OTHER_DAYS in days else []
    rest = [(name, value) for name, value in data.multi_items() if name not in {"other_days", "later"}]
    return FormData([pair for pair in rest if pair != ("safe_days", OTHER_DAYS) and pair[1] != ""] + ticked)
