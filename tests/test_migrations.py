"""Migrations: no drift from the models, and the way down and up again."""

import asyncio

import pytest
from alembic import command

from multiagency.embedded.database import create_database, drop_database, dsn
from multiagency.kernel.migrations import alembic_config, upgrade


@pytest.fixture
def empty(ground):
    asyncio.run(create_database(ground.server, "migrating"))
    yield dsn(ground.server, "owner", ground.passwords, "migrating")
    asyncio.run(drop_database(ground.server, "migrating"))


def test_models_and_migrations_agree(empty):
    upgrade(empty)
    command.check(alembic_config(empty))


def test_down_and_up_again(empty):
    upgrade(empty)
    command.downgrade(alembic_config(empty), "base")
    upgrade(empty)
    command.check(alembic_config(empty))
