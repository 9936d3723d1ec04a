"""Fills what a story left empty: one row in every table about a case, so that no comparison is about nothing."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import types

from multiagency.kernel.clock import now
from multiagency.kernel.ids import uuid7
from multiagency.tables import metadata

LEFT_OUT = {"case_file", "audit_detail", "data_key", "notice"}
FIXED = {
    "decision_capacity": {"decides": "self", "capable": True, "representative_id": None},
    "address_protection": {"valid_until": date(2099, 1, 1), "ended_at": None},
    "access_bar": None,
}
"""Values that a constraint asks for; None leaves the table to the story."""


def _plain(column):
    kind = column.type
    if isinstance(kind, types.ARRAY):
        return []
    if isinstance(kind, types.Boolean):
        return False
    if isinstance(kind, types.Integer):
        return 1
    if isinstance(kind, types.DateTime):
        return now()
    if isinstance(kind, types.Date):
        return date(2026, 1, 1)
    if isinstance(kind, types.Uuid):
        return uuid7()
    return "x" if isinstance(kind, types.Text) else b"x"


async def _parent(database, table, case):
    """A row that a foreign key can name: of the same case where the parent's table knows cases."""
    if table == "case_file":
        return case["id"]
    if table == "post":
        return case["opened_by_id"]
    if table == "agency":
        return case["controller_id"]
    if "case_id" in metadata.tables[table].columns:
        return await database.fetchval(f"SELECT id FROM {table} WHERE case_id = $1 LIMIT 1", case["id"])
    return await database.fetchval(f"SELECT id FROM {table} LIMIT 1")


async def _value(database, table, column, case) -> UUID | str | bytes | datetime | None:
    if column.name == "case_id":
        return case["id"]
    fixed = FIXED.get(table.name) or {}
    if column.name in fixed:
        return fixed[column.name]
    if column.foreign_keys:
        return await _parent(database, next(iter(column.foreign_keys)).column.table.name, case)
    return None if column.nullable else _plain(column)


async def fill(house, *references):
    """Put a row of the referrer's record into every table about these cases that has none there."""
    database = await house.superuser()
    for reference in references:
        case = await database.fetchrow("SELECT * FROM case_file WHERE reference = $1", reference)
        for table in metadata.sorted_tables:
            if "case_id" not in table.columns or table.name in LEFT_OUT or FIXED.get(table.name, "") is None:
                continue
            if await database.fetchval(f"SELECT count(*) FROM {table.name} WHERE case_id = $1", case["id"]):
                continue
            values = {column.name: await _value(database, table, column, case) for column in table.columns}
            if any(values[column.name] is None and not column.nullable for column in table.columns):
                continue  # no parent in this case
            places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
            command = f"INSERT INTO {table.name} ({', '.join(values)}) VALUES ({places})"
            await database.execute(command, *values.values())
    await database.close()
