"""What the tests of workflows ask and tell a workflow directly."""

import asyncio
from typing import Any

from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowHandle

from tests.stack.running import Stack

# What the body of a test's request says about its end user, and what people write about it.
PERSONAL = (
    "Lucía",
    "Pérez",
    "lucia@example.org",
    "600 123 456",
    "Calle Mayor",
    "28013",
    "Illegible",
    "Removed",
    "Wrong.",
)


def workflow_of(stack: Stack, request_id: str) -> WorkflowHandle[Any, Any]:
    """The workflow of a request, its latest run."""
    return stack.temporal.get_workflow_handle(request_id)


async def ended(stack: Stack, request_id: str) -> str:
    """How the latest run ended. Raises TimeoutError if it does not."""
    async with asyncio.timeout(20):
        result: str = await workflow_of(stack, request_id).result()
    return result


async def query_state(stack: Stack, request_id: str) -> str:
    """Where the workflow says that the request stands."""
    state: str = await workflow_of(stack, request_id).query("state")
    return state


async def signalled(stack: Stack, request_id: str, signal: str, *arguments: Any) -> None:
    """Signal the running workflow."""
    await workflow_of(stack, request_id).signal(signal, args=list(arguments))


async def details_of(stack: Stack, request_id: str) -> str:
    """The current details, as Temporal's UI asks for them."""
    metadata = await workflow_of(stack, request_id).query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    details: str = metadata.current_details
    return details


async def run_of(stack: Stack, request_id: str) -> str:
    """The id of the latest run: another one after each reopening."""
    run_id: str = (await workflow_of(stack, request_id).describe()).run_id
    return run_id
