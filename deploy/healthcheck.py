"""Exit 0 when Temporal saw a worker on this machine ask for work in the last two minutes.

That is the whole chain: the process lives, reaches the server and polls. Says nothing about the
database: a worker without it keeps accepting steps by design.
"""

import asyncio
import os
import socket
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig

RECENT = timedelta(minutes=2)  # a long poll lasts one minute


async def polls() -> bool:
    settings = ClientConfig.load_client_connect_config()
    for key, name in (("target_host", "ADDRESS"), ("namespace", "NAMESPACE")):
        if value := os.environ.get(f"OPSTAP_TEMPORAL_{name}"):
            settings[key] = value  # type: ignore[literal-required] # the two names above
    client = await Client.connect(**settings)
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=os.environ.get("OPSTAP_TASK_QUEUE", "opstap")),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    oldest = datetime.now(UTC) - RECENT
    here = f"@{socket.gethostname()}"
    return any(
        poller.identity.endswith(here) and poller.last_access_time.ToDatetime(UTC) > oldest
        for poller in answer.pollers
    )


if __name__ == "__main__":
    healthy = asyncio.run(polls())
    # Without the interpreter's own end: a thread of the client that answers during it aborts it.
    os._exit(0 if healthy else 1)
