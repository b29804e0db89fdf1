"""What people must do: the tasks of every trajectory, opened and closed by its turns."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import SYSTEM, Task, Turn
from models.vocabulary import Role
from stores.carriers import row_at
from stores.engine import read, upsert
from stores.tables import tasks
from stores.vault import open_text, resident, seal_text


class Listed(NamedTuple):
    """A task with the trajectory it belongs to."""

    trajectory: str
    task: Task


_CLOSE_EARLIER = (
    update(tasks)
    .where(
        tasks.c.trajectory == bindparam("of"),
        tasks.c.key == bindparam("task"),
        tasks.c.opened_at < bindparam("again"),
        tasks.c.done_at.is_(None),
    )
    .values(done_at=bindparam("again"), done_by=SYSTEM.who, done_seq=bindparam("by_row"))
)


def write(connection: Connection, turn: Turn) -> None:
    """Write the tasks that a turn opened, changed or closed."""
    if not turn.tasks:
        return
    statement = upsert(connection, tasks, "trajectory", "key", "opened_at", keep=("seq",))
    rows = [_row(connection, turn, task) for task in turn.tasks]
    connection.execute(statement, rows)
    opened = [row for row in rows if row["done_at"] is None]
    if opened:
        # A key is one open task: where it opens again, the earlier one is closed.
        connection.execute(
            _CLOSE_EARLIER,
            [
                {
                    "of": turn.trajectory,
                    "task": row["key"],
                    "again": row["opened_at"],
                    "by_row": row["seq"],
                }
                for row in opened
            ],
        )


async def list_tasks(
    engine: AsyncEngine,
    *,
    whom: Role | None = None,
    trajectory: str | None = None,
    due_until: date | None = None,
    also_done: bool = False,
) -> list[Listed]:
    """Return tasks, the open ones unless asked, by due date; those without a date come last."""
    statement = select(tasks).order_by(
        tasks.c.due.is_(None), tasks.c.due, tasks.c.opened_at, tasks.c.trajectory, tasks.c.key
    )
    if not also_done:
        statement = statement.where(tasks.c.done_at.is_(None))
    if whom is not None:
        statement = statement.where(tasks.c.whom == whom.value)
    if trajectory is not None:
        statement = statement.where(tasks.c.trajectory == trajectory)
    if due_until is not None:
        statement = statement.where(tasks.c.due <= due_until)
    return await read(engine, _listed, statement)


def _listed(connection: Connection, statement: Select[*tuple[Any, ...]]) -> list[Listed]:
    found = []
    for row in connection.execute(statement).mappings():
        told = {name: row[name] for name in Task.model_fields}
        owner, where = _place(row["trajectory"], row["key"])
        told["text"] = open_text(connection, owner, where, row["text"])
        found.append(Listed(row["trajectory"], Task(**told)))
    return found


def _place(trajectory: str, key: str) -> tuple[str, tuple[str, ...]]:
    return resident(trajectory), ("tasks", key, "text")


def _row(connection: Connection, turn: Turn, task: Task) -> dict[str, Any]:
    owner, where = _place(turn.trajectory, task.key)
    return {
        **task.model_dump(),
        "text": seal_text(connection, owner, where, task.text),
        "whom": task.whom.value,
        "trajectory": turn.trajectory,
        "seq": row_at(turn, task.opened_at),
        "done_seq": None if task.done_at is None else row_at(turn, task.done_at),
    }
