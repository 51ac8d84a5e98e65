"""What end users file on the landing page: documents, end-user warranties, extra years (`domain.md` §2.2, §2.3)."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, File, Response, UploadFile
from pydantic import BaseModel
from sqlalchemy import select

from api.dependencies import KeyOf, Parts, PartsOf
from api.documents import MAX_BYTES, DocumentView, judged, shown_name
from api.errors import documented
from api.fields import Required
from api.public import ProofBody, Visitor, proven
from api.schemas.warranties import EndUserWarrantyBody
from api.submitting import Submitter, take_in
from domain import errors
from domain.errors import KindNotEnabled, NotFound, Unavailable
from domain.labels import public_label
from domain.requests import EndUserWarranty, ExtraYears
from domain.states import Kind, State
from store import accounts, cards, requests
from store.tables.configuration import Documentation, LineUp, Product
from store.tables.countries import Country
from store.tables.documents import Document

router = APIRouter(prefix="/public", tags=["public"])
USABLE = timedelta(hours=24)
FILED = (
    errors.Forbidden,
    errors.NotFound,
    errors.DuplicateSerial,
    errors.AlreadyReplaced,
    errors.Invalid,
    errors.KindNotEnabled,
    errors.DocumentMissing,
    errors.IdempotencyConflict,
    errors.RateLimited,
    errors.Unavailable,
)


class FormProduct(BaseModel):
    """A product that can be named."""

    reference: str
    line_up: str
    role: str


class FormDocument(BaseModel):
    """A document that is asked for; sizes in bytes."""

    requirement: str
    title: str
    line_up: str
    required: bool
    media_types: list[str]
    max_bytes: int
    template_id: UUID | None


class Form(BaseModel):
    """What the landing page of a country needs to draw its forms."""

    country: str
    name: str
    language: str
    end_user_warranties: bool
    partners: list[str]
    line_ups: list[str]
    products: list[FormProduct]
    documents: list[FormDocument]
    messages: dict[str, str]


class Filed(BaseModel):
    """A request that was filed."""

    id: str
    label: str


AGAIN: dict[int | str, dict[str, Any]] = {
    200: {"model": Filed, "description": "the same key and body came before: the same request"}
}


class ExtraYearsRequest(ProofBody):
    """The card of the warranty that more years are wanted for."""

    warranty_card: Required


@router.get("/countries/{country}/form", responses=documented(errors.Forbidden, errors.NotFound))
async def form(country: str, _: Visitor, parts: PartsOf) -> Form:
    """Partners, products, required documents and messages of a country's landing page."""
    async with parts.sessions() as session:
        row = await session.get(Country, country)
        if row is None:
            raise NotFound(f"There is no country {country}.")
        products = await session.scalars(
            select(Product).where(Product.country == country).order_by(Product.line_up, Product.reference)
        )
        documents = await session.scalars(
            select(Documentation)
            .where(Documentation.country == country, Documentation.kind == Kind.END_USER_WARRANTY)
            .order_by(Documentation.line_up, Documentation.position)
        )
        line_ups = await session.scalars(select(LineUp.code).where(LineUp.country == country).order_by(LineUp.code))
        return Form(
            country=row.code,
            name=row.name,
            language=row.language,
            end_user_warranties=row.end_user_warranties,
            partners=await accounts.partners_of(session, country),
            line_ups=list(line_ups),
            products=[FormProduct.model_validate(one, from_attributes=True) for one in products],
            documents=[FormDocument.model_validate(one, from_attributes=True) for one in documents],
            messages={"extra_years": row.extra_years_message, "cancellation": row.cancellation_message},
        )


@router.post(
    "/documents",
    status_code=201,
    responses=documented(errors.Forbidden, errors.TooLarge, errors.UnsupportedType, errors.Invalid),
)
async def upload(
    file: Annotated[UploadFile, File(description="PDF, JPG or PNG, up to 10 MiB")], _: Visitor, parts: PartsOf
) -> DocumentView:
    """Take a document for a form: usable once, for 24 hours."""
    content = await file.read(MAX_BYTES + 1)
    row = Document(
        id=uuid4(),
        filename=shown_name(file.filename or ""),
        media_type=judged(content),
        size=len(content),
        sha256=await parts.files.put(content),
        created_at=parts.now(),
        usable_until=parts.now() + USABLE,
    )
    async with parts.sessions.begin() as session:
        session.add(row)
    return DocumentView.model_validate(row, from_attributes=True)


@router.post(
    "/requests/end-user-warranty", status_code=201, responses=AGAIN | documented(*FILED, errors.RegistrationLate)
)
async def file_end_user_warranty(
    body: EndUserWarrantyBody, who: Visitor, parts: PartsOf, key: KeyOf, response: Response
) -> Filed:
    """File an end-user warranty, where the country takes them; the PRO Partner named may read it."""
    data = body.parsed()
    if not isinstance(data, EndUserWarranty):
        raise TypeError("the body of an end-user warranty gives nothing else")
    async with parts.sessions() as session:
        country = await session.get(Country, data.country)
        if country is None:
            raise NotFound(f"There is no country {data.country}.")
        partner = await accounts.partner_named(session, data.country, data.partner)
    submitter = Submitter.visitor(who, partner)
    return await _filed(parts, response, *await take_in(parts, submitter, data, key))


@router.post("/requests/extra-years", status_code=201, responses=AGAIN | documented(*FILED, errors.MoveRefused))
async def file_extra_years(
    body: ExtraYearsRequest, who: Visitor, parts: PartsOf, key: KeyOf, response: Response
) -> Filed:
    """Ask for more years on a processed end-user warranty, named by its card."""
    async with parts.sessions() as session:
        base_id = await cards.request_of_number(session, body.warranty_card.upper())
    base = await proven(parts, base_id or "", body, who)
    if base.kind != Kind.END_USER_WARRANTY:
        raise KindNotEnabled("Extra years are for end-user warranties.")
    async with parts.sessions() as session:
        carried = await requests.carried_warranty(session, base)
        partner = await accounts.company_of(session, base.company_id)
    data = ExtraYears(
        country=carried.country,
        line_up=carried.line_up,
        commissioned_on=carried.commissioned_on,
        end_user=carried.end_user,
        units=carried.units,
        sales_method=carried.sales_method,
        partner=partner.name if partner else "",
        base=base.id,
    )
    submitter = Submitter.visitor(who, partner)
    return await _filed(parts, response, *await take_in(parts, submitter, data, key, sent=body.model_dump()))


async def _filed(parts: Parts, response: Response, request_id: str, created: bool) -> Filed:
    response.status_code = 201 if created else 200
    async with parts.sessions() as session:
        row = await requests.request(session, request_id)
    if row is None:
        raise Unavailable("The request is not recorded yet. Ask again with the same Idempotency-Key.")
    return Filed(id=row.id, label=public_label(State(row.state)))
