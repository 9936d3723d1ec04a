"""Pages: asking a team about a situation without saying whose it is, answering, asking on, ending."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.consultations import reading, service
from multiagency.consultations.forms import QuestionForm, WordsForm
from multiagency.consultations.models import Consultation
from multiagency.kernel.access import Act
from multiagency.kernel.journal import Mode
from multiagency.kernel.policy import RULES
from multiagency.kernel.work import Work
from multiagency.web.done import Done
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.lists import Start
from multiagency.web.pages import page, see

router = APIRouter(prefix="/consultations", tags=["pages"])

_Asking = Annotated[Work, door(Act.ASK_TEAM)]
_Reading = Annotated[Work, door(Act.READ_QUESTION)]
_Answering = Annotated[Work, door(Act.ANSWER_QUESTION)]
_Ending = Annotated[Work, door(Act.END_QUESTION)]
_LISTS = ("harmless",)


@router.get("")
async def get_consultations(request: Request, work: _Reading, start: Start = 0) -> Response:
    """List the open questions: one's own, or those to one's teams."""
    found = await reading.listed(work, start)
    return page(request, "consultations.html", found=found, may_ask=RULES[Act.ASK_TEAM].role_may(work.actor.role))


@router.get("/new")
async def get_new(request: Request, work: _Asking) -> Response:
    """Ask what the question is, and to which team."""
    work.record(Mode.READ)
    return await _new(request, work, {})


@router.post("/new")
async def post_new(request: Request, work: _Asking) -> Response:
    """Ask the team; what names somebody comes back with what to do about it."""
    made: list[Consultation] = []

    async def do(form: QuestionForm) -> None:
        made.append(await service.ask(work, form))

    filled, errors = await take(request, QuestionForm, do, _LISTS)
    if errors:
        work.record(Mode.READ)
        return await _new(request, work, filled, errors)
    return see(service.place_of(made[0]), Done.ASKED)


async def _new(request: Request, work: Work, filled: Filled, errors: Errors = ()) -> Response:
    teams = await reading.teams_to_ask(work)
    return page(
        request,
        "consultation_new.html",
        422 if errors else 200,
        teams=[(str(team.id), team.name) for team in teams],
        names=await _names(work, filled),
        filled=filled,
        errors=errors,
    )


async def _names(work: Work, filled: Filled) -> list[str]:
    return await reading.like_names(work, str(filled.get("text", "")))


@router.get("/{consultation}")
async def get_consultation(request: Request, consultation: str, work: _Reading) -> Response:
    """Show what was asked and answered, and what may be said now."""
    return await _show(request, work, await reading.known_question(work, consultation))


@router.post("/{consultation}/question")
async def post_question(request: Request, consultation: str, work: _Asking) -> Response:
    """Ask on."""
    row = await reading.own_question(work, consultation)
    return await _said(request, work, row, partial(service.ask_on, work, row), Done.ASKED)


@router.post("/{consultation}/answer")
async def post_answer(request: Request, consultation: str, work: _Answering) -> Response:
    """Answer for the team."""
    row = await reading.known_question(work, consultation)
    return await _said(request, work, row, partial(service.answer, work, row), Done.ANSWERED)


async def _said(
    request: Request, work: Work, row: Consultation, say: Callable[[WordsForm], Awaitable[None]], done: Done
) -> Response:
    filled, errors = await take(request, WordsForm, say, _LISTS)
    return await _show(request, work, row, filled, errors) if errors else see(service.place_of(row), done)


async def _show(
    request: Request, work: Work, row: Consultation, filled: Filled | None = None, errors: Errors = ()
) -> Response:
    view = await reading.opened(work, row)
    return page(
        request,
        "consultation.html",
        422 if errors else 200,
        view=view,
        names=await _names(work, filled or {}),
        may_open=view.own and RULES[Act.OPEN_CASE].role_may(work.actor.role),
        filled=filled or {},
        errors=errors,
    )


@router.get("/{consultation}/ending")
async def get_ending(request: Request, consultation: str, work: _Ending) -> Response:
    """Say what ends with the question."""
    work.record(Mode.READ)
    row = await reading.own_question(work, consultation)
    return page(request, "consultation_ending.html", row=row)


@router.post("/{consultation}/ending")
async def post_ending(consultation: str, work: _Ending) -> Response:
    """End the question; its words are deleted."""
    await service.end_own(work, consultation)
    return see("/consultations", Done.QUESTION_ENDED)
