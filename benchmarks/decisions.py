"""What a decision costs, against a bare workflow of the same run: `python -m benchmarks.decisions [requests]`.

Both go over the same Temporal server, in turns. Ours: the keyuser's accept over the API, that is two checks, the
decision's row, update-with-start, the booking with number, warranty and card promise, and the answer. The reference:
start a workflow, one update, done. The times are this machine's and today's: compare the ratios.
"""

import asyncio
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import uuid4

import structlog
from temporalio import workflow
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from tests.stack.running import Stack, running
from tests.stack.walks import decided, filed, settled

QUEUE = "reference"
KEYUSER = "keyuser.es"
ROUND = 20

Call = Callable[[], Awaitable[object]]


@workflow.defn(name="reference")
class Reference:
    """Start, one update, done."""

    def __init__(self) -> None:
        self._decided = False

    @workflow.run
    async def run(self) -> None:
        """Wait for the update."""
        await workflow.wait_condition(lambda: self._decided)

    @workflow.update
    async def decide(self) -> None:
        """The update."""
        self._decided = True


@dataclass
class Timings:
    """Seconds of each call made alone, and calls per second when several are under way."""

    alone: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)

    def quantile(self, percent: int) -> float:
        """Milliseconds."""
        return statistics.quantiles(self.alone, n=100)[percent - 1] * 1000

    @property
    def per_second(self) -> float:
        """The middle of all rounds."""
        return statistics.median(self.together)


async def reference(stack: Stack) -> None:
    """One bare workflow, from start to the update's answer."""
    operation = WithStartWorkflowOperation(
        Reference.run, id=f"reference-{uuid4()}", task_queue=QUEUE, id_conflict_policy=WorkflowIDConflictPolicy.FAIL
    )
    await stack.temporal.execute_update_with_start_workflow(Reference.decide, start_workflow_operation=operation)


async def accept(stack: Stack, request_id: str) -> None:
    """The keyuser's decision, from the call to its answer."""
    await decided(stack, KEYUSER, request_id, "accept", version=1)


async def nothing() -> None:
    """A reference leaves nothing behind."""


async def measure(timings: Timings, calls: list[Call], rests: list[Call]) -> None:
    """Half of the calls one after the other, each once the one before has come to rest; the others together."""
    half = len(calls) // 2
    for call, rest in zip(calls[:half], rests, strict=False):
        began = time.perf_counter()
        await call()
        timings.alone.append(time.perf_counter() - began)
        await rest()
    began = time.perf_counter()
    await asyncio.gather(*(call() for call in calls[half:]))
    timings.together.append((len(calls) - half) / (time.perf_counter() - began))


async def compare(stack: Stack, count: int) -> tuple[Timings, Timings]:
    """Decisions and references in turns, so that both meet the same machine."""
    ours, bare = Timings(), Timings()
    waiting = [(await filed(stack))["id"] for _ in range(count)]
    for warm in waiting[:ROUND]:
        await asyncio.gather(accept(stack, warm), reference(stack))
    for start in range(ROUND, count, ROUND):
        ids = waiting[start : start + ROUND]
        at_rest: list[Call] = [partial(settled, stack, one) for one in ids]
        await measure(ours, [partial(accept, stack, one) for one in ids], at_rest)
        await asyncio.gather(*(rest() for rest in at_rest))
        await measure(bare, [partial(reference, stack)] * ROUND, [nothing] * ROUND)
    return ours, bare


async def main(count: int) -> None:
    """Print both, and how they compare."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as home:
        async with running(Path(home)) as stack:
            bare_worker = Worker(
                stack.temporal,
                task_queue=QUEUE,
                workflows=[Reference],
                workflow_runner=UnsandboxedWorkflowRunner(),
            )
            async with bare_worker:
                ours, bare = await compare(stack, count)
    print(f"{'':28}{'decision':>10}{'reference':>11}{'ratio':>8}")
    for name, of in (("p50, one at a time (ms)", 50), ("p95, one at a time (ms)", 95)):
        a, b = ours.quantile(of), bare.quantile(of)
        print(f"{name:28}{a:10.1f}{b:11.1f}{a / b:8.2f}")
    a, b = ours.per_second, bare.per_second
    print(f"{f'per second, {ROUND // 2} at once':28}{a:10.1f}{b:11.1f}{a / b:8.2f}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 120))
