"""The configuration of a country: a list and a form for every resource that `configuration.registry` names."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from starlette.datastructures import UploadFile

from api import accounts, documents
from api.accounts import PasswordBody, account_maker, account_reader
from api.configuring import author_of, configurer, reader
from api.errors import status_of
from api.fields import Line
from api.pages.forms import Problems, fields_of, parsed, problems
from api.pages.inputs import Input, body_from, fields_from, inputs_of, names_in, rows_in
from api.pages.visits import MemberOf, Visit
from api.readiness import read_readiness
from api.settings_of_countries import list_countries
from configuration import changing, reading
from configuration.lists import LISTS
from configuration.registry import ACCOUNTS, RESOURCES
from configuration.resource import Resource
from domain.access import Role
from domain.errors import KeydeskError, NotFound

router = APIRouter(prefix="/configuration")
BY_NAME: dict[str, Resource[Any, Any]] = {one.name: one for one in RESOURCES}
PER_PAGE = 100
SHOWN = 5
LISTED = frozenset(LISTS.lists)
OURS = frozenset({"created_at"})  # what the desk writes itself
# Where the values of a field are entries of another resource.
NAMES = {
    "line_up": "line-ups",
    "product_range": "line-ups",
    "product": "products",
    "company": "companies",
    "pro_partner": "companies",
    "owner": "companies",
    "organisational_unit": "organisational-units",
    "campaign": "campaigns",
    "reason": "coverage-reasons",
}
MOST_KNOWN = 500
MATRIX = "line_ups"  # rows that are short enough for a list


@router.get("")
async def begin(visit: MemberOf) -> Response:
    """A keyuser's own country; for others the choice of one."""
    found = await list_countries(visit.who, visit.parts)
    if visit.who.country is not None:
        return visit.go(f"/configuration/{visit.who.country}")
    return visit.page("countries.html", countries=found.items)


@router.get("/{country}")
async def overview(visit: MemberOf, country: str) -> Response:
    """Everything that can be configured, and what is still missing before the country can go live."""
    if visit.who.role is Role.ADMIN:
        return visit.page("configuration.html", country=country, names=[ACCOUNTS.name], readiness=None)
    await reader(country, visit.who, visit.parts)
    readiness = await read_readiness(country, visit.who, visit.parts)
    return visit.page("configuration.html", country=country, names=list(BY_NAME), readiness=readiness)


@router.get("/{country}/{name}")
async def entries(
    visit: MemberOf, country: str, name: str, after: Annotated[Line | None, Query()] = None, done: str = ""
) -> Response:
    """The entries of one resource."""
    resource = await _readable(visit, country, name)
    async with visit.parts.sessions() as session:
        page = await reading.page(session, resource, country, after=after or None, limit=PER_PAGE)
    columns = [
        one
        for one in inputs_of(resource.shape)
        if one.name not in OURS and (one.kind not in {"rows", "group", "area", "file"} or one.name == MATRIX)
    ][:SHOWN]
    return visit.page(
        "entries.html",
        country=country,
        resource=resource,
        columns=columns,
        rows=[(one, one.value.model_dump(mode="json")) for one in page.entries],
        following=page.next_key,
        listed=name in LISTED,
        may_change=await _may_change(visit, country, resource),
        done=done,
    )


@router.get("/{country}/{name}/new")
async def new(visit: MemberOf, country: str, name: str) -> Response:
    """The form of a new entry."""
    resource = await _changeable(visit, country, name)
    return await _form(visit, country, resource, {})


@router.post("/{country}/{name}/new")
async def create(visit: MemberOf, country: str, name: str) -> Response:
    """Create an entry."""
    resource = await _changeable(visit, country, name)
    fields = await _fields(visit)
    try:
        value = parsed(resource.shape, _given(body_from(inputs_of(resource.shape, but=OURS), fields)))
        async with visit.parts.sessions.begin() as session:
            await changing.create(session, resource, country, value, author_of(visit.who, visit.parts))
    except KeydeskError as refusal:
        return await _form(visit, country, resource, fields, problems(visit, refusal, status_of(type(refusal))))
    return visit.go(f"/configuration/{country}/{name}", done="create")


@router.get("/{country}/{name}/entry/{key:path}")
async def show(visit: MemberOf, country: str, name: str, key: str) -> Response:
    """The form of an entry, with what of it will not work."""
    resource = await _readable(visit, country, name)
    async with visit.parts.sessions() as session:
        entry = await reading.read(session, resource, country, key)
    fields = fields_from(inputs_of(resource.shape), entry.value.model_dump(mode="json"))
    may_change = await _may_change(visit, country, resource)
    return await _form(visit, country, resource, fields, entry=entry, may_change=may_change)


@router.post("/{country}/{name}/entry/{key:path}")
async def change(visit: MemberOf, country: str, name: str, key: str) -> Response:
    """Change an entry, or delete it."""
    resource = await _changeable(visit, country, name)
    fields = await _fields(visit)
    version = int(fields["version"]) if fields.get("version", "").isdigit() else 0
    author = author_of(visit.who, visit.parts)
    deletes = fields.get("do") == "delete"
    try:
        async with visit.parts.sessions.begin() as session:
            if deletes:
                await changing.delete(session, resource, country, key, version, author)
            else:
                but = OURS | frozenset(resource.key)
                named = body_from(inputs_of(resource.shape, but=but), fields)
                await changing.change(session, resource, country, key, version, named, author)
    except KeydeskError as refusal:
        async with visit.parts.sessions() as session:
            entry = await reading.read(session, resource, country, key)
        found = problems(visit, refusal, status_of(type(refusal)))
        return await _form(visit, country, resource, fields, found, entry=entry)
    return visit.go(f"/configuration/{country}/{name}", done="delete" if deletes else "change")


@router.post("/{country}/accounts/password/{login}")
async def set_password(visit: MemberOf, country: str, login: str) -> Response:
    """Give an account a password."""
    await account_maker(country, visit.who, visit.parts)
    fields = await _fields(visit)
    try:
        body = parsed(PasswordBody, {name: fields.get(name, "") for name in ("version", "password")})
        await accounts.set_password(country, login, body, visit.who, visit.parts)
    except KeydeskError as refusal:
        found = problems(visit, refusal, status_of(type(refusal)))
        async with visit.parts.sessions() as session:
            entry = await reading.read(session, ACCOUNTS, country, login)
        shown = fields_from(inputs_of(ACCOUNTS.shape), entry.value.model_dump(mode="json"))
        return await _form(visit, country, ACCOUNTS, shown, found, entry=entry)
    return visit.go(f"/configuration/{country}/accounts", done="change")


async def _form(
    visit: Visit,
    country: str,
    resource: Resource[Any, Any],
    fields: dict[str, str],
    found: Problems | None = None,
    *,
    entry: Any = None,
    may_change: bool = True,
) -> Response:
    inputs = inputs_of(resource.shape, but=OURS | frozenset(resource.key if entry is not None else ()))
    return visit.page(
        "entry.html",
        found.status if found else 200,
        country=country,
        resource=resource,
        inputs=inputs,
        known=await _known(visit, country, inputs) if may_change else {},
        fields=fields,
        found=found or Problems(),
        entry=entry,
        may_change=may_change,
        rows_in=rows_in,
    )


async def _known(visit: Visit, country: str, inputs: tuple[Input, ...]) -> dict[str, list[str]]:
    """The entries that fields of a form can name, by field."""
    wanted = {name: NAMES[name] for name in names_in(inputs) if name in NAMES}
    async with visit.parts.sessions() as session:
        keys = {
            name: [one.key for one in (await reading.page(session, BY_NAME[name], country, limit=MOST_KNOWN)).entries]
            for name in set(wanted.values())
        }
    return {field: keys[name] for field, name in wanted.items()}


def _given(body: dict[str, Any]) -> dict[str, Any]:
    """Without what was left empty: the shape has defaults of its own."""
    return {name: value for name, value in body.items() if value not in (None, "")}


async def _fields(visit: Visit) -> dict[str, str]:
    """The form's fields; a chosen file is uploaded, and stands for its id."""
    fields = await fields_of(visit.request)
    for name, file in (await visit.request.form()).items():
        if isinstance(file, UploadFile) and file.filename and name.startswith("file/"):
            view = await documents.upload(file, visit.who, visit.parts)  # type: ignore[arg-type]  # FastAPI's own
            fields[name.removeprefix("file/")] = str(view.id)
    return fields


def _resource(name: str) -> Resource[Any, Any]:
    if name not in BY_NAME:
        raise NotFound("There is no such list.")
    return BY_NAME[name]


async def _readable(visit: Visit, country: str, name: str) -> Resource[Any, Any]:
    resource = _resource(name)
    if resource is ACCOUNTS:
        await account_reader(country, visit.who, visit.parts)
    else:
        await reader(country, visit.who, visit.parts)
    return resource


async def _changeable(visit: Visit, country: str, name: str) -> Resource[Any, Any]:
    resource = _resource(name)
    if resource is ACCOUNTS:
        await account_maker(country, visit.who, visit.parts)
    else:
        await configurer(country, visit.who)
    return resource


async def _may_change(visit: Visit, country: str, resource: Resource[Any, Any]) -> bool:
    try:
        await _changeable(visit, country, resource.name)
    except KeydeskError:
        return False
    return True
