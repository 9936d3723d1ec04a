"""Runs migrations as the owner role, one at a time, and gives up rather than waiting behind a lock."""

import asyncio
import os

from alembic import context
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from multiagency.tables import metadata

ONE_AT_A_TIME = 7_311_026
"""Advisory lock: two deployments started together migrate one after the other."""


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    with context.begin_transaction():
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        connection.execute(text("SET LOCAL statement_timeout = '60s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        context.run_migrations()


async def main() -> None:
    url = context.config.attributes.get("url") or os.environ["MULTIAGENCY_DATABASE_URL_OWNER"]
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


asyncio.run(main())
