"""How long a step takes: ours against one update with one activity, local or ordinary.

A run takes the same number of steps of each kind, in alternated blocks, so that whatever else the
machine does falls on all of them alike. A run's figure is a ratio; the result is the median run.
"""

import logging
from contextlib import AsyncExitStack
from datetime import date
from statistics import median
from time import perf_counter
from typing import NamedTuple

from temporalio.client import Client

from bench.bare_worker import SANDBOXED
from bench.laboratory import OURS, Laboratory, laboratory
from bench.report import Report, percentile, table
from bench.residents import (
    Handle,
    admit,
    cycle,
    fill_registers,
    refer,
    request,
    signed,
    start,
    today,
)
from gateway.connect import open_database
from models.facts import StepAnswer
from stores.vault import TRAJECTORY_PREFIX

BARE = {
    "bare-local": "BareLocal",
    "bare-ordinary": "BareOrdinary",
    "bare-unsandboxed": "BareLocal",
}
# The other two run as the SDK runs workflows by default.
UNSANDBOXED = "bare-unsandboxed"
# Ours without sealing: no codec, and what is personal in SQL as it is.
PLAIN = "opstap-plain"
UNSEALED = {"OPSTAP_SEALED": "false"}
log = logging.getLogger("opstap.bench")
KINDS = (OURS, PLAIN, *BARE)
BLOCK = 50


class Size(NamedTuple):
    """How much is measured: a block is fifty steps on a trajectory of its own."""

    runs: int
    blocks: int


FULL, QUICK = Size(runs=5, blocks=20), Size(runs=2, blocks=4)


async def measure(*, quick: bool = False) -> Report:
    """Run everything; see `FULL`."""
    size = QUICK if quick else FULL
    async with laboratory() as lab, AsyncExitStack() as workers:
        for queue in KINDS:
            module = "bench.bare_worker" if queue in BARE else "worker"
            environment = UNSEALED if queue == PLAIN else {}
            if queue in BARE and queue != UNSANDBOXED:
                environment = {SANDBOXED: "1"}
            await workers.enter_async_context(lab.worker(queue, module, environment))
        for queue in (OURS, PLAIN):
            settings = lab.settings(queue)
            engine = open_database(settings.model_copy(update={"sealed": queue == OURS}))
            await fill_registers(engine)
            names = [f"{run}-{n}" for run in range(-1, size.runs) for n in range(size.blocks)]
            await admit(engine, [_resident(queue, name) for name in names])
            await engine.dispose()
        await _run(lab, -1, Size(1, 2))
        runs = [await _run(lab, number, size) for number in range(size.runs)]
    return _report(runs, size)


async def _run(lab: Laboratory, number: int, size: Size) -> dict[str, list[float]]:
    """Take the steps of one run; return the seconds each took, by kind."""
    log.info("run %d", number + 1)
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for block in range(size.blocks):
        # Whoever goes first differs from block to block.
        turn = (number + block) % len(KINDS)
        for kind in (*KINDS[turn:], *KINDS[:turn]):
            client = lab.client if kind == OURS else lab.bare
            handle = await _open(client, kind, f"{number}-{block}")
            taken[kind] += await _steps(handle, bare=kind in BARE)
            await handle.terminate()
    return taken


async def _open(client: Client, kind: str, name: str) -> Handle:
    if kind not in BARE:
        return await refer(client, _resident(kind, name), kind)
    handle = await start(client, kind, f"{kind}-{name}", BARE[kind])
    first = signed(handle.id, "step", request({}, "first"))
    await handle.execute_update("step", first, id="first", result_type=StepAnswer)
    return handle


def _resident(kind: str, name: str) -> str:
    """Return the id of a trajectory: sealed under a key of its own."""
    return f"{TRAJECTORY_PREFIX}{kind}-{name}"


async def _steps(handle: Handle, *, bare: bool, count: int = BLOCK) -> list[float]:
    seconds = []
    steps = _steps_of(today(), count)
    for number, (name, data) in enumerate(steps):
        update = "step" if bare else name
        asked = signed(handle.id, update, request(data, f"step-{number}"))
        began = perf_counter()
        await handle.execute_update(update, asked, id=asked["id"], result_type=StepAnswer)
        seconds.append(perf_counter() - began)
    return seconds


def _steps_of(day: date, count: int) -> list[tuple[str, dict[str, object]]]:
    ten = cycle(day)
    return [ten[number % len(ten)] for number in range(count)]


def _report(runs: list[dict[str, list[float]]], size: Size) -> Report:
    report = Report("step")
    of = {
        kind: [(percentile(run[kind], 50) * 1000, percentile(run[kind], 99) * 1000) for run in runs]
        for kind in KINDS
    }

    def ratio(kind: str, part: int, ours_as: str = OURS) -> float:
        pairs = zip(of[ours_as], of[kind], strict=True)
        return median(ours[part] / bare[part] for ours, bare in pairs)

    # The bare ones seal nothing: the rules are measured unsealed, and sealing on top of them.
    report.add("p50, ours unsealed / bare-local", ratio("bare-local", 0, PLAIN), at_most=1.15)
    report.add("p50, ours unsealed / bare-ordinary", ratio("bare-ordinary", 0, PLAIN), at_most=0.75)
    report.add("p99, ours unsealed / bare-local", ratio("bare-local", 1, PLAIN), at_most=1.5)
    report.add("p50, ours / bare-local", ratio("bare-local", 0), at_most=1.15)
    report.add("p50, ours / bare-ordinary", ratio("bare-ordinary", 0), at_most=0.75)
    report.add("p99, ours / bare-local", ratio("bare-local", 1), at_most=1.5)
    report.add("p50, ours / ours unsealed", ratio(PLAIN, 0), at_most=1.1)
    report.add("p99, ours / ours unsealed", ratio(PLAIN, 1))
    report.add(f"p50, ours unsealed / {UNSANDBOXED}", ratio(UNSANDBOXED, 0, PLAIN))
    report.add(f"p99, ours unsealed / {UNSANDBOXED}", ratio(UNSANDBOXED, 1, PLAIN))
    report.add(f"p50, ours / {UNSANDBOXED}", ratio(UNSANDBOXED, 0))
    rows = [
        (kind, run + 1, f"{p50:.2f}", f"{p99:.2f}")
        for kind in KINDS
        for run, (p50, p99) in enumerate(of[kind])
    ]
    report.tables.append(table(("kind", "run", "p50 ms", "p99 ms"), rows))
    report.remarks.append(f"{size.runs} runs of {size.blocks * BLOCK} steps of each kind.")
    return report
