"""Resources that people keep in spreadsheets: how an entry is a row, and how a file becomes entries, all or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import changing, reading
from configuration.fields import pointed
from configuration.resource import Resource, S
from domain.errors import KeydeskError, NotFound
from domain.sheets import Flaw, Flaws, Part, Row, Sheet
from store.audit import Author


class Listed(Generic[S]):
    """A resource as a spreadsheet, one row an entry. A subclass a resource, in `configuration.lists`.

    With `scoped`, a file is about one part of the resource only: that field of the key stands in no column, as the
    campaign of its products.
    """

    resource: ClassVar[Resource[Any, Any]]
    scoped: ClassVar[str | None] = None

    async def sheet(self, session: AsyncSession, country: str, scope: str | None) -> Sheet:
        """The columns, which may depend on the configuration. Raises NotFound for an unknown scope."""
        raise NotImplementedError

    async def entries(self, session: AsyncSession, country: str, scope: str | None) -> list[S]:
        """What is exported, in the order of the keys."""
        return [one.value for one in await reading.everything(session, self.resource, country)]

    def row_of(self, value: S, sheet: Sheet) -> Row:
        """The entry as a row, by heading; headings are names of fields, unless a subclass says otherwise."""
        return {heading: getattr(value, heading) for heading in sheet.headings}

    def fields_of(self, row: Row, scope: str | None) -> dict[str, Any]:
        """The entry's fields, as its shape takes them, from a row whose cells are right."""
        fields = dict(row)
        return fields if self.scoped is None else {self.scoped: scope, **fields}

    def column_of(self, pointer: str, sheet: Sheet) -> str | None:
        """The column in which a problem of an entry stands, if it stands in one."""
        field = pointer.split("/")[1] if pointer else ""
        return field if field in sheet.headings else None


@dataclass(frozen=True)
class Spreadsheets:
    """All lists by the names of their resources: what the import's activity and the API ask."""

    lists: Mapping[str, Listed[Any]]

    def sheet_of(self, resource: str) -> Listed[Any]:
        """The list. Raises NotFound for a resource that nobody keeps in spreadsheets."""
        found = self.lists.get(resource)
        if found is None:
            raise NotFound(f"There is no list {resource}.")
        return found

    async def sheet(self, session: AsyncSession, part: Part) -> Sheet:
        """The columns of a list as they are now. Raises NotFound."""
        return await self.sheet_of(part.resource).sheet(session, part.country, part.scope)

    async def rows(self, session: AsyncSession, part: Part) -> tuple[Sheet, Iterator[Row]]:
        """A list as it stands; its rows are made as they are asked for, without the session. Raises NotFound."""
        listed = self.sheet_of(part.resource)
        sheet = await listed.sheet(session, part.country, part.scope)
        entries = await listed.entries(session, part.country, part.scope)
        return sheet, (listed.row_of(value, sheet) for value in entries)

    async def put(
        self,
        session: AsyncSession,
        part: Part,
        rows: Sequence[tuple[int, Row]],
        flaws: Flaws,
        author: Author,
    ) -> dict[str, int]:
        """Make the entries of these numbered rows stand; those that no row names stay. How many became what.

        What is wrong with them goes to `flaws`: then the caller must roll back.
        """
        listed = self.sheet_of(part.resource)
        sheet = await listed.sheet(session, part.country, part.scope)
        values, numbers = [], []
        for number, row in rows:
            try:
                values.append(listed.resource.shape.model_validate(listed.fields_of(row, part.scope)))
                numbers.append(number)
            except ValidationError as wrong:
                for problem in pointed(wrong.errors()):
                    flaws.add(_flaw(listed, sheet, number, problem.pointer, problem.detail))
        try:
            outcome = await changing.put(session, listed.resource, part.country, values, author)
        except KeydeskError as refused:
            for problem in refused.fields:
                _, place, *rest = problem.pointer.split("/")
                pointer = "".join(f"/{one}" for one in rest)
                flaws.add(_flaw(listed, sheet, numbers[int(place)], pointer, problem.detail))
            if not refused.fields:
                flaws.add(Flaw(None, None, refused.detail))
            return {}
        return {"created": len(outcome.created), "changed": len(outcome.changed), "unchanged": outcome.same}


def _flaw(listed: Listed[Any], sheet: Sheet, number: int, pointer: str, detail: str) -> Flaw:
    column = listed.column_of(pointer, sheet)
    return Flaw(number, column, detail if column or not pointer else f"{pointer[1:]}: {detail}")
