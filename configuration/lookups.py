"""What the rules of several resources ask about the rest of a country's configuration, and about its requests."""

from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import local_date
from domain.policies import Policy, PolicyState, Tag
from domain.requests import UnitRole
from domain.states import State
from domain.warranties import Goods, fits
from store.policies import current_policies
from store.tables.configuration import CardText, LineUp, OrganisationalUnit, Product
from store.tables.countries import Country
from store.tables.requests import Request

MOST_NAMED = 10
WAITING = (State.SUBMITTED, State.WRONG_DATA, State.DENIED)


async def line_ups(session: AsyncSession, country: str) -> frozenset[str]:
    """The codes of the country's line-ups."""
    return frozenset(await session.scalars(select(LineUp.code).where(LineUp.country == country)))


async def organisational_units(session: AsyncSession, country: str) -> frozenset[str]:
    """The names of the country's organisational units."""
    return frozenset(
        await session.scalars(select(OrganisationalUnit.name).where(OrganisationalUnit.country == country))
    )


async def products(session: AsyncSession, country: str) -> frozenset[str]:
    """The references of the country's products."""
    return frozenset(await session.scalars(select(Product.reference).where(Product.country == country)))


async def outdoor_goods(session: AsyncSession, country: str) -> tuple[Goods, ...]:
    """The outdoor products of the country, as policies match them."""
    rows = await session.scalars(select(Product).where(Product.country == country, Product.role == UnitRole.OUTDOOR))
    return tuple(Goods(row.reference, row.brand, row.type, row.family, row.line_up) for row in rows)


async def card_texts(session: AsyncSession, country: str) -> frozenset[tuple[str, str]]:
    """The ranges and warranty types that have a card text."""
    rows = await session.execute(
        select(CardText.product_range, CardText.warranty_type).where(CardText.country == country)
    )
    return frozenset((product_range, warranty_type) for product_range, warranty_type in rows)


async def texts_wanted(session: AsyncSession, country: str) -> dict[str, set[Tag]]:
    """Per line-up the warranty types that effective policies grant there, and that no card text is written for."""
    goods = await outdoor_goods(session, country)
    written = await card_texts(session, country)
    wanted: dict[str, set[Tag]] = {}
    for policy in await current_policies(session, country):
        for line_up in ranges_of(policy, goods) if policy.state is PolicyState.EFFECTIVE else ():
            if (line_up, policy.tag) not in written:
                wanted.setdefault(line_up, set()).add(policy.tag)
    return wanted


def ranges_of(policy: Policy, goods: tuple[Goods, ...]) -> set[str]:
    """The line-ups of the outdoor products that the policy is for."""
    return {one.line_up for one in goods if one.line_up and any(fits(row, one) for row in policy.goods)}


async def today(session: AsyncSession, country: str) -> date:
    """The country's day."""
    row = await session.get_one(Country, country)
    return local_date((await session.execute(select(func.now()))).scalar_one(), row.time_zone)


async def requests_where(session: AsyncSession, country: str, condition: ColumnElement[bool]) -> list[str]:
    """The newest requests of the country that the condition holds for, as sentences name them."""
    ids = await session.scalars(
        select(Request.id)
        .where(Request.country == country, condition)
        .order_by(Request.submitted_at.desc(), Request.id.desc())
        .limit(MOST_NAMED)
    )
    return [f"request {one}" for one in ids]
