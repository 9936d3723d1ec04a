"""The vault: seals and opens the columns of client rows with the key of their case, controller and retention class."""

import logging
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, bindparam, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from multiagency.kernel.crypto import CannotDecrypt, DataKey, Sealed
from multiagency.kernel.database import Base, ClientRecord, identifier
from multiagency.kernel.ids import uuid7
from multiagency.kernel.keys import MasterKeys

_TRIED = 50
"""So many keys of one scope are tried before the log gets a new one: somebody may have put rubbish there."""
_log = logging.getLogger(__name__)
_told: set[UUID] = set()


def _pass_over(row: "WrappedKey", error: CannotDecrypt) -> None:
    """Say once of each key that it does not open; the self-check of the log makes it an alarm."""
    if row.id not in _told:
        _told.add(row.id)
        _log.error("the data key %s is passed over: %s", row.id, str(error) or "it is not what it says it is")


class WrappedKey(Base):
    """A wrapped data key; `case_id` is null for the yearly keys of the log.

    Two transactions that need the first key of a scope at the same time make two: a sealed value names its key, so
    both serve, and expiry destroys every key of the scope. `master_id` names the master key that wrapped it (null: made
    before this was recorded). From `retired_at` on a newer key seals, and this one only opens what it has sealed.
    """

    __tablename__ = "data_key"
    id: Mapped[UUID] = identifier()
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    controller_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))
    retention_class: Mapped[str]
    wrapped: Mapped[bytes]
    master_id: Mapped[str | None]
    retired_at: Mapped[datetime | None]


def wrapped_key(
    master: MasterKeys, case_id: UUID | None, controller_id: UUID | None, retention_class: str
) -> tuple[WrappedKey, DataKey]:
    """Return a new data key of this scope, as a row to be saved and ready for use."""
    current = master.current()
    key, wrapped = current.new_data_key(uuid7())
    row = WrappedKey(
        id=key.id,
        case_id=case_id,
        controller_id=controller_id,
        retention_class=retention_class,
        wrapped=wrapped,
        master_id=current.id,
    )
    return row, key


# Made once: to make a statement costs more than to ask it.
_OF_CASES = select(WrappedKey).where(WrappedKey.case_id.in_(bindparam("cases", expanding=True)))
_OF_CASE = select(WrappedKey).where(WrappedKey.case_id == bindparam("case"))
_ITSELF = select(WrappedKey).where(WrappedKey.id == bindparam("key"))
_NEWEST_FIRST = (WrappedKey.retired_at.is_not(None), WrappedKey.id.desc())
_OF_LOG = (
    select(WrappedKey)
    .where(
        WrappedKey.case_id.is_(None),  # any other comparison is answered by no index
        WrappedKey.controller_id.is_(None),
        WrappedKey.retention_class == bindparam("retention_class"),
    )
    .order_by(*_NEWEST_FIRST)
    .limit(_TRIED)
)


class Vault:
    """Keys of one transaction; unwrapped keys live no longer than it."""

    def __init__(self, session: AsyncSession, master: MasterKeys) -> None:
        self._session = session
        self.master = master
        self._by_scope: dict[tuple[UUID | None, UUID | None, str], DataKey] = {}
        self._by_id: dict[UUID, DataKey] = {}
        self._wrapped: dict[UUID, WrappedKey] = {}
        self._expected: set[UUID] = set()

    async def expect(self, case_ids: Collection[UUID]) -> None:
        """Load the keys of several cases, each once, in one statement, because something of each will be opened."""
        wanted = set(case_ids) - self._expected
        if wanted:
            rows = await self._session.scalars(_OF_CASES, {"cases": list(wanted)})
            self._wrapped |= {row.id: row for row in rows}
            self._expected |= wanted

    async def seal(self, row: ClientRecord, **texts: str | None) -> None:
        """Set the named columns of `row` to the sealed texts; an empty text clears the column."""
        await self.seal_bytes(row, **{column: text.encode() if text else None for column, text in texts.items()})

    async def open(self, row: ClientRecord, column: str) -> str:
        """Return the text of a sealed column, empty when it holds nothing."""
        return (await self.open_bytes(row, column)).decode()

    async def seal_bytes(self, row: ClientRecord, **contents: bytes | None) -> None:
        """Set the named columns of `row` to the sealed contents; nothing clears the column."""
        key = await self.key_for(row.case_id, row.controller_id, row.retention_class)
        for column, content in contents.items():
            sealed = key.seal_bytes(f"{row.__tablename__}.{column}", row.id, content) if content else None
            setattr(row, column, sealed)

    async def open_bytes(self, row: ClientRecord, column: str) -> bytes:
        """Return the content of a sealed column, empty when it holds nothing."""
        sealed: Sealed | None = getattr(row, column)
        if sealed is None:
            return b""
        key = await self.key_of(sealed, row.case_id)
        return key.open_bytes(f"{row.__tablename__}.{column}", row.id, sealed)

    async def key_for(self, case_id: UUID | None, controller_id: UUID | None, retention_class: str) -> DataKey:
        """Return the newest usable data key of this scope, made on first use.

        A key that does not open is passed over. The log gets a new one when none does, for it goes on whatever happens;
        of a case then `CannotDecrypt` is raised.
        """
        scope = (case_id, controller_id, retention_class)
        if scope not in self._by_scope:
            self._by_scope[scope] = await self._load(*scope) or await self._make(*scope)
        return self._by_scope[scope]

    async def key_of(self, sealed: Sealed, case_id: UUID | None = None) -> DataKey:
        """Return the data key that sealed this value; only keys of cases in sight can be loaded, those of one at once.

        Raises `CannotDecrypt` when it does not open: `MasterKeyMissing` where that says which master key is wanted;
        `NoResultFound` when the key is gone, or out of sight.
        """
        if sealed.key_id not in self._by_id:
            if sealed.key_id not in self._wrapped:
                asked = (_ITSELF, {"key": sealed.key_id}) if case_id is None else (_OF_CASE, {"case": case_id})
                rows = await self._session.scalars(*asked)
                self._wrapped |= {row.id: row for row in rows}
            if sealed.key_id not in self._wrapped:
                raise NoResultFound
            self._by_id[sealed.key_id] = self._unwrap(self._wrapped[sealed.key_id])
        return self._by_id[sealed.key_id]

    async def _load(self, case_id: UUID | None, controller_id: UUID | None, retention_class: str) -> DataKey | None:
        if case_id is None and controller_id is None:
            query = _OF_LOG
        else:
            query = select(WrappedKey).where(
                WrappedKey.case_id == case_id,
                WrappedKey.controller_id == controller_id,
                WrappedKey.retention_class == bindparam("retention_class"),
            )
            query = query.order_by(*_NEWEST_FIRST).limit(_TRIED)
        found = await self._session.scalars(query, {"retention_class": retention_class})
        unusable: CannotDecrypt | None = None
        for row in found:
            try:
                return self._unwrap(row)
            except CannotDecrypt as error:
                unusable = unusable or error
                _pass_over(row, error)
        if unusable and case_id is not None:
            raise unusable  # nothing of a case is sealed beside what cannot be read
        return None

    def _unwrap(self, row: WrappedKey) -> DataKey:
        return self.master.unwrap(row.id, row.wrapped, row.master_id)

    async def _make(self, case_id: UUID | None, controller_id: UUID | None, retention_class: str) -> DataKey:
        row, key = wrapped_key(self.master, case_id, controller_id, retention_class)
        self._session.add(row)
        await self._session.flush()
        self._by_id[key.id] = key
        return key
