"""Protected addresses (turvakielto, 661/2009 sections 36 and 37): recorded, and shown to named task holders only.

A child's whereabouts too stand in the safe contact and nowhere else, so that one policy keeps all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from multiagency.cases.desk import Desk
from multiagency.cases.reading import protected
from multiagency.cases.reading_holders import holders
from multiagency.cases.service import scope
from multiagency.cases.service_bars import barred, must_not_be_barred
from multiagency.cases.service_versions import to_be_saved
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import later, now, today
from multiagency.kernel.errors import Conflict, FieldError, Invalid, NotVisible
from multiagency.kernel.ids import uuid7
from multiagency.kernel.versions import Change, Saved, as_text
from multiagency.pathways.service import law
from multiagency.people import reading as people
from multiagency.people.models import Agency, Person, Post
from multiagency.people.reading import Colleague
from multiagency.people.service_notices import settle
from multiagency.safeguards.events import AddressProtected
from multiagency.safeguards.forms import PostForm, ProtectionForm
from multiagency.safeguards.models import AddressClearance, AddressProtection

_QUIETLY = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class ClearedView:
    """Who is cleared, and since when."""

    id: UUID
    name: str
    title: str
    agency: Agency
    since: datetime


async def record(desk: Desk, form: ProtectionForm) -> None:
    """Record an order and clear whoever records it; a longer one follows an earlier one as a record of its own.

    Raises `Invalid` for days in the wrong order, and for a period longer than the law has: five years at first, two at
    a time after that (section 36; both are dated parameters).
    """
    await _must_have_seen(desk, form)
    await _check_period(desk, form)
    row = AddressProtection(
        id=uuid7(),
        **scope(desk),
        version=len(await protections(desk)) + 1,
        granted_on=form.granted_on,
        valid_until=form.valid_until,
        covers_household=form.covers_household,
        recorded_by_id=desk.work.actor.post_id,
        recorded_at=now(),
    )
    desk.work.session.add(row)
    await desk.work.session.flush()
    if desk.work.actor.post_id not in {view.id for view in await cleared(desk)}:
        await _name(desk, desk.work.actor.post_id)
    desk.wrote(Kind.CONTACT)
    await settle(desk.work, f"/cases/{desk.case.reference}/protection", "protection_expires")
    await desk.work.publish(AddressProtected(desk))


async def _must_have_seen(desk: Desk, form: ProtectionForm) -> None:
    """Raise `Stale` or `Conflict` when another order was recorded since the form was opened."""
    saved, seen = await saved_order(desk), desk.work.seen
    await to_be_saved(desk.work, saved, form)
    if seen and saved.version(desk.work.tools.lookup) not in seen.versions:
        raise Conflict("protection.recorded_already")


async def saved_order(desk: Desk) -> Saved:
    """Return the newest order of the case as its form would show it."""
    names, about = ("granted_on", "valid_until", "covers_household"), f"protection:{desk.case.id}"
    rows = await protections(desk)
    if not rows:
        return Saved(about, dict.fromkeys(names, ""))
    change = Change(rows[0].recorded_by_id, rows[0].recorded_at)
    return Saved(about, {name: as_text(getattr(rows[0], name)) for name in names}, dict.fromkeys(names, change))


async def _check_period(desk: Desk, form: ProtectionForm) -> None:
    day = today()
    which = "next" if await protections(desk) else "first"
    years = await law(desk.work, f"protection_{which}_years")
    errors = []
    if form.granted_on > day:
        errors.append(FieldError("granted_on", "error.in_future"))
    if form.valid_until < max(day, form.granted_on):
        errors.append(FieldError("valid_until", "protection.over_already"))
    if form.valid_until > later(form.granted_on, years=years):
        errors.append(FieldError("valid_until", "protection.too_long", {"years": years}))
    if errors:
        raise Invalid(*errors)


async def protections(desk: Desk) -> Sequence[AddressProtection]:
    """Return every order recorded in the case, the newest first."""
    query = select(AddressProtection).where(AddressProtection.case_id == desk.case.id)
    return (await desk.work.session.scalars(query.order_by(AddressProtection.recorded_at.desc()))).all()


async def end(desk: Desk, protection_id: UUID) -> None:
    """End an order before its last day: the register took it back. Raises `NotVisible` when there is none alive."""
    living = update(AddressProtection).where(
        AddressProtection.id == protection_id,
        AddressProtection.case_id == desk.case.id,
        AddressProtection.ended_at.is_(None),
    )
    done = await desk.work.session.execute(living.values(ended_at=now()), execution_options=_QUIETLY)
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise NotVisible
    desk.wrote(Kind.CONTACT)


async def cleared(desk: Desk) -> list[ClearedView]:
    """Return the posts that are cleared; `id` is that of the post."""
    query = (
        select(Post.id, Person.name, Post.title, Agency, AddressClearance.named_at)
        .join(AddressClearance, AddressClearance.post_id == Post.id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(AddressClearance.case_id == desk.case.id, AddressClearance.ended_at.is_(None))
        .order_by(AddressClearance.named_at)
    )
    return [ClearedView(*row) for row in await desk.work.session.execute(query)]


async def may_be_cleared(desk: Desk) -> list[Colleague]:
    """Return who holds a living grant on the case, is not kept out, and is not cleared yet."""
    out, already = await barred(desk), {view.id for view in await cleared(desk)}
    found = {who.colleague.post.id: who.colleague for who in await holders(desk)}
    return [who for who in found.values() if who.person.id not in out and who.post.id not in already]


async def clear(desk: Desk, form: PostForm) -> None:
    """Name one more task holder. Raises `Conflict` when no address is protected, `Invalid` without a living grant."""
    if not await protected(desk):
        raise Conflict("protection.none")
    colleague = await people.known_colleague(desk.work, form.post, "post")
    await must_not_be_barred(desk, colleague, "post")
    if colleague.post.id not in {who.post.id for who in await may_be_cleared(desk)}:
        raise Invalid.of("post", "protection.no_task")
    await _name(desk, colleague.post.id)
    desk.wrote(Kind.CONTACT, recipient_id=colleague.agency.id)


async def _name(desk: Desk, post_id: UUID) -> None:
    desk.work.session.add(
        AddressClearance(case_id=desk.case.id, post_id=post_id, named_by_id=desk.work.actor.post_id, named_at=now())
    )
    await desk.work.session.flush()


async def end_clearance(desk: Desk, post_id: UUID) -> None:
    """Take a clearance back, or nothing when there is none."""
    living = update(AddressClearance).where(
        AddressClearance.case_id == desk.case.id,
        AddressClearance.post_id == post_id,
        AddressClearance.ended_at.is_(None),
    )
    await desk.work.session.execute(living.values(ended_at=now()), execution_options=_QUIETLY)
    desk.wrote(Kind.CONTACT)
