"""The story of a warranty extension (`domain.md` §2.1)."""

from temporalio import workflow

from domain.messages import RequestOrder
from workflows.commissioning import CommissioningWorkflow


@workflow.defn(name="warranty-extension")
class WarrantyExtensionWorkflow(CommissioningWorkflow):
    """A PRO Partner asks; the rest is the story of a commissioning request, with another pool of numbers."""

    @workflow.init
    def __init__(self, order: RequestOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: RequestOrder) -> str:
        """As a commissioning request."""
        return await super().run(order)
