"""Child welfare: the notification is a duty of every professional, at every stage, whatever the client has answered.

417/2007 section 25 (fact F39). A case with a child reaches no team before somebody has said whether one was made.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, select

from multiagency.cases.desk import Desk
from multiagency.cases.questions import MayMove, MoveAhead
from multiagency.cases.reading_first import CaseId, First, Rows, first
from multiagency.cases.service import scope
from multiagency.disclosures.forms import ChildWelfareForm, DisclosureForm, NotificationForm
from multiagency.disclosures.models import ChildWelfareDecision, Disclosure
from multiagency.disclosures.reading import authors
from multiagency.disclosures.service import Prepared, disclose, prepare
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.pathways.definition import StageKind
from multiagency.people.models import AgencyKind
from multiagency.people.reading import Colleague

GROUND = "LSL-25"


@dataclass(frozen=True, slots=True)
class DecisionView:
    """Whether a notification was made, opened."""

    decision: str
    reason: str
    decided_at: datetime
    decided_by: Colleague


def _as_disclosure(form: NotificationForm) -> DisclosureForm:
    """The notification as the disclosure it is: ground and purpose are given, each named child's name goes along."""
    fields = [f"party.{child}.name" for child in form.children] + form.fields
    return DisclosureForm(
        ground=GROUND,
        recipient=form.recipient,
        recipient_name=form.recipient_name,
        recipient_kind=None if form.recipient else AgencyKind.COUNTY,
        fields=list(dict.fromkeys(fields)),
        text=form.reason,
        necessity=form.reason,
        purpose="protect_child",
        confirmed=form.confirmed,
        recorded_under=form.recorded_under,
        hidden_from=form.hidden_from,
        hidden_until=form.hidden_until,
    )


async def prepare_notification(desk: Desk, form: NotificationForm) -> Prepared:
    """Check a notification and return what would leave; raises as `prepare` does."""
    return await prepare(desk, _as_disclosure(form), to_own_agency=True)


async def notify(desk: Desk, form: NotificationForm) -> Disclosure:
    """Make the notification; whoever may decide for the case has thereby decided. Asks for no consent."""
    row = await disclose(desk, _as_disclosure(form), to_own_agency=True)
    if desk.may(Act.DECIDE_CHILD_WELFARE):
        await _decide(desk, "notified", "", row.id)
    return row


async def decide(desk: Desk, form: ChildWelfareForm) -> None:
    """Record that a notification was made already, or why none is needed; a later one can still be made."""
    if form.decision == "not_needed" and not form.reason:
        raise Invalid.of("reason", "child_welfare.reason_needed")
    await _decide(desk, form.decision, form.reason, None)


async def _decide(desk: Desk, decision: str, reason: str, disclosure_id: UUID | None) -> None:
    row = ChildWelfareDecision(
        id=uuid7(),
        **scope(desk),
        decision=decision,
        disclosure_id=disclosure_id,
        decided_by_id=desk.work.actor.post_id,
        decided_at=now(),
    )
    await desk.work.vault.seal(row, reason=reason)
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote(Kind.DISCLOSURE, controller_id=desk.work.actor.agency_id)


def decided(case_id: CaseId) -> Rows:
    """Ask what one's own agency decided, the newest first."""
    query = select(ChildWelfareDecision).where(ChildWelfareDecision.case_id == case_id)
    return query.order_by(ChildWelfareDecision.decided_at.desc())


async def decisions(desk: Desk) -> list[DecisionView]:
    """Return what one's own agency decided, the newest first; empty means nothing was, never "not needed"."""
    rows = (await desk.work.session.scalars(decided(literal(desk.case.id)))).all()
    people = await authors(desk.work, [row.decided_by_id for row in rows])
    return [
        DecisionView(row.decision, await desk.work.vault.open(row, "reason"), row.decided_at, people[row.decided_by_id])
        for row in rows
    ]


async def is_decided(desk: Desk) -> bool:
    """Tell whether anything was decided yet, as far as it is in sight."""
    return await first(desk, decided) is not None


def decided_by_anybody(case_id: CaseId) -> Rows:
    """Ask the database whether anything was decided yet, by whatever agency."""
    return select(func.child_welfare_decided(case_id).label("decided"))


async def was_decided(desk: Desk) -> bool:
    """Tell whether anything was decided yet: whoever coordinates need not see what another agency decided."""
    return bool(await first(desk, decided_by_anybody))


def undecided_child(case_id: CaseId) -> Rows:
    """Ask the database whether a child was recorded, or turned out to be one, after the newest decision."""
    return select(func.child_welfare_undecided(case_id).label("undecided"))


async def is_undecided(desk: Desk) -> bool:
    """Tell whether a child was recorded, or turned out to be one, after the newest decision.

    Asked of the database: whoever coordinates may see neither the child nor what another agency decided.
    """
    return bool(await first(desk, undecided_child))


async def child_welfare_ahead(asked: MoveAhead) -> list[First]:
    """Want whether a child waits for the decision."""
    return [undecided_child] if asked.need("child_welfare") else []


async def missing_child_welfare(asked: MayMove) -> list[FieldError]:
    """Veto the way to the team and to its table until somebody has said, of every child, whether one was notified.

    A coordinator is told no more than that the case waits.
    """
    if not asked.need("child_welfare") or not await is_undecided(asked.desk):
        return []
    sending = asked.desk.stands(StageKind.DRAFT)
    return [FieldError("child_welfare", "missing.child_welfare" if sending else "missing.child_welfare_first")]
