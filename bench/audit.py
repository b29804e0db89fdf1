"""What the audit costs: replay with comparison beside the plain Replayer, and checking exports.

The same resident-years, in batches that alternate; the database holds the rows of every one. The
exports are checked as an auditor does: file by file, with the public key alone.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from audit import beside, recording
from audit.narrative import told
from audit.replay import replay
from audit.replay import replayer as recorder
from bench.report import Report
from bench.virtual import live, world
from gateway.connect import data_converter
from models.core import Trajectory
from models.core import replayed as folded
from models.facts import Start
from proof import checkpoint, sealed
from proof.export import Export, check
from proof.keys import Trusted, fingerprint, make_private, read_private
from stores import chains, outcomes
from stores.engine import create_or_upgrade, make_engine
from workflows.trajectory import TrajectoryWorkflow

BATCHES, COPIES, EXPORTS = 7, 40, 1000


@dataclass
class _Year:
    """A resident-year and what it came to."""

    history: WorkflowHistory
    trajectory: Trajectory


async def measure(*, quick: bool = False) -> Report:
    """Live one year, then audit it over and over."""
    batches, exports = (3, 100) if quick else (BATCHES, EXPORTS)
    async with world() as environment:
        history, _ = await live(environment, "audit")
    year = await _replayed(history)
    report = Report("audit")
    with TemporaryDirectory(prefix="opstap-audit-") as folder:
        engine = await _database(Path(folder), year)
        await _plain(history), await _audited(history, engine)
        pairs = [(await _audited(history, engine), await _plain(history)) for _ in range(batches)]
        report.add(
            "replay with comparison / plain Replayer",
            median(ours / plain for ours, plain in pairs),
            at_most=1.5,
        )
        ours = median(ours for ours, _ in pairs) / COPIES
        both = await _on_two(Path(folder), history, batches)
        report.add("a resident-year, with comparison", ours * 1000, "ms")
        report.add("a resident-year, plain", median(p for _, p in pairs) / COPIES * 1000, "ms")
        report.add("1,000 resident-years with comparison, one process", ours * 1000, "s")
        report.add("1,000 resident-years, two processes", both * 1000, "s", at_most=120)
        spent, cpu, size = await _verified(Path(folder), engine, year, exports)
        await engine.dispose()
    report.add(f"checking {exports} exports", spent, "s")
    report.add("checking 1,000 exports", spent / exports * 1000, "s", at_most=10)
    report.add("checking 1,000 exports, of the processor", cpu / exports * 1000, "s")
    report.add("an export", size / 1024, "KiB")
    report.remarks.append(
        f"Median of {batches} pairs of {COPIES} replays of one resident-year of "
        f"{len(history.events)} events and {year.trajectory.seq} rows."
    )
    return report


async def _replayed(history: WorkflowHistory) -> _Year:
    """Return the year with the trajectory that it ends in."""
    result = await recorder().replay_workflow(history)
    if result.replay_failure is not None:
        raise result.replay_failure
    return _Year(history, recording.forget(history.workflow_id).instance.trajectory)


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'opstap.db'}"


async def _database(folder: Path, year: _Year) -> AsyncEngine:
    url = _url(folder)
    await create_or_upgrade(url)
    engine = make_engine(url)
    known = year.trajectory
    whole = folded(Start(trajectory=known.id, rules=known.first_rules), known.facts)
    at = known.facts[-1].at + timedelta(minutes=1)
    await outcomes.record_turn(engine, whole.drain(at))
    return engine


async def _audited(history: WorkflowHistory, engine: AsyncEngine) -> float:
    began = perf_counter()
    async for verdict in replay(_copies(history), beside.Database(engine)):
        if not verdict.good:
            raise RuntimeError(verdict.difference)
    return perf_counter() - began


async def _on_two(folder: Path, history: WorkflowHistory, batches: int) -> float:
    """Return the seconds that a resident-year takes when two processes share them."""
    kept = folder / "history.json"
    kept.write_text(history.to_json())
    share = (history.workflow_id, kept, _url(folder))
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        # A process that has just started still reads its modules.
        for warm in [pool.submit(_share, *share) for _ in range(4)]:
            warm.result()
        began = perf_counter()
        for done in [pool.submit(_share, *share) for _ in range(2 * batches)]:
            done.result()
    return (perf_counter() - began) / (2 * batches * COPIES)


def _share(name: str, kept: Path, url: str) -> None:
    asyncio.run(_shared(WorkflowHistory.from_json(name, kept.read_text()), url))


async def _shared(history: WorkflowHistory, url: str) -> None:
    engine = make_engine(url)
    await _audited(history, engine)
    await engine.dispose()


async def _plain(history: WorkflowHistory) -> float:
    replayer = Replayer(
        workflows=[TrajectoryWorkflow],
        workflow_runner=UnsandboxedWorkflowRunner(),
        data_converter=data_converter(),
    )
    began = perf_counter()
    await replayer.replay_workflows(_copies(history))
    return perf_counter() - began


async def _copies(history: WorkflowHistory) -> AsyncIterator[WorkflowHistory]:
    for _ in range(COPIES):
        yield history


async def _verified(
    folder: Path, engine: AsyncEngine, year: _Year, count: int
) -> tuple[float, float, int]:
    """Check as many exports as there are residents; return how long it took, and their size."""
    make_private(folder / "key")
    key = read_private(folder / "key")
    name = year.trajectory.id
    rows = await chains.of_trajectory(engine, name)
    others = [checkpoint.Head(f"trajectory-{n}", 1, rows[-1].hash) for n in range(count - 1)]
    head = checkpoint.Head(name, rows[-1].seq, rows[-1].hash)
    heads = checkpoint.ordered([head, *others])
    signed = checkpoint.sign(key, heads, rows[-1].recorded_at, None)
    made = Export(
        trajectory=name,
        made_at=rows[-1].recorded_at,
        rows=rows,
        histories=[year.history.to_json()],
        items=[],
        checkpoint=signed,
        head=head,
        path=checkpoint.path_to(heads, name),
        story=told(name, await outcomes.rows(engine, name)),
    )
    content = sealed.pack(made.files(), key)
    trusted = {fingerprint(key.public_key()): key.public_key()}
    return *_checked([content] * count, trusted), len(content)


def _checked(contents: Sequence[bytes], trusted: Trusted) -> tuple[float, float]:
    began, cpu = perf_counter(), process_time()
    for content in contents:
        checked = check(content, trusted)
        if checked.problems:
            raise RuntimeError(checked.problems[0])
    return perf_counter() - began, process_time() - cpu
