"""The story of a unit replacement (`domain.md` §2.5)."""

from temporalio import workflow

from domain.messages import RequestOrder
from workflows.commissioning import CommissioningWorkflow


@workflow.defn(name="unit-replacement")
class UnitReplacementWorkflow(CommissioningWorkflow):
    """A PRO Partner swapped a unit; the rest is the story of a commissioning request. The card is mostly that of the
    old unit, reissued."""

    @workflow.init
    def __init__(self, order: RequestOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: RequestOrder) -> str:
        """As a commissioning request."""
        return await super().run(order)
