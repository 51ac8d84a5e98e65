"""Routes of the configuration resources: the same five for each one that `configuration.registry` names."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, create_model
from pydantic.fields import FieldInfo

from api.dependencies import CallerOf, Parts, PartsOf
from api.errors import documented
from api.fields import Body, Line
from api.schemas.requests import Version
from configuration import changing, reading, registry
from configuration.reading import Entry
from configuration.resource import C, Resource, S
from domain import errors
from domain.access import Caller, Role, is_keyuser
from domain.errors import Forbidden, NotFound
from store.audit import Author
from store.tables.countries import Country

REFUSALS = (errors.NotAuthenticated, errors.Forbidden, errors.NotFound, errors.Invalid)
Limit = Annotated[int, Query(ge=1, le=1000)]
Cursor = Annotated[Line | None, Query(description="next_cursor of the page before")]


class AdviceView(BaseModel):
    """Something that is allowed, and will not work as the configuration is now."""

    code: str
    pointer: str
    detail: str


async def configurer(country: str, caller: CallerOf) -> Caller:
    """A keyuser in their own country. Raises Forbidden by role, NotFound for another country."""
    if caller.role is not Role.KEYUSER:
        raise Forbidden("Only keyusers configure their country.")
    return _at_home(caller, country)


async def reader(country: str, caller: CallerOf, parts: PartsOf) -> Caller:
    """Who may read the configuration: the country's keyusers, and ops. Raises Forbidden by role, else NotFound."""
    if caller.role is Role.KEYUSER:
        return _at_home(caller, country)
    if caller.role is not Role.OPS:
        raise Forbidden("Your role does not read the configuration.")
    async with parts.sessions() as session:
        if await session.get(Country, country) is None:
            raise NotFound(f"There is no country {country} for this account.")
    return caller


def _at_home(caller: Caller, country: str) -> Caller:
    if not is_keyuser(caller, country):
        raise NotFound(f"There is no country {country} for this account.")
    return caller


ConfigurerOf = Annotated[Caller, Depends(configurer)]
ReaderOf = Annotated[Caller, Depends(reader)]


def routes(
    resource: Resource[S, C], *, without: frozenset[str] = frozenset(), may: Any = configurer, may_read: Any = reader
) -> APIRouter:
    """The five routes of one resource, with the schemas that its shape gives.

    `without` leaves some out by name, where an older address does the same; `may` and `may_read` say who may call.
    """
    router = APIRouter(prefix=f"/countries/{{country}}/{resource.name}", tags=["configuration"])
    view = _view(resource)
    _reading(router, resource, view, may_read)
    _making(router, resource, view, may)
    _changing(router, resource, view, may)
    return _without(router, without)


def _reading(router: APIRouter, resource: Resource[S, C], view: type[BaseModel], may: Any) -> None:
    """The list, and one entry."""
    many = resource.name.replace("-", " ")

    @router.get(
        "",
        response_model=_page(resource, view),
        summary=f"List {many}",
        description=f"The {many} of a country, by key. `warnings` say what will not work as things are.",
        responses=documented(*REFUSALS),
    )
    async def list_entries(
        country: str, _: Annotated[Caller, Depends(may)], parts: PartsOf, limit: Limit = 100, cursor: Cursor = None
    ) -> dict[str, Any]:
        async with parts.sessions() as session:
            page = await reading.page(session, resource, country, after=cursor, limit=limit)
        return {"items": [presented(entry) for entry in page.entries], "next_cursor": page.next_key}

    @router.get(
        "/{key:path}",
        response_model=view,
        summary=f"Read one {resource.one}",
        description=f"One {resource.one}. {_key_sentence(resource)}",
        responses=documented(*REFUSALS),
    )
    async def read_entry(country: str, key: str, _: Annotated[Caller, Depends(may)], parts: PartsOf) -> dict[str, Any]:
        async with parts.sessions() as session:
            return presented(await reading.read(session, resource, country, key))


def _making(router: APIRouter, resource: Resource[S, C], view: type[BaseModel], may: Any) -> None:
    """A new entry."""
    shape = resource.shape

    @router.post(
        "",
        status_code=201,
        response_model=view,
        summary=f"Create a {resource.one}",
        description=f"A new {resource.one}. `warnings` say what will not work as things are.",
        responses=documented(*REFUSALS, errors.AlreadyExists),
    )
    async def create_entry(
        country: str,
        body: shape,  # type: ignore[valid-type]  # read by FastAPI at run time
        caller: Annotated[Caller, Depends(may)],
        parts: PartsOf,
    ) -> dict[str, Any]:
        async with parts.sessions.begin() as session:
            author = author_of(caller, parts)
            return presented(await changing.create(session, resource, country, body, author))


def _changing(router: APIRouter, resource: Resource[S, C], view: type[BaseModel], may: Any) -> None:
    """What becomes of an entry: changed, deleted."""
    change_body = change_of(resource.shape, resource.one, key=resource.key)

    @router.patch(
        "/{key:path}",
        response_model=view,
        summary=f"Change a {resource.one}",
        description=f"Fields that are not named stay, lists are replaced whole. {_key_sentence(resource)}",
        responses=documented(*REFUSALS, errors.StaleVersion),
    )
    async def change_entry(
        country: str,
        key: str,
        body: change_body,  # type: ignore[valid-type]  # read by FastAPI at run time
        caller: Annotated[Caller, Depends(may)],
        parts: PartsOf,
    ) -> dict[str, Any]:
        named: dict[str, Any] = body.model_dump(exclude_unset=True)  # type: ignore[attr-defined]  # as above
        version = named.pop("version")
        async with parts.sessions.begin() as session:
            author = author_of(caller, parts)
            return presented(await changing.change(session, resource, country, key, version, named, author))

    @router.delete(
        "/{key:path}",
        status_code=204,
        summary=f"Delete a {resource.one}",
        description=f"Unless something uses it; the answer names what does. {_key_sentence(resource)}",
        responses=documented(*REFUSALS, errors.StaleVersion, errors.InUse),
    )
    async def delete_entry(
        country: str,
        key: str,
        version: Annotated[Version, Query()],
        caller: Annotated[Caller, Depends(may)],
        parts: PartsOf,
    ) -> None:
        async with parts.sessions.begin() as session:
            author = author_of(caller, parts)
            await changing.delete(session, resource, country, key, version, author)


def author_of(caller: Caller, parts: Parts) -> Author:
    """The caller, as the audit log names who changes something now."""
    return Author(caller.login, parts.now(), caller.role)


def presented(entry: Entry[Any]) -> dict[str, Any]:
    """An entry as the API shows it: its fields, beside its version and what will not work."""
    warnings = [{"code": one.code, "pointer": one.pointer, "detail": one.detail} for one in entry.advice]
    return {**entry.value.model_dump(), "version": entry.version, "warnings": warnings}


def _view(resource: Resource[S, C]) -> type[BaseModel]:
    return create_model(
        f"{resource.shape.__name__.removesuffix('Shape')}View",
        __base__=resource.shape,
        __doc__=resource.shape.__doc__,
        version=(int, ...),
        warnings=(list[AdviceView], ...),
    )


def _page(resource: Resource[S, C], view: type[BaseModel]) -> type[BaseModel]:
    name = view.__name__.removesuffix("View")
    items: Any = list[view]  # type: ignore[valid-type]  # made at run time
    return create_model(
        f"{name}Page",
        __doc__=f"Some of the {resource.name.replace('-', ' ')}; `next_cursor` asks for those that follow.",
        items=(items, ...),
        next_cursor=(str | None, ...),
    )


def change_of(shape: type[Body], one: str, *, key: tuple[str, ...] = ()) -> type[BaseModel]:
    """The shape with every field optional but those of the key, which are left out: they never change."""
    fields: dict[str, Any] = {name: _optional(field) for name, field in shape.model_fields.items() if name not in key}
    return create_model(
        f"{shape.__name__.removesuffix('Shape')}Change",
        __base__=Body,
        __doc__=f"What is to change of a {one}, and the version that the caller has seen.",
        version=(Version, ...),
        **fields,
    )


def _optional(field: FieldInfo) -> tuple[Any, Any]:
    """The field, not required; a factory leaves no default in the schema, as the default is: stay as you are."""
    kind = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    return kind, Field(default_factory=lambda: None, description=field.description, examples=field.examples)


def _key_sentence(resource: Resource[S, C]) -> str:
    return f"Its key is `{'/'.join(resource.key)}`."


def _without(router: APIRouter, names: frozenset[str]) -> APIRouter:
    router.routes = [route for route in router.routes if getattr(route, "name", None) not in names]
    return router


# Accounts have callers of their own, the others older addresses for some of the five.
ROUTED_ELSEWHERE = (registry.ACCOUNTS, registry.DOWNLOADS, registry.NOTIFICATIONS, registry.CODES)
router = APIRouter()
for _resource in registry.RESOURCES:
    if _resource not in ROUTED_ELSEWHERE:
        router.include_router(routes(_resource))
