"""Disclosing: data picked one by one leave on one ground for one recipient, and arrive in the recipient's own part.

Nothing is ever pulled: there is no verb by which an agency asks the service for another's data (KHO:2021:13, F38).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from multiagency.cases.desk import Desk
from multiagency.cases.models import LawfulBasis
from multiagency.cases.service import scope
from multiagency.cases.service_grants import OWN_RECORD, give_basis, grant
from multiagency.disclosures.forms import DeliveryForm, DisclosureForm
from multiagency.disclosures.models import Delivery, Disclosure, Giver, LegalGround, Receipt
from multiagency.disclosures.questions import Datum
from multiagency.disclosures.reading_fields import Content, chosen, content_of, read_offered
from multiagency.disclosures.service_grounds import known_ground
from multiagency.disclosures.service_recording import RecordingView, said, say_how, wrong_recording
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, FieldError, Invalid, NotVisible
from multiagency.kernel.ids import uuid7
from multiagency.people import reading as people
from multiagency.people import service_notices as notices
from multiagency.people.models import Agency, Post

_OWN_PART = frozenset({Kind.DISCLOSURE})
INBOX, BY_HAND = "inbox", "by_hand"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is given the data: an agency here, or a name outside; `posts` receive it, and without any it is printed."""

    kind: str
    agency: Agency | None
    name: str
    posts: Sequence[Post]

    @property
    def channel(self) -> str:
        """How it arrives."""
        return INBOX if self.posts else BY_HAND

    def label(self, language: str) -> str:
        """Return the recipient's name as people read it."""
        return self.agency.name(language) if self.agency else self.name


@dataclass(frozen=True, slots=True)
class Prepared:
    """Exactly what would leave, to whom and on which ground: shown before it is confirmed, and then done."""

    ground: LegalGround
    recipient: Recipient
    picked: list[Datum]
    content: Content
    recording: RecordingView | None


async def giver_of(desk: Desk) -> Giver:
    """Return what the actor's agency and post are in law."""
    query = select(Agency.kind, Post.office).join(Post, Post.agency_id == Agency.id)
    kind, office = (await desk.work.session.execute(query.where(Post.id == desk.work.actor.post_id))).one()
    return Giver(kind, office)


async def prepare(desk: Desk, form: DisclosureForm, *, to_own_agency: bool = False) -> Prepared:
    """Check everything and return what would leave; changes nothing. Raises `Invalid` with every wrong field."""
    recipient = await find_recipient(desk, form, to_own_agency=to_own_agency)
    ground = await known_ground(desk.work, form.ground)
    offered, contact = await read_offered(desk)
    picked = chosen(offered, form.fields)
    errors = []
    if not ground.fits(await giver_of(desk), recipient.kind):
        errors.append(FieldError("ground", "disclosure.ground_does_not_fit"))
    if not picked and not form.text:
        errors.append(FieldError("fields", "disclosure.nothing_picked"))
    if ground.on_request and not form.requested_by:
        errors.append(FieldError("requested_by", "disclosure.who_asked"))
    errors += await _against_consent(desk, ground, recipient, picked)
    if not to_own_agency:  # a notification is child welfare's own: it may be told how, and knows without
        errors += await wrong_recording(desk, form, picked)
    if errors:
        raise Invalid(*errors)
    return Prepared(ground, recipient, picked, content_of(picked, contact, form.text), said(form))


async def find_recipient(desk: Desk, form: DisclosureForm, *, to_own_agency: bool = False) -> Recipient:
    """Return who is meant. Raises `Invalid` unless it is one agency, or one name with its kind of agency."""
    if form.recipient is None:
        if not form.recipient_name:
            raise Invalid.of("recipient_name", "disclosure.no_recipient")
        if form.recipient_kind is None:
            raise Invalid.of("recipient_kind", "disclosure.no_recipient_kind")
        return Recipient(form.recipient_kind, None, form.recipient_name, ())
    if form.recipient_name:
        raise Invalid.of("recipient_name", "disclosure.two_recipients")
    agency = (await people.known_agencies(desk.work, [form.recipient], "recipient"))[0]
    if agency.id == desk.work.actor.agency_id and not to_own_agency:
        raise Invalid.of("recipient", "disclosure.not_to_own_agency")
    return Recipient(agency.kind, agency, "", await _intake(desk, agency.id))


async def _intake(desk: Desk, agency_id: UUID) -> Sequence[Post]:
    """The posts that receive for this agency; whoever is kept out of the case is not among them."""
    receiving = select(func.intake_posts(desk.case.id, agency_id))
    return (await desk.work.session.scalars(select(Post).where(Post.id.in_(receiving)).order_by(Post.id))).all()


async def consented_kinds(desk: Desk, agency_id: UUID) -> set[str]:
    """Return which kinds of data a living consent lets this agency be given; empty without one."""
    return set(await desk.work.session.scalars(select(func.consented_kinds(desk.case.id, agency_id))))


async def _against_consent(
    desk: Desk, ground: LegalGround, recipient: Recipient, picked: Sequence[Datum]
) -> list[FieldError]:
    """What speaks against a consent ground: no living consent names the recipient, or not these kinds of data."""
    if not ground.needs_consent:
        return []
    if recipient.agency is None:
        return [FieldError("ground", "disclosure.no_consent")]
    kinds = await consented_kinds(desk, recipient.agency.id)
    if not kinds:
        return [FieldError("ground", "disclosure.no_consent")]
    if {datum.kind for datum in picked} - kinds:
        return [FieldError("fields", "disclosure.not_in_consent")]
    return []


async def disclose(desk: Desk, form: DisclosureForm, *, to_own_agency: bool = False) -> Disclosure:
    """Give exactly the picked data to the recipient, in one transaction with its arrival and its log entries.

    Raises `Invalid` without a confirmation, and as `prepare` does.
    """
    if not form.confirmed:
        raise Invalid.of("confirmed", "disclosure.not_confirmed")
    prepared = await prepare(desk, form, to_own_agency=to_own_agency)
    await _open_own_part(desk)
    row = await _record(desk, form, prepared)
    _log(desk, prepared)
    if prepared.recipient.agency is not None and prepared.recipient.posts:
        await _receive(desk, form, prepared, row)
    return row


async def _open_own_part(desk: Desk) -> None:
    """Let the author keep sight of what they disclose, also where they only have a seat."""
    if Kind.DISCLOSURE in desk.kinds:
        return
    own = desk.work.actor.agency_id
    query = select(LawfulBasis).where(
        LawfulBasis.case_id == desk.case.id,
        LawfulBasis.agency_id == own,
        LawfulBasis.reason == OWN_RECORD,
        LawfulBasis.disclosure_id.is_(None),
        LawfulBasis.ended_at.is_(None),
        LawfulBasis.kinds.contains([Kind.DISCLOSURE]),
    )
    basis = await desk.work.session.scalar(query.limit(1))
    basis = basis or await give_basis(desk.work, desk.case, own, OWN_RECORD, _OWN_PART)
    grant(desk.work, basis, desk.work.actor.post_id, "disclosure", Capability.READ, _OWN_PART)


async def _record(desk: Desk, form: DisclosureForm, prepared: Prepared) -> Disclosure:
    recipient = prepared.recipient
    row = Disclosure(
        id=uuid7(),
        **scope(desk),
        ground_id=prepared.ground.id,
        recipient_agency_id=recipient.agency.id if recipient.agency else None,
        recipient_kind=recipient.kind,
        channel=recipient.channel,
        fields=[datum.code for datum in prepared.picked],
        purpose=form.purpose,
        author_id=desk.work.actor.post_id,
        decided_at=now(),
    )
    await desk.work.vault.seal(
        row,
        content=prepared.content.sealed(),
        necessity=form.necessity,
        requested_by=form.requested_by,
        recipient_name=recipient.name,
    )
    await say_how(desk.work, row, form)
    desk.work.session.add(row)
    await desk.work.session.flush()
    return row


def _log(desk: Desk, prepared: Prepared) -> None:
    """Write the disclosure log: one line per data subject, what kinds, to whom, on which ground."""
    recipient = prepared.recipient
    about: dict[str, Any] = {"recipient_name": recipient.name or None, "basis": prepared.ground.code}
    about["recipient_id"] = recipient.agency.id if recipient.agency else None
    desk.wrote(Kind.DISCLOSURE, controller_id=desk.work.actor.agency_id, **about)
    for subject in {datum.subject for datum in prepared.picked} | {desk.case.id}:
        kinds = {datum.kind for datum in prepared.picked if datum.subject == subject}
        desk.disclosed(Kind.DISCLOSURE, *kinds, subjects=[subject], **about)


async def _receive(desk: Desk, form: DisclosureForm, prepared: Prepared, sent: Disclosure) -> None:
    """Put it into the recipient's own part under the recipient's key, and tell whoever receives there."""
    work, to = desk.work, sent.recipient_agency_id
    if to is None:
        raise TypeError("only an agency here has an inbox")
    receipt = Receipt(
        id=uuid7(),
        case_id=desk.case.id,
        controller_id=to,
        retention_class=desk.case.retention_class,
        disclosure_id=sent.id,
        case_reference=desk.case.reference,
        from_agency_id=work.actor.agency_id,
        from_post_id=work.actor.post_id,
        ground_id=sent.ground_id,
        purpose=sent.purpose,
        received_at=sent.decided_at,
    )
    await work.vault.seal(receipt, content=prepared.content.sealed(), requested_by=form.requested_by)
    await say_how(work, receipt, form)
    work.session.add(receipt)
    await work.session.flush()
    desk.wrote(Kind.DISCLOSURE, controller_id=to, recipient_id=to, basis=prepared.ground.code)
    basis = await give_basis(work, desk.case, to, OWN_RECORD, _OWN_PART, disclosure_id=sent.id)
    for post in prepared.recipient.posts:
        grant(work, basis, post.id, "disclosure", Capability.READ, _OWN_PART, sent.id)
    await notices.tell(work, prepared.recipient.posts, "disclosure_received", f"/inbox/{receipt.id}", desk.case.id)


async def own_disclosure(desk: Desk, disclosure_id: UUID) -> Disclosure:
    """Return one of one's own agency's disclosures in this case. Raises `NotVisible` for any other."""
    row = await desk.work.session.get(Disclosure, disclosure_id)
    if row is None or row.case_id != desk.case.id:
        raise NotVisible
    return row


async def record_delivery(desk: Desk, disclosure_id: UUID, form: DeliveryForm) -> None:
    """Record once how and when a printed disclosure was handed over.

    Raises `Invalid` for a moment to come, `Conflict` for what arrived here or was recorded already.
    """
    row = await own_disclosure(desk, disclosure_id)
    if row.channel != BY_HAND:
        raise Conflict("disclosure.delivered_here")
    if form.delivered_at > now():
        raise Invalid.of("delivered_at", "error.in_future")
    if form.delivered_at < row.decided_at:
        raise Invalid.of("delivered_at", "disclosure.delivered_before_decided")
    if await desk.work.session.scalar(select(Delivery.id).where(Delivery.disclosure_id == row.id)):
        raise Conflict("disclosure.delivered_already")
    delivery = Delivery(
        id=uuid7(),
        **scope(desk),
        disclosure_id=row.id,
        how=form.how,
        delivered_at=form.delivered_at,
        recorded_by_id=desk.work.actor.post_id,
        recorded_at=now(),
    )
    desk.work.session.add(delivery)
    await desk.work.session.flush()
    desk.wrote(Kind.DISCLOSURE, controller_id=desk.work.actor.agency_id, recipient_id=row.recipient_agency_id)
