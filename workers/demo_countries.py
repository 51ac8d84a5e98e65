"""How the two demo countries are configured (`api.md`, demo data), as documents that `keydesk config` reads, too."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from configuration.transfer import FORMAT
from domain.access import Role
from domain.inventory import InventoryDefinition, Places
from domain.policies import CoverageReason, InstallerClass, PolicyState, Replacement, Tag, Tier
from domain.pools import ExtensionMode
from domain.states import Kind
from store.snapshots import to_json

LINE_UPS = ("residential", "commercial", "heating")
RANGES = {
    "ES": {"residential": "Residencial", "commercial": "Comercial", "heating": "Calefacción"},
    "PT": {"residential": "Residencial", "commercial": "Comercial", "heating": "Aquecimento"},
}
FOUNDED = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class DemoCompany:
    """A partner's company of the demo."""

    country: str
    name: str
    company_class: str
    schemes: tuple[str, ...] = ()
    pro_partner: str | None = None
    postcode: str = ""
    city: str = ""


@dataclass(frozen=True)
class DemoAccount:
    """Somebody who can sign in to the demo with the published password."""

    login: str
    role: Role
    country: str | None = None
    company: str | None = None

    @property
    def email(self) -> str:
        """The address of the account."""
        return f"{self.login}@keydesk.example"


COMPANIES = (
    DemoCompany("ES", "Clima Sol", "pro_partner", postcode="41001", city="Sevilla"),
    DemoCompany("ES", "ABC", InstallerClass.STANDARD, postcode="28004", city="Madrid"),
    DemoCompany("ES", "Frio Norte", InstallerClass.ACCREDITED, ("AC1",), postcode="48001", city="Bilbao"),
    DemoCompany(
        "ES",
        "Clima Instal",
        InstallerClass.ACCREDITED_PARTNER,
        ("AC1", "AH1"),
        "Clima Sol",
        "41002",
        "Sevilla",
    ),
    DemoCompany("PT", "Clima Tejo", "pro_partner", postcode="1000-001", city="Lisboa"),
    DemoCompany("PT", "Ar Puro", InstallerClass.STANDARD, postcode="4000-001", city="Porto"),
)
ACCOUNTS = (
    DemoAccount("installer.abc", Role.INSTALLER, "ES", "ABC"),
    DemoAccount("installer.ac1", Role.INSTALLER, "ES", "Frio Norte"),
    DemoAccount("installer.linked", Role.INSTALLER, "ES", "Clima Instal"),
    DemoAccount("partner.pro", Role.PRO_PARTNER, "ES", "Clima Sol"),
    DemoAccount("participant.ana", Role.PARTICIPANT, "ES"),
    DemoAccount("keyuser.es", Role.KEYUSER, "ES"),
    DemoAccount("installer.pt", Role.INSTALLER, "PT", "Ar Puro"),
    DemoAccount("partner.pt", Role.PRO_PARTNER, "PT", "Clima Tejo"),
    DemoAccount("keyuser.pt", Role.KEYUSER, "PT"),
    DemoAccount("ops", Role.OPS),
    DemoAccount("admin", Role.ADMIN),
)
PRODUCTS = (
    ("CU-2Z50TBE", "residential", "outdoor"),
    ("CU-Z25TKE", "residential", "outdoor"),
    ("CS-Z25TKEW", "residential", "indoor"),
    ("CS-Z35TKEW", "residential", "indoor"),
    ("WH-UD05HE5", "heating", "outdoor"),
)
WHOLESALERS = {"ES": ("DEF", "GHI", "JKL"), "PT": ("MNO",)}
MATRIX = (
    ("ES", "DEF", "residential", True, False),
    ("ES", "DEF", "heating", False, False),
    ("ES", "GHI", "residential", True, True),
    ("PT", "MNO", "residential", True, False),
)
REQUIREMENTS = (
    (Kind.COMMISSIONING, "commissioning-sheet"),
    (Kind.COMMISSIONING, "invoice"),
    (Kind.WARRANTY_EXTENSION, "invoice"),
    (Kind.END_USER_WARRANTY, "invoice"),
    (Kind.UNIT_REPLACEMENT, "invoice"),
)
# What a country's own people call its documents and coverage reasons.
TITLES = {
    "ES": {
        "commissioning-sheet": "Hoja de puesta en marcha",
        "invoice": "Factura",
        "factory-defect": "Defecto de fábrica",
        "early-failure": "Avería en las primeras semanas",
        "misuse": "Uso indebido",
    },
    "PT": {
        "commissioning-sheet": "Folha de colocação em serviço",
        "invoice": "Fatura",
        "factory-defect": "Defeito de fabrico",
        "early-failure": "Avaria nas primeiras semanas",
        "misuse": "Uso indevido",
    },
}
CODES_OWNED = {"PT": {"Clima Tejo": 10}}
MODES = {"ES": ExtensionMode.A, "PT": ExtensionMode.B}
EXTRA_YEARS = {
    "ES": "Para añadir años a su garantía, pague la factura que le enviaremos y guarde los papeles de la instalación.",
    "PT": "Para acrescentar anos à sua garantia, pague a fatura que lhe enviaremos e guarde os papéis da instalação.",
}
CANCELLATION = {
    "ES": "Si cancela la garantía, su tarjeta deja de ser válida.",
    "PT": "Se cancelar a garantia, o seu cartão deixa de ser válido.",
}
REASONS = (
    CoverageReason("factory-defect", covered=True, replacement=Replacement.CARRY_OVER),
    CoverageReason("early-failure", covered=True, replacement=Replacement.APPLY_NEW),
    CoverageReason("misuse", covered=False, replacement=Replacement.NO_WARRANTY),
)
INVENTORY = InventoryDefinition(
    adding=Places("SALES-NEW", "SALES-NEW", "RENTAL-NEW"),
    adding_during_replacement=Places("WARRANTY-NEW", "WARRANTY-NEW", "RENTAL-NEW"),
    removing=Places("RETURNS", "RETURNS", "RENTAL-RETURNS"),
    removing_during_replacement=Places("WARRANTY-RETURNS", "WARRANTY-RETURNS", "RENTAL-RETURNS"),
)
TO_CLAIM = "To claim it, contact the installer named on this card."
SALES = (Kind.COMMISSIONING, Kind.UNIT_REPLACEMENT)
# name, tag, years of each tier, kinds that it serves, whether the wholesaler gives a warranty
POLICIES: tuple[tuple[str, Tag, dict[Tier, int], tuple[Kind, ...], bool | None], ...] = (
    ("STD-1-5", Tag.STANDARD, {Tier.FULL: 1, Tier.COMPRESSOR: 5}, SALES, False),
    ("STD-C5", Tag.STANDARD, {Tier.COMPRESSOR: 5}, SALES, True),
    ("EXT-5", Tag.EXTENSION, {Tier.FULL: 5}, (Kind.WARRANTY_EXTENSION,), None),
    ("EU-5", Tag.END_USER, {Tier.FULL: 5}, (Kind.END_USER_WARRANTY,), None),
    ("XEU-2", Tag.EXTRA_END_USER, {Tier.FULL: 2}, (Kind.EXTRA_YEARS,), None),
)
CARD_TEXTS = {
    Tag.STANDARD: (
        f"The manufacturer grants this warranty to the owner of the units listed on this card.\n\n{TO_CLAIM}",
        f"The distributor gives a warranty of its own; the manufacturer adds the one on this card.\n\n{TO_CLAIM}",
    ),
    Tag.EXTENSION: (f"The manufacturer extends its warranty on the units listed on this card.\n\n{TO_CLAIM}", ""),
    Tag.END_USER: (f"The manufacturer grants you this warranty on your units.\n\n{TO_CLAIM}", ""),
    Tag.EXTRA_END_USER: (f"These years come on top of the warranty that you have.\n\n{TO_CLAIM}", ""),
}


def documents() -> tuple[dict[str, Any], ...]:
    """One document for each country."""
    return (
        _document("ES", "España", "Europe/Madrid", "es", phone="+34 600 000 000"),
        _document("PT", "Portugal", "Europe/Lisbon", "pt", phone="+351 900 000 000"),
    )


def _document(country: str, name: str, zone: str, language: str, *, phone: str) -> dict[str, Any]:
    return {
        "keydesk": FORMAT,
        "country": country,
        "settings": {
            "name": name,
            "time_zone": zone,
            "language": language,
            "card_language": "en",
            "keyuser_email": f"keyuser-{country.lower()}@keydesk.example",
            "escalation_email": f"escalation-{country.lower()}@keydesk.example",
            "extension_mode": MODES[country],
            "end_user_warranties": country == "ES",
            "extra_years_message": EXTRA_YEARS[country],
            "cancellation_message": CANCELLATION[country],
        },
        "line-ups": [{"code": code, "name": RANGES[country][code]} for code in LINE_UPS],
        "products": [
            {"reference": reference, "line_up": line_up, "role": role} for reference, line_up, role in PRODUCTS
        ],
        "wholesalers": [{"code": code, "line_ups": _cells(country, code)} for code in WHOLESALERS[country]],
        "companies": [_company(one, phone) for one in COMPANIES if one.country == country],
        "accounts": [
            {"login": one.login, "role": one.role, "company": one.company, "email": one.email}
            for one in ACCOUNTS
            if one.country == country
        ],
        "coverage-reasons": [{"code": one.code, "title": TITLES[country][one.code]} for one in REASONS],
        "inventory": [{"name": "standard", "active": True, **to_json(INVENTORY)}],
        "policies": [_policy(country, number, *row) for number, row in enumerate(POLICIES, start=1)],
        "card-texts": [
            {
                "product_range": line_up,
                "warranty_type": tag,
                "distributor_without_warranty": without,
                "distributor_with_warranty": with_,
            }
            for line_up in LINE_UPS
            for tag, (without, with_) in CARD_TEXTS.items()
        ],
        "documentation": [
            {
                "kind": kind,
                "line_up": "residential",
                "requirement": requirement,
                "title": TITLES[country][requirement],
                "position": position,
            }
            for position, (kind, requirement) in enumerate(REQUIREMENTS, start=1)
        ],
    }


def _cells(country: str, wholesaler: str) -> list[dict[str, Any]]:
    return [
        {"line_up": line_up, "distributes": distributes, "gives_warranty": gives}
        for in_country, code, line_up, distributes, gives in MATRIX
        if (in_country, code) == (country, wholesaler)
    ]


def _company(one: DemoCompany, phone: str) -> dict[str, Any]:
    return {
        "name": one.name,
        "company_class": one.company_class,
        "schemes": list(one.schemes),
        "pro_partner": one.pro_partner,
        "address": "Calle Demo 1",
        "postcode": one.postcode,
        "city": one.city,
        "phone": phone,
        "email": next(account.email for account in ACCOUNTS if account.company == one.name),
    }


def _policy(
    country: str,
    number: int,
    name: str,
    tag: Tag,
    years: dict[Tier, int],
    kinds: tuple[Kind, ...],
    gives: bool | None,
) -> dict[str, Any]:
    tiers = [{"tier": tier, "duration": {"count": count, "unit": "years"}} for tier, count in years.items()]
    return {
        "name": name,
        "number": number,
        "created_at": FOUNDED,
        "alternative_code": f"{country}-{number}",
        "description": " + ".join(f"{n} year{'s' if n > 1 else ''} {tier}" for tier, n in years.items()),
        "state": PolicyState.EFFECTIVE,
        "tag": tag,
        "tiers": tiers,
        "goods": [{"line_up": line_up} for line_up in LINE_UPS],
        "kinds": list(kinds),
        "wholesaler_gives_warranty": gives,
        "coverage_reasons": [to_json(one) for one in REASONS],
    }
