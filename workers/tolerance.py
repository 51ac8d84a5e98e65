"""What ops type may be anything: a signal with more than the one argument that handlers take changes nothing.

Calling the handler would raise, and an exception in a signal handler holds up its workflow for ever.
"""

from temporalio import workflow
from temporalio.worker import (
    HandleSignalInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)


class Tolerance(Interceptor):
    """Keeps signals that cannot be delivered from the workflows of a worker."""

    def workflow_interceptor_class(self, _: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        return _Tolerant


class _Tolerant(WorkflowInboundInterceptor):
    async def handle_signal(self, input: HandleSignalInput) -> None:  # noqa: A002
        if len(input.args) > 1:
            workflow.logger.warning("signal %s refused: it takes one argument", input.signal)
            return
        await super().handle_signal(input)
