"""The sandbox in which workflow code runs, the same for worker, replay and measurement.

The pure core is passed through: imported once and shared by every trajectory, which saves memory
and time. Nothing that reads a clock or does I/O may ever be added here.
"""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = (
    "models",
    "workflows.effects",
    "workflows.updates",
    "transitions",
    "six",
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "typing_extensions",
)


def runner(*also: str) -> SandboxedWorkflowRunner:
    """Return the runner for workers and replayers; `also` are further modules to share."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH, *also)
    return SandboxedWorkflowRunner(restrictions=restrictions)
