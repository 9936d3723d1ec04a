"""Registering a witness, as pages and JSON do it."""

from uuid import UUID

from multiagency.assurance.forms import WitnessForm
from multiagency.audit import witnesses
from multiagency.kernel.work import Work
from multiagency.people import reading as people


async def register(work: Work, form: WitnessForm) -> UUID:
    """Register an agency's key; return the witness's id. Raises as `audit.witnesses.register` does, and `Invalid`."""
    await people.known_agencies(work, [form.agency], "agency")
    return await witnesses.register(work, form.agency, form.vkey, form.mail, form.url)
