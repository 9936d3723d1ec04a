"""BigBlueButton: every call is signed, SHA-256 over its name, its query and the secret (docs.bigbluebutton.org, API).

A signed address to join has no end of its own: it opens the room for as long as that lives. So nobody is shown it, the
browser is sent there, and who is put out ends the room: the next one has another name.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

import httpx

from multiagency.kernel.tokens import RoomPass, Slot
from multiagency.meetings.providers import Entrance, RoomAsked, Way

_CLOSED = {
    **dict.fromkeys(("record", "autoStartRecording", "allowStartStopRecording", "meetingKeepEvents"), "false"),
    "guestPolicy": "ALWAYS_DENY",
    "disabledFeatures": "breakoutRooms,sharedNotes,liveTranscription,captions,polls,learningDashboard",
}
_GONE = rb"<messageKey>notFound</messageKey>"


@dataclass(frozen=True, slots=True)
class BigBlueButton:
    """Rooms of a BigBlueButton; `back` is where it sends people afterwards."""

    api: str
    secret: str
    back: str

    way = Way.ROOM
    made_first = True
    connects = True

    def entrance(self, room: UUID, holder: RoomPass, now: datetime, slot: Slot) -> Entrance:
        """The browser is sent to the signed address."""
        role = "MODERATOR" if holder.moderator else "VIEWER"
        about = {"fullName": holder.display_name, "meetingID": str(room), "userID": holder.pseudonym, "role": role}
        return Entrance(self.signed("join", about | {"redirect": "true", "errorRedirectUrl": self.back}))

    def request(self, asked: RoomAsked, now: datetime) -> httpx.Request:
        """Make the room, or end it. Making one that is there already changes nothing."""
        about = {"meetingID": str(asked.room)}
        if asked.what != "open":
            return httpx.Request("GET", self.signed("end", about))
        made = about | {"name": "Kokous", "logoutURL": self.back, "meetingExpireWhenLastUserLeftInMinutes": "5"}
        return httpx.Request("GET", self.signed("create", made | _CLOSED))

    def did(self, asked: RoomAsked, status: int, body: bytes) -> bool:
        """It says so itself: SUCCESS, or that the room to be ended is not there."""
        said = re.search(rb"<returncode>(\w+)</returncode>", body)
        gone = asked.what != "open" and _GONE in body
        return status == 200 and said is not None and (said[1] == b"SUCCESS" or gone)

    def signed(self, call: str, about: dict[str, str]) -> str:
        """Return the address of a call with its checksum."""
        query = urlencode(about)
        checksum = hashlib.sha256(f"{call}{query}{self.secret}".encode()).hexdigest()
        return f"{self.api}/{call}?{query}&checksum={checksum}"
