"""Which room listens to which event: wired once, for web, worker and command line alike."""

from multiagency import tables
from multiagency.audit.journal import HashedJournal
from multiagency.cases.events import CaseWillMove, ConsentWithdrawn
from multiagency.cases.service import check_people
from multiagency.consent.service import check_consent
from multiagency.kernel.events import Events
from multiagency.kernel.runtime import Runtime, make_runtime
from multiagency.meetings.withdrawal import end_seats
from multiagency.risk.service import check_assessment
from multiagency.settings import Settings

ROOMS_WITH_TABLES = tables.ROOMS
"""Imported so that every foreign key finds its table."""


def wire(settings: Settings) -> Runtime:
    """Return the running kernel with every listener in place."""
    events = Events()
    for check in (check_people, check_consent, check_assessment):
        events.subscribe(CaseWillMove, check)
    events.subscribe(ConsentWithdrawn, end_seats)
    return make_runtime(settings, HashedJournal(), events)
