"""The clocks of a request: dated parameters, months as people count them (703/2023 § 11; 1054/2018 § 24)."""

from datetime import date

from multiagency.kernel.clock import later
from multiagency.kernel.work import Work
from multiagency.pathways.service import law

_MONTHS = {"client_data": "log_request_months", "police": "log_request_police_months"}


async def due_on(work: Work, track: str, arrived_on: date) -> date:
    """Return the last day for an answer."""
    return later(arrived_on, months=await law(work, _MONTHS[track]))
