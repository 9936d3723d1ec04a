"""The access policy on one screen: every act, who may do it, and for which purpose.

Two questions are kept apart. *May this post do this act at all?* is answered here, from its role (403). *May it see
this row?* is answered by the database, from grants and bases that are alive at that moment (404). A capability is
what a grant on one case allows its post to do there.
"""

from dataclasses import dataclass
from enum import StrEnum

from multiagency.kernel.actor import Role


class Kind(StrEnum):
    """The kinds of client data; every table carries exactly one, and bases and grants list kinds."""

    SHELL = "shell"
    IDENTITY = "identity"
    CONTACT = "contact"
    PARTY = "party"
    NARRATIVE = "narrative"
    RISK = "risk"
    CONSENT = "consent"
    MEETING = "meeting"
    MINUTES = "minutes"
    ACTION = "action"
    DISCLOSURE = "disclosure"


class Capability(StrEnum):
    """What a grant lets its post do on one case."""

    READ = "read"
    CONTRIBUTE = "contribute"
    REFER = "refer"
    COORDINATE = "coordinate"
    ACT = "act"


class Purpose(StrEnum):
    """Why data is used; written into every entry of the log (703/2023 section 10)."""

    SIGN_IN = "sign_in"
    DIRECTORY = "directory"
    REFERRAL = "referral"
    CASE_WORK = "case_work"
    CONSENT = "consent"
    COORDINATION = "coordination"
    PARTICIPATION = "participation"
    FOLLOW_UP = "follow_up"
    OVERSIGHT = "oversight"
    DELIVERY = "delivery"
    LOG_KEEPING = "log_keeping"
    DISCLOSURE = "disclosure"
    CHILD_WELFARE = "child_welfare"
    EMERGENCY = "emergency"
    ADMINISTRATION = "administration"
    STORAGE = "storage"
    CLIENTS_RIGHT = "clients_right"


class Act(StrEnum):
    """Everything that can be asked of the service through a door."""

    FETCH_STYLE = "fetch_style"
    CHOOSE_LANGUAGE = "choose_language"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    SEE_HOME = "see_home"
    SEE_DIRECTORY = "see_directory"
    OPEN_CASE = "open_case"
    LIST_CASES = "list_cases"
    READ_CASE = "read_case"
    EDIT_CASE = "edit_case"
    WRITE_PART = "write_part"
    ASK_FOR_PART = "ask_for_part"
    ASSESS_RISK = "assess_risk"
    RECORD_CONSENT = "record_consent"
    WITHDRAW_CONSENT = "withdraw_consent"
    SUBMIT_CASE = "submit_case"
    BAR_PERSON = "bar_person"
    RUN_MEETING = "run_meeting"
    ANSWER_INVITATION = "answer_invitation"
    JOIN_ROOM = "join_room"
    RECORD_MINUTES = "record_minutes"
    ASSIGN_ACTION = "assign_action"
    REPORT_ACTION = "report_action"
    READ_LOG = "read_log"
    VERIFY_LOG = "verify_log"
    DELIVER_MAIL = "deliver_mail"
    NUMBER_LOG = "number_log"
    READ_NOTICES = "read_notices"
    SEE_GUARDIANS = "see_guardians"
    RECORD_GUARDIANS = "record_guardians"
    PRINT_CONSENT = "print_consent"
    ATTACH_SCAN = "attach_scan"
    DISCLOSE = "disclose"
    READ_DISCLOSURES = "read_disclosures"
    READ_INBOX = "read_inbox"
    SHARE_ON_GROUND = "share_on_ground"
    NOTIFY_CHILD_WELFARE = "notify_child_welfare"
    NOTIFY_WITHOUT_CASE = "notify_without_case"
    DECIDE_CHILD_WELFARE = "decide_child_welfare"
    SEE_GROUNDS = "see_grounds"
    EDIT_GROUNDS = "edit_grounds"
    DECLARE_CONFLICT = "declare_conflict"
    PROTECT_ADDRESS = "protect_address"
    BREAK_GLASS = "break_glass"
    REASSIGN_CASE = "reassign_case"
    READ_RIGHTS = "read_rights"
    REMIND_OF_EXPIRY = "remind_of_expiry"
    SEE_MATCHES = "see_matches"
    CLOSE_CASE = "close_case"
    HOLD_CASE = "hold_case"
    ROTATE_KEYS = "rotate_keys"
    DELETE_EXPIRED = "delete_expired"
    READ_DELETIONS = "read_deletions"
    SEE_RETENTION = "see_retention"
    EDIT_RETENTION = "edit_retention"
    EXPORT_LOG = "export_log"
    REVIEW_LOG = "review_log"
    TAKE_LOG_REQUEST = "take_log_request"
    HANDLE_LOG_REQUEST = "handle_log_request"
    FETCH_CHECKPOINT = "fetch_checkpoint"
    COSIGN_CHECKPOINT = "cosign_checkpoint"
    DEMAND_CHECKPOINT = "demand_checkpoint"
    SEE_WITNESSES = "see_witnesses"
    EDIT_WITNESSES = "edit_witnesses"
    CHECK_LOG = "check_log"
    SEE_ALARMS = "see_alarms"
    SETTLE_ALARM = "settle_alarm"
    READ_METRICS = "read_metrics"
    REMIND_OF_LOG_REQUEST = "remind_of_log_request"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do an act: `roles` of the post, `capabilities` on the case (any one suffices), and the purpose."""

    purpose: Purpose
    roles: frozenset[Role] = frozenset()
    capabilities: frozenset[Capability] = frozenset()
    public: bool = False

    def role_may(self, role: Role) -> bool:
        """Tell whether a post of this role may do the act at all."""
        return self.public or role in self.roles


_JOBS = frozenset({Role.WORKER, Role.KEEPER})
_ALL = frozenset(Role) - _JOBS
_REFERRERS = frozenset({Role.OFFICER, Role.SOCIAL_WORKER})
_CASE_WORKERS = _REFERRERS | {Role.REPRESENTATIVE}
_TABLE = _CASE_WORKERS | {Role.COORDINATOR}
_COORDINATOR = frozenset({Role.COORDINATOR})
_AUDITOR = frozenset({Role.AUDITOR})
_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
_INTAKE = frozenset({Role.INTAKE})
_WORKER = frozenset({Role.WORKER})
_KEEPER = frozenset({Role.KEEPER})

_REFER = frozenset({Capability.REFER})
_STEER = frozenset({Capability.REFER, Capability.COORDINATE})
_COORDINATE = frozenset({Capability.COORDINATE})
_PART = frozenset({Capability.REFER, Capability.CONTRIBUTE})
_ANY = frozenset(Capability)

RULES: dict[Act, Rule] = {
    Act.FETCH_STYLE: Rule(Purpose.SIGN_IN, public=True),
    Act.CHOOSE_LANGUAGE: Rule(Purpose.SIGN_IN, public=True),
    Act.SIGN_IN: Rule(Purpose.SIGN_IN, public=True),
    Act.SIGN_OUT: Rule(Purpose.SIGN_IN, _ALL),
    Act.SEE_HOME: Rule(Purpose.DIRECTORY, _ALL),
    Act.SEE_DIRECTORY: Rule(Purpose.DIRECTORY, _ALL),
    Act.OPEN_CASE: Rule(Purpose.REFERRAL, _REFERRERS),
    Act.LIST_CASES: Rule(Purpose.CASE_WORK, _TABLE),
    Act.READ_CASE: Rule(Purpose.CASE_WORK, _TABLE, _ANY),
    Act.EDIT_CASE: Rule(Purpose.REFERRAL, _REFERRERS, _REFER),
    Act.WRITE_PART: Rule(Purpose.REFERRAL, _CASE_WORKERS, _PART),
    Act.ASK_FOR_PART: Rule(Purpose.REFERRAL, _REFERRERS, _REFER),
    Act.ASSESS_RISK: Rule(Purpose.REFERRAL, _REFERRERS, _REFER),
    Act.RECORD_CONSENT: Rule(Purpose.CONSENT, _REFERRERS, _REFER),
    Act.WITHDRAW_CONSENT: Rule(Purpose.CONSENT, _REFERRERS | _COORDINATOR, _STEER),
    Act.SUBMIT_CASE: Rule(Purpose.REFERRAL, _REFERRERS, _REFER),
    Act.BAR_PERSON: Rule(Purpose.CASE_WORK, _REFERRERS | _COORDINATOR, _STEER),
    Act.RUN_MEETING: Rule(Purpose.COORDINATION, _COORDINATOR, _COORDINATE),
    Act.ANSWER_INVITATION: Rule(Purpose.PARTICIPATION, _TABLE),
    Act.JOIN_ROOM: Rule(Purpose.PARTICIPATION, _TABLE),
    Act.RECORD_MINUTES: Rule(Purpose.COORDINATION, _COORDINATOR, _COORDINATE),
    Act.ASSIGN_ACTION: Rule(Purpose.FOLLOW_UP, _COORDINATOR, _COORDINATE),
    Act.REPORT_ACTION: Rule(Purpose.FOLLOW_UP, _TABLE),
    Act.READ_LOG: Rule(Purpose.OVERSIGHT, _AUDITOR),
    Act.VERIFY_LOG: Rule(Purpose.OVERSIGHT, _AUDITOR | _WORKER),
    Act.DELIVER_MAIL: Rule(Purpose.DELIVERY, _WORKER),
    Act.NUMBER_LOG: Rule(Purpose.LOG_KEEPING, _WORKER),
    Act.READ_NOTICES: Rule(Purpose.DIRECTORY, _ALL),
    Act.SEE_GUARDIANS: Rule(Purpose.CONSENT, _REFERRERS | _COORDINATOR, _STEER),
    Act.RECORD_GUARDIANS: Rule(Purpose.CONSENT, _REFERRERS, _REFER),
    Act.PRINT_CONSENT: Rule(Purpose.CONSENT, _REFERRERS, _REFER),
    Act.ATTACH_SCAN: Rule(Purpose.CONSENT, _REFERRERS, _REFER),
    Act.DISCLOSE: Rule(Purpose.DISCLOSURE, _TABLE, _ANY),
    Act.READ_DISCLOSURES: Rule(Purpose.DISCLOSURE, _TABLE, _ANY),
    Act.READ_INBOX: Rule(Purpose.DISCLOSURE, _INTAKE),
    Act.SHARE_ON_GROUND: Rule(Purpose.DISCLOSURE, _REFERRERS, _REFER),
    Act.NOTIFY_CHILD_WELFARE: Rule(Purpose.CHILD_WELFARE, _TABLE, _ANY),
    Act.NOTIFY_WITHOUT_CASE: Rule(Purpose.CHILD_WELFARE, _TABLE | _INTAKE),
    Act.DECIDE_CHILD_WELFARE: Rule(Purpose.CHILD_WELFARE, _REFERRERS, _REFER),
    Act.SEE_GROUNDS: Rule(Purpose.DIRECTORY, _ALL),
    Act.EDIT_GROUNDS: Rule(Purpose.ADMINISTRATION, _ADMINISTRATOR),
    Act.DECLARE_CONFLICT: Rule(Purpose.CASE_WORK, _TABLE, _ANY),
    Act.PROTECT_ADDRESS: Rule(Purpose.CASE_WORK, _REFERRERS, _REFER),
    Act.BREAK_GLASS: Rule(Purpose.EMERGENCY, _CASE_WORKERS),
    Act.REASSIGN_CASE: Rule(Purpose.CASE_WORK, _REFERRERS | _COORDINATOR, _STEER),
    Act.READ_RIGHTS: Rule(Purpose.OVERSIGHT, _AUDITOR),
    Act.REMIND_OF_EXPIRY: Rule(Purpose.CASE_WORK, _WORKER),
    Act.SEE_MATCHES: Rule(Purpose.COORDINATION, _COORDINATOR, _COORDINATE),
    Act.CLOSE_CASE: Rule(Purpose.COORDINATION, _COORDINATOR, _COORDINATE),
    Act.HOLD_CASE: Rule(Purpose.STORAGE, _COORDINATOR, _COORDINATE),
    Act.ROTATE_KEYS: Rule(Purpose.STORAGE, _KEEPER),
    Act.DELETE_EXPIRED: Rule(Purpose.STORAGE, _KEEPER),
    Act.READ_DELETIONS: Rule(Purpose.STORAGE, _AUDITOR | _ADMINISTRATOR),
    Act.SEE_RETENTION: Rule(Purpose.DIRECTORY, _ALL),
    Act.EDIT_RETENTION: Rule(Purpose.ADMINISTRATION, _ADMINISTRATOR),
    Act.EXPORT_LOG: Rule(Purpose.OVERSIGHT, _AUDITOR),
    Act.REVIEW_LOG: Rule(Purpose.OVERSIGHT, _AUDITOR),
    Act.TAKE_LOG_REQUEST: Rule(Purpose.CLIENTS_RIGHT, _INTAKE | _AUDITOR),
    Act.HANDLE_LOG_REQUEST: Rule(Purpose.CLIENTS_RIGHT, _AUDITOR),
    Act.FETCH_CHECKPOINT: Rule(Purpose.LOG_KEEPING, public=True),
    Act.COSIGN_CHECKPOINT: Rule(Purpose.LOG_KEEPING, public=True),
    Act.DEMAND_CHECKPOINT: Rule(Purpose.LOG_KEEPING, _AUDITOR),
    Act.SEE_WITNESSES: Rule(Purpose.LOG_KEEPING, _AUDITOR | _ADMINISTRATOR),
    Act.EDIT_WITNESSES: Rule(Purpose.ADMINISTRATION, _ADMINISTRATOR),
    Act.CHECK_LOG: Rule(Purpose.OVERSIGHT, _WORKER),
    Act.SEE_ALARMS: Rule(Purpose.OVERSIGHT, _AUDITOR | _ADMINISTRATOR),
    Act.SETTLE_ALARM: Rule(Purpose.OVERSIGHT, _AUDITOR),
    Act.READ_METRICS: Rule(Purpose.LOG_KEEPING, public=True),
    Act.REMIND_OF_LOG_REQUEST: Rule(Purpose.CLIENTS_RIGHT, _WORKER),
}
