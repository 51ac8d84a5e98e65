"""Downloads: files that a country offers to its partners, per range (`domain.md` §8)."""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import lookups, offers
from configuration.fields import Body, Required, Whole
from configuration.offers import Offerable
from configuration.resource import Resource
from domain.errors import FieldError
from store.tables.configuration import Download


class DownloadShape(Body):
    """A document that a keyuser uploaded, under a title, for a range."""

    product_range: Required
    title: Required
    document_id: UUID
    position: Annotated[Whole, Field(ge=1, le=1000)] = 1


class Downloads(Resource[DownloadShape, Offerable]):
    """What a country offers."""

    name = "downloads"
    one = "download"
    shape = DownloadShape
    table = Download
    key = ("product_range", "title")

    async def known(self, session: AsyncSession, country: str) -> Offerable:
        """Ranges, and what keyusers uploaded."""
        return Offerable(await lookups.line_ups(session, country), await offers.uploads(session, country))

    def problems(self, value: DownloadShape, known: Offerable) -> Iterator[FieldError]:
        """A range of the country, a file of its keyusers."""
        if value.product_range not in known.line_ups:
            yield FieldError("/product_range", "not a range of this country")
        if value.document_id not in known.documents:
            yield FieldError("/document_id", offers.NOT_OFFERED)
