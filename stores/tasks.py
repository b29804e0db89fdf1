"""What people must do: the tasks of every trajectory, opened and closed by its turns."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import SYSTEM, Task, Turn
from models.vocabulary import Role
from stores.carriers import row_at
from stores.engine import fetch, upsert
from stores.tables import tasks


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
    rows = [_row(turn, task) for task in turn.tasks]
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
    found = await fetch(engine, statement)
    return [
        Listed(row["trajectory"], Task(**{name: row[name] for name in Task.model_fields}))
        for row in found
    ]


def _row(turn: Turn, task: Task) -> dict[str, Any]:
    return {
        **task.model_dump(),
        "whom": task.whom.value,
        "trajectory": turn.trajectory,
        "seq": row_at(turn, task.opened_at),
        "done_seq": None if task.done_at is None else row_at(turn, task.done_at),
    }
