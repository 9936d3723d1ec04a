"""Actions: assigned to a named person by a date, reported done. They are the owner's agency's own record.

703/2023 section 48 lets a participant record in its own documents what it needs for the client's matter there; so an
action stays with its owner when consent is withdrawn, and nothing else of the case does.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select

from multiagency.actions.forms import ActionForm, ReportForm
from multiagency.actions.models import PlannedAction
from multiagency.cases.desk import Desk
from multiagency.cases.service import RETENTION
from multiagency.cases.service_bars import must_not_be_barred, not_barred
from multiagency.cases.service_grants import OWN_RECORD, consent_basis, give_basis, grant, sharing_agencies
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now, today
from multiagency.kernel.errors import Conflict, Invalid, NotVisible
from multiagency.kernel.ids import as_reference, reference, uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings.reading import was_discussed
from multiagency.people import reading as people
from multiagency.people.models import Agency, Person, Post
from multiagency.people.reading import Colleague


@dataclass(frozen=True, slots=True)
class ActionView:
    """One action, opened."""

    reference: str
    title: str
    due_on: date
    state: str
    outcome: str
    done_at: datetime | None
    owner: str
    agency: Agency


_OVER = frozenset({"closed", "withdrawn"})


async def what_forbids(desk: Desk) -> str | None:
    """Return why no action may be assigned now: the case is over, or no minutes are approved yet; None if one may.

    While the case is taken to a meeting again, the plan of the earlier one goes on.
    """
    if desk.case.stage in _OVER:
        return "case_over"
    again = desk.case.stage == "on_agenda" and await was_discussed(desk)
    return None if again or desk.case.stage == "in_follow_up" else "minutes_first"


async def assign(desk: Desk, form: ActionForm) -> PlannedAction:
    """Assign an action. Raises `Conflict` unless the consent names the owner's agency, `Invalid` for a past date."""
    work = desk.work
    if forbidden := await what_forbids(desk):
        raise Conflict(f"action.{forbidden}")
    if form.due_on < today():
        raise Invalid.of("due_on", "plan.due_in_past")
    owner = await people.known_colleague(work, form.owner, "owner")
    await must_not_be_barred(desk, owner, "owner")
    await consent_basis(work, desk.case, owner.agency, work.actor.language)
    own = await give_basis(work, desk.case, owner.agency.id, OWN_RECORD, [Kind.ACTION])
    action = PlannedAction(
        id=uuid7(),
        case_id=desk.case.id,
        controller_id=owner.agency.id,
        retention_class=RETENTION,
        reference=reference(),
        owner_id=owner.post.id,
        assigned_by_id=work.actor.post_id,
        due_on=form.due_on,
        state="open",
        assigned_at=now(),
    )
    await work.vault.seal(action, title=form.title)
    work.session.add(action)
    await work.session.flush()
    await grant(work, own, owner.post.id, "action", Capability.ACT, [Kind.ACTION], action.id)
    desk.wrote(Kind.ACTION, recipient_id=owner.agency.id)
    return action


async def plan_of(desk: Desk) -> list[ActionView]:
    """Return the actions of a case that are in sight, the next due first."""
    if Kind.ACTION not in desk.kinds:
        return []
    return await _views(desk.work, PlannedAction.case_id == desk.case.id)


async def candidates(desk: Desk) -> list[Colleague]:
    """Return who may be given an action: colleagues in agencies that the consent names."""
    return await not_barred(desk, await people.colleagues(desk.work, await sharing_agencies(desk.work, desk.case)))


async def mine(work: Work) -> list[ActionView]:
    """Return the actor's own actions, the next due first."""
    return await _views(work, PlannedAction.owner_id == work.actor.post_id, OWN_RECORD)


async def one_of_mine(work: Work, wanted: str) -> ActionView:
    """Return one of the actor's own actions. Raises `NotVisible` for anybody else's."""
    action = await _own(work, wanted)
    return (await _views(work, PlannedAction.id == action.id, OWN_RECORD))[0]


async def _own(work: Work, wanted: str) -> PlannedAction:
    query = select(PlannedAction).where(
        PlannedAction.reference == as_reference(wanted), PlannedAction.owner_id == work.actor.post_id
    )
    action = await work.session.scalar(query)
    if action is None:
        raise NotVisible
    return action


async def report(work: Work, wanted: str, form: ReportForm) -> None:
    """Report one's own action done. Raises `NotVisible` for anybody else's, `Conflict` when it is done already."""
    action = await _own(work, wanted)
    if action.state == "done":
        raise Conflict("action.done_already")
    action.state, action.done_at = "done", now()
    await work.vault.seal(action, outcome=form.outcome)
    about = {"case_id": action.case_id, "controller_id": action.controller_id, "basis": OWN_RECORD}
    work.record(Mode.WRITE, {Kind.ACTION}, subjects=[action.case_id], **about)


async def _views(work: Work, condition: ColumnElement[bool], basis: str | None = None) -> list[ActionView]:
    """Open the actions; `basis` is what the actor sees them on outside of a case laid open."""
    found = await work.session.execute(
        select(PlannedAction, Person, Agency)
        .join(Post, Post.id == PlannedAction.owner_id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(condition)
        .order_by(PlannedAction.due_on, PlannedAction.id)
    )
    rows = found.all()
    for action, *_ in rows if basis else ():
        work.rests_on(action.case_id, str(basis))
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
        )
        for action, person, agency in rows
    ]
