"""Everything that pages say is said in every language, with the same places for values."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from api.pages.languages import LANGUAGES, catalogue

PAGES = Path(__file__).parents[3] / "api" / "pages"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"extensions": "jinja2.ext.do"}}
PLACE = re.compile(r"%\(\w+\)s|(?<=\{)\w+(?=(?::\w+)?\})|\{\{")
OTHERS = [code for code in LANGUAGES if code != "en"]


def said() -> set[str]:
    """Every text that the sources of the pages mark for translation."""
    keywords = {"_": None, "gettext": None, "n_": None}
    found = extract_from_dir(PAGES, METHODS, OPTIONS, keywords=keywords)
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def catalogue_file(language: str) -> Catalog:
    """The catalogue as it stands in the repository."""
    file = PAGES / "locale" / language / "LC_MESSAGES" / "messages.po"
    return read_po(BytesIO(file.read_bytes()), locale=language)


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_every_text_and_no_other(language: str) -> None:
    texts = {one.id: one for one in catalogue_file(language) if one.id}
    assert set(texts) == said()
    assert [name for name, one in texts.items() if not one.string or one.fuzzy] == []


@pytest.mark.parametrize("language", OTHERS)
def test_values_have_the_same_places(language: str) -> None:
    for one in catalogue_file(language):
        if one.id:
            assert sorted(PLACE.findall(str(one.id))) == sorted(PLACE.findall(str(one.string))), one.id


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_is_compiled_in_memory(language: str) -> None:
    before = set((PAGES / "locale").rglob("*"))
    assert catalogue(language).gettext("Sign in") != "Sign in"
    assert set((PAGES / "locale").rglob("*")) == before
