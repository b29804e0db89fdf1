"""How fast histories replay: a resident-year of ours against the bare year, in events a second.

Batches alternate; a batch replays the same history several times in one replayer. The bare year
runs as the SDK does by default, in its sandbox with its own converter, and once more as ours does.
"""

from collections.abc import AsyncIterator
from statistics import median
from time import perf_counter

from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

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
    report = Report("replay")
    told = [
        (await _ours(ours), await _default(bare), await _ours(bare)) for _ in range(batches + 1)
    ]
    # The first of each warms up.
    told = told[1:]
    report.add(
        "events a second, ours / bare as the SDK runs it",
        median(a / b for a, b, _ in told),
        at_least=0.7,
    )
    report.add("the same, bare without the sandbox too", median(a / b for a, _, b in told))
    report.add("ours", median(a for a, _, _ in told), "events/s")
    report.add("bare as the SDK runs it", median(b for _, b, _ in told), "events/s")
    report.add("bare without the sandbox", median(b for _, _, b in told), "events/s")
    report.remarks.append(f"Median of {batches} rounds of {COPIES} replays of one resident-year.")
    return report


async def _ours(history: WorkflowHistory) -> float:
    return await _speed(history, UnsandboxedWorkflowRunner(), data_converter())


async def _default(history: WorkflowHistory) -> float:
    return await _speed(history, SandboxedWorkflowRunner(), pydantic_data_converter)


async def _speed(
    history: WorkflowHistory, runner: WorkflowRunner, converter: DataConverter
) -> float:
    replayer = Replayer(
        workflows=[TrajectoryWorkflow, BareYear], workflow_runner=runner, data_converter=converter
    )
    began = perf_counter()
    await replayer.replay_workflows(_copies(history))
    return COPIES * len(history.events) / (perf_counter() - began)


async def _copies(history: WorkflowHistory) -> AsyncIterator[WorkflowHistory]:
    for _ in range(COPIES):
        yield history
