"""What people are told: for each kind of notice which data its page shows, and by which mail it is told of.

When, to whom, where each leads and until when it is shown stands in `docs/notices.md`, a row per kind.
"""

from dataclasses import dataclass
from enum import StrEnum

from multiagency.kernel.access import Kind


class Mail(StrEnum):
    """How a person is mailed that a notice waits: hourly at most or once a day as they choose, or otherwise."""

    AT_ONCE = "at_once"
    HOURLY = "hourly"
    CALENDAR = "calendar"
    """The mail that goes to their calendar tells them; no other is sent."""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice; `shows` is what of a case whoever is told of it must see, where it is about one."""

    shows: Kind = Kind.SHELL
    mail: Mail = Mail.HOURLY


_CASE, _AT_ONCE = NoticeKind(), NoticeKind(mail=Mail.AT_ONCE)
_ACTION, _MINUTES = NoticeKind(Kind.ACTION), NoticeKind(Kind.MINUTES)

NOTICES: dict[str, NoticeKind] = {
    "case_submitted": _CASE,
    "case_handed_over": _CASE,
    "stage_moved": _CASE,
    "support_named": NoticeKind(Kind.CONTACT),
    "support_ended": _CASE,
    "part_asked": NoticeKind(Kind.NARRATIVE),
    "draft_expires": _CASE,
    "agenda_due": _CASE,
    "clock_ran_out": _CASE,
    "consent_changed": _CASE,
    "consent_ends": _CASE,
    "consent_ended": _CASE,
    "consent_withdrawn": _CASE,
    "client_comes_of_age": _CASE,
    "client_is_of_age": _CASE,
    "address_protected": _CASE,
    "protection_expires": _CASE,
    "somebody_struck": _CASE,
    "invited": NoticeKind(mail=Mail.CALENDAR),
    "called_urgently": NoticeKind(Kind.MEETING, Mail.AT_ONCE),
    "duty_given": _CASE,
    "duty_taken": _CASE,
    "seat_ended": NoticeKind(mail=Mail.CALENDAR),
    "invitation_declined": _CASE,
    "invitation_refused": _CASE,
    "room_not_emptied": _AT_ONCE,
    "somebody_instead": _CASE,
    "research_asked": NoticeKind(Kind.MEETING),
    "research_due": NoticeKind(Kind.MEETING),
    "research_missing": _CASE,
    "chair_named": _CASE,
    "case_put_off": _CASE,
    "replied_by_mail": _CASE,
    "meeting_comes": _CASE,
    "minutes_approved": _MINUTES,
    "minutes_added": _MINUTES,
    "minutes_instructed": _MINUTES,
    "action_assigned": _ACTION,
    "action_handed_over": _ACTION,
    "action_moved": _ACTION,
    "action_struck": _ACTION,
    "action_instructed": _ACTION,
    "action_due": _ACTION,
    "action_overdue": _ACTION,
    "plan_overdue": _ACTION,
    "work_taken_from_you": _CASE,
    "work_handed_on": _CASE,
    "post_ended": _CASE,
    "deputy_named": _CASE,
    "deputy_for_you": _CASE,
    "deputy_ended": _CASE,
    "consultation_asked": _CASE,
    "consultation_answered": _CASE,
    "consultation_ended": _CASE,
    "disclosure_received": NoticeKind(Kind.DISCLOSURE),
    "break_glass": _AT_ONCE,
    "break_glass_by_colleague": _AT_ONCE,
    "break_glass_review_due": _CASE,
    "break_glass_unanswered": _AT_ONCE,
    "log_request_due": _CASE,
    "log_alarm": _AT_ONCE,
}
