"""Whom a model is for: who may open a case, for which reasons, and of what age the client was on the opening day."""

from datetime import date

from multiagency.cases.desk import Desk
from multiagency.cases.forms import OpenCase
from multiagency.cases.models import Client
from multiagency.cases.questions import MayMove
from multiagency.cases.reading import client
from multiagency.cases.reading_first import first
from multiagency.cases.reading_identity import recorded
from multiagency.kernel.clock import to_helsinki
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.identity_code import age_on
from multiagency.kernel.work import Work
from multiagency.pathways.definition import Pathway
from multiagency.pathways.service import not_among
from multiagency.people import reading as people


async def must_be_for(work: Work, model: Pathway, form: OpenCase) -> None:
    """Raise `Invalid` unless the actor's agency may open such a case, for reasons and from a source of the model."""
    target, errors = model.target, []
    own = (await people.known_agencies(work, [work.actor.agency_id], "team"))[0]
    if target.opened_by and own.kind not in target.opened_by:
        errors.append(FieldError("team", "target.not_opened_by_you"))
    if target.reasons and not form.reasons:
        errors.append(FieldError("reasons", "target.no_reason"))
    for reason in form.reasons:
        errors += not_among("reasons", reason, target.reasons)
    if target.sources or form.source:
        errors += not_among("source", form.source, target.sources) if form.source else [_NO_SOURCE]
    if errors:
        raise Invalid(*errors)


_NO_SOURCE = FieldError("source", "target.no_source")


async def wrong_age(desk: Desk, born: date | None, field: str) -> list[FieldError]:
    """Return what is wrong with a client outside the ages of the model on the day on which the case was opened."""
    if born is None:
        return []
    target, years = desk.model.target, age_on(to_helsinki(desk.case.opened_at).date(), born)
    if target.youngest and years < (limit := await desk.number(target.youngest)):
        return [FieldError(field, "target.too_young", {"years": years, "limit": limit})]
    if target.oldest and years > (limit := await desk.number(target.oldest)):
        return [FieldError(field, "target.too_old", {"years": years, "limit": limit})]
    return []


async def missing_age(asked: MayMove) -> list[FieldError]:
    """Veto the move of a case whose client's age nobody can tell, or that is for another age."""
    if not asked.need("age"):
        return []
    row: Client | None = await first(asked.desk, client)
    born = (await recorded(asked.desk, row)).born
    if not born:
        return [FieldError("client", "missing.birth_date")]
    return await wrong_age(asked.desk, date.fromisoformat(born), "client")
