"""The OpenAPI document: every route says what it answers, and its examples are true."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from api.fields import Body
from api.schemas.requests import RequestView
from tests.api.refusals import refusal
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, documents, new_serial

METHODS = {"get", "post", "put", "patch", "delete"}


async def document(stack: Stack) -> dict[str, Any]:
    answer = await stack.client_of(None).get("/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def operations(openapi: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


async def test_it_is_openapi_and_every_reference_leads_somewhere(stack: Stack) -> None:
    openapi = await document(stack)
    assert openapi["openapi"].startswith("3.1")
    assert openapi["info"]["title"] == "Keydesk"
    references = [part.split('"')[0] for part in json.dumps(openapi).split('"$ref": "')[1:]]
    assert references
    for reference in set(references):
        place: Any = openapi
        for name in reference.removeprefix("#/").split("/"):
            place = place[name]
        assert place


async def test_every_route_has_a_summary_and_its_own_id(stack: Stack) -> None:
    found = operations(await document(stack))
    ids = [one["operationId"] for one in found.values()]
    assert len(ids) == len(set(ids))
    assert [name for name, one in found.items() if not one.get("summary") or not one.get("description")] == []


async def test_every_route_of_the_api_documents_its_errors_with_examples(stack: Stack) -> None:
    for name, operation in operations(await document(stack)).items():
        if "/api/v1" not in name:
            continue
        errors = {status: one for status, one in operation["responses"].items() if status >= "400"}
        assert "public" in name or "401" in errors, name
        assert "503" in errors, name
        for status, response in errors.items():
            content = response["content"]
            assert "application/problem+json" in content, (name, status)
            examples = content["application/problem+json"]["examples"]
            for code, example in examples.items():
                assert example["value"]["code"] == code
                assert str(example["value"]["status"]) == status


def below(shape: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The shape, and every shape that is made of it."""
    yield shape
    for one in shape.__subclasses__():
        yield from below(one)


async def test_every_body_has_an_example_that_is_right(stack: Stack) -> None:
    """Sent as it stands, an example is never refused for its shape."""
    openapi = await document(stack)
    shapes = {one.__name__: one for one in below(Body)}
    for name, operation in operations(openapi).items():
        for media_type, content in operation.get("requestBody", {"content": {}})["content"].items():
            if media_type == "application/json" and "codec" not in name:
                shape = content["schema"]["$ref"].rsplit("/", 1)[-1]
                assert openapi["components"]["schemas"][shape].get("examples"), name
                for example in openapi["components"]["schemas"][shape]["examples"]:
                    shapes[shape].model_validate(example)
    for example in openapi["components"]["schemas"]["RequestView"]["examples"]:
        assert RequestView.model_validate(example).model_dump(mode="json").keys() == example.keys()


async def test_only_the_public_calls_need_no_token(stack: Stack) -> None:
    found = operations(await document(stack))
    free = {name.split(" ")[1] for name, one in found.items() if not one.get("security")}
    assert {path for path in free if "/public/" not in path} == {"/healthz", "/readyz", "/metrics", "/verify/{token}"}


async def test_the_example_of_a_commissioning_request_is_accepted(stack: Stack) -> None:
    openapi = await document(stack)
    examples = openapi["components"]["schemas"]["CommissioningBody"]["examples"]
    assert examples
    for example in examples:
        body = {**example, "documents": await documents(stack, "installer.abc")}
        body["units"] = [{**unit, "serial": new_serial()} for unit in example["units"]]
        answer = await stack.client_of("installer.abc").post(f"{REQUESTS}/commissioning", json=body)
        assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/api/v1/nothing", (404, "not_found")),
        ("DELETE", "/api/v1/requests", (405, "method_not_allowed")),
        ("POST", "/healthz", (405, "method_not_allowed")),
        ("GET", f"/verify/{'a' * 65}", (404, "not_found")),
        ("GET", "/static/../settings.py", (404, "not_found")),
        ("GET", "/static/%2e%2e/app.py", (404, "not_found")),
    ],
)
async def test_what_is_not_there_is_a_problem_too(
    stack: Stack, method: str, path: str, expected: tuple[int, str]
) -> None:
    assert refusal(await stack.client_of("installer.abc").request(method, path)) == expected
