"""Each rule of the engine: whom it excludes, in which words, and in which order (`domain.md` §3)."""

from datetime import date
from typing import Any

import pytest

from domain.policies import (
    GoodsRow,
    InstallerClass,
    Policy,
    PolicyState,
    SalesMethod,
    Scheme,
    Tier,
)
from domain.states import Kind
from domain.warranties import RULES, Goods, Sale, select
from tests.domain.strategies import EXTENSION, HEATING, OUTDOOR, grant, policy, sale

BOTH_KINDS = (Kind.COMMISSIONING, Kind.WARRANTY_EXTENSION)


def verdict(one: Policy, request: Sale) -> tuple[str | None, str | None]:
    """Rule and detail of the single entry; the rule is None when the policy was selected."""
    selection = select([one], request)
    (entry,) = selection.trace
    assert entry.policy == one.name
    assert (entry.outcome == "selected") is (selection.policy == one) is (entry.rule is None)
    return entry.rule, entry.detail


@pytest.mark.parametrize(
    ("of_policy", "of_sale", "rule", "detail"),
    [
        ({"state": PolicyState.NOT_EFFECTIVE}, {}, "state", "policy is not_effective"),
        (
            {"effective_from": date(2026, 11, 5)},
            {},
            "effective_dates",
            "submitted on 2026-11-04, effective from 2026-11-05",
        ),
        ({"effective_from": date(2026, 11, 4)}, {}, None, None),
        (
            {"effective_to": date(2026, 11, 4)},
            {},
            "effective_dates",
            "submitted on 2026-11-04, effective before 2026-11-04",
        ),
        ({"effective_to": date(2026, 11, 5)}, {}, None, None),
        ({"goods": ()}, {}, "goods", "not among the allowed goods: CU-2Z50TBE"),
        ({}, {"goods": ()}, "goods", "no outdoor unit"),
        ({"goods": ()}, {"goods": ()}, "goods", "no outdoor unit"),
        (
            {},
            {"goods": (OUTDOOR, HEATING, HEATING)},
            "goods",
            "not among the allowed goods: WH-UD05HE5",
        ),
        (
            {"goods": (GoodsRow(line_up="residential"), GoodsRow(product="WH-UD05HE5"))},
            {"goods": (OUTDOOR, HEATING)},
            None,
            None,
        ),
        (
            {"organisational_units": ("South", "East")},
            {},
            "organisational_unit",
            "organisational unit North, allowed East, South",
        ),
        (
            {"organisational_units": ("South",)},
            {"organisational_unit": None, "collaborations": frozenset({"East"})},
            "organisational_unit",
            "organisational unit none, allowed South",
        ),
        ({"organisational_units": ("North", "South")}, {}, None, None),
        ({"organisational_units": ("North",)}, {"superuser": True}, None, None),
        ({}, {"organisational_unit": None, "superuser": True}, None, None),
        (
            {"organisational_units": ("East", "South")},
            {"collaborations": frozenset({"South", "West"})},
            None,
            "organisational unit North, allowed East, South: let through, collaborates with South",
        ),
        (
            {"organisational_units": ("South",)},
            {"superuser": True},
            None,
            "organisational unit North, allowed South: let through, the deciding keyuser is a superuser",
        ),
        ({"kinds": ()}, {}, "kind", "request is commissioning, policy serves no kind"),
        (
            {"kinds": BOTH_KINDS},
            {"kind": Kind.POINTS},
            "kind",
            "request is points, policy serves commissioning, warranty-extension",
        ),
        ({"kinds": BOTH_KINDS}, {}, None, None),
        (
            {"installer_classes": (InstallerClass.ACCREDITED, InstallerClass.ACCREDITED_PARTNER)},
            {},
            "installer_class",
            "installer class standard, required accredited or accredited_partner",
        ),
        (
            {"installer_classes": (InstallerClass.ACCREDITED,)},
            {"installer_class": None},
            "installer_class",
            "installer class none, required accredited",
        ),
        ({"installer_classes": (InstallerClass.STANDARD,)}, {}, None, None),
        ({"schemes": (Scheme.AC1,)}, {}, "schemes", "schemes none, required AC1"),
        (
            {"schemes": (Scheme.AH1, Scheme.AC1)},
            {"schemes": frozenset({Scheme.AC2, Scheme.AC1})},
            "schemes",
            "schemes AC1, AC2, required AC1, AH1",
        ),
        ({"schemes": (Scheme.AC1,)}, {"schemes": frozenset({Scheme.AC1, Scheme.AC2})}, None, None),
        (
            {"wholesaler_gives_warranty": False},
            {"wholesaler_gives_warranty": True},
            "wholesaler_gives_warranty",
            "wholesaler gives warranty: yes, required no",
        ),
        ({"wholesaler_gives_warranty": None}, {"wholesaler_gives_warranty": True}, None, None),
        ({"wholesaler_gives_warranty": True}, {"wholesaler_gives_warranty": None}, None, None),
        (
            {"registered_within_days": 30},
            {"commissioned_on": date(2026, 10, 1)},
            "registered_within",
            "registered on day 34, limit 30",
        ),
        ({"registered_within_days": 34}, {"commissioned_on": date(2026, 10, 1)}, None, None),
        ({"registered_within_days": 0}, {}, "registered_within", "registered on day 3, limit 0"),
        ({"registered_within_days": 0}, {"commissioned_on": date(2026, 11, 4)}, None, None),
        ({}, {"sales_method": SalesMethod.RENTED}, "sales_method", "sales method rented"),
        ({}, {"sales_method": SalesMethod.INDIRECT_SALE}, None, None),
        (
            {"tiers": (grant(Tier.COMPRESSOR, 5),), "kinds": BOTH_KINDS},
            EXTENSION,
            "tiers",
            "tiers compressor, none of which a warranty-extension is granted",
        ),
        ({"tiers": ()}, {}, "tiers", "tiers none, none of which a commissioning is granted"),
        ({"tiers": (grant(Tier.COMPRESSOR, 5),)}, {}, None, None),
    ],
)
def test_each_rule_excludes_with_its_values_and_nothing_else(
    of_policy: dict[str, Any], of_sale: dict[str, Any], rule: str | None, detail: str | None
) -> None:
    assert verdict(policy(**of_policy), sale(**of_sale)) == (rule, detail)


@pytest.mark.parametrize(
    "named",
    [
        {"product": "CU-2Z50TBE"},
        {"brand": "Panasonic"},
        {"type": "split"},
        {"family": "Etherea"},
        {"line_up": "residential"},
        {
            "product": "CU-2Z50TBE",
            "brand": "Panasonic",
            "type": "split",
            "family": "Etherea",
            "line_up": "residential",
        },
    ],
)
def test_all_that_a_row_names_must_be_equal(named: dict[str, str]) -> None:
    assert verdict(policy(goods=(GoodsRow(**named),)), sale()) == (None, None)
    for field in named:
        assert verdict(policy(goods=(GoodsRow(**(named | {field: "other"})),)), sale())[0] == "goods"
        lacking = {"reference" if field == "product" else field: "" if field == "product" else None}
        unknown = Goods(**(vars(OUTDOOR) | lacking))
        assert verdict(policy(goods=(GoodsRow(**named),)), sale(goods=(unknown,)))[0] == "goods"


BREAKS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("state", {"state": PolicyState.NOT_EFFECTIVE}, {}),
    ("effective_dates", {"effective_to": date(2026, 1, 1)}, {}),
    ("goods", {"goods": ()}, {}),
    ("organisational_unit", {"organisational_units": ("South",)}, {}),
    ("kind", {"kinds": ()}, {}),
    ("installer_class", {"installer_classes": (InstallerClass.ACCREDITED,)}, {}),
    ("schemes", {"schemes": (Scheme.AC1,)}, {}),
    ("wholesaler_gives_warranty", {"wholesaler_gives_warranty": True}, {}),
    ("registered_within", {"registered_within_days": 1}, {}),
    ("sales_method", {}, {"sales_method": SalesMethod.RENTED}),
    ("tiers", {"tiers": ()}, {}),
]


def test_the_first_rule_that_excludes_is_the_one_named() -> None:
    assert [rule for rule, _, _ in BREAKS] == [rule.name for rule in RULES]
    for at, (rule, _, _) in enumerate(BREAKS):
        of_policy: dict[str, Any] = {}
        of_sale: dict[str, Any] = {}
        for _, breaks_policy, breaks_sale in BREAKS[at:]:
            of_policy |= breaks_policy
            of_sale |= breaks_sale
        assert verdict(policy(**of_policy), sale(**of_sale))[0] == rule


def test_the_superuser_is_named_with_a_later_rule_too_but_not_with_an_earlier_one() -> None:
    through = "organisational unit North, allowed South: let through, the deciding keyuser is a superuser"
    late = policy(organisational_units=("South",), registered_within_days=1)
    assert verdict(late, sale(superuser=True)) == (
        "registered_within",
        f"registered on day 3, limit 1; {through}",
    )
    strange = policy(organisational_units=("South",), goods=())
    assert verdict(strange, sale(superuser=True)) == ("goods", "not among the allowed goods: CU-2Z50TBE")
