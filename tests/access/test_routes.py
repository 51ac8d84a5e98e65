"""Every route of the API, every role, in its own country and in another: as `routes.txt` has it.

A new route needs a line there. The failure prints what the route answers now: read it, and only then copy it.
"""

from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.access.callers import COLUMNS, callers
from tests.access.calls import call_of, path_of
from tests.access.scene import Scene, scene
from tests.stack.running import Stack

TABLE = Path(__file__).parent / "routes.txt"
METHODS = {"get", "post", "put", "patch", "delete"}
KEPT_OUT = {401, 403, 404}


def table() -> dict[str, dict[str, str]]:
    """Route → column → cell."""
    rows = (line.split() for line in TABLE.read_text().splitlines() if line.strip() and not line.startswith("#"))
    found = {f"{row[0]} {row[1]}": dict(zip(COLUMNS, row[2:], strict=True)) for row in rows}
    assert found
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scenery(stack: Stack) -> Scene:
    """One of everything."""
    return await scene(stack)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def routes(stack: Stack) -> list[str]:
    """Every route of the OpenAPI document; deletions last, so that what they delete is there until then."""
    openapi: dict[str, Any] = (await stack.client_of(None).get("/openapi.json")).json()
    found = [
        f"{method.upper()} {path}" for path, ones in openapi["paths"].items() for method in ones if method in METHODS
    ]
    return sorted(found, key=lambda route: (route.startswith("DELETE"), route))


async def test_every_route_answers_every_role_as_the_table_says(
    stack: Stack, scenery: Scene, routes: list[str]
) -> None:
    expected = table()
    wrong = []
    for route in routes:
        answered = await answers(stack, scenery, route)
        if answered != expected.get(route):
            wrong.append(line(route, answered))
    assert not wrong, (
        f"These routes have no line in {TABLE.name}, or another one. What they answer now, to be read before it is "
        "copied:\n" + "\n".join(wrong)
    )


async def test_the_table_names_no_route_that_is_gone(routes: list[str]) -> None:
    assert sorted(set(table()) - set(routes)) == []


async def answers(stack: Stack, scenery: Scene, route: str) -> dict[str, str]:
    """The cells of a route: the answer at home, and abroad if that is another one."""
    cells = {}
    for column, who in callers(scenery.country, scenery.participant).items():
        abroad = await answer(stack, scenery, route, who.foreign)
        at_home = abroad if who.own == who.foreign else await answer(stack, scenery, route, who.own)
        cells[column] = at_home if at_home == abroad else f"{at_home}/{abroad}"
    return cells


async def answer(stack: Stack, scenery: Scene, route: str, login: str | None) -> str:
    """`ok` for whoever gets in, whatever is said then; else the status that keeps them out."""
    method = route.split(" ", 1)[0]
    sent = await stack.client_of(login).request(method, path_of(route, scenery), **call_of(route, scenery))
    assert sent.status_code < 500, (route, login, sent.text)
    return str(sent.status_code) if sent.status_code in KEPT_OUT else "ok"


def line(route: str, cells: dict[str, str]) -> str:
    """A line of the table."""
    method, path = route.split(" ", 1)
    return f"{method:<6} {path:<86} " + " ".join(f"{cells[column]:<11}" for column in COLUMNS).rstrip()
