"""Whose a workflow task is: asked of Temporal, for its SDK does not tell (ADR 11).

A worker that loads a trajectory goes by the history it was handed. At its end may stand a task that
another worker began and died with; what was handed out was a question alone. Only the server knows
who began the last task.
"""

import asyncio
import logging
import threading
from concurrent.futures import Future
from datetime import timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

log = logging.getLogger("opstap.gateway")

# Half of the two seconds after which the SDK takes an activation for a deadlock.
ANSWERS_WITHIN = timedelta(seconds=1)


class AskedTasks:
    """Tells, in the thread of an activation, whether the task at hand is this worker's own.

    What `workflows.punctual.Tasks` asks for.
    """

    def __init__(self, client: Client) -> None:
        """Remember who asks; to be made in the event loop of the worker."""
        self._client = client
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def mine(self, name: str, run: str, length: int) -> bool:
        """Return whether the event numbered `length` belongs to a task this worker began.

        What no history holds yet is handed out with a task alone, never with a question. Without an
        answer nobody knows: then it is not.
        """
        if threading.get_ident() == self._thread:
            return True  # a debugger runs activations in the loop itself: nobody could answer
        asked = asyncio.run_coroutine_threadsafe(self._last(name, run), self._loop)
        try:
            return self._began(asked, length)
        except RPCError as error:
            if error.status is RPCStatusCode.UNIMPLEMENTED:  # the time-skipping test server
                return True
            log.warning("who began the task of %s: %s", name, error.status.name)
        except TimeoutError:
            asked.cancel()
            log.warning("who began the task of %s: no answer", name)
        return False

    def _began(self, asked: Future[HistoryEvent], length: int) -> bool:
        last = asked.result(ANSWERS_WITHIN.total_seconds())
        began = last.workflow_task_started_event_attributes
        return last.event_id < length or (
            last.event_id == length
            and last.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED
            and began.identity == self._client.identity
        )

    async def _last(self, name: str, run: str) -> HistoryEvent:
        answer = await self._client.workflow_service.get_workflow_execution_history_reverse(
            GetWorkflowExecutionHistoryReverseRequest(
                namespace=self._client.namespace,
                execution=WorkflowExecution(workflow_id=name, run_id=run),
                maximum_page_size=1,
            ),
            timeout=ANSWERS_WITHIN,
        )
        return answer.history.events[0]
