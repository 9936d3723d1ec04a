"""Pages: who stands beside the client, and what the client and each child say themselves."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from multiagency.cases import service_support as support
from multiagency.cases import service_voices as voices
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.forms import ChildsVoiceForm, SupportForm, VoiceForm
from multiagency.cases.pages_filling import back_to, show
from multiagency.cases.reading import read_case
from multiagency.cases.reading_support import saved_voice, support_of
from multiagency.kernel.access import Act, Kind
from multiagency.pathways.definition import PartyRole
from multiagency.people import reading as people
from multiagency.web.done import Done
from multiagency.web.etags import filled_with
from multiagency.web.forms import Errors, Filled, take
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/cases/{reference}")

Naming = Annotated[Desk, case_door(Act.NAME_SUPPORT)]
Recording = Annotated[Desk, case_door(Act.RECORD_VOICE)]


@router.get("/support")
async def get_support(request: Request, desk: Naming) -> Response:
    """Ask who stands beside the client; only whom consent gives what that needs is offered."""
    return await _support(request, desk, {})


@router.post("/support")
async def post_support(request: Request, desk: Naming) -> Response:
    """Name them."""
    filled, errors = await take(request, SupportForm, partial(support.name_support, desk))
    return await _support(request, desk, filled, errors) if errors else back_to(desk, Done.SUPPORT_NAMED)


@router.post("/support/removal")
async def post_support_removal(desk: Naming) -> Response:
    """Take it back: they see nothing of the case from this moment."""
    await support.take_back(desk)
    return back_to(desk, Done.SUPPORT_ENDED)


async def _support(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    language, named = language_of(request), await support_of(desk)
    offered = [] if desk.is_over else await support.candidates(desk)
    others = [who for who in offered if named is None or who.post.id != named.post.id]
    colleagues = people.choices(language, others)
    values = {"named": named, "colleagues": colleagues, "over": desk.is_over}
    return show(request, desk, "case_support.html", filled, errors, **values)


@router.get("/voice")
async def get_voice(request: Request, desk: Recording) -> Response:
    """Ask what the client wishes, and what they want the meeting to answer."""
    return await _voice(request, desk, filled_with(desk.work, await saved_voice(desk)))


@router.post("/voice")
async def post_voice(request: Request, desk: Recording) -> Response:
    """Record it."""
    filled, errors = await take(request, VoiceForm, partial(voices.record, desk))
    return await _voice(request, desk, filled, errors) if errors else back_to(desk)


async def _voice(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    found = await read_case(desk, {Kind.PARTY})
    children = [one for one in found.parties if one.role == PartyRole.CHILD]
    return show(request, desk, "case_voice.html", filled, errors, children=children, over=desk.is_over)


@router.get("/people/{party}/voice")
async def get_childs_voice(request: Request, party: UUID, desk: Recording) -> Response:
    """Ask what a child says themselves."""
    return await _childs_voice(request, desk, party, filled_with(desk.work, await saved_voice(desk, party)))


@router.post("/people/{party}/voice")
async def post_childs_voice(request: Request, party: UUID, desk: Recording) -> Response:
    """Record it."""
    filled, errors = await take(request, ChildsVoiceForm, partial(voices.record_child, desk, party))
    return await _childs_voice(request, desk, party, filled, errors) if errors else back_to(desk)


async def _childs_voice(request: Request, desk: Desk, party: UUID, filled: Filled, errors: Errors = ()) -> Response:
    name = await desk.work.vault.open(await voices.child_here(desk, party), "name")
    return show(request, desk, "case_childs_voice.html", filled, errors, name=name, over=desk.is_over)
