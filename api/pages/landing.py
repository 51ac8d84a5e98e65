"""The landing page: end users look up their warranty, fetch the card, cancel, file a warranty, ask for extra years."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy import select
from starlette.datastructures import UploadFile

from api import landing, public, templates
from api.errors import status_of
from api.pages.drafting import draft_page, draft_sent
from api.pages.forms import Problems, fields_of, parsed, problems
from api.pages.visits import Visit, VisitorOf
from api.schemas.warranties import EndUserWarrantyBody
from domain.errors import FieldError, Invalid, KeydeskError, KindNotEnabled, RateLimited
from domain.labels import public_label
from domain.states import Kind, State
from store import drafts
from store.tables.countries import Country
from store.tables.pages import Draft

router = APIRouter()
PROOF = ("serial", "postcode")
PUBLIC_STATES = {
    public_label(state): state for state in (State.SUBMITTED, State.DENIED, State.PROCESSED, State.CANCELLED)
}


@dataclass(frozen=True)
class VisitorDesk:
    """Drafts of somebody without an account: whoever knows the id."""

    visit: Visit
    path: str = "/warranty/drafts"

    async def take(self, file: UploadFile) -> tuple[str, str]:
        """Usable once, for 24 hours."""
        view = await landing.upload(file, await self._who(), self.visit.parts)  # type: ignore[arg-type]  # FastAPI's own
        return str(view.id), view.filename

    async def file(self, draft: Draft, body: dict[str, Any], key: str) -> str:
        """An end-user warranty."""
        parts = self.visit.parts
        filed = await landing.file_end_user_warranty(
            parsed(EndUserWarrantyBody, body), await self._who(), parts, key, Response()
        )
        return f"/?filed={quote(filed.id)}&country={quote(draft.country)}"

    async def _who(self) -> str:
        return await public.visitor(self.visit.request, self.visit.parts)


@router.get("/")
async def show(
    visit: VisitorOf,
    country: Annotated[str, Query(max_length=10)] = "",
    filed: Annotated[str, Query(max_length=40)] = "",
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Choose a country, look a warranty up."""
    return await _page(visit, {"country": country}, filed=filed, done=done)


@router.post("/warranty")
async def look_up(visit: VisitorOf) -> Response:
    """The warranties of an outdoor unit. Unknown serial and wrong postcode read the same."""
    return await _found(visit, await fields_of(visit.request))


@router.post("/warranty/{request_id}/card")
async def card(visit: VisitorOf, request_id: str) -> Response:
    """The card as PDF."""
    fields = await fields_of(visit.request)
    proof = parsed(public.ProofBody, {name: fields.get(name, "") for name in PROOF})
    return await public.card(request_id, proof, await public.visitor(visit.request, visit.parts), visit.parts)


@router.post("/warranty/{request_id}/cancel")
async def cancel(visit: VisitorOf, request_id: str) -> Response:
    """Cancel inside the withdrawal period."""
    fields = await fields_of(visit.request)
    who = await public.visitor(visit.request, visit.parts)
    try:
        proof = parsed(public.ProofBody, {name: fields.get(name, "") for name in PROOF})
        await public.cancel(request_id, proof, who, visit.parts, fields.get("key", "")[:200] or None)
    except KeydeskError as refusal:
        return await _refused(visit, fields, refusal, again=True)
    return await _found(visit, fields, done="cancel")


@router.post("/warranty/{request_id}/extra-years")
async def extra_years(visit: VisitorOf, request_id: str) -> Response:
    """Ask for more years on a warranty."""
    fields = await fields_of(visit.request)
    who = await public.visitor(visit.request, visit.parts)
    body = {**{name: fields.get(name, "") for name in PROOF}, "warranty_card": fields.get("card", "")}
    try:
        wanted = parsed(landing.ExtraYearsRequest, body)
        await landing.file_extra_years(wanted, who, visit.parts, fields.get("key", "")[:200] or None, Response())
    except KeydeskError as refusal:
        return await _refused(visit, fields, refusal, again=True)
    return await _found(visit, fields, done="extra")


@router.post("/warranty/new")
async def begin(visit: VisitorOf) -> Response:
    """Begin an end-user warranty, where the country takes them; so many a minute from one address."""
    fields = await fields_of(visit.request)
    try:
        draft = await _begun(visit, fields.get("country", ""))
    except KeydeskError as refusal:
        return await _refused(visit, fields, refusal)
    return visit.go(f"/warranty/drafts/{draft.id}")


async def _begun(visit: Visit, code: str) -> Draft:
    """A new draft of a visitor. Raises Invalid without a country, KindNotEnabled, RateLimited."""
    who = await public.visitor(visit.request, visit.parts)
    async with visit.parts.sessions.begin() as session:
        country = await session.get(Country, code)
        if country is None:
            raise Invalid("Choose a country first.", fields=[FieldError("/country", "is missing")])
        if not country.end_user_warranties:
            raise KindNotEnabled(f"{country.name} takes no warranty requests from end users.")
        await public.count_form(visit.parts, session, who)
        return await drafts.begin(
            session, login=None, country=country.code, kind=Kind.END_USER_WARRANTY, now=visit.parts.now()
        )


@router.get("/warranty/drafts/{draft_id}")
async def show_draft(visit: VisitorOf, draft_id: str) -> Response:
    """The form of an end-user warranty."""
    return await draft_page(VisitorDesk(_nobody(visit)), draft_id)


@router.post("/warranty/drafts/{draft_id}")
async def send_draft(visit: VisitorOf, draft_id: str) -> Response:
    """What the form's buttons do."""
    return await draft_sent(VisitorDesk(_nobody(visit)), draft_id)


@router.get("/warranty/templates/{document_id}")
async def template(visit: VisitorOf, document_id: UUID, country: str = "") -> Response:
    """A form to fill in, which the country hands out."""
    who = await public.visitor(visit.request, visit.parts)
    return await templates.read_template(country, document_id, who, visit.parts)


def _nobody(visit: Visit) -> Visit:
    """The landing page knows no accounts, whoever is signed in beside it."""
    return Visit(visit.request, visit.parts, visit.language)


async def _found(visit: Visit, fields: dict[str, str], **said: str) -> Response:
    try:
        items = await _searched(visit, fields)
    except KeydeskError as refusal:
        return await _refused(visit, fields, refusal)
    return await _page(visit, fields, items=items, done=said.get("done", ""))


async def _searched(visit: Visit, fields: dict[str, str]) -> list[public.WarrantyView]:
    """What serial and postcode find. Raises Invalid, RateLimited."""
    body = parsed(public.SearchBody, {name: fields.get(name, "") for name in ("country", *PROOF)})
    return (await public.search(body, await public.visitor(visit.request, visit.parts), visit.parts)).items


async def _refused(visit: Visit, fields: dict[str, str], refusal: KeydeskError, *, again: bool = False) -> Response:
    """The page with what was refused; `again` with what was found before, as it is now."""
    found = problems(visit, refusal, status_of(type(refusal)))
    items = None
    if again and not isinstance(refusal, RateLimited):
        with suppress(KeydeskError):
            items = await _searched(visit, fields)
    shown = await _page(visit, fields, found, items=items)
    if isinstance(refusal, RateLimited):
        shown.headers["Retry-After"] = str(refusal.facts["retry_after"])
    return shown


async def _page(visit: Visit, fields: dict[str, str], refused: Problems | None = None, **said: Any) -> Response:
    async with visit.parts.sessions() as session:
        countries = list(await session.scalars(select(Country).order_by(Country.name)))
    here = next((one for one in countries if one.code == fields.get("country")), None)
    return visit.page(
        "landing.html",
        refused.status if refused else 200,
        countries=countries,
        here=here,
        fields=fields,
        found=refused or Problems(),
        items=said.get("items"),
        filed=said.get("filed", ""),
        done=said.get("done", ""),
        states=PUBLIC_STATES,
        key=secrets.token_urlsafe(16),
    )


@router.get("/warranty")
async def start_over(visit: VisitorOf) -> Response:
    """What was found is shown once; the address by itself leads to the look-up."""
    return visit.go("/")
