"""Commissioning documentation: which documents a request needs, per kind and range (`domain.md` §8).

The tag End user of the rule book is the kind `end-user-warranty`: such a document stands on the landing page's form.
"""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from configuration import lookups, offers
from configuration.fields import Body, Flag, Required, Whole
from configuration.line_ups import Slug
from configuration.offers import Offerable
from configuration.resource import Advice, Resource
from domain.errors import FieldError
from domain.states import Kind
from store.tables.configuration import Documentation

LARGEST = 10 * 1024 * 1024
SMALLEST = 10 * 1024
TAKEN = ("application/pdf", "image/jpeg", "image/png")


class DocumentationShape(Body):
    """A document that requesters attach. `template_id` names a form to fill in, which a keyuser uploaded."""

    kind: Kind
    line_up: Required
    requirement: Slug
    title: Required
    required: Flag = True
    media_types: tuple[Required, ...] = TAKEN
    max_bytes: Annotated[Whole, Field(ge=0, le=2**31 - 1)] = LARGEST
    position: Annotated[Whole, Field(ge=1, le=1000)] = 1
    template_id: UUID | None = None


class DocumentationResource(Resource[DocumentationShape, Offerable]):
    """The documents that a country asks for."""

    name = "documentation"
    one = "document requirement"
    shape = DocumentationShape
    table = Documentation
    key = ("kind", "line_up", "requirement")

    async def known(self, session: AsyncSession, country: str) -> Offerable:
        """Ranges, and what keyusers uploaded."""
        return Offerable(await lookups.line_ups(session, country), await offers.uploads(session, country))

    def problems(self, value: DocumentationShape, known: Offerable) -> Iterator[FieldError]:
        """A required document must be one that somebody can upload."""
        if value.line_up not in known.line_ups:
            yield FieldError("/line_up", "not a line-up of this country")
        for place, media_type in enumerate(value.media_types):
            if media_type not in TAKEN:
                yield FieldError(f"/media_types/{place}", f"nobody can upload it: the desk takes {', '.join(TAKEN)}")
        if not value.media_types:
            yield FieldError("/media_types", "nobody can upload it: no format is allowed")
        if value.max_bytes < SMALLEST:
            yield FieldError("/max_bytes", f"nobody can upload it: real documents have {SMALLEST} bytes and more")
        if value.max_bytes > LARGEST:
            yield FieldError("/max_bytes", f"the desk takes at most {LARGEST} bytes")
        if value.template_id is not None and value.template_id not in known.documents:
            yield FieldError("/template_id", offers.NOT_OFFERED)

    def advice(self, value: DocumentationShape, known: Offerable) -> Iterator[Advice]:
        """Extra years are filed by one click."""
        if value.required and value.kind is Kind.EXTRA_YEARS:
            yield Advice("not_asked_for", "/kind", "extra years are filed without documents")
