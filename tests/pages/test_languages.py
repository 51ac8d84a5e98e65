"""Pages in the reader's language: what rules say, labels, values, all of it."""

import re
from functools import cache
from html.parser import HTMLParser

import httpx

from api.pages import words
from api.pages.languages import catalogue
from configuration.registry import RESOURCES
from tests.api.unit.test_catalogues import catalogue_file
from tests.pages.test_filing import FIELDS, begun
from tests.pages.walks import browser, hidden, read, sent
from tests.stack.running import Stack
from tests.stack.walks import decided, filed, new_serial
from workers import demo

SHOWN = {"placeholder", "aria-label", "title", "alt", "data-name"}
# Names that keyusers of the demo gave.
NAMES = {"standard"}


class Texts(HTMLParser):
    """The texts that people read, or are read to them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if name in SHOWN and value}

    def handle_data(self, data: str) -> None:
        self.found.add(" ".join(data.split()))


async def speaking(stack: Stack, login: str, language: str) -> httpx.AsyncClient:
    """A browser in which `login` has signed in and chosen the language; one for the whole run."""
    name = f"pages of {login} in {language}"
    if name not in stack.clients:
        client = browser(stack)
        await client.post("/sign-in", data={"login": login, "password": demo.PASSWORD})
        client.cookies["keydesk_language"] = language
        stack.clients[name] = client
    return stack.clients[name]


@cache
def translated(language: str) -> frozenset[str]:
    """Every text that reads differently in the language."""
    return frozenset(str(one.id) for one in catalogue_file(language) if one.id and one.id != one.string) - NAMES


def english(page: str, language: str) -> list[str]:
    """The texts of the page that have a translation, and are shown without it."""
    return sorted(Texts(page).found & translated(language))


async def test_no_text_of_ours_is_left_in_english(stack: Stack) -> None:
    client = await speaking(stack, "keyuser.es", "es")
    pages = ["/requests", "/dashboard", "/configuration/ES"]
    pages += [f"/configuration/ES/{name}" for name in ("settings", "pools", "permits", "imports", "audit")]
    for resource in RESOURCES:
        pages += [f"/configuration/ES/{resource.name}", f"/configuration/ES/{resource.name}/new"]
    assert {path: left for path in pages if (left := english(await read(client, path), "es"))} == {}


async def test_a_case_is_told_in_spanish(stack: Stack) -> None:
    request = await filed(stack, commissioned_on="2026-10-30", sales_method="rented")
    client, path = await speaking(stack, "keyuser.es", "es"), f"/requests/{request['id']}"
    page = await read(client, path)
    assert "tipo de venta: Alquiler" in page
    assert "el mayorista da garantía: no; se exige: sí" in page
    assert "la solicitud es de tipo «Puesta en marcha»; la política sirve para: Extensión de garantía" in page
    await sent(client, path, f"{path}/save", commissioned_on="2026-10-31", sales_method="direct_sale")
    refused = await sent(client, path, f"{path}/save", commissioned_on="2040-01-01")
    assert "1 ene 2040 está en el futuro" in refused.text
    page = await read(client, path)
    assert "Alquiler" in re.findall(r"<del>([^<]+)</del>", page)
    assert "31 oct 2026" in page
    assert english(page, "es") == []


async def test_a_refusal_is_told_in_portuguese(stack: Stack) -> None:
    client = await speaking(stack, "installer.abc", "pt")
    draft = await begun(client)
    page = (await client.get(draft)).text
    wrong = {**FIELDS, "units/0/serial": new_serial(), "units/0/product": "CS-Z25TKEW", "wholesaler": "Nobody"}
    refused = await client.post(draft, data={**hidden(page), **wrong, "do": "submit"})
    assert "CS-Z25TKEW é uma unidade interior" in refused.text
    assert "Nobody não está na lista de grossistas do país" in refused.text
    missing = await client.post(draft, data={**hidden(page), **FIELDS, "units/0/serial": new_serial(), "do": "submit"})
    for place, title in (("file-commissioning-sheet", "Hoja de puesta en marcha"), ("file-invoice", "Factura")):
        assert f'<a href="#{place}">{title}</a>: falta' in missing.text
    assert english(missing.text, "pt") == []


async def test_a_refusal_says_what_stands_in_the_way(stack: Stack) -> None:
    request = await filed(stack)
    await decided(stack, "keyuser.es", request["id"], "cancel", comment="sent twice")
    client, path = await speaking(stack, "keyuser.es", "es"), f"/requests/{request['id']}"
    gone = await sent(client, path, f"{path}/actions/accept", version="2")
    assert catalogue("es").gettext(words.REFUSALS["move_refused"]) in gone.text
    used = "/configuration/ES/line-ups/entry/residential"
    assert "Esta entrada está en uso (gama residential)." in (await sent(client, used, used, do="delete")).text
