"""Every list that people keep in spreadsheets: its export imports unchanged, and a new file does what it says."""

import httpx
import pytest
import pytest_asyncio

from configuration.lists import LISTS
from domain.sheets import Row
from tests.configuration.test_campaigns import CAMPAIGN
from tests.configuration.test_imports import ended
from tests.configuration.test_wholesalers import HEATING, RESIDENTIAL, at
from tests.stack.countries import NewCountry, new_country
from tests.stack.running import Stack

FORMS = ("xlsx", "csv")
COMPANY = "name;company_class;AC1;AC2;AH1;pro_partner;organisational_unit;address;postcode;city;phone;email"
MATRIX = (
    "code;commercial: distributes;commercial: gives warranty;heating: distributes;heating: gives warranty;"
    "residential: distributes;residential: gives warranty"
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def country(stack: Stack) -> NewCountry:
    country = await new_country(stack, codes=3)
    client = stack.client_of(country.keyuser)
    assert (await client.post(at(country, "campaigns"), json=CAMPAIGN)).status_code == 201
    return country


@pytest.fixture
def client(stack: Stack, country: NewCountry) -> httpx.AsyncClient:
    return stack.client_of(country.keyuser)


async def sent(client: httpx.AsyncClient, country: NewCountry, name: str, content: bytes | str) -> Row:
    """How the import of a file ended."""
    content = content.encode() if isinstance(content, str) else content
    answer = await client.post(
        at(country, name, "import"), files={"file": (name, content)}, params={"campaign": "AUTUMN"}
    )
    return await ended(client, answer)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", LISTS.lists)
async def test_its_export_imports_unchanged(
    client: httpx.AsyncClient, country: NewCountry, name: str, form: str
) -> None:
    export = await client.get(at(country, f"{name}.{form}"), params={"campaign": "AUTUMN"})
    assert export.status_code == 200, export.text
    found = await sent(client, country, name, export.content)
    assert (found["state"], found["errors"]) == ("done", [])
    assert (found["result"]["created"], found["result"]["changed"]) == (0, 0)
    assert (found["result"]["unchanged"] > 0) is (name != "campaign-products")


@pytest.mark.parametrize("name", LISTS.lists)
async def test_its_template_has_its_headings(client: httpx.AsyncClient, country: NewCountry, name: str) -> None:
    answer = await client.get(at(country, f"{name}.template.xlsx"), params={"campaign": "AUTUMN"})
    found = await sent(client, country, name, answer.content)
    assert found["result"] == {"created": 0, "changed": 0, "unchanged": 0}


async def test_wholesalers_come_with_their_matrix(client: httpx.AsyncClient, country: NewCountry) -> None:
    found = await sent(client, country, "wholesalers", f"{MATRIX}\nFrío;;;0;0;1;0\nDEF;;;;;1;1\n")
    assert found["result"] == {"created": 1, "changed": 1, "unchanged": 0}
    made = (await client.get(at(country, "wholesalers", "Frío"))).json()
    assert made["line_ups"] == [HEATING, RESIDENTIAL]
    half = await sent(client, country, "wholesalers", f"{MATRIX}\nHalf;;;;;1;\n")
    assert [(one["row"], one["column"]) for one in half["errors"]] == [(2, "residential: distributes")]


async def test_companies_come_with_class_and_schemes(client: httpx.AsyncClient, country: NewCountry) -> None:
    rows = (
        "Clima Uno;accredited_partner;1;0;1;Clima Dos;;Calle Mayor 1;08001;Barcelona;'+34 600;",
        "Clima Dos;pro_partner;;;;;;;;;;dos@example.org",
    )
    found = await sent(client, country, "companies", "\n".join([COMPANY, *rows]))
    assert (found["errors"], found["result"]) == ([], {"created": 2, "changed": 0, "unchanged": 0})
    made = (await client.get(at(country, "companies", "Clima Uno"))).json()
    assert (made["schemes"], made["pro_partner"], made["postcode"]) == (["AC1", "AH1"], "Clima Dos", "08001")
    assert made["phone"] == "+34 600"


async def test_what_the_rules_have_against_a_row_stands_in_its_column(
    client: httpx.AsyncClient, country: NewCountry
) -> None:
    rows = (
        "Clima Tres;accredited_partner;;;;Nobody;;;;;;",
        "Clima Cuatro;standard;;;;;;;;;;no address",
    )
    found = await sent(client, country, "companies", "\n".join([COMPANY, *rows]))
    assert [(one["row"], one["column"]) for one in found["errors"]] == [(2, "pro_partner"), (3, "email")]


async def test_products_come_with_line_up_and_role(client: httpx.AsyncClient, country: NewCountry) -> None:
    file = "reference;line_up;role;brand;type;family\nNEW-1;Heating;outdoor;;A2W;\nNEW-2;boats;indoor;;;\n"
    found = await sent(client, country, "products", file)
    assert [(one["row"], one["column"]) for one in found["errors"]] == [(3, "line_up")]
    found = await sent(client, country, "products", file.replace("boats", "commercial"))
    assert found["result"]["created"] == 2
    made = (await client.get(at(country, "products", "NEW-1"))).json()
    assert (made["line_up"], made["role"], made["brand"], made["type"]) == ("heating", "outdoor", None, "A2W")


async def test_codes_come_with_their_owner(client: httpx.AsyncClient, country: NewCountry) -> None:
    owner = f"Sol {country.code}"
    found = await sent(client, country, "codes", f"number;owner\nOWN-{country.code};{owner}\nFREE-{country.code};\n")
    assert found["result"]["created"] == 2
    assert (await client.get(at(country, "codes", f"OWN-{country.code}"))).json()["owner"] == owner
    wrong = await sent(client, country, "codes", "number;owner\nlower case;Nobody\n")
    assert {(one["row"], one["column"]) for one in wrong["errors"]} == {(2, "number")}


async def test_a_code_of_another_country_is_taken(client: httpx.AsyncClient, country: NewCountry, stack: Stack) -> None:
    other = await new_country(stack, codes=1)
    theirs = (await stack.client_of(other.keyuser).get(at(other, "codes"))).json()["items"][0]["number"]
    found = await sent(client, country, "codes", f"number;owner\n{theirs};\n")
    assert (found["state"], found["errors"][0]["row"]) == ("refused", None)
