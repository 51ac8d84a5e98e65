"""What ops rely on: health, figures, correlation, logs and Temporal's UI, none of which names a person."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
import pytest_asyncio
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowExecutionDescription

from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, decided, eventually, filed, new_serial, outdoor, seen, settled, uploaded
from workers.logs import configure_logging

PERSONAL = {
    "name": "Zacarías Quintanilla",
    "email": "zacarias.q@example.org",
    "phone": "+34 699 887 766",
    "address": "Callejón del Secreto 77",
    "postcode": "07543",
    "city": "Villasecreta",
}
COMMENTS = ("comentario reservado", "respuesta reservada", "nota interna")


async def test_it_is_alive_and_ready(stack: Stack) -> None:
    nobody = stack.client_of(None)
    assert (await nobody.get("/healthz")).json() == {"status": "alive"}
    head = await nobody.head("/healthz")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "18")

    async def polled() -> bool:
        return (await nobody.get("/readyz")).status_code == 200

    await eventually(polled, "the desk is not ready")
    ready = await nobody.get("/readyz")
    assert ready.json() == {"status": "ready", "checks": {"database": True, "temporal": True, "worker": True}}


async def test_figures_count_calls_by_route_and_name_nobody(stack: Stack) -> None:
    await seen(stack, (await filed(stack))["id"])
    figures = (await stack.client_of(None).get("/metrics")).text
    assert 'keydesk_http_requests_total{method="GET",route="' in figures
    assert "{request_id}" in figures
    assert "-COM-0" not in figures
    assert (await stack.client_of(None).request("EVERYBODYS", "/healthz")).status_code == 405
    assert "EVERYBODYS" not in (await stack.client_of(None).get("/metrics")).text, "strangers make up no figures"
    assert "installer.abc" not in figures


@pytest.mark.parametrize("given", ["short", "x" * 65, "a b\tc" * 3])
async def test_a_correlation_id_that_could_not_be_logged_is_replaced(stack: Stack, given: str) -> None:
    answer = await stack.client_of(None).get("/healthz", headers={"X-Correlation-ID": given})
    assert len(answer.headers["x-correlation-id"]) == 32
    assert answer.headers["x-correlation-id"] != given


async def test_a_correlation_id_comes_back(stack: Stack) -> None:
    answer = await stack.client_of(None).get("/healthz", headers={"X-Correlation-ID": "a1b2c3d4-e5f6"})
    assert answer.headers["x-correlation-id"] == "a1b2c3d4-e5f6"


async def test_an_error_carries_the_correlation_id_too(stack: Stack) -> None:
    answer = await stack.client_of(None).get(REQUESTS, headers={"X-Correlation-ID": "a1b2c3d4-e5f6"})
    assert (answer.status_code, answer.headers["x-correlation-id"]) == (401, "a1b2c3d4-e5f6")


@contextmanager
def logged() -> Iterator[StringIO]:
    """Everything that the process logs, formatted as in production."""
    root, written, stderr = logging.getLogger(), StringIO(), sys.stderr
    handlers, level = root.handlers[:], root.level
    sys.stderr = written
    try:
        configure_logging("DEBUG")
        yield written
    finally:
        sys.stderr = stderr
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.captureWarnings(capture=False)


class Walk:
    """A whole walk with a telling end user: the request, and what was logged meanwhile."""

    request: dict[str, Any]
    logs: str
    serial: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def walk(stack: Stack) -> Walk:
    walk = Walk()
    walk.serial = new_serial()
    with logged() as written:
        request = await filed(stack, end_user=PERSONAL, remarks="nota interna", units=outdoor(walk.serial))
        path = f"{REQUESTS}/{request['id']}"
        keyuser = stack.client_of("keyuser.es")
        await keyuser.patch(path, json={"version": 1, "data": {"remarks": "nota interna 2"}})
        await keyuser.get(REQUESTS, params={"q": PERSONAL["postcode"]})
        await decided(stack, "keyuser.es", request["id"], "deny", comment=COMMENTS[0], documents=["invoice"])
        better = await uploaded(stack.client_of("installer.abc"), "Zacarías Quintanilla.pdf")
        await decided(
            stack,
            "installer.abc",
            request["id"],
            "resubmit",
            comment=COMMENTS[1],
            documents=[{"requirement": "invoice", "document_id": better}],
        )
        await decided(stack, "keyuser.es", request["id"], "accept", comment=COMMENTS[0])
        await settled(stack, request["id"])
        await decided(
            stack, "keyuser.es", request["id"], "amend", comment=COMMENTS[0], data={"end_user": {"phone": "699887766"}}
        )
        await settled(stack, request["id"])
        await stack.client_of("installer.abc").post(f"{REQUESTS}/commissioning", json={"end_user": PERSONAL})
        walk.request = await settled(stack, request["id"])
        walk.logs = written.getvalue()
    return walk


def secrets() -> list[str]:
    return [*PERSONAL.values(), *COMMENTS, "Zacar", "Quintanilla", "zacarias"]


async def test_logs_name_the_case_and_nobody(walk: Walk) -> None:
    lines = walk.logs.splitlines()
    assert sum(walk.request["id"] in line for line in lines) > 5
    assert all(line.startswith("{") for line in lines)
    for secret in (*secrets(), walk.serial):
        assert secret not in walk.logs, secret


async def test_temporal_histories_name_nobody(stack: Stack, walk: Walk) -> None:
    runs = [run async for run in stack.temporal.list_workflows(f"WorkflowId = '{walk.request['id']}'")]
    assert len(runs) == 2
    for run in runs:
        handle = stack.temporal.get_workflow_handle(run.id, run_id=run.run_id)
        history = await handle.fetch_history()
        plain = history.to_json() + str([payloads(event) for event in history.events])
        assert "commissioning" in plain
        for secret in (*secrets(), walk.serial):
            assert secret not in plain, secret


def payloads(event: Any) -> list[str]:
    """The decoded data of every payload in an event; its JSON form has them in base64."""
    found: list[str] = []

    def visit(message: Any) -> None:
        if isinstance(message, Payload):
            found.append(message.data.decode("utf-8", "replace"))
            return
        for field, value in message.ListFields():
            if field.message_type is None:
                continue
            if field.message_type.GetOptions().map_entry:
                if field.message_type.fields_by_name["value"].message_type:
                    for one in value.values():
                        visit(one)
            elif isinstance(value, type(message)) or hasattr(value, "ListFields"):
                visit(value)
            else:
                for one in value:
                    visit(one)

    visit(event)
    return found


async def described(stack: Stack, request_id: str) -> WorkflowExecutionDescription:
    return await stack.temporal.get_workflow_handle(request_id).describe()


async def test_search_attributes_follow_the_state(stack: Stack) -> None:
    request = await filed(stack)

    async def attributes() -> dict[str, Any]:
        found = (await described(stack, request["id"])).typed_search_attributes
        return {pair.key.name: pair.value for pair in found}

    shown = await attributes()
    expected = {"RequestKind": "commissioning", "RequestState": "submitted", "Country": "ES", "Company": "ABC"}
    assert {name: shown[name] for name in expected} == expected
    await decided(stack, "keyuser.es", request["id"], "deny", comment="illegible")

    async def follows() -> bool:
        return bool((await attributes())["RequestState"] == "denied")

    await eventually(follows, "RequestState does not follow")


async def test_ops_read_where_a_request_stands(stack: Stack) -> None:
    request = await filed(stack)
    assert await (await described(stack, request["id"])).static_summary() == "commissioning · ES · ABC"
    handle = stack.temporal.get_workflow_handle(request["id"])

    async def details() -> str:
        metadata = await handle.query("__temporal_workflow_metadata")
        return str(metadata["currentDetails"] if isinstance(metadata, dict) else metadata.current_details)

    first = await details()
    assert "**State:** submitted" in first
    assert "**Whose turn:** the keyuser" in first
    assert "accept" in first
    await decided(stack, "keyuser.es", request["id"], "flag_wrong_data", comment="which city?")
    assert "**Whose turn:** the requester" in await details()
