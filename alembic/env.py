"""Runs migrations as the owner role, one at a time, and gives up rather than waiting behind a lock."""

import asyncio
import os

from alembic import context
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from multiagency.kernel import row_security
from multiagency.tables import metadata

ONE_AT_A_TIME = 7_311_026
"""Advisory lock: two deployments started together migrate one after the other."""


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    with context.begin_transaction():
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        connection.execute(text("SET LOCAL statement_timeout = '60s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        migrating = context.get_context()
        if "destination_rev" not in migrating.opts:  # a command that only looks, such as `check`
            context.run_migrations()
            return
        row_security.clear(connection)
        context.run_migrations()
        # What the rooms say is about the newest tables. At an older revision nothing is said: nobody sees a row.
        if set(migrating.get_current_heads()) == set(context.script.get_heads()):
            row_security.apply(connection)


async def main() -> None:
    url = context.config.attributes.get("url") or os.environ["MULTIAGENCY_DATABASE_URL_OWNER"]
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
            await connection.commit()
    finally:
        await engine.dispose()


asyncio.run(main())
