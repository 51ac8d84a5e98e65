"""Reading configuration: entries with their versions, by key, by page, or all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic

from sqlalchemy import tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from configuration.resource import Advice, C, Resource, S
from domain.errors import FieldError, Invalid, NotFound
from store import audit
from store.audit import FIRST


@dataclass(frozen=True)
class Entry(Generic[S]):
    """One entry as it stands; `advice` says what of it will not work."""

    key: str
    version: int
    value: S
    advice: tuple[Advice, ...] = ()


@dataclass(frozen=True)
class Page(Generic[S]):
    """Entries in the order of their keys. `next_key` asks for those that follow, None at the end."""

    entries: tuple[Entry[S], ...]
    next_key: str | None


@dataclass(frozen=True)
class Stored(Generic[S]):
    """An entry, and the row that holds it."""

    row: Any
    entry: Entry[S]


async def read(session: AsyncSession, resource: Resource[S, C], country: str, key: str) -> Entry[S]:
    """One entry. Raises NotFound."""
    stored = await find(session, resource, country, key)
    return advised(resource, stored.entry, await resource.known(session, country))


async def page(
    session: AsyncSession, resource: Resource[S, C], country: str, *, after: str | None = None, limit: int = 100
) -> Page[S]:
    """Entries with keys after this one. Raises Invalid for an `after` that cannot be a key."""
    query = resource.rows(country).order_by(*_key_columns(resource)).limit(limit + 1)
    if after is not None:
        parts = resource.parts_of(after)
        if parts is None:
            raise Invalid("This cursor is not one of ours.", fields=[FieldError("/cursor", "not a cursor")])
        query = query.where(tuple_(*_key_columns(resource)) > tuple_(*parts))
    rows = (await session.scalars(query)).all()
    stored = await _entries(session, resource, country, rows[:limit])
    known = await resource.known(session, country)
    entries = tuple(advised(resource, one.entry, known) for one in stored)
    return Page(entries, entries[-1].key if len(rows) > limit else None)


async def everything(session: AsyncSession, resource: Resource[S, C], country: str) -> list[Entry[S]]:
    """All entries, in the order of their keys; without advice."""
    rows = (await session.scalars(resource.rows(country).order_by(*_key_columns(resource)))).all()
    return [one.entry for one in await _entries(session, resource, country, rows)]


async def find(session: AsyncSession, resource: Resource[S, C], country: str, key: str) -> Stored[S]:
    """One entry with its row. Raises NotFound."""
    stored = await find_many(session, resource, country, [key])
    if key not in stored:
        raise NotFound(f"There is no {resource.one} {key} in {country}.")
    return stored[key]


async def find_many(
    session: AsyncSession, resource: Resource[S, C], country: str, keys: Sequence[str]
) -> dict[str, Stored[S]]:
    """Those of these entries that there are, by key."""
    parts = [found for key in keys if (found := resource.parts_of(key)) is not None]
    query = resource.rows(country).where(tuple_(*_key_columns(resource)).in_(parts))
    rows = (await session.scalars(query)).all()
    return {one.entry.key: one for one in await _entries(session, resource, country, rows)}


async def _entries(
    session: AsyncSession, resource: Resource[S, C], country: str, rows: Sequence[Any]
) -> list[Stored[S]]:
    values = await resource.values(session, country, rows)
    keys = [resource.key_of(value) for value in values]
    versions = await audit.versions(session, country, resource.name, keys)
    return [
        Stored(row, Entry(key, versions.get(key, FIRST), value))
        for row, key, value in zip(rows, keys, values, strict=True)
    ]


def _key_columns(resource: Resource[S, C]) -> list[Any]:
    return [resource.table.__table__.columns[name] for name in resource.key]


def advised(resource: Resource[S, C], entry: Entry[S], known: C) -> Entry[S]:
    """The entry, with what of it will not work."""
    return Entry(entry.key, entry.version, entry.value, tuple(resource.advice(entry.value, known)))
