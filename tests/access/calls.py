"""How each route is called: a body that is right in itself, and changes nothing that another call needs.

What is not named here gets no body, or `{}`: then the door answers before the body is looked at.
"""

from typing import Any

from tests.access.scene import Scene
from tests.stack.days import day
from tests.stack.walks import PDF, commissioning

STALE = 1_999_999_999  # a version that nothing has: whoever gets in is told 412
UPLOAD = {"file": ("paper.pdf", PDF)}
PASSWORD = "twelve letters and more"
TEXT = {"subject": "S", "body": "{{ request_id }}"}
COUNTRY = {
    "code": "ES",
    "name": "Twice",
    "time_zone": "Europe/Madrid",
    "language": "es",
    "card_language": "es",
    "keyuser_email": "k@keydesk.example",
    "escalation_email": "e@keydesk.example",
}
OWN_BODIES: dict[str, dict[str, Any]] = {
    "PATCH /api/v1/countries/{country}/settings": {"version": STALE},
    "PUT /api/v1/countries/{country}/accounts/{login}/password": {"version": STALE, "password": PASSWORD},
    "PUT /api/v1/countries/{country}/card-texts/{product_range}/{warranty_type}": {
        "distributor_without_warranty": "A",
        "distributor_with_warranty": "B",
    },
    "POST /api/v1/countries/{country}/codes/{code}/release": {"comment": "please"},
    "POST /api/v1/countries/{country}/duplicate-permits": {
        "kind": "commissioning",
        "serial": "44810001",
        "comment": "please",
    },
    "PUT /api/v1/countries/{country}/notifications/{event}/{recipient}/{language}": TEXT,
    "POST /api/v1/countries/{country}/notifications/{event}/{recipient}/{language}/preview": TEXT,
    "POST /api/v1/countries/{country}/notifications/{event}/{recipient}/{language}/test": TEXT,
    "POST /api/v1/countries": COUNTRY,
    "POST /api/v1/codec/decode": {"payloads": []},
    "POST /api/v1/codec/encode": {"payloads": []},
    "PATCH /api/v1/requests/{request_id}": {"version": STALE, "data": {}},
    "POST /api/v1/requests/{request_id}/actions/{trigger}": {"version": STALE},
    "POST /api/v1/requests/{request_id}/messages": {"text": "hello"},
    "PUT /api/v1/requests/{request_id}/documents/{document_id}/verdict": {"version": STALE, "verdict": "accepted"},
    "PUT /api/v1/requests/{request_id}/lines/{n}/verdict": {"version": STALE, "verdict": "accepted"},
    "PUT /api/v1/requests/{request_id}/lines/{n}/points": {"version": STALE, "points": 1},
    "PUT /api/v1/requests/{request_id}/verdicts": {"version": STALE, "lines": [{"line": 1, "verdict": "accepted"}]},
}
UPLOADS = {
    "POST /api/v1/documents",
    "POST /api/v1/public/documents",
}


def path_of(route: str, scene: Scene) -> str:
    """The path of a route, with something that is there for each part of it."""
    path = route.split(" ", 1)[1]
    parts = dict(scene.parts)
    if "/templates/" in path:
        parts["document_id"] = parts["template_id"]
    if path.endswith("/{key}"):
        parts["key"] = scene.key_of(path.split("/")[-2])
    return path.format(**parts)


def call_of(route: str, scene: Scene) -> dict[str, Any]:
    """Query, body and files of a call."""
    method, path = route.split(" ", 1)
    call: dict[str, Any] = {}
    if "campaign-products" in path:
        call["params"] = {"campaign": "AUTUMN"}
    if method == "DELETE":
        call["params"] = {"version": STALE}
    if any(path.endswith(f"/{one}") for one in ("search", "cancel", "card", "extra-years")) and "/public/" in path:
        return {"json": _proof(path, scene)}
    if route in UPLOADS or route.endswith("/import"):
        return {**call, "files": UPLOAD}
    if method == "PATCH" and path.endswith("/{key}"):
        return {**call, "json": {"version": STALE}}
    body = OWN_BODIES.get(route) or _submission(route, scene)
    if body is not None or method in {"POST", "PUT", "PATCH"}:
        call["json"] = {} if body is None else body
    return call


def _proof(path: str, scene: Scene) -> dict[str, Any]:
    """What the end user of the scene's request knows; the withdrawal period is over by now."""
    proof = {"serial": scene.parts["serial"], "postcode": scene.request["data"]["end_user"]["postcode"]}
    if path.endswith("search"):
        return {**proof, "country": scene.country.code}
    if path.endswith("extra-years"):
        return {**proof, "warranty_card": scene.request["cards"][0]["number"]}
    return proof


def _submission(route: str, scene: Scene) -> dict[str, Any] | None:
    """Bodies of submissions that nobody's country takes, for whoever may submit at all."""
    country = scene.country.code
    sale = commissioning(country=country, line_up="boats")
    match route.rsplit("/", 1)[-1] if "/requests/" in route else "":
        case "commissioning":
            return sale
        case "warranty-extension":
            return {**sale, "wholesaler": ""}
        case "end-user-warranty":
            return {**{name: sale[name] for name in sale if name != "wholesaler"}, "partner": "Nobody"}
        case "points":
            line = {"product": "CS-Z25TKEW", "quantity": 1}
            return {"country": country, "campaign": "NONE", "lines": [line]}
        case "unit-replacement":
            unit = {"product": "CU-2Z50TBE", "serial": "NEW00001"}
            return {"country": country, "old_serial": "OLD00001", "new_unit": unit, "replaced_on": day()}
        case _:
            return None
