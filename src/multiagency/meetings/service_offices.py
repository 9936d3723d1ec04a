"""Noting how a missing office was made up for at a table; nobody leaves it while one is missing."""

from multiagency.cases.questions import MayMove
from multiagency.cases.reading_first import first_row
from multiagency.cases.service import scope
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.work import Work
from multiagency.meetings.forms import OfficeForm
from multiagency.meetings.models import Meeting, SecuredOffice
from multiagency.meetings.reading import places
from multiagency.meetings.reading_offices import offices_at, said
from multiagency.meetings.service import agenda_item, desk_of


async def secure(work: Work, meeting: Meeting, form: OfficeForm) -> None:
    """Note who gave the table what a missing office would have, and how; noted anew, the newest counts.

    Raises `Invalid` for an office that the model does not require, `Conflict` once the minutes are approved.
    """
    desk = await desk_of(work, form.case)
    item = await agenda_item(work, meeting, desk)
    if item.discussed_at is not None:
        raise Conflict("minutes.approved_already")
    if form.office not in {offices[0] for offices in desk.model.table.required}:
        raise Invalid.of("office", "offices.not_required")
    row = SecuredOffice(
        id=uuid7(),
        **scope(desk),
        agenda_item_id=item.id,
        office=form.office,
        noted_by_id=work.actor.post_id,
        noted_at=now(),
    )
    await work.vault.seal(row, how=form.how)
    work.session.add(row)
    await work.session.flush()
    desk.wrote(Kind.MEETING)


async def missing_offices(asked: MayMove) -> list[FieldError]:
    """Veto the end of a meeting at whose table an office is missing that was not secured in another way."""
    if not asked.need("offices_at_table"):
        return []
    desk = asked.desk
    newest = await first_row(desk, places)
    if newest is None:
        return [FieldError("offices", "offices.no_table")]
    views = (await offices_at(desk.work, [(newest[0], desk.case)])).get(newest[0].id, [])
    return [
        FieldError("offices", "offices.missing", {"office": said(desk.work.actor.language, view.offices)})
        for view in views
        if view.missing
    ]
