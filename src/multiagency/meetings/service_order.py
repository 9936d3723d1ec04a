"""The cases of a meeting get a new order as a whole: the proposed one, or any other."""

from multiagency.cases.desk import open_desks
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import Conflict
from multiagency.kernel.work import Work
from multiagency.meetings import service_invitations as invitations
from multiagency.meetings.forms_order import OrderForm
from multiagency.meetings.models import Meeting
from multiagency.meetings.service_agenda import own_items
from multiagency.meetings.service_states import must_not_be_over


async def put_in_order(work: Work, meeting: Meeting, form: OrderForm) -> None:
    """Let the cases that the actor coordinates exchange their places, and tell who is needed when; others keep theirs.

    The same order again is one act. Raises `Conflict` once the meeting is over or a case of it was discussed, and where
    cases came, went or changed places since the actor saw them.
    """
    must_not_be_over(meeting)
    items = await own_items(work, meeting)
    order = [case.reference for _, case in items]
    if any(item.discussed_at is not None for item, _ in items):
        raise Conflict("order.begun")
    if order == form.case:
        return
    if order != form.saw or sorted(order) != sorted(form.case):
        raise Conflict("order.changed")
    places = [item.position for item, _ in items]
    for item, case in items:
        item.position = places[form.case.index(case.reference)]
    for desk in await open_desks(work, order, Act.RUN_MEETING):
        desk.wrote(Kind.MEETING)
    await invitations.tell_new_spans(work, meeting)
