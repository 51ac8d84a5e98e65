"""Prepares the Temporal namespace: search attributes and retention, checked at every start."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
DATETIME = IndexedValueType.INDEXED_VALUE_TYPE_DATETIME
ATTRIBUTES = {
    "RequestKind": KEYWORD,
    "RequestState": KEYWORD,
    "Country": KEYWORD,
    "Company": KEYWORD,
    "DueAt": DATETIME,
}
RETENTION = timedelta(days=90)
PATIENCE = timedelta(minutes=1)
PAUSE = 0.5


class NamespaceUnfit(Exception):
    """A search attribute is missing or has another type: ops must mend the namespace before the desk starts."""


async def prepare(client: Client) -> None:
    """Add the missing search attributes, check all of them, keep closed workflows for 90 days.

    An attribute given to an existing dev server by flag is silently not registered, hence this. Raises
    NamespaceUnfit; never renames or retypes anything.
    """
    await _add_missing(client)
    await _check(client)
    await _retain(client)


async def register(client: Client, patience: timedelta = PATIENCE) -> None:
    """Make the client's namespace if it is missing, and prepare it. Raises NamespaceUnfit, RPCError.

    A cluster needs some seconds until a new namespace is known everywhere.
    """
    with _unless_it_is_there():
        await client.workflow_service.register_namespace(
            RegisterNamespaceRequest(namespace=client.namespace, workflow_execution_retention_period=_retention())
        )
    deadline = asyncio.get_running_loop().time() + patience.total_seconds()
    while True:
        try:
            await prepare(client)
        except RPCError as failure:
            unknown = failure.status is RPCStatusCode.NOT_FOUND
            if not unknown or asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(PAUSE)
        else:
            return


@contextmanager
def _unless_it_is_there() -> Iterator[None]:
    """Nothing to do for a namespace that is there."""
    try:
        yield
    except RPCError as failure:
        if failure.status is not RPCStatusCode.ALREADY_EXISTS:
            raise


def _retention() -> Duration:
    retention = Duration()
    retention.FromTimedelta(RETENTION)
    return retention


async def _registered(client: Client) -> dict[str, IndexedValueType.ValueType]:
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    return dict(answer.custom_attributes)


async def _add_missing(client: Client) -> None:
    there = await _registered(client)
    missing = {name: kind for name, kind in ATTRIBUTES.items() if name not in there}
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )


async def _check(client: Client) -> None:
    there = await _registered(client)
    wrong = [name for name, kind in ATTRIBUTES.items() if there.get(name) != kind]
    if wrong:
        raise NamespaceUnfit(
            f"missing or of another type in namespace {client.namespace}: search attributes {', '.join(wrong)}"
        )


async def _retain(client: Client) -> None:
    retention = _retention()
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    if described.config.workflow_execution_retention_ttl != retention:
        await client.workflow_service.update_namespace(
            UpdateNamespaceRequest(
                namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=retention)
            )
        )
