"""Warranty policies: what keyusers configure and the engine in `warranties` reads (`domain.md` §3).

Policies are stored as JSON, so what is a set is a sorted tuple here: equal policies have equal JSON.
The enums' values are stored too and never change once released.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum

from domain.calendar import Duration
from domain.states import Kind


class Tier(StrEnum):
    """How much is covered: parts and labour of all units, or parts of the outdoor units only."""

    FULL = "full"
    COMPRESSOR = "compressor"


class PolicyState(StrEnum):
    """Whether the policy may be applied at all. New ones start not effective."""

    EFFECTIVE = "effective"
    NOT_EFFECTIVE = "not_effective"


class Tag(StrEnum):
    """What keyusers know a policy by."""

    STANDARD = "standard"
    EXTENSION = "extension"
    END_USER = "end_user"
    EXTRA_END_USER = "extra_end_user"


class InstallerClass(StrEnum):
    """Class of an installer company; `accredited_partner` is accredited and linked to a PRO Partner."""

    STANDARD = "standard"
    ACCREDITED = "accredited"
    ACCREDITED_PARTNER = "accredited_partner"


class Scheme(StrEnum):
    """Accreditation schemes, each of which an installer carries or not."""

    AC1 = "AC1"
    AC2 = "AC2"
    AH1 = "AH1"


class SalesMethod(StrEnum):
    """How the products reached the end user."""

    DIRECT_SALE = "direct_sale"
    INDIRECT_SALE = "indirect_sale"
    RENTED = "rented"


class Replacement(StrEnum):
    """What happens to the warranty of a unit that is replaced under coverage."""

    CARRY_OVER = "carry_over"
    APPLY_NEW = "apply_new"
    NO_WARRANTY = "no_warranty"


@dataclass(frozen=True)
class TierGrant:
    """One tier and how long it lasts."""

    tier: Tier
    duration: Duration


@dataclass(frozen=True)
class GoodsRow:
    """Allowed goods: an outdoor unit matches when everything that the row names is equal.

    Raises `ValueError` for a row that names nothing, or names something blank.
    """

    product: str | None = None
    brand: str | None = None
    type: str | None = None
    family: str | None = None
    line_up: str | None = None

    def __post_init__(self) -> None:
        named = [value for field in fields(self) if (value := getattr(self, field.name)) is not None]
        if not named:
            raise ValueError("a row of allowed goods names a product, brand, type, family or line-up")
        if not all(value.strip() for value in named):
            raise ValueError("a row of allowed goods names nothing blank")


@dataclass(frozen=True)
class CoverageReason:
    """Why a unit is replaced, and what that means under this policy."""

    code: str
    covered: bool
    replacement: Replacement


@dataclass(frozen=True)
class Policy:
    """One version of a warranty policy (`domain.md` §3).

    It may be applied while `effective_from ≤ day < effective_to`. Without `kinds` it serves none and without
    `goods` nothing matches; without `organisational_units` or `installer_classes` all are allowed. All of
    `schemes` are required. `wholesaler_gives_warranty` None: either; `registered_within_days` None: no limit.

    Raises `ValueError` when a tier or a coverage reason stands in it twice, or `created_at` has no time zone.
    """

    number: int
    name: str
    alternative_code: str
    description: str
    state: PolicyState
    tag: Tag
    tiers: tuple[TierGrant, ...]
    goods: tuple[GoodsRow, ...]
    created_at: datetime
    version: int = 1
    effective_from: date | None = None
    effective_to: date | None = None
    kinds: tuple[Kind, ...] = ()
    organisational_units: tuple[str, ...] = ()
    installer_classes: tuple[InstallerClass, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    wholesaler_gives_warranty: bool | None = None
    registered_within_days: int | None = None
    responsibilities: str = ""
    coverage_reasons: tuple[CoverageReason, ...] = ()

    def __post_init__(self) -> None:
        if self.created_at.utcoffset() is None:
            raise ValueError("created_at has no time zone")
        _refuse_twice("tier", (grant.tier for grant in self.tiers))
        _refuse_twice("coverage reason", (reason.code for reason in self.coverage_reasons))
        # One zone for all: instants of one zone would compare by its wall clock, which runs back in autumn.
        object.__setattr__(self, "created_at", self.created_at.astimezone(UTC))
        for name in ("kinds", "organisational_units", "installer_classes", "schemes"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))

    @property
    def precedence(self) -> tuple[bool, date, datetime, int]:
        """The greatest is picked (§3 of `domain.md`): dated, latest date, latest created, highest number."""
        dated = self.effective_from is not None
        return dated, self.effective_from or date.min, self.created_at, self.number

    def beaten_by(self, winner: "Policy") -> str:
        """Why `winner` is picked before this one: the first step of precedence on which they differ."""
        if self.effective_from != winner.effective_from:
            why = f"effective from {winner.effective_from}, this one from {self.effective_from or 'no date'}"
        elif self.created_at != winner.created_at:
            why = f"created {winner.created_at.isoformat()}, this one {self.created_at.isoformat()}"
        else:
            why = f"number {winner.number}, this one {self.number}"
        return f"{winner.name} comes first: {why}"

    def granted_to(self, kind: Kind, *, indoor: bool = False) -> tuple[TierGrant, ...]:
        """The tiers, full before compressor, that a warranty of `kind` gets: an extension only full ones, and so does
        an indoor unit that is sold alone."""
        tiers = (Tier.FULL,) if indoor or kind is Kind.WARRANTY_EXTENSION else tuple(Tier)
        return tuple(grant for tier in tiers for grant in self.tiers if grant.tier is tier)


def _refuse_twice(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what} {name} stands in the policy twice")
        seen.add(name)
