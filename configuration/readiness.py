"""What a country still lacks before it can go live, in the order in which a keyuser sets it up (`domain.md` §8)."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.rendering.templates import EmailTemplate, TemplateRefused, check_template
from configuration import lookups
from domain.access import Role
from domain.policies import Policy, PolicyState
from domain.pools import Pool
from domain.states import Kind
from domain.warranties import Goods, fits
from store import pools
from store.accounts import PRO_PARTNER
from store.policies import current_policies
from store.tables.configuration import Documentation, Notification, Wholesaler, WholesalerCell
from store.tables.countries import Account, Company, Country


@dataclass(frozen=True)
class Step:
    """One step: its name, what it is about, and what is missing; done when nothing is.

    `open` is what could be added and keeps nobody from going live.
    """

    name: str
    title: str
    missing: tuple[str, ...]
    open: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Sold:
    """What the country sells: its outdoor products, the line-ups that have any, and those that are distributed."""

    goods: tuple[Goods, ...]
    line_ups: tuple[str, ...]
    distributed: tuple[str, ...]
    unclassified: tuple[str, ...]


async def readiness(session: AsyncSession, country: str) -> list[Step]:
    """Every step, in order. The country can go live when none misses anything."""
    row = await session.get_one(Country, country)
    sold = await _sold(session, country)
    policies = [one for one in await current_policies(session, country) if one.state is PolicyState.EFFECTIVE]
    partners = await _companies(session, country, PRO_PARTNER)
    steps = (
        ("wholesalers", "Wholesaler list", await _wholesalers(session, country)),
        ("classification", "Which line-ups wholesalers distribute", _classification(sold)),
        ("installers", "Installers with class, schemes and accounts", await _installers(session, country)),
        ("policies", "Warranty policies", list(_policies(policies, sold, row, partners))),
        ("card-texts", "Texts on cards", await _card_texts(session, country)),
        ("documentation", "Documents that are asked for", await _documentation(session, country, sold)),
        ("pools", "Numbers of cards and warranty codes", await _pools(session, country, partners)),
        ("notifications", "Emails", await _notifications(session, country)),
    )
    return [
        Step(name, title, tuple(missing), _open(sold) if name == "classification" else ())
        for name, title, missing in steps
    ]


async def _sold(session: AsyncSession, country: str) -> _Sold:
    goods = await lookups.outdoor_goods(session, country)
    line_ups = tuple(sorted({one.line_up for one in goods if one.line_up}))
    rows = await session.scalars(select(WholesalerCell).where(WholesalerCell.country == country))
    cells = {(row.wholesaler, row.line_up): row.distributes for row in rows}
    wholesalers = await session.scalars(select(Wholesaler.code).where(Wholesaler.country == country))
    return _Sold(
        goods,
        line_ups,
        distributed=tuple(one for one in line_ups if any(cells[cell] for cell in cells if cell[1] == one)),
        unclassified=tuple(
            f"{code} is not classified for {line_up}"
            for code in sorted(wholesalers)
            for line_up in line_ups
            if (code, line_up) not in cells
        ),
    )


async def _wholesalers(session: AsyncSession, country: str) -> list[str]:
    found = await session.scalar(select(func.count()).where(Wholesaler.country == country))
    return [] if found else ["no wholesaler is on the list"]


def _classification(sold: _Sold) -> list[str]:
    if not sold.line_ups:
        return ["no line-up has an outdoor product"]
    return [] if sold.distributed else ["no wholesaler distributes any line-up"]


def _open(sold: _Sold) -> tuple[str, ...]:
    lonely = [f"no wholesaler distributes {one}" for one in sold.line_ups if one not in sold.distributed]
    return (*lonely, *sold.unclassified)


async def _installers(session: AsyncSession, country: str) -> list[str]:
    people = select(func.count()).where(
        Account.country == country, Account.active, Account.role.in_((Role.INSTALLER, Role.PRO_PARTNER))
    )
    if not await _companies(session, country):
        return ["there is no company"]
    return [] if await session.scalar(people) else ["no installer has an account"]


def _policies(policies: list[Policy], sold: _Sold, row: Country, partners: int) -> Iterator[str]:
    wanted = [Kind.COMMISSIONING]
    if partners:
        wanted.append(Kind.WARRANTY_EXTENSION)
    if row.end_user_warranties:
        wanted += [Kind.END_USER_WARRANTY, Kind.EXTRA_YEARS]
    for kind in wanted:
        serving = [one for one in policies if kind in one.kinds]
        if not serving:
            yield f"no effective policy is for {kind}"
        else:
            yield from (f"no policy for {kind} fits {one}" for one in sold.line_ups if not _served(serving, sold, one))


def _served(policies: list[Policy], sold: _Sold, line_up: str) -> bool:
    goods = [one for one in sold.goods if one.line_up == line_up]
    return any(fits(row, one) for policy in policies for row in policy.goods for one in goods)


async def _card_texts(session: AsyncSession, country: str) -> list[str]:
    wanted = await lookups.texts_wanted(session, country)
    return [f"no text for {line_up}, {tag}" for line_up, tags in sorted(wanted.items()) for tag in sorted(tags)]


async def _documentation(session: AsyncSession, country: str, sold: _Sold) -> list[str]:
    asked = set(
        await session.scalars(
            select(Documentation.line_up).where(
                Documentation.country == country, Documentation.kind == Kind.COMMISSIONING, Documentation.required
            )
        )
    )
    return [f"no document is required for commissioning {one}" for one in sold.distributed if one not in asked]


async def _pools(session: AsyncSession, country: str, partners: int) -> list[str]:
    wanted = (Pool.CARD, Pool.EXTENSION) if partners else (Pool.CARD,)
    return [
        f"the pool {one} has no free number" for one in wanted if (await pools.count(session, country, one))[1] == 0
    ]


async def _notifications(session: AsyncSession, country: str) -> list[str]:
    """What comes with Keydesk is right; a text of the country may use a tag that this release no longer knows."""
    missing = []
    for row in await session.scalars(select(Notification).where(Notification.country == country)):
        try:
            check_template(EmailTemplate(row.subject, row.body, row.language))
        except TemplateRefused as refused:
            missing.append(f"{row.event}/{row.recipient}/{row.language}: {refused}")
    return missing


async def _companies(session: AsyncSession, country: str, company_class: str | None = None) -> int:
    query = select(func.count()).where(Company.country == country)
    if company_class is not None:
        query = query.where(Company.company_class == company_class)
    return await session.scalar(query) or 0
