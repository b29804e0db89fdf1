"""What tests of the log share: a letter as it was written, and a look at the rows."""

from sqlalchemy import Connection, delete
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import Turn
from models.vocabulary import Role
from stores import outcomes
from stores.engine import write
from stores.post import Copy, Prepared
from stores.tables import outcomes as log
from tests.stores.turns import T

PREPARED = Prepared(
    sender="wij@opstap.example",
    subject="Uitnodiging",
    sha256="a" * 64,
    copies=[Copy(role=Role.RESIDENT, address="r@example.org", message_id="<1@x>", text="Kom.")],
)


def composed(connection: Connection, turn: Turn) -> dict[str, Prepared]:
    del connection
    return {order.key: PREPARED for order in turn.letters}


async def kinds(engine: AsyncEngine) -> list[str]:
    return [row.kind for row in await outcomes.rows(engine, T)]


async def lose_after(engine: AsyncEngine, seq: int) -> None:
    def lose(connection: Connection) -> None:
        connection.execute(delete(log).where(log.c.trajectory == T, log.c.seq > seq))

    await write(engine, lose)
