"""What a policy may name, and what keeps it from ever being applied (`domain.md` §3). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from configuration.policy_shape import PolicyShape
from configuration.resource import Advice
from domain.errors import FieldError
from domain.policies import GoodsRow, PolicyState, Tag, Tier
from domain.states import Kind
from domain.warranties import Goods, fits

SERVED_BY_TAG = {Kind.END_USER_WARRANTY: Tag.END_USER, Kind.EXTRA_YEARS: Tag.EXTRA_END_USER}


@dataclass(frozen=True)
class PolicyContext:
    """What the country has. `others` are number, name and alternative code of every policy."""

    line_ups: frozenset[str]
    products: frozenset[str]
    outdoor: tuple[Goods, ...]
    organisational_units: frozenset[str]
    reasons: frozenset[str]
    card_texts: frozenset[tuple[str, str]]
    others: tuple[tuple[int, str, str], ...]
    today: date


def unknown_names(value: PolicyShape, known: PolicyContext) -> Iterator[FieldError]:
    """What the policy names and the country does not have, and what another policy has already."""
    for place, row in enumerate(value.goods):
        if row.product is not None and row.product not in known.products:
            yield FieldError(f"/goods/{place}/product", "not a product of this country")
        if row.line_up is not None and row.line_up not in known.line_ups:
            yield FieldError(f"/goods/{place}/line_up", "not a line-up of this country")
    listed = (
        ("organisational_units/{}", value.organisational_units, known.organisational_units, "an organisational unit"),
        ("coverage_reasons/{}/code", [one.code for one in value.coverage_reasons], known.reasons, "a coverage reason"),
    )
    for pointer, names, there, what in listed:
        for place, name in enumerate(names):
            if name not in there:
                yield FieldError("/" + pointer.format(place), f"not {what} of this country")
    yield from _taken(value, known)


def _taken(value: PolicyShape, known: PolicyContext) -> Iterator[FieldError]:
    for number, name, alternative_code in known.others:
        if name != value.name and alternative_code == value.alternative_code:
            yield FieldError("/alternative_code", f"is that of {name}")
        if name != value.name and number == value.number:
            yield FieldError("/number", f"is that of {name}")


def obstacles(value: PolicyShape, known: PolicyContext) -> Iterator[FieldError]:
    """Why the policy could never be applied to any request, whatever is submitted."""
    if not value.tiers:
        yield FieldError("/tiers", "grants nothing")
    if not value.kinds:
        yield FieldError("/kinds", "serves no kind of request")
    elif value.tiers and all(_grants_nothing(value, kind) for kind in value.kinds):
        yield FieldError("/tiers", "none that the kinds are granted: an extension only full ones")
    if not value.goods:
        yield FieldError("/goods", "fits no product")
    elif not _fitting(value, known):
        yield FieldError("/goods", "fits no outdoor product of this country")
    for kind, tag in SERVED_BY_TAG.items():
        if set(value.kinds) == {kind} and value.tag is not tag:
            yield FieldError("/tag", f"for {kind} only policies tagged {tag} are chosen")


def advice_of(value: PolicyShape, known: PolicyContext) -> Iterator[Advice]:
    """Obstacles of a policy that is not effective yet, a period that is over, and cards without a text."""
    if value.state is not PolicyState.EFFECTIVE:
        for one in obstacles(value, known):
            yield Advice("never_applies", one.pointer, one.detail)
        return
    for one in obstacles(value, known):
        yield Advice("applies_no_more", one.pointer, one.detail)
    if value.effective_to is not None and value.effective_to <= known.today:
        yield Advice("period_over", "/effective_to", f"{value.name} was effective before {value.effective_to}")
    ranges = {goods.line_up for goods in _fitting(value, known) if goods.line_up}
    for line_up in sorted(ranges):
        if (line_up, value.tag) not in known.card_texts:
            yield Advice("card_text_missing", "/goods", f"cards of {line_up} have no text for the type {value.tag}")


def _grants_nothing(value: PolicyShape, kind: Kind) -> bool:
    return kind is Kind.WARRANTY_EXTENSION and all(one.tier is not Tier.FULL for one in value.tiers)


def _fitting(value: PolicyShape, known: PolicyContext) -> list[Goods]:
    rows = [GoodsRow(**row.model_dump()) for row in value.goods]
    return [goods for goods in known.outdoor if any(fits(row, goods) for row in rows)]
