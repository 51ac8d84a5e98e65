"""Everything that the desk knows about one unit."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.inventory import INSTALLED
from domain.lives import Grant, Happening, Moment, closing, timeline
from domain.replacing import Installed
from store import cards, replacements, stock
from store.installed import installed
from store.tables.effects import Card
from store.tables.requests import Request, RequestUnit
from store.tables.stock import Replacement


@dataclass(frozen=True)
class Life:
    """One unit. `unit` is None while no accepted request has brought it. `requests` are all that ever named it."""

    serial: str
    unit: Installed | None
    place: str | None
    place_since: date | None
    grants: tuple[Grant, ...]
    replaced_by: Replacement | None
    replaces: Replacement | None
    cards: tuple[Card, ...]
    requests: tuple[Request, ...]
    product: str
    role: str
    timeline: tuple[Moment, ...]


async def countries_of(session: AsyncSession, serial: str) -> list[str]:
    """The countries in which a request names the serial."""
    found = await session.scalars(
        select(Request.country)
        .join(RequestUnit, RequestUnit.request_id == Request.id)
        .where(RequestUnit.serial == serial)
        .distinct()
        .order_by(Request.country)
    )
    return list(found)


async def life_of(session: AsyncSession, country: str, serial: str) -> Life | None:
    """The unit's life, None if no request of the country ever named it."""
    named = (
        await session.execute(
            select(Request, RequestUnit)
            .join(RequestUnit, RequestUnit.request_id == Request.id)
            .where(Request.country == country, RequestUnit.serial == serial)
            .order_by(Request.submitted_at, Request.id)
        )
    ).all()
    if not named:
        return None
    unit = await installed(session, country, serial)
    took = await replacements.of_old(session, country, serial)
    brought = await replacements.of_new(session, country, serial)
    grants = _grants(unit, took.replaced_on if took else None)
    there = await stock.place_of(session, country, serial)
    return Life(
        serial=serial,
        unit=unit,
        place=there.place if there else (INSTALLED if unit else None),
        place_since=there.since if there else (unit.unit.since if unit else None),
        grants=grants,
        replaced_by=took,
        replaces=brought,
        cards=tuple(await _cards(session, country, serial)),
        requests=tuple(row for row, _ in named),
        product=named[-1][1].product,
        role=named[-1][1].role,
        timeline=timeline(_arrival(unit, brought), grants, _departure(took)),
    )


def _grants(unit: Installed | None, replaced_on: date | None) -> tuple[Grant, ...]:
    warranties = unit.unit.warranties if unit else ()
    return tuple(
        Grant(one.request, one.policy, one.policy_version, period, closing(period, replaced_on))
        for one in warranties
        for period in one.tiers
    )


def _arrival(unit: Installed | None, brought: Replacement | None) -> Moment | None:
    if unit is None:
        return None
    request = brought.request_id if brought else unit.unit.request
    return Moment(unit.unit.since, Happening.INSTALLED, request, other=brought.old_serial if brought else None)


def _departure(took: Replacement | None) -> Moment | None:
    if took is None:
        return None
    return Moment(took.replaced_on, Happening.REPLACED, took.request_id, other=took.new_serial)


async def _cards(session: AsyncSession, country: str, serial: str) -> list[Card]:
    """Every printed card on which the serial ever stood."""
    lineage = await replacements.lineage(session, country, serial)
    ids = await session.scalars(
        select(RequestUnit.request_id)
        .join(Request, Request.id == RequestUnit.request_id)
        .where(Request.country == country, RequestUnit.serial.in_(lineage))
        .distinct()
    )
    found = [card for request_id in sorted(ids) for card in await cards.cards_of(session, request_id)]
    return [card for card in found if any(unit["serial"] == serial for unit in card.face["units"])]
