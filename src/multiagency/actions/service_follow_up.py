"""How the client is some months after the minutes: what whoever was to ask has heard (facts F29 and F30, row N3)."""

from multiagency.actions.forms import ReportForm
from multiagency.actions.models import FollowUp, PlannedAction
from multiagency.kernel.clock import now
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.work import Work

ASKED = ("new_violence", "new_report")
"""What must be answered, be it that it is not known."""
GRADES = ("safe_at_home", "safe_outside", "knows_help")
"""The client's sense of safety, from 1 to 5, where they were asked."""


async def keep_answers(work: Work, action: PlannedAction, form: ReportForm) -> None:
    """Keep what was heard with the report of an action that follows up; nothing where it could not be done.

    Raises `Invalid` naming what has no answer, and for answers about any other action.
    """
    given = {name: getattr(form, name) for name in (*ASKED, *GRADES)}
    if action.follows_up_after is None or form.result != "done":
        if wrong := [FieldError(name, "follow_up.not_asked") for name, value in given.items() if value is not None]:
            raise Invalid(*wrong)
        return
    if missing := [FieldError(name, "error.missing") for name in ASKED if given[name] is None]:
        raise Invalid(*missing)
    row = FollowUp(
        id=uuid7(),
        case_id=action.case_id,
        controller_id=action.controller_id,
        retention_class=action.retention_class,
        action_id=action.id,
        answered_at=now(),
        **given,
    )
    work.session.add(row)
    await work.session.flush()
