"""A review of a client under age in another model, beside the case and on its own: nothing joins the two.

It begins from what the actor's own agency recorded about the client, so that nobody types it twice. No row tells of
the other case; only the log of the act itself, as of every act, says what was read and what was written.
"""

from datetime import date

from multiagency.cases.desk import Desk
from multiagency.cases.forms import ClientForm, OpenCase
from multiagency.cases.models import Client
from multiagency.cases.reading import client
from multiagency.cases.reading_first import first
from multiagency.cases.reading_identity import Recorded, recorded
from multiagency.cases.service import refer
from multiagency.cases.service_people import save_client
from multiagency.kernel.clock import today
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.identity_code import age_on
from multiagency.pathways.service import law
from multiagency.people import reading as people
from multiagency.people.models import Team


async def teams_for_review(desk: Desk) -> list[Team]:
    """Return the teams that look at such a client's situation; none where the model knows no review."""
    review = desk.model.review
    return [team for team in await people.teams(desk.work) if review and team.pathway == review.model]


async def may_be_reviewed(desk: Desk) -> bool:
    """Tell whether a review can be opened: the model knows one, and one's own agency's record says an age under it."""
    return await _reviewed(desk) is not None


async def _reviewed(desk: Desk) -> Recorded | None:
    """Return what one's own agency recorded about a client who is young enough; None for nobody."""
    if desk.model.review is None:
        return None
    row: Client | None = await first(desk, client)
    if row is None or row.controller_id != desk.work.actor.agency_id:
        return None
    found = await recorded(desk, row)
    limit = await law(desk.work, desk.model.review.younger_than)
    young = bool(found.born) and age_on(today(), date.fromisoformat(found.born)) < limit
    return found if young else None


async def open_review(desk: Desk, form: OpenCase) -> Desk:
    """Open a draft for a team of that model, with the client as one's own agency recorded them; return its desk.

    Raises `Conflict` where no review can be opened, `Invalid` for a team of another model and as opening a case does.
    """
    found = await _reviewed(desk)
    if found is None:
        raise Conflict("young_review.not_here")
    if form.team not in {team.id for team in await teams_for_review(desk)}:
        raise Invalid.of("team", "young_review.other_model")
    opened = await refer(desk.work, form)
    born = date.fromisoformat(found.birth_date) if found.birth_date else None
    await save_client(opened, ClientForm(name=found.name, identity_code=found.identity_code, birth_date=born))
    return opened
