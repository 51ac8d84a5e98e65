"""The keyuser's guide names what the pages really say."""

import re

from babel.messages.pofile import read_po

from tests.docs.pages import ROOT, text_of

CATALOGUE = ROOT / "api/pages/locale/es/LC_MESSAGES/messages.po"


def test_the_guide_for_keyusers_names_what_pages_say() -> None:
    with CATALOGUE.open("rb") as file:
        said = {entry.id for entry in read_po(file)}
    named = [re.sub(r"\s+", " ", one) for one in re.findall(r"\*\*(.+?)\*\*", text_of(ROOT / "docs/deciding.md"), re.S)]
    assert len(named) > 20
    assert [name for name in named if name not in said] == []
