"""The languages of the pages: catalogues read from `locale/`, and which one a visitor gets.

The `.po` files are compiled in memory when a language is first asked for; nothing is written beside them.
"""

from functools import cache
from importlib.resources import files
from io import BytesIO

from babel import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from fastapi import Request

LANGUAGES = {"en": "English", "es": "Español", "pt": "Português"}
COOKIE = "keydesk_language"


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations of the pages; English is what stands in the source."""
    if language == "en":
        return NullTranslations()
    source = files("api.pages") / "locale" / language / "LC_MESSAGES" / "messages.po"
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def language_for(request: Request, usual: str | None = None) -> str:
    """What the visitor chose, else `usual` (that of the account's country), else what the browser asks for."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    if usual in LANGUAGES:
        return usual
    asked = [one.partition(";")[0].strip() for one in request.headers.get("accept-language", "").split(",")]
    return negotiate_locale(asked, list(LANGUAGES), sep="-") or "en"
