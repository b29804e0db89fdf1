"""How fast histories replay: a resident-year of ours against the bare year, in events a second.

Batches alternate; a batch replays the same history several times in one replayer, in the sandbox
that the worker uses.
"""

from collections.abc import AsyncIterator
from statistics import median
from time import perf_counter

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from bench.bare_year import BareYear
from bench.report import Report
from bench.virtual import live, world
from gateway.connect import data_converter
from workflows.trajectory import TrajectoryWorkflow

BATCHES, COPIES = 15, 20


async def measure(*, quick: bool = False) -> Report:
    """Live one year, then replay it over and over."""
    batches = 3 if quick else BATCHES
    async with world() as environment:
        ours, bare = await live(environment, "replay")
    await _speed(ours), await _speed(bare)
    pairs = [(await _speed(ours), await _speed(bare)) for _ in range(batches)]
    report = Report("replay")
    report.add("events a second, ours / bare", median(a / b for a, b in pairs), at_least=0.7)
    report.add("ours", median(a for a, _ in pairs), "events/s")
    report.add("bare", median(b for _, b in pairs), "events/s")
    report.remarks.append(f"Median of {batches} pairs of {COPIES} replays of one resident-year.")
    return report


async def _speed(history: WorkflowHistory) -> float:
    replayer = Replayer(
        workflows=[TrajectoryWorkflow, BareYear],
        workflow_runner=UnsandboxedWorkflowRunner(),
        data_converter=data_converter(),
    )
    began = perf_counter()
    await replayer.replay_workflows(_copies(history))
    return COPIES * len(history.events) / (perf_counter() - began)


async def _copies(history: WorkflowHistory) -> AsyncIterator[WorkflowHistory]:
    for _ in range(COPIES):
        yield history
