"""The story of a points request (`domain.md` §2.4)."""

from typing import assert_never

from temporalio import workflow

from domain.messages import RequestOrder
from domain.states import State, Trigger
from workflows.request import RequestWorkflow


@workflow.defn(name="points")
class PointsWorkflow(RequestWorkflow):
    """A participant asks, the keyuser judges line by line, the points are booked with the decision itself."""

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
                case State.SUBMITTED | State.WRONG_DATA | State.DENIED | State.PARTIALLY_ACCEPTED:
                    await self._until_moved()
                case State.ACCEPTED:
                    await self._book(Trigger.FINISH, unless_after=self._moves)
                case State.PROCESSED | State.CANCELLED:
                    if await self._at_rest():
                        return self._machine.state.value
                case unknown:
                    assert_never(unknown)
