"""What opens a bar again: a person's is lifted, an agency's leaves out one person. With a name and a reason, always."""

from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.forms import ExemptionForm, LiftForm
from multiagency.cases.models import AccessBar, BarExemption, Client, Party
from multiagency.cases.service_bars import barred
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid, NotVisible
from multiagency.kernel.lookup import Looked
from multiagency.people import reading as people
from multiagency.people.models import Person
from multiagency.people.reading import Colleague

STEERS, NEEDED = "steers", "needed_for_the_task"
"""Why somebody of a barred agency stays: they steered the case then, or a steering person let them in."""


async def living_bar(desk: Desk, bar_id: UUID, *, of_agency: bool) -> AccessBar:
    """Return a living bar of this case, of a person or of an agency. Raises `NotVisible` for any other."""
    row = await desk.work.session.get(AccessBar, bar_id)
    if row is None or row.case_id != desk.case.id or (row.agency_id is not None) != of_agency:
        raise NotVisible
    if row.valid_to is not None and row.valid_to <= now():
        raise NotVisible
    return row


async def lift(desk: Desk, bar_id: UUID, form: LiftForm) -> None:
    """End a person's bar; seats do not come back. Raises `Conflict` while the records say that they are a party."""
    row = await living_bar(desk, bar_id, of_agency=False)
    if row.reason == "is_a_party" and row.person_id is not None:
        await _must_not_be_a_party(desk, row.person_id)
    row.valid_to, row.lifted_reason, row.lifted_by_id = now(), form.reason, desk.work.actor.post_id
    await desk.work.session.flush()
    desk.wrote()


async def _must_not_be_a_party(desk: Desk, person_id: UUID) -> None:
    """Compare the codes in the case again: only a corrected record can free whoever was found in it."""
    if not {Kind.IDENTITY, Kind.PARTY} <= desk.kinds:
        raise Conflict("bar.still_a_party")
    person = await desk.work.session.get_one(Person, person_id)
    rows: list[Client | Party] = [
        *await desk.work.session.scalars(select(Client).where(Client.case_id == desk.case.id)),
        *await desk.work.session.scalars(select(Party).where(Party.case_id == desk.case.id)),
    ]
    codes = [await desk.work.vault.open(row, "identity_code") for row in rows]
    lookup = desk.work.tools.lookup
    if person.identity_hash in {lookup.hash(Looked.IDENTITY_CODE, code) for code in codes if code}:
        raise Conflict("bar.still_a_party")


async def exempt(desk: Desk, bar_id: UUID, form: ExemptionForm) -> None:
    """Let one person of a barred agency in. Raises `Invalid` for somebody whom this bar does not keep out."""
    row = await living_bar(desk, bar_id, of_agency=True)
    if form.post not in {who.post.id for who in await may_be_exempt(desk, row)}:
        raise Invalid.of("post", "error.unknown_post")
    colleague = await people.known_colleague(desk.work, form.post, "post")
    await add_exemption(desk, row.id, colleague.person.id, form.reason)
    desk.wrote(recipient_id=colleague.agency.id)


async def may_be_exempt(desk: Desk, row: AccessBar) -> list[Colleague]:
    """Return the colleagues of the barred agency whom nothing but this bar keeps out."""
    out = await barred(desk)
    named = await people.colleagues(desk.work, [row.agency_id] if row.agency_id else [])
    return [who for who in named if out.get(who.person.id) == row.reason]


async def add_exemption(desk: Desk, bar_id: UUID, person_id: UUID, reason: str) -> None:
    """Record that this person may stay, who said so, and when."""
    row = BarExemption(
        bar_id=bar_id,
        case_id=desk.case.id,
        person_id=person_id,
        reason=reason,
        given_by_id=desk.work.actor.post_id,
        given_at=now(),
    )
    desk.work.session.add(row)
    await desk.work.session.flush()
