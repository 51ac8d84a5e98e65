"""Server-rendered pages: Jinja2 with autoescape, and a Content-Security-Policy that lets nothing else in."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.pages import configured, sentences, words
from api.pages.languages import LANGUAGES, catalogue
from api.pages.measures import said_day, said_days, said_moment
from domain.states import State

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Accept, Accept-Language, Cookie",
}
TABLER = ("starlette_admin", "static/css/vendor")


@cache
def asset(name: str) -> str:
    """The address of one of our static files; it changes with the content, so browsers may keep it for good."""
    content = (files("api.pages") / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:8]}"


def vendor(name: str) -> str:
    """The address of a file of the design system, which comes with a package (`docs/decisions/0019`)."""
    return f"/static/vendor/{name}?v={version('starlette-admin')}"


@cache
def environment(language: str) -> Environment:
    """The templates in one language."""
    templates = Environment(
        loader=PackageLoader("api.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    templates.globals |= {
        "asset": asset,
        "vendor": vendor,
        "words": words,
        "configured": configured,
        "languages": LANGUAGES,
        "language": language,
        "State": State,
    }
    templates.filters |= {
        "day": lambda value: shown_day(value, language),
        "moment": lambda value, zone="UTC": shown_moment(value, language, zone),
        "ago": lambda value, now: shown_age(value, now, language),
        "days": lambda count: said_days(count, language),
        "translated": lambda text: translated(text, language),
        "sentence": lambda text: sentences.said(text, language),
        "told": lambda refusal: sentences.told(refusal.code, refusal.detail, language),
        "labelled": lambda name, titles=sentences.NO_TITLES: sentences.label_of_change(name, language, titles),
        "valued": lambda value, name: sentences.value_of(name, value, language),
        "keyed": lambda key, resource: sentences.key_of(key, resource, language),
        "pairs": lambda names: [(name, name) for name in names],
        "said": lambda named: [(value, translated(text, language)) for value, text in named.items()],
        "last_day": lambda end: end - timedelta(days=1),
    }
    return templates


def translated(text: str, language: str) -> str:
    """The text in this language, if the catalogue has it."""
    return catalogue(language).gettext(text) if text else ""


def shown_day(value: date | str, language: str) -> str:
    """A day as people write it."""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return said_day(day, language)


def shown_moment(value: datetime, language: str, zone: str) -> str:
    """An instant in the country's local time."""
    return said_moment(value.astimezone(ZoneInfo(zone)), language)


def shown_age(value: datetime, now: datetime, language: str) -> str:
    """How long ago, or in how long: `3 days`."""
    return format_timedelta(abs(now - value), granularity="minute", threshold=1.5, locale=language)


def render(name: str, language: str, **values: Any) -> str:
    """The template `name` as HTML."""
    return environment(language).get_template(name).render(values)


def page(name: str, status: int, language: str = "en", **values: Any) -> HTMLResponse:
    """The template `name` as a page."""
    return HTMLResponse(render(name, language, now=datetime.now(UTC), **values), status, HEADERS)
