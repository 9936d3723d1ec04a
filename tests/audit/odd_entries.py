"""Entries as the service writes them, and as it never would, put into the database past everything that guards it."""

import hashlib
import json
import secrets

from multiagency.kernel.clock import now
from multiagency.kernel.ids import uuid7


def entry(**changes):
    """Return the row of an entry that fits, but for what is changed in its body."""
    row_id, moment = uuid7(), now()
    body = {"version": 2, "id": str(row_id), "at": moment.isoformat(timespec="microseconds"), "act": "sign_in"}
    body |= {"purpose": "sign_in", "mode": "deny", "result": "401", "kinds": [], "detail": secrets.token_hex(32)}
    return hashed(row_id, moment, json.dumps(body | {"operation": "none"} | changes, separators=(",", ":")).encode())


def hashed(row_id, moment, body):
    return row_id, moment, body, hashlib.sha256(b"\0" + body).digest()


async def unguarded(house):
    """Return a superuser's connection to a database whose log takes anything."""
    superuser = await house.superuser()
    for row in await superuser.fetch(
        "SELECT conrelid::regclass AS name, conname FROM pg_constraint "
        "WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND conrelid::regclass::text LIKE 'audit_%'"
    ):
        await superuser.execute(f"ALTER TABLE {row['name']} DROP CONSTRAINT {row['conname']}")
    return superuser


INSERT = "INSERT INTO audit_entry (id, at, body, leaf_hash) VALUES ($1, $2, $3, $4)"
ODD_TIMES = ("infinity", "-infinity", "4000-01-01 BC", "1000-01-01", "200000-01-01")


async def put_odd(superuser):
    """Put one entry of every kind that is odd; return their ids."""
    rows = [
        hashed(uuid7(), now(), b"[" * 50_000 + b"]" * 50_000),
        hashed(uuid7(), now(), b"\xff\xfe\0"),
        hashed(uuid7(), now(), b""),
        hashed(uuid7(), now(), b"[1]"),
        hashed(uuid7(), now(), b'"' + b"x" * 1_000_000 + b'"'),
        entry(at="x"),
        entry(at=None),
        entry(at="0044-03-15T12:00:00.000000+00:00"),
        entry(id="x"),
        entry(id=str(uuid7())),
        (*entry()[:3], b"no hash of it"),
        (*entry()[:3], b""),
    ]
    for row in rows:
        await superuser.execute(INSERT, *row)
    ids = [row[0] for row in rows]
    for when in ODD_TIMES:
        row_id, _, body, leaf = entry()
        await superuser.execute(f"INSERT INTO audit_entry VALUES ($1, '{when}', $2, $3)", row_id, body, leaf)
        ids.append(row_id)
    return ids
