"""Push periods: whole local days, bounds inclusive, in which a product's points are multiplied (`domain.md` §2.4)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration.campaigns import Code
from configuration.fields import Body, Day, Required, Whole
from configuration.resource import Advice, Resource
from domain.campaigns import PushPeriod as Period
from domain.errors import FieldError
from store.tables.loyalty import Campaign, CampaignProduct, PushPeriod

Place = tuple[str, str]


class PushPeriodShape(Body):
    """Days in which the points of a participating product are multiplied, from the first to the last, both included.

    What is pending is computed anew when a period changes; credited lines stay as they are.
    """

    campaign: Code
    first_day: Day
    product: Required
    last_day: Day
    multiplier: Annotated[Whole, Field(ge=2, le=100)]


@dataclass(frozen=True)
class KnownOfPeriods:
    """The periods, by campaign and product; those that take part; and the campaigns' days."""

    periods: Mapping[Place, Sequence[PushPeriodShape]]
    taking_part: frozenset[Place]
    days: Mapping[str, tuple[date, date]]


class PushPeriods(Resource[PushPeriodShape, KnownOfPeriods]):
    """The push periods of all campaigns of a country."""

    name = "push-periods"
    one = "push period"
    shape = PushPeriodShape
    table = PushPeriod
    key = ("campaign", "first_day", "product")

    def parts_of(self, key: str) -> tuple[Any, ...] | None:
        """The day as a day."""
        parts = super().parts_of(key)
        try:
            return None if parts is None else (parts[0], date.fromisoformat(parts[1]), parts[2])
        except ValueError:
            return None

    async def known(self, session: AsyncSession, country: str) -> KnownOfPeriods:
        """All periods and participating products of the country."""
        taking_part = await session.execute(
            select(CampaignProduct.campaign, CampaignProduct.product).where(CampaignProduct.country == country)
        )
        days = await session.execute(
            select(Campaign.code, Campaign.starts_on, Campaign.ends_on).where(Campaign.country == country)
        )
        rows = await session.scalars(select(PushPeriod).where(PushPeriod.country == country))
        return KnownOfPeriods(
            periods=_by_place(await self.values(session, country, rows.all())),
            taking_part=frozenset((campaign, product) for campaign, product in taking_part),
            days={code: (starts_on, ends_on) for code, starts_on, ends_on in days},
        )

    def foreseen(self, known: KnownOfPeriods, values: Iterable[PushPeriodShape]) -> KnownOfPeriods:
        """With these entries in the place of those of the same key."""
        standing = {self.key_of(one): one for one in (*chain.from_iterable(known.periods.values()), *values)}
        return replace(known, periods=_by_place(standing.values()))

    def problems(self, value: PushPeriodShape, known: KnownOfPeriods) -> Iterator[FieldError]:
        """Days in their order, of a participating product, that no other period of it has."""
        place = (value.campaign, value.product)
        if place not in known.taking_part:
            yield FieldError("/product", f"does not take part in {value.campaign}")
        if value.last_day < value.first_day:
            yield FieldError("/last_day", "comes before the first day")
            return
        for other in known.periods.get(place, ()):
            if other.first_day != value.first_day and _period(value).overlaps(_period(other)):
                yield FieldError(
                    "/first_day",
                    f"overlaps the push period of {value.product} from {other.first_day} to {other.last_day}",
                )

    def advice(self, value: PushPeriodShape, known: KnownOfPeriods) -> Iterator[Advice]:
        """Nobody asks for points before a campaign starts or after its deadline."""
        starts_on, ends_on = known.days.get(value.campaign, (date.min, date.max))
        if value.first_day < starts_on or value.last_day > ends_on:
            yield Advice(
                "push_period_outside_campaign",
                "/first_day",
                f"{value.campaign} runs from {starts_on} to {ends_on} only",
            )


def _by_place(values: Iterable[PushPeriodShape]) -> dict[Place, list[PushPeriodShape]]:
    periods: dict[Place, list[PushPeriodShape]] = defaultdict(list)
    for one in values:
        periods[one.campaign, one.product].append(one)
    return periods


def _period(value: PushPeriodShape) -> Period:
    return Period(value.product, value.first_day, value.last_day, value.multiplier)
