"""Releases that must not happen: each breaks workflows that are under way. The replay tests must say so."""

import asyncio

from temporalio import workflow

from domain.messages import RequestOrder
from domain.states import State, Trigger
from workflows.commissioning import CommissioningWorkflow


@workflow.defn(name="commissioning")
class WithoutCard(CommissioningWorkflow):
    """Leaves an activity out."""

    @workflow.init
    def __init__(self, order: RequestOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: RequestOrder) -> str:
        self._effects.issue_card = _nothing  # type: ignore[method-assign]
        return await super().run(order)


async def _nothing(version: int) -> None:
    """No card."""


@workflow.defn(name="commissioning")
class FinishFirst(CommissioningWorkflow):
    """Makes two steps in the other order."""

    @workflow.init
    def __init__(self, order: RequestOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: RequestOrder) -> str:
        self._printed = self._effects.issue_card
        self._effects.issue_card = self._finish_first  # type: ignore[method-assign]
        return await super().run(order)

    async def _finish_first(self, version: int) -> None:
        if self._machine.state is State.ACCEPTED:
            await self._book(Trigger.FINISH)
        await self._printed(version)


@workflow.defn(name="commissioning")
class WithoutTimers(CommissioningWorkflow):
    """Waits for whoever is to act, however long it takes."""

    @workflow.init
    def __init__(self, order: RequestOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: RequestOrder) -> str:
        return await super().run(order)

    async def _until_moved(self) -> None:
        moves = self._moves
        await workflow.wait_condition(lambda: self._moves > moves)


@workflow.defn(name="commissioning")
class AnotherTimer(CommissioningWorkflow):
    """Waits a little before it records."""

    @workflow.init
    def __init__(self, order: RequestOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: RequestOrder) -> str:
        await asyncio.sleep(1)
        return await super().run(order)
