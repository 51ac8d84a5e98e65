"""A country with one of everything, so that every path of the API leads to something there."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from store.tables.effects import Card
from tests.configuration.desk import Desk
from tests.stack.countries import NewCountry, new_country
from tests.stack.running import Stack
from tests.stack.walks import Json, processed, uploaded

CAMPAIGN: Json = {
    "code": "AUTUMN",
    "name": "Autumn",
    "starts_on": "2026-09-01",
    "ends_on": "2026-11-30",
    "claim_deadline": "2026-12-31",
}
PLACES = {"direct_sale": "A", "indirect_sale": "B", "rented": "C"}
KEYS = {
    "accounts": "participant",
    "campaign-products": "AUTUMN/CS-Z25TKEW",
    "campaigns": "AUTUMN",
    "card-texts": "residential/standard",
    "codes": "HELD-{country}",
    "collaborations": "Norte/Sur",
    "companies": "ABC {country}",
    "coverage-reasons": "misuse",
    "documentation": "commissioning/residential/invoice",
    "inventory": "main",
    "line-ups": "residential",
    "organisational-units": "Norte",
    "policies": "STD-1-5",
    "products": "CU-2Z50TBE",
    "push-periods": "AUTUMN/2026-10-01/CS-Z25TKEW",
    "wholesalers": "DEF",
}


@dataclass(frozen=True)
class Scene:
    """The country, its participant, and what stands for each part of a path."""

    country: NewCountry
    participant: str
    parts: dict[str, str]
    request: Json

    def key_of(self, resource: str) -> str:
        """The key of an entry that is there."""
        if resource == "accounts":
            return self.participant
        return KEYS[resource].format(country=self.country.code)


async def scene(stack: Stack) -> Scene:
    """Set it up, as its keyuser and the others would."""
    country = await new_country(stack)
    desk = Desk(stack, country)
    participant = f"participant.{country.code.lower()}"
    await desk.create("accounts", login=participant, role="participant", email="p@keydesk.example")
    for name in ("Norte", "Sur"):
        await desk.create("organisational-units", name=name)
    await desk.create("collaborations", unit="Norte", partner="Sur")
    await desk.create("campaigns", **CAMPAIGN)
    await desk.create("campaign-products", campaign="AUTUMN", product="CS-Z25TKEW", default_points=11)
    await desk.create(
        "push-periods",
        campaign="AUTUMN",
        product="CS-Z25TKEW",
        first_day="2026-10-01",
        last_day="2026-10-31",
        multiplier=2,
    )
    await desk.create("codes", number=f"HELD-{country.code}")
    places: dict[str, Any] = dict.fromkeys(
        ("adding", "adding_during_replacement", "removing", "removing_during_replacement"), PLACES
    )
    await desk.create("inventory", name="main", **places)
    template = await uploaded(desk.client(), "form.pdf")
    await desk.create(
        "documentation",
        kind="end-user-warranty",
        line_up="heating",
        requirement="form",
        title="Form",
        template_id=template,
    )
    offered = {"product_range": "heating", "title": "Guide", "document_id": template}
    download = (await desk.client().post(desk.at("downloads"), json=offered)).json()["id"]
    text = {"subject": "S", "body": "{{ request_id }}"}
    assert (await desk.client().put(desk.at("notifications/submitted/requester/es"), json=text)).status_code == 200
    listed = await desk.client().post(
        desk.at("campaign-products/import"), params={"campaign": "AUTUMN"}, files={"file": ("p.csv", b"product\n")}
    )
    assert listed.status_code == 202, listed.text
    key = {"name": f"machine-{country.code.lower()}", "role": "ops", "email": "m@keydesk.example"}
    made = await stack.client_of("admin").post("/api/v1/api-keys", json=key)
    assert made.status_code == 201, made.text
    request = await processed(stack, country.installer, country.keyuser, country=country.code)
    async with stack.sessions() as session:
        token = await session.scalar(select(Card.token).where(Card.request_id == request["id"]))
    parts = {
        "country": country.code,
        "login": participant,
        "request_id": request["id"],
        "document_id": request["documents"][0]["document_id"],
        "template_id": template,
        "download_id": str(download),
        "import_id": listed.headers["Location"].rsplit("/", 1)[-1],
        "key_id": str(made.json()["id"]),
        "serial": request["data"]["units"][0]["serial"],
        "code": f"HELD-{country.code}",
        "token": token or "",
        "event": "submitted",
        "recipient": "requester",
        "language": "es",
        "pool": "card",
        "name": "STD-1-5",
        "product_range": "residential",
        "warranty_type": "standard",
        "trigger": "accept",
        "n": "1",
    }
    return Scene(country, participant, parts, request)
