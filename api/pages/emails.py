"""The emails that the desk sends: every text in every language, the country's own or what comes with Keydesk."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from activities.rendering.templates import TAGS
from api import notifications
from api.configuring import configurer, reader
from api.errors import status_of
from api.notifications import OwnTemplateBody, Place, Preview, TemplateBody, TemplateView
from api.pages.forms import Problems, fields_of, parsed, problems
from api.pages.visits import MemberOf, Visit
from domain.access import Role
from domain.errors import KeydeskError, NotFound

router = APIRouter(prefix="/configuration/{country}/notifications")
PlaceOf = Annotated[Place, Depends(notifications.place)]
TEXTS = ("subject", "body")


@router.get("")
async def show_all(visit: MemberOf, country: str, done: str = "") -> Response:
    """Each email with its languages, and which of them the country wrote itself."""
    await reader(country, visit.who, visit.parts)
    found = (await notifications.read_templates(country, None, visit.parts)).items  # type: ignore[arg-type]  # read above
    emails: dict[tuple[str, str], list[TemplateView]] = {}
    for one in found:
        emails.setdefault((one.event, one.recipient), []).append(one)
    return visit.page("emails.html", country=country, emails=emails, done=done)


@router.get("/text/{event}/{recipient}/{language}")
async def show(visit: MemberOf, country: str, where: PlaceOf) -> Response:
    """The text that is in force."""
    await reader(country, visit.who, visit.parts)
    return await _form(visit, country, where)


@router.post("/text/{event}/{recipient}/{language}")
async def write(visit: MemberOf, country: str, where: PlaceOf) -> Response:
    """Keep the text as the country's own, go back to the one that comes with Keydesk, look at it, or try it."""
    await configurer(country, visit.who)
    fields = await fields_of(visit.request)
    texts, done = {name: fields.get(name, "") for name in TEXTS}, fields.get("do", "save")
    try:
        if done == "delete":
            await notifications.forget_template(country, where, visit.who, visit.parts)
        elif done == "save":
            seen = {"version": fields["version"]} if fields.get("version") else {}
            body = parsed(OwnTemplateBody, texts | seen)
            await notifications.write_template(country, body, where, visit.who, visit.parts)
        else:
            return await _tried(visit, country, where, parsed(TemplateBody, texts), test=done == "test")
    except NotFound:
        raise
    except KeydeskError as refusal:
        found = problems(visit, refusal, status_of(type(refusal)))
        return await _form(visit, country, where, fields=fields, found=found)
    return visit.go(f"/configuration/{country}/notifications", done=done)


async def _tried(visit: Visit, country: str, where: Place, body: TemplateBody, *, test: bool) -> Response:
    """The form with the email as it would read; a test goes to the keyuser's own address. Nothing is kept."""
    if test:
        await notifications.send_test(body, where, visit.who, visit.parts)
    letter = await notifications.preview(body, where, visit.who)
    return await _form(visit, country, where, fields=body.model_dump(), letter=letter, tested=test)


async def _form(
    visit: Visit,
    country: str,
    where: Place,
    *,
    fields: dict[str, str] | None = None,
    found: Problems | None = None,
    letter: Preview | None = None,
    tested: bool = False,
) -> Response:
    everything = (await notifications.read_templates(country, None, visit.parts)).items  # type: ignore[arg-type]
    now = next((one for one in everything if asdict(where).items() <= one.model_dump().items()), None)
    return visit.page(
        "email.html",
        found.status if found else 200,
        country=country,
        where=where,
        text=now,
        fields=fields or {"subject": now.subject if now else "", "body": now.body if now else ""},
        found=found or Problems(),
        letter=letter,
        tested=tested,
        tags=TAGS,
        may_change=visit.who.role is Role.KEYUSER,
    )
