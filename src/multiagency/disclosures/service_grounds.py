"""The register of legal grounds. Decisions point to the wording they were made on, so an edit never rewrites one."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select

from multiagency.disclosures.forms import GroundForm, GroundWording
from multiagency.disclosures.models import Giver, LegalGround
from multiagency.kernel.clock import begin_of, now, today
from multiagency.kernel.database import holds_at
from multiagency.kernel.errors import FieldError, Invalid, NotVisible
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.pathways.questions import Resting, RuleKind
from multiagency.pathways.reading_touched import touched_by
from multiagency.people.models import AgencyKind

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
    """Return every wording of a ground, the newest first, a coming one among them; none that was taken back.

    Raises `NotVisible` for an unknown code.
    """
    kept = or_(LegalGround.valid_to.is_(None), LegalGround.valid_to > LegalGround.valid_from)
    query = select(LegalGround).where(LegalGround.code == code, kept).order_by(LegalGround.valid_from.desc())
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


async def fitting(work: Work, giver: Giver, taker: str) -> list[LegalGround]:
    """Return the grounds on which this post may disclose to an agency of this kind, now."""
    return [ground for ground in await in_force(work) if ground.fits(giver, taker)]


async def add(work: Work, form: GroundForm) -> None:
    """Put a new ground into the register. Raises `Invalid` for a code that is in use, and as `check` does."""
    check(form)
    if await work.session.scalar(select(LegalGround.id).where(LegalGround.code == form.code).limit(1)):
        raise Invalid.of("code", "ground.code_in_use")
    await _add(work, form.code, form, _begin(form))


async def edit(work: Work, code: str, form: GroundWording) -> None:
    """End the wording in force and put the new one in its place, at once or on a coming day.

    What was decided keeps the old one. Raises `Invalid` for a coming day that was not confirmed, and as `check` does.
    """
    check(form)
    begins = _begin(form)
    if begins > now() and not form.confirmed:
        raise Invalid.of("confirmed", "ground.not_confirmed")
    await _end(work, code, begins)
    await _add(work, code, form, begins)


async def end(work: Work, code: str) -> None:
    """End a ground: from now on nobody can pick it, and what was to come of it does not."""
    await _end(work, code, now())


async def touched(work: Work, code: str) -> list[Resting]:
    """Return what rests on a ground as it stands. Raises `NotVisible` for an unknown code."""
    newest = (await wordings(work, code))[0]
    work.record(Mode.READ, basis=code)
    return await touched_by(work, RuleKind.GROUND, code, newest.provision)


def check(form: GroundWording) -> None:
    """Raise `Invalid` for a bill as provision, a day that is past, and a partner abroad without consent."""
    errors = []
    if _BILL.search(form.provision):
        errors.append(FieldError("provision", "ground.cites_a_bill"))
    if AgencyKind.CROSS_BORDER_PARTNER in {*form.from_kinds, *form.to_kinds} and not form.needs_consent:
        errors.append(FieldError("needs_consent", "ground.abroad_by_consent"))
    if form.valid_from is not None and form.valid_from < today():
        errors.append(FieldError("valid_from", "ground.begins_in_the_past"))
    if errors:
        raise Invalid(*errors)


def _begin(form: GroundWording) -> datetime:
    """The first moment of the coming day, else now."""
    return begin_of(form.valid_from) if form.valid_from and form.valid_from > today() else now()


async def _end(work: Work, code: str, moment: datetime) -> None:
    """Let no wording hold from this moment on; one that was to begin later never does."""
    found = await wordings(work, code)
    if found[0].valid_to is not None:
        raise Invalid.of("code", "ground.ended_already")
    for wording in found:
        if wording.valid_to is None or wording.valid_to > moment:
            wording.valid_to = max(moment, wording.valid_from)
    await work.session.flush()
    work.record(Mode.WRITE, basis=code)


async def _add(work: Work, code: str, form: GroundWording, moment: datetime) -> None:
    values = form.model_dump(exclude={"code", "valid_from", "confirmed"})
    ground = LegalGround(id=uuid7(), code=code, valid_from=moment, edited_by_id=work.actor.post_id, **values)
    work.session.add(ground)
    await work.session.flush()
    work.record(Mode.WRITE, basis=code)
