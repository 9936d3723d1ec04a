"""Minutes: drafts from the beginning of the meeting, one of them approved, and what is added to it later."""

from sqlalchemy import func, select

from multiagency.cases.desk import Desk
from multiagency.cases.service import move_on, scope
from multiagency.cases.service_grants import one_at_a_time
from multiagency.cases.service_versions import settle
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.versions import Change, Saved
from multiagency.kernel.work import Work
from multiagency.meetings.events import MinutesApproved
from multiagency.meetings.forms import AddendumForm, ApprovalForm, MinutesForm
from multiagency.meetings.models import AgendaItem, Meeting, Minutes, MinutesAddendum, Seat
from multiagency.meetings.questions import MayApprove
from multiagency.meetings.service import agenda_item, desk_of
from multiagency.meetings.service_states import must_have_begun
from multiagency.pathways.definition import StageKind
from multiagency.people.models import Post
from multiagency.people.service_notices import tell


async def save_draft(work: Work, meeting: Meeting, form: MinutesForm) -> int:
    """Save a draft of what was agreed about one case, and return its number; earlier drafts stay.

    Raises `Conflict` before the meeting begins and once minutes are approved, when somebody has saved a draft that the
    writer has not seen, and where a newer answer of the client leaves the conveners out.
    """
    desk, item = await at_the_item(work, meeting, form.case)
    must_have_begun(meeting)
    await one_at_a_time(work, desk.case)
    _must_be_open(item)
    newest = await _newest(work, item)
    if form.seen is not None and form.seen != newest:
        raise Conflict("minutes.newer_draft")
    await settle(work, await saved_minutes(desk, item), {"text": form.text})
    draft = Minutes(
        id=uuid7(),
        **scope(desk),
        agenda_item_id=item.id,
        version=newest + 1,
        author_id=work.actor.post_id,
        recorded_at=now(),
    )
    await work.vault.seal(draft, text=form.text)
    work.session.add(draft)
    await work.session.flush()
    desk.wrote(Kind.MINUTES)
    return draft.version


async def saved_minutes(desk: Desk, item: AgendaItem) -> Saved:
    """Return the newest draft of an item, as whoever goes on writing sees it."""
    query = select(Minutes).where(Minutes.agenda_item_id == item.id).order_by(Minutes.version.desc()).limit(1)
    row, about = await desk.work.session.scalar(query), f"minutes:{item.id}"
    if row is None:
        return Saved(about, {"text": ""})
    text = {"text": await desk.work.vault.open(row, "text")}
    return Saved(about, text, {"text": Change(row.author_id, row.recorded_at)})


async def approve(work: Work, meeting: Meeting, form: ApprovalForm) -> None:
    """Approve the newest draft: its text never changes again, and the case goes on to its follow-up.

    Raises `Conflict` when there is no draft, when it is not the one that was seen, and once minutes are approved;
    `Invalid` with what is missing, such as what became of an earlier plan.
    """
    desk, item = await at_the_item(work, meeting, form.case)
    await one_at_a_time(work, desk.case)
    _must_be_open(item)
    newest = await _newest(work, item)
    if not newest:
        raise Conflict("minutes.no_draft")
    if form.version != newest:
        raise Conflict("minutes.newer_draft")
    if wanting := await work.ask(MayApprove(desk, item)):
        raise Invalid(*wanting)
    found = select(Minutes).where(Minutes.agenda_item_id == item.id, Minutes.version == newest)
    draft = (await work.session.scalars(found)).one()
    draft.approved_at = item.discussed_at = now()
    draft.approved_by_id = work.actor.post_id
    await move_on(desk, StageKind.FOLLOW_UP)
    await work.session.flush()
    desk.wrote(Kind.MINUTES, Kind.MEETING)
    await work.publish(MinutesApproved(desk))
    await tell_seated(desk, item, "minutes_approved")


async def tell_seated(desk: Desk, item: AgendaItem, what: str) -> None:
    """Tell whoever has a seat there something of the minutes of their case."""
    seated = select(Seat.post_id).where(Seat.agenda_item_id == item.id, Seat.ended_at.is_(None))
    posts = (await desk.work.session.scalars(select(Post).where(Post.id.in_(seated)).order_by(Post.id))).all()
    await tell(desk.work, posts, what, minutes_place(desk), desk.case.id)


def minutes_place(desk: Desk) -> str:
    """Return the page of the minutes of a case, for whoever sits at it."""
    return f"/cases/{desk.case.reference}/minutes"


async def add(work: Work, meeting: Meeting, form: AddendumForm) -> None:
    """Add something to approved minutes, or correct them: a row of its own. Raises `Conflict` before the approval."""
    desk, item = await at_the_item(work, meeting, form.case)
    approved = select(Minutes.id).where(Minutes.agenda_item_id == item.id, Minutes.approved_at.is_not(None))
    minutes_id = await work.session.scalar(approved)
    if minutes_id is None:
        raise Conflict("minutes.not_approved")
    addendum = MinutesAddendum(
        id=uuid7(), **scope(desk), minutes_id=minutes_id, author_id=work.actor.post_id, added_at=now()
    )
    await work.vault.seal(addendum, text=form.text)
    work.session.add(addendum)
    await work.session.flush()
    desk.wrote(Kind.MINUTES)
    await tell_seated(desk, item, "minutes_added")


async def at_the_item(work: Work, meeting: Meeting, case: str) -> tuple[Desk, AgendaItem]:
    """Return the desk of a case and its place on this agenda. Raises `Conflict` where its minutes are not in sight."""
    desk = await desk_of(work, case)
    if Kind.MINUTES not in desk.kinds:
        raise Conflict("case.nothing_shared")
    return desk, await agenda_item(work, meeting, desk)


def _must_be_open(item: AgendaItem) -> None:
    if item.discussed_at is not None:
        raise Conflict("minutes.approved_already")


async def _newest(work: Work, item: AgendaItem) -> int:
    """Return the number of the newest draft; 0 when there is none."""
    return await work.session.scalar(select(func.max(Minutes.version)).where(Minutes.agenda_item_id == item.id)) or 0
