"""The sandbox in which workflow code runs, the same for worker, replay and measurement.

Our own modules are passed through: imported once and shared by every trajectory. Run anew for
each, as the sandbox would, they are most of what a cached trajectory weighs. So nothing that reads
a clock, draws a number or does I/O may ever be in them; a test of the architecture looks for it.
"""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = (
    "models",
    "workflows",
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
