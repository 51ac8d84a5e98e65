"""What of a country's configuration is no list: settings, pools, duplicate permits, spreadsheet files."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.datastructures import UploadFile

from activities.spreadsheets import files
from activities.spreadsheets.files import MAX_BYTES, MEDIA_TYPES, Format
from api import audit, importing, numbers, permits
from api.configuring import author_of, configurer, reader
from api.errors import status_of
from api.fields import Line
from api.pages.forms import Problems, fields_of, parsed, problems
from api.pages.inputs import body_from, fields_from, inputs_of, rows_in
from api.pages.visits import MemberOf, Visit
from api.submitting import own_key
from configuration import settings
from configuration.lists import LISTS
from configuration.settings import SettingsShape
from domain.errors import FieldError, Invalid, KeydeskError
from domain.pools import Pool
from domain.sheets import Part
from domain.states import Kind
from store.tables.countries import Country

router = APIRouter(prefix="/configuration/{country}")
INPUTS = inputs_of(SettingsShape)


@router.get("/settings")
async def show_settings(visit: MemberOf, country: str) -> Response:
    """The settings of the country."""
    await reader(country, visit.who, visit.parts)
    return await _settings(visit, country)


@router.post("/settings")
async def change_settings(visit: MemberOf, country: str) -> Response:
    """Change them."""
    await configurer(country, visit.who)
    fields = await fields_of(visit.request)
    version = int(fields["version"]) if fields.get("version", "").isdigit() else 0
    try:
        async with visit.parts.sessions.begin() as session:
            author = author_of(visit.who, visit.parts)
            await settings.change_settings(session, country, version, body_from(INPUTS, fields), author)
    except KeydeskError as refusal:
        return await _settings(visit, country, fields, refusal)
    return visit.go(f"/configuration/{country}/settings", done="change")


async def _settings(
    visit: Visit, country: str, typed: dict[str, str] | None = None, refusal: KeydeskError | None = None
) -> Response:
    async with visit.parts.sessions() as session:
        row = await session.get_one(Country, country)
    found = problems(visit, refusal, status_of(type(refusal))) if refusal else None
    return visit.page(
        "settings.html",
        found.status if found else 200,
        country=country,
        inputs=INPUTS,
        fields=typed or fields_from(INPUTS, settings.settings_of(row).model_dump(mode="json")),
        version=row.version,
        found=found or Problems(),
        rows_in=rows_in,
    )


@router.get("/pools")
async def show_pools(visit: MemberOf, country: str, after: Annotated[int, Query(ge=0)] = 0) -> Response:
    """The pools, and the warranty codes with their holders."""
    await reader(country, visit.who, visit.parts)
    return await _pools(visit, country, after)


@router.post("/pools")
async def fill_pool(visit: MemberOf, country: str) -> Response:
    """Make numbers for a pool, or release a code."""
    await configurer(country, visit.who)
    fields = await fields_of(visit.request)
    try:
        if code := fields.get("code", ""):
            body = parsed(numbers.ReleaseBody, {"comment": fields.get("comment", "")})
            await numbers.release(country, code, body, visit.who, visit.parts)
        else:
            if fields.get("pool") not in set(Pool):
                raise Invalid("Some fields need another look.", fields=[FieldError("/pool", "is missing")])
            given = {name: fields.get(name, "") for name in ("count", "prefix")}
            wanted = parsed(numbers.GenerateBody, {**given, "owner": fields.get("owner") or None})
            await numbers.generate(country, Pool(fields["pool"]), wanted, visit.who, visit.parts)
    except KeydeskError as refusal:
        return await _pools(visit, country, 0, fields, refusal)
    return visit.go(f"/configuration/{country}/pools", done="change")


async def _pools(
    visit: Visit,
    country: str,
    after: int,
    typed: dict[str, str] | None = None,
    refusal: KeydeskError | None = None,
) -> Response:
    found = problems(visit, refusal, status_of(type(refusal))) if refusal else None
    return visit.page(
        "pools.html",
        found.status if found else 200,
        country=country,
        pools=(await numbers.read_pools(country, visit.who, visit.parts)).items,
        codes=await numbers.read_codes(country, visit.who, visit.parts, after, 100),
        fields=typed or {},
        found=found or Problems(),
    )


@router.get("/permits")
async def show_permits(visit: MemberOf, country: str) -> Response:
    """Allow one more submission of a serial."""
    await configurer(country, visit.who)
    return _permits(visit, country, {})


@router.post("/permits")
async def permit(visit: MemberOf, country: str) -> Response:
    """Give the permit."""
    await configurer(country, visit.who)
    fields = await fields_of(visit.request)
    try:
        given = {name: fields.get(name, "") for name in ("kind", "serial", "comment")}
        await permits.permit(country, parsed(permits.PermitBody, given), visit.who, visit.parts)
    except KeydeskError as refusal:
        return _permits(visit, country, fields, refusal)
    return visit.go(f"/configuration/{country}/permits", done="change")


def _permits(visit: Visit, country: str, typed: dict[str, str], refusal: KeydeskError | None = None) -> Response:
    found = problems(visit, refusal, status_of(type(refusal))) if refusal else None
    return visit.page(
        "permits.html",
        found.status if found else 200,
        country=country,
        kinds=[kind for kind in Kind if kind not in {Kind.POINTS, Kind.UNIT_REPLACEMENT}],
        fields=typed,
        found=found or Problems(),
    )


@router.get("/imports")
async def show_imports(visit: MemberOf, country: str) -> Response:
    """The imports with what became of them: every error with its row and column."""
    await reader(country, visit.who, visit.parts)
    found = await importing.read_imports(country, visit.who, visit.parts, 50, None)
    return visit.page("imports.html", country=country, imports=found.items)


@router.get("/audit")
async def show_changes(
    visit: MemberOf,
    country: str,
    resource: Annotated[Line, Query()] = "",
    cursor: Annotated[int | None, Query(ge=1, le=2_000_000_000)] = None,
) -> Response:
    """Every change of the configuration: who, when, from what to what."""
    await reader(country, visit.who, visit.parts)
    found = await audit.read_audit(country, visit.who, visit.parts, resource=resource or None, limit=50, cursor=cursor)
    return visit.page("audit.html", country=country, changes=found, resource=resource)


@router.get("/{name}/file")
async def show_file(visit: MemberOf, country: str, name: str) -> Response:
    """Template, export and import of a list."""
    await reader(country, visit.who, visit.parts)
    return _file(visit, country, name)


@router.get("/{name}/file.{form}")
async def download(
    visit: MemberOf, country: str, name: str, form: Format, scope: str | None = None, *, empty: bool = False
) -> Response:
    """The list as a file, or the empty template."""
    await reader(country, visit.who, visit.parts)
    listed = LISTS.sheet_of(name)
    async with visit.parts.sessions() as session:
        sheet, rows = await LISTS.rows(session, Part(name, country, scope if listed.scoped else None))
    content = await asyncio.to_thread(files.written, form, sheet, [] if empty else rows)
    return Response(
        content,
        media_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"', "Cache-Control": "no-store"},
    )


@router.post("/{name}/file")
async def bring_in(visit: MemberOf, country: str, name: str) -> Response:
    """Import a file: all of it or nothing."""
    await configurer(country, visit.who)
    fields = await fields_of(visit.request)
    file = (await visit.request.form()).get("file")
    listed = LISTS.sheet_of(name)
    try:
        content = await file.read(MAX_BYTES + 1) if isinstance(file, UploadFile) else b""
        filename = (file.filename or "") if isinstance(file, UploadFile) else ""
        scope = fields.get("scope", "") if listed.scoped else None
        part = Part(name, country, scope)
        await importing.take(visit.parts, visit.who, part, own_key(None), content, filename)
    except KeydeskError as refusal:
        return _file(visit, country, name, refusal)
    return visit.go(f"/configuration/{country}/imports")


def _file(visit: Visit, country: str, name: str, refusal: KeydeskError | None = None) -> Response:
    found = problems(visit, refusal, status_of(type(refusal))) if refusal else None
    return visit.page(
        "file.html",
        found.status if found else 200,
        country=country,
        resource=name,
        scoped=LISTS.sheet_of(name).scoped,
        found=found or Problems(),
    )
