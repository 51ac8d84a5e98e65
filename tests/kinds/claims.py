"""The steps of tests about points: upload, claim, judge, process; and countries with campaigns of their own."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import httpx

from domain.campaigns import Audience
from store.snapshots import to_json
from store.tables import countries
from store.tables.loyalty import Campaign, CampaignProduct, PushPeriod
from tests.stack.countries import NewCountry, new_country
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, Json, uploaded, version_of

ANA, KEYUSER = "participant.ana", "keyuser.es"
PLAIN, PUSHED, BARE = "CS-Z25TKEW", "CS-Z35TKEW", "CU-Z25TKE"
DOCUMENTS = [
    {"requirement": name, "title": name, "media_types": ["application/pdf", "image/png"], "max_bytes": 10_000}
    for name in ("invoice", "photo")
]
SITE = {"name": "site", "title": "Site"}


def attached(document_id: str, requirement: str = "invoice") -> Json:
    """One document of a line."""
    return {"requirement": requirement, "document_id": document_id}


def line(product: str, *documents: str, quantity: int = 1, **info: str) -> Json:
    """A line whose invoices are these documents."""
    return {
        "product": product,
        "quantity": quantity,
        "info": info,
        "documents": [attached(document_id) for document_id in documents],
    }


async def invoice(stack: Stack, login: str = ANA) -> str:
    """The id of a new invoice."""
    return await uploaded(stack.client_of(login), "invoice.pdf")


async def claim(
    stack: Stack, lines: Sequence[Json], login: str = ANA, *, key: str | None = None, **changes: Any
) -> httpx.Response:
    """The answer to a points request in the demo's campaign, unless `changes` name another."""
    body = {"country": "ES", "campaign": "SPRING", "coupon": "SPRING", "lines": list(lines), **changes}
    headers = {} if key is None else {"Idempotency-Key": key}
    return await stack.client_of(login).post(f"{REQUESTS}/points", json=body, headers=headers)


async def claimed(stack: Stack, lines: Sequence[Json], login: str = ANA, **changes: Any) -> Json:
    """A points request that was just filed."""
    answer = await claim(stack, lines, login, **changes)
    assert answer.status_code == 201, answer.text
    request: Json = answer.json()
    return request


async def put(stack: Stack, login: str, request_id: str, path: str, **body: Any) -> httpx.Response:
    """The answer to a verdict or to points, at the version at which the request stands unless `body` names another."""
    if "version" not in body:
        body["version"] = await version_of(stack, request_id)
    return await stack.client_of(login).put(f"{REQUESTS}/{request_id}/{path}", json=body)


async def judged(
    stack: Stack, request_id: str, document_id: str, verdict: str = "accepted", keyuser: str = KEYUSER
) -> Json:
    """The request after a verdict about a document."""
    reason = "unreadable" if verdict == "denied" else ""
    answer = await put(stack, keyuser, request_id, f"documents/{document_id}/verdict", verdict=verdict, reason=reason)
    assert answer.status_code == 200, answer.text
    request: Json = answer.json()
    return request


async def statement(stack: Stack, login: str, who: str | None = None) -> Json:
    """The participant's points."""
    answer = await stack.client_of(who or login).get(f"/api/v1/participants/{login}/points")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def credits_of(stack: Stack, login: str, request_id: str) -> list[tuple[int, str, int]]:
    """(line, cause, points) of every entry of a request."""
    entries = (await statement(stack, login))["entries"]
    return [(one["line"], one["cause"], one["points"]) for one in entries if one["request"] == request_id]


def participant(country: NewCountry) -> str:
    """A participant of the company `ABC <code>`."""
    return f"participant.{country.code.lower()}"


async def loyal_country(stack: Stack, *, campaign: dict[str, Any] | None = None, **settings: Any) -> NewCountry:
    """A country with a campaign LOYAL: a pushed product, a plain one, and one that asks for no document.

    Its participants are `participant.xx` and `mate.xx` of the installer's company, and `single.xx` of none.
    """
    country = await new_country(stack, **settings)
    facts: dict[str, Any] = {
        "name": "Loyal",
        "audience": to_json(Audience()),
        "coupon_code": "Sol-2026",
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2098, 12, 31),
        "claim_deadline": date(2099, 1, 31),
        "documents": DOCUMENTS,
        "information": [SITE],
    }
    products: tuple[tuple[str, int, list[str], list[str]], ...] = (
        (PLAIN, 11, ["invoice"], []),
        (PUSHED, 20, ["invoice"], []),
        (BARE, 5, [], ["site"]),
    )
    async with stack.sessions.begin() as session:
        session.add(Campaign(country=country.code, code="LOYAL", **{**facts, **(campaign or {})}))
        await session.flush()
        session.add_all(
            CampaignProduct(
                country=country.code,
                campaign="LOYAL",
                product=product,
                default_points=points,
                required_documents=documents,
                required_information=information,
            )
            for product, points, documents, information in products
        )
        await session.flush()
        session.add(
            PushPeriod(
                country=country.code,
                campaign="LOYAL",
                product=PUSHED,
                first_day=date(2026, 1, 1),
                last_day=date(2098, 12, 31),
                multiplier=3,
            )
        )
        company = await _company(stack, country)
        for name, company_id in (("participant", company), ("mate", company), ("single", None)):
            login = f"{name}.{country.code.lower()}"
            session.add(
                countries.Account(
                    login=login,
                    role="participant",
                    country=country.code,
                    company_id=company_id,
                    email=f"{login}@keydesk.example",
                    password_hash="nobody signs in with a password here",
                )
            )
    return country


async def _company(stack: Stack, country: NewCountry) -> int | None:
    async with stack.sessions() as session:
        return (await session.get_one(countries.Account, country.installer)).company_id


def in_country(country: NewCountry) -> Json:
    """What a claim changes to be one of the country's campaign LOYAL."""
    return {"country": country.code, "campaign": "LOYAL", "coupon": " SOL-2026 "}
