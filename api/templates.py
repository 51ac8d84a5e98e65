"""Forms to fill in for end-user warranties: the landing page hands them out."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.dependencies import PartsOf
from api.documents import TYPES, handed_out
from api.errors import documented
from api.public import Visitor
from domain import errors
from domain.errors import NotFound
from store import documents

router = APIRouter(prefix="/public/countries/{country}/templates", tags=["public"])


@router.get(
    "/{document_id}",
    response_class=Response,
    responses={
        200: {"content": {media_type: {} for media_type in TYPES}, "description": "the form"},
        **documented(errors.Forbidden, errors.NotFound),
    },
)
async def read_template(country: str, document_id: UUID, _: Visitor, parts: PartsOf) -> Response:
    """A form that the country offers for one of the documents of an end-user warranty."""
    async with parts.sessions() as session:
        found = await documents.template_of_end_users(session, document_id, country)
    if found is None:
        raise NotFound("There is no such form.")
    return await handed_out(parts, found)
