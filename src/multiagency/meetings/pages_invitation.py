"""Pages of those who take part: the invitation, the answer, one's own cases in the meeting, and the rooms."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.models import Case
from multiagency.cases.reading_names import names_of
from multiagency.kernel.access import Act
from multiagency.kernel.clock import now
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings import reading
from multiagency.meetings import service_answers as answers
from multiagency.meetings import service_invitations as invitations
from multiagency.meetings import service_replies as replies
from multiagency.meetings import service_rooms as rooms
from multiagency.meetings import service_states as states
from multiagency.meetings.forms import InsteadForm, InsteadSentForm, InvitationAnswerForm, JoinForm, RemarkForm
from multiagency.meetings.models import Meeting, Seat
from multiagency.meetings.models_research import ResearchRequest
from multiagency.meetings.pages_rooms import entering
from multiagency.meetings.reading_research import asked_at_my_seats
from multiagency.meetings.service_attendance import send_instead, when_sent
from multiagency.meetings.service_reaching import how_to_reach, when_to_call
from multiagency.meetings.service_rooms import Ticket
from multiagency.meetings.service_spans import told
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])


@router.get("/j/{address}")
async def get_address(address: str, work: Annotated[Work, door(Act.ANSWER_INVITATION)]) -> Response:
    """Lead from the private address in a mail to the invitation; following it changes nothing."""
    work.record(Mode.READ)
    meeting = await invitations.meeting_of(work, await invitations.by_address(work, address))
    return see(f"/meetings/{meeting.reference}/invitation", None)


@router.get("/invitations")
async def get_invitations(request: Request, work: Annotated[Work, door(Act.ANSWER_INVITATION)]) -> Response:
    """List one's own living invitations to meetings that are not over."""
    return page(request, "invitations.html", invitations=await invitations.mine(work))


@router.get("/meetings/{meeting}/invitation")
async def get_invitation(
    request: Request, meeting: str, work: Annotated[Work, door(Act.ANSWER_INVITATION)]
) -> Response:
    """Show when the meeting is, one's answer, and one's own cases in it."""
    return await _invitation(request, work, meeting)


@router.get("/meetings/{meeting}/invitation/cases/{reference}")
async def get_seat(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.ANSWER_INVITATION)]
) -> Response:
    """Show one's own seat at a case: when the meeting is, and how the client is reached where that is the task."""
    return await _seat(request, work, meeting, reference)


@router.post("/meetings/{meeting}/invitation/cases/{reference}")
async def post_seat(
    request: Request, meeting: str, reference: str, work: Annotated[Work, door(Act.ANSWER_INVITATION)]
) -> Response:
    """Say that one cannot come to the case, and tell its table what one's agency knows."""
    invitation = await invitations.by_meeting(work, meeting)
    filled, errors = await take(request, InsteadSentForm, partial(send_instead, work, invitation, reference))
    if errors:
        return await _seat(request, work, meeting, reference, errors, filled)
    return see(f"/meetings/{meeting}/invitation/cases/{reference}", Done.SENT_INSTEAD)


async def _seat(
    request: Request, work: Work, wanted: str, reference: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    invitation = await invitations.by_meeting(work, wanted)
    meeting = await invitations.meeting_of(work, invitation)
    reaching = await how_to_reach(work, invitation, reference)
    sent, settled = await when_sent(work, meeting, reference)
    return page(
        request,
        "seat.html",
        422 if errors else 200,
        errors=errors,
        filled=filled or {},
        meeting=meeting,
        reference=reference,
        reaching=reaching,
        sent=sent,
        over=settled or meeting.state in states.ENDED,
    )


@router.post("/meetings/{meeting}/invitation/answer")
async def post_answer(request: Request, meeting: str, work: Annotated[Work, door(Act.ANSWER_INVITATION)]) -> Response:
    """Answer yes or no."""
    invitation = await invitations.by_meeting(work, meeting)

    async def answer(form: InvitationAnswerForm) -> None:
        await answers.answer(work, invitation, form)

    _, errors = await take(request, InvitationAnswerForm, answer)
    return (
        await _invitation(request, work, meeting, errors)
        if errors
        else see(f"/meetings/{meeting}/invitation", Done.ANSWERED)
    )


@router.post("/meetings/{meeting}/invitation/remark")
async def post_remark(request: Request, meeting: str, work: Annotated[Work, door(Act.ANSWER_INVITATION)]) -> Response:
    """Say whether the answer that came by mail was one's own."""
    invitation = await invitations.by_meeting(work, meeting)
    _, errors = await take(request, RemarkForm, partial(replies.settle_remark, work, invitation))
    if errors:
        return await _invitation(request, work, meeting, errors)
    return see(f"/meetings/{meeting}/invitation", Done.ANSWERED)


@router.post("/meetings/{meeting}/invitation/instead")
async def post_instead(request: Request, meeting: str, work: Annotated[Work, door(Act.ANSWER_INVITATION)]) -> Response:
    """Say, having declined, who comes instead."""
    invitation = await invitations.by_meeting(work, meeting)
    filled, errors = await take(request, InsteadForm, partial(answers.name_another, work, invitation))
    if errors:
        return await _invitation(request, work, meeting, errors, filled)
    return see(f"/meetings/{meeting}/invitation", Done.TOLD)


@router.post("/meetings/{meeting}/invitation/join")
async def post_join(request: Request, meeting: str, work: Annotated[Work, door(Act.JOIN_ROOM)]) -> Response:
    """Hand out a ticket to one case's room as a form: it travels in a body, never in an address."""
    invitation = await invitations.by_meeting(work, meeting)
    tickets: list[Ticket] = []

    async def join(form: JoinForm) -> None:
        tickets.append(await rooms.join(work, invitation, form))

    filled, errors = await take(request, JoinForm, join)
    if errors:
        return await _invitation(request, work, meeting, errors)
    return entering(request, tickets[0], filled["case"], meeting)


async def _invitation(
    request: Request, work: Work, wanted: str, errors: Errors = (), filled: Filled | None = None
) -> Response:
    invitation = await invitations.by_meeting(work, wanted)
    declined = invitation.answer == invitations.DECLINED
    meeting = await invitations.meeting_of(work, invitation)
    early, late = await rooms.open_between(work, meeting)
    mine = await reading.my_cases(work, meeting)
    shut = await rooms.shut_for(work, meeting)
    return page(
        request,
        "invitation.html",
        422 if errors else 200,
        errors=errors,
        path=f"/meetings/{meeting.reference}/invitation",
        meeting=meeting,
        needed=told(meeting, invitation),
        answer=invitation.answer,
        remark=await replies.mine(work, invitation) if meeting.ends_at > now() else None,
        substitutes=people.choices(language_of(request), await answers.substitutes(work)) if declined else [],
        filled=filled or {"post": str(invitation.instead_id or "")},
        cases=[case.reference for case, _ in mine],
        names=await names_of(work, [case.reference for case, _ in mine]),
        reaching=[case.reference for case, seat in mine if seat.reaches_client],
        asked=await _asked(work, meeting, mine),
        safe=await when_to_call(work, meeting, mine),
        opens_at=early,
        chairs=meeting.chair_id == work.actor.post_id,
        open_rooms=[case.reference for case, seat in mine if seat.id not in shut],
        can_join=meeting.state == "open" and early <= now() <= late,
        over=meeting.ends_at <= now(),
    )


async def _asked(work: Work, meeting: Meeting, mine: Sequence[tuple[Case, Seat]]) -> dict[str, ResearchRequest]:
    """Return what one's own agency is asked before the meeting, by the reference of the case."""
    found = await asked_at_my_seats(work, meeting) if mine else {}
    return {case.reference: found[case.id] for case, _ in mine if case.id in found}
