"""Pages: a year of meetings made from a rhythm, drafts changed from a day on, a copy; each is shown before it is so."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.kernel.access import Act
from multiagency.kernel.clock import to_helsinki
from multiagency.kernel.inputs import WEEKDAYS
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings import service
from multiagency.meetings import service_rhythm as rhythm
from multiagency.meetings.forms_rhythm import CopyForm, DraftsForm, YearForm
from multiagency.meetings.models import Meeting
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.pages import page, see

router = APIRouter(tags=["pages"])

_HOLIDAYS = ("skip", "before", "after")


def weekday_of(when: date) -> str:
    """Return the key of the weekday of a day, or of a moment in Finland."""
    return WEEKDAYS[(to_helsinki(when) if isinstance(when, datetime) else when).weekday()]


@router.get("/meetings/year")
async def get_year(request: Request, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Ask for the rhythm; a team that has one finds it filled in."""
    return await _year(request, work)


@router.post("/meetings/year")
async def post_year(request: Request, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Show the meetings of a rhythm, and make them once they were seen."""
    plan: list[rhythm.YearRow] = []

    async def do(form: YearForm) -> None:
        plan.extend(await rhythm.plan_year(work, form))
        if form.plan:
            await rhythm.make_year(work, form)

    filled, errors = await take(request, YearForm, do)
    if not errors and filled.get("plan"):
        return see("/meetings", Done.MEETINGS_MADE)
    return await _year(request, work, errors, filled, plan)


async def _year(
    request: Request,
    work: Work,
    errors: Errors = (),
    filled: Filled | None = None,
    plan: list[rhythm.YearRow] | None = None,
) -> Response:
    teams = await _teams(work)
    values: dict[str, Any] = {"teams": teams, "errors": errors, "filled": filled or await _usual(work, teams)}
    values |= {"holidays": _HOLIDAYS, "plan": plan or [], "seal": rhythm.seal_of(plan or [])}
    values["weekday_of"] = weekday_of
    values["new"] = sum(row.is_new for row in plan or [])
    return page(request, "meetings_year.html", 422 if errors else 200, **values)


@router.get("/meetings/drafts")
async def get_drafts(request: Request, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Ask what is done to the drafts, and from which day on."""
    return await _drafts(request, work)


@router.post("/meetings/drafts")
async def post_drafts(request: Request, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Show what becomes of each draft, and do it once that was seen."""
    plan: list[rhythm.DraftRow] = []

    async def do(form: DraftsForm) -> None:
        plan.extend(await rhythm.plan_drafts(work, form))
        if form.plan:
            await rhythm.change_drafts(work, form)

    filled, errors = await take(request, DraftsForm, do)
    if not errors and filled.get("plan"):
        return see("/meetings", Done.DRAFTS_CHANGED)
    return await _drafts(request, work, errors, filled, plan)


async def _drafts(
    request: Request,
    work: Work,
    errors: Errors = (),
    filled: Filled | None = None,
    plan: list[rhythm.DraftRow] | None = None,
) -> Response:
    teams = await _teams(work)
    values: dict[str, Any] = {"teams": teams, "errors": errors, "plan": plan or [], "asked": filled is not None}
    values["filled"] = filled or ({"team": teams[0][0]} if len(teams) == 1 else {})
    values |= {"weekdays": list(enumerate(WEEKDAYS[:5])), "seal": rhythm.seal_of(plan or [])}
    values["weekday_of"] = weekday_of
    values["changed"] = sum(not row.kept for row in plan or [])
    return page(request, "meetings_drafts.html", 422 if errors else 200, **values)


@router.get("/meetings/{meeting}/copy")
async def get_copy(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Ask when the copy begins, and say what goes with it."""
    work.record(Mode.READ)
    return _copy(request, await service.find(work, meeting))


@router.post("/meetings/{meeting}/copy")
async def post_copy(request: Request, meeting: str, work: Annotated[Work, door(Act.RUN_MEETING)]) -> Response:
    """Make the copy as a draft, and go on to it."""
    found, made = await service.find(work, meeting), []

    async def do(form: CopyForm) -> None:
        made.append(await rhythm.copy(work, found, form))

    filled, errors = await take(request, CopyForm, do)
    return _copy(request, found, errors, filled) if errors else see(f"/meetings/{made[0].reference}", Done.COPIED)


def _copy(request: Request, meeting: Meeting, errors: Errors = (), filled: Filled | None = None) -> Response:
    lasts = int((meeting.ends_at - meeting.starts_at).total_seconds()) // 60
    values: dict[str, Any] = {"meeting": meeting, "errors": errors, "filled": filled or {}, "lasts": lasts}
    return page(request, "meeting_copy.html", 422 if errors else 200, **values)


async def _teams(work: Work) -> list[tuple[str, str]]:
    work.record(Mode.READ)
    return [(str(team.id), team.name) for team in await service.my_teams(work)]


async def _usual(work: Work, teams: list[tuple[str, str]]) -> Filled:
    """Return what the only team has set before."""
    if len(teams) != 1:
        return {}
    known = await rhythm.rhythm_of(work, UUID(teams[0][0]))
    if known is None:
        return {"team": teams[0][0]}
    usual = {"every_weeks": str(known.every_weeks), "minutes": str(known.minutes)}
    return {"team": teams[0][0], "starts": known.starts, "on_holiday": known.on_holiday} | usual
