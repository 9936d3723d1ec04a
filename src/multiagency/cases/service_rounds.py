"""A new round: after a withdrawal or a closing the client wishes to go on, and the referrer begins anew.

From the own agency's records: what others recorded is seen by nobody until the new consent names it. Bars, prohibitions
and address protection carry over; seats, rooms and invitations that ended never revive; retention counts anew.
"""

from datetime import datetime

from multiagency.cases.desk import Desk
from multiagency.cases.events import SightEnded
from multiagency.cases.forms import RoundForm
from multiagency.cases.models import Round
from multiagency.cases.service import move_on, scope
from multiagency.cases.service_grants import COORDINATION, end_bases
from multiagency.kernel.clock import later, now, to_helsinki, today
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.pathways.definition import StageKind


async def may_begin_again(desk: Desk) -> bool:
    """Tell whether a new round can begin: the case has ended, and within the team's `new_round_months`."""
    ended = ended_at(desk)
    if ended is None or desk.model.next_of(desk.case.stage, StageKind.DRAFT) is None:
        return False
    return now() < later(ended, months=await months_to_begin_again(desk))


async def months_to_begin_again(desk: Desk) -> int:
    """Return within how many months after its end the case can go on in a new round."""
    return await desk.number("new_round_months")


def ended_at(desk: Desk) -> datetime | None:
    """Return when the case ended, None while it goes on."""
    return desk.case.closed_at or desk.case.withdrawn_at


async def begin_again(desk: Desk, form: RoundForm) -> None:
    """Turn the case into its referrer's draft again; everybody else's sight of it has ended or ends now.

    Raises `Conflict` where none can begin, `Invalid` for a wish before the end or after today.
    """
    ended = ended_at(desk)
    if ended is None or not await may_begin_again(desk):
        raise Conflict("round.too_late" if ended else "round.goes_on")
    if form.wished_on > today():
        raise Invalid(FieldError("wished_on", "error.in_future"))
    if form.wished_on < to_helsinki(ended).date():
        raise Invalid(FieldError("wished_on", "round.before_the_end"))
    moment = now()
    desk.work.session.add(
        Round(
            id=uuid7(),
            **scope(desk),
            wished_on=form.wished_on,
            how=form.how,
            began_by_id=desk.work.actor.post_id,
            began_at=moment,
        )
    )
    desk.case.round_began_at = moment
    await move_on(desk, StageKind.DRAFT)
    await desk.work.session.flush()
    await end_bases(desk.work, desk.case, moment, (COORDINATION,))
    desk.wrote()
    await desk.work.publish(SightEnded(desk))
