"""Whatever a role with a password puts beside the log, the worker and the self-check go on, and tell of it.

HOSTILE_ROWS rows of each role are tried, made from HOSTILE_SEED: the same seed makes the same rows.
"""

import os
from collections import Counter
from contextlib import suppress

import asyncpg
from tests.audit.hostile import PROVING, rows
from tests.kernel.test_row_security import secret_of

from multiagency.assurance.jobs_selfcheck import check
from multiagency.audit.nodes import BrokenTree

SEED, ROWS = int(os.environ.get("HOSTILE_SEED", "1")), int(os.environ.get("HOSTILE_ROWS", "150"))
ROLES = ("signin", "app", "keeper", "worker")


async def attack(house, role, secret):
    """Insert what the role may, each row by itself; return how many of each table were taken."""
    superuser, taken = await house.superuser(), Counter()
    async with house.as_role(role, secret) as connection:
        async for table, statement, values in rows(superuser, role, SEED, ROWS):
            try:
                async with connection.transaction():
                    await connection.execute(statement, *values)
                taken[table] += 1
            except asyncpg.PostgresError:
                continue
    await superuser.close()
    return taken


async def goes_on(house):
    """Number, check, sign in and look at the log; return what the self-check found."""
    with suppress(BrokenTree):
        await house.number_log()
    found = await check(house.runtime, await house.service())
    house.forget("officer")
    await (await house.person("officer")).get("/teams")
    auditor = await house.person("auditor")
    for path in ("/audit/entries", "/audit/alarms", "/audit/witnesses", "/audit/verification"):
        await auditor.get(path)
    return found


async def test_no_row_of_any_role_stops_the_log(ground):
    async with ground.house(unsigned_alarm_seconds=86_400) as house:
        await house.submitted()
        await house.number_log()
        async with house.keeper() as (_, presented):
            secrets = {
                "signin": None,
                "app": await secret_of(house, "administrator"),
                "keeper": presented.secret,
                "worker": (await house.service()).secret,
            }
            for role in ROLES:
                taken = await attack(house, role, secrets[role])
                found = await goes_on(house)
                print(role, dict(taken), found)  # noqa: T201 (what the long form shows)
                assert found or not taken.keys() & PROVING, (role, taken)
