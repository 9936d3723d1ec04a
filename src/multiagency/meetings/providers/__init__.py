"""Whose rooms they are: one small interface, and which provider a team's meetings are held with.

A provider only says how it is asked; what is asked leaves the worker (`calling.py`), never a transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol
from uuid import UUID

import httpx

from multiagency.kernel.tokens import RoomPass, Slot

What = Literal["open", "remove", "end"]


class Way(StrEnum):
    """How somebody is put out of a room: alone, by ending the room for all, or by people."""

    ONE = "one"
    ROOM = "room"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class Entrance:
    """How a room is reached: `address` by being sent there, `shown` by a link, or `words` that people read."""

    address: str = ""
    shown: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class RoomAsked:
    """What a provider is asked to do with a room; `holder` is the pseudonym of whom it is about."""

    what: What
    room: UUID
    holder: str
    at: datetime


class Provider(Protocol):
    """What differs between providers."""

    @property
    def way(self) -> Way:
        """How somebody is put out."""

    @property
    def made_first(self) -> bool:
        """Whether a room must be made before anybody can enter it."""

    @property
    def connects(self) -> bool:
        """Whether there is anything to connect to."""

    def entrance(self, room: UUID, holder: RoomPass, now: datetime, slot: Slot) -> Entrance:
        """Return how this person reaches this room now; what opens it is not good outside the slot."""

    def request(self, asked: RoomAsked, now: datetime) -> httpx.Request:
        """Return how the provider is asked. Raises ValueError or OSError where a key is missing or wrong."""

    def did(self, asked: RoomAsked, status: int, body: bytes) -> bool:
        """Tell whether the answer says that it is done, or that there was nothing left to do."""
