"""Pages: bringing a case to the table on a ground, where the team takes cases without consent."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.cases.service import must_be_draft
from multiagency.cases.service_grants import ground_agencies
from multiagency.disclosures import service_sharing as sharing
from multiagency.disclosures.forms import SharingForm
from multiagency.disclosures.pages_checking import as_choices
from multiagency.disclosures.service import giver_of
from multiagency.disclosures.service_grounds import in_force
from multiagency.kernel.access import Act
from multiagency.kernel.errors import Conflict
from multiagency.people import reading as people
from multiagency.web.forms import Errors, Filled, take_checked, typed
from multiagency.web.pages import page, see
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/cases/{reference}/sharing")

Sharing = Annotated[Desk, case_door(Act.SHARE_ON_GROUND)]
_LISTS = ("agencies", "kinds")


@router.get("")
async def get_sharing(request: Request, desk: Sharing) -> Response:
    """Ask with whom, which kinds of data, on which ground and why."""
    return await _ask(request, desk, {})


@router.post("/details")
async def post_details(request: Request, desk: Sharing) -> Response:
    """Go back from the last page: everything stands there as it was typed."""
    return await _ask(request, desk, typed(await request.form(), _LISTS))


async def _ask(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    must_be_draft(desk)
    if not await sharing.allowed(desk):
        raise Conflict("sharing.only_by_consent")
    language, giver = language_of(request), await giver_of(desk)
    grounds = [ground for ground in await in_force(desk.work) if ground.gives(giver)]
    names = {agency.id: agency.name(language) for agency in await people.agencies(desk.work)}
    return page(
        request,
        "sharing.html",
        422 if errors else 200,
        reference=desk.case.reference,
        held=[names[agency] for agency in await ground_agencies(desk.work, desk.case)],
        agencies=[(str(agency), name) for agency, name in names.items()],
        kinds=as_choices(request, "consent.kind", desk.model.shareable_kinds),
        grounds=[(g.code, f"{g.words(language)} ({g.provision})") for g in grounds if not g.needs_consent],
        filled=filled,
        errors=errors,
    )


@router.post("/check")
async def post_check(request: Request, desk: Sharing) -> Response:
    """Say in plain words what is shared without consent, before it is."""
    taken = await take_checked(request, SharingForm, partial(sharing.check, desk), _LISTS)
    if taken.done is None:
        return await _ask(request, desk, taken.filled, taken.errors)
    ground, agencies = taken.done
    language = language_of(request)
    return page(
        request,
        "sharing_check.html",
        reference=desk.case.reference,
        agencies=[agency.name(language) for agency in agencies],
        kinds=[words for _, words in as_choices(request, "consent.kind", taken.filled["kinds"])],
        ground=ground,
        ground_text=ground.words(language),
        necessity=taken.filled["necessity"],
        carried=taken.carried,
    )


@router.post("")
async def post_sharing(request: Request, desk: Sharing) -> Response:
    """Share what was shown and confirmed."""
    taken = await take_checked(request, SharingForm, partial(sharing.share, desk), _LISTS)
    return (
        await _ask(request, desk, taken.filled, taken.errors) if taken.errors else see(f"/cases/{desk.case.reference}")
    )
