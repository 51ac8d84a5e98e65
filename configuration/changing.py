"""Changing configuration: the one way for the API, the pages, imports and the demo.

The caller opens the transaction. Every change takes the country's lock first, so that its rules see all the others
whole; then it compares versions, asks the rules, writes, and notes the change in the audit log. A refusal raises, and
nothing is left behind.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from configuration.fields import pointed
from configuration.reading import Entry, Stored, advised, find, find_many
from configuration.resource import C, Resource, S
from domain.errors import AlreadyExists, FieldError, Forbidden, InUse, Invalid, NotFound, StaleVersion
from store import audit
from store.audit import FIRST, Author
from store.tables.countries import Country

AT_ONCE = 1000
NAMED_USERS = 10
UNIQUE_VIOLATION, FOREIGN_KEY_VIOLATION = "23505", "23503"


@dataclass
class Outcome:
    """What became of many entries: the keys of those created and changed, and how many were as wanted already."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: int = 0


async def create(session: AsyncSession, resource: Resource[S, C], country: str, value: S, author: Author) -> Entry[S]:
    """A new entry. Raises AlreadyExists, and Invalid by the resource's rules."""
    await lock(session, country)
    key = resource.key_of(value)
    _allow(resource, author, value)
    if await find_many(session, resource, country, [key]):
        raise _taken(resource, key)
    known = await resource.known(session, country)
    _refuse([*resource.problems_of_new(value), *resource.problems(value, known)])
    value = await resource.completed(session, country, value, author)
    versions = await audit.versions(session, country, resource.name, [key])
    entry = Entry(key, versions.get(key, FIRST - 1) + 1, resource.settled(value))
    await _write(session, resource, country, [(None, entry)], author)
    return advised(resource, entry, known)


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
    stored = await find(session, resource, country, key)
    same_version(resource, stored.entry, version)
    value = changed(stored.entry.value, changes)
    _allow(resource, author, stored.entry.value, value)
    known = await resource.known(session, country)
    if resource.settled(value) == stored.entry.value:
        return advised(resource, stored.entry, known)
    objections = await resource.objections(session, country, stored.entry.value, value)
    _refuse([*resource.problems(value, known), *objections])
    entry = Entry(key, version + 1, resource.settled(value))
    await _write(session, resource, country, [(stored, entry)], author)
    return advised(resource, entry, known)


async def put(
    session: AsyncSession, resource: Resource[S, C], country: str, values: Sequence[S], author: Author
) -> Outcome:
    """Make these entries stand as they are given, whatever was there; others stay. All or nothing.

    Raises Invalid with every problem of every entry, its pointer beginning with the entry's place (`/3/line_up`).
    """
    await lock(session, country)
    _allow(resource, author, *values)
    known = resource.foreseen(await resource.known(session, country), values)
    _refuse(list(_problems_of_all(resource, values, known)))
    outcome = Outcome()
    ordered = sorted(enumerate(values), key=lambda one: resource.rank(one[1]))
    for start in range(0, len(ordered), AT_ONCE):
        await _put(session, resource, country, ordered[start : start + AT_ONCE], author, outcome)
    return outcome


async def put_one(
    session: AsyncSession, resource: Resource[S, C], country: str, value: S, version: int | None, author: Author
) -> Entry[S]:
    """Make this one entry stand as it is given. With a `version`, only if it still stands at that.

    Raises NotFound and StaleVersion for an entry that is not there any more, or at another version; Invalid.
    """
    await lock(session, country)
    key = resource.key_of(value)
    if version is not None:
        same_version(resource, (await find(session, resource, country, key)).entry, version)
    try:
        await put(session, resource, country, [value], author)
    except Invalid as refused:
        fields = [FieldError(one.pointer.removeprefix("/0"), one.detail) for one in refused.fields]
        raise Invalid(refused.detail, fields=fields) from None
    return (await find(session, resource, country, key)).entry


async def delete(
    session: AsyncSession, resource: Resource[S, C], country: str, key: str, version: int, author: Author
) -> None:
    """Remove an entry. Raises NotFound, StaleVersion, and InUse naming what uses it."""
    await lock(session, country)
    stored = await find(session, resource, country, key)
    _allow(resource, author, stored.entry.value)
    same_version(resource, stored.entry, version)
    if users := list(await resource.users(session, country, stored.entry.value)):
        raise _in_use(resource, key, users)
    await _erase(session, resource, country, stored)
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
    placed: Sequence[tuple[int, S]],
    author: Author,
    outcome: Outcome,
) -> None:
    keys = [resource.key_of(value) for _, value in placed]
    known = await find_many(session, resource, country, keys)
    versions = await audit.versions(session, country, resource.name, keys)
    written: list[tuple[Stored[S] | None, Entry[S]]] = []
    for key, (place, wanted) in zip(keys, placed, strict=True):
        stored, value = known.get(key), resource.settled(wanted)
        if stored is None:
            value = await resource.completed(session, country, value, author)
        elif stored.entry.value == value:
            outcome.same += 1
            continue
        else:
            _allow(resource, author, stored.entry.value)
            _refuse(_placed(place, await resource.objections(session, country, stored.entry.value, value)))
        version = stored.entry.version if stored else versions.get(key, FIRST - 1)
        written.append((stored, Entry(key, version + 1, value)))
        (outcome.changed if stored else outcome.created).append(key)
    await _write(session, resource, country, written, author)


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
    written: Sequence[tuple[Stored[S] | None, Entry[S]]],
    author: Author,
) -> None:
    """Put entries into their rows and note each change, with as few statements as that takes."""
    for stored, entry in written:
        row = stored.row if stored else await resource.fresh(session, country, entry.value)
        await resource.write(session, country, row, entry.value)
        session.add(row)
    await _flush(session, resource, written[0][1].key if len(written) == 1 else "one of these")
    changes = [
        audit.Change(
            entry.key,
            entry.version,
            "change" if stored else "create",
            before=stored.entry.value.model_dump(mode="json") if stored else None,
            after=entry.value.model_dump(mode="json"),
        )
        for stored, entry in written
    ]
    await audit.note_all(session, country, resource.name, changes, author)


async def _flush(session: AsyncSession, resource: Resource[S, C], key: str) -> None:
    """Write now. Raises AlreadyExists for what is unique beyond its country, as a login, and is taken."""
    try:
        await session.flush()
    except IntegrityError as failure:
        if getattr(failure.orig, "sqlstate", None) == UNIQUE_VIOLATION:
            raise _taken(resource, key) from None
        raise


async def _erase(session: AsyncSession, resource: Resource[S, C], country: str, stored: Stored[S]) -> None:
    """Remove it. Raises InUse for what only the database knows to refer to it."""
    try:
        await resource.erase(session, country, stored.row)
        await session.flush()
    except IntegrityError as failure:
        if getattr(failure.orig, "sqlstate", None) == FOREIGN_KEY_VIOLATION:
            raise _in_use(resource, stored.entry.key, []) from None
        raise


def same_version(resource: Resource[S, C], entry: Entry[S], version: int) -> None:
    """Raise StaleVersion unless the entry is at this version."""
    if entry.version != version:
        raise StaleVersion(
            f"The {resource.one} {entry.key} is at version {entry.version} by now.", facts={"version": entry.version}
        )


def _allow(resource: Resource[S, C], author: Author, *values: S) -> None:
    for value in values:
        if (reason := resource.forbidden(author, value)) is not None:
            raise Forbidden(reason)


def _taken(resource: Resource[S, C], key: str) -> AlreadyExists:
    return AlreadyExists(f"There is a {resource.one} {key} already.", facts={"key": key})


def _in_use(resource: Resource[S, C], key: str, users: list[str]) -> InUse:
    return InUse(f"The {resource.one} {key} is in use.", facts={"used_by": users[:NAMED_USERS]})


def _refuse(problems: list[FieldError]) -> None:
    if problems:
        raise Invalid("This does not fit the configuration; see errors.", fields=problems)
