"""A workflow with a fault: it asks the machine what time it is."""

from datetime import datetime

from temporalio import workflow

from models.facts import Start
from workflows.trajectory import WORKFLOW, Steps


@workflow.defn(name=WORKFLOW)
class ReadsTheClock(Steps):
    """Lets every step through, and looks at the clock."""

    def check(self, name: str, request: object) -> None:
        """Let every step through."""

    def take(self, _name: str, _request: object) -> str:
        """Read the clock: the fault that is looked for."""
        return datetime.now().isoformat()  # noqa: DTZ005

    @workflow.run
    async def run(self, _: Start) -> None:
        """Stay open."""
        await workflow.wait_condition(lambda: False)
