"""A file is brought into a list: one activity, which does all or nothing; another one says so if it cannot."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from activities.imports import Imports
from domain.messages import BringIn

PATIENCE = timedelta(hours=1)
TIMEOUT = timedelta(minutes=5)
RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))


@workflow.defn(name="import")
class ImportWorkflow:
    """Waits out what is down, an hour long; an import that has ended is not done again."""

    @workflow.run
    async def run(self, order: BringIn) -> str:
        """The state in which the import ended."""
        try:
            return await workflow.execute_activity_method(
                Imports.bring_in,
                order,
                start_to_close_timeout=TIMEOUT,
                schedule_to_close_timeout=PATIENCE,
                retry_policy=RETRY,
                summary="read and write",
            )
        except ActivityError:
            return await workflow.execute_activity_method(
                Imports.give_up, order, start_to_close_timeout=TIMEOUT, retry_policy=RETRY, summary="give up"
            )
