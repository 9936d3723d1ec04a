"""Reading what one's own agency disclosed in a case, with each ground's text as it was then."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.disclosures.models import Delivery, Disclosure, LegalGround
from multiagency.disclosures.reading_fields import Content
from multiagency.disclosures.service import own_disclosure
from multiagency.disclosures.service_recording import RecordingView, recording_of
from multiagency.kernel.work import Work
from multiagency.people.models import Agency, Person, Post
from multiagency.people.reading import Colleague


@dataclass(frozen=True, slots=True)
class DisclosureView:
    """One disclosure, opened."""

    row: Disclosure
    ground: LegalGround
    recipient: str
    author: Colleague
    content: Content
    necessity: str
    requested_by: str
    delivery: Delivery | None
    recording: RecordingView | None

    @property
    def decided_at(self) -> datetime:
        """When it was decided; carries its zone."""
        return self.row.decided_at


async def authors(work: Work, posts: Collection[UUID]) -> dict[UUID, Colleague]:
    """Return who holds or held these posts."""
    query = (
        select(Post, Person, Agency)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(Post.id.in_(posts))
    )
    return {row[0].id: Colleague(*row) for row in await work.session.execute(query)}


async def disclosures(desk: Desk, language: str) -> list[DisclosureView]:
    """Return one's own agency's disclosures in this case, the newest first."""
    query = select(Disclosure).where(Disclosure.case_id == desk.case.id).order_by(Disclosure.decided_at.desc())
    return [await _opened(desk, row, language) for row in await desk.work.session.scalars(query)]


async def one_disclosure(desk: Desk, disclosure_id: UUID, language: str) -> DisclosureView:
    """Return one of them. Raises `NotVisible` for any other."""
    return await _opened(desk, await own_disclosure(desk, disclosure_id), language)


async def _opened(desk: Desk, row: Disclosure, language: str) -> DisclosureView:
    work = desk.work
    agency = await work.session.get(Agency, row.recipient_agency_id) if row.recipient_agency_id else None
    return DisclosureView(
        row=row,
        ground=await work.session.get_one(LegalGround, row.ground_id),
        recipient=agency.name(language) if agency else await work.vault.open(row, "recipient_name"),
        author=(await authors(work, [row.author_id]))[row.author_id],
        content=Content.opened(await work.vault.open(row, "content")),
        necessity=await work.vault.open(row, "necessity"),
        requested_by=await work.vault.open(row, "requested_by"),
        delivery=await work.session.scalar(select(Delivery).where(Delivery.disclosure_id == row.id)),
        recording=await recording_of(work, row),
    )
