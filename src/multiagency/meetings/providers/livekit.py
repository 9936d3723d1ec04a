"""LiveKit: JWT with grants, and a Twirp API that puts out one person (docs.livekit.io, RoomService).

`revoke_token_ts` makes the server refuse the tokens from before; one that does not know it refuses them a minute later.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

import httpx

from multiagency.kernel.tokens import LiveKitTokens, RoomPass, Slot
from multiagency.meetings.providers import Entrance, RoomAsked, Way

_CALLS = {"open": "CreateRoom", "remove": "RemoveParticipant", "end": "DeleteRoom"}


@dataclass(frozen=True, slots=True)
class LiveKit:
    """Rooms of a LiveKit; `web` is the page in which people see them."""

    tokens: LiveKitTokens
    api: str
    web: str

    way = Way.ONE
    made_first = True
    connects = True

    def entrance(self, room: UUID, holder: RoomPass, now: datetime, slot: Slot) -> Entrance:
        """The page reads server and token behind the #."""
        server = self.api.replace("http", "ws", 1)
        return Entrance(f"{self.web}#liveKitUrl={quote(server)}&token={self.tokens.mint(str(room), holder, now, slot)}")

    def request(self, asked: RoomAsked, now: datetime) -> httpx.Request:
        """Make the room, put out one person, or end it."""
        room = str(asked.room)
        about: dict[str, object] = {"room": room}
        grants: dict[str, object] = {"roomCreate": True}
        if asked.what == "remove":
            about |= {"identity": asked.holder, "revoke_token_ts": str(int(asked.at.timestamp()) + 1)}
            grants = {"roomAdmin": True, "room": room}
        if asked.what == "open":
            about = {"name": room, "empty_timeout": 3600, "departure_timeout": 600}
        call = _CALLS[asked.what]
        headers = {"authorization": f"Bearer {self.tokens.for_service(grants, now)}"}
        return httpx.Request("POST", f"{self.api}/twirp/livekit.RoomService/{call}", headers=headers, json=about)

    def did(self, asked: RoomAsked, status: int, body: bytes) -> bool:
        """An object without more, or Twirp's word that there is no such room or person."""
        try:
            said = json.loads(body)
        except ValueError:
            return False
        return isinstance(said, dict) and (status == 200 or (status == 404 and said.get("code") == "not_found"))
