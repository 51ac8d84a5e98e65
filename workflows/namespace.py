"""Prepares the Temporal namespace: search attributes and retention, checked at every start."""

from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client

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
    retention = Duration()
    retention.FromTimedelta(RETENTION)
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    if described.config.workflow_execution_retention_ttl != retention:
        await client.workflow_service.update_namespace(
            UpdateNamespaceRequest(
                namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=retention)
            )
        )
