"""The way from the outside to a request's workflow: connect, ids, start, decide."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from temporalio.client import (
    Client,
    Interceptor,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.runtime import Runtime
from temporalio.service import RPCError, TLSConfig

from activities.refusals import refusal_in
from domain.errors import Unavailable
from domain.messages import BringIn, Decide, RequestOrder
from workflows.encryption import converter
from workflows.namespace import prepare

TASK_QUEUE = "keydesk"
KIND = SearchAttributeKey.for_keyword("RequestKind")
STATE = SearchAttributeKey.for_keyword("RequestState")
COUNTRY = SearchAttributeKey.for_keyword("Country")
COMPANY = SearchAttributeKey.for_keyword("Company")
PATIENCE = 20.0
TRIES = 3

T = TypeVar("T")


@dataclass(frozen=True)
class Cluster:
    """Where Temporal is, and how to speak with it. `keys` encrypt payloads (`workflows.encryption`).

    `tls` is False without TLS; `interceptors` see every call, of the client and of workers built on it.
    """

    address: str
    namespace: str = "default"
    keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    tls: TLSConfig | bool = False
    api_key: str | None = field(default=None, repr=False)
    interceptors: Sequence[Interceptor] = ()
    runtime: Runtime | None = None


async def connect(cluster: Cluster) -> Client:
    """A client of the cluster. Raises RuntimeError if nobody answers there."""
    return await Client.connect(
        cluster.address,
        namespace=cluster.namespace,
        data_converter=converter(cluster.keys),
        tls=cluster.tls,
        api_key=cluster.api_key,
        interceptors=cluster.interceptors,
        runtime=cluster.runtime,
    )


async def prepare_namespace(cluster: Cluster) -> None:
    """`workflows.namespace.prepare` for whoever has no client yet."""
    await prepare(await connect(cluster))


def workflow_id(request_id: str) -> str:
    """The id of a request's workflow: the id of the request, so that ops find one by the other."""
    return request_id


def import_workflow_id(import_id: int) -> str:
    """The id of an import's workflow."""
    return f"import-{import_id}"


@dataclass(frozen=True)
class Case:
    """What the outside knows of a request: enough to start or reopen its workflow. Names no person.

    `intake` tells its submission from another one that had the same id: in a database that was restored, ids come
    again, and Temporal would answer with what became of the first.
    """

    order: RequestOrder
    country: str
    company: str | None
    intake: str = ""


@dataclass(frozen=True)
class Desk:
    """Starts workflows and brings them decisions. `patience` in seconds: how long a caller waits for an answer."""

    client: Client
    task_queue: str = TASK_QUEUE
    patience: float = PATIENCE

    async def submit(self, case: Case) -> None:
        """Start the request's workflow, or find it, and wait until it is recorded.

        Raises the refusal that became of it, or Unavailable: then nobody knows yet, and asking again is safe.
        """
        await self._settled(lambda: self._update("submit", [], case, f"submit {case.intake}"))

    async def decide(self, case: Case, decision: Decide) -> None:
        """Bring a decision to the running workflow, or reopen one for it, and wait until it is booked.

        Raises the refusal, or Unavailable: then nobody knows yet, and asking again with the same key is safe.
        """
        await self._settled(lambda: self._update("decide", [decision], case, decision.key))

    async def deliver(self, case: Case, emails: tuple[int, ...]) -> None:
        """Have queued emails sent by the running workflow, or by one that is reopened for it. Raises Unavailable."""
        await self._signal(case, "deliver", [list(emails)])

    async def catch_up(self, case: Case) -> None:
        """Have everything done that the request still owes, by its workflow or a reopened one. Raises Unavailable."""
        await self._signal(case, "catch_up", [])

    async def bring_in(self, import_id: int, country: str, resource: str) -> None:
        """Start an import's workflow, or find it. Raises Unavailable."""
        try:
            async with asyncio.timeout(self.patience):
                await self.client.start_workflow(
                    "import",
                    BringIn(import_id),
                    id=import_workflow_id(import_id),
                    task_queue=self.task_queue,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                    search_attributes=TypedSearchAttributes([SearchAttributePair(COUNTRY, country)]),
                    static_summary=f"import · {country} · {resource}",
                )
        except (TimeoutError, RPCError) as silence:
            raise _unknown() from silence

    async def _signal(self, case: Case, signal: str, arguments: list[Any]) -> None:
        try:
            async with asyncio.timeout(self.patience):
                await self.client.start_workflow(
                    case.order.kind.value,
                    case.order,
                    id=workflow_id(case.order.request_id),
                    task_queue=self.task_queue,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                    search_attributes=_search_attributes(case),
                    static_summary=_summary(case),
                    start_signal=signal,
                    start_signal_args=arguments,
                )
        except (TimeoutError, RPCError) as silence:
            raise _unknown() from silence

    async def _update(self, update: str, arguments: list[Any], case: Case, update_id: str) -> None:
        operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            case.order.kind.value,
            case.order,
            id=workflow_id(case.order.request_id),
            task_queue=self.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            search_attributes=_search_attributes(case),
            static_summary=_summary(case),
        )
        await self.client.execute_update_with_start_workflow(
            update,
            args=arguments,
            start_workflow_operation=operation,
            id=update_id,
        )

    async def _settled(self, call: Callable[[], Awaitable[T]]) -> T:
        """The call's answer. A run that ended under the update's feet is followed by the next one."""
        try:
            async with asyncio.timeout(self.patience):
                for _ in range(TRIES - 1):
                    try:
                        return await call()
                    except WorkflowUpdateFailedError as failure:
                        if (refusal := refusal_in(failure)) is not None:
                            raise refusal from None
                return await call()
        except WorkflowUpdateFailedError as failure:
            raise refusal_in(failure) or _unknown() from failure
        except (TimeoutError, RPCError, WorkflowUpdateRPCTimeoutOrCancelledError) as silence:
            raise _unknown() from silence


def _unknown() -> Unavailable:
    return Unavailable("The desk could not settle this in time. Ask again with the same Idempotency-Key.")


def _summary(case: Case) -> str:
    return f"{case.order.kind} · {case.country} · {case.company or 'no company'}"


def _search_attributes(case: Case) -> TypedSearchAttributes:
    pairs = [
        SearchAttributePair(KIND, case.order.kind.value),
        SearchAttributePair(STATE, case.order.state.value),
        SearchAttributePair(COUNTRY, case.country),
    ]
    if case.company is not None:
        pairs.append(SearchAttributePair(COMPANY, case.company))
    return TypedSearchAttributes(pairs)
