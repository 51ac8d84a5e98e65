"""The audit log of the configuration, which also knows the version of every entry."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, any_, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Role
from store.tables.audit import Audit

FIRST = 1


@dataclass(frozen=True)
class Author:
    """Who changes something, when, and in which role."""

    login: str
    at: datetime
    role: Role = Role.KEYUSER


@dataclass(frozen=True)
class Wanted:
    """Which changes to list; None: any. `since` and `before` are instants, the second one exclusive."""

    resource: str | None = None
    key: str | None = None
    action: str | None = None
    actor: str | None = None
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True)
class Change:
    """One change of one entry: `before` is None where it began, `after` where it ended."""

    key: str
    version: int
    action: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


async def versions(session: AsyncSession, country: str | None, resource: str, keys: Iterable[str]) -> dict[str, int]:
    """How often each entry was changed, by key. What no change is known of, as it came with the demo, is absent."""
    named = literal(list(keys), ARRAY(Text))  # one parameter, however many there are
    rows = await session.execute(
        select(Audit.key, func.max(Audit.version))
        .where(Audit.country.is_not_distinct_from(country), Audit.resource == resource, Audit.key == any_(named))
        .group_by(Audit.key)
    )
    return {key: version for key, version in rows}  # noqa: C416 - not a mapping


def note(
    session: AsyncSession,
    country: str | None,
    resource: str,
    key: str,
    version: int,
    action: str,
    author: Author,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one change down, in the transaction that makes it."""
    session.add(
        Audit(
            country=country,
            resource=resource,
            key=key,
            version=version,
            action=action,
            actor=author.login,
            at=author.at,
            before=before,
            after=after,
        )
    )


async def note_all(
    session: AsyncSession, country: str | None, resource: str, changes: Sequence[Change], author: Author
) -> None:
    """Write many changes down, in the transaction that makes them."""
    beside = {"country": country, "resource": resource, "actor": author.login, "at": author.at}
    if changes:
        await session.execute(insert(Audit), [{**beside, **vars(change)} for change in changes])


async def changes(
    session: AsyncSession, country: str | None, wanted: Wanted, *, below: int | None, limit: int
) -> Sequence[Audit]:
    """The changes of a country, newest first; `below` is the id of the last one of the page before."""
    asked = {
        Audit.resource: wanted.resource,
        Audit.key: wanted.key,
        Audit.action: wanted.action,
        Audit.actor: wanted.actor,
    }
    query = select(Audit).where(Audit.country.is_not_distinct_from(country))
    query = query.where(*(column == value for column, value in asked.items() if value is not None))
    if wanted.since is not None:
        query = query.where(Audit.at >= wanted.since)
    if wanted.before is not None:
        query = query.where(Audit.at < wanted.before)
    if below is not None:
        query = query.where(Audit.id < below)
    return (await session.scalars(query.order_by(Audit.id.desc()).limit(limit))).all()
