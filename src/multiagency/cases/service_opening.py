"""A new case with the people in it, all or nothing."""

from collections.abc import Sequence

from multiagency.cases.desk import Desk
from multiagency.cases.forms import ClientForm, OpenCase, PartyForm
from multiagency.cases.forms_people import AskedPerson
from multiagency.cases.service import refer
from multiagency.cases.service_people import add_party, save_client
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.work import Work

People = Sequence[tuple[AskedPerson, ClientForm | PartyForm]]


async def open_with_people(work: Work, team: OpenCase, people: People, wrong: Sequence[FieldError]) -> Desk:
    """Open a draft and record everybody in it as each page of its own would.

    Raises `Invalid` with everything that is wrong with anybody, by the fields of the page; `wrong` is what is known.
    """
    desk, found = await refer(work, team), list(wrong)
    for asked, form in people:
        try:
            await (save_client(desk, form) if isinstance(form, ClientForm) else add_party(desk, form))
        except Invalid as error:
            found += asked.own(error.errors)
    if found:
        raise Invalid(*found)
    return desk
