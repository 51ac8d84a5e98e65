"""Examples for the OpenAPI document: what to send, and what a request looks like, of the demo countries.

Those of submissions stand beside their bodies in `api.schemas`; here is one for each other body. A change of an entry
is shown as a change of its last field.
"""

from typing import Any

from fastapi import FastAPI

DOCUMENT = "8a0c3a0e-3f5b-4f52-8a4e-0b6f6f1f9b11"
PROOF = {"serial": "4481-0001 a", "postcode": "28013"}
PLACES = {"direct_sale": "SALES-NEW", "indirect_sale": "SALES-NEW", "rented": "RENTAL-NEW"}
DISTRIBUTED = {"line_up": "residential", "distributes": True, "gives_warranty": False}
TEMPLATE = {"subject": "Your request {{ request_id }}", "body": "{{ company_name }}: {{ state_label }}. {{ comment }}"}
TEXTS = {"distributor_without_warranty": "The manufacturer grants this warranty.", "distributor_with_warranty": ""}
COUNTRY = {
    "name": "Ireland",
    "time_zone": "Europe/Dublin",
    "language": "en",
    "card_language": "en",
    "keyuser_email": "keyuser-ie@keydesk.example",
    "escalation_email": "escalation-ie@keydesk.example",
    "withdrawal_period": "P14D",
}

DECIDED: dict[str, Any] = {
    "SaveBody": {"version": 1, "data": {"end_user": {"city": "Getafe"}}},
    "DecisionBody": {"version": 1, "comment": "The invoice cannot be read.", "documents": ["invoice"]},
    "VerdictBody": {"version": 1, "verdict": "denied", "reason": "The invoice cannot be read."},
    "VerdictsBody": {
        "version": 1,
        "documents": [{"document_id": DOCUMENT, "verdict": "accepted"}],
        "lines": [{"line": 2, "verdict": "denied", "reason": "Bought after the campaign."}],
    },
    "OverrideBody": {"version": 2, "points": 80},
    "MessageBody": {"text": "Which of both invoices is it?"},
    "PermitBody": {"kind": "commissioning", "serial": "4481-0001 a", "comment": "The first request is a test."},
}

VISITED: dict[str, Any] = {
    "SearchBody": {"country": "ES", **PROOF},
    "ProofBody": PROOF,
    "ExtraYearsRequest": {"warranty_card": "ES-8K2MX7Q4", **PROOF},
}

CONFIGURED: dict[str, Any] = {
    "LineUpShape": {"code": "residential", "name": "Residential", "page_text": "Send the sheet with the invoice."},
    "ProductShape": {"reference": "CU-2Z50TBE", "line_up": "residential", "role": "outdoor", "family": "multi-split"},
    "WholesalerShape": {"code": "DEF", "line_ups": [DISTRIBUTED]},
    "OrganisationalUnitShape": {"name": "North"},
    "CollaborationShape": {"unit": "North", "partner": "South"},
    "CompanyShape": {
        "name": "Frio Norte",
        "company_class": "accredited",
        "schemes": ["AC1"],
        "postcode": "48001",
        "city": "Bilbao",
        "phone": "+34 600 000 000",
        "email": "installer.ac1@keydesk.example",
    },
    "AccountShape": {
        "login": "installer.ac1",
        "role": "installer",
        "company": "Frio Norte",
        "email": "installer.ac1@keydesk.example",
    },
    "PasswordBody": {"version": 1, "password": "a password of her own"},
    "PolicyShape": {
        "name": "STD-1-5",
        "alternative_code": "ES-1",
        "description": "1 year full + 5 years compressor",
        "tag": "standard",
        "kinds": ["commissioning", "unit-replacement"],
        "goods": [{"line_up": "residential"}],
        "wholesaler_gives_warranty": False,
        "tiers": [
            {"tier": "full", "duration": {"count": 1, "unit": "years"}},
            {"tier": "compressor", "duration": {"count": 5, "unit": "years"}},
        ],
        "coverage_reasons": [{"code": "factory-defect", "covered": True, "replacement": "carry_over"}],
    },
    "CoverageReasonShape": {"code": "factory-defect", "title": "Factory defect"},
    "InventoryShape": {
        "name": "standard",
        "active": True,
        "adding": PLACES,
        "adding_during_replacement": PLACES,
        "removing": PLACES,
        "removing_during_replacement": PLACES,
    },
    "DocumentationShape": {
        "kind": "commissioning",
        "line_up": "residential",
        "requirement": "invoice",
        "title": "Invoice",
        "required": True,
    },
    "CardTextShape": {"product_range": "residential", "warranty_type": "standard", **TEXTS},
    "CardTextBody": TEXTS,
    "TemplateBody": TEMPLATE,
    "OwnTemplateBody": {**TEMPLATE, "version": 1},
    "DownloadShape": {"product_range": "residential", "title": "Commissioning sheet", "document_id": DOCUMENT},
    "GenerateBody": {"count": 100, "prefix": "ESX", "owner": "Clima Sol"},
    "CodeShape": {"number": "ESX-8K2MX7Q4", "owner": "Clima Sol"},
    "ReleaseBody": {"comment": "The invoice was cancelled."},
    "CampaignShape": {
        "code": "SPRING",
        "name": "Spring",
        "coupon_code": "SPRING",
        "starts_on": "2026-03-01",
        "ends_on": "2026-05-31",
        "claim_deadline": "2026-06-30",
        "documents": [{"requirement": "invoice", "title": "Invoice"}],
    },
    "CampaignProductShape": {
        "campaign": "SPRING",
        "product": "CS-Z35TKEW",
        "default_points": 20,
        "required_documents": ["invoice"],
    },
    "PushPeriodShape": {
        "campaign": "SPRING",
        "product": "CS-Z35TKEW",
        "first_day": "2026-04-01",
        "last_day": "2026-04-30",
        "multiplier": 3,
    },
    "CountryShape": {"code": "IE", **COUNTRY},
    "SettingsShape": COUNTRY,
    "KeyBody": {"name": "erp-es", "role": "keyuser", "country": "ES", "email": "erp@keydesk.example", "days": 365},
}

ANSWERED: dict[str, Any] = {
    "RequestView": {
        "id": "ES-COM-000001",
        "kind": "commissioning",
        "country": "ES",
        "state": "submitted",
        "label": "Check pending",
        "version": 1,
        "submitted_at": "2026-11-02T09:30:00.000000Z",
        "requester": {"login": "installer.abc", "company": "ABC"},
        "warranty_type": None,
        "data": {"country": "ES", "wholesaler": "DEF", "line_up": "residential", "commissioned_on": "2026-11-01"},
        "documents": [
            {
                "requirement": "invoice",
                "document_id": DOCUMENT,
                "filename": "invoice.pdf",
                "verdict": None,
                "reason": None,
            }
        ],
        "allowed_actions": ["withdraw"],
        "turn": "keyuser",
        "due_at": "2026-11-09T09:30:00.000000Z",
        "unread_messages": 0,
        "cancelled_by": None,
        "warnings": [],
        "assignment": {
            "policy": "STD-1-5",
            "policy_version": 1,
            "tiers": [{"tier": "full", "start": "2026-11-01", "end": "2027-11-01", "days": 365}],
            "trace": [{"policy": "STD-1-5", "outcome": "selected", "rule": None, "detail": None}],
        },
        "cards": [],
        "points": None,
        "replacement": None,
        "emails": [
            {
                "event": "submitted",
                "to": "installer.abc@keydesk.example",
                "status": "sent",
                "at": "2026-11-02T09:30:01.000000Z",
                "error": None,
            }
        ],
    }
}

EXAMPLES = DECIDED | VISITED | CONFIGURED | ANSWERED


def describe(app: FastAPI) -> None:
    """Give the application's OpenAPI document an example of each body that has none beside it."""
    plain = app.openapi

    def with_examples() -> dict[str, Any]:
        if app.openapi_schema is None:
            schemas = plain()["components"]["schemas"]
            for name, schema in schemas.items():
                if "examples" not in schema and (example := _example_of(name, schema)) is not None:
                    schema["examples"] = [example]
        return plain()

    app.openapi = with_examples  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def _example_of(name: str, schema: dict[str, Any]) -> dict[str, Any] | None:
    if name in EXAMPLES:
        example: dict[str, Any] = EXAMPLES[name]
        return example
    whole = EXAMPLES.get(f"{name.removesuffix('Change')}Shape") if name.endswith("Change") else None
    if whole is None:
        return None
    last = [field for field in whole if field in schema["properties"]][-1:]
    return {"version": 1, **{field: whole[field] for field in last}}
