"""Documents: judged by content when they come in, handed out to those who may see them."""

from typing import Annotated
from uuid import UUID, uuid4

import puremagic
from fastapi import APIRouter, File, Response, UploadFile
from pydantic import BaseModel, Field

from api.dependencies import CallerOf, Parts, PartsOf
from api.errors import documented
from domain import access, errors
from domain.access import Caller, Role
from domain.errors import FieldError, Forbidden, Invalid, NotFound, TooLarge, UnsupportedType
from store import documents
from store.tables.documents import Document

router = APIRouter(prefix="/documents", tags=["documents"])
MAX_BYTES = 10 * 1024 * 1024
SIGNATURES = {"application/pdf": b"%PDF-", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
TYPES = tuple(SIGNATURES)
UPLOADERS = {Role.INSTALLER, Role.PRO_PARTNER, Role.PARTICIPANT, Role.KEYUSER}
MAX_NAME = 200


class DocumentView(BaseModel):
    """An uploaded document; `size` in bytes, `media_type` as its content says."""

    id: UUID
    filename: str = Field(examples=["invoice.pdf"])
    media_type: str = Field(examples=["application/pdf"])
    size: int
    sha256: str


@router.post(
    "",
    status_code=201,
    responses=documented(
        errors.NotAuthenticated, errors.Forbidden, errors.TooLarge, errors.UnsupportedType, errors.Invalid
    ),
)
async def upload(
    file: Annotated[UploadFile, File(description="PDF, JPG or PNG, up to 10 MiB")],
    caller: CallerOf,
    parts: PartsOf,
) -> DocumentView:
    """Take a document. What it is, its content decides, not its name."""
    if caller.role not in UPLOADERS or caller.country is None:
        raise Forbidden("Your role does not upload documents.")
    content = await file.read(MAX_BYTES + 1)
    media_type = judged(content)
    return await _keep(parts, caller, caller.country, content, media_type, file.filename or "")


@router.get(
    "/{document_id}",
    response_class=Response,
    responses={
        200: {"content": {media_type: {} for media_type in TYPES}, "description": "the document"},
        **documented(errors.NotAuthenticated, errors.NotFound),
    },
)
async def download(document_id: str, caller: CallerOf, parts: PartsOf) -> Response:
    """A document of the caller's company or country."""
    async with parts.sessions() as session:
        found = await documents.document(session, _id(document_id))
        if found is None or not (
            access.may_see(caller, documents.owner_of(found))
            or await documents.attached_within_sight(session, found.id, caller)
            or await documents.offered_in(session, found.id, caller.country)
        ):
            raise NotFound("There is no such document.")
    return await handed_out(parts, found)


async def handed_out(parts: Parts, row: Document) -> Response:
    """The bytes of a document, as an attachment that no browser runs. Raises NotFound if they were erased."""
    if row.erased_at is not None:
        raise NotFound("This document was erased.")
    return Response(
        await parts.files.get(row.sha256),
        media_type=row.media_type,
        headers={
            "Content-Disposition": "attachment",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )


def judged(content: bytes) -> str:
    """The media type of the content. Raises Invalid (empty), TooLarge, UnsupportedType."""
    if not content:
        raise Invalid("The file is empty.", fields=[FieldError("/file", "is empty")])
    if len(content) > MAX_BYTES:
        raise TooLarge(f"Documents have at most {MAX_BYTES} bytes.", facts={"max_bytes": MAX_BYTES})
    try:
        found = puremagic.from_string(content, mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    # The library also calls JPEG 2000, and two lone bytes, an image/jpeg.
    if found not in TYPES or not content.startswith(SIGNATURES[found]):
        raise UnsupportedType("Only PDF, JPG and PNG documents are taken.", facts={"allowed": list(TYPES)})
    return found


async def _keep(
    parts: Parts, caller: Caller, country: str, content: bytes, media_type: str, filename: str
) -> DocumentView:
    row = Document(
        id=uuid4(),
        country=country,
        login=caller.login,
        company_id=caller.company_id,
        filename=shown_name(filename),
        media_type=media_type,
        size=len(content),
        sha256=await parts.files.put(content),
        created_at=parts.now(),
    )
    async with parts.sessions.begin() as session:
        session.add(row)
    return DocumentView.model_validate(row, from_attributes=True)


def shown_name(filename: str) -> str:
    """The file's name without folders and control characters, at most 200 characters."""
    last = filename.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    kept = "".join(char for char in last if char.isprintable())[:MAX_NAME]
    return kept if kept.strip(". ") else "document"


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such document.") from None
