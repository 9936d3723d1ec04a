"""What a call at once has to go by: who is on duty, on which ground each may come, and who is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from multiagency.cases.desk import Desk
from multiagency.cases.service_bars import barred
from multiagency.cases.service_grants import is_kept_short, sharing_bases
from multiagency.disclosures.models import LegalGround
from multiagency.disclosures.service import giver_of
from multiagency.disclosures.service_grounds import in_force
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.languages import Language
from multiagency.meetings.models import AgendaItem, Meeting, Seat, SeatNecessity
from multiagency.meetings.reading import leads_to_a_table
from multiagency.meetings.reading_offices import said
from multiagency.meetings.service_duty import Shift, on_duty
from multiagency.meetings.service_seating import NOT_AT_A_SEAT
from multiagency.pathways.definition import OVER, StageKind
from multiagency.pathways.service import parameter
from multiagency.people import reading as people
from multiagency.people.models import Agency, Person, Post
from multiagency.people.reading import Colleague

CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class CallableView:
    """Somebody on duty who may be called: by consent where `consented`, else on one of these grounds."""

    who: Colleague
    until: datetime
    consented: bool
    grounds: Sequence[LegalGround] = ()


@dataclass(frozen=True, slots=True)
class MissingView:
    """Whoever is missing at the table, in the words of `urgent.missing.<why>`."""

    why: str
    name: str


@dataclass(frozen=True, slots=True)
class CalledView:
    """Somebody who was called: why in words, and on which ground; empty words where nothing is kept of it."""

    who: Colleague
    ground: str
    necessity: str


@dataclass(frozen=True, slots=True)
class UrgentView:
    """Everything that the page of the call shows."""

    people: list[CallableView] = field(default_factory=list)
    missing: list[MissingView] = field(default_factory=list)


def is_callable(desk: Desk) -> bool:
    """Tell whether the actor may call a meeting about the case: it was sent, lives, and its model knows a table."""
    at_table = desk.stands(StageKind.TABLE) or leads_to_a_table(desk.case)
    return desk.may(Act.CALL_URGENTLY) and at_table and not desk.stands(StageKind.DRAFT, *OVER)


def kinds_on_ground(desk: Desk) -> list[Kind]:
    """Return what whoever is called on a ground may be shown at the table, in the order of the model."""
    return [kind for kind in desk.model.shareable_kinds if kind not in NOT_AT_A_SEAT]


async def may_call_on_ground(desk: Desk) -> bool:
    """Tell whether the actor may decide to share the case on a ground: it is their own agency's to give."""
    if Capability.REFER not in desk.capabilities:
        return False
    return await parameter(desk.work, desk.case.pathway, "urgent_on_ground", desk.case.team_id) == 1


async def proposal(desk: Desk) -> UrgentView:
    """Return who is on duty now and may be called to the case, and who is missing then."""
    shifts = [shift for shift in await on_duty(desk.work, [desk.case.team_id]) if not _is_me(desk, shift)]
    bases = await sharing_bases(desk.work, [desk.case.id])
    consented = {agency_id for _, agency_id in bases}
    out, grounds = await barred(desk), await _grounds(desk)
    language, view = Language(desk.work.actor.language), UrgentView()
    for shift, who in shifts:
        if who.person.id in out:
            view.missing.append(MissingView("kept_out", who.called(language)))
        elif who.post.office in desk.model.table.never:
            view.missing.append(MissingView("never", who.called(language)))
        else:
            fitting = [g for g in grounds.get(who.agency.kind, ()) if not is_kept_short(desk.case, who.agency.id)]
            named = who.agency.id in consented
            if named or fitting:
                view.people.append(CallableView(who, shift.ends_at, named, () if named else fitting))
            else:
                view.missing.append(MissingView("no_ground", f"{who.called(language)} – {who.agency.name(language)}"))
    view.missing.extend(await _nobody(desk, consented, view.people))
    return view


def _is_me(desk: Desk, shift: Shift) -> bool:
    return shift[1].person.id == desk.work.actor.person_id


async def _grounds(desk: Desk) -> dict[str, list[LegalGround]]:
    """The grounds on which the actor may share of their own accord, by kind of the agency that is given the case."""
    if not await may_call_on_ground(desk):
        return {}
    giver = await giver_of(desk)
    found: dict[str, list[LegalGround]] = {}
    for ground in await in_force(desk.work):
        if ground.discloses and not ground.needs_consent and not ground.on_request:
            for kind in ground.to_kinds:
                if ground.fits(giver, kind):
                    found.setdefault(kind, []).append(ground)
    return found


async def _nobody(desk: Desk, consented: set[UUID], there: Sequence[CallableView]) -> list[MissingView]:
    """Agencies that consent names and offices that the model requires, of which nobody can be called."""
    language, here = desk.work.actor.language, desk.work.actor.agency_id
    reached = {one.who.agency.id for one in there} | {here}
    absent = [a for a in await people.agencies(desk.work) if a.id in consented - reached]
    offices = {one.who.post.office for one in there}
    wanted = [required for required in desk.model.table.required if not offices & set(required)]
    return [MissingView("nobody_on_duty", agency.name(language)) for agency in absent] + [
        MissingView("office", said(language, required)) for required in wanted
    ]


async def called(desk: Desk) -> tuple[Meeting, AgendaItem] | None:
    """Return the meeting that was called at once about the case, where it is to come or being held."""
    query = (
        select(Meeting, AgendaItem)
        .join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
        .where(AgendaItem.case_id == desk.case.id, AgendaItem.ended_at.is_(None), AgendaItem.discussed_at.is_(None))
        .where(Meeting.urgently_called_by_id.is_not(None), Meeting.state == "open", Meeting.ends_at > now())
        .order_by(Meeting.starts_at.desc())
        .limit(1)
    )
    row = (await desk.work.session.execute(query)).first()
    return (row.Meeting, row.AgendaItem) if row else None


async def who_was_called(desk: Desk, item: AgendaItem, language: str) -> list[CalledView]:
    """Return who has a seat there, why each was called, and on which ground."""
    query = (
        select(Post, Person, Agency, SeatNecessity, LegalGround)
        .join(Seat, Seat.post_id == Post.id)
        .join(Person, Person.id == Post.person_id)
        .join(Agency, Agency.id == Post.agency_id)
        .outerjoin(SeatNecessity, SeatNecessity.seat_id == Seat.id)
        .outerjoin(LegalGround, LegalGround.id == SeatNecessity.ground_id)
        .where(Seat.agenda_item_id == item.id, Seat.ended_at.is_(None))
        .order_by(Agency.name_fi, Person.name)
    )
    return [
        CalledView(
            Colleague(post, person, agency),
            f"{ground.words(language)} ({ground.provision})" if ground else "",
            await desk.work.vault.open(why, "necessity") if why else "",
        )
        for post, person, agency, why, ground in await desk.work.session.execute(query)
    ]
