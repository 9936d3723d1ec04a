"""Recording who agreed to a meeting about the client: each answer is a row of its own, and the newest counts."""

from collections.abc import Mapping
from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.questions import MayMove
from multiagency.cases.reading_first import once
from multiagency.cases.service import scope
from multiagency.consent.forms import AgreementForm
from multiagency.consent.models import MeetingAgreement
from multiagency.consent.reading import names
from multiagency.consent.reading_agreement import (
    CONDITION,
    AskedToMeet,
    asked_and_nobody,
    asked_to_meet,
    asks_agreement,
)
from multiagency.consent.service_gate import must_be_answerable
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now, today
from multiagency.kernel.errors import Conflict, FieldError, Invalid, NotVisible
from multiagency.kernel.ids import uuid7


def must_ask_agreement(desk: Desk) -> None:
    """Raise `NotVisible` where consent is not in sight, `Conflict` where the model asks nobody or the case is over."""
    if Kind.CONSENT not in desk.kinds:
        raise NotVisible
    if not asks_agreement(desk.model):
        raise Conflict("agreement.not_asked")
    must_be_answerable(desk)


async def record_agreement(desk: Desk, form: AgreementForm) -> None:
    """Record what the client or a guardian answered.

    Raises `Invalid` for somebody who is not asked (suspected, forbidden, no guardian) and for a day to come.
    """
    must_ask_agreement(desk)
    party = form.giver if isinstance(form.giver, UUID) else None
    if party not in {one.party for one in await asked_to_meet(desk)}:
        raise Invalid.of("giver", "agreement.not_asked_of")
    if form.said_on > today():
        raise Invalid.of("said_on", "error.in_future")
    row = MeetingAgreement(
        id=uuid7(),
        **scope(desk),
        giver_id=party,
        agreed=form.agreed,
        said_on=form.said_on,
        how=form.how,
        recorded_at=now(),
        recorded_by_id=desk.work.actor.post_id,
    )
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote(Kind.CONSENT, subjects=[party or desk.case.id])


async def missing_agreement(asked: MayMove) -> list[FieldError]:
    """Veto a move to a meeting to which not everybody has agreed; of whoever is in sight, by name."""
    if not asked.need(CONDITION):
        return []
    people, nobody = await once(asked.desk, asked_and_nobody)
    missing = [one for one in people if not one.agrees]
    known = await names(asked.desk) if any(one.party for one in missing) else {}
    found = [FieldError("agreement", "agreement.guardian_first")] if nobody else []
    return found + [_wanting(one, known) for one in missing]


def _wanting(one: AskedToMeet, known: Mapping[UUID, tuple[str, str]]) -> FieldError:
    if one.party is None:
        return FieldError("agreement", "agreement.client_missing")
    if one.party not in known:
        return FieldError("agreement", "agreement.guardian_missing")
    return FieldError("agreement", "agreement.named_missing", {"name": known[one.party][1]})
