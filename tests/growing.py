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


ENTRIES = """
    INSERT INTO audit_entry (id, at, body, leaf_hash)
    SELECT id, at, body, sha256('\\x00'::bytea || body)
    FROM generate_series($1::bigint, $2::bigint - 1) AS number,
    LATERAL (SELECT lpad(to_hex(1500000000000 + number), 12, '0') AS stamp, lpad(to_hex(number), 15, '0') AS low) s,
    LATERAL (SELECT (stamp || '70008' || low)::uuid AS id, to_timestamp((1500000000000 + number) / 1000.0) AS at) made,
    LATERAL (SELECT convert_to('{"act":"read_case","at":"'
        || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00","detail":"'
        || encode(sha256(int8send(number)), 'hex') || '","id":"' || id || '","kinds":["identity","shell"],'
        || '"mode":"read","operation":"consultation","purpose":"case_work","result":"done","version":2}', 'UTF8')
        AS body) written
"""
NUMBERS = """
    INSERT INTO audit_sequence SELECT $1::bigint + row_number() OVER (ORDER BY id) - 1, id FROM audit_entry
    WHERE id >= (lpad(to_hex(1500000000000 + $1), 12, '0') || '70008' || lpad(to_hex($1::bigint), 15, '0'))::uuid
      AND id < (lpad(to_hex(1500000000000 + $2), 12, '0') || '70008' || lpad(to_hex($2::bigint), 15, '0'))::uuid
"""
"""Entries as the service makes them, by number, and the numbers that the sequencer would give them."""
LEAVES = """
    INSERT INTO audit_node SELECT 0, s.index, e.leaf_hash FROM audit_sequence s JOIN audit_entry e ON e.id = s.entry_id
"""
LEVEL = """
    INSERT INTO audit_node SELECT $1::smallint, index / 2, sha256('\\x01'::bytea || hash || next) FROM (
        SELECT index, hash, lead(hash) OVER (ORDER BY index) AS next FROM audit_node WHERE level = $1 - 1) pairs
    WHERE index % 2 = 0 AND next IS NOT NULL
"""
"""The tree over them, level by level."""
DETAILS = """
    INSERT INTO audit_detail (entry_id, salt, detail, at, act, mode, basis, post_id, person_id, agency_id, case_id,
        case_reference, subject_id, controller_id)
    SELECT e.id, substr(e.leaf_hash, 1, 16), e.leaf_hash || e.leaf_hash, e.at, 'read_case', 'read', 'own_record', p.id,
        p.person_id, p.agency_id, c.id, c.reference, c.id, c.controller_id
    FROM audit_entry e
    JOIN LATERAL (SELECT ('x' || substr(e.id::text, 25, 12))::bit(48)::bigint AS number) n ON true
    JOIN case_file c ON c.id = pg_temp.copied($3::uuid, 1500000000000 + n.number / $4::integer)
    JOIN post p ON p.id = c.opened_by_id
    WHERE n.number >= $1::bigint AND n.number < $2::bigint
      AND e.id >= (lpad(to_hex(1500000000000 + $1::bigint), 12, '0') || '70008000000000000000')::uuid
      AND e.id < (lpad(to_hex(1500000000000 + $2::bigint), 12, '0') || '70008000000000000000')::uuid
"""


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


async def grow_log(connection, case_id, first, last, each, step=200_000):
    """Give the copies so many entries each, those with these numbers; `grow` was there before."""
    await connection.execute("SET session_replication_role = replica")
    for begin in range(first, last, step):
        end = min(begin + step, last)
        await connection.execute(ENTRIES, begin, end, timeout=1200)
        await connection.execute(NUMBERS, begin, end, timeout=1200)
        await connection.execute(DETAILS, begin, end, case_id, each, timeout=1200)
    await connection.execute("SET session_replication_role = origin; ANALYZE", timeout=1200)


async def plant(connection):
    """Put the tree over all numbered entries there."""
    await connection.execute(LEAVES, timeout=1200)
    level = 1
    while await connection.execute(LEVEL, level, timeout=1200) != "INSERT 0 0":
        level += 1
