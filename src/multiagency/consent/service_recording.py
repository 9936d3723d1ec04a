"""Recording what one giver answered, as a new version. It was asked of whoever decides, and of nobody else."""

from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.models import Party
from multiagency.cases.service import scope
from multiagency.cases.service_versions import say_anew
from multiagency.consent.forms import ConsentForm
from multiagency.consent.models import Consent, ConsentPair
from multiagency.consent.reading_deciding import guardians_now, must_be_decided, newest_capacity
from multiagency.consent.reading_saved import names_shown, saved_statement
from multiagency.consent.reading_statements import newest_version
from multiagency.consent.service_gate import must_be_answerable, reopen
from multiagency.consent.service_prohibitions import must_be_tellable
from multiagency.consent.wording import ConsentText, text_shown
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import later, now
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.pathways.definition import PartyRole
from multiagency.pathways.service import not_among
from multiagency.people import reading as people

_CAPACITIES = {"self": "self", "guardians": "guardian", "legal_representative": "legal_representative"}
"""In which capacity somebody answers, by who decides."""


async def record(desk: Desk, form: ConsentForm) -> None:
    """Record an answer; earlier bases end, and each agency gets one for what all required givers give it.

    Raises `Conflict` while it is not known who decides (703/2023 section 34), `Invalid` for a giver who does not,
    `Stale` when another answer was recorded since the sender looked.
    """
    must_be_answerable(desk)
    await say_anew(desk, await saved_statement(desk), await names_shown(desk))
    await _check(desk, form)
    await _must_be_known(desk, form)
    text = await text_shown(desk, form.text_version, form.language)
    await must_be_theirs_to_give(desk, form.capacity, form.giver)
    await _add_version(desk, form, text)
    await reopen(desk)
    desk.wrote(Kind.CONSENT)


async def _check(desk: Desk, form: ConsentForm) -> None:
    errors = not_among("purpose", form.purpose, desk.model.consent_purposes)
    years = await desk.number("consent_asked_years")
    if form.asked_at > now():
        errors.append(FieldError("asked_at", "error.in_future"))
    if form.asked_at < later(now(), years=-years):
        errors.append(FieldError("asked_at", "consent.asked_too_long_ago", {"years": years}))
    if form.expires_at is not None and form.expires_at <= now():
        errors.append(FieldError("expires_at", "error.in_past"))
    errors += _wrong_pairs(form) if form.pairs is not None else _wrong_lists(form)
    if {kind for kinds in form.shares.values() for kind in kinds} - set(desk.model.shareable_kinds):
        errors.append(FieldError("kinds" if form.pairs is None else "pairs", "consent.kind_not_shareable"))
    if errors:
        raise Invalid(*errors)


def _wrong_lists(form: ConsentForm) -> list[FieldError]:
    wanting = [("recipients", form.recipients, "consent.no_recipients"), ("kinds", form.kinds, "consent.no_kinds")]
    return [FieldError(field, key) for field, named, key in wanting if form.answer == "given" and not named]


def _wrong_pairs(form: ConsentForm) -> list[FieldError]:
    pairs = form.pairs or []
    if form.kinds or form.recipients:
        return [FieldError("pairs", "consent.pairs_or_lists")]
    if len({pair.agency for pair in pairs}) < len(pairs):
        return [FieldError("pairs", "consent.agency_twice")]
    if form.answer == "given" and not any(pair.kinds for pair in pairs):
        return [FieldError("pairs", "consent.nobody_is_given")]
    return []


async def _must_be_known(desk: Desk, form: ConsentForm) -> None:
    field = "recipients" if form.pairs is None else "pairs"
    named = form.recipients if form.pairs is None else [pair.agency for pair in form.pairs]
    await people.known_agencies(desk.work, named, field)


async def must_be_theirs_to_give(desk: Desk, capacity: str, giver: UUID | None) -> None:
    """Raise unless the consent is this giver's to give, a suspected guardian first of all (F36)."""
    if giver is not None:
        await _must_be_above_suspicion(desk, giver)
        await must_be_tellable(desk, giver)
    await must_be_decided(desk)
    judged = await newest_capacity(desk)
    decides = judged.decides if judged else "self"
    if capacity != _CAPACITIES[decides]:
        raise Invalid.of("capacity", f"consent.decides.{decides}")
    if (giver is None) != (capacity == "self"):
        raise Invalid.of("giver", "consent.giver_only_for_others" if giver else "consent.giver_needed")
    if decides == "legal_representative" and judged and giver != judged.representative_id:
        raise Invalid.of("giver", "consent.not_the_representative")
    guardian = (await guardians_now(desk)).get(giver) if decides == "guardians" and giver else None
    if decides == "guardians" and (guardian is None or not guardian.may_decide):
        raise Invalid.of("giver", "consent.guardian_not_entitled")


async def _must_be_above_suspicion(desk: Desk, giver: UUID) -> None:
    party = await desk.work.session.get(Party, giver)
    if party is None or party.case_id != desk.case.id:
        raise Invalid.of("giver", "consent.unknown_giver")
    guardian = (await guardians_now(desk)).get(giver)
    if party.role == PartyRole.FEARED or (guardian is not None and guardian.suspected):
        raise Invalid.of("giver", "consent.suspected_guardian")


async def _add_version(desk: Desk, form: ConsentForm, text: ConsentText) -> None:
    consent = Consent(
        id=uuid7(),
        **scope(desk),
        version=await newest_version(desk) + 1,
        state=form.answer,
        capacity=form.capacity,
        giver_id=form.giver,
        purpose=form.purpose,
        asked_by_id=desk.work.actor.post_id,
        asked_at=form.asked_at,
        how=form.how,
        language=form.language,
        text_version=text.version,
        text_digest=text.digest,
        expires_at=form.expires_at,
        recorded_at=now(),
        recorded_by_id=desk.work.actor.post_id,
    )
    desk.work.session.add(consent)
    await desk.work.session.flush()
    desk.work.session.add_all(
        ConsentPair(consent_id=consent.id, agency_id=agency_id, kind=kind, **scope(desk))
        for agency_id, kinds in sorted(form.shares.items())
        for kind in sorted(kinds) or (None,)
    )
    await desk.work.session.flush()
