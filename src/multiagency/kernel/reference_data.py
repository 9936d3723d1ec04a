"""Reference data, kept by the process until the database has another version: agencies, teams, parameters.

Never kept: grants, bases, bars, sessions, posts, membership, consents.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.database import Base

_T = TypeVar("_T")


class ReferenceDataVersion(Base):
    """The one row that names the version in force; a trigger of each table that is kept gives it another."""

    __tablename__ = "reference_data_version"

    id: Mapped[bool] = mapped_column(primary_key=True)
    version: Mapped[UUID]


class ReferenceData:
    """What this process has loaded last, and of which version."""

    def __init__(self) -> None:
        self._kept: dict[Callable[..., Any], tuple[UUID, Any]] = {}

    async def get(self, version: UUID | None, load: Callable[[Any], Awaitable[_T]], work: Any) -> _T:
        """Return what `load(work)` returned of this version; at a door that is told no version nothing is kept."""
        kept = self._kept.get(load)
        if kept is not None and kept[0] == version:
            found: _T = kept[1]
            return found
        loaded = await load(work)
        if version is not None:
            self._kept[load] = version, loaded
        return loaded
