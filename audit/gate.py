"""The gate of a new version: which histories would this code break?

Replays the histories that earlier versions left in `tests/histories` and the open ones on the
server. Also replays exports, where neither server nor database is at hand.
"""

import gzip
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import WorkflowHistory

from audit import beside
from audit.fetching import histories
from audit.replay import Verdict, replay
from audit.running import database
from gateway.connect import connect, data_converter
from proof.__main__ import exports_in
from proof.export import HISTORY, rows_of, whose
from proof.sealed import unpack
from proof.words import ProofError
from workflows.trajectory import TrajectoryWorkflow

KEPT = Path(__file__).parent.parent / "tests" / "histories"
SAID = (
    "{total} geschiedenissen nagespeeld ({events} gebeurtenissen): deze versie breekt er {bad}, "
    "{good} spelen na."
)


async def gate(
    folder: Path | None,
    workflows: tuple[type, ...] = (TrajectoryWorkflow,),
    *,
    offline: bool = False,
) -> AsyncIterator[Verdict]:
    """Replay what was kept, then what is open; a verdict on each."""
    if folder is not None:
        async for verdict in replay(kept(folder), workflows=workflows, watched=True):
            yield verdict
    if offline:
        return
    async with database() as (settings, engine):
        client = await connect(settings, engine)
        found = histories(client, open_only=True)
        converter = client.data_converter
        async for verdict in replay(found, None, workflows, converter, watched=True):
            yield verdict


async def kept(folder: Path) -> AsyncIterator[WorkflowHistory]:
    """Yield the histories of a folder and its folders, by path.

    Raises:
        ProofError: a file is no history.
    """
    for path in _files(folder):
        yield _history(path)


def _files(folder: Path) -> list[Path]:
    return sorted([*folder.rglob("*.json"), *folder.rglob("*.json.gz")])


def _history(path: Path) -> WorkflowHistory:
    try:
        content = path.read_bytes()
        text = gzip.decompress(content) if path.suffix == ".gz" else content
        history = WorkflowHistory.from_json("", text.decode())
        started = history.events[0].workflow_execution_started_event_attributes
    except (ValueError, OSError, EOFError, LookupError, AttributeError):
        raise ProofError(f"{path} is geen geschiedenis") from None
    return WorkflowHistory(started.workflow_id or _named(path), history.events)


def _named(path: Path) -> str:
    """A file is named for its trajectory: older servers leave the id out of a history."""
    return path.name.partition(".")[0].partition("-")[2]


async def from_exports(
    paths: Iterable[Path], engine: AsyncEngine | None = None
) -> AsyncIterator[Verdict]:
    """Replay the histories of exports, compared with the rows beside them.

    What is sealed needs the keys of the database that it came from.
    """
    for path in exports_in(list(paths)):
        try:
            files = unpack(path.read_bytes()).files
            trajectory, rows = whose(files), rows_of(files)
            texts = [files[name].decode() for name in sorted(files) if name.startswith(HISTORY)]
            found = [WorkflowHistory.from_json(trajectory, text) for text in texts]
        except (ProofError, OSError, ValueError, AttributeError) as error:
            text = str(error) if isinstance(error, ProofError) else "de geschiedenis is onleesbaar"
            yield Verdict(path.name, 0, text)
            continue
        verdicts = replay(
            _each(found), beside.Exported(rows, engine), converter=data_converter(engine)
        )
        async for verdict in verdicts:
            yield verdict


async def _each(found: Iterable[WorkflowHistory]) -> AsyncIterator[WorkflowHistory]:
    for history in found:
        yield history
