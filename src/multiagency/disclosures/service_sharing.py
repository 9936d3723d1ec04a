"""To the table on a ground, where a team has so decided by its dated parameter; by default only consent does (F23-F25).

The referrer names agencies, kinds of data, one ground, and why it is necessary (fact F56).
"""

from collections.abc import Collection
from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.models import LawfulBasis
from multiagency.cases.service import must_be_draft, scope
from multiagency.cases.service_grants import GROUND, TABLE_KINDS, give_basis, ground_agencies
from multiagency.disclosures.forms import SharingForm
from multiagency.disclosures.models import GroundSharing, LegalGround
from multiagency.disclosures.service import giver_of
from multiagency.disclosures.service_grounds import known_ground
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.kernel.ids import uuid7
from multiagency.people import reading as people
from multiagency.people.models import Agency


async def allowed(desk: Desk) -> bool:
    """Tell whether the case's team takes cases on a ground now."""
    return await desk.number("agenda_without_consent") == 1


async def check(desk: Desk, form: SharingForm) -> tuple[LegalGround, list[Agency]]:
    """Return the ground and the agencies; changes nothing.

    Raises `Conflict` where the team takes cases by consent only, `Invalid` for a ground that does not fit each pair.
    """
    must_be_draft(desk)
    if not await allowed(desk):
        raise Conflict("sharing.only_by_consent")
    agencies = await people.known_agencies(desk.work, form.agencies, "agencies")
    ground, giver = await known_ground(desk.work, form.ground), await giver_of(desk)
    errors = []
    if ground.needs_consent or not all(ground.fits(giver, agency.kind) for agency in agencies):
        errors.append(FieldError("ground", "sharing.ground_does_not_fit"))
    if set(form.agencies) & set(await ground_agencies(desk.work, desk.case)):
        errors.append(FieldError("agencies", "sharing.held_already"))
    if set(form.kinds) - set(desk.model.shareable_kinds):
        errors.append(FieldError("kinds", "consent.kind_not_shareable"))
    if errors:
        raise Invalid(*errors)
    return ground, agencies


async def share(desk: Desk, form: SharingForm) -> None:
    """Let each agency be given these kinds at the table.

    Raises `Invalid` without a confirmation, and as `check` does.
    """
    if not form.confirmed:
        raise Invalid.of("confirmed", "disclosure.not_confirmed")
    ground, agencies = await check(desk, form)
    for agency in agencies:
        await share_with(desk, ground, agency.id, form.kinds, form.necessity)


async def share_with(
    desk: Desk, ground: LegalGround, agency_id: UUID, kinds: Collection[Kind], necessity: str
) -> LawfulBasis:
    """Record the decision to let one agency be given these kinds at the table, and give it its basis."""
    row = GroundSharing(
        id=uuid7(),
        **scope(desk),
        ground_id=ground.id,
        agency_id=agency_id,
        kinds=sorted(kinds),
        author_id=desk.work.actor.post_id,
        decided_at=now(),
    )
    await desk.work.vault.seal(row, necessity=necessity)
    desk.work.session.add(row)
    await desk.work.session.flush()
    basis = await give_basis(desk.work, desk.case, agency_id, GROUND, TABLE_KINDS | {*kinds}, ground_id=ground.id)
    own, code = desk.work.actor.agency_id, ground.code
    desk.wrote(Kind.DISCLOSURE, controller_id=own, recipient_id=agency_id, basis=code)
    desk.disclosed(*kinds, recipient_id=agency_id, basis=code)
    return basis
