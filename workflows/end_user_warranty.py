"""The story of an end-user warranty (`domain.md` §2.2)."""

from typing import assert_never

from temporalio import workflow

from domain.messages import RequestOrder
from domain.states import State
from workflows.request import RequestWorkflow


@workflow.defn(name="end-user-warranty")
class EndUserWarrantyWorkflow(RequestWorkflow):
    """An end user asks on the landing page; the keyuser chooses the warranty. A denial is final."""

    @workflow.init
    def __init__(self, order: RequestOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: RequestOrder) -> str:
        """Answers the state in which the run ended, or `refused`."""
        if not await self._record():
            await workflow.wait_condition(workflow.all_handlers_finished)
            return "refused"
        while True:
            match self._machine.state:
                case State.SUBMITTED | State.WRONG_DATA | State.PARTIALLY_ACCEPTED:
                    await self._until_moved()
                case State.ACCEPTED:
                    await self._settle()
                case State.PROCESSED | State.DENIED | State.CANCELLED:
                    if await self._at_rest():
                        return self._machine.state.value
                case unknown:
                    assert_never(unknown)
