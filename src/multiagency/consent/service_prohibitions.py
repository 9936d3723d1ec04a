"""A child's prohibition: a guardian who must not be told. Everything addressed to a guardian asks here first.

703/2023 sections 40 and 51. The newest row of each guardian counts; nothing is ever changed.
"""

from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.models import Party
from multiagency.cases.service import scope
from multiagency.cases.service_versions import say_anew
from multiagency.consent.forms import ProhibitionForm
from multiagency.consent.models import Prohibition
from multiagency.consent.reading_deciding import guardians_now, prohibitions_now
from multiagency.consent.reading_saved import saved_prohibition
from multiagency.kernel.access import Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Invalid
from multiagency.kernel.ids import uuid7
from multiagency.pathways.definition import PartyRole
from multiagency.safeguards.service_conflicts import keep_staff_out


async def forbid(desk: Desk, form: ProhibitionForm) -> None:
    """Record that the child forbids telling a guardian, or allows it again. Raises `Invalid` for anybody else.

    A guardian on the staff is barred, also one who came to the staff after they were recorded.
    """
    party = await desk.work.session.get(Party, form.party)
    if party is None or party.case_id != desk.case.id:
        raise Invalid.of("party", "consent.unknown_giver")
    if party.role != PartyRole.GUARDIAN and form.party not in await guardians_now(desk):
        raise Invalid.of("party", "consent.not_a_guardian")
    await say_anew(desk, await saved_prohibition(desk, form.party), {})
    row = Prohibition(
        id=uuid7(),
        **scope(desk),
        party_id=form.party,
        forbidden=form.forbidden,
        recorded_at=now(),
        recorded_by_id=desk.work.actor.post_id,
    )
    await desk.work.vault.seal(row, reason=form.reason)
    desk.work.session.add(row)
    await desk.work.session.flush()
    desk.wrote(Kind.CONSENT, subjects=[form.party])
    code = await desk.work.vault.open(party, "identity_code")
    if form.forbidden and code:
        await keep_staff_out(desk, code)


async def is_forbidden(desk: Desk, party_id: UUID) -> bool:
    """Tell whether the child forbids telling this party."""
    newest = (await prohibitions_now(desk)).get(party_id)
    return newest is not None and newest.forbidden


async def must_be_tellable(desk: Desk, party_id: UUID, field: str = "giver") -> None:
    """Raise `Invalid` naming `field` when the child forbids telling this party anything."""
    if await is_forbidden(desk, party_id):
        raise Invalid.of(field, "consent.must_not_be_told")
