"""Actions: assigned to a named person by a date, reported done. They are the owner's agency's own record.

703/2023 section 48 lets a participant record in its own documents what it needs for the client's matter there; so an
action stays with its owner when consent is withdrawn, and nothing else of the case does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Row, Select, case, func, or_, select

from multiagency.actions.forms import ActionForm, ReportForm
from multiagency.actions.models import PlannedAction
from multiagency.actions.reading_changes import ChangeView, changes_of
from multiagency.actions.reading_instructions import instructions_of
from multiagency.actions.reading_names import names_in
from multiagency.actions.service_follow_up import keep_answers
from multiagency.actions.service_instructions import instruct
from multiagency.actions.service_reaching import how_to_reach, show_how_to_reach, stop_showing, when_to_call
from multiagency.cases.desk import Desk
from multiagency.cases.service_bars import must_not_be_barred, not_barred
from multiagency.cases.service_grants import CONSENT, OWN_RECORD, consent_basis, give_basis, grant, sharing_agencies
from multiagency.cases.service_reaching import Reaching
from multiagency.consent.reading_instructions import InstructionView
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now, to_helsinki, today
from multiagency.kernel.errors import Conflict, FieldError, Invalid, NotVisible
from multiagency.kernel.ids import as_reference, reference, uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.portions import Portion, portion
from multiagency.kernel.work import Work
from multiagency.meetings.reading import is_at_the_table, was_discussed
from multiagency.pathways.definition import StageKind
from multiagency.people import reading as people
from multiagency.people.models import Agency, Person, Post
from multiagency.people.reading import Colleague
from multiagency.people.service_notices import settle, tell

_TOLD_WHILE_OPEN = ("action_assigned", "action_handed_over", "action_moved", "action_due", "action_overdue")
OPEN = "open"
"""The state of an action that is still to be done."""


@dataclass(frozen=True, slots=True)
class ActionView:
    """One action, opened; `changes` is what was corrected about it, `instruction` how it is recorded.

    `safe_now` tells whoever is to reach the client whether now is a safe time to call: yes, no or not_said; None for
    anybody else, and where the task is another or over.
    """

    reference: str
    title: str
    due_on: date
    state: str
    outcome: str
    done_at: datetime | None
    owner: str
    agency: Agency
    reaches_client: bool
    changes: list[ChangeView]
    instruction: InstructionView | None
    safe_now: str | None
    tells_client: bool
    follows_up_after: int | None
    told_on: date | None
    told_how: str | None


async def what_forbids(desk: Desk) -> str | None:
    """Return why no action may be assigned now: the case is over, or has not been at a table; None if one may.

    What is agreed at a table is entered there; while the case is taken to a meeting again, the earlier plan goes on.
    """
    if desk.is_over:
        return "case_over"
    there = desk.stands(StageKind.TABLE) and (await is_at_the_table(desk) or await was_discussed(desk))
    return None if there or desk.stands(StageKind.FOLLOW_UP) else "minutes_first"


async def assign(desk: Desk, form: ActionForm) -> PlannedAction:
    """Assign an action. Raises `Conflict` unless the consent names the owner's agency.

    Raises `Invalid` for a past date, a name in the title, and a recording instruction that is wrong or missing.
    """
    work = desk.work
    if forbidden := await what_forbids(desk):
        raise Conflict(f"action.{forbidden}")
    if form.due_on < today():
        raise Invalid.of("due_on", "plan.due_in_past")
    if not form.named_on_purpose and await names_in(desk, form.title):
        raise Invalid.of("title", "action.names_somebody")
    owner = await people.known_colleague(work, form.owner, "owner")
    await must_not_be_barred(desk, owner, "owner")
    shared = await consent_basis(work, desk.case, owner.agency, work.actor.language)
    own = await give_basis(work, desk.case, owner.agency.id, OWN_RECORD, [Kind.ACTION])
    action = PlannedAction(
        id=uuid7(),
        case_id=desk.case.id,
        controller_id=owner.agency.id,
        retention_class=desk.case.retention_class,
        reference=reference(),
        owner_id=owner.post.id,
        assigned_by_id=work.actor.post_id,
        due_on=form.due_on,
        state=OPEN,
        reaches_client=form.reaches_client,
        assigned_at=now(),
    )
    await work.vault.seal(action, title=form.title)
    work.session.add(action)
    await work.session.flush()
    await instruct(desk, action, form)
    grant(work, own, owner.post.id, "action", Capability.ACT, [Kind.ACTION], action.id)
    show_how_to_reach(work, action, shared)
    desk.wrote(Kind.ACTION, recipient_id=owner.agency.id)
    await tell(work, [owner.post], "action_assigned", place_of(action), desk.case.id)
    return action


def place_of(action: PlannedAction) -> str:
    """Return the page of an action, for whoever does it."""
    return f"/actions/{action.reference}"


async def nothing_waits(work: Work, action: PlannedAction) -> None:
    """Count as read what its owner was told of an action: it is done, struck, or due on another day."""
    await settle(work, place_of(action), *_TOLD_WHILE_OPEN)


async def open_action(desk: Desk, wanted: str) -> PlannedAction:
    """Return an open action of this case, for whoever coordinates it.

    Raises `NotVisible` for any other, `Conflict` when it is open no more, or the case is over: then only owners act.
    """
    query = select(PlannedAction).where(
        PlannedAction.case_id == desk.case.id, PlannedAction.reference == as_reference(wanted)
    )
    action = await desk.work.session.scalar(query)
    if action is None:
        raise NotVisible
    if action.state != OPEN:
        raise Conflict("action.done_already")
    if desk.is_over:
        raise Conflict("action.owner_only")
    return action


async def plan_of(desk: Desk) -> list[ActionView]:
    """Return the actions of a case that are in sight, the next due first."""
    if Kind.ACTION not in desk.kinds:
        return []
    return await _views(desk.work, await _in_order(desk.work, PlannedAction.case_id == desk.case.id))


async def candidates(desk: Desk) -> list[Colleague]:
    """Return who may be given an action: colleagues in agencies that the consent names."""
    return await not_barred(desk, await people.colleagues(desk.work, await sharing_agencies(desk.work, desk.case)))


async def mine(work: Work, start: int = 0) -> Portion[ActionView]:
    """Return the actor's own actions, and those done in the place of somebody else.

    First what is to be done, the next due first, then what is done, the last first.
    """
    to_do = PlannedAction.state == OPEN
    order = (~to_do, case((to_do, PlannedAction.due_on)), PlannedAction.due_on.desc(), PlannedAction.id)
    found = await portion(work, _actions(of_post(work.actor.post_id)).order_by(*order), start)
    await work.vault.expect({action.case_id for action, *_ in found.rows})
    return found.of(await _views(work, found.rows, OWN_RECORD))


def of_post(post_id: UUID | BindParameter[UUID]) -> ColumnElement[bool]:
    """Ask for what this post does itself or in the place of somebody else: by an index each, which `IN` would forgo."""
    deputised = func.array(select(func.deputised_actions()).scalar_subquery())
    return or_(PlannedAction.owner_id == post_id, PlannedAction.id == func.any(deputised))


async def one_of_mine(work: Work, wanted: str) -> ActionView:
    """Return one of the actor's own actions. Raises `NotVisible` for anybody else's."""
    action = await own_action(work, wanted)
    return (await _views(work, await _in_order(work, PlannedAction.id == action.id), OWN_RECORD))[0]


async def reaching(work: Work, wanted: str) -> Reaching | None:
    """Return how the client is reached for one of the actor's own actions whose open task that is."""
    found = await how_to_reach(work, action := await own_action(work, wanted))
    work.rests_on(action.case_id, f"{CONSENT},{OWN_RECORD}" if found and found.rules else OWN_RECORD)
    return found


async def own_action(work: Work, wanted: str) -> PlannedAction:
    """Return one of the actor's own actions. Raises `NotVisible` for anybody else's."""
    query = select(PlannedAction).where(PlannedAction.reference == as_reference(wanted), of_post(work.actor.post_id))
    action = await work.session.scalar(query)
    if action is None:
        raise NotVisible
    return action


def must_say_when(action: PlannedAction, form: ReportForm) -> None:
    """Raise `Invalid` unless a report says on which day, after the minutes, and how the client was told."""
    wrong = []
    if form.result != "done":
        wrong.append(FieldError("result", "telling.must_be_told"))
    if form.told_on is None:
        wrong.append(FieldError("told_on", "error.missing"))
    elif form.told_on > today():
        wrong.append(FieldError("told_on", "error.in_future"))
    elif form.told_on < to_helsinki(action.assigned_at).date():
        wrong.append(FieldError("told_on", "telling.before_the_minutes"))
    if form.told_how is None:
        wrong.append(FieldError("told_how", "error.missing"))
    if wrong:
        raise Invalid(*wrong)


async def report(work: Work, wanted: str, form: ReportForm) -> None:
    """Report how one's own action went. Raises `NotVisible` for anybody else's, `Conflict` when it is open no more.

    What is told to the client stays open until it has been told: raises `Invalid` as `must_say_when`; of how the client
    is later, as `keep_answers`.
    """
    action = await own_action(work, wanted)
    if action.state != OPEN:
        raise Conflict("action.done_already")
    if action.tells_client:
        must_say_when(action, form)
    action.state, action.done_at = form.result, now()
    action.told_on, action.told_how = form.told_on, form.told_how
    await work.vault.seal(action, outcome=form.outcome)
    await work.session.flush()
    await keep_answers(work, action, form)
    await stop_showing(work, action)
    await nothing_waits(work, action)
    about = {"case_id": action.case_id, "controller_id": action.controller_id, "basis": OWN_RECORD}
    work.record(Mode.WRITE, {Kind.ACTION}, subjects=[action.case_id], **about)


def _actions(condition: ColumnElement[bool]) -> Select[PlannedAction, Person, Agency]:
    return (
        select(PlannedAction, Person, Agency)
        .join(Post, Post.id == PlannedAction.owner_id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(condition)
    )


async def _in_order(work: Work, condition: ColumnElement[bool]) -> Sequence[Row[PlannedAction, Person, Agency]]:
    query = _actions(condition).order_by(PlannedAction.due_on, PlannedAction.id)
    return (await work.session.execute(query)).all()


async def _views(work: Work, rows: Sequence[Row[*tuple[Any, ...]]], basis: str | None = None) -> list[ActionView]:
    """Open the actions; `basis` is what the actor sees them on outside of a case laid open."""
    changes = await changes_of(work, [action.id for action, *_ in rows])
    for action, *_ in rows if basis else ():
        work.rests_on(action.case_id, str(basis))
    instructions = await instructions_of(work, [action for action, *_ in rows], basis)
    safe = await when_to_call(work, [action for action, *_ in rows], basis)
    return [
        ActionView(
            reference=action.reference,
            title=await work.vault.open(action, "title"),
            due_on=action.due_on,
            state=action.state,
            outcome=await work.vault.open(action, "outcome"),
            done_at=action.done_at,
            owner=person.name,
            agency=agency,
            reaches_client=action.reaches_client,
            changes=changes.get(action.id, []),
            instruction=instructions.get(action.id),
            safe_now=safe.get(action.id),
            tells_client=action.tells_client,
            follows_up_after=action.follows_up_after,
            told_on=action.told_on,
            told_how=action.told_how,
        )
        for action, person, agency in rows
    ]
