"""Whoever opens a case lets themselves in first; nobody else with the app's password does so before them."""

import contextlib
from uuid import uuid4

import asyncpg
import pytest
from tests.kernel.test_grants import BASIS, GRANT, agency, post
from tests.kernel.test_row_security import secret_of

KINDS = ["shell", "identity"]
OPENED = (
    "INSERT INTO case_file (id, reference, pathway, pathway_version, team_id, stage, stage_kind, opened_by_id, "
    "controller_id, opened_at, retention_class) SELECT gen_random_uuid(), 'X-1', pathway, pathway_version, team_id, "
    "stage, stage_kind, opened_by_id, controller_id, "
    "now() - $2::interval, retention_class FROM case_file WHERE reference = $1 RETURNING id"
)
FIRST_BASIS = BASIS.replace("gen_random_uuid()", "$6")


async def just_opened(house, ago):
    """A case of the officer's that nobody was ever let into."""
    return (await house.fetch(OPENED.replace("$2", f"'{ago}'"), await house.draft()))[0]["id"]


async def first_steps(house, login, name, case):
    """Which of the first basis and the first grant the database lets somebody give themselves."""
    police, mine, made, done = await agency(house, "Police"), await post(house, name), uuid4(), []
    await house.fetch(FIRST_BASIS, case, police, "own_record", None, KINDS, made)
    steps = {
        "basis": (BASIS, case, police, "own_record", None, KINDS),
        "grant": (GRANT, case, mine, made, "read", KINDS),
    }
    await house.person(login)
    async with house.as_role("app", await secret_of(house, login)) as connection:
        for step, statement in steps.items():
            with contextlib.suppress(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute(*statement)
                done.append(step)
    return done


@pytest.mark.parametrize(
    ("login", "name", "ago", "given"),
    [
        ("officer", "Elina", "0 minutes", ["basis", "grant"]),
        ("officer", "Elina", "61 minutes", []),
        ("officer-2", "Aslak", "0 minutes", []),
    ],
)
async def test_only_the_opener_lets_themselves_in_and_only_at_once(house, login, name, ago, given):
    assert await first_steps(house, login, name, await just_opened(house, ago)) == given


async def test_what_was_let_go_is_not_taken_back(house):
    """A grant that is over is a grant that was: after handing a case over its opener is not the first any more."""
    case = await just_opened(house, "0 minutes")
    assert await first_steps(house, "officer", "Elina", case) == ["basis", "grant"]
    await house.fetch(
        "INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, capability, kinds, valid_from, ended_at) "
        "SELECT gen_random_uuid(), b.case_id, $2, b.id, 'referral', 'refer', b.kinds, now(), now() "
        "FROM lawful_basis b WHERE b.case_id = $1",
        case,
        await post(house, "Elina"),
    )
    assert await first_steps(house, "officer", "Elina", case) == []
