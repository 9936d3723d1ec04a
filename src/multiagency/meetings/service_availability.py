"""When somebody can meet: what they say themselves, and the calendar that is asked for their busy times."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from multiagency.kernel.clock import now
from multiagency.kernel.database import rows_into
from multiagency.kernel.errors import Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.meetings.forms_availability import AvailabilityForm, BusySourceForm
from multiagency.meetings.models_availability import Availability, BusySource, BusyTime

_MOST = 200


def key_class(post_id: UUID) -> str:
    """Return under which name the key of a post's calendar address stands among the keys that belong to no case."""
    return f"calendar-{post_id}"


async def said(work: Work) -> Sequence[Availability]:
    """Return what the actor has said of times that are not over, the next first."""
    work.record(Mode.READ)
    query = select(Availability).where(Availability.post_id == work.actor.post_id, Availability.ends_at > now())
    return (await work.session.scalars(query.order_by(Availability.starts_at, Availability.id).limit(_MOST))).all()


async def say(work: Work, form: AvailabilityForm) -> None:
    """Note that the actor can, or cannot, meet in this time. Raises `Invalid` for a time that is over or no time."""
    if form.ends_at <= form.starts_at:
        raise Invalid.of("ends_at", "meeting.ends_before_it_starts")
    if form.ends_at <= now():
        raise Invalid.of("ends_at", "error.in_past")
    mine = Availability.post_id == work.actor.post_id
    if len((await work.session.scalars(select(Availability.id).where(mine).limit(_MOST))).all()) >= _MOST:
        raise Invalid.of("starts_at", "availability.too_many")
    row = Availability(id=uuid7(), post_id=work.actor.post_id, can=form.can == "yes", **form.times())
    work.session.add(row)
    await work.session.flush()
    work.record(Mode.WRITE)


async def unsay(work: Work, which: UUID) -> None:
    """Take back what was said; what is gone already stays gone."""
    await work.session.execute(
        delete(Availability).where(Availability.id == which, Availability.post_id == work.actor.post_id)
    )
    work.record(Mode.WRITE)


async def source(work: Work) -> BusySource | None:
    """Return the calendar that is asked for the actor's busy times; its address is shown to nobody."""
    return await work.session.scalar(select(BusySource).where(BusySource.post_id == work.actor.post_id))


async def set_source(work: Work, form: BusySourceForm) -> None:
    """Keep where the actor's calendar is asked, sealed; the worker asks it from now on."""
    await _forget(work, work.actor.post_id)
    key = await work.vault.key_for(None, None, key_class(work.actor.post_id))
    post = work.actor.post_id
    texts = {"address": form.address, "login": form.login, "password": form.password.get_secret_value()}
    sealed = {name: key.seal(f"busy_source.{name}", post, text) if text else None for name, text in texts.items()}
    work.session.add(BusySource(post_id=post, kind=form.kind, set_at=now(), **sealed))
    await work.session.flush()
    work.record(Mode.WRITE)


async def end_source(work: Work) -> None:
    """Ask the actor's calendar no more, and forget its address and what it said."""
    await _forget(work, work.actor.post_id)
    work.record(Mode.WRITE)


async def _forget(work: Work, post_id: UUID) -> None:
    for model in (BusySource, BusyTime):
        await work.session.execute(delete(model).where(model.post_id == post_id))
    work.session.expire_all()


async def keep_busy(work: Work, post_id: UUID, spans: Sequence[tuple[datetime, datetime]]) -> None:
    """Let these be the busy times of a post, in place of what its calendar said before."""
    await work.session.execute(delete(BusyTime).where(BusyTime.post_id == post_id))
    rows = [{"id": uuid7(), "post_id": post_id, "starts_at": begins, "ends_at": ends} for begins, ends in spans]
    if rows:
        await work.session.execute(rows_into(BusyTime), rows)
