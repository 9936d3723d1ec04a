"""What the client wishes and asks, and what each child says themselves: recorded as they said it, sealed."""

from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.forms import ChildsVoiceForm, VoiceForm
from multiagency.cases.models import Party, Voice
from multiagency.cases.reading_support import own_voice, saved_voice
from multiagency.cases.service import scope, seal
from multiagency.cases.service_versions import to_be_saved
from multiagency.kernel.access import Kind
from multiagency.kernel.errors import Conflict, NotVisible
from multiagency.kernel.ids import uuid7
from multiagency.pathways.definition import PartyRole


async def record(desk: Desk, form: VoiceForm) -> None:
    """Record what the client wishes, and what they want the meeting to answer.

    Raises `Conflict` once the case is over.
    """
    await _record(desk, form, None)


async def record_child(desk: Desk, party_id: UUID, form: ChildsVoiceForm) -> None:
    """Record what a child says themselves. Raises as `child_here` and `record`."""
    await child_here(desk, party_id)
    await _record(desk, form, party_id)


async def child_here(desk: Desk, party_id: UUID) -> Party:
    """Return the record of a child in this case. Raises `NotVisible` for nobody here, `Conflict` for no child."""
    party = await desk.work.session.get(Party, party_id)
    if party is None or party.case_id != desk.case.id:
        raise NotVisible
    if party.role != PartyRole.CHILD:
        raise Conflict("voice.not_a_child")
    return party


async def _record(desk: Desk, form: VoiceForm | ChildsVoiceForm, party_id: UUID | None) -> None:
    if desk.is_over:
        raise Conflict("voice.case_over")
    saved, found = await saved_voice(desk, party_id), await own_voice(desk, party_id)
    names = await to_be_saved(desk.work, saved, form, new=found is None)
    row = found or Voice(id=uuid7(), **scope(desk, child=party_id is not None), party_id=party_id)
    columns = {"wishes": "said", "question": "question"}
    await seal(desk, row, **{columns[name]: getattr(form, name) for name in names})
    desk.wrote(Kind.NARRATIVE, subjects=[party_id] if party_id else [])
