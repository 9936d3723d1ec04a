"""A calendar feed of one's own: a private address at which a calendar program reads when one's meetings are.

Off until its person switches it on. It holds times and one constant word: no address to join by, no UID of an
invitation, no model of work. It ends with the post, and each meeting in it with the seat there.
"""

import hashlib
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, Text, Uuid, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from multiagency.kernel.clock import now
from multiagency.kernel.errors import NotVisible, TooOften
from multiagency.kernel.ids import secret, secret_hash
from multiagency.kernel.journal import Mode
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.meetings import calendar
from multiagency.meetings.models import CalendarFeed
from multiagency.web.texts import TEXTS

_READ = (
    *(Column(name, Uuid) for name in ("post_id", "invitation_id")),
    Column("language", Text),
    Column("too_soon", Boolean),
    *(Column(name, DateTime(timezone=True)) for name in ("starts_at", "ends_at")),
)


async def my_feed(work: Work) -> CalendarFeed | None:
    """Return whether and since when one has a feed; its address is not kept."""
    work.record(Mode.READ)
    return await work.session.get(CalendarFeed, work.actor.post_id)


async def switch_on(work: Work) -> str:
    """Give the feed an address, a new one where it had one; return it, for it is shown this once."""
    address = secret()
    values = {"secret_hash": secret_hash(address), "made_at": now(), "fetched_at": None}
    row = insert(CalendarFeed).values(post_id=work.actor.post_id, **values)
    await work.session.execute(row.on_conflict_do_update(index_elements=["post_id"], set_=values))
    work.record(Mode.WRITE)
    return f"{work.tools.settings.base_url}/calendar/{address}"


async def switch_off(work: Work) -> None:
    """End the feed: whoever has its address reads nothing any more."""
    await work.session.execute(delete(CalendarFeed).where(CalendarFeed.post_id == work.actor.post_id))
    work.record(Mode.WRITE)


async def read_feed(work: Work, address: str) -> bytes:
    """Return the feed behind an address. Raises `NotVisible`, and `TooOften` within ten seconds of the last time."""
    asked = func.calendar_of(secret_hash(address)).table_valued(*_READ)
    rows = (await work.session.execute(select(asked))).all()
    if not rows:
        raise NotVisible
    if rows[0].too_soon:
        raise TooOften("feed.too_soon")
    work.record(Mode.READ, recipient_name=str(rows[0].post_id))
    events = [(_uid(work, address, row.invitation_id), row.starts_at, row.ends_at) for row in rows if row.invitation_id]
    return calendar.feed(events, TEXTS.say(Language(rows[0].language), "mail.summary"))


def _uid(work: Work, address: str, invitation_id: UUID) -> str:
    """Return the UID of a meeting in this feed: the same each time, and of no use for anything else."""
    digest = hashlib.sha256(f"feed:{address}:{invitation_id}".encode()).hexdigest()
    return f"{digest[:40]}@{work.tools.settings.mail_domain}"
