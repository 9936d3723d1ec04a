"""JSON: who stands beside the client, and what the client and each child say themselves."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request

from multiagency.cases import service_support as support
from multiagency.cases import service_voices as voices
from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.forms import ChildsVoiceForm, SupportForm, VoiceForm
from multiagency.cases.reading_support import support_of, voices_of
from multiagency.kernel.access import Act
from multiagency.web.entering import BodyRoute
from multiagency.web.speaking import language_of

router = APIRouter(route_class=BodyRoute)

_Naming = Annotated[Desk, case_door(Act.NAME_SUPPORT)]
_Reading = Annotated[Desk, case_door(Act.READ_CASE)]
_Recording = Annotated[Desk, case_door(Act.RECORD_VOICE)]


@router.get("/{reference}/support")
async def get_support(request: Request, desk: _Reading) -> dict[str, Any] | None:
    """Read who stands beside the client; null where nobody was named."""
    who = await support_of(desk)
    return {"post": who.post.id, "name": who.label, "agency": who.agency.name(language_of(request))} if who else None


@router.put("/{reference}/support", status_code=204)
async def put_support(form: SupportForm, desk: _Naming) -> None:
    """Name who stands beside the client, in the place of whoever was named before."""
    await support.name_support(desk, form)


@router.delete("/{reference}/support", status_code=204)
async def delete_support(desk: _Naming) -> None:
    """Take it back."""
    await support.take_back(desk)


@router.get("/{reference}/voice")
async def get_voice(request: Request, desk: _Reading) -> list[dict[str, Any]]:
    """Read what the client and the children have said, as far as it is in sight."""
    language = language_of(request)
    return [
        {
            "agency": voice.agency.name(language),
            "child": voice.child or None,
            "wishes": voice.wishes,
            "question": voice.question,
            "at": voice.at,
        }
        for voice in await voices_of(desk)
    ]


@router.put("/{reference}/voice", status_code=204)
async def put_voice(form: VoiceForm, desk: _Recording) -> None:
    """Record what the client wishes, and what they want the meeting to answer."""
    await voices.record(desk, form)


@router.put("/{reference}/people/{party}/voice", status_code=204)
async def put_childs_voice(party: UUID, form: ChildsVoiceForm, desk: _Recording) -> None:
    """Record what a child says themselves."""
    await voices.record_child(desk, party, form)
