"""Pages: the cases in sight, a new case, and the page of one case."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.cases import (
    pages_bars,
    pages_filling,
    pages_handing_on,
    pages_model_version,
    pages_moving,
    pages_opening,
    pages_rounds,
    pages_sending,
    pages_striking,
    pages_support,
    pages_taking_over,
    service,
)
from multiagency.cases.desk import Desk, cases_in_sight
from multiagency.cases.doors import case_door
from multiagency.cases.pages_opening import ages_of
from multiagency.cases.questions import PageSections, Section
from multiagency.cases.reading import CaseView, read_case
from multiagency.cases.reading_clocks import clocks_of
from multiagency.cases.reading_contributors import asked
from multiagency.cases.reading_first import LookAhead, look_ahead
from multiagency.cases.reading_holders import whom_to_ask
from multiagency.cases.reading_names import client_names
from multiagency.cases.reading_origin import origin_of
from multiagency.cases.reading_steps import next_of, steps_of
from multiagency.cases.reading_support import support_of, voices_of
from multiagency.cases.service_grants import is_kept_short
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.actor import Role
from multiagency.kernel.policy import RULES
from multiagency.kernel.work import Work
from multiagency.pathways.definition import StageKind
from multiagency.people import reading as people
from multiagency.web.door import door
from multiagency.web.lists import Start
from multiagency.web.pages import page
from multiagency.web.speaking import language_of

router = APIRouter(tags=["pages"])
router.include_router(pages_opening.router)  # before `/cases/{reference}`, which would take `new` for one

_SHELL = frozenset({Kind.SHELL, Kind.MEETING})


@router.get("/cases")
async def get_cases(request: Request, work: Annotated[Work, door(Act.LIST_CASES)], start: Start = 0) -> Response:
    """List the cases in sight; what waits for a coordinator stands first."""
    found = await cases_in_sight(work, start)
    steers = work.actor.role is Role.COORDINATOR
    waiting = [case for case in found.rows if steers and case.stage_kind == StageKind.OPEN]
    return page(
        request,
        "cases.html",
        steers=steers,
        waiting=waiting,
        others=[case for case in found.rows if case not in waiting],
        names=await client_names(work, [case.id for case in found.rows]),
        found=found,
        may_open=RULES[Act.OPEN_CASE].role_may(work.actor.role),
        may_break_glass=RULES[Act.BREAK_GLASS].role_may(work.actor.role),
    )


@router.get("/cases/{reference}")
async def get_case(request: Request, desk: Annotated[Desk, case_door(Act.READ_CASE)]) -> Response:
    """Show a draft as a list of tasks to whoever fills it in, and to everybody else what is in sight."""
    await look_ahead(desk, await desk.work.ask(LookAhead(desk)))
    view = await read_case(desk)
    sections = sorted(await desk.work.ask(PageSections(desk)), key=lambda section: section.order)
    if desk.stands(StageKind.DRAFT) and desk.may(Act.EDIT_CASE):
        return await _draft(request, desk, view, sections)
    return page(
        request,
        "case.html",
        case=desk.case,
        view=view,
        parts=_parts(request, view),
        employers={agency.id: agency.name(language_of(request)) for agency in await people.agencies(desk.work)},
        ask=await whom_to_ask(desk, language_of(request)) if view.masked else [],
        sections=sections,
        support=await support_of(desk),
        voices=await voices_of(desk),
        only_shell=desk.kinds <= _SHELL,
        kept_short=is_kept_short(desk.case, desk.work.actor.agency_id),
        may_bar=desk.may(Act.BAR_PERSON),
        may_correct=desk.may(Act.EDIT_CASE) and service.people_are_open(desk),
        may_notify=desk.may(Act.NOTIFY_CHILD_WELFARE),
        contributes=desk.may(Act.WRITE_PART) and Kind.NARRATIVE in desk.kinds and desk.stands(*service.PARTS_OPEN),
        has_part=_has_own_part(desk, view),
        clocks=await clocks_of(desk),
        origin=await origin_of(desk),
        wanted=[party.role for party in desk.model.parties if party.needed],
    )


async def _draft(request: Request, desk: Desk, view: CaseView, sections: list[Section]) -> Response:
    language, steps = language_of(request), await steps_of(desk)
    return page(
        request,
        "case_draft.html",
        case=desk.case,
        view=view,
        steps=steps,
        next=next_of(steps),
        ages=ages_of(request, view),
        sections=sections,
        may_notify=desk.may(Act.NOTIFY_CHILD_WELFARE),
        others=_parts(request, view, without=desk.work.actor.agency_id),
        asked=[(who.colleague.label, who.colleague.agency.name(language)) for who in await asked(desk)],
    )


def _has_own_part(desk: Desk, view: CaseView) -> bool:
    return any(part.agency.id == desk.work.actor.agency_id for part in view.parts)


def _parts(request: Request, view: CaseView, without: UUID | None = None) -> list[dict[str, Any]]:
    language = language_of(request)
    return [
        {"agency": part.agency.name(language), "text": part.narrative, "written_at": part.written_at}
        for part in view.parts
        if part.agency.id != without
    ]


router.include_router(pages_filling.router)
router.include_router(pages_striking.router)
router.include_router(pages_support.router)
router.include_router(pages_handing_on.router)
router.include_router(pages_sending.router)
router.include_router(pages_rounds.router)
router.include_router(pages_moving.router)
router.include_router(pages_model_version.router)
router.include_router(pages_bars.router)
router.include_router(pages_taking_over.router)
