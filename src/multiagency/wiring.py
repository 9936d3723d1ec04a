"""Which room listens to which event: wired once, for web, worker and command line alike."""

from multiagency import tables
from multiagency.actions import sections as actions_sections
from multiagency.assurance.service_alarms import show_banner
from multiagency.audit.entries import HashedJournal
from multiagency.cases.events import (
    CaseMoved,
    CaseShown,
    CaseWillMove,
    ConsentEnded,
    ConsentWithdrawn,
    PersonBarred,
    RecipientWithdrawn,
    SomebodyRecorded,
)
from multiagency.cases.service import check_people
from multiagency.consent import sections as consent_sections
from multiagency.consent import sections_guardians as guardian_sections
from multiagency.consent.service import check_child_client, check_consent
from multiagency.consent.service_guardians import look_again
from multiagency.disclosures import sections as disclosures_sections
from multiagency.disclosures.events import OwnDataAsked
from multiagency.disclosures.service_child_welfare import check_child_welfare
from multiagency.kernel.events import Events
from multiagency.kernel.runtime import Runtime, make_runtime
from multiagency.matching import sections as matching_sections
from multiagency.matching.service import remember
from multiagency.meetings import sections as meetings_sections
from multiagency.meetings.service_endings import (
    end_all_seats,
    end_seats_of_agency,
    end_seats_of_closed,
    end_seats_of_person,
    end_seats_without_basis,
)
from multiagency.risk import sections as risk_sections
from multiagency.risk.service import check_assessment, complete_assessment, offer_score
from multiagency.safeguards import sections as safeguards_sections
from multiagency.safeguards.service_conflicts import check_coordinator, exempt_coordinators, find_conflicts
from multiagency.settings import Settings
from multiagency.storage import sections as storage_sections
from multiagency.storage.service_closing import end_what_consent_gave
from multiagency.web.door import PageOpened

ROOMS_WITH_TABLES = tables.ROOMS
"""Imported so that every foreign key finds its table."""


def wire(settings: Settings) -> Runtime:
    """Return the running kernel with every listener in place."""
    events = Events()
    for check in (
        check_people,
        check_coordinator,
        check_child_welfare,
        check_child_client,
        check_consent,
        check_assessment,
    ):
        events.subscribe(CaseWillMove, check)
    for after_move in (exempt_coordinators, complete_assessment, end_seats_of_closed, end_what_consent_gave):
        events.subscribe(CaseMoved, after_move)
    for recorded in (find_conflicts, remember, look_again):
        events.subscribe(SomebodyRecorded, recorded)
    events.subscribe(ConsentWithdrawn, end_all_seats)
    events.subscribe(ConsentEnded, end_seats_without_basis)
    events.subscribe(RecipientWithdrawn, end_seats_of_agency)
    events.subscribe(PersonBarred, end_seats_of_person)
    events.subscribe(OwnDataAsked, offer_score)
    events.subscribe(PageOpened, show_banner)
    for room in (
        safeguards_sections,
        matching_sections,
        consent_sections,
        guardian_sections,
        disclosures_sections,
        risk_sections,
        meetings_sections,
        actions_sections,
        storage_sections,
    ):
        events.subscribe(CaseShown, room.show_section)
    return make_runtime(settings, HashedJournal(), events)
