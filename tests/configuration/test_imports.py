"""Lists as spreadsheet files: export, import, all or nothing, every error at once, once only."""

import asyncio
from typing import Any

import httpx
import pytest
import pytest_asyncio

from activities.spreadsheets import files
from activities.spreadsheets.files import Format
from configuration.lists import LISTS
from domain.sheets import Row, Sheet
from tests.api.refusals import refusal
from tests.configuration.test_campaigns import CAMPAIGN, INVOICE
from tests.configuration.test_wholesalers import at, audited
from tests.stack.countries import NewCountry, new_country
from tests.stack.running import Stack
from tests.stack.walks import eventually

LIST = "campaign-products"
AUTUMN = {"campaign": "AUTUMN"}
HEADINGS = "product;default_points;document: invoice;information: serial"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def country(stack: Stack) -> NewCountry:
    country = await new_country(stack)
    answer = await stack.client_of(country.keyuser).post(at(country, "campaigns"), json=CAMPAIGN)
    assert answer.status_code == 201, answer.text
    return country


@pytest.fixture
def client(stack: Stack, country: NewCountry) -> httpx.AsyncClient:
    return stack.client_of(country.keyuser)


async def sent(
    client: httpx.AsyncClient, country: NewCountry, content: bytes | str, key: str | None = None, **params: str
) -> httpx.Response:
    content = content.encode() if isinstance(content, str) else content
    return await client.post(
        at(country, LIST, "import"),
        files={"file": ("products.csv", content)},
        params=AUTUMN | params,
        headers={} if key is None else {"Idempotency-Key": key},
    )


async def ended(client: httpx.AsyncClient, answer: httpx.Response) -> dict[str, Any]:
    """The import, once it has ended."""
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = {}

    async def at_rest() -> bool:
        found.update((await client.get(answer.headers["Location"])).json())
        return found["state"] not in {"waiting", "running"}

    await eventually(at_rest, "the import does not end")
    return found


async def imported(client: httpx.AsyncClient, country: NewCountry, *rows: str) -> dict[str, Any]:
    return await ended(client, await sent(client, country, "\n".join([HEADINGS, *rows])))


async def listed(client: httpx.AsyncClient, country: NewCountry) -> dict[str, dict[str, Any]]:
    page = (await client.get(at(country, LIST), params={"limit": 1000})).json()
    return {one["product"]: one for one in page["items"]}


async def test_a_file_creates_changes_and_leaves(client: httpx.AsyncClient, country: NewCountry) -> None:
    first = await imported(client, country, "CS-Z25TKEW;11;1;0", "CS-Z35TKEW;20;;1")
    assert (first["state"], first["result"]) == ("done", {"created": 2, "changed": 0, "unchanged": 0})
    assert (first["rows_read"], first["rows_total"], first["errors"], first["part"]) == (2, 2, [], "AUTUMN")
    second = await imported(client, country, "CS-Z35TKEW;20;0;1", "CS-Z25TKEW;12;1;0", "CU-Z25TKE;1;1;1")
    assert second["result"] == {"created": 1, "changed": 1, "unchanged": 1}
    found = await listed(client, country)
    assert {name: (one["default_points"], one["version"]) for name, one in found.items()} == {
        "CS-Z25TKEW": (12, 2),
        "CS-Z35TKEW": (20, 1),
        "CU-Z25TKE": (1, 1),
    }
    assert found["CS-Z35TKEW"]["required_information"] == ["serial"]
    log = await audited(client, country, resource="imports", key=str(second["id"]))
    assert [(one["action"], one["actor"]) for one in log] == [("import", country.keyuser)]
    assert log[0]["after"] == {
        "list": LIST,
        "part": "AUTUMN",
        "sha256": second["sha256"],
        "rows": 3,
        "created": 1,
        "changed": 1,
        "unchanged": 1,
    }
    changes = await audited(client, country, resource=LIST, key="AUTUMN/CS-Z25TKEW")
    assert [(one["version"], one["after"]["default_points"]) for one in changes] == [(2, 12), (1, 11)]


@pytest.mark.parametrize("form", Format)
async def test_what_was_exported_imports_unchanged(
    client: httpx.AsyncClient, country: NewCountry, form: Format
) -> None:
    await imported(client, country, "CS-Z25TKEW;11;1;0", "CS-Z35TKEW;20;0;1")
    before = await listed(client, country)
    export = await client.get(at(country, f"{LIST}.{form}"), params=AUTUMN)
    assert export.status_code == 200, export.text
    assert export.headers["content-type"] == files.MEDIA_TYPES[form]
    assert export.headers["content-disposition"] == f'attachment; filename="{LIST}.{form}"'
    result = (await ended(client, await sent(client, country, export.content)))["result"]
    assert result == {"created": 0, "changed": 0, "unchanged": len(before)}
    assert await listed(client, country) == before


async def test_every_error_is_named_at_once_and_nothing_is_left_behind(
    client: httpx.AsyncClient, country: NewCountry
) -> None:
    before = await listed(client, country), await audited(client, country)
    refused = await imported(
        client,
        country,
        "CS-Z25TKEW;99;1;0",
        "CS-Z35TKEW;many;1;0",
        "UNKNOWN;1;1;2",
        "NO-SUCH;1;1;1",
        "CS-Z25TKEW;98;1;0",
    )
    assert (refused["state"], refused["result"], refused["more_errors"]) == ("refused", None, 0)
    assert [(one["row"], one["column"]) for one in refused["errors"]] == [
        (3, "default_points"),
        (4, "information: serial"),
        (5, "product"),
        (6, "product"),
    ]
    assert refused["errors"][2]["detail"] == "not a product of this country"
    assert (await listed(client, country), await audited(client, country)) == before


async def test_headings_are_those_of_the_campaign(client: httpx.AsyncClient, country: NewCountry) -> None:
    refused = await ended(client, await sent(client, country, "product;points\nCS-Z25TKEW;1\n"))
    assert [(one["row"], one["column"]) for one in refused["errors"]] == [
        (1, "points"),
        (1, "default_points"),
        (1, "document: invoice"),
        (1, "information: serial"),
    ]


async def test_the_template_lists_what_the_campaign_asks_for(client: httpx.AsyncClient, country: NewCountry) -> None:
    answer = await client.get(at(country, f"{LIST}.template.xlsx"), params=AUTUMN)
    sheet = Sheet(LIST, (), ())
    lines = list(files.lines_of(answer.content, sheet))
    assert lines[0][1][:4] == HEADINGS.split(";")
    assert len(lines) == 1


async def test_the_same_key_and_file_give_the_same_import(client: httpx.AsyncClient, country: NewCountry) -> None:
    file = f"{HEADINGS}\nCU-Z25TKE;5;1;0\n"
    first = await sent(client, country, file, "once")
    again = await asyncio.gather(*(sent(client, country, file, "once") for _ in range(3)))
    assert {one.json()["id"] for one in again} == {first.json()["id"]}
    await ended(client, first)
    assert (await ended(client, await sent(client, country, file, "once")))["id"] == first.json()["id"]
    assert refusal(await sent(client, country, file + "\n", "once")) == (422, "idempotency_conflict")


async def test_two_imports_at_once_both_end(client: httpx.AsyncClient, country: NewCountry) -> None:
    answers = await asyncio.gather(
        *(sent(client, country, f"{HEADINGS}\nCU-2Z50TBE;{points};1;0\n") for points in (1, 2, 3))
    )
    assert [(await ended(client, one))["state"] for one in answers] == ["done"] * 3
    assert (await listed(client, country))["CU-2Z50TBE"]["version"] == 3


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", (422, "invalid")),
        (b"PK\x03\x04" + bytes(10 * 1024 * 1024), (413, "too_large")),
        (b"\xd0\xcf\x11\xe0 old", (415, "unsupported_type")),
        (b"\x89PNG\r\n\x1a\n\x00", (415, "unsupported_type")),
    ],
)
async def test_what_is_no_list_is_not_taken(
    client: httpx.AsyncClient, country: NewCountry, content: bytes, expected: tuple[int, str]
) -> None:
    assert refusal(await sent(client, country, content)) == expected


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a workbook", b"%PDF-1.4", b'product;default_points\n"A'])
async def test_what_cannot_be_read_is_refused_by_the_job(
    client: httpx.AsyncClient, country: NewCountry, content: bytes
) -> None:
    assert (await ended(client, await sent(client, country, content)))["state"] == "refused"


async def test_a_file_is_about_one_campaign_of_the_country(client: httpx.AsyncClient, country: NewCountry) -> None:
    assert refusal(await sent(client, country, HEADINGS, campaign="NONE")) == (404, "not_found")
    assert refusal(await client.get(at(country, f"{LIST}.csv"))) == (422, "invalid")
    assert refusal(await client.get(at(country, f"{LIST}.csv"), params={"campaign": "SPRING2"})) == (404, "not_found")


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("keyuser.pt", [(404, "not_found")] * 4),
        ("participant.ana", [(403, "forbidden")] * 4),
        ("ops", [(403, "forbidden"), (200, ""), (200, ""), (200, "")]),
    ],
)
async def test_only_the_countrys_keyuser_imports(
    stack: Stack, client: httpx.AsyncClient, country: NewCountry, login: str, expected: list[tuple[int, str]]
) -> None:
    import_id = (await imported(client, country, "CS-Z25TKEW;11;1;0"))["id"]
    other = stack.client_of(login)
    answers = [
        await sent(other, country, HEADINGS),
        await other.get(at(country, f"{LIST}.csv"), params=AUTUMN),
        await other.get(at(country, f"{LIST}.template.xlsx"), params=AUTUMN),
        await other.get(at(country, "imports", str(import_id))),
    ]
    assert [refusal(one) if one.is_error else (one.status_code, "") for one in answers] == expected


async def test_imports_are_listed_newest_first(client: httpx.AsyncClient, country: NewCountry) -> None:
    made = [(await imported(client, country, "CS-Z25TKEW;11;1;0"))["id"] for _ in range(3)]
    page = (await client.get(at(country, "imports"), params={"limit": 2})).json()
    assert [one["id"] for one in page["items"]] == made[:0:-1]
    rest = (await client.get(at(country, "imports"), params={"limit": 1, "cursor": page["next_cursor"]})).json()
    assert [one["id"] for one in rest["items"]] == made[:1]


@pytest.mark.parametrize("import_id", ["0", "999999", "x", "99999999999999999999", "-1", "١"])
async def test_an_import_that_is_not_there_is_not_found(
    client: httpx.AsyncClient, country: NewCountry, import_id: str
) -> None:
    assert refusal(await client.get(at(country, "imports", import_id))) == (404, "not_found")


def test_what_has_a_1_is_required() -> None:
    row: Row = {"product": "A", "default_points": 1, "document: invoice": True, "information: serial": False}
    fields = LISTS.sheet_of(LIST).fields_of(row, "AUTUMN")
    assert (fields["required_documents"], fields["required_information"]) == ([INVOICE["requirement"]], [])
