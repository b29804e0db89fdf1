"""What open trajectories cost: memory of the worker, and whether a step grows slower with them.

All cached: memory per trajectory, ours against bare-local's. With a small cache: how much the
worker grows in all. The step is timed with few and with many open, on the same two servers' worth
of load: ours and bare-local's turn by turn.
"""

import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from statistics import median
from time import perf_counter
from typing import NamedTuple

from bench.bare_worker import SANDBOXED
from bench.laboratory import OURS, Laboratory, laboratory, memory_kb
from bench.report import Report
from bench.residents import Handle, each, fill_registers, refer, request, signed, start, today
from gateway.connect import open_database
from models.facts import StepAnswer

log = logging.getLogger("opstap.bench")
BARE = "bare-local"
BARE_KIND = "BareLocal"
AT_ONCE = 8
WARM_UP = 50


class Size(NamedTuple):
    """How many are open, and how many steps are timed."""

    cached: int
    few: int
    many: int
    small_cache: int
    steps: int


FULL = Size(cached=1000, few=100, many=5000, small_cache=500, steps=400)
QUICK = Size(cached=200, few=50, many=400, small_cache=100, steps=100)


async def measure(*, quick: bool = False) -> Report:
    """Measure memory with everything cached, then with a small cache, then the step."""
    size = QUICK if quick else FULL
    report = Report("idle")
    await _all_cached(report, size)
    await _small_cache(report, size)
    return report


async def _all_cached(report: Report, size: Size) -> None:
    async with laboratory() as lab:
        ours = await _each_costs(lab, OURS, size.cached)
        bare = await _each_costs(lab, BARE, size.cached)
    async with laboratory() as lab:
        default = await _each_costs(lab, BARE, size.cached, {SANDBOXED: "1"})
    report.add(
        "memory per cached trajectory, ours / bare-local as the SDK runs it",
        ours / default,
        at_most=1.3,
    )
    report.add("the same, bare-local without the sandbox too", ours / bare)
    report.add("ours", ours, "kB each")
    report.add("bare-local as the SDK runs it", default, "kB each")
    report.add("bare-local without the sandbox", bare, "kB each")
    report.remarks.append(f"{size.cached} open and all cached, after {WARM_UP} to warm up.")


async def _each_costs(
    lab: Laboratory, queue: str, count: int, also: Mapping[str, str] | None = None
) -> float:
    """Return the kilobytes that one more open workflow costs the worker."""
    cache = {"OPSTAP_MAX_CACHED_WORKFLOWS": str(count + 2 * WARM_UP), **(also or {})}
    async with lab.worker(queue, _module(queue), cache) as worker:
        await _open(lab, queue, range(WARM_UP))
        before = memory_kb(worker.pid)
        await _open(lab, queue, range(WARM_UP, WARM_UP + count))
        return (memory_kb(worker.pid) - before) / count


async def _small_cache(report: Report, size: Size) -> None:
    cache = {"OPSTAP_MAX_CACHED_WORKFLOWS": str(size.small_cache)}
    async with laboratory() as lab, AsyncExitStack() as workers:
        ours = await workers.enter_async_context(lab.worker(OURS, "worker", cache))
        await workers.enter_async_context(lab.worker(BARE, _module(BARE), cache))
        engine = open_database(lab.settings(OURS))
        await fill_registers(engine)
        await engine.dispose()
        for queue in (OURS, BARE):
            await _open(lab, queue, range(10))
        base = memory_kb(ours.pid)
        for queue in (OURS, BARE):
            await _open(lab, queue, range(10, size.few))
        few = await _steps(lab, size)
        for queue in (OURS, BARE):
            await _open(lab, queue, range(size.few, size.many))
        many = await _steps(lab, size)
        grown = (memory_kb(ours.pid) - base) / 1024
    growth = {queue: many[queue] / few[queue] for queue in (OURS, BARE)}
    report.add(f"worker with {size.many} open, above its base", grown, "MB", at_most=64)
    report.add(
        "growth of the step's p50, ours / bare-local", growth[OURS] / growth[BARE], at_most=1.1
    )
    for queue in (OURS, BARE):
        report.add(f"step's p50 with {size.few} open, {queue}", few[queue] * 1000, "ms")
        report.add(f"step's p50 with {size.many} open, {queue}", many[queue] * 1000, "ms")
    report.remarks.append(f"A cache of {size.small_cache}; base is the worker with ten open.")


async def _open(lab: Laboratory, queue: str, numbers: range) -> None:
    log.info("opening %d more: %s", len(numbers), queue)
    await each((_open_one(lab, queue, number) for number in numbers), AT_ONCE)


async def _open_one(lab: Laboratory, queue: str, number: int) -> Handle:
    name = f"{queue}-{number}"
    if queue == OURS:
        return await refer(lab.client, name, OURS)
    handle = await start(lab.bare, queue, name, BARE_KIND)
    first = signed(name, "step", request({}, "first"))
    await handle.execute_update("step", first, id="first", result_type=StepAnswer)
    return handle


async def _steps(lab: Laboratory, size: Size) -> dict[str, float]:
    """Return the median seconds of a step on the cached, turn by turn."""
    taken: dict[str, list[float]] = {OURS: [], BARE: []}
    day = today().isoformat()
    for number in range(size.steps):
        for queue, seconds in taken.items():
            # Ten trajectories share the steps: they are in the cache after the first.
            client = lab.client if queue == OURS else lab.bare
            handle = client.get_workflow_handle(f"{queue}-{number % 10}")
            name = "complete_referral" if queue == OURS else "step"
            asked = signed(handle.id, name, request({"form_received": day}, f"{perf_counter()}"))
            began = perf_counter()
            await handle.execute_update(name, asked, id=asked["id"], result_type=StepAnswer)
            seconds.append(perf_counter() - began)
    return {queue: median(seconds) for queue, seconds in taken.items()}


def _module(queue: str) -> str:
    return "worker" if queue == OURS else "bench.bare_worker"
