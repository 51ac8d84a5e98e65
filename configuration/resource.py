"""What a configuration resource is: its shape, how it is stored, which rules it obeys, and what uses it.

One file of this package describes one resource, as a subclass. `configuration.changing` does with all of them what
there is to do: read, create, change, delete, each change locked, versioned and audited.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration.fields import Body
from domain.errors import FieldError
from store.audit import Author
from store.tables import Base

S = TypeVar("S", bound=Body)
C = TypeVar("C")


@dataclass(frozen=True)
class Advice:
    """Something that is allowed and will not work: a stable code, where (a JSON pointer), and a sentence."""

    code: str
    pointer: str
    detail: str


class Resource(Generic[S, C]):
    """A list of entries of one country. `S` is the shape of an entry, `C` what its rules have to know.

    The columns of `table` are named like the fields of the shape; whatever is stored otherwise overrides `values`
    and `write`. `key` names the fields that identify an entry within its country: they never change, and joined by
    slashes they are the entry's key in paths, in the audit log and in export files.
    """

    name: ClassVar[str]
    """As in its path, `/countries/{cc}/<name>`."""
    one: ClassVar[str]
    """What one entry is called in sentences."""
    shape: type[S]
    table: ClassVar[type[Base]]
    key: ClassVar[tuple[str, ...]] = ("code",)

    def key_of(self, value: S) -> str:
        """The key of an entry."""
        return "/".join(str(getattr(value, name)) for name in self.key)

    def parts_of(self, key: str) -> tuple[str, ...] | None:
        """The key's fields, None if it cannot be a key. Only the last of them may hold slashes itself."""
        parts = tuple(key.split("/", len(self.key) - 1))
        return parts if len(parts) == len(self.key) else None

    def rows(self, country: str) -> Select[Any]:
        """The rows of `table` that are entries of the country."""
        return select(self.table).where(self.table.__table__.columns["country"] == country)

    async def values(self, session: AsyncSession, country: str, rows: Sequence[Any]) -> list[S]:
        """The entries that these rows of `table` hold, in the same order."""
        fields = self.shape.model_fields
        return [self.shape.model_validate({name: getattr(row, name) for name in fields}) for row in rows]

    def forbidden(self, author: Author, value: S) -> str | None:
        """Why the author may not touch this entry, though the resource is theirs to change."""
        return None

    def rank(self, value: S) -> int:
        """Of many entries, those of a lower rank are written first, as others name them."""
        return 0

    def foreseen(self, known: C, values: Iterable[S]) -> C:
        """What is known once all of these entries stand."""
        return known

    async def completed(self, session: AsyncSession, country: str, value: S, author: Author) -> S:
        """A new entry with what the desk adds to it, as the next free number."""
        return value

    def settled(self, value: S) -> S:
        """The form in which the entry is kept and compared, where its order means nothing."""
        return value

    async def fresh(self, session: AsyncSession, country: str, value: S) -> Any:
        """The row for a new entry."""
        return self.table(country=country)

    async def write(self, session: AsyncSession, country: str, row: Any, value: S) -> None:
        """Put the entry into its row, which is new or was read before."""
        for name, part in value.model_dump().items():
            setattr(row, name, part)

    async def erase(self, session: AsyncSession, country: str, row: Any) -> None:
        """Remove the row, and what belongs to it."""
        await session.delete(row)

    async def known(self, session: AsyncSession, country: str) -> C:
        """What `problems` and `advice` have to know, read once for any number of entries."""
        raise NotImplementedError  # a resource without rules says so with `None`

    def problems(self, value: S, known: C) -> Iterable[FieldError]:
        """What is wrong with the entry beyond its shape: it is refused."""
        return ()

    def advice(self, value: S, known: C) -> Iterable[Advice]:
        """What will not work as the configuration is now: it is taken, and said."""
        return ()

    def problems_of_new(self, value: S) -> Iterable[FieldError]:
        """What is wrong with an entry that somebody creates by hand; imports may bring it."""
        return ()

    async def objections(self, session: AsyncSession, country: str, before: S, after: S) -> Iterable[FieldError]:
        """What speaks against this change, though the entry would be right in itself."""
        return ()

    async def users(self, session: AsyncSession, country: str, value: S) -> Iterable[str]:
        """What uses the entry, as sentences name it (`request ES-COM-000001`): while there is any, it stays."""
        return ()
