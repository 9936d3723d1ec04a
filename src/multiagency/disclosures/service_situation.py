"""Situation and contact, saved together or not at all: own part, safe contact, the decision on child welfare."""

from multiagency.cases.desk import Desk
from multiagency.cases.forms import PartForm, ReachingForm
from multiagency.cases.models import SafeContact
from multiagency.cases.reading import masked
from multiagency.cases.reading_saved import saved_contact, saved_part
from multiagency.cases.service import must_be_draft, save_safe_contact, write_part
from multiagency.disclosures.forms import ChildWelfareForm
from multiagency.disclosures.forms_situation import SituationForm
from multiagency.disclosures.service_child_welfare import decide
from multiagency.kernel.access import Act
from multiagency.kernel.errors import FieldError, Invalid
from multiagency.kernel.versions import as_text

NOTIFY = "notify"


async def save_situation(desk: Desk, form: SituationForm) -> None:
    """Save what was said on the page. Raises `Invalid` with everything that is wrong; what was left open stays open."""
    must_be_draft(desk)
    errors: list[FieldError] = []
    for save in (_save_part, _save_contact, _save_decision):
        try:
            await save(desk, form)
        except Invalid as error:
            errors += error.errors
    if errors:
        raise Invalid(*errors)


async def _save_part(desk: Desk, form: SituationForm) -> None:
    told = (await saved_part(desk)).values["narrative"]
    if told and not form.narrative:
        raise Invalid.of("narrative", "error.missing")
    if form.narrative != told:
        await write_part(desk, PartForm(narrative=form.narrative))


async def _save_contact(desk: Desk, form: SituationForm) -> None:
    """Save how the client is reached, if anything is said of it, unless a protected address keeps it from the actor."""
    if await masked(desk):
        return
    said = ReachingForm.model_validate({name: getattr(form, name) for name in ReachingForm.model_fields})
    there = await desk.work.session.get(SafeContact, desk.case.id)
    before = (await saved_contact(desk)).values if there else _text(ReachingForm())
    if any(value != before[name] for name, value in _text(said).items()):
        await save_safe_contact(desk, said)


def _text(form: ReachingForm) -> dict[str, str]:
    return {name: as_text(getattr(form, name)) for name in ReachingForm.model_fields}


async def _save_decision(desk: Desk, form: SituationForm) -> None:
    """Save why no notification is made now; one that is made now is a page of its own, and decides by itself."""
    if form.decision in {"", NOTIFY} or not desk.may(Act.DECIDE_CHILD_WELFARE):
        return
    await decide(desk, ChildWelfareForm.model_validate({"decision": form.decision, "reason": form.reason}))
