"""Which room listens to which event, and what is done by itself: wired once, for web, worker and command line alike."""

from datetime import timedelta

from multiagency import tables
from multiagency.actions import reading_waiting as actions_waiting
from multiagency.actions import sections as actions_sections
from multiagency.actions.jobs import REMINDING_OF_ACTIONS
from multiagency.actions.jobs import remind as remind_of_actions
from multiagency.actions.service_attendance import missing_attendance
from multiagency.actions.service_reviews import missing_reviews
from multiagency.actions.service_telling import have_told
from multiagency.assurance import reading_waiting as assurance_waiting
from multiagency.assurance.jobs_checkpoint_mail import MAILING, mail_checkpoints
from multiagency.assurance.jobs_offers import offer_checkpoints
from multiagency.assurance.jobs_selfcheck import check
from multiagency.assurance.service_alarms import banner
from multiagency.audit.entries import HashedJournal
from multiagency.audit.jobs import sweep_log
from multiagency.cases import reading_steps
from multiagency.cases import reading_waiting as cases_waiting
from multiagency.cases import sections as cases_sections
from multiagency.cases.events import CaseMoved, OpenedFrom, SightEnded, SomebodyRecorded, SomebodyStruck, TakenBack
from multiagency.cases.jobs import REMINDING_OF_CASES
from multiagency.cases.jobs import remind as remind_of_cases
from multiagency.cases.jobs_clocks import TELLING_OF_CLOCKS, tell_of_clocks
from multiagency.cases.questions import MayMove, MoveAhead, PageSections, StepsAsked
from multiagency.cases.reading_first import LookAhead
from multiagency.cases.service import missing_people, people_ahead
from multiagency.cases.service_coordination import take_up_for
from multiagency.cases.service_findings import missing_findings
from multiagency.cases.service_support import end_support
from multiagency.cases.service_taking_over import missing_taker, tell_opener
from multiagency.cases.service_target import missing_age
from multiagency.cases.service_worker import missing_worker
from multiagency.consent import reading_waiting as consent_waiting
from multiagency.consent import sections as consent_sections
from multiagency.consent import sections_age as age_sections
from multiagency.consent import sections_agreement as agreement_sections
from multiagency.consent import sections_guardians as guardian_sections
from multiagency.consent import sections_links as link_sections
from multiagency.consent.jobs import ENDING, WARNING, end_expired, warn
from multiagency.consent.reading_instructions import must_be_hidden
from multiagency.consent.service import consent_ahead, missing_child_client, missing_consent
from multiagency.consent.service_agreement import missing_agreement
from multiagency.consent.service_guardians import look_again
from multiagency.consent.service_links import end_with_the_case
from multiagency.consent.service_prosecution import closed_to_the_young
from multiagency.consent.service_striking import decide_without
from multiagency.consent.wording import texts_citing
from multiagency.consultations import reading_waiting as consultations_waiting
from multiagency.consultations.jobs import FORGETTING_QUESTIONS, forget_questions
from multiagency.consultations.service_cases import carry
from multiagency.disclosures import reading_waiting as disclosures_waiting
from multiagency.disclosures import sections as disclosures_sections
from multiagency.disclosures.questions import DataOnOffer, MustBeHidden
from multiagency.disclosures.reading_touched import touched_by_ground
from multiagency.disclosures.service_child_welfare import child_welfare_ahead, missing_child_welfare
from multiagency.kernel.due import Job
from multiagency.kernel.events import Events
from multiagency.kernel.once import forget_answers
from multiagency.kernel.questions import Questions
from multiagency.kernel.runtime import Runtime, make_runtime
from multiagency.kernel.waiting import Boards, RowWords, WorkAsked, WorkWanted
from multiagency.log_requests import reading_waiting as log_requests_waiting
from multiagency.log_requests.jobs_reminders import REMINDING_OF_REQUESTS
from multiagency.log_requests.jobs_reminders import remind as remind_of_requests
from multiagency.mail.events import MailSettled
from multiagency.mail.jobs import forget_mail
from multiagency.matching import sections as matching_sections
from multiagency.matching.service import forget, remember
from multiagency.meetings import reading_waiting as meetings_waiting
from multiagency.meetings import sections as meetings_sections
from multiagency.meetings.events import MinutesApproved
from multiagency.meetings.jobs import ENDING_SEATS, end_seats_of_the_gone
from multiagency.meetings.jobs_availability import READING_BUSY_TIMES, read_busy_times
from multiagency.meetings.jobs_reminders import REMINDING_OF_MEETINGS, remind_of_meetings
from multiagency.meetings.jobs_research import REMINDING_OF_RESEARCH, remind_of_research
from multiagency.meetings.questions import AgendaNotes, AgreedSoFar, MayApprove, MayGoOn, WhoIsAtTheDoor
from multiagency.meetings.reading_queue import queue
from multiagency.meetings.reading_rooms import at_the_door, still_inside
from multiagency.meetings.service_endings import end_seats
from multiagency.meetings.service_mailing import settle
from multiagency.meetings.service_offices import missing_offices
from multiagency.meetings.service_protection import look_at_seats
from multiagency.meetings.service_striking import mask
from multiagency.pathways.questions import TouchedBy
from multiagency.pathways.service import know
from multiagency.people import reading_waiting as people_waiting
from multiagency.people.jobs import forget_sessions
from multiagency.people.jobs_notices import NOTIFYING, forget_notices, mail_notices
from multiagency.risk import sections as risk_sections
from multiagency.risk.reading_instruments import know_all
from multiagency.risk.service import (
    assessment_ahead,
    complete_assessment,
    missing_assessment,
    offer_score,
    reopen_assessment,
)
from multiagency.risk.service_measures import missing_measures
from multiagency.safeguards import reading_waiting as safeguards_waiting
from multiagency.safeguards import sections as safeguards_sections
from multiagency.safeguards.events import AddressProtected
from multiagency.safeguards.jobs import REMINDING, remind
from multiagency.safeguards.jobs_departures import LOOKING_AFTER, look_after
from multiagency.safeguards.jobs_reviews import REFERRING, REMINDING_OF_OPENINGS, refer_unanswered
from multiagency.safeguards.jobs_reviews import remind as remind_of_openings
from multiagency.safeguards.service_conflicts import (
    exempt_coordinators,
    find_conflicts,
    lift_found_bars,
    missing_coordinator,
)
from multiagency.settings import Settings
from multiagency.storage import sections as storage_sections
from multiagency.storage.service_closing import wrong_outcome
from multiagency.web.door import Banners

ROOMS_WITH_TABLES = tables.ROOMS
"""Imported so that every foreign key finds its table."""


ROOMS_WITH_SECTIONS = (
    cases_sections,
    safeguards_sections,
    matching_sections,
    consent_sections,
    guardian_sections,
    agreement_sections,
    age_sections,
    link_sections,
    disclosures_sections,
    risk_sections,
    meetings_sections,
    actions_sections,
    storage_sections,
)

ROOMS_WHERE_WORK_WAITS = (
    meetings_waiting,
    cases_waiting,
    consultations_waiting,
    actions_waiting,
    consent_waiting,
    safeguards_waiting,
    disclosures_waiting,
    log_requests_waiting,
    assurance_waiting,
    people_waiting,
)


def wire(settings: Settings) -> Runtime:
    """Return the running kernel with every listener in place.

    Raises ValueError with every fault of a model of work from elsewhere that does not pass the check.
    """
    know(settings.pathways_directory)
    know_all(settings.instruments_directory)
    return make_runtime(settings, HashedJournal(), listeners(), contributions())


def listeners() -> Events:
    """Return who listens to what: the order is the one in which they act."""
    events = Events()
    events.subscribe(CaseMoved, exempt_coordinators, complete_assessment, tell_opener, end_with_the_case)
    events.subscribe(OpenedFrom, carry)
    events.subscribe(TakenBack, reopen_assessment)
    events.subscribe(SomebodyRecorded, find_conflicts, remember, look_again)
    events.subscribe(SomebodyStruck, lift_found_bars, forget, decide_without, mask)
    events.subscribe(SightEnded, end_support, end_seats)
    events.subscribe(MinutesApproved, have_told)
    events.subscribe(AddressProtected, look_at_seats)
    events.subscribe(MailSettled, settle)
    events.subscribe(WorkAsked, take_up_for)
    return events


def contributions() -> Questions:
    """Return who answers what: the order is the one in which the answers are shown."""
    questions = Questions()
    questions.contribute(MoveAhead, people_ahead, child_welfare_ahead, consent_ahead, assessment_ahead)
    questions.contribute(
        MayMove,
        missing_age,
        missing_people,
        missing_findings,
        missing_taker,
        missing_coordinator,
        missing_child_welfare,
        missing_child_client,
        missing_consent,
        missing_agreement,
        closed_to_the_young,
        missing_offices,
        missing_worker,
        missing_assessment,
        missing_attendance,
        wrong_outcome,
        missing_measures,
    )
    questions.contribute(LookAhead, *(room.ahead for room in ROOMS_WITH_SECTIONS))
    questions.contribute(PageSections, *(room.sections for room in ROOMS_WITH_SECTIONS))
    questions.contribute(StepsAsked, reading_steps.steps, risk_sections.steps)
    questions.contribute(DataOnOffer, offer_score)
    questions.contribute(MustBeHidden, must_be_hidden)
    questions.contribute(TouchedBy, touched_by_ground, texts_citing)
    questions.contribute(
        AgendaNotes, meetings_sections.asked_by_clients, meetings_sections.unconfirmed, actions_sections.unconfirmed
    )
    questions.contribute(MayApprove, missing_reviews)
    questions.contribute(MayGoOn, still_inside)
    questions.contribute(WhoIsAtTheDoor, at_the_door)
    questions.contribute(AgreedSoFar, actions_sections.agreed)
    questions.contribute(Banners, banner)
    questions.contribute(WorkWanted, *(room.waiting for room in ROOMS_WHERE_WORK_WAITS))
    questions.contribute(RowWords, cases_waiting.words, actions_waiting.words)
    questions.contribute(Boards, queue)
    return questions


def jobs(settings: Settings) -> dict[str, Job]:
    """Return what the worker does by itself, by the name that its rows in the due table bear.

    What runs out ends within its minute. Looking at requests for log data is logged each time, so it is not done more
    often than days are counted for.
    """
    soon, now_and_then, daily = timedelta(seconds=20), timedelta(minutes=5), timedelta(days=1)
    hours, long = timedelta(hours=6), timedelta(hours=1)
    return {
        ENDING: Job(end_expired, soon),
        ENDING_SEATS: Job(end_seats_of_the_gone, soon),
        READING_BUSY_TIMES: Job(read_busy_times, now_and_then, timedelta(minutes=3)),
        "forget_answers": Job(forget_answers, now_and_then),
        REMINDING: Job(remind, now_and_then),
        REFERRING: Job(refer_unanswered, now_and_then),
        REMINDING_OF_OPENINGS: Job(remind_of_openings, now_and_then),
        REMINDING_OF_MEETINGS: Job(remind_of_meetings, now_and_then),
        REMINDING_OF_CASES: Job(remind_of_cases, hours),
        TELLING_OF_CLOCKS: Job(tell_of_clocks, hours),
        REMINDING_OF_ACTIONS: Job(remind_of_actions, hours),
        REMINDING_OF_RESEARCH: Job(remind_of_research, hours),
        FORGETTING_QUESTIONS: Job(forget_questions, hours),
        NOTIFYING: Job(mail_notices, soon),
        WARNING: Job(warn, now_and_then),
        LOOKING_AFTER: Job(look_after, now_and_then),
        MAILING: Job(mail_checkpoints, now_and_then),
        "offer_checkpoints": Job(offer_checkpoints, soon),
        REMINDING_OF_REQUESTS: Job(remind_of_requests, hours),
        "forget_sessions": Job(forget_sessions, daily),
        "forget_notices": Job(forget_notices, daily),
        "forget_mail": Job(forget_mail, timedelta(hours=1)),
        "sweep_log": Job(sweep_log, daily, long),
        "check_log": Job(check, timedelta(hours=settings.self_check_hours), long),
    }
