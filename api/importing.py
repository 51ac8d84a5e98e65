"""Lists as spreadsheet files: template, export, import. An import is a job; its progress and its errors can be read."""

import asyncio
import hashlib
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Query, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from activities.spreadsheets import files
from activities.spreadsheets.files import MAX_BYTES, MEDIA_TYPES, Format
from api.configuring import REFUSALS, ConfigurerOf, ReaderOf
from api.dependencies import KeyOf, Parts, PartsOf
from api.documents import shown_name
from api.errors import documented
from api.fields import Required
from api.submitting import own_key
from configuration.lists import LISTS
from configuration.spreadsheets import Listed
from domain import errors
from domain.access import Caller
from domain.errors import IdempotencyConflict, NotFound
from domain.sheets import Part
from store import imports
from store.tables.imports import Import

HIGHEST = 2**31 - 1
DOWNLOADED: dict[int | str, dict[str, Any]] = {
    200: {"content": {media_type: {} for media_type in MEDIA_TYPES.values()}, "description": "the file"}
}


class FlawView(BaseModel):
    """What is wrong in the file: row as the spreadsheet counts, column by its heading; null: the whole."""

    model_config = ConfigDict(from_attributes=True)

    row: int | None = Field(examples=[7])
    column: str | None = Field(examples=["default_points"])
    detail: str = Field(examples=["must be a whole number from 0 to 1000000"])


class ImportResult(BaseModel):
    """How many entries the file created and changed, and how many were as in the file already."""

    created: int
    changed: int
    unchanged: int


class ImportView(BaseModel):
    """An import. `waiting`, `running`; then `done`, `refused` (see `errors`; nothing was changed), or `failed`.

    `more_errors` says how many errors are not listed. While it runs, `rows_read` of about `rows_total` are read.
    """

    id: int
    country: str
    resource: str = Field(examples=["campaign-products"])
    part: str | None = Field(examples=["SPRING"])
    state: str = Field(examples=["done"])
    filename: str
    size: int
    sha256: str
    login: str
    rows_read: int
    rows_total: int | None
    errors: list[FlawView]
    more_errors: int
    result: ImportResult | None
    created_at: datetime
    finished_at: datetime | None


class ImportPage(BaseModel):
    """Imports, newest first. `next_cursor` asks for older ones."""

    items: list[ImportView]
    next_cursor: int | None


router = APIRouter(prefix="/countries/{country}", tags=["configuration"])


@router.get("/imports", responses=documented(*REFUSALS))
async def read_imports(
    country: str,
    _: ReaderOf,
    parts: PartsOf,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[int | None, Query(ge=1, le=HIGHEST, description="next_cursor of the page before")] = None,
) -> ImportPage:
    """The imports of a country, newest first."""
    async with parts.sessions() as session:
        rows = await imports.imports_of(session, country, cursor, limit + 1)
    return ImportPage(
        items=[_view(row) for row in rows[:limit]], next_cursor=rows[limit - 1].id if len(rows) > limit else None
    )


@router.get("/imports/{import_id}", responses=documented(*REFUSALS))
async def read_import(country: str, import_id: str, _: ReaderOf, parts: PartsOf) -> ImportView:
    """One import: how far it is, and what became of it."""
    number = int(import_id) if import_id.isascii() and import_id.isdigit() and len(import_id) < 10 else 0
    async with parts.sessions() as session:
        found = await imports.import_in(session, country, number)
    if found is None:
        raise NotFound(f"There is no import {import_id} in {country}.")
    return _view(found)


def routes(listed: Listed[Any]) -> APIRouter:
    """Template, export and import of one list."""
    made = APIRouter()
    name = listed.resource.name
    many = name.replace("-", " ")
    scope_of = Depends(_scope(listed))
    made.add_api_route(
        f"/{name}.template.xlsx",
        _template(name, scope_of),
        summary=f"Template for {many}",
        description="An XLSX with the headings, lists to choose from, and a sheet that explains each column.",
        response_class=Response,
        responses={**DOWNLOADED, **documented(*REFUSALS)},
    )
    for form in Format:
        made.add_api_route(
            f"/{name}.{form}",
            _export(name, form, scope_of),
            summary=f"Export {many} as {form.upper()}",
            description="The whole list, as a file that can be imported again. No cell of it is a formula.",
            response_class=Response,
            responses={**DOWNLOADED, **documented(*REFUSALS)},
            operation_id=f"export_{name.replace('-', '_')}_{form}",
        )
    made.add_api_route(
        f"/{name}/import",
        _import(name, scope_of),
        methods=["POST"],
        status_code=202,
        summary=f"Import {many}",
        description=(
            "Bring a file into the list: all of it, or nothing with every error named. Entries that no row names stay. "
            "The answer is a job to read. The same Idempotency-Key and file give the same job."
        ),
        responses=documented(
            *REFUSALS, errors.TooLarge, errors.UnsupportedType, errors.IdempotencyConflict, errors.Unavailable
        ),
    )
    return made


def _template(name: str, scope_of: Any) -> Any:
    async def template(country: str, _: ReaderOf, parts: PartsOf, scope: str | None = scope_of) -> Response:
        async with parts.sessions() as session:
            sheet = await LISTS.sheet(session, Part(name, country, scope))
        content = await asyncio.to_thread(files.written, Format.XLSX, sheet, ())
        return _download(content, Format.XLSX, f"{name}.template.xlsx")

    return template


def _export(name: str, form: Format, scope_of: Any) -> Any:
    async def export(country: str, _: ReaderOf, parts: PartsOf, scope: str | None = scope_of) -> Response:
        async with parts.sessions() as session:
            sheet, rows = await LISTS.rows(session, Part(name, country, scope))
        content = await asyncio.to_thread(files.written, form, sheet, rows)
        return _download(content, form, f"{name}.{form}")

    return export


def _import(name: str, scope_of: Any) -> Any:
    async def bring_in(
        country: str,
        file: Annotated[UploadFile, File(description="XLSX, or CSV in UTF-8, up to 10 MiB")],
        caller: ConfigurerOf,
        parts: PartsOf,
        key: KeyOf,
        response: Response,
        scope: str | None = scope_of,
    ) -> ImportView:
        content = await file.read(MAX_BYTES + 1)
        coming = await take(parts, caller, Part(name, country, scope), own_key(key), content, file.filename or "")
        response.headers["Location"] = f"/api/v1/countries/{country}/imports/{coming.id}"
        return coming

    return bring_in


def _scope(listed: Listed[Any]) -> Any:
    """The part of the list that a file is about, by a parameter that is named like it."""
    if listed.scoped is None:
        return _whole

    async def part(scope: Annotated[Required, Query(alias=listed.scoped, description="whose entries")]) -> str:
        return scope

    return part


async def _whole() -> None:
    """A file is about the whole list."""


async def take(parts: Parts, caller: Caller, part: Part, key: str, content: bytes, filename: str) -> ImportView:
    """Take a file to import, and set its job going. Raises Invalid, TooLarge, UnsupportedType, IdempotencyConflict."""
    files.judged(content)
    async with parts.sessions() as session:
        await LISTS.sheet(session, part)
    coming = await _coming(parts, caller, part, key, content, filename)
    if coming.state == imports.WAITING:
        await parts.desk.bring_in(coming.id, part.country, part.resource)
    return _view(coming)


async def _coming(parts: Parts, caller: Caller, part: Part, key: str, content: bytes, filename: str) -> Import:
    """The import, written down once per account and key. Raises IdempotencyConflict."""
    coming = Import(
        country=part.country,
        resource=part.resource,
        scope=part.scope,
        login=caller.login,
        idempotency_key=key,
        filename=shown_name(filename),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=parts.now(),
    )
    async with parts.sessions.begin() as session:
        found = await imports.find(session, caller.login, key)
        if found is None:
            await parts.files.put(content)
            if await imports.add(session, coming):
                return coming
            found = await imports.find(session, caller.login, key)
    if found is None or _wanted(found) != _wanted(coming):
        raise IdempotencyConflict("This Idempotency-Key was used for another import.")
    return found


def _wanted(one: Import) -> tuple[str | None, ...]:
    return one.country, one.resource, one.scope, one.sha256


def _view(row: Import) -> ImportView:
    return ImportView(
        id=row.id,
        country=row.country,
        resource=row.resource,
        part=row.scope,
        state=row.state,
        filename=row.filename,
        size=row.size,
        sha256=row.sha256,
        login=row.login,
        rows_read=row.rows_read,
        rows_total=row.rows_total,
        errors=[FlawView.model_validate(flaw) for flaw in row.flaws],
        more_errors=row.flaws_more,
        result=None if row.result is None else ImportResult.model_validate(row.result),
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def _download(content: bytes, form: Format, filename: str) -> Response:
    return Response(
        content,
        media_type=MEDIA_TYPES[form],
        headers={
            "Content-Disposition": f'attachment; filename="{filename}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


for _listed in LISTS.lists.values():
    router.include_router(routes(_listed))
