"""Reading and changing configuration: the one way for the API, the pages, imports and the demo.

The caller opens the transaction. Every change takes the country's lock first, so that its rules see all the others
whole; then it compares versions, asks the rules, writes, and notes the change in the audit log. A refusal raises, and
nothing is left behind.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic

from pydantic import ValidationError
from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from configuration.fields import pointed
from configuration.resource import Advice, C, Resource, S
from domain.errors import AlreadyExists, FieldError, InUse, Invalid, NotFound, StaleVersion
from store import audit
from store.audit import FIRST, Author
from store.tables.countries import Country

AT_ONCE = 1000
NAMED_USERS = 10


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


@dataclass
class Outcome:
    """What became of many entries: the keys of those created and changed, and how many were as wanted already."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: int = 0


@dataclass(frozen=True)
class _Stored(Generic[S]):
    row: Any
    entry: Entry[S]


async def read(session: AsyncSession, resource: Resource[S, C], country: str, key: str) -> Entry[S]:
    """One entry. Raises NotFound."""
    stored = await _found(session, resource, country, key)
    return await _advised(session, resource, country, stored.entry)


async def page(
    session: AsyncSession, resource: Resource[S, C], country: str, *, after: str | None = None, limit: int = 100
) -> Page[S]:
    """Entries with keys after this one. Raises Invalid for an `after` that cannot be a key."""
    query = _of_country(resource, country).order_by(*_key_columns(resource)).limit(limit + 1)
    if after is not None:
        parts = resource.parts_of(after)
        if parts is None:
            raise Invalid("This cursor is not one of ours.", fields=[FieldError("/cursor", "not a cursor")])
        query = query.where(tuple_(*_key_columns(resource)) > tuple_(*parts))
    rows = (await session.scalars(query)).all()
    stored = await _entries(session, resource, country, rows[:limit])
    known = await resource.known(session, country)
    entries = tuple(_with_advice(resource, one.entry, known) for one in stored)
    return Page(entries, entries[-1].key if len(rows) > limit else None)


async def everything(session: AsyncSession, resource: Resource[S, C], country: str) -> list[Entry[S]]:
    """All entries, in the order of their keys; without advice."""
    rows = (await session.scalars(_of_country(resource, country).order_by(*_key_columns(resource)))).all()
    return [one.entry for one in await _entries(session, resource, country, rows)]


async def create(session: AsyncSession, resource: Resource[S, C], country: str, value: S, author: Author) -> Entry[S]:
    """A new entry. Raises AlreadyExists, and Invalid by the resource's rules."""
    await lock(session, country)
    key = resource.key_of(value)
    if await _stored(session, resource, country, [key]):
        raise AlreadyExists(f"There is a {resource.one} {key} already.", facts={"key": key})
    known = await resource.known(session, country)
    _refuse(list(resource.problems(value, known)))
    versions = await audit.versions(session, country, resource.name, [key])
    entry = Entry(key, versions.get(key, FIRST - 1) + 1, resource.settled(value))
    await _write(session, resource, country, None, entry, author)
    return _with_advice(resource, entry, known)


async def change(
    session: AsyncSession,
    resource: Resource[S, C],
    country: str,
    key: str,
    version: int,
    changes: Mapping[str, Any],
    author: Author,
) -> Entry[S]:
    """Give fields of an entry new values; those not named stay. The entry itself, if that changes nothing.

    Raises NotFound, StaleVersion, and Invalid by the shape and by the resource's rules.
    """
    await lock(session, country)
    stored = await _found(session, resource, country, key)
    _same_version(resource, stored.entry, version)
    value = changed(stored.entry.value, changes)
    known = await resource.known(session, country)
    if resource.settled(value) == stored.entry.value:
        return _with_advice(resource, stored.entry, known)
    objections = await resource.objections(session, country, stored.entry.value, value)
    _refuse([*resource.problems(value, known), *objections])
    entry = Entry(key, version + 1, resource.settled(value))
    await _write(session, resource, country, stored, entry, author)
    return _with_advice(resource, entry, known)


async def put(
    session: AsyncSession, resource: Resource[S, C], country: str, values: Sequence[S], author: Author
) -> Outcome:
    """Make these entries stand as they are given, whatever was there; others stay. All or nothing.

    Raises Invalid with every problem of every entry, its pointer beginning with the entry's place (`/3/line_up`).
    """
    await lock(session, country)
    known = await resource.known(session, country)
    _refuse(list(_problems_of_all(resource, values, known)))
    outcome = Outcome()
    for start in range(0, len(values), AT_ONCE):
        await _put(session, resource, country, values[start : start + AT_ONCE], start, author, outcome)
    return outcome


async def delete(
    session: AsyncSession, resource: Resource[S, C], country: str, key: str, version: int, author: Author
) -> None:
    """Remove an entry. Raises NotFound, StaleVersion, and InUse naming what uses it."""
    await lock(session, country)
    stored = await _found(session, resource, country, key)
    _same_version(resource, stored.entry, version)
    if users := list(await resource.users(session, country, stored.entry.value)):
        raise InUse(f"The {resource.one} {key} is in use.", facts={"used_by": users[:NAMED_USERS]})
    await resource.erase(session, country, stored.row)
    before = stored.entry.value.model_dump(mode="json")
    audit.note(session, country, resource.name, key, version + 1, "delete", author, before=before)
    await session.flush()


async def lock(session: AsyncSession, country: str) -> None:
    """Let changes of one country's configuration happen one after the other. Raises NotFound without such a country.

    The row's weaker lock: requests, which only refer to the country, do not wait for it.
    """
    row = select(Country.code).where(Country.code == country).with_for_update(key_share=True)
    if await session.scalar(row) is None:
        raise NotFound(f"There is no country {country}.")


def changed(value: S, changes: Mapping[str, Any]) -> S:
    """The value with other values in these fields. Raises Invalid if its shape does not allow them."""
    try:
        return type(value).model_validate({**dict(value), **changes})
    except ValidationError as wrong:
        raise Invalid("The entry has bad fields; see errors.", fields=pointed(wrong.errors())) from None


async def _put(
    session: AsyncSession,
    resource: Resource[S, C],
    country: str,
    values: Sequence[S],
    start: int,
    author: Author,
    outcome: Outcome,
) -> None:
    keys = [resource.key_of(value) for value in values]
    known = await _stored(session, resource, country, keys)
    versions = await audit.versions(session, country, resource.name, keys)
    settled = map(resource.settled, values)
    for place, (key, value) in enumerate(zip(keys, settled, strict=True), start):
        stored = known.get(key)
        if stored is not None and stored.entry.value == value:
            outcome.same += 1
            continue
        if stored is not None:
            _refuse(_placed(place, await resource.objections(session, country, stored.entry.value, value)))
        version = stored.entry.version if stored else versions.get(key, FIRST - 1)
        await _write(session, resource, country, stored, Entry(key, version + 1, value), author, flush=False)
        (outcome.changed if stored else outcome.created).append(key)
    await session.flush()


def _problems_of_all(resource: Resource[S, C], values: Sequence[S], known: C) -> Iterator[FieldError]:
    seen: set[str] = set()
    for place, value in enumerate(values):
        key = resource.key_of(value)
        if key in seen:
            yield FieldError(f"/{place}", f"{resource.one} {key} stands here twice")
        seen.add(key)
        yield from _placed(place, resource.problems(value, known))


def _placed(place: int, problems: Any) -> list[FieldError]:
    return [FieldError(f"/{place}{problem.pointer}", problem.detail) for problem in problems]


async def _write(
    session: AsyncSession,
    resource: Resource[S, C],
    country: str,
    stored: _Stored[S] | None,
    entry: Entry[S],
    author: Author,
    *,
    flush: bool = True,
) -> None:
    row = stored.row if stored else resource.table(country=country)
    await resource.write(session, country, row, entry.value)
    session.add(row)
    audit.note(
        session,
        country,
        resource.name,
        entry.key,
        entry.version,
        "change" if stored else "create",
        author,
        before=stored.entry.value.model_dump(mode="json") if stored else None,
        after=entry.value.model_dump(mode="json"),
    )
    if flush:
        await session.flush()


async def _found(session: AsyncSession, resource: Resource[S, C], country: str, key: str) -> _Stored[S]:
    stored = await _stored(session, resource, country, [key])
    if key not in stored:
        raise NotFound(f"There is no {resource.one} {key} in {country}.")
    return stored[key]


async def _stored(
    session: AsyncSession, resource: Resource[S, C], country: str, keys: Sequence[str]
) -> dict[str, _Stored[S]]:
    parts = [found for key in keys if (found := resource.parts_of(key)) is not None]
    query = _of_country(resource, country).where(tuple_(*_key_columns(resource)).in_(parts))
    rows = (await session.scalars(query)).all()
    return {one.entry.key: one for one in await _entries(session, resource, country, rows)}


async def _entries(
    session: AsyncSession, resource: Resource[S, C], country: str, rows: Sequence[Any]
) -> list[_Stored[S]]:
    values = await resource.values(session, country, rows)
    keys = [resource.key_of(value) for value in values]
    versions = await audit.versions(session, country, resource.name, keys)
    return [
        _Stored(row, Entry(key, versions.get(key, FIRST), value))
        for row, key, value in zip(rows, keys, values, strict=True)
    ]


def _of_country(resource: Resource[S, C], country: str) -> Select[Any]:
    return select(resource.table).where(_columns(resource)["country"] == country)


def _key_columns(resource: Resource[S, C]) -> list[Any]:
    return [_columns(resource)[name] for name in resource.key]


def _columns(resource: Resource[S, C]) -> Any:
    return resource.table.__table__.columns


async def _advised(session: AsyncSession, resource: Resource[S, C], country: str, entry: Entry[S]) -> Entry[S]:
    return _with_advice(resource, entry, await resource.known(session, country))


def _with_advice(resource: Resource[S, C], entry: Entry[S], known: C) -> Entry[S]:
    return Entry(entry.key, entry.version, entry.value, tuple(resource.advice(entry.value, known)))


def _same_version(resource: Resource[S, C], entry: Entry[S], version: int) -> None:
    if entry.version != version:
        raise StaleVersion(
            f"The {resource.one} {entry.key} is at version {entry.version} by now.", facts={"version": entry.version}
        )


def _refuse(problems: list[FieldError]) -> None:
    if problems:
        raise Invalid("This does not fit the configuration; see errors.", fields=problems)
