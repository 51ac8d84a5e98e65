"""The codec endpoint: ops read what Temporal keeps, nobody else does, and browsers ask from the UI's pages only."""

import base64
import json
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payload, Payloads

from tests.cluster.conftest import UI
from tests.stack.running import Stack
from tests.stack.walks import filed
from workflows.client import workflow_id

DECODE, ENCODE = "/api/v1/codec/decode", "/api/v1/codec/encode"
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data='"Lucía Pérez"'.encode())
ASKED_FROM_UI = {"Origin": UI, "Access-Control-Request-Method": "POST"}


def document(*payloads: Payload) -> dict[str, Any]:
    return MessageToDict(Payloads(payloads=payloads))


async def test_ops_read_a_request_s_history(cluster: Stack) -> None:
    request_id = (await filed(cluster))["id"]
    history = await cluster.temporal.get_workflow_handle(workflow_id(request_id)).fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes
    answer = await cluster.client_of("ops").post(DECODE, json=document(*started.input.payloads))
    assert answer.status_code == 200, answer.text
    [told] = answer.json()["payloads"]
    assert request_id.encode() not in started.input.payloads[0].data
    assert json.loads(base64.b64decode(told["data"]))["request_id"] == request_id


async def test_what_is_encoded_is_decoded(cluster: Stack) -> None:
    ops = cluster.client_of("ops")
    sealed = (await ops.post(ENCODE, json=document(PLAIN))).json()
    assert sealed != document(PLAIN)
    assert (await ops.post(DECODE, json=sealed)).json() == document(PLAIN)
    assert (await ops.post(DECODE, json=document(PLAIN))).json() == document(PLAIN)


@pytest.mark.parametrize("path", [DECODE, ENCODE])
@pytest.mark.parametrize("login", ["installer.abc", "keyuser.es", "partner.pro", "participant.ana", "admin", None])
async def test_nobody_but_ops(cluster: Stack, path: str, login: str | None) -> None:
    answer = await cluster.client_of(login).post(path, json=document(PLAIN))
    assert answer.status_code == (401 if login is None else 403)
    assert "Luc" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        {"payloads": 7},
        {"payloads": [7]},
        {"payloads": [{"data": {}}]},
        {"payloads": [{}] * 1001},
        document(Payload(metadata={"encoding": b"binary/encrypted"}, data=b"short")),
        document(Payload(metadata={"encoding": b"binary/encrypted", "encryption-key-id": b"\xff"}, data=b"x" * 40)),
        [],
        "payloads",
    ],
)
async def test_bad_payloads_are_refused(cluster: Stack, body: Any) -> None:
    answer = await cluster.client_of("ops").post(DECODE, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text


async def test_a_browser_may_ask_from_the_ui(cluster: Stack) -> None:
    asked = {**ASKED_FROM_UI, "Access-Control-Request-Headers": "authorization,content-type,x-namespace"}
    answer = await cluster.client_of(None).options(DECODE, headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == UI
    called = await cluster.client_of("ops").post(DECODE, json=document(PLAIN), headers={"Origin": UI})
    assert called.headers["access-control-allow-origin"] == UI


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:8234", "null"])
async def test_a_browser_may_not_ask_from_elsewhere(cluster: Stack, origin: str) -> None:
    answer = await cluster.client_of(None).options(DECODE, headers={**ASKED_FROM_UI, "Origin": origin})
    assert "access-control-allow-origin" not in answer.headers


async def test_nothing_else_is_open_to_the_ui(cluster: Stack) -> None:
    answer = await cluster.client_of("ops").get("/api/v1/requests", headers={"Origin": UI})
    assert "access-control-allow-origin" not in answer.headers
