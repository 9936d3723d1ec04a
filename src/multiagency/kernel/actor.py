"""Who acts: what a caller presents, and whom the database recognises in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """The role of a post; what each may do stands in `kernel/access.py`."""

    OFFICER = "officer"
    SOCIAL_WORKER = "social_worker"
    REPRESENTATIVE = "representative"
    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    INTAKE = "intake"
    WORKER = "worker"
    KEEPER = "keeper"


class Door(StrEnum):
    """The database role a unit of work connects as; none of them owns a table or bypasses a policy."""

    APP = "app"
    WORKER = "worker"
    SIGN_IN = "signin"
    KEEPER = "keeper"


@dataclass(frozen=True, slots=True)
class Presented:
    """What a caller presents: the secret of a session, and the door it came through."""

    secret: str
    door: Door = Door.APP

    def __repr__(self) -> str:
        return f"Presented(door={self.door.value!r})"


VISITOR = Presented("", Door.SIGN_IN)
"""Somebody at the sign-in page: reaches credentials and sessions, nothing else."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The person, agency and post behind a live session, as they are at this moment."""

    session_id: UUID
    post_id: UUID
    person_id: UUID
    agency_id: UUID
    role: Role
    name: str
    title: str
    agency_name: str
    language: str
    until: datetime
    """When the session ends by itself."""
