"""Many cases beside those that are looked at: copies of one, row for row, of other teams and other people.

A copy differs from its pattern in its ids, references and hashes. Made as superuser, past triggers and foreign keys,
which it fits.
"""

from functools import cache

from multiagency.tables import metadata

_OTHERS = {"post": (1_400_000_000_000, 200, 50), "person": (1_400_000_000_000, 200, 50)}
_OTHERS["team"] = (1_300_000_000_000, 2000, 5)
"""Of whom copies are: how many in a row have the same, and how many there are, however many copies."""
SPARED = {"assessment_answer": "item LIKE (SELECT min(item) FROM assessment_answer)", "lookup_hash": "what = 'name'"}
"""Of these few rows are copied: they are found by what they hang on, however many there are."""
LEFT_OUT = {"audit_detail", "notice", "departure", "log_request_attachment"}
_ALONG = "SELECT meeting_id FROM agenda_item WHERE case_id = $3"
_FOUND = {
    "case_file": "p.id = $3",
    "meeting": f"p.id IN ({_ALONG})",
    "invitation": f"p.meeting_id IN ({_ALONG})",
}
_WHOLE = {"agency", "legal_ground"}
"""Parents that copies share."""
_EACH = 1_500_000_000_000

COPIED = """
    CREATE OR REPLACE FUNCTION pg_temp.copied(id uuid, stamp bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
        SELECT (substr(made, 1, 8) || '-' || substr(made, 9, 4) || substr(id::text, 14))::uuid
        FROM lpad(to_hex(stamp), 12, '0') AS made
    $$
"""


def _value(table, column):
    """Return what a copy has in a column, as SQL on its pattern `p` and its number `n`."""
    name = f"p.{column.name}"
    parent = next((key.column.table.name for key in column.foreign_keys), None)
    if column.name == "reference":
        return f"'copy-' || n || '-' || {name}"
    if column.name.endswith("hash"):
        return f"sha256({name} || int8send(n))"
    if column.name in {"uid", "organiser"}:
        return f"n || {name}"
    if parent in _WHOLE or column.type.python_type.__name__ != "UUID":
        return name
    whose = table if column.primary_key and not parent else parent
    if whose in _OTHERS:
        since, share, times = _OTHERS[whose]
        return f"pg_temp.copied({name}, {since} + (n / {share}) % {times})"
    return f"pg_temp.copied({name}, {_EACH} + n)"


def _command(table):
    names = ", ".join(column.name for column in table.columns)
    values = ", ".join(_value(table.name, column) for column in table.columns)
    numbers, which = "generate_series($1::bigint, $2::bigint - 1)", _FOUND.get(table.name, "p.case_id = $3")
    if table.name in _OTHERS:
        _, share, times = _OTHERS[table.name]
        numbers = f"generate_series(0::bigint, {share * times} - 1, {share})"
        which = "$1::bigint + $2::bigint > 0 AND $3::uuid IS NOT NULL"
    return (
        f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {table.name} p, {numbers} n "
        f"WHERE substr(p.id::text, 1, 3) > '016' AND {which} AND {SPARED.get(table.name, 'true')} "
        "ON CONFLICT DO NOTHING"
    )


@cache
def commands():
    """Return an INSERT for each table: $1 is the number of the first copy, $2 that after the last, $3 the case."""
    there = [table for table in metadata.sorted_tables if "id" in table.columns and table.name not in LEFT_OUT]
    return [_command(table) for table in there if "case_id" in table.columns or table.name in {*_FOUND, *_OTHERS}]


async def grow(connection, case_id, first, last, step=20_000):
    """Copy a case so often; the numbers begin where the ones before ended."""
    await connection.execute(f"SET session_replication_role = replica; SET synchronous_commit = off; {COPIED}")
    for begin in range(first, last, step):
        for command in commands():
            await connection.execute(command, begin, min(begin + step, last), case_id, timeout=1200)
    await connection.execute("SET session_replication_role = origin; ANALYZE", timeout=1200)
