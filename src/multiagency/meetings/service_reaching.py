"""A seat whose task is to reach the client: its holder sees how, until the meeting is over or the seat ends."""

from collections.abc import Sequence

from sqlalchemy import Column, Text, Uuid, func, select

from multiagency.cases import service_reaching as cases
from multiagency.cases.desk import rest_on_grants
from multiagency.cases.models import Case, LawfulBasis
from multiagency.cases.reading_hours import safe_now
from multiagency.cases.service_reaching import Reaching
from multiagency.kernel.access import Kind
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.ids import as_reference
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings.models import Invitation, Meeting, Seat
from multiagency.meetings.service_invitations import meeting_of, seats_of
from multiagency.meetings.service_states import is_over

_OCCASION = "reaching"
_FOLLOWED = (Column("case_id", Uuid), Column("reference", Text), Column("controller_id", Uuid))


def show_how_to_reach(work: Work, meeting: Meeting, seat: Seat, shared: LawfulBasis) -> None:
    """Let the holder of a seat see the contact rules where that is its task and the client's consent covers them.

    It is a grant of its own: the seat itself shows the table no contact, and lives without this one.
    """
    if seat.reaches_client:
        cases.show_how_to_reach(work, shared, seat.post_id, _OCCASION, seat.id, valid_to=meeting.ends_at)


async def end_with(work: Work, meeting: Meeting) -> None:
    """Let what seats show of how clients are reached end with their meeting, which has been moved or ended.

    Also in a case that is kept from the actor, which the database finds: what is shown must not outlast its meeting.
    """
    followed = func.end_reaching_with(meeting.id).table_valued(*_FOLLOWED)
    for row in (await work.session.execute(select(followed))).all():
        about = {"case_id": row.case_id, "case_reference": row.reference, "controller_id": row.controller_id}
        work.record(Mode.WRITE, {Kind.SHELL}, subjects=[row.case_id], basis="coordination", **about)


async def when_to_call(work: Work, meeting: Meeting, seats: Sequence[tuple[Case, Seat]]) -> dict[str, str]:
    """Return for those of one's own seats that are to reach the client whether now is a safe time to call.

    By the reference of the case; nothing where the rules are not in sight, or the meeting is over.
    """
    reaching = [case for case, seat in seats if seat.reaches_client and not is_over(meeting)]
    safe = await safe_now(work, {case.id for case in reaching})
    return {case.reference: safe[case.id] for case in reaching if case.id in safe}


async def how_to_reach(work: Work, invitation: Invitation, wanted: str) -> Reaching | None:
    """Return how the client of a case is reached; None where that is not the actor's task, or the meeting is over.

    Raises `NotVisible` without a living seat of one's own at the case.
    """
    meeting = await meeting_of(work, invitation)
    case = await work.session.scalar(select(Case).where(Case.reference == as_reference(wanted)))
    seats = await seats_of(work, meeting.id)
    seat = next((seat for seat, item in seats if case is not None and item.case_id == case.id), None)
    if case is None or seat is None:
        raise NotVisible
    await rest_on_grants(work, [case])
    if not seat.reaches_client or is_over(meeting):
        return None
    return await cases.how_to_reach(work, case.id)
