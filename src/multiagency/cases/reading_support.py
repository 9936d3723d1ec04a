"""Who stands beside the client, and what the client and the children have said themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from multiagency.cases.desk import Desk
from multiagency.cases.models import Party, Voice
from multiagency.cases.reading_first import CaseId, Rows, first_row, once
from multiagency.cases.reading_saved import saved_row
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.versions import Saved
from multiagency.people.models import Agency, Person, Post
from multiagency.people.reading import Colleague, agencies

_TEXTS = {"wishes": "said", "question": "question"}


@dataclass(frozen=True, slots=True)
class VoiceView:
    """What the client, or the `child` of that name, has said, and which agency recorded it."""

    agency: Agency
    child: str
    wishes: str
    question: str
    at: datetime


def support_person(case_id: CaseId) -> Rows:
    """Ask who stands beside the client."""
    return (
        select(Post, Person, Agency)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(Post.id.in_(select(func.support_person_of(case_id))))
    )


def voice(case_id: CaseId) -> Rows:
    """Ask whether anything was recorded that the client or a child has said."""
    return select(Voice).where(Voice.case_id == case_id)


async def support_of(desk: Desk) -> Colleague | None:
    """Return who stands beside the client, if somebody does."""
    row = await first_row(desk, support_person)
    return None if row is None else Colleague(*row)


def hears(desk: Desk) -> bool:
    """Tell whether the actor sees, or records, what the client says."""
    return Kind.NARRATIVE in desk.kinds or desk.may(Act.RECORD_VOICE)


async def voices_of(desk: Desk) -> Sequence[VoiceView]:
    """Return what the client and the children have said, as far as it is in sight; of a child only with who it is."""
    return await once(desk, _voices) if hears(desk) and await first_row(desk, voice) is not None else []


async def _voices(desk: Desk) -> list[VoiceView]:
    query = select(Voice, Party).outerjoin(Party, Party.id == Voice.party_id).where(Voice.case_id == desk.case.id)
    rows = (await desk.work.session.execute(query.order_by(Voice.party_id.is_not(None), Voice.id))).all()
    known = {agency.id: agency for agency in await agencies(desk.work)}
    return [
        VoiceView(
            known[voice.controller_id],
            await desk.work.vault.open(child, "name") if child else "",
            await desk.work.vault.open(voice, "said"),
            await desk.work.vault.open(voice, "question"),
            voice.changed_at,
        )
        for voice, child in rows
        if voice.party_id is None or child is not None
    ]


async def own_voice(desk: Desk, party_id: UUID | None) -> Voice | None:
    """Return the row of what one's own agency has heard from the client, or from this child."""
    mine = select(Voice).where(Voice.case_id == desk.case.id, Voice.controller_id == desk.work.actor.agency_id)
    return await desk.work.session.scalar(mine.where(Voice.party_id == party_id))


async def saved_voice(desk: Desk, party_id: UUID | None = None) -> Saved:
    """Return what one's own agency has heard, as its form shows it."""
    about = f"voice:{desk.case.id}:{desk.work.actor.agency_id}:{party_id or ''}"
    texts = {"wishes": "said"} if party_id else _TEXTS
    return await saved_row(desk.work, about, await own_voice(desk, party_id), texts)
