"""Everything that can be done to a case; the only writer of its tables."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select

from multiagency.cases import reading_contributors as contributors
from multiagency.cases.desk import Desk, desk_for
from multiagency.cases.events import CaseMoved, SightEnded
from multiagency.cases.forms import (
    ContributorForm,
    OpenCase,
    PartForm,
    ReachingForm,
)
from multiagency.cases.models import AccessGrant, Case, CasePart, EarlierPart, Origin, SafeContact
from multiagency.cases.questions import MayMove, MoveAhead
from multiagency.cases.reading import CONTACT_TEXTS, client, masked
from multiagency.cases.reading_clocks import newest_move
from multiagency.cases.reading_first import First, first, look_ahead
from multiagency.cases.reading_hours import HOURS, wrong_hours
from multiagency.cases.reading_saved import own_part, saved_contact, saved_part
from multiagency.cases.reading_steps import filled_in
from multiagency.cases.service_bars import must_not_be_barred
from multiagency.cases.service_grants import (
    COORDINATION,
    COORDINATION_KINDS,
    OWN_RECORD,
    consent_basis,
    end_bases,
    give_basis,
    grant,
)
from multiagency.cases.service_own_part import keep_own_part
from multiagency.cases.service_target import must_be_for
from multiagency.cases.service_versions import stamp, to_be_saved
from multiagency.kernel.access import Act, Capability, Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.clock import now, to_helsinki
from multiagency.kernel.database import Versioned
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.ids import reference, uuid7
from multiagency.kernel.policy import RULES
from multiagency.kernel.work import Work
from multiagency.kernel.working_days import after_working_days
from multiagency.pathways.definition import OVER, Move, StageKind
from multiagency.pathways.service import pathway
from multiagency.people import reading as people
from multiagency.people.models import Team
from multiagency.people.service_notices import settle, tell
from multiagency.web.texts import own_word

if TYPE_CHECKING:
    from multiagency.kernel.database import ClientRecord

_IN_A_STAGE = ("case_submitted", "draft_expires", "agenda_due", "clock_ran_out")
_UNTIL_IT_IS_OVER = ("consent_ends", "client_comes_of_age", "consent_changed")
"""What is told at the page of a case, and waits as long as it stays in its stage, or goes on."""
PARTS_OPEN = frozenset({StageKind.DRAFT, StageKind.OPEN, StageKind.TABLE})
"""Kinds of stages in which agencies may still write their parts."""


async def refer(work: Work, form: OpenCase) -> Desk:
    """Open a draft; its opener's agency holds it as its own record, and nobody else sees it."""
    team = await people.known_team(work, form.team, "team")
    model = pathway(team.pathway)
    await must_be_for(work, model, form)
    case = Case(
        id=uuid7(),
        reference=reference(),
        pathway=model.code,
        pathway_version=model.version,
        team_id=team.id,
        stage=model.first_stage,
        stage_kind=StageKind.DRAFT,
        opened_by_id=work.actor.post_id,
        controller_id=work.actor.agency_id,
        opened_at=now(),
        retention_class=model.retention.adult,
    )
    work.session.add(case)
    await work.session.flush()
    basis = await give_basis(work, case, work.actor.agency_id, OWN_RECORD, Kind)
    grant(work, basis, work.actor.post_id, "referral", Capability.REFER, Kind)
    desk = await desk_for(work, case)
    if form.reasons or form.source:
        origin = Origin(id=uuid7(), **scope(desk), reasons=sorted(set(form.reasons)), source=form.source or None)
        work.session.add(origin)
        desk.wrote(Kind.NARRATIVE)
    desk.wrote()
    return desk


def must_be_draft(desk: Desk) -> None:
    """Raise `Conflict` unless the case may still be edited."""
    if not desk.stands(StageKind.DRAFT):
        raise Conflict("case.not_draft")


def people_are_open(desk: Desk) -> bool:
    """Tell whether the people of the case, and how to reach the client, may be corrected: until it closes.

    A child, a suspicion, a wrong code or a new danger may be learned of on any day of the case.
    """
    return not desk.stands(StageKind.ENDED)


def people_must_be_open(desk: Desk) -> None:
    """Raise `Conflict` unless they may."""
    if not people_are_open(desk):
        raise Conflict("case.people_closed")


def scope(desk: Desk, *, child: bool = False) -> dict[str, object]:
    """Return the columns every new client record of the actor's agency carries; `child` says that it is about one.

    Else it is kept as what is about the client is (703/2023 annex).
    """
    kept = desk.model.retention.child if child else desk.case.retention_class
    return {"case_id": desk.case.id, "controller_id": desk.work.actor.agency_id, "retention_class": kept}


async def save_safe_contact(desk: Desk, form: ReachingForm) -> None:
    """Record how the client may be reached without danger, and correct it for as long as the case is not closed.

    Raises `Invalid` for hours that are said by half or in the wrong order, as they stand with what was saved before.
    """
    people_must_be_open(desk)
    if await masked(desk):
        raise Conflict("protection.not_cleared")
    saved, found = await saved_contact(desk), await desk.work.session.get(SafeContact, desk.case.id)
    names = await to_be_saved(desk.work, saved, form, new=found is None)
    if wrong := wrong_hours(*(getattr(form, name) if name in names else saved.values[name] for name in HOURS)):
        raise Invalid(*wrong)
    contact = found or SafeContact(id=desk.case.id, **scope(desk))
    for name in names - set(CONTACT_TEXTS):
        setattr(contact, name, getattr(form, name))
    await seal(desk, contact, **form.model_dump(include=names & set(CONTACT_TEXTS)))
    desk.wrote(Kind.CONTACT)


async def write_part(desk: Desk, form: PartForm) -> None:
    """Write what the actor's own agency tells; no agency writes or pulls another's part. The earlier text is kept."""
    if not desk.stands(*PARTS_OPEN):
        raise Conflict("case.part_closed")
    found, saved = await own_part(desk), await saved_part(desk)
    await to_be_saved(desk.work, saved, form)
    if found and form.narrative != saved.values["narrative"]:
        await _keep_earlier(desk, found, saved.values["narrative"])
    part = found or CasePart(id=uuid7(), **scope(desk))
    part.author_id, part.written_at = desk.work.actor.post_id, now()
    await seal(desk, part, narrative=form.narrative)
    if Capability.REFER not in desk.capabilities:
        await keep_own_part(desk)
        await settle(desk.work, _part_of(desk), "part_asked")
    desk.wrote(Kind.NARRATIVE)


def _part_of(desk: Desk) -> str:
    return f"/cases/{desk.case.reference}/part"


async def _keep_earlier(desk: Desk, part: CasePart, text: str) -> None:
    last = await desk.work.session.scalar(select(func.max(EarlierPart.version)).where(EarlierPart.part_id == part.id))
    earlier = EarlierPart(
        id=uuid7(),
        **scope(desk),
        part_id=part.id,
        version=(last or 0) + 1,
        author_id=part.author_id,
        written_at=part.written_at,
    )
    await seal(desk, earlier, narrative=text)


async def ask_for_part(desk: Desk, form: ContributorForm) -> None:
    """Let a post of an agency that the consent names add its agency's part; asking twice is asking once.

    Raises `Invalid` for a post that writes no parts, `Conflict` unless the consent covers what agencies tell.
    """
    must_be_draft(desk)
    asked = await people.known_colleague(desk.work, form.post, "post")
    if not RULES[Act.WRITE_PART].role_may(Role(asked.post.role)):
        raise Invalid.of("post", "error.unknown_post")
    await must_not_be_barred(desk, asked, "post")
    basis = await consent_basis(desk.work, desk.case, asked.agency, desk.work.actor.language)
    kinds = set(map(Kind, basis.kinds)) - {Kind.CONSENT}
    if Kind.NARRATIVE not in kinds:
        raise Conflict("case.narrative_not_named")
    if asked.post.id not in {view.colleague.post.id for view in await contributors.asked(desk)}:
        grant(desk.work, basis, asked.post.id, "referral", Capability.CONTRIBUTE, kinds)
        await tell(desk.work, [asked.post], "part_asked", _part_of(desk), desk.case.id)
    desk.wrote(recipient_id=asked.agency.id)


async def submit(desk: Desk) -> None:
    """Hand the case to the team's coordinators.

    Raises `Conflict` unless it is a draft: from an agenda only whoever coordinates takes it back. Raises `Invalid` with
    everything that is missing, field by field.
    """
    work, case = desk.work, desk.case
    must_be_draft(desk)
    await move_on(desk, StageKind.OPEN)
    case.agenda_by = await agenda_by(desk)
    team = await people.team_with(work, case.team_id)
    shell = await give_basis(work, case, team.convener_id, COORDINATION, COORDINATION_KINDS)
    coordinators = await people.coordinators_of(work, team.id)
    for post in coordinators:
        grant(work, shell, post.id, COORDINATION, Capability.COORDINATE, COORDINATION_KINDS, team.id)
    await share_with_coordinators(desk, team, [post.id for post in coordinators])
    await tell(work, coordinators, "case_submitted", f"/cases/{case.reference}", case.id)


async def agenda_by(desk: Desk) -> date | None:
    """Return by when a case that is sent now, or was, is to be on an agenda; None where its model leads to no table."""
    if all(stage.kind != StageKind.TABLE for stage in desk.model.stages):
        return None
    days = await desk.number("agenda_working_days")
    return to_helsinki(after_working_days(desk.case.submitted_at or now(), days)).date()


async def share_with_coordinators(desk: Desk, team: Team, post_ids: Iterable[UUID]) -> None:
    """Let those who coordinate see what consent, or a ground, gives their agency; who sees it already is left alone.

    Raises `Conflict` naming the agency when nothing does.
    """
    convener = (await people.known_agencies(desk.work, [team.convener_id], "team"))[0]
    shared = await consent_basis(desk.work, desk.case, convener, desk.work.actor.language)
    held = select(AccessGrant.post_id).where(AccessGrant.basis_id == shared.id, AccessGrant.ended_at.is_(None))
    have = set(await desk.work.session.scalars(held.where(AccessGrant.capability == Capability.COORDINATE)))
    for post_id in post_ids:
        if post_id not in have:
            grant(desk.work, shared, post_id, COORDINATION, Capability.COORDINATE, Kind, team.id)
    desk.wrote(recipient_id=team.convener_id)


async def move_on(desk: Desk, kind: StageKind, reason: str = "") -> None:
    """Move the case to the first stage of this kind to which its model leads from here; raises as `move` does."""
    await move(desk, desk.model.next_of(desk.case.stage, kind), reason)


async def move(desk: Desk, to: str | None, reason: str = "") -> None:
    """Change the stage along the pathway's moves; where it ends the case, what was shared ends in the same breath.

    Raises `Conflict` for an unknown move, `Invalid` on a veto, and for a deviation without a reason.
    """
    way = _way(desk, to)
    wanting = await missing(desk, way.to)
    if way.deviates and not reason:
        wanting.append(FieldError("reason", "moves.reason_needed"))
    if wanting:
        raise Invalid(*wanting)
    await _set_stage(desk, way, reason)
    await desk.work.publish(CaseMoved(desk, way))
    stage = desk.model.stage(way.to)
    if stage.kind in OVER:
        await desk.work.session.flush()
        await end_bases(desk.work, desk.case, now(), stage.ends)
        desk.wrote()
        await desk.work.publish(SightEnded(desk))


async def move_back(desk: Desk, to: str) -> None:
    """Return the case to the stage that it came from, along the pathway's moves: what was asked then stays answered.

    Raises `Conflict` for an unknown move.
    """
    await _set_stage(desk, _way(desk, to))


def _way(desk: Desk, to: str | None) -> Move:
    if to is None or not desk.model.allows(desk.case.stage, to):
        raise Conflict("case.move_not_allowed")
    return desk.model.move(desk.case.stage, to)


async def _set_stage(desk: Desk, way: Move, reason: str = "") -> None:
    """Keep the move; the dates of the case follow the kind of its stage, and what waited in the last is settled."""
    case, kind, moment = desk.case, desk.model.stage(way.to).kind, now()
    case.stage, case.stage_kind = way.to, kind
    case.closed_at = moment if kind is StageKind.ENDED else None
    case.withdrawn_at = moment if kind is StageKind.WITHDRAWN else None
    if kind is StageKind.DRAFT:
        case.submitted_at = None
    elif kind not in OVER:
        case.submitted_at = case.submitted_at or moment
    if reason:
        await say_why(desk, reason)
    await settle(desk.work, f"/cases/{case.reference}", *_IN_A_STAGE, *(_UNTIL_IT_IS_OVER if kind in OVER else ()))


async def say_why(desk: Desk, reason: str) -> None:
    """Add why to the move that the database has just kept (`keep_move` of `functions.sql`)."""
    await desk.work.session.flush()
    row = await first(desk, newest_move)
    await desk.work.vault.seal(row, reason=reason)


async def missing(desk: Desk, to: str) -> list[FieldError]:
    """Return what every room still misses before the case may move; asking changes nothing."""
    await look_ahead(desk, await desk.work.ask(MoveAhead(desk, to)))
    found = await desk.work.ask(MayMove(desk, to))
    return [error for place, error in enumerate(found) if error not in found[:place]]


async def people_ahead(asked: MoveAhead) -> list[First]:
    """Want what there is of the people, and whom the case is about: the page of the submission names them."""
    return [filled_in, client] if asked.need("people") else []


async def missing_people(asked: MayMove) -> list[FieldError]:
    """Veto a submission that does not say whom the case is about, and whom else the model needs."""
    if not asked.need("people"):
        return []
    there = set(await first(asked.desk, filled_in) or ())
    needed = [party.role for party in asked.desk.model.parties if party.needed]
    wanting = [] if "client" in there else [FieldError("client", "missing.client")]
    words = [own_word(asked.desk.model.code, f"missing.{role}") for role in needed if role not in there]
    return wanting + [FieldError("parties", key) for key in words]


async def seal(desk: Desk, row: "ClientRecord", **texts: str) -> None:
    """Seal these texts of a row and save it, with who changed it where the row says that."""
    if isinstance(row, Versioned):
        stamp(desk.work, row)
    await desk.work.vault.seal(row, **texts)
    desk.work.session.add(row)
    await desk.work.session.flush()
