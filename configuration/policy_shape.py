"""What a policy says, as keyusers write it (`domain.md` §3)."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from configuration.fields import Body, Day, Flag, Line, Required, Text, Whole, refuse_twice
from domain.calendar import DurationUnit
from domain.policies import InstallerClass, PolicyState, Replacement, Scheme, Tag, Tier
from domain.states import Kind

LONGEST = {DurationUnit.DAYS: 10_957, DurationUnit.WEEKS: 1_565, DurationUnit.MONTHS: 360, DurationUnit.YEARS: 30}
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$")]


class DurationShape(Body):
    """How long, at most thirty years."""

    count: Annotated[Whole, Field(ge=1)]
    unit: DurationUnit

    @model_validator(mode="after")
    def _bounded(self) -> "DurationShape":
        if self.count > LONGEST[self.unit]:
            raise ValueError(f"at most {LONGEST[self.unit]} {self.unit}: thirty years")
        return self


class TierShape(Body):
    """A tier and how long it lasts."""

    tier: Tier
    duration: DurationShape


class GoodsShape(Body):
    """A row of allowed goods: everything that it names must be equal."""

    product: Required | None = None
    brand: Required | None = None
    type: Required | None = None
    family: Required | None = None
    line_up: Required | None = None

    @model_validator(mode="after")
    def _names_something(self) -> "GoodsShape":
        if not any(part is not None for _, part in self):
            raise ValueError("names a product, brand, type, family or line-up")
        return self


class ReasonShape(Body):
    """A coverage reason of the policy, and what it means under it."""

    code: Required
    covered: Flag
    replacement: Replacement


class PolicyShape(Body):
    """A policy. A new one is not effective. The desk gives `number` and `created_at`, unless an import brings them."""

    name: Name
    number: Annotated[Whole, Field(ge=1, le=1_000_000)] | None = None
    created_at: AwareDatetime | None = None
    alternative_code: Required
    description: Line = ""
    state: PolicyState = PolicyState.NOT_EFFECTIVE
    tag: Tag
    tiers: tuple[TierShape, ...] = ()
    goods: Annotated[tuple[GoodsShape, ...], Field(max_length=5000)] = ()
    effective_from: Day | None = None
    effective_to: Day | None = None
    kinds: tuple[Kind, ...] = ()
    organisational_units: tuple[Required, ...] = ()
    installer_classes: tuple[InstallerClass, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    wholesaler_gives_warranty: Flag | None = None
    registered_within_days: Annotated[Whole, Field(ge=0, le=3650)] | None = None
    responsibilities: Text = ""
    coverage_reasons: tuple[ReasonShape, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> "PolicyShape":
        refuse_twice("tier", (one.tier for one in self.tiers))
        refuse_twice("coverage reason", (one.code for one in self.coverage_reasons))
        if self.effective_from and self.effective_to and self.effective_to <= self.effective_from:
            raise ValueError("effective_to is the first day on which it is not effective: after effective_from")
        return self
