"""A worker to be killed: `python -m tests.workflows.trap ADDRESS FOLDER`, settings from the environment.

It serves the real workflow, and one that differs in a single thing: it books decisions by a *local* activity. The
first booking of each request is committed, says so by a file in FOLDER, and then never answers.
"""

import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from temporalio import activity, workflow
from temporalio.worker import UnsandboxedWorkflowRunner

from activities.booking import Booking
from activities.refusals import refusals_cross
from activities.rendering.pool import CardPress
from domain.messages import Booked, BookMove, RequestOrder, SignalledDecision
from domain.states import Trigger
from settings import Settings
from statemachines.registry import maker
from store.engine import connect, sessions
from workers import worker
from workflows import client as temporal
from workflows.commissioning import CommissioningWorkflow
from workflows.registry import WORKFLOWS
from workflows.request import RETRY, TIMEOUT, RequestWorkflow

TRAPPED = "commissioning-trapped"


@workflow.defn(name=TRAPPED)
class TrappedWorkflow(CommissioningWorkflow):
    """The real story, but for the one activity that must not be local."""

    @workflow.init
    def __init__(self, order: RequestOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: RequestOrder) -> str:
        """The same."""
        return await super().run(order)

    async def _book_decision(self, trigger: Trigger, key: str, signalled: SignalledDecision | None) -> Booked:
        order = BookMove(
            request_id=self._order.request_id,
            key=key,
            trigger=trigger,
            source=self._machine.state,
            target=self._machine.targets(trigger)[0],
            by=maker(self._order.kind, trigger),
            used=self._clocks.used(workflow.now()),
            signalled=signalled,
        )
        booked = await workflow.execute_local_activity_method(
            Booking.book_move, order, start_to_close_timeout=TIMEOUT, retry_policy=RETRY
        )
        self._machine.fire(trigger)
        self._follow(booked)
        return booked


@dataclass(frozen=True)
class MuteBooking(Booking):
    """Books, and the first time never gets to say so."""

    folder: Path = field(default=Path(), kw_only=True)

    @activity.defn
    @refusals_cross
    async def book_move(self, order: BookMove) -> Booked:
        """As the real one; then silence."""
        booked = await super().book_move(order)
        said = self.folder / order.request_id
        if not said.exists():
            said.touch()
            await asyncio.Event().wait()
        return booked


async def serve(address: str, folder: Path) -> None:
    """Serve until killed."""
    settings = Settings()
    engine = connect(settings.database_url.get_secret_value())
    client = await temporal.connect(temporal.Cluster(address))

    def booking(*parts: Any, **more: Any) -> MuteBooking:
        return MuteBooking(*parts, folder=folder, **more)

    served: list[type[RequestWorkflow]] = [TrappedWorkflow, *WORKFLOWS.values()]
    # No press: none of these requests gets a card. No sandbox: the trap is defined in this very program.
    with (
        patch.object(worker, "Booking", booking),
        patch.object(worker, "runner", UnsandboxedWorkflowRunner),
        patch.object(worker, "WORKFLOWS", dict(enumerate(served))),
    ):
        serving = worker.serving(client, settings, sessions(engine), CardPress(), task_queue=temporal.TASK_QUEUE)
        await serving.__aenter__()  # until killed
    (folder / "serving").touch()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
