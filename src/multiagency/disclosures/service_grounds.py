"""The register of legal grounds. Decisions point to the wording they were made on, so an edit never rewrites one."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from multiagency.disclosures.forms import GroundForm, GroundWording
from multiagency.disclosures.models import LegalGround
from multiagency.kernel.clock import now
from multiagency.kernel.database import holds_at
from multiagency.kernel.errors import Invalid, NotVisible
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work

_BILL = re.compile(
    r"\b(?:HE|RP|LA|LM|KAA|MI)[\s:.]*\d+/\d{4}\b"
    r"|(?i:hallituksen\s+esity|lakialoit|kansalaisaloit|lakiluonno"
    r"|regeringens\s+proposition|lagmotion|medborgarinitiativ|government\s+(?:bill|proposal))"
)
"""What cites something that is not, or not yet, a statute: bills and initiatives of Parliament, and drafts."""


async def in_force(work: Work) -> Sequence[LegalGround]:
    """Return the wordings in force now, by code."""
    moment = now()
    query = select(LegalGround).where(holds_at(LegalGround, moment)).order_by(LegalGround.code)
    return (await work.session.scalars(query)).all()


async def wordings(work: Work, code: str) -> Sequence[LegalGround]:
    """Return every wording of a ground, the newest first. Raises `NotVisible` for an unknown code."""
    query = select(LegalGround).where(LegalGround.code == code).order_by(LegalGround.valid_from.desc())
    found = (await work.session.scalars(query)).all()
    if not found:
        raise NotVisible
    return found


async def known_ground(work: Work, code: str, field: str = "ground") -> LegalGround:
    """Return the wording in force of a ground. Raises `Invalid` naming `field` for an unknown or ended one."""
    for ground in await in_force(work):
        if ground.code == code:
            return ground
    raise Invalid.of(field, "disclosure.unknown_ground")


async def fitting(work: Work, giver: str, taker: str) -> list[LegalGround]:
    """Return the grounds on which an agency of one kind may disclose to one of another, now."""
    return [ground for ground in await in_force(work) if ground.fits(giver, taker)]


async def add(work: Work, form: GroundForm) -> None:
    """Put a new ground into the register. Raises `Invalid` for a code that is in use, and for a bill as provision."""
    _must_cite_a_statute(form)
    if await work.session.scalar(select(LegalGround.id).where(LegalGround.code == form.code).limit(1)):
        raise Invalid.of("code", "ground.code_in_use")
    await _add(work, form.code, form, now())


async def edit(work: Work, code: str, form: GroundWording) -> None:
    """End the wording in force and put the new one in its place; what was decided keeps the old one.

    Raises `Invalid` for a bill as provision.
    """
    _must_cite_a_statute(form)
    moment = await _end(work, code)
    await _add(work, code, form, moment)


async def end(work: Work, code: str) -> None:
    """End a ground: from now on nobody can pick it."""
    await _end(work, code)


def _must_cite_a_statute(form: GroundWording) -> None:
    if _BILL.search(form.provision):
        raise Invalid.of("provision", "ground.cites_a_bill")


async def _end(work: Work, code: str) -> datetime:
    newest, moment = (await wordings(work, code))[0], now()
    if newest.valid_to is not None:
        raise Invalid.of("code", "ground.ended_already")
    newest.valid_to = moment
    await work.session.flush()
    work.record(Mode.WRITE, basis=code)
    return moment


async def _add(work: Work, code: str, form: GroundWording, moment: datetime) -> None:
    values = form.model_dump(exclude={"code"})
    ground = LegalGround(id=uuid7(), code=code, valid_from=moment, edited_by_id=work.actor.post_id, **values)
    work.session.add(ground)
    await work.session.flush()
    work.record(Mode.WRITE, basis=code)
