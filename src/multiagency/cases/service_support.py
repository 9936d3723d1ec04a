"""A post that stands beside the client: named per case, sees who they are, how to reach them, and the plan.

Named as a seat is given: on a living basis of the post's agency that covers these kinds, for nobody who is kept out; it
ends with whatever ends sight (facts F28 and F31: the client has a person of their own, who brings the results back).
"""

from sqlalchemy import func, select, update

from multiagency.cases.desk import Desk
from multiagency.cases.events import SightEnded
from multiagency.cases.forms import SupportForm
from multiagency.cases.models import AccessGrant
from multiagency.cases.reading_support import support_of
from multiagency.cases.service_bars import must_not_be_barred, not_barred
from multiagency.cases.service_grants import consent_basis, grant, one_at_a_time, sharing_bases
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.clock import now
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.people import reading as people
from multiagency.people.models import Post
from multiagency.people.reading import Colleague
from multiagency.people.service_notices import tell

_NEEDED = frozenset({Kind.IDENTITY, Kind.CONTACT})
"""Without these nobody can stand beside the client."""
SUPPORT_KINDS = _NEEDED | {Kind.SHELL, Kind.ACTION}
"""What a support person sees: who the client is, how they are reached, and the plan."""


async def candidates(desk: Desk) -> list[Colleague]:
    """Return who may be named: whom no bar keeps out, of agencies that consent, or a ground, gives what is needed."""
    bases = await sharing_bases(desk.work, [desk.case.id])
    covered = [agency_id for (_, agency_id), basis in bases.items() if set(basis.kinds) >= _NEEDED]
    return await not_barred(desk, await people.colleagues(desk.work, covered))


async def name_support(desk: Desk, form: SupportForm) -> None:
    """Name who stands beside the client; whoever was named before is so no more. Both are told.

    Raises `Conflict` once the case is over, and where nothing gives the post's agency anything; `Invalid` for somebody
    unknown, kept out or named already, and where what is given does not cover who the client is and how to reach them.
    """
    if desk.is_over:
        raise Conflict("support.case_over")
    work = desk.work
    named = await people.known_colleague(work, form.post, "post")
    await must_not_be_barred(desk, named, "post")
    basis = await consent_basis(work, desk.case, named.agency, work.actor.language)
    if not set(basis.kinds) >= _NEEDED:
        raise Invalid.of("post", "support.not_covered", agency=named.agency.name(work.actor.language))
    former = await support_of(desk)
    if former and former.post.id == named.post.id:
        raise Invalid.of("post", "support.named_already", name=named.person.name)
    await _end_grants(desk)
    grant(work, basis, named.post.id, "support", Capability.SUPPORT, SUPPORT_KINDS)
    await work.session.flush()
    desk.wrote(recipient_id=named.agency.id)
    await tell(work, [named.post], "support_named", f"/cases/{desk.case.reference}", desk.case.id)
    if former:
        await work.publish(SightEnded(desk))


async def take_back(desk: Desk) -> None:
    """Let nobody stand beside the client any more. Raises `Conflict` where nobody does."""
    if await support_of(desk) is None:
        raise Conflict("support.nobody")
    await one_at_a_time(desk.work, desk.case)
    await _end_grants(desk)
    desk.wrote()
    await desk.work.publish(SightEnded(desk))


async def _end_grants(desk: Desk) -> None:
    given = update(AccessGrant).where(AccessGrant.case_id == desk.case.id, AccessGrant.ended_at.is_(None))
    ending = given.where(AccessGrant.capability == Capability.SUPPORT).values(ended_at=now())
    await desk.work.session.execute(ending, execution_options={"synchronize_session": False})


async def end_support(happened: SightEnded) -> None:
    """End what a support person held on something that has ended, and tell them, whatever ended it."""
    desk, session = happened.desk, happened.desk.work.session
    await session.flush()
    ended = (await session.scalars(select(func.end_support_without_basis(desk.case.id)))).all()
    if ended:
        posts = (await session.scalars(select(Post).where(Post.id.in_(ended)))).all()
        desk.wrote()
        await tell(desk.work, posts, "support_ended", "/cases")
