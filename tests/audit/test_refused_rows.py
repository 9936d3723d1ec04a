"""What the database takes as a row of the log, from whoever has a role's password, and from nobody else."""

import hashlib
import json
import secrets
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from tests.kernel.test_row_security import secret_of

from multiagency.assurance.jobs_selfcheck import check
from multiagency.kernel.ids import uuid7

REFUSED = (asyncpg.InsufficientPrivilegeError, asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)


def entry(**changes):
    """A row that signing in may leave, but for what is changed; values of None go."""
    made, at = uuid7(), datetime.now(UTC)
    body = {
        "version": 2,
        "id": str(made),
        "at": at.isoformat(timespec="microseconds"),
        "act": "sign_in",
        "purpose": "signing_in",
        "mode": "write",
        "operation": "none",
        "result": "done",
        "kinds": [],
        "detail": "0" * 64,
    }
    body |= {name: value for name, value in changes.items() if name in body}
    text = changes.get("bytes") or json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    leaf = changes.get("leaf", hashlib.sha256(b"\0" + text).digest())
    return changes.get("row_id", made), changes.get("row_at", at), text, leaf


INSERT = "INSERT INTO audit_entry (id, at, body, leaf_hash) VALUES ($1, $2, $3, $4)"
LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)
NESTED = b'{"act":"sign_in","kinds":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
HOSTILE = {
    "a leaf hash of something else": {"leaf": bytes(32)},
    "a short leaf hash": {"leaf": b"x"},
    "deeply nested": {"bytes": NESTED},
    "nested a little": {"kinds": [["risk"]]},
    "an object inside": {"result": {"a": 1}},
    "too large": {"result": "x" * 5000},
    "no JSON": {"bytes": b"x"},
    "no object": {"bytes": b"[]"},
    "no text": {"bytes": b"\xff\xfe"},
    "nothing": {"bytes": b"{}"},
    "no time": {"at": "x"},
    "an infinite time": {"at": "infinity"},
    "an infinite column": {"row_at": datetime.max.replace(tzinfo=UTC)},
    "a time of long ago": {"at": LONG_AGO.isoformat(timespec="microseconds"), "row_at": LONG_AGO},
    "another time beside it": {"row_at": datetime.now(UTC) - timedelta(hours=2)},
    "another id beside it": {"row_id": uuid7()},
    "an id that will be the newest for ever": {
        "id": "ffffffff-ffff-7fff-bfff-ffffffffffff",
        "row_id": "ffffffff-ffff-7fff-bfff-ffffffffffff",
    },
    "an act that is not signing in": {"act": "check_log"},
    "kinds of client data": {"kinds": ["risk"]},
}


@pytest.mark.parametrize("how", HOSTILE)
async def test_sec0041_no_row_of_the_sign_in_role_can_break_the_log(house, how):
    with pytest.raises(REFUSED):
        async with house.as_role("signin") as connection:
            await connection.execute(INSERT, *entry(**HOSTILE[how]))


async def test_what_signing_in_needs_is_taken(house):
    async with house.as_role("signin") as connection:
        await connection.execute(INSERT, *entry())
    await house.number_log()


@pytest.mark.parametrize("how", [how for how in HOSTILE if "sign" not in how and "kinds" not in how])
async def test_no_row_of_a_live_session_can_break_the_log(house, how):
    secret = await secret_of(house, "officer")
    with pytest.raises(REFUSED):
        async with house.as_role("app", secret) as connection:
            await connection.execute(INSERT, *entry(**HOSTILE[how]))


async def test_a_time_before_christ_is_refused(house):
    row = entry()
    with pytest.raises(REFUSED):
        async with house.as_role("signin") as connection:
            query = INSERT.replace("$2", "'0044-03-15 BC'").replace("$3", "$2").replace("$4", "$3")
            await connection.execute(query, row[0], *row[2:])


KEY = "INSERT INTO data_key (id, retention_class, wrapped, master_id) VALUES ($1, $2, $3, $4)"


async def test_sec0042_a_log_key_of_rubbish_is_passed_over_with_an_alarm(house):
    await house.person("coordinator")
    year = f"log-{datetime.now(UTC).year}"
    (there,) = await house.fetch("SELECT master_id FROM data_key WHERE retention_class = $1", year)
    newest = "ffffffff-ffff-7fff-bfff-ffffffffffff"
    async with house.as_role("signin") as connection:
        await connection.execute(KEY, newest, year, secrets.token_bytes(60), there["master_id"])
        await connection.execute(KEY, uuid7(), year, secrets.token_bytes(60), "0" * 16)
    for login in ("officer", "auditor"):
        await (await house.person(login)).get("/teams")
    await house.number_log()
    assert await check(house.runtime, await house.service()) == ["key_unusable"]
    alarms = await (await house.person("auditor")).get("/audit/alarms")
    assert [(alarm["code"], alarm["bad"]) for alarm in alarms] == [("key_unusable", 2)]


@pytest.mark.parametrize(
    "row",
    [
        (f"log-{datetime.now(UTC).year + 2}", bytes(60), "0" * 16),
        ("log-request-x", bytes(60), "0" * 16),
        ("working_age_10y", bytes(60), "0" * 16),
        (f"log-{datetime.now(UTC).year}", bytes(61), "0" * 16),
        (f"log-{datetime.now(UTC).year}", bytes(60), None),
        (f"log-{datetime.now(UTC).year}", bytes(60), "none"),
    ],
)
async def test_the_sign_in_role_makes_no_key_but_the_logs(house, row):
    with pytest.raises(REFUSED):
        async with house.as_role("signin") as connection:
            await connection.execute(KEY, uuid7(), *row)
