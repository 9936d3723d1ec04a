"""Handing on what belongs to somebody who has left or is away: by a supervisor of their agency, else by a coordinator.

The database does it in one step (`hand_over_work`): the new holder gets what the former held, the former and their
deputies see nothing from that moment, and a dated entry says who did it and why.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text, Uuid, func, select

from multiagency.kernel.access import Kind
from multiagency.kernel.errors import Invalid, NotVisible
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.people.models import Post
from multiagency.people.service_notices import tell
from multiagency.safeguards.forms import HandOnForm
from multiagency.safeguards.reading_supervision import SUPERVISION, WaitingWork, find, takers

_HANDED: tuple[Column[Any], ...] = (
    Column("case_id", Uuid),
    Column("reference", Text),
    Column("controller_id", Uuid),
    Column("told", ARRAY(Uuid)),
)
_TOLD = {"referral": "case_handed_over", "action": "action_handed_over"}


async def hand_on(work: Work, form: HandOnForm) -> None:
    """Give one piece of work to another post of the same agency, and tell everybody whom it concerns.

    Raises `NotVisible` for what the actor does not look after, `Forbidden` where somebody else does it, `Invalid`
    naming `post` for somebody who may not take it: kept out, of another agency, in another role, or the actor.
    """
    piece = await find(work, form)
    if form.post not in {who.post.id for who in await takers(work, piece)}:
        raise Invalid.of("post", f"supervision.cannot_take_{piece.what}")
    asked = func.hand_over_work(piece.what, piece.item, piece.holder_id, form.post, form.reason)
    row = (await work.session.execute(select(asked.table_valued(*_HANDED)))).one_or_none()
    if row is None:
        raise NotVisible
    kind = Kind.ACTION if piece.what == "action" else Kind.SHELL
    work.record(
        Mode.WRITE,
        {Kind.SHELL, kind},
        subjects=[piece.case_id],
        case_id=piece.case_id,
        case_reference=piece.reference,
        controller_id=piece.controller_id,
        recipient_id=piece.agency_id,
        basis=SUPERVISION,
    )
    await _tell(work, piece, form.post, row.told)


async def _tell(work: Work, piece: WaitingWork, taker: UUID, told: list[UUID]) -> None:
    """Tell the taker what is theirs now, the former holder what no longer is, and the coordinators who has it."""
    posts = (await work.session.scalars(select(Post).where(Post.id.in_(told)))).all()
    case = f"/cases/{piece.reference}"
    mine, theirs = ("/actions", f"/actions/{piece.item}") if piece.what == "action" else ("/cases", case)
    for post in posts:
        if post.id == piece.holder_id:  # a notice about a case goes with its sight, and theirs has just ended
            await tell(work, [post], "work_taken_from_you", mine)
        elif post.id == taker:
            await tell(work, [post], _TOLD[piece.what], theirs, piece.case_id)
        else:
            await tell(work, [post], "work_handed_on", case, piece.case_id)
