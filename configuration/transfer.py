"""A country's whole configuration as one document, and another desk made like it.

Numbers and codes are not in it: two desks that gave out the same ones would print the same card twice. Nor are
passwords, and accounts of machines and of an identity provider. The files that it refers to are in it: it stands alone.
"""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import accounts, changing, reading
from configuration.countries import CountryShape, create_country
from configuration.fields import Body, pointed
from configuration.reading import Entry
from configuration.registry import ACCOUNTS, CODES, RESOURCES
from configuration.resource import Resource
from configuration.settings import SettingsShape, change_settings, settings_of
from domain.errors import FieldError, Invalid, KeydeskError, NotFound
from store.audit import Author
from store.files import Files
from store.tables.audit import Audit
from store.tables.countries import Country
from store.tables.documents import Document

FORMAT = 1
TRANSFERRED = tuple(one for one in RESOURCES if one is not CODES)
REFERENCES = ("template_id", "document_id")
ModelT = TypeVar("ModelT", bound=BaseModel)


class FileShape(Body):
    """A file that the configuration offers; `content` in base64."""

    filename: str
    media_type: str
    uploaded_by: str
    content: str


@dataclass(frozen=True)
class Difference:
    """One change that an import makes: what, and from what to what."""

    resource: str
    key: str
    action: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


async def exported(session: AsyncSession, files: Files, country: str) -> dict[str, Any]:
    """The configuration as plain values. Raises NotFound."""
    row = await session.get(Country, country)
    if row is None:
        raise NotFound(f"There is no country {country}.")
    document: dict[str, Any] = {
        "keydesk": FORMAT,
        "country": country,
        "settings": settings_of(row).model_dump(mode="json"),
    }
    for resource in TRANSFERRED:
        entries = await _transferable(session, resource, country)
        document[resource.name] = [one.value.model_dump(mode="json") for one in entries]
    document["files"] = {
        document_id: await _file(session, files, UUID(document_id)) for document_id in _referred(document)
    }
    return document


async def imported(
    session: AsyncSession, files: Files | None, document: Mapping[str, Any], author: Author, *, delete: bool
) -> list[Difference]:
    """Make the country stand as the document says, in the caller's transaction; the differences that were made.

    What the document does not have stays, unless `delete`. Without `files` nothing is stored, for a dry run. Raises
    Invalid with pointers into the document, and InUse for what cannot be deleted.
    """
    if document.get("keydesk") != FORMAT or not isinstance(document.get("country"), str):
        raise Invalid("This is no configuration that this release of Keydesk exported.")
    if strange := document.keys() - {"keydesk", "country", "settings", "files", *(one.name for one in TRANSFERRED)}:
        raise Invalid("This has parts that Keydesk does not know.", fields=_unknown(strange))
    country = document["country"]
    last = await session.scalar(select(func.max(Audit.id))) or 0
    await _settings(session, country, document.get("settings"), author)
    values = {one: _values(one, document.get(one.name)) for one in TRANSFERRED}
    for resource in TRANSFERRED:
        await _put(session, resource, country, values[resource], author)
        if resource is ACCOUNTS:
            await _files(session, files, country, document)
    for resource in reversed(TRANSFERRED) if delete else ():
        await _delete_others(session, resource, country, values[resource], author)
    rows = await session.scalars(select(Audit).where(Audit.id > last, Audit.country == country).order_by(Audit.id))
    return [Difference(row.resource, row.key, row.action, row.before, row.after) for row in rows]


async def _transferable(session: AsyncSession, resource: Resource[Any, Any], country: str) -> list[Entry[Any]]:
    """All entries, of accounts those for which the desk itself vouches."""
    entries = await reading.everything(session, resource, country)
    if resource is not ACCOUNTS:
        return entries
    logins = await accounts.local(session, country)
    return [one for one in entries if one.key in logins]


async def _settings(session: AsyncSession, country: str, wanted: Any, author: Author) -> None:
    row = await session.get(Country, country)
    if row is None:
        value = _parsed(CountryShape, {"code": country, **_mapping(wanted, "/settings")}, "/settings")
        await create_country(session, value, author)
    else:
        changes = _parsed(SettingsShape, _mapping(wanted, "/settings"), "/settings")
        await change_settings(session, country, row.version, dict(changes), author)


def _values(resource: Resource[Any, Any], entries: Any) -> list[Any]:
    if entries is None:
        return []
    if not isinstance(entries, list):
        raise Invalid("This is not a list.", fields=[FieldError(f"/{resource.name}", "must be a list")])
    return [_parsed(resource.shape, one, f"/{resource.name}/{place}") for place, one in enumerate(entries)]


async def _put(
    session: AsyncSession, resource: Resource[Any, Any], country: str, values: list[Any], author: Author
) -> None:
    try:
        await changing.put(session, resource, country, values, author)
    except Invalid as refused:
        fields = [FieldError(f"/{resource.name}{one.pointer}", one.detail) for one in refused.fields]
        raise Invalid(refused.detail, fields=fields) from None


async def _delete_others(
    session: AsyncSession, resource: Resource[Any, Any], country: str, values: list[Any], author: Author
) -> None:
    kept = {resource.key_of(value) for value in values}
    for entry in await _transferable(session, resource, country):
        if entry.key not in kept:
            await changing.delete(session, resource, country, entry.key, entry.version, author)


async def _file(session: AsyncSession, files: Files, document_id: UUID) -> dict[str, Any]:
    row = await session.get_one(Document, document_id)
    content = b64encode(await files.get(row.sha256)).decode()
    return FileShape(
        filename=row.filename, media_type=row.media_type, uploaded_by=row.login or "", content=content
    ).model_dump()


async def _files(session: AsyncSession, files: Files | None, country: str, document: Mapping[str, Any]) -> None:
    """The files that are not here yet, under their ids."""
    offered = _mapping(document.get("files") or {}, "/files")
    for document_id in _referred(document):
        where = f"/files/{document_id}"
        if document_id not in offered:
            raise Invalid("A file is missing.", fields=[FieldError(where, "is referred to")])
        file = _parsed(FileShape, offered[document_id], where)
        if await session.get(Document, UUID(document_id)) is None:
            content = _content(file, where)
            session.add(
                Document(
                    id=UUID(document_id),
                    country=country,
                    login=file.uploaded_by,
                    filename=file.filename,
                    media_type=file.media_type,
                    size=len(content),
                    sha256=await files.put(content) if files else hashlib.sha256(content).hexdigest(),
                    created_at=func.now(),
                )
            )
    await session.flush()


def _content(file: FileShape, where: str) -> bytes:
    try:
        return b64decode(file.content, validate=True)
    except NotBase64:
        raise Invalid("A file cannot be read.", fields=[FieldError(f"{where}/content", "is not base64")]) from None


def _referred(document: Mapping[str, Any]) -> list[str]:
    """The ids of the documents that entries name."""
    entries = (one for resource in TRANSFERRED for one in document.get(resource.name) or ())
    return sorted({str(one[name]) for one in entries for name in REFERENCES if one.get(name)})


def _parsed(shape: type[ModelT], value: Any, where: str) -> ModelT:
    try:
        return shape.model_validate(value)
    except ValidationError as wrong:
        raise Invalid("The file has bad entries; see errors.", fields=pointed(wrong.errors(), where)) from None


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Invalid("A part is missing.", fields=[FieldError(where, "must be there, with its fields")])
    return value


def _unknown(names: set[Any]) -> list[FieldError]:
    return [FieldError(f"/{name}", "is unknown") for name in sorted(map(str, names))]


def described(difference: Difference) -> str:
    """One line for people: `~ policies STD-1-5  state: not_effective → effective`."""
    sign = {"create": "+", "delete": "-"}.get(difference.action, "~")
    name = f"{sign} {difference.resource} {difference.key}".rstrip()
    if sign != "~":
        return name
    before, after = difference.before or {}, difference.after or {}
    parts = [
        f"{field}: {before.get(field)} → {after.get(field)}" for field in after if before.get(field) != after[field]
    ]
    return f"{name}  {'; '.join(parts)}"


def refusal(error: KeydeskError) -> list[str]:
    """A refusal, line by line: the sentence, then each place in the document."""
    used = [f"  {one}" for one in error.facts.get("used_by", ())]
    return [error.detail, *(f"  {one.pointer}: {one.detail}" for one in error.fields), *used]
