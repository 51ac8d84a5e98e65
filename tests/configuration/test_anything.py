"""Whatever arrives at whichever configuration resource: an answer below 500, and nothing is left of what is refused."""

import json
from typing import Any

import pytest
import pytest_asyncio

from configuration.registry import RESOURCES
from configuration.resource import Resource
from tests.access.scene import Scene, scene
from tests.configuration.desk import Desk
from tests.stack.running import Stack

NASTY: tuple[Any, ...] = (
    "a\x00b",
    "\ud800",
    "x" * 5000,
    "../..",
    -1,
    2**70,
    1e300,
    True,
    None,
    [],
    {},
    [None],
)
KEYS = ("%00", "a%00b", "a/b/c/d", "%F0%28", "%ED%A0%80", "x" * 3000, "%0A", "a/2026-99-99/b", "\u202e")
ELSEWHERE = {"notifications", "downloads"}  # their addresses are older, and not of the five


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(stack: Stack) -> Scene:
    """One of everything."""
    return await scene(stack)


@pytest.mark.parametrize("resource", [one for one in RESOURCES if one.name not in ELSEWHERE], ids=lambda one: one.name)
async def test_nasty_values_are_refused_or_taken(stack: Stack, place: Scene, resource: Resource[Any, Any]) -> None:
    desk, key = Desk(stack, place.country), place.key_of(resource.name)
    stands = await desk.read(resource.name, key)
    whole = {name: value for name, value in stands.items() if name not in {"version", "warnings"}}
    version = stands["version"]
    for field in resource.shape.model_fields:
        for value in NASTY:
            created = await send(desk, "POST", desk.at(resource.name), {**whole, field: value})
            assert created in {201, 409, 422}, (field, value)
            if field in resource.key:
                continue
            changed = await send(desk, "PATCH", desk.at(resource.name, key), {"version": version, field: value})
            assert changed in {200, 403, 409, 422}, (field, value)
            if changed == 200:
                version = (await desk.read(resource.name, key))["version"]


@pytest.mark.parametrize("key", KEYS)
async def test_nasty_keys_name_nothing(stack: Stack, place: Scene, key: str) -> None:
    desk = Desk(stack, place.country)
    for resource in RESOURCES:
        if resource.name not in ELSEWHERE:
            assert await send(desk, "GET", desk.at(resource.name, key), None) == 404, resource.name
            assert await send(desk, "GET", f"{desk.at(resource.name)}?cursor={key}", None) in {200, 422}


async def send(desk: Desk, method: str, path: str, body: Any) -> int:
    content = None if body is None else json.dumps(body).encode()
    answer = await desk.client().request(
        method, path, content=content, headers={"Content-Type": "application/json"} if content else {}
    )
    assert answer.status_code < 500, answer.text
    return answer.status_code
