"""The steps that most tests take: upload, file, decide, wait until everything that follows has happened."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from sqlalchemy import exists, or_, select

from store.tables.effects import Card, Email
from store.tables.requests import Request
from tests.stack.days import day
from tests.stack.running import Stack

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
REQUESTS = "/api/v1/requests"
REQUIRED = ("commissioning-sheet", "invoice")
PATIENCE = 60.0

_serials = itertools.count(1)

Json = dict[str, Any]


def new_serial() -> str:
    """A serial number that no other test uses."""
    return f"T{next(_serials):08d}"


def commissioning(**changes: Any) -> Json:
    """The body of a commissioning request that the demo country ES accepts, but for its documents."""
    return {
        "country": "ES",
        "wholesaler": "DEF",
        "line_up": "residential",
        "commissioned_on": day(),
        "sales_method": "direct_sale",
        "end_user": {
            "name": "Lucía Pérez",
            "email": "lucia@example.org",
            "phone": "+34 600 123 456",
            "address": "Calle Mayor 1",
            "postcode": "28013",
            "city": "Madrid",
        },
        "units": [
            {"role": "outdoor", "product": "CU-2Z50TBE", "serial": new_serial()},
            {"role": "indoor", "product": "CS-Z25TKEW", "serial": new_serial()},
        ],
        "documents": [],
        "remarks": "",
        **changes,
    }


def outdoor(serial: str) -> list[Json]:
    """Units: one outdoor unit with this serial."""
    return [{"role": "outdoor", "product": "CU-2Z50TBE", "serial": serial}]


async def uploaded(client: httpx.AsyncClient, name: str, content: bytes = PDF) -> str:
    """The id of a document that was just uploaded."""
    answer = await client.post("/api/v1/documents", files={"file": (name, content)})
    assert answer.status_code == 201, answer.text
    document_id: str = answer.json()["id"]
    return document_id


async def documents(stack: Stack, login: str) -> list[Json]:
    """Both required documents of `login`, uploaded at first use."""
    if login not in stack.uploads:
        client = stack.client_of(login)
        stack.uploads[login] = [
            {"requirement": name, "document_id": await uploaded(client, f"{name}.pdf")} for name in REQUIRED
        ]
    return [dict(one) for one in stack.uploads[login]]


async def body_of(stack: Stack, login: str, **changes: Any) -> Json:
    """A body that `login` may file, with both required documents."""
    return commissioning(**{"documents": await documents(stack, login), **changes})


async def filed(stack: Stack, login: str = "installer.abc", **changes: Any) -> Json:
    """A request that `login` has just filed."""
    body = await body_of(stack, login, **changes)
    answer = await stack.client_of(login).post(f"{REQUESTS}/commissioning", json=body)
    assert answer.status_code == 201, answer.text
    request: Json = answer.json()
    return request


async def pulled(stack: Stack, login: str, request_id: str, trigger: str, **body: Any) -> httpx.Response:
    """The answer to PROCESS at the version at which the request stands, unless `body` names another."""
    client = stack.client_of(login)
    if "version" not in body:
        body["version"] = await version_of(stack, request_id)
    key = body.pop("key", None)
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.post(f"{REQUESTS}/{request_id}/actions/{trigger}", json=body, headers=headers)


async def decided(stack: Stack, login: str, request_id: str, trigger: str, **body: Any) -> Json:
    """The request after a decision that went well."""
    answer = await pulled(stack, login, request_id, trigger, **body)
    assert answer.status_code == 200, answer.text
    request: Json = answer.json()
    return request


async def seen(stack: Stack, request_id: str, login: str = "ops") -> Json:
    """The request as `login` reads it."""
    answer = await stack.client_of(login).get(f"{REQUESTS}/{request_id}")
    assert answer.status_code == 200, answer.text
    request: Json = answer.json()
    return request


async def history(stack: Stack, request_id: str, login: str = "ops") -> list[Json]:
    """The journal of the request."""
    answer = await stack.client_of(login).get(f"{REQUESTS}/{request_id}/history")
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def version_of(stack: Stack, request_id: str) -> int:
    """The version at which the request stands."""
    async with stack.sessions() as session:
        return await session.scalar(select(Request.version).where(Request.id == request_id)) or 0


async def settled(stack: Stack, request_id: str, login: str = "ops") -> Json:
    """The request, once nothing is under way any more: its cards are stored and every email is out of the queue."""
    under_way = select(
        or_(
            exists().where(Request.id == request_id, Request.state == "accepted"),
            exists().where(or_(Card.request_id == request_id, Card.caused_by == request_id), Card.status == "pending"),
            exists().where(Email.request_id == request_id, Email.status == "queued"),
        )
    )

    async def at_rest() -> bool:
        async with stack.sessions() as session:
            return not await session.scalar(under_way)

    await eventually(at_rest, f"{request_id} does not settle")
    return await seen(stack, request_id, login)


async def processed(stack: Stack, login: str = "installer.abc", keyuser: str = "keyuser.es", **changes: Any) -> Json:
    """A request that was filed, accepted and processed."""
    request = await filed(stack, login, **changes)
    await decided(stack, keyuser, request["id"], "accept")
    return await settled(stack, request["id"], keyuser)


async def eventually(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Look again and again until the condition holds. Raises AssertionError after a minute."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not await condition():
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(what) from None
