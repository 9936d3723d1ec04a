"""Pages: a new case, opened with its people in one form; who they are, said back and corrected one by one."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from multiagency.cases.desk import Desk, newest_of_own
from multiagency.cases.doors import case_door
from multiagency.cases.events import OpenedFrom
from multiagency.cases.forms import ClientForm, OpenCase, PartyForm
from multiagency.cases.forms_people import CLIENT, AskedPerson, asked_about, changed_rows, first_rows
from multiagency.cases.pages_filling import show
from multiagency.cases.reading import CaseView, read_case
from multiagency.cases.reading_identity import said_age, said_sex
from multiagency.cases.reading_steps import PEOPLE, SITUATION, steps_ahead, steps_of
from multiagency.cases.service import people_must_be_open
from multiagency.cases.service_opening import People, open_with_people
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.ids import as_reference
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.pathways.definition import AskedParty, Pathway
from multiagency.pathways.service import pathway
from multiagency.people import reading as people
from multiagency.people.models import Team
from multiagency.web.door import door
from multiagency.web.forms import Errors, Filled, typed
from multiagency.web.pages import attempt, fill, page, see
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS, own_word

router = APIRouter()

_FROM = "consultation"
_Opening = Annotated[Work, door(Act.OPEN_CASE)]


@router.get("/cases/new")
async def get_new_case(request: Request, work: _Opening, team: str = "", consultation: str = "") -> Response:
    """Ask about the people; or which team the case is for, where nothing tells. It may come from a question to one."""
    work.record(Mode.READ)
    chosen = await _team(work, team)
    if chosen is None:
        return await _choose(request, work)
    filled = first_rows(pathway(chosen.pathway).asked_parties) | {_FROM: as_reference(consultation)}
    return await _show(request, work, chosen, filled)


@router.get("/cases/new/team")
async def get_team(request: Request, work: _Opening) -> Response:
    """Ask which team the case is for."""
    work.record(Mode.READ)
    return await _choose(request, work)


async def _choose(request: Request, work: Work) -> Response:
    return page(request, "case_team.html", teams=await people.teams(work))


async def _team(work: Work, wanted: str) -> Team | None:
    """Return the team that was chosen, the only one, or that of one's newest case; None where nothing tells."""
    teams = {str(team.id): team for team in await people.teams(work)}
    if wanted in teams or len(teams) == 1:
        return teams.get(wanted) or next(iter(teams.values()))
    newest = await newest_of_own(work)
    return teams.get(str(newest.team_id)) if newest else None


@router.post("/cases/new")
async def post_new_case(request: Request, work: _Opening) -> Response:
    """Open a draft with everybody in it; or give the same page with a row more or less."""
    data = await request.form()
    filled: dict[str, Any] = {name: str(value) for name, value in typed(data).items()}
    filled |= {"reasons": data.getlist("reasons")} if "reasons" in data else {}
    team = await _team(work, filled.get("team", ""))
    if team is None:
        work.record(Mode.READ)
        return await _choose(request, work)
    asked = pathway(team.pathway).asked_parties
    if {"add", "drop"} & filled.keys():
        work.record(Mode.READ)
        return await _show(request, work, team, changed_rows(filled, filled.get("add", ""), filled.get("drop", "")))
    opened: list[Desk] = []

    async def do() -> None:
        found, wrong = _read(request, asked, filled)
        form = OpenCase(team=team.id, reasons=data.getlist("reasons"), source=filled.get("source", ""))
        opened.append(await open_with_people(work, form, found, wrong))
        if filled.get(_FROM):
            await work.publish(OpenedFrom(opened[0], filled[_FROM]))

    if errors := await attempt(request, do()):
        work.record(Mode.READ)
        return await _show(request, work, team, filled, errors)
    return see(f"/cases/{opened[0].case.reference}/{'people' if 'later' in filled else SITUATION}")


def _read(request: Request, parties: tuple[AskedParty, ...], filled: Filled) -> tuple[People, list[FieldError]]:
    """Return everybody who was typed, and what is wrong with the rest; nobody is asked for in an empty row."""
    found: list[tuple[AskedPerson, ClientForm | PartyForm]] = []
    wrong: list[FieldError] = []
    relations = {code: TEXTS.say(language_of(request), f"party.relations.{code}") for code in _codes(parties)}
    for asked in asked_about(parties, filled):
        if asked.is_empty(filled) and not asked.needed:
            continue
        fields = asked.typed(filled)
        if fields.get("relation") in relations:
            fields["relation"] = relations[fields["relation"]]
        try:
            sent, is_client = FormData(fields), asked.role == CLIENT
            found.append((asked, fill(ClientForm, sent) if is_client else fill(PartyForm, sent)))
        except Invalid as error:
            wrong += asked.own(error.errors)
    return found, wrong


def _codes(parties: tuple[AskedParty, ...]) -> set[str]:
    return {code for party in parties for code in party.relations}


async def _show(request: Request, work: Work, team: Team, filled: Filled, errors: Errors = ()) -> Response:
    model = pathway(team.pathway)
    parties = model.asked_parties
    asked = asked_about(parties, filled)
    return page(
        request,
        "case_new.html",
        422 if errors else 200,
        team=team,
        several_teams=len(await people.teams(work)) > 1,
        steps=steps_ahead(model),
        model=model,
        step=PEOPLE,
        client=asked[0],
        single=[one for one in asked[1:] if one.place == one.role],
        groups=[(party, [one for one in asked if one.role == party.role]) for party in parties if party.several],
        labels=_labels(request, model, asked),
        filled=filled,
        errors=errors,
    )


def _labels(request: Request, model: Pathway, asked: list[AskedPerson]) -> dict[str, str]:
    """Return what each field is called in the summary of errors: whose it is, and in which row."""
    language = language_of(request)
    found: dict[str, str] = {}
    for one in asked:
        number = one.place.rpartition("-")[2]
        whose = TEXTS.say(language, own_word(model.code, f"party.{one.role}") if one.role != CLIENT else "client.title")
        whose += f" {int(number) + 1}" if number.isdecimal() else ""
        names = {
            "name": "person.name",
            "born": "person.born",
            "relation": "party.relation",
            "age_confirmed": "person.age",
        }
        found |= {f"{one.place}-{name}": f"{whose}, {TEXTS.say(language, key)}" for name, key in names.items()}
    said = {"reasons": "target.reasons", "source": "target.source"}
    return found | {name: TEXTS.say(language, key) for name, key in said.items()}


@router.get("/cases/{reference}/people")
async def get_people(request: Request, desk: Annotated[Desk, case_door(Act.EDIT_CASE)]) -> Response:
    """Say back who is in the case and how old they are, each with the way to correct them."""
    people_must_be_open(desk)
    view = await read_case(desk, {Kind.IDENTITY, Kind.PARTY})
    return show(
        request,
        desk,
        "case_people.html",
        {},
        steps=await steps_of(desk),
        step=PEOPLE,
        view=view,
        ages=ages_of(request, view),
        asked=desk.model.asked_parties,
    )


def ages_of(request: Request, view: CaseView) -> dict[Any, str]:
    """Return how old each is, as it is said back: by the id of a party; of the client also woman or man."""
    language = language_of(request)
    found: dict[UUID | str, str] = {
        one.id: said_age(language, one.identity_code, one.birth_date) for one in view.parties
    }
    if view.client:
        code, born = view.client["identity_code"], view.client["birth_date"]
        found[CLIENT] = ", ".join(filter(None, (said_sex(language, code), said_age(language, code, born))))
    return found
