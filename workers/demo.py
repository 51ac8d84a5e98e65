"""The two demo countries, so that everything can be tried at once (`api.md`, demo data).

Loading is idempotent: what is there already stays as somebody may have changed it.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Role
from domain.calendar import Duration, DurationUnit
from domain.inventory import InventoryDefinition, Places
from domain.policies import (
    CoverageReason,
    GoodsRow,
    InstallerClass,
    Policy,
    PolicyState,
    Replacement,
    Tag,
    Tier,
    TierGrant,
)
from domain.pools import ExtensionMode, Pool
from domain.states import Kind
from store import pools
from store.engine import connect, sessions
from store.snapshots import to_json
from store.tables import configuration, countries, stock
from workers import demo_loyalty

PASSWORD = "keydesk-demo"  # noqa: S105 - published; demo accounts work only inside the demo
POOL_SIZE = 1000
LINE_UPS = ("residential", "commercial", "heating")
IMAGES_AND_PDF = ("application/pdf", "image/jpeg", "image/png")
TEN_MIB = 10 * 1024 * 1024
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
    """Somebody who can sign in to the demo with `PASSWORD`."""

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
    (Kind.COMMISSIONING, "commissioning-sheet", "Commissioning sheet"),
    (Kind.COMMISSIONING, "invoice", "Invoice"),
    (Kind.WARRANTY_EXTENSION, "invoice", "Invoice"),
    (Kind.END_USER_WARRANTY, "invoice", "Invoice"),
    (Kind.UNIT_REPLACEMENT, "invoice", "Invoice"),
)
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
REASON_TITLES = {
    "factory-defect": "Factory defect",
    "early-failure": "Failure in the first weeks",
    "misuse": "Misuse",
}
INVENTORY = InventoryDefinition(
    adding=Places("SALES-NEW", "SALES-NEW", "RENTAL-NEW"),
    adding_during_replacement=Places("WARRANTY-NEW", "WARRANTY-NEW", "RENTAL-NEW"),
    removing=Places("RETURNS", "RETURNS", "RENTAL-RETURNS"),
    removing_during_replacement=Places("WARRANTY-RETURNS", "WARRANTY-RETURNS", "RENTAL-RETURNS"),
)
TO_CLAIM = "To claim it, contact the installer named on this card."
CARD_TEXTS = {
    Tag.STANDARD: (
        f"The manufacturer grants this warranty to the owner of the units listed on this card.\n\n{TO_CLAIM}",
        f"The distributor gives a warranty of its own; the manufacturer adds the one on this card.\n\n{TO_CLAIM}",
    ),
    Tag.EXTENSION: (f"The manufacturer extends its warranty on the units listed on this card.\n\n{TO_CLAIM}", ""),
    Tag.END_USER: (f"The manufacturer grants you this warranty on your units.\n\n{TO_CLAIM}", ""),
    Tag.EXTRA_END_USER: (f"These years come on top of the warranty that you have.\n\n{TO_CLAIM}", ""),
}


def load(database_url: str) -> None:
    """Load what is missing of the demo countries. The schema must be there."""
    asyncio.run(_load(database_url))


async def _load(database_url: str) -> None:
    engine = connect(database_url)
    try:
        async with sessions(engine).begin() as session:
            for country in _countries():
                if await session.get(countries.Country, country.code) is None:
                    await _set_up(session, country)
                await _inventory(session, country.code)
            await demo_loyalty.set_up(session)
            await _desk_accounts(session)
    finally:
        await engine.dispose()


async def _set_up(session: AsyncSession, country: countries.Country) -> None:
    session.add(country)
    await session.flush()
    session.add_all(configuration.LineUp(country=country.code, code=code) for code in LINE_UPS)
    session.add_all(configuration.Wholesaler(country=country.code, code=code) for code in WHOLESALERS[country.code])
    await session.flush()
    session.add_all(_catalogue(country.code))
    session.add_all(
        stock.CoverageReason(country=country.code, code=code, title=title) for code, title in REASON_TITLES.items()
    )
    session.add_all(_policies(country.code))
    ids = await _people(session, country.code)
    await pools.generate(session, country.code, Pool.CARD, POOL_SIZE, country.code)
    owned = CODES_OWNED.get(country.code, {})
    for name, count in owned.items():
        await pools.generate(session, country.code, Pool.EXTENSION, count, f"{country.code}X", ids[name])
    free = POOL_SIZE - sum(owned.values())
    await pools.generate(session, country.code, Pool.EXTENSION, free, f"{country.code}X")


async def _inventory(session: AsyncSession, country: str) -> None:
    """What a desk that was set up before there were replacements does not have yet."""
    if await session.get(stock.InventoryDefinition, {"country": country, "name": "standard"}) is None:
        session.add(stock.InventoryDefinition(country=country, name="standard", active=True, **to_json(INVENTORY)))


def _countries() -> Iterator[countries.Country]:
    for code, name, zone, language in (
        ("ES", "España", "Europe/Madrid", "es"),
        ("PT", "Portugal", "Europe/Lisbon", "pt"),
    ):
        yield countries.Country(
            code=code,
            name=name,
            time_zone=zone,
            language=language,
            card_language="en",
            keyuser_email=f"keyuser-{code.lower()}@keydesk.example",
            escalation_email=f"escalation-{code.lower()}@keydesk.example",
            withdrawal_period=timedelta(days=14),
            keyuser_reminder=timedelta(days=3),
            keyuser_escalation=timedelta(days=7),
            requester_reminder=timedelta(days=14),
            requester_expiry=timedelta(days=90),
            extension_mode=MODES[code],
            end_user_warranties=code == "ES",
            extra_years_message=EXTRA_YEARS[code],
            cancellation_message=CANCELLATION[code],
        )


def _catalogue(country: str) -> Iterator[object]:
    for reference, line_up, role in PRODUCTS:
        yield configuration.Product(country=country, reference=reference, line_up=line_up, role=role)
    for code, wholesaler, line_up, distributes, gives in MATRIX:
        if code == country:
            yield configuration.WholesalerCell(
                country=country,
                wholesaler=wholesaler,
                line_up=line_up,
                distributes=distributes,
                gives_warranty=gives,
            )
    for position, (kind, requirement, title) in enumerate(REQUIREMENTS, start=1):
        yield configuration.Documentation(
            country=country,
            kind=kind,
            line_up="residential",
            requirement=requirement,
            title=title,
            required=True,
            media_types=list(IMAGES_AND_PDF),
            max_bytes=TEN_MIB,
            position=position,
        )
    for line_up in LINE_UPS:
        for tag, (without, with_) in CARD_TEXTS.items():
            yield configuration.CardText(
                country=country,
                product_range=line_up,
                warranty_type=tag,
                distributor_without_warranty=without,
                distributor_with_warranty=with_,
            )


def _policies(country: str) -> Iterator[configuration.PolicyVersion]:
    years = {n: Duration(n, DurationUnit.YEARS) for n in (1, 2, 5)}
    full, compressor = Tier.FULL, Tier.COMPRESSOR
    sales = (Kind.COMMISSIONING, Kind.UNIT_REPLACEMENT)
    rows: tuple[tuple[str, Tag, tuple[TierGrant, ...], tuple[Kind, ...], bool | None], ...] = (
        ("STD-1-5", Tag.STANDARD, (TierGrant(full, years[1]), TierGrant(compressor, years[5])), sales, False),
        ("STD-C5", Tag.STANDARD, (TierGrant(compressor, years[5]),), sales, True),
        ("EXT-5", Tag.EXTENSION, (TierGrant(full, years[5]),), (Kind.WARRANTY_EXTENSION,), None),
        ("EU-5", Tag.END_USER, (TierGrant(full, years[5]),), (Kind.END_USER_WARRANTY,), None),
        ("XEU-2", Tag.EXTRA_END_USER, (TierGrant(full, years[2]),), (Kind.EXTRA_YEARS,), None),
    )
    for number, (name, tag, tiers, kinds, gives) in enumerate(rows, start=1):
        policy = Policy(
            number=number,
            name=name,
            alternative_code=f"{country}-{number}",
            description=" + ".join(f"{grant.duration} {grant.tier}" for grant in tiers),
            state=PolicyState.EFFECTIVE,
            tag=tag,
            tiers=tiers,
            goods=tuple(GoodsRow(line_up=line_up) for line_up in LINE_UPS),
            created_at=FOUNDED,
            kinds=kinds,
            wholesaler_gives_warranty=gives,
            coverage_reasons=REASONS,
        )
        yield configuration.PolicyVersion(
            country=country,
            number=number,
            version=policy.version,
            is_current=True,
            name=name,
            alternative_code=policy.alternative_code,
            definition=to_json(policy),
            created_at=FOUNDED,
        )


async def _people(session: AsyncSession, country: str) -> dict[str, int]:
    ids: dict[str, int] = {}
    for one in (company for company in COMPANIES if company.country == country):
        company = countries.Company(
            country=country,
            name=one.name,
            company_class=one.company_class,
            schemes=list(one.schemes),
            pro_partner_id=ids.get(one.pro_partner or ""),
            address="Calle Demo 1",
            postcode=one.postcode,
            city=one.city,
            phone="+34 600 000 000" if country == "ES" else "+351 900 000 000",
            email=next(account.email for account in ACCOUNTS if account.company == one.name),
        )
        session.add(company)
        await session.flush()
        ids[one.name] = company.id
    session.add_all(_account(one, ids) for one in ACCOUNTS if one.country == country)
    await session.flush()
    return ids


async def _desk_accounts(session: AsyncSession) -> None:
    known = set(await session.scalars(select(countries.Account.login)))
    session.add_all(_account(one, {}) for one in ACCOUNTS if one.country is None and one.login not in known)


@cache
def _hashed(password: str) -> str:
    """One hash for all demo accounts: a good hash takes its time, and this password is no secret."""
    return PasswordHasher().hash(password)


def _account(one: DemoAccount, company_ids: dict[str, int]) -> countries.Account:
    return countries.Account(
        login=one.login,
        role=one.role,
        country=one.country,
        company_id=company_ids[one.company] if one.company else None,
        email=one.email,
        password_hash=_hashed(PASSWORD),
        demo=True,
    )
