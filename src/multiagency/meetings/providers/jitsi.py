"""Jitsi Meet: JWT, HS256 with the application's secret (lib-jitsi-meet doc/tokens.md).

Its server can end a room (`mod_muc_end_meeting`: POST /end-meeting, with a token of a key pair of its own), and put out
nobody alone by the name that we know them by.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import httpx

from multiagency.kernel.crypto import read_key
from multiagency.kernel.tokens import RoomPass, RoomTokens, Slot, jitsi_system_token
from multiagency.meetings.providers import Entrance, RoomAsked, Way

_ENDED = frozenset({200, 404})


@dataclass(frozen=True, slots=True)
class Jitsi:
    """Rooms of a Jitsi; without `api` nobody can be put out but by people."""

    tokens: RoomTokens
    domain: str
    api: str
    key_id: str
    key: Path

    made_first = False
    connects = True

    @property
    def way(self) -> Way:
        """Everybody leaves a room that ends, and comes back to the new one."""
        return Way.ROOM if self.api else Way.HAND

    def entrance(self, room: UUID, holder: RoomPass, now: datetime, slot: Slot) -> Entrance:
        """The token travels behind the #, which no browser sends and no server logs."""
        quoted = quote('"' + self.tokens.mint(str(room), holder, now, slot) + '"')
        return Entrance(f"https://{self.domain}/{room}#jwt={quoted}")

    def request(self, asked: RoomAsked, now: datetime) -> httpx.Request:
        """End the room."""
        token = jitsi_system_token(read_key(self.key), self.key_id, "multiagency", now)
        conference = f"{asked.room}@conference.{self.domain}"
        return httpx.Request(
            "POST",
            f"{self.api}/end-meeting",
            params={"conference": conference},
            headers={"authorization": f"Bearer {token}"},
        )

    def did(self, asked: RoomAsked, status: int, body: bytes) -> bool:
        """It ended, or was not there any more. What answers with a page of its own is not Prosody."""
        return status in _ENDED and b"<" not in body
