"""The story of a request for extra years (`domain.md` §2.3)."""

from temporalio import workflow

from domain.messages import RequestOrder
from workflows.end_user_warranty import EndUserWarrantyWorkflow


@workflow.defn(name="extra-years")
class ExtraYearsWorkflow(EndUserWarrantyWorkflow):
    """The story of an end-user warranty; only that it falls with its base, of which `catch_up` tells."""

    @workflow.init
    def __init__(self, order: RequestOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: RequestOrder) -> str:
        """As an end-user warranty."""
        return await super().run(order)
