"""Which room listens to which event: wired once, for web, worker and command line alike."""

from multiagency import tables
from multiagency.actions import sections as actions_sections
from multiagency.actions.reading_instructions import must_be_hidden
from multiagency.assurance.service_alarms import banner
from multiagency.audit.entries import HashedJournal
from multiagency.cases import sections as cases_sections
from multiagency.cases.events import CaseMoved, SightEnded, SomebodyRecorded, SomebodyStruck
from multiagency.cases.questions import MayMove, PageSections
from multiagency.cases.service import missing_people
from multiagency.consent import sections as consent_sections
from multiagency.consent import sections_guardians as guardian_sections
from multiagency.consent.service import missing_child_client, missing_consent
from multiagency.consent.service_guardians import look_again
from multiagency.consent.service_striking import decide_without
from multiagency.disclosures import sections as disclosures_sections
from multiagency.disclosures.questions import DataOnOffer, MustBeHidden
from multiagency.disclosures.service_child_welfare import missing_child_welfare
from multiagency.kernel.events import Events
from multiagency.kernel.questions import Questions
from multiagency.kernel.runtime import Runtime, make_runtime
from multiagency.mail.events import MailSettled
from multiagency.matching import sections as matching_sections
from multiagency.matching.service import forget, remember
from multiagency.meetings import sections as meetings_sections
from multiagency.meetings.questions import AgendaNotes
from multiagency.meetings.service_endings import end_seats
from multiagency.meetings.service_mailing import settle
from multiagency.meetings.service_protection import look_at_seats
from multiagency.risk import sections as risk_sections
from multiagency.risk.service import complete_assessment, missing_assessment, offer_score
from multiagency.safeguards import sections as safeguards_sections
from multiagency.safeguards.events import AddressProtected
from multiagency.safeguards.service_conflicts import (
    exempt_coordinators,
    find_conflicts,
    lift_found_bars,
    missing_coordinator,
)
from multiagency.settings import Settings
from multiagency.storage import sections as storage_sections
from multiagency.web.door import Banners

ROOMS_WITH_TABLES = tables.ROOMS
"""Imported so that every foreign key finds its table."""


ROOMS_WITH_SECTIONS = (
    cases_sections,
    safeguards_sections,
    matching_sections,
    consent_sections,
    guardian_sections,
    disclosures_sections,
    risk_sections,
    meetings_sections,
    actions_sections,
    storage_sections,
)


def wire(settings: Settings) -> Runtime:
    """Return the running kernel with every listener in place."""
    return make_runtime(settings, HashedJournal(), listeners(), contributions())


def listeners() -> Events:
    """Return who listens to what: the order is the one in which they act."""
    events = Events()
    events.subscribe(CaseMoved, exempt_coordinators, complete_assessment)
    events.subscribe(SomebodyRecorded, find_conflicts, remember, look_again)
    events.subscribe(SomebodyStruck, lift_found_bars, forget, decide_without)
    events.subscribe(SightEnded, end_seats)
    events.subscribe(AddressProtected, look_at_seats)
    events.subscribe(MailSettled, settle)
    return events


def contributions() -> Questions:
    """Return who answers what: the order is the one in which the answers are shown."""
    questions = Questions()
    questions.contribute(
        MayMove,
        missing_people,
        missing_coordinator,
        missing_child_welfare,
        missing_child_client,
        missing_consent,
        missing_assessment,
    )
    questions.contribute(PageSections, *(room.sections for room in ROOMS_WITH_SECTIONS))
    questions.contribute(DataOnOffer, offer_score)
    questions.contribute(MustBeHidden, must_be_hidden)
    questions.contribute(AgendaNotes, actions_sections.unconfirmed)
    questions.contribute(Banners, banner)
    return questions
