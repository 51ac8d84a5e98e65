"""Policies and sales as plain builders and hypothesis strategies: small alphabets, so that they meet."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from domain.calendar import Duration, DurationUnit
from domain.policies import (
    GoodsRow,
    InstallerClass,
    Policy,
    PolicyState,
    SalesMethod,
    Scheme,
    Tag,
    Tier,
    TierGrant,
)
from domain.states import Kind
from domain.warranties import Goods, Sale

OUTDOOR = Goods("CU-2Z50TBE", brand="Panasonic", type="split", family="Etherea", line_up="residential")
HEATING = Goods("WH-UD05HE5", brand="Panasonic", type="monobloc", family="Aquarea", line_up="heating")


EXTENSION: dict[str, Any] = {"kind": Kind.WARRANTY_EXTENSION, "wholesaler_gives_warranty": None}
"""What `sale` changes for a warranty extension."""


def grant(tier: Tier, years: int) -> TierGrant:
    return TierGrant(tier, Duration(years, DurationUnit.YEARS))


def policy(name: str = "STD", **changed: Any) -> Policy:
    """A policy that applies to `sale()`, unless `changed`."""
    facts: dict[str, Any] = {
        "number": 1,
        "name": name,
        "alternative_code": f"{name}-alt",
        "description": "",
        "state": PolicyState.EFFECTIVE,
        "tag": Tag.STANDARD,
        "tiers": (grant(Tier.FULL, 2),),
        "goods": (GoodsRow(line_up="residential"),),
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "kinds": (Kind.COMMISSIONING,),
    }
    return Policy(**(facts | changed))


def sale(**changed: Any) -> Sale:
    """A plain commissioning of one residential unit by a standard installer, unless `changed`."""
    facts: dict[str, Any] = {
        "kind": Kind.COMMISSIONING,
        "as_of": date(2026, 11, 4),
        "commissioned_on": date(2026, 11, 1),
        "sales_method": SalesMethod.DIRECT_SALE,
        "goods": (OUTDOOR,),
        "installer_class": InstallerClass.STANDARD,
        "schemes": frozenset(),
        "organisational_unit": "North",
        "collaborations": frozenset(),
        "superuser": False,
        "wholesaler_gives_warranty": False,
    }
    return Sale(**(facts | changed))


def mostly(usual: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Usually what applies: of policies drawn freely eleven rules would leave hardly any, let alone two."""
    return st.integers(0, 9).flatmap(lambda dice: other if dice == 9 else usual)


DAYS = st.dates(date(2026, 10, 25), date(2026, 11, 10))
PAST = st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 2))
KINDS = st.sampled_from([Kind.COMMISSIONING, Kind.WARRANTY_EXTENSION])
UNITS = st.sampled_from(["North", "South", "East"])
CLASSES = st.sampled_from(InstallerClass)
SCHEMES = st.frozensets(st.sampled_from(Scheme), max_size=2)
ROWS = st.sampled_from([GoodsRow(line_up="residential"), GoodsRow(product="WH-UD05HE5", type="monobloc")])
FULL = st.builds(grant, st.just(Tier.FULL), st.integers(1, 10))
COMPRESSOR = st.builds(grant, st.just(Tier.COMPRESSOR), st.integers(1, 10))


def policies(number: int) -> st.SearchStrategy[Policy]:
    """Any policy of this number, its name made from it; about every second applies to one of `SALES`."""
    return st.builds(
        policy,
        st.just(f"P{number}"),
        number=st.just(number),
        state=mostly(st.just(PolicyState.EFFECTIVE), st.just(PolicyState.NOT_EFFECTIVE)),
        tiers=mostly(st.tuples(COMPRESSOR, FULL) | st.tuples(FULL), st.just(()) | st.tuples(COMPRESSOR)),
        goods=mostly(st.just((GoodsRow(brand="Panasonic"),)), st.lists(ROWS, max_size=1).map(tuple)),
        created_at=st.sampled_from([datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2)]),
        effective_from=mostly(PAST, DAYS),
        effective_to=mostly(st.none(), DAYS),
        kinds=mostly(st.just(tuple(Kind)), KINDS.map(lambda kind: (kind,))),
        organisational_units=mostly(st.just(()), st.tuples(UNITS)),
        installer_classes=mostly(st.just(()), st.tuples(CLASSES)),
        schemes=mostly(st.just(()), SCHEMES.map(tuple)),
        wholesaler_gives_warranty=mostly(st.none(), st.booleans()),
        registered_within_days=mostly(st.none(), st.integers(0, 10)),
    )


CATALOGUES = st.integers(0, 5).flatmap(lambda size: st.tuples(*[policies(n) for n in range(1, size + 1)]))
"""None to five policies numbered from 1."""

SALES = st.builds(
    sale,
    kind=KINDS,
    as_of=DAYS,
    commissioned_on=DAYS,
    sales_method=mostly(st.just(SalesMethod.DIRECT_SALE), st.sampled_from(SalesMethod)),
    goods=mostly(st.just((OUTDOOR,)), st.just((OUTDOOR, HEATING))),
    installer_class=st.none() | CLASSES,
    schemes=SCHEMES,
    organisational_unit=st.none() | UNITS,
    collaborations=st.frozensets(UNITS, max_size=1),
    superuser=st.booleans(),
    wholesaler_gives_warranty=st.none() | st.booleans(),
)
