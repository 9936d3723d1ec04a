"""A question becomes a case: what was asked is carried into the draft, and all that is left of it is a count."""

from multiagency.cases.events import OpenedFrom
from multiagency.cases.forms import PartForm
from multiagency.cases.service import write_part
from multiagency.consultations.reading import own_question, own_words
from multiagency.consultations.service import end_own, joined
from multiagency.kernel.errors import NotVisible


async def carry(happened: OpenedFrom) -> None:
    """Carry what the opener asked into their agency's part of the draft. One that has ended meanwhile carries nothing.

    Consent is asked in the draft as always: that the team was asked gives nobody sight of the case.
    """
    desk = happened.desk
    try:
        row = await own_question(desk.work, happened.consultation)
    except NotVisible:
        return
    await write_part(desk, PartForm(narrative=joined(await own_words(desk.work, row))))
    await end_own(desk.work, row.reference, "became_case")
