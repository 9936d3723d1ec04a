"""Consent: recorded in versions, the source of lawful bases, and a live gate that closes in one step.

In law it lifts secrecy (Openness Act 621/1999 sections 26 and 29); it is not the GDPR basis of processing.
"""

from sqlalchemy import select

from multiagency.cases.access import (
    CONSENT,
    TABLE_KINDS,
    consented_agencies,
    end_consent_bases,
    give_basis,
    grant,
    ground_agencies,
)
from multiagency.cases.desk import Desk
from multiagency.cases.events import CaseWillMove, ConsentWithdrawn
from multiagency.cases.service import move, must_be_draft, scope
from multiagency.consent.forms import ConsentForm
from multiagency.consent.models import Consent, ConsentRecipient
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.work import Work
from multiagency.pathways.service import pathway
from multiagency.people import service as people
from multiagency.people.models import Team


async def newest(desk: Desk) -> Consent | None:
    """Return the newest version in sight; no answer is None, and never a yes."""
    query = select(Consent).where(Consent.case_id == desk.case.id).order_by(Consent.version.desc()).limit(1)
    return await desk.work.session.scalar(query)


async def recipients(desk: Desk, consent: Consent) -> list[ConsentRecipient]:
    """Return the agencies that a version names, as rows."""
    query = select(ConsentRecipient).where(ConsentRecipient.consent_id == consent.id)
    return list(await desk.work.session.scalars(query))


async def record(desk: Desk, form: ConsentForm) -> None:
    """Record an answer as a new version; earlier bases end, and a yes gives each named agency its own."""
    must_be_draft(desk)
    _check(desk, form)
    await people.known_agencies(desk.work, form.recipients, "recipients")
    before = await newest(desk)
    if before is not None:
        await end_consent_bases(desk.work, desk.case, now())
    consent = await _add_version(desk, before, form)
    if form.answer == "given":
        await _open_gate(desk, consent, form)
    desk.wrote(Kind.CONSENT)


def _check(desk: Desk, form: ConsentForm) -> None:
    errors = []
    if form.asked_at > now():
        errors.append(FieldError("asked_at", "error.in_future"))
    if form.answer == "given" and not form.recipients:
        errors.append(FieldError("recipients", "consent.no_recipients"))
    if form.answer == "given" and not form.kinds:
        errors.append(FieldError("kinds", "consent.no_kinds"))
    if set(form.kinds) - set(pathway(desk.case.pathway).shareable_kinds):
        errors.append(FieldError("kinds", "consent.kind_not_shareable"))
    if errors:
        raise Invalid(*errors)


async def _add_version(desk: Desk, before: Consent | None, form: ConsentForm) -> Consent:
    consent = Consent(
        id=uuid7(),
        **scope(desk),
        version=before.version + 1 if before else 1,
        state=form.answer,
        purpose=form.purpose,
        asked_by_id=desk.work.actor.post_id,
        asked_at=form.asked_at,
        how=form.how,
        language=form.language,
        kinds=sorted(form.kinds),
        recorded_at=now(),
        recorded_by_id=desk.work.actor.post_id,
    )
    desk.work.session.add(consent)
    await desk.work.session.flush()
    for agency_id in sorted(set(form.recipients)):
        desk.work.session.add(ConsentRecipient(consent_id=consent.id, agency_id=agency_id, **scope(desk)))
    await desk.work.session.flush()
    return consent


async def _open_gate(desk: Desk, consent: Consent, form: ConsentForm) -> None:
    """Give each named agency its basis, and the referrer sight through their own agency's, if it is named."""
    kinds = TABLE_KINDS | {Kind.CONSENT, *form.kinds}
    for agency_id in sorted(set(form.recipients)):
        basis = await give_basis(desk.work, desk.case, agency_id, CONSENT, kinds, consent.id)
        if agency_id == desk.work.actor.agency_id:
            await grant(desk.work, basis, desk.work.actor.post_id, "referral", Capability.REFER, kinds)


async def withdraw(desk: Desk) -> None:
    """Close the gate: bases and grants end, the stage says "withdrawn", and the rooms above act, all at once.

    Raises `Conflict` when there is no consent to withdraw.
    """
    before = await newest(desk)
    if before is None or before.state != "given" or desk.case.stage == "withdrawn":
        raise Conflict("consent.nothing_to_withdraw")
    moment = now()
    desk.work.session.add(
        Consent(
            id=uuid7(),
            case_id=desk.case.id,
            controller_id=before.controller_id,
            retention_class=before.retention_class,
            version=before.version + 1,
            state="withdrawn",
            purpose=before.purpose,
            asked_by_id=desk.work.actor.post_id,
            asked_at=moment,
            how=before.how,
            language=before.language,
            kinds=[],
            recorded_at=moment,
            recorded_by_id=desk.work.actor.post_id,
        )
    )
    for agency_id in await consented_agencies(desk.work, desk.case):
        desk.wrote(Kind.CONSENT, recipient_id=agency_id)
    await end_consent_bases(desk.work, desk.case, moment)
    await move(desk, "withdrawn")
    desk.case.withdrawn_at = moment
    desk.wrote(Kind.CONSENT)
    await desk.work.session.flush()
    await desk.work.publish(ConsentWithdrawn(desk))


async def check_consent(work: Work, moving: CaseWillMove) -> None:
    """Veto a submission without a living consent, or a basis on a ground, that names the team's coordinating agency."""
    if moving.to != "submitted":
        return
    desk = moving.desk
    desk.read(Kind.CONSENT)
    team = await work.session.get_one(Team, desk.case.team_id)
    if team.convener_id in await ground_agencies(work, desk.case):
        return  # a decision on a ground carries the case; consent stands beside it, given or not
    consent = await newest(desk)
    if consent is None or consent.state != "given":
        moving.missing.append(FieldError("consent", "missing.consent"))
        return
    if team.convener_id not in {row.agency_id for row in await recipients(desk, consent)}:
        moving.missing.append(FieldError("consent", "missing.consent_for_coordinator"))
