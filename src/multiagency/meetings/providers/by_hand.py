"""What has no interface: a call by phone, and a room with one lasting address. Only people put anybody out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import httpx

from multiagency.kernel.tokens import RoomPass, Slot
from multiagency.meetings.providers import Entrance, RoomAsked, Way


@dataclass(frozen=True, slots=True)
class ByHand:
    """Neither is asked anything; `words` say how to call, `address` leads to the lasting room."""

    words: str = ""
    address: str = ""

    way = Way.HAND
    made_first = False

    @property
    def connects(self) -> bool:
        """Without words and address the page of the room is all there is."""
        return bool(self.words or self.address)

    def entrance(self, room: UUID, holder: RoomPass, now: datetime, slot: Slot) -> Entrance:
        """The same for all: it is shown, and only within the slot."""
        return Entrance(shown=self.address, words=self.words)

    def request(self, asked: RoomAsked, now: datetime) -> httpx.Request:
        """There is nobody to ask. Raises ValueError."""
        raise ValueError("this room is emptied by people")

    def did(self, asked: RoomAsked, status: int, body: bytes) -> bool:
        """Nothing is ever done by itself."""
        return False
