"""Workers run without the sandbox; here the whole of `models` and `workflows` runs inside it.

Nothing of ours is passed through, so that whoever reads a clock, draws a number or touches the
world while a trajectory lives is caught, wherever in the code it happens.
"""

from dataclasses import replace

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from audit.gate import KEPT, kept
from gateway.connect import data_converter
from tests.workflows.clock_reader import ReadsTheClock
from workflows.trajectory import TrajectoryWorkflow

LIBRARIES = ("transitions", "six", "pydantic", "pydantic_core", "annotated_types")


def strict() -> SandboxedWorkflowRunner:
    """The sandbox as the SDK has it; time zones alone are let in, which it cannot wrap."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*LIBRARIES)
    members = restrictions.invalid_module_members
    zoned = {name: one for name, one in members.children.items() if name != "zoneinfo"}
    return SandboxedWorkflowRunner(
        restrictions=replace(restrictions, invalid_module_members=replace(members, children=zoned))
    )


async def failure(history: WorkflowHistory, kind: type) -> Exception | None:
    replayer = Replayer(
        workflows=[kind], workflow_runner=strict(), data_converter=data_converter(None)
    )
    done = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    return done.replay_failure


async def life(name: str) -> WorkflowHistory:
    found = [one async for one in kept(KEPT) if one.workflow_id == f"trajectory-{name}"]
    return found[0]


@pytest.mark.parametrize("name", ["r05", "r06-2"])
async def test_a_whole_life_touches_nothing_outside_itself(name: str) -> None:
    assert await failure(await life(name), TrajectoryWorkflow) is None


async def test_whoever_reads_the_clock_is_caught() -> None:
    caught = str(await failure(await life("r02"), ReadsTheClock))
    assert "Cannot access datetime.datetime.now" in caught
