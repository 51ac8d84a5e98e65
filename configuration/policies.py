"""Warranty policies: versioned once they were applied, never deleted while anything rests on them (`domain.md` §3)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints, model_validator
from sqlalchemy import Integer, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import lookups
from configuration.fields import Body, Day, Flag, Line, Required, Text, Whole, refuse_twice
from configuration.policy_rules import PolicyContext, advice_of, obstacles, unknown_names
from configuration.resource import Advice, Resource
from domain.calendar import DurationUnit
from domain.errors import FieldError
from domain.policies import InstallerClass, Policy, PolicyState, Replacement, Scheme, Tag, Tier
from domain.states import Kind
from store import reasons
from store.audit import Author
from store.policies import current_policies
from store.snapshots import from_json, to_json
from store.tables.configuration import PolicyVersion
from store.tables.effects import Assignment
from store.tables.requests import Request

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


def policy_of(value: PolicyShape, version: int) -> Policy:
    """The policy as the engine reads it; number and creation are known by then."""
    return from_json(Policy, {**value.model_dump(mode="json"), "version": version})


def shape_of(row: PolicyVersion) -> PolicyShape:
    """What one version of a policy says."""
    return PolicyShape(**{name: part for name, part in row.definition.items() if name in PolicyShape.model_fields})


async def versions_of(session: AsyncSession, country: str, value: PolicyShape) -> Sequence[PolicyVersion]:
    """Every version of the policy, newest first."""
    rows = select(PolicyVersion).where(PolicyVersion.country == country, PolicyVersion.number == value.number)
    return (await session.scalars(rows.order_by(PolicyVersion.version.desc()))).all()


class Policies(Resource[PolicyShape, PolicyContext]):
    """The current versions of a country's policies."""

    name = "policies"
    one = "policy"
    shape = PolicyShape
    table = PolicyVersion
    key = ("name",)

    def rows(self, country: str) -> Select[Any]:
        """What is current; what was applied stays beside it."""
        return super().rows(country).where(PolicyVersion.is_current)

    async def values(self, session: AsyncSession, country: str, rows: Sequence[Any]) -> list[PolicyShape]:
        """The definitions, without their version."""
        return [shape_of(row) for row in rows]

    def settled(self, value: PolicyShape) -> PolicyShape:
        """Sets in their order, as the engine keeps them."""
        names = ("kinds", "organisational_units", "installer_classes", "schemes")
        return value.model_copy(update={name: tuple(sorted(set(getattr(value, name)))) for name in names})

    async def completed(self, session: AsyncSession, country: str, value: PolicyShape, author: Author) -> PolicyShape:
        """The next number, never one that was used before, and the time."""
        last = await session.scalar(select(func.max(PolicyVersion.number)).where(PolicyVersion.country == country))
        return value.model_copy(
            update={"number": value.number or (last or 0) + 1, "created_at": value.created_at or author.at}
        )

    async def write(self, session: AsyncSession, country: str, row: Any, value: PolicyShape) -> None:
        """The current version anew, or the next one beside it, once the policy was applied.

        An effective one may be about to be: a decision that has read it is not visible yet.
        """
        version = row.version or 1
        if row.version is not None and (_effective(row) or await _applied(session, row)):
            row.is_current = False
            await session.flush()
            version = row.version + 1
            row = PolicyVersion(country=country)
            session.add(row)
        row.is_current = True
        row.number, row.version, row.created_at = value.number, version, value.created_at
        row.name, row.alternative_code = value.name, value.alternative_code
        row.definition = to_json(policy_of(value, version))
        await session.flush()

    async def erase(self, session: AsyncSession, country: str, row: Any) -> None:
        """It is no longer current; its number is never used again."""
        row.is_current = False

    async def known(self, session: AsyncSession, country: str) -> PolicyContext:
        """What policies name, and the other policies."""
        return PolicyContext(
            line_ups=await lookups.line_ups(session, country),
            products=await lookups.products(session, country),
            outdoor=await lookups.outdoor_goods(session, country),
            organisational_units=await lookups.organisational_units(session, country),
            reasons=await reasons.codes(session, country),
            card_texts=await lookups.card_texts(session, country),
            others=tuple(
                (one.number, one.name, one.alternative_code) for one in await current_policies(session, country)
            ),
            today=await lookups.today(session, country),
        )

    def problems(self, value: PolicyShape, known: PolicyContext) -> Iterator[FieldError]:
        """Names that nothing has; for an effective policy also what keeps it from ever being applied."""
        yield from unknown_names(value, known)
        if value.state is PolicyState.EFFECTIVE:
            yield from obstacles(value, known)

    def problems_of_new(self, value: PolicyShape) -> Iterator[FieldError]:
        """A new policy starts not effective; the desk numbers it."""
        if value.state is not PolicyState.NOT_EFFECTIVE:
            yield FieldError("/state", "a new policy starts not effective")
        for name in ("number", "created_at"):
            if getattr(value, name) is not None:
                yield FieldError(f"/{name}", "is given by the desk")

    async def objections(
        self, session: AsyncSession, country: str, before: PolicyShape, after: PolicyShape
    ) -> Iterable[FieldError]:
        """What precedence goes by stays, and so does a coverage reason that an open request names."""
        found = [
            FieldError(f"/{name}", "never changes")
            for name in ("number", "created_at")
            if getattr(before, name) != getattr(after, name)
        ]
        gone = {one.code for one in before.coverage_reasons} - {one.code for one in after.coverage_reasons}
        for code in sorted(gone):
            named = Request.data["coverage_reason"].astext == code
            waiting = Request.state.in_(lookups.WAITING)
            requests = await lookups.requests_where(session, country, named & waiting)
            found += [FieldError("/coverage_reasons", f"{code} is named by {one}") for one in requests]
        return found

    def advice(self, value: PolicyShape, known: PolicyContext) -> Iterator[Advice]:
        """What keeps it from being applied as things are."""
        return advice_of(value, known)

    async def users(self, session: AsyncSession, country: str, value: PolicyShape) -> Iterable[str]:
        """Warranties that were granted by it, and requests for which it was chosen."""
        granted = select(Assignment.request_id).where(
            Assignment.snapshot["policy_number"].astext.cast(Integer) == value.number
        )
        return await lookups.requests_where(
            session, country, Request.id.in_(granted) | (Request.warranty_type == value.name)
        )


def _effective(row: PolicyVersion) -> bool:
    return bool(row.definition["state"] == PolicyState.EFFECTIVE)


async def _applied(session: AsyncSession, row: PolicyVersion) -> bool:
    """Whether a warranty was granted by this version."""
    found = await session.scalar(
        select(Assignment.request_id)
        .join(Request, Request.id == Assignment.request_id)
        .where(
            Request.country == row.country,
            Assignment.snapshot["policy_number"].astext.cast(Integer) == row.number,
            Assignment.snapshot["policy_version"].astext.cast(Integer) == row.version,
        )
        .limit(1)
    )
    return found is not None
