"""When somebody is struck from a case as recorded by mistake: minutes that name them are masked, their wording sealed.

What was approved is never changed by anybody's hand; the name alone goes from every page made from then on.
"""

from sqlalchemy import Text, column, func, select

from multiagency.cases.desk import Desk
from multiagency.cases.events import SomebodyStruck
from multiagency.cases.reading import names_of_people
from multiagency.cases.reading_holders import posts_that_may
from multiagency.kernel.access import Capability, Kind
from multiagency.kernel.database import SealedColumn
from multiagency.kernel.naming import masked, parts_of
from multiagency.meetings.models import AgendaItem
from multiagency.meetings.models_minutes import Minutes, MinutesAddendum, MinutesPart
from multiagency.people.service_notices import tell


async def mask(happened: SomebodyStruck) -> None:
    """Mask the name wherever the actor sees it in minutes, and tell whoever coordinates to look at their drafts.

    A part of the name that somebody else in the case bears stays: it tells of them.
    """
    desk, session, here = happened.desk, happened.desk.work.session, happened.desk.case.id
    if await session.scalar(select(AgendaItem.id).where(AgendaItem.case_id == here).limit(1)) is None:
        return  # there are no minutes
    parts = parts_of([happened.name]) - parts_of(await names_of_people(desk))
    written: list[Minutes | MinutesAddendum] = []
    written += await session.scalars(select(Minutes).where(Minutes.case_id == here))
    written += await session.scalars(select(MinutesAddendum).where(MinutesAddendum.case_id == here))
    for row in written:
        text = await desk.work.vault.open(row, "text")
        if (shown := masked(parts, text)) != text:
            await _mask(desk, row, shown, text)
    for part in await _parts(desk):
        text = await desk.work.vault.open(part, "text")
        if (shown := masked(parts, text)) != text:
            await _mask(desk, part, shown, text)
    posts = await posts_that_may(desk.work, here, Capability.COORDINATE)
    await tell(desk.work, posts, "somebody_struck", f"/cases/{desk.case.reference}", here)


async def _parts(desk: Desk) -> list[MinutesPart]:
    """Return what agencies alone received, whosever it is: the name is looked for in it, and none of it is shown."""
    columns = [column(name, MinutesPart.__table__.c[name].type) for name in ("id", "case_id", "controller_id")]
    columns += [column("retention_class", Text), column("sealed", SealedColumn)]
    found = func.parts_to_mask(desk.case.id).table_valued(*columns)
    rows = await desk.work.session.execute(select(found))
    return [
        MinutesPart(id=row, case_id=case, controller_id=whose, retention_class=kept, text=sealed)
        for row, case, whose, kept, sealed in rows
    ]


async def _mask(desk: Desk, row: Minutes | MinutesPart | MinutesAddendum, shown: str, text: str) -> None:
    await desk.work.vault.seal(row, text=shown, original=text)
    sealed, kept = row.text, row.original
    if row in desk.work.session:
        desk.work.session.expunge(row)  # the database masks it: nobody may change what was approved
    if (
        sealed is None
        or kept is None
        or not await desk.work.session.scalar(
            select(func.mask_minutes(row.__tablename__, row.id, sealed.data, kept.data))
        )
    ):
        raise LookupError("minutes in sight that cannot be masked")
    desk.wrote(Kind.MINUTES, controller_id=row.controller_id)
