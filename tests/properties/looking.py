"""What the database shows: everything that stands there, and what each person's own session lets through of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from tests.house import House

from multiagency.tables import metadata

CLIENT_TABLES: dict[str, str] = {
    table.name: str(table.info["client_data"])
    for table in metadata.sorted_tables
    if "client_data" in table.info and ("case_id" in table.c or table.name == "case_file")
}
"""Every table of client data about a case with its kind, as the catalogue of models declares it."""
_AROUND = ("lawful_basis", "access_grant", "access_bar", "bar_exemption", "address_clearance", "data_key")
LOOKED_AT = (*CLIENT_TABLES, *(table for table in _AROUND if table in metadata.tables))
"""The tables of client data, and those around them that tell of a case."""
_UNDISCUSSED = (
    "EXISTS (SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.ended_at IS NULL AND a.discussed_at IS NULL)"
)
_BAR = metadata.tables["access_bar"].c
_WHOSE = {
    "lawful_basis": "agency_id",
    "access_grant": "post_id",
    "access_bar": "coalesce(person_id, agency_id)" if "agency_id" in _BAR else "person_id",
    "bar_exemption": "person_id",
    "address_clearance": "post_id",
    "break_glass": "post_id",
    "research_request": f"CASE WHEN ended_at IS NULL AND {_UNDISCUSSED} THEN agency_id END",
    "research_answer": (
        "CASE WHEN EXISTS (SELECT FROM research_request r WHERE r.id = request_id AND r.ended_at IS NULL AND EXISTS ("
        "SELECT FROM agenda_item a WHERE a.id = r.agenda_item_id AND a.ended_at IS NULL AND a.discussed_at IS NULL)) "
        "THEN controller_id END"
    ),
    "party": "CASE WHEN struck_at IS NULL THEN controller_id END",
}
"""Whose a row is, where that is not its controller; who was struck is nobody's,
nor what was asked, or answered, and has ended or been discussed."""
_PLACED = ("minutes", "minutes_part")
_PLACE = """CASE WHEN approved_at IS NOT NULL THEN (
    SELECT count(*) FROM agenda_item i WHERE i.case_id = {0}.case_id AND i.id <= {0}.agenda_item_id) END"""
"""At which place on an agenda minutes were approved: who received them depends on it."""
ID_OF = {"lookup_hash": "subject_id"}
"""What tells rows apart, where the application may not read their ids."""


def _rows(table: str) -> str:
    """Return the statement that finds all rows of a table, as `Standing`."""
    about_case = "id" if table == "case_file" else "case_id"
    controller = "controller_id" if "controller_id" in metadata.tables[table].c else "NULL::uuid"
    found = f"{ID_OF.get(table, 'id')} AS id, {about_case} AS case_id, {controller} AS controller"
    place = _PLACE.format(table) if table in _PLACED else "NULL::bigint"
    return f"SELECT '{table}' AS name, {found}, {_WHOSE.get(table, 'controller_id')} AS whose, {place} FROM {table}"


_SEEN = " UNION ALL ".join(f"SELECT '{table}' AS name, {ID_OF.get(table, 'id')} FROM {table}" for table in LOOKED_AT)
_STANDING = " UNION ALL ".join(map(_rows, LOOKED_AT))


@dataclass(frozen=True, slots=True)
class Standing:
    """A row as it stands: table, case, controller, and whose it is otherwise (an agency, a post or a person, by id)."""

    table: str
    id: UUID
    case_id: UUID | None
    controller: UUID | None
    whose: UUID | None
    place: int | None


class Looking:
    """Two kept connections to the database of a house: one of the application's role, one of the superuser."""

    def __init__(self, house: House, app: asyncpg.Connection, superuser: asyncpg.Connection) -> None:
        self.house, self.app, self.superuser = house, app, superuser

    @classmethod
    async def at(cls, house: House) -> "Looking":
        """Connect."""
        app = await asyncpg.connect(
            host=str(house.ground.server.socket_directory),
            user="multiagency_app",
            password=house.ground.passwords["app"],
            database=house.database,
        )
        return cls(house, app, await house.superuser())

    async def close(self) -> None:
        """Give both connections back."""
        await self.app.close()
        await self.superuser.close()

    async def everything(self) -> list[Standing]:
        """Return every row of every table looked at, as nobody but the superuser sees it."""
        return [Standing(*row) for row in await self.superuser.fetch(_STANDING)]

    async def seen_with(self, secret: str) -> set[tuple[str, UUID]]:
        """Return (table, id) of every row that this session shows to the application's role."""
        async with self.app.transaction(readonly=True):
            await present(self.app, secret)
            return {(name, row_id) for name, row_id in await self.app.fetch(_SEEN)}

    async def let_through(self, secret: str, attempts: Iterable[tuple[str, list[Any]]]) -> list[int]:
        """Return how many rows each attempted statement would change; nothing is changed.

        A statement that only a constraint stops was let through by the policies, and counts as one row.
        """
        counts = []
        for statement, values in attempts:
            transaction = self.app.transaction()
            await transaction.start()
            try:
                await present(self.app, secret)
                counts.append(int((await self.app.execute(statement, *values)).split()[-1]))
            except asyncpg.InsufficientPrivilegeError:
                counts.append(0)
            except asyncpg.IntegrityConstraintViolationError:
                counts.append(1)
            finally:
                await transaction.rollback()
        return counts


async def present(connection: asyncpg.Connection, secret: str) -> None:
    """Present a session's secret to the database for the rest of the transaction."""
    await connection.execute("SELECT set_config('multiagency.session', $1, true)", secret)
