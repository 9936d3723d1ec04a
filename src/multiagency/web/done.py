"""What a change has just done, said once on the page that the browser is sent to, and forgotten there.

The word travels in a cookie for a minute: an address stays in the history of a browser that others use too.
"""

from enum import StrEnum

from fastapi import Request, Response

_COOKIE = "__Host-done"
_SECONDS = 60


class Done(StrEnum):
    """What is said, as a key of the catalogues (`done.<value>`); it names nobody and no case."""

    SAVED = "saved"
    STRUCK = "struck"
    TAKEN_BACK = "taken_back"
    CONSENT_RECORDED = "consent_recorded"
    WITHDRAWN = "withdrawn"
    NOTIFIED = "notified"
    DISCLOSED = "disclosed"
    DECLARED = "declared"
    HANDED_OVER = "handed_over"
    WORK_HANDED_ON = "work_handed_on"
    SEATED = "seated"
    INVITED = "invited"
    SENT_AGAIN = "sent_again"
    ANSWERED = "answered"
    PRESSED = "pressed"
    SENT_INSTEAD = "sent_instead"
    REVIEWED = "reviewed"
    TOLD = "told"
    ASSIGNED = "assigned"
    REPORTED = "reported"
    CLOSED = "closed"
    SEAT_TAKEN_BACK = "seat_taken_back"
    PLACED = "placed"
    ORDERED = "ordered"
    TAKEN_OFF = "taken_off"
    CALLED_URGENTLY = "called_urgently"
    MEETING_MOVED = "meeting_moved"
    MEETING_CANCELLED = "meeting_cancelled"
    MEETING_NOT_HELD = "meeting_not_held"
    CALENDAR_SET = "calendar_set"
    MEETINGS_MADE = "meetings_made"
    DRAFTS_CHANGED = "drafts_changed"
    COPIED = "copied"
    DRAFT_SAVED = "draft_saved"
    MINUTES_APPROVED = "minutes_approved"
    ROUND_BEGUN = "round_begun"
    MOVED = "moved"
    TAKEN_OVER = "taken_over"
    ENDED_OTHER_WAY = "ended_other_way"
    VERSION_MOVED = "version_moved"
    ACTION_STRUCK = "action_struck"
    ACTION_MOVED = "action_moved"
    ASKED = "asked"
    RESEARCH_ASKED = "research_asked"
    SUPPORT_NAMED = "support_named"
    SUPPORT_ENDED = "support_ended"
    QUESTION_ENDED = "question_ended"


def remember(response: Response, done: Done) -> None:
    """Let the next page say it."""
    response.set_cookie(_COOKIE, done, _SECONDS, secure=True, httponly=True, samesite="lax", path="/")


def remembered(request: Request) -> Done | None:
    """Return what is to be said; anything but one of our words is nothing."""
    word = request.cookies.get(_COOKIE, "")
    return Done(word) if word in set(Done) else None


def forget(response: Response) -> None:
    """Say it once only."""
    response.delete_cookie(_COOKIE, secure=True, httponly=True, samesite="lax", path="/")
