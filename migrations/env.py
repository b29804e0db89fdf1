"""How Alembic reaches the database: over the connection it is given, or `-x url=…` by hand."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from stores.engine import make_engine, write
from stores.schema import metadata


def migrate(connection: Connection) -> None:
    """Run the migrations in the transaction of the connection."""
    context.configure(connection=connection, target_metadata=metadata)
    context.run_migrations()


async def migrate_by_hand(url: str) -> None:
    """Open the database, migrate, close."""
    engine = make_engine(url)
    await write(engine, migrate)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(migrate_by_hand(context.get_x_argument(as_dictionary=True)["url"]))
