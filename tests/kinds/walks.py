"""The steps of tests about extensions, end-user warranties and extra years."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from api.app import create_app
from domain.pools import Pool
from store import accounts, pools
from tests.api.refusals import pointers, refusal
from tests.stack.countries import NewCountry, new_country
from tests.stack.footprint import INTAKE, footprint
from tests.stack.running import Stack
from tests.stack.walks import (
    PDF,
    REQUESTS,
    Json,
    commissioning,
    decided,
    eventually,
    new_serial,
    outdoor,
    seen,
    settled,
    uploaded,
)

PUBLIC = "/api/v1/public"
POSTCODE = "28013"
EMAIL = "lucia@example.org"
_addresses = (f"10.{a}.{b}.{c}" for a, b, c in itertools.product(range(256), range(256), range(1, 255)))


def visitor(stack: Stack, address: str | None = None) -> httpx.AsyncClient:
    """A client without a token, at an address that nobody else has, unless one is named."""
    address = address or next(_addresses)
    name = f"visitor at {address}"
    if name not in stack.clients:
        transport = httpx.ASGITransport(stack.app, client=(address, 50000))
        stack.clients[name] = httpx.AsyncClient(transport=transport, base_url="http://keydesk.test", timeout=60)
    return stack.clients[name]


async def invoice(stack: Stack, login: str) -> list[Json]:
    """The one document that an extension needs, uploaded at first use."""
    name = f"invoice of {login}"
    if name not in stack.uploads:
        document = await uploaded(stack.client_of(login), "invoice.pdf")
        stack.uploads[name] = [{"requirement": "invoice", "document_id": document}]
    return [dict(one) for one in stack.uploads[name]]


async def extension(stack: Stack, login: str, **changes: Any) -> Json:
    """The body of a warranty extension that `login` may file; no wholesaler."""
    body = commissioning(**{"documents": await invoice(stack, login), **changes})
    if "wholesaler" not in changes:
        del body["wholesaler"]
    return body


async def ask_extension(stack: Stack, login: str, key: str | None = None, **changes: Any) -> httpx.Response:
    """The answer to a warranty extension."""
    body = await extension(stack, login, **changes)
    headers = {} if key is None else {"Idempotency-Key": key}
    return await stack.client_of(login).post(f"{REQUESTS}/warranty-extension", json=body, headers=headers)


async def extended(stack: Stack, login: str = "partner.pro", **changes: Any) -> Json:
    """A warranty extension that `login` has just filed."""
    answer = await ask_extension(stack, login, **changes)
    assert answer.status_code == 201, answer.text
    request: Json = answer.json()
    return request


async def codes_of(
    stack: Stack, country: NewCountry, count: int, owner: str | None = None, prefix: str = "CODE"
) -> list[str]:
    """New warranty codes of a country, made over the API, in the order in which they would be drawn."""
    before = {one["number"] for one in await listed_codes(stack, country)}
    answer = await stack.client_of(country.keyuser).post(
        f"/api/v1/countries/{country.code}/pools/extension/numbers",
        json={"count": count, "prefix": prefix, **({"owner": owner} if owner else {})},
    )
    assert answer.status_code == 201, answer.text
    return [one["number"] for one in await listed_codes(stack, country) if one["number"] not in before]


async def listed_codes(stack: Stack, country: NewCountry) -> list[Json]:
    """Every warranty code of a country, as its keyuser reads them."""
    items: list[Json] = []
    after: int | None = 0
    while after is not None:
        answer = await stack.client_of(country.keyuser).get(
            f"/api/v1/countries/{country.code}/codes?after={after}&limit=1000"
        )
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        after = answer.json()["next_after"]
    return items


async def code_shown(stack: Stack, country: NewCountry, number: str) -> Json:
    """One warranty code, as the keyuser reads it."""
    [found] = [one for one in await listed_codes(stack, country) if one["number"] == number]
    return found


async def counted(stack: Stack, country: str, pool: Pool) -> tuple[int, int]:
    """How many numbers a pool has, and how many of them are free."""
    async with stack.sessions() as session:
        return await pools.count(session, country, pool)


async def public_upload(stack: Stack, content: bytes = PDF) -> str:
    """The id of a document that a visitor just uploaded."""
    answer = await visitor(stack).post(f"{PUBLIC}/documents", files={"file": ("factura.pdf", content)})
    assert answer.status_code == 201, answer.text
    document_id: str = answer.json()["id"]
    return document_id


async def end_user_body(stack: Stack, country: str = "ES", partner: str = "Clima Sol", **changes: Any) -> Json:
    """The body of an end-user warranty, with a new invoice."""
    documents = changes.pop("documents", None)
    if documents is None:
        documents = [{"requirement": "invoice", "document_id": await public_upload(stack)}]
    body = commissioning(country=country, documents=documents, partner=partner)
    del body["wholesaler"]
    body["units"] = outdoor(new_serial())
    return {**body, **changes}


async def ask_end_user_warranty(stack: Stack, body: Json, key: str | None = None, **client: Any) -> httpx.Response:
    """The answer to an end-user warranty."""
    headers = {} if key is None else {"Idempotency-Key": key}
    who = client.get("who") or visitor(stack)
    answer: httpx.Response = await who.post(f"{PUBLIC}/requests/end-user-warranty", json=body, headers=headers)
    return answer


async def end_user_filed(stack: Stack, country: NewCountry | None = None, **changes: Any) -> Json:
    """An end-user warranty that was just filed, as ops read it."""
    where = {} if country is None else {"country": country.code, "partner": f"Sol {country.code}"}
    answer = await ask_end_user_warranty(stack, await end_user_body(stack, **{**where, **changes}))
    assert answer.status_code == 201, answer.text
    assert answer.json()["label"] == "Check pending"
    return await seen(stack, answer.json()["id"])


async def chosen(stack: Stack, keyuser: str, request_id: str, warranty_type: str) -> Json:
    """The request after the keyuser has chosen its warranty type and saved."""
    version = (await seen(stack, request_id))["version"]
    answer = await stack.client_of(keyuser).patch(
        f"{REQUESTS}/{request_id}", json={"version": version, "warranty_type": warranty_type}
    )
    assert answer.status_code == 200, answer.text
    request: Json = answer.json()
    return request


async def granted(stack: Stack, country: NewCountry | None = None, policy: str = "EU-5", **changes: Any) -> Json:
    """An end-user warranty that was filed, given a warranty type, accepted and processed."""
    keyuser = "keyuser.es" if country is None else country.keyuser
    request = await end_user_filed(stack, country, **changes)
    await chosen(stack, keyuser, request["id"], policy)
    await decided(stack, keyuser, request["id"], "accept")
    return await settled(stack, request["id"])


def proof(request: Json) -> Json:
    """What the end user proves the request with."""
    return {
        "serial": next(unit["serial"] for unit in request["data"]["units"] if unit["role"] == "outdoor"),
        "postcode": request["data"]["end_user"]["postcode"],
    }


async def found(stack: Stack, request: Json, who: httpx.AsyncClient | None = None) -> list[Json]:
    """What the landing page shows for the request's serial and postcode."""
    answer = await (who or visitor(stack)).post(
        f"{PUBLIC}/warranties/search", json={"country": request["country"], **proof(request)}
    )
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def ask_extra_years(stack: Stack, base: Json, key: str | None = None, **changes: Any) -> httpx.Response:
    """The answer to a request for extra years on the base, named by its card."""
    body = {"warranty_card": base["cards"][-1]["number"], **proof(base), **changes}
    headers = {} if key is None else {"Idempotency-Key": key}
    return await visitor(stack).post(f"{PUBLIC}/requests/extra-years", json=body, headers=headers)


async def extra_filed(stack: Stack, base: Json) -> Json:
    """Extra years that were just asked for, as ops read them."""
    answer = await ask_extra_years(stack, base)
    assert answer.status_code == 201, answer.text
    return await seen(stack, answer.json()["id"])


async def extra_granted(stack: Stack, base: Json, keyuser: str = "keyuser.es", policy: str = "XEU-2") -> Json:
    """Extra years that were asked for, accepted and processed."""
    request = await extra_filed(stack, base)
    await chosen(stack, keyuser, request["id"], policy)
    await decided(stack, keyuser, request["id"], "accept")
    return await settled(stack, request["id"])


async def cancelled_on_the_page(stack: Stack, request: Json) -> httpx.Response:
    """The answer to the end user's cancellation."""
    return await visitor(stack).post(f"{PUBLIC}/warranties/{request['id']}/cancel", json=proof(request))


async def card_of(stack: Stack, request: Json, version: int = 1) -> bytes:
    """One version of the request's card, as ops fetch it."""
    answer = await stack.client_of("ops").get(f"{REQUESTS}/{request['id']}/card?version={version}")
    assert answer.status_code == 200, answer.text
    return answer.content


async def company_id(stack: Stack, country: str, name: str) -> int:
    """The id of a company."""
    async with stack.sessions() as session:
        company = await accounts.company_named(session, country, name)
    assert company is not None
    return company.id


async def workflow_ended(stack: Stack, request_id: str) -> str:
    """Wait for the end of the request's workflow; its result."""
    result: str = ""

    async def ended() -> bool:
        nonlocal result
        described = await stack.temporal.get_workflow_handle(request_id).describe()
        if described.status is None or described.status.name == "RUNNING":
            return False
        result = await stack.temporal.get_workflow_handle(request_id).result()
        return True

    await eventually(ended, f"the workflow of {request_id} does not end")
    return result


def later(stack: Stack, ahead: timedelta) -> Stack:
    """The same desk as its API sees it so much later."""
    app = create_app(stack.settings)
    app.state.parts = replace(stack.parts, now=lambda: datetime.now(UTC) + ahead)
    return Stack(stack.settings, stack.sessions, stack.temporal, app, stack.folder, uploads=stack.uploads)


async def strict(stack: Stack, **settings: Any) -> NewCountry:
    """A country of mode b."""
    return await new_country(stack, extension_mode="b", **settings)


async def bound(stack: Stack, country: NewCountry, code: str, **changes: Any) -> Json:
    """An extension that holds the code."""
    return await extended(stack, country.partner, country=country.code, warranty_code=code, **changes)


async def released(
    stack: Stack, country: NewCountry, code: str, login: str | None = None, **body: Any
) -> httpx.Response:
    """The answer to a release."""
    return await stack.client_of(login or country.keyuser).post(
        f"/api/v1/countries/{country.code}/codes/{code}/release", json={"comment": "Sold to somebody else.", **body}
    )


async def refused(stack: Stack, country: NewCountry, login: str | None = None, **changes: Any) -> tuple[int, str]:
    """Submit, and hold that nothing is left, and that the code is what is pointed at."""
    login = login or country.partner
    await invoice(stack, login)
    before = await footprint(stack, but=INTAKE)
    answer = await ask_extension(stack, login, country=country.code, **changes)
    assert pointers(answer) == ["/warranty_code"]
    assert await footprint(stack, but=INTAKE) == before
    return refusal(answer)
