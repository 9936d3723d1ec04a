"""The words of the access policy: kinds of data, capabilities, purposes, operations, acts, and what a rule says."""

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
    ATTENDANCE = "attendance"


class Capability(StrEnum):
    """What a grant lets its post do on one case."""

    READ = "read"
    CONTRIBUTE = "contribute"
    REFER = "refer"
    COORDINATE = "coordinate"
    ACT = "act"
    SUPPORT = "support"


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


class Operation(StrEnum):
    """The operations of 1054/2018 section 19; `none` where no client data was touched."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    TRANSFER = "transfer"
    COMBINATION = "combination"
    ERASURE = "erasure"
    NONE = "none"


class Act(StrEnum):
    """Everything that can be asked of the service through a door."""

    FETCH_ASSET = "fetch_asset"
    SEE_KIT = "see_kit"
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
    TELL_EVENT = "tell_event"
    RECORD_CONSENT = "record_consent"
    WITHDRAW_CONSENT = "withdraw_consent"
    END_CONSENT = "end_consent"
    SUBMIT_CASE = "submit_case"
    TAKE_BACK_CASE = "take_back_case"
    BEGIN_AGAIN = "begin_again"
    MOVE_CASE = "move_case"
    TAKE_OVER_CASE = "take_over_case"
    RECORD_FINDING = "record_finding"
    OPEN_REVIEW = "open_review"
    MOVE_VERSION = "move_version"
    SEE_PATHWAYS = "see_pathways"
    BAR_PERSON = "bar_person"
    NAME_SUPPORT = "name_support"
    RECORD_VOICE = "record_voice"
    RUN_MEETING = "run_meeting"
    CALL_URGENTLY = "call_urgently"
    SEE_DUTY = "see_duty"
    KEEP_DUTY = "keep_duty"
    READ_TEAM_MEETING = "read_team_meeting"
    WRITE_TEAM_MEMO = "write_team_memo"
    TELL_AVAILABILITY = "tell_availability"
    READ_BUSY_TIMES = "read_busy_times"
    CHAIR_MEETING = "chair_meeting"
    EMPTY_ROOMS = "empty_rooms"
    END_SEATS = "end_seats"
    ANSWER_INVITATION = "answer_invitation"
    ANSWER_RESEARCH = "answer_research"
    JOIN_ROOM = "join_room"
    WRITE_MINUTES = "write_minutes"
    RECORD_MINUTES = "record_minutes"
    APPROVE_MINUTES = "approve_minutes"
    ASSIGN_ACTION = "assign_action"
    REPORT_ACTION = "report_action"
    READ_ATTENDANCE = "read_attendance"
    RECORD_ATTENDANCE = "record_attendance"
    REVIEW_PLAN = "review_plan"
    READ_LOG = "read_log"
    VERIFY_LOG = "verify_log"
    DELIVER_MAIL = "deliver_mail"
    READ_MAILBOX = "read_mailbox"
    KEEP_FEED = "keep_feed"
    FETCH_FEED = "fetch_feed"
    NUMBER_LOG = "number_log"
    READ_NOTICES = "read_notices"
    CHOOSE_MAIL = "choose_mail"
    SEE_GUARDIANS = "see_guardians"
    RECORD_GUARDIANS = "record_guardians"
    RECORD_AGREEMENT = "record_agreement"
    PRINT_CONSENT = "print_consent"
    ATTACH_SCAN = "attach_scan"
    LINK_CASES = "link_cases"
    GO_ON = "go_on"
    DISCLOSE = "disclose"
    READ_DISCLOSURES = "read_disclosures"
    READ_INBOX = "read_inbox"
    CONFIRM_RECORDING = "confirm_recording"
    SHARE_ON_GROUND = "share_on_ground"
    NOTIFY_CHILD_WELFARE = "notify_child_welfare"
    NOTIFY_WITHOUT_CASE = "notify_without_case"
    DECIDE_CHILD_WELFARE = "decide_child_welfare"
    SEE_GROUNDS = "see_grounds"
    EDIT_GROUNDS = "edit_grounds"
    DECLARE_CONFLICT = "declare_conflict"
    PROTECT_ADDRESS = "protect_address"
    BREAK_GLASS = "break_glass"
    ASK_TEAM = "ask_team"
    ANSWER_QUESTION = "answer_question"
    READ_QUESTION = "read_question"
    END_QUESTION = "end_question"
    FORGET_QUESTIONS = "forget_questions"
    SEE_OPENINGS = "see_openings"
    REVIEW_OPENING = "review_opening"
    REFER_OPENING = "refer_opening"
    REASSIGN_CASE = "reassign_case"
    READ_RIGHTS = "read_rights"
    REMIND_OF_EXPIRY = "remind_of_expiry"
    REMIND_OF_WORK = "remind_of_work"
    SEE_MATCHES = "see_matches"
    SEARCH_CASES = "search_cases"
    CLOSE_CASE = "close_case"
    END_CASE = "end_case"
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
    SEE_SUPERVISION = "see_supervision"
    HAND_WORK_ON = "hand_work_on"
    NAME_DEPUTY = "name_deputy"
    END_DEPUTY = "end_deputy"
    TELL_OF_DEPARTURES = "tell_of_departures"
    FORGET_ANSWERS = "forget_answers"
    FORGET_SESSIONS = "forget_sessions"
    FORGET_MAIL = "forget_mail"
    TAKE_DUE_WORK = "take_due_work"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do an act: `roles` of the post, `capabilities` on the case (any one suffices), and the purpose.

    `reads`, `writes` and `gives` are the words of 1054/2018 section 19 for what the act does: for looking at data; for
    changing it, where the act decides that and not the statements; for changes that hand data to a recipient.
    """

    purpose: Purpose
    roles: frozenset[Role] = frozenset()
    capabilities: frozenset[Capability] = frozenset()
    public: bool = False
    reads: Operation = Operation.CONSULTATION
    writes: Operation | None = None
    gives: Operation | None = None

    def role_may(self, role: Role) -> bool:
        """Tell whether a post of this role may do the act at all."""
        return self.public or role in self.roles
