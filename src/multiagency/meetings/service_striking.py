"""When somebody is struck from a case as recorded by mistake: minutes that name them are masked, their wording sealed.

What was approved is never changed by anybody's hand; the name alone goes from every page made from then on.
"""

from sqlalchemy import func, select

from multiagency.cases.desk import Desk
from multiagency.cases.events import SomebodyStruck
from multiagency.cases.reading import names_of_people
from multiagency.cases.reading_holders import holders
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.naming import is_named, masked, parts_of
from multiagency.meetings.models import AgendaItem, Minutes, MinutesAddendum
from multiagency.people.service_notices import tell


async def mask(happened: SomebodyStruck) -> None:
    """Mask the name wherever the actor sees it in minutes, and tell whoever coordinates to look at their drafts.

    A part of the name that somebody else in the case bears stays: it tells of them.
    """
    desk = happened.desk
    parts = parts_of([happened.name]) - parts_of(await names_of_people(desk))
    session, here = desk.work.session, desk.case.id
    written: list[Minutes | MinutesAddendum] = []
    written += await session.scalars(select(Minutes).where(Minutes.case_id == here))
    written += await session.scalars(select(MinutesAddendum).where(MinutesAddendum.case_id == here))
    for row in written:
        if is_named(parts, await desk.work.vault.open(row, "text")):
            await _mask(desk, row, parts)
    if await _was_spoken_of(desk):
        posts = {who.colleague.post.id: who.colleague.post for who in await holders(desk, {Capability.COORDINATE})}
        await tell(desk.work, list(posts.values()), "somebody_struck", f"/cases/{desk.case.reference}", desk.case.id)


async def _mask(desk: Desk, row: Minutes | MinutesAddendum, parts: set[str]) -> None:
    text = await desk.work.vault.open(row, "text")
    await desk.work.vault.seal(row, text=masked(parts, text), original=text)
    sealed, kept = row.text, row.original
    desk.work.session.expunge(row)  # the database masks it: nobody may change what was approved
    if kept is None or not await desk.work.session.scalar(
        select(func.mask_minutes(row.__tablename__, row.id, sealed.data, kept.data))
    ):
        raise LookupError("minutes in sight that cannot be masked")
    desk.wrote(Kind.MINUTES, controller_id=row.controller_id)


async def _was_spoken_of(desk: Desk) -> bool:
    """Tell whether the case has been on an agenda: else there are no minutes."""
    item = select(AgendaItem.id).where(AgendaItem.case_id == desk.case.id)
    return await desk.work.session.scalar(item.limit(1)) is not None
