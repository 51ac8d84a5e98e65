"""The texts of emails (`domain.md` §7): per event, recipient and language; with preview and test send."""

from dataclasses import asdict, dataclass
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from activities.mail_server import NotTaken, RefusedForGood
from activities.rendering.emails import AddressRefused, RenderedEmail, build_message, render_email
from activities.rendering.templates import EmailTemplate, TemplateRefused, check_template, default_template, events
from api.configuring import REFUSALS, ConfigurerOf, ReaderOf, author_of
from api.dependencies import PartsOf
from api.errors import documented
from api.fields import Body, Text
from api.schemas.requests import Version
from configuration import changing, reading
from configuration.notifications import NotificationShape
from configuration.registry import NOTIFICATIONS
from domain import errors
from domain.errors import FieldError, Invalid, NotFound, Unavailable
from store import accounts

router = APIRouter(prefix="/countries/{country}/notifications", tags=["configuration"])
LANGUAGES = ("en", "es", "pt")
SAMPLE = {
    "end_user_name": "Lucía Pérez",
    "partner_name": "Clima Sol",
    "company_name": "ABC",
    "landing_url": "https://warranty.example",
    "request_id": "ES-COM-000001",
    "request_url": "https://warranty.example/requests/ES-COM-000001",
    "card_number": "ES-12345678",
    "comment": "The invoice cannot be read.",
    "denied_documents": "invoice",
    "state_label": "Denied",
    "points": "120",
    "warranty_summary": "1 year full + 5 years compressor",
}


class TemplateBody(Body):
    """One email: plain text with the allowed tags, as in `{{ request_id }}`."""

    subject: Text
    body: Annotated[str, Field(max_length=20_000)]


class OwnTemplateBody(TemplateBody):
    """The country's own text, and the version that the caller has seen; null: whatever stands."""

    version: Version | None = None


class TemplateView(BaseModel):
    """One email in one language; `own`: the country wrote it, instead of the text that comes with Keydesk.

    Only own texts have a version.
    """

    event: str
    recipient: str
    language: str
    own: bool
    version: int | None
    subject: str
    body: str


class Templates(BaseModel):
    """Every email in every language."""

    items: list[TemplateView]


class Preview(BaseModel):
    """An email with sample values, as text and as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Place:
    """Which email, in which language."""

    event: str
    recipient: str
    language: str


def place(event: str, recipient: str, language: Annotated[str, Path(pattern="^[a-z]{2}$")]) -> Place:
    """The email that a path names. Raises NotFound for one that the desk never sends."""
    if (event, recipient) not in events():
        raise NotFound(f"There is no email about {event} to {recipient}.")
    return Place(event, recipient, language)


PlaceOf = Annotated[Place, Depends(place)]


@router.get("", responses=documented(*REFUSALS))
async def read_templates(country: str, _: ReaderOf, parts: PartsOf) -> Templates:
    """The texts that are in force: the country's own, else those that come with Keydesk."""
    async with parts.sessions() as session:
        own = {
            (one.value.event, one.value.recipient, one.value.language): one
            for one in await reading.everything(session, NOTIFICATIONS, country)
        }
    packaged = {
        (event, recipient, language): template
        for event, recipient in events()
        for language in LANGUAGES
        if (template := default_template(event, recipient, language)) is not None
    }
    return Templates(
        items=[
            TemplateView(
                event=key[0],
                recipient=key[1],
                language=key[2],
                own=key in own,
                version=own[key].version if key in own else None,
                subject=own[key].value.subject if key in own else packaged[key].subject,
                body=own[key].value.body if key in own else packaged[key].body,
            )
            for key in sorted({*own, *packaged})
        ]
    )


@router.put("/{event}/{recipient}/{language}", responses=documented(*REFUSALS, errors.StaleVersion))
async def write_template(
    country: str, body: OwnTemplateBody, where: PlaceOf, caller: ConfigurerOf, parts: PartsOf
) -> TemplateView:
    """The country's own text of an email."""
    _rendered(body, where)
    value = NotificationShape(**asdict(where), subject=body.subject, body=body.body)
    async with parts.sessions.begin() as session:
        entry = await changing.put_one(session, NOTIFICATIONS, country, value, body.version, author_of(caller, parts))
    return TemplateView(**value.model_dump(), own=True, version=entry.version)


@router.delete("/{event}/{recipient}/{language}", status_code=204, responses=documented(*REFUSALS))
async def forget_template(country: str, where: PlaceOf, caller: ConfigurerOf, parts: PartsOf) -> None:
    """Back to the text that comes with Keydesk."""
    key = f"{where.event}/{where.recipient}/{where.language}"
    async with parts.sessions.begin() as session:
        await changing.lock(session, country)
        version = (await reading.find(session, NOTIFICATIONS, country, key)).entry.version
        await changing.delete(session, NOTIFICATIONS, country, key, version, author_of(caller, parts))


@router.post("/{event}/{recipient}/{language}/preview", responses=documented(*REFUSALS))
async def preview(body: TemplateBody, where: PlaceOf, _: ConfigurerOf) -> Preview:
    """How this text would read, with sample values. Nothing is kept."""
    rendered = _rendered(body, where)
    return Preview(subject=rendered.subject, text=rendered.text, html=rendered.html)


@router.post(
    "/{event}/{recipient}/{language}/test",
    status_code=204,
    responses=documented(*REFUSALS, errors.Unavailable),
)
async def send_test(body: TemplateBody, where: PlaceOf, caller: ConfigurerOf, parts: PartsOf) -> None:
    """Send this text, with sample values, to the caller's own address. Nothing is kept."""
    async with parts.sessions() as session:
        account = await accounts.account_of(session, caller.login)
    message = build_message(
        _rendered(body, where),
        sender=parts.sender,
        to=account.email if account else "",
        message_id=f"<test.{uuid4().hex}@keydesk>",
        sent_at=parts.now(),
    )
    try:
        await parts.mail.take(message)
    except (NotTaken, RefusedForGood, AddressRefused) as failure:
        raise Unavailable("The mail server did not take the email.") from failure


def _rendered(body: TemplateBody, where: Place) -> RenderedEmail:
    """The text with sample values. Raises Invalid unless it is plain text with allowed tags."""
    template = EmailTemplate(body.subject, body.body, where.language)
    try:
        check_template(template)
    except TemplateRefused as refused:
        fields = [FieldError(f"/{name}", sentence) for name, sentence in refused.problems]
        raise Invalid("This template is not plain text with allowed tags.", fields=fields) from None
    return render_email(template, SAMPLE, language=where.language)
