"""JSON: questions to a team that name nobody."""

from typing import Annotated, Any

from fastapi import APIRouter, Response

from multiagency.consultations import reading, service
from multiagency.consultations.forms import QuestionForm, WordsForm
from multiagency.consultations.reading import ConsultationView
from multiagency.kernel.access import Act
from multiagency.kernel.work import Work
from multiagency.web.door import door
from multiagency.web.entering import BodyRoute
from multiagency.web.etags import created
from multiagency.web.lists import Start, link_next

router = APIRouter(prefix="/api/v1/consultations", tags=["consultations"], route_class=BodyRoute)

_Asking = Annotated[Work, door(Act.ASK_TEAM)]
_Reading = Annotated[Work, door(Act.READ_QUESTION)]


def _json(view: ConsultationView) -> dict[str, Any]:
    row = view.row
    about = {"reference": row.reference, "team": view.team.name, "state": row.state, "ends_on": row.ends_on}
    return about | {"own": view.own}


@router.get("")
async def get_consultations(response: Response, work: _Reading, start: Start = 0) -> list[dict[str, Any]]:
    """List the open questions in sight, the first to end first."""
    found = await reading.listed(work, start)
    link_next(response, "/api/v1/consultations", found)
    return [_json(view) for view in found.rows]


@router.post("", status_code=201)
async def post_consultation(form: QuestionForm, response: Response, work: _Asking) -> dict[str, Any]:
    """Ask a team; 422 says what in the text tells who somebody is, and which words are to be declared harmless."""
    row = await service.ask(work, form)
    created(response, f"/api/v1/consultations/{row.reference}")
    return {"reference": row.reference, "ends_on": row.ends_on}


@router.get("/{consultation}")
async def get_consultation(consultation: str, work: _Reading) -> dict[str, Any]:
    """Read what was asked and answered."""
    view = await reading.opened(work, await reading.known_question(work, consultation))
    said = [{"who": said.who.label, "asked": said.asked, "text": said.text, "at": said.at} for said in view.said]
    return _json(view) | {"said": said}


@router.post("/{consultation}/questions", status_code=204)
async def post_question(consultation: str, form: WordsForm, work: _Asking) -> None:
    """Ask on."""
    await service.ask_on(work, await reading.own_question(work, consultation), form)


@router.post("/{consultation}/answers", status_code=204)
async def post_answer(consultation: str, form: WordsForm, work: Annotated[Work, door(Act.ANSWER_QUESTION)]) -> None:
    """Answer for the team."""
    await service.answer(work, await reading.known_question(work, consultation), form)


@router.post("/{consultation}/ending", status_code=204)
async def post_ending(consultation: str, work: Annotated[Work, door(Act.END_QUESTION)]) -> None:
    """End one's own question; its words are deleted."""
    await service.end_own(work, consultation)
