"""Recording who decides for the client: capacity judged with its reason, guardians and what each may do."""

from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.events import SomebodyRecorded
from multiagency.cases.models import Party
from multiagency.cases.service import people_must_be_open, scope
from multiagency.cases.service_grants import consented_agencies
from multiagency.cases.service_retention import keep_as
from multiagency.cases.service_versions import say_anew
from multiagency.consent.forms import CapacityForm, GuardianForm
from multiagency.consent.models import DecisionCapacity, Guardian
from multiagency.consent.reading_deciding import (
    Age,
    client_age,
    guardians_now,
    newest_capacity,
    required_givers,
    undecided,
)
from multiagency.consent.reading_saved import names_shown, saved_capacity, saved_rights
from multiagency.consent.service_gate import reopen, reopen_if_changed, shut
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.pathways.definition import PartyRole
from multiagency.pathways.service import law


async def judge_capacity(desk: Desk, form: CapacityForm) -> None:
    """Record who decides, and why; the gate opens anew when that changes.

    Raises `Invalid`: a reason is always given for a minor, a child of the hearing age is heard (417/2007 section 20),
    an adult who cannot decide needs a legal representative.
    """
    people_must_be_open(desk)
    await say_anew(desk, await saved_capacity(desk), await names_shown(desk))
    age = await client_age(desk)
    minor = _minor(age, form)
    capable = form.capable
    if capable is None and not minor:
        capable = True  # an adult is presumed to be
    elif capable is None and age.years is not None and age.years < await law(desk.work, "capacity_age"):
        capable = False
    await _check_capacity(desk, form, age, minor, capable)
    await _must_represent(desk, form.legal_representative)
    if age.minor is None:
        await keep_as(desk, child=minor)
    before = await required_givers(desk)
    row = DecisionCapacity(
        id=uuid7(),
        **scope(desk),
        decides="self" if capable else "legal_representative" if form.legal_representative else "guardians",
        representative_id=form.legal_representative,
        minor=minor,
        capable=capable,
        heard_at=form.heard_at,
        until=age.comes_at if minor and not capable else None,
        assessed_at=now(),
        assessed_by_id=desk.work.actor.post_id,
    )
    await desk.work.vault.seal(row, reason=form.reason, heard=form.heard)
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote(Kind.CONSENT)
    await reopen_if_changed(desk, before)


def _minor(age: Age, form: CapacityForm) -> bool:
    if age.minor is None and form.minor is None:
        raise Invalid.of("minor", "consent.minor_needed")
    if age.minor is not None and form.minor not in {None, age.minor}:
        raise Invalid.of("minor", "consent.code_says_otherwise")
    return bool(form.minor if age.minor is None else age.minor)


async def _check_capacity(desk: Desk, form: CapacityForm, age: Age, minor: bool, capable: bool | None) -> None:
    errors = []
    if capable is None:
        errors.append(FieldError("capable", "error.missing"))
    if (minor or capable is False) and not form.reason:
        errors.append(FieldError("reason", "consent.reason_needed"))
    if minor and form.heard_at is None and age.years is not None and age.years >= await law(desk.work, "hearing_age"):
        errors.append(FieldError("heard_at", "consent.hearing_needed"))
    if form.heard_at is not None and form.heard_at > now():
        errors.append(FieldError("heard_at", "error.in_future"))
    if capable and form.legal_representative:
        errors.append(FieldError("legal_representative", "consent.no_representative_needed"))
    if not minor and capable is False and not form.legal_representative:
        errors.append(FieldError("legal_representative", "consent.adult_needs_representative"))
    if errors:
        raise Invalid(*errors)


async def _must_represent(desk: Desk, party_id: UUID | None) -> None:
    if party_id is None:
        return
    party = await _party(desk, party_id, "legal_representative")
    guardian = (await guardians_now(desk)).get(party_id)
    if party.role not in {PartyRole.GUARDIAN, PartyRole.OTHER} or (guardian is not None and guardian.suspected):
        raise Invalid.of("legal_representative", "consent.cannot_represent")


async def record_guardian(desk: Desk, form: GuardianForm) -> None:
    """Record what somebody may do as the child's guardian; a restriction has its reason (703/2023 section 38).

    Raises `Invalid` for somebody who is not a guardian, and for a person using violence who is not suspected.
    """
    people_must_be_open(desk)
    party = await _party(desk, form.party, "party")
    await say_anew(desk, await saved_rights(desk, form.party), {})
    if party.role not in {PartyRole.GUARDIAN, PartyRole.FEARED}:
        raise Invalid.of("party", "consent.not_a_guardian")
    if party.role == PartyRole.FEARED and not form.suspected:
        raise Invalid.of("suspected", "consent.suspected_by_role")
    if not form.may_decide and not form.restriction_reason:
        raise Invalid.of("restriction_reason", "consent.reason_needed")
    before = await required_givers(desk)
    await _add_guardian(desk, form)
    await reopen_if_changed(desk, before)


async def _add_guardian(desk: Desk, form: GuardianForm) -> None:
    row = Guardian(
        id=uuid7(),
        **scope(desk),
        party_id=form.party,
        may_decide=form.may_decide,
        suspected=form.suspected,
        recorded_at=now(),
        recorded_by_id=desk.work.actor.post_id,
    )
    await desk.work.vault.seal(row, restriction_reason=form.restriction_reason)
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote(Kind.CONSENT, subjects=[form.party])


async def _party(desk: Desk, party_id: UUID, field: str) -> Party:
    party = await desk.work.session.get(Party, party_id)
    if party is None or party.case_id != desk.case.id:
        raise Invalid.of(field, "consent.unknown_giver")
    return party


async def look_again(happened: SomebodyRecorded) -> None:
    """When people are corrected, let nobody decide who turns out not to.

    Who is under age shuts the gate, a guardian or legal representative who uses violence is suspected, and who is no
    guardian after all decides nothing.
    """
    desk = happened.desk
    if happened.role == "client":
        await _follow_age(desk)
        if await consented_agencies(desk.work, desk.case) and await undecided(desk):
            await shut(desk)
            desk.wrote(Kind.CONSENT)
        return
    party_id = happened.subject_id
    known = (await guardians_now(desk)).get(party_id)
    if known is None and not (happened.role == PartyRole.FEARED and await _represents(desk, party_id)):
        return
    was = (known.may_decide, known.suspected) if known else (False, False)
    is_now = (
        was[0] and happened.role in {PartyRole.GUARDIAN, PartyRole.FEARED},
        was[1] or happened.role == PartyRole.FEARED,
    )
    if is_now != was:
        before = await required_givers(desk)
        reason = await desk.work.vault.open(known, "restriction_reason") if known else ""
        said = {"party": party_id, "may_decide": is_now[0], "suspected": is_now[1], "restriction_reason": reason}
        await _add_guardian(desk, GuardianForm.model_validate(said))
        await reopen_if_changed(desk, before)


async def _follow_age(desk: Desk) -> None:
    """When a child's code is corrected, let what rests on others' word end with the day that it says now."""
    judged, age = await newest_capacity(desk), await client_age(desk)
    if judged is None or judged.until in {None, age.comes_at} or age.comes_at is None:
        return
    kept = ("decides", "representative_id", "minor", "capable", "heard_at")
    row = DecisionCapacity(
        id=uuid7(),
        **scope(desk),
        **{column: getattr(judged, column) for column in kept},
        until=age.comes_at,
        assessed_at=now(),
        assessed_by_id=desk.work.actor.post_id,
    )
    texts = {column: await desk.work.vault.open(judged, column) for column in ("reason", "heard")}
    await desk.work.vault.seal(row, **texts)
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote(Kind.CONSENT)
    await reopen(desk)


async def _represents(desk: Desk, party_id: UUID) -> bool:
    judged = await newest_capacity(desk)
    return judged is not None and judged.representative_id == party_id
