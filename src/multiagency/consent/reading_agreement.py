"""Who has agreed to a meeting about the client: the client, and each guardian who may be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Uuid, bindparam, func, select

from multiagency.cases.desk import Desk
from multiagency.cases.reading_first import once
from multiagency.consent.models import MeetingAgreement
from multiagency.consent.reading import names
from multiagency.consent.reading_deciding import client_age
from multiagency.pathways.definition import Pathway

CONDITION = "meeting_agreed"
CLIENT = "client"
"""How the client is named among those who are asked."""
_ASKED = select(
    func.asked_to_meet(bindparam("case", type_=Uuid)).table_valued(Column("giver", Uuid), Column("asked", Boolean))
)


@dataclass(frozen=True, slots=True)
class AskedToMeet:
    """The client (without `party`) or a guardian, and what they said last in this round; nothing: not asked yet."""

    party: UUID | None
    said: MeetingAgreement | None

    @property
    def agrees(self) -> bool:
        """Tell whether they said yes: no answer is none."""
        return self.said is not None and self.said.agreed

    @property
    def giver(self) -> str:
        """Return how a form names them."""
        return str(self.party or CLIENT)


def asks_agreement(model: Pathway) -> bool:
    """Tell whether a way of this model asks for an agreed meeting."""
    return any(way.asks(CONDITION) for way in model.moves)


async def asked_to_meet(desk: Desk) -> list[AskedToMeet]:
    """Return who must agree to a meeting: of somebody of age, nobody else is asked."""
    return (await once(desk, asked_and_nobody))[0]


async def asked_and_nobody(desk: Desk) -> tuple[list[AskedToMeet], bool]:
    """Return them, and whether the case names no guardian of somebody under age, asked or not."""
    rows = (await desk.work.session.execute(_ASKED, {"case": desk.case.id})).all()
    guardians = [row for row in rows if row.giver != desk.case.id]
    minor, said = (await client_age(desk)).minor is not False, await _said(desk)
    asked = [None, *(row.giver for row in guardians if row.asked and minor)]
    return [AskedToMeet(party, said.get(party)) for party in asked], minor and not guardians


async def _said(desk: Desk) -> Mapping[UUID | None, MeetingAgreement]:
    query = select(MeetingAgreement).where(MeetingAgreement.case_id == desk.case.id)
    if desk.case.round_began_at is not None:
        query = query.where(MeetingAgreement.recorded_at >= desk.case.round_began_at)
    rows = await desk.work.session.scalars(query.order_by(MeetingAgreement.recorded_at, MeetingAgreement.id))
    return {row.giver_id: row for row in rows}


async def agreement_view(desk: Desk) -> list[dict[str, Any]]:
    """Return who is asked, and what each said last: `agreed` is null where nothing was said."""
    known = await names(desk)
    return [
        {
            "giver": one.giver,
            "name": known[one.party][1] if one.party in known else "",
            "agreed": one.said.agreed if one.said else None,
            "said_on": one.said.said_on if one.said else None,
            "how": one.said.how if one.said else None,
        }
        for one in await asked_to_meet(desk)
    ]
