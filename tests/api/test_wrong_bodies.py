"""Every wrong body of a submission: 422, the code, the place of the mistake, and nothing left behind."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.refusals import pointers, refusal
from tests.stack.footprint import counter, footprint
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, body_of, filed, new_serial, outdoor, seen

Json = dict[str, Any]
UNKNOWN = "11111111-2222-4333-8444-555555555555"
HUGE = 10**400


def without(name: str) -> Callable[[Json], None]:
    return lambda body: body.pop(name)


def having(path: str, value: Any) -> Callable[[Json], None]:
    """Put a value at a place such as `end_user/name` or `units/0/serial`."""

    def change(body: Json) -> None:
        *folders, last = path.split("/")
        place: Any = body
        for part in folders:
            place = place[int(part)] if isinstance(place, list) else place[part]
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value

    return change


UNIT = {"role": "outdoor", "product": "CU-2Z50TBE", "serial": "REPEATED1"}

WRONG: dict[str, tuple[Callable[[Json], None], str]] = {
    # What is mandatory
    "no wholesaler": (without("wholesaler"), "/wholesaler"),
    "no line-up": (without("line_up"), "/line_up"),
    "no date": (without("commissioned_on"), "/commissioned_on"),
    "no end user": (without("end_user"), "/end_user"),
    "no units": (without("units"), "/units"),
    "no country": (without("country"), "/country"),
    "end user without name": (having("end_user/name", ""), "/end_user/name"),
    "end user of blanks": (having("end_user/name", "   "), "/end_user/name"),
    "end user without address": (having("end_user/address", ""), "/end_user/address"),
    "end user without postcode": (having("end_user/postcode", ""), "/end_user/postcode"),
    "end user without city": (having("end_user/city", ""), "/end_user/city"),
    "an empty list of units": (having("units", []), "/units"),
    "no outdoor unit": (
        having("units", [{"role": "indoor", "product": "CS-Z25TKEW", "serial": "55100001"}]),
        "/units",
    ),
    # References
    "unknown wholesaler": (having("wholesaler", "XYZ"), "/wholesaler"),
    "wholesaler of another country": (having("wholesaler", "MNO"), "/wholesaler"),
    "unknown line-up": (having("line_up", "industrial"), "/line_up"),
    "unknown product": (having("units/0/product", "CU-0"), "/units/0/product"),
    "product of another line-up": (having("units/0/product", "WH-UD05HE5"), "/units/0/product"),
    "product in the wrong role": (having("units/0/product", "CS-Z25TKEW"), "/units/0/role"),
    "unknown requirement": (having("documents/0/requirement", "passport"), "/documents/0/requirement"),
    "unknown document": (having("documents/0/document_id", UNKNOWN), "/documents/0/document_id"),
    # Shapes
    "unknown role": (having("units/0/role", "cellar"), "/units/0/role"),
    "unknown sales method": (having("sales_method", "stolen"), "/sales_method"),
    "unknown field": (having("colour", "red"), "/colour"),
    "unknown field of the end user": (having("end_user/age", 40), "/end_user/age"),
    "document id that is none": (having("documents/0/document_id", "invoice.pdf"), "/documents/0/document_id"),
    "email that is none": (having("end_user/email", "lucia@"), "/end_user/email"),
    "two emails": (having("end_user/email", "a@example.org,b@example.org"), "/end_user/email"),
    "a header in the email": (having("end_user/email", "a@example.org\r\nBcc: b@example.org"), "/end_user/email"),
    "postcode too long": (having("end_user/postcode", "1" * 21), "/end_user/postcode"),
    "name too long": (having("end_user/name", "x" * 201), "/end_user/name"),
    "remarks too long": (having("remarks", "x" * 4001), "/remarks"),
    "too many units": (having("units", [UNIT] * 61), "/units"),
    "too many documents": (
        having("documents", [{"requirement": "invoice", "document_id": UNKNOWN}] * 41),
        "/documents",
    ),
    # Types
    "a number for a name": (having("end_user/name", 5), "/end_user/name"),
    "null for a name": (having("end_user/name", None), "/end_user/name"),
    "a list for the end user": (having("end_user", []), "/end_user"),
    "an object for the units": (having("units", {}), "/units"),
    "a huge number for a serial": (having("units/0/serial", HUGE), "/units/0/serial"),
    "a word among the units": (having("units/0", "outdoor"), "/units/0"),
    # Dates
    "not a date": (having("commissioned_on", "yesterday"), "/commissioned_on"),
    "no such day": (having("commissioned_on", "2026-02-30"), "/commissioned_on"),
    "an instant": (having("commissioned_on", "2026-11-01T00:00:00"), "/commissioned_on"),
    "a number of seconds": (having("commissioned_on", 1_790_000_000), "/commissioned_on"),
    "a huge number as date": (having("commissioned_on", HUGE), "/commissioned_on"),
    "the future": (having("commissioned_on", "2999-01-01"), "/commissioned_on"),
    # Serial numbers
    "serial too short": (having("units/0/serial", "A-1 2"), "/units/0/serial"),
    "serial too long": (having("units/0/serial", "A" * 31), "/units/0/serial"),
    "serial with a slash": (having("units/0/serial", "4481/0001"), "/units/0/serial"),
    "serial in another alphabet": (having("units/0/serial", "СЕРИЯ1"), "/units/0/serial"),
    "the same serial twice": (having("units", [UNIT, {**UNIT, "serial": "repea-ted 1"}]), "/units/1/serial"),
    # Characters that nothing can hold
    "NUL in a name": (having("end_user/name", "Lu\x00cía"), "/end_user/name"),
    "NUL in the remarks": (having("remarks", "a\x00b"), "/remarks"),
    "NUL in a reference": (having("wholesaler", "DEF\x00"), "/wholesaler"),
    "NUL in a product": (having("units/0/product", "CU\x00"), "/units/0/product"),
    "NUL in a serial": (having("units/0/serial", "4481\x000001"), "/units/0/serial"),
    "an escape character": (having("end_user/city", "\x1b[31mMadrid"), "/end_user/city"),
    "two lines in a name": (having("end_user/name", "Lucía\nPérez"), "/end_user/name"),
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_wrong_body_is_refused_at_the_right_place(stack: Stack, what: str) -> None:
    change, pointer = WRONG[what]
    body = await body_of(stack, "installer.abc")
    change(body)
    before = await footprint(stack)
    answer = await stack.client_of("installer.abc").post(f"{REQUESTS}/commissioning", json=body)
    assert refusal(answer) == (422, "invalid")
    assert pointer in pointers(answer)
    assert await footprint(stack) == before


RAW: dict[str, bytes] = {
    "no body": b"",
    "no JSON": b"country=ES",
    "half a JSON": b'{"country": "ES"',
    "a list": b"[]",
    "a word": b'"ES"',
    "a number": b"1e999",
    "null": b"null",
    "not UTF-8": b'{"country": "\xff\xfe"}',
    "a lone surrogate": b'{"country": "\\ud800"}',
    "a surrogate as a key": b'{"\\udfff": 1}',
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "NaN": b'{"country": NaN}',
    "a very long number": b'{"country": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("what", RAW)
async def test_a_body_that_is_no_form_is_refused(stack: Stack, what: str) -> None:
    before = await footprint(stack)
    answer = await stack.client_of("installer.abc").post(
        f"{REQUESTS}/commissioning", content=RAW[what], headers={"Content-Type": "application/json"}
    )
    assert refusal(answer) == (422, "invalid")
    assert await footprint(stack) == before


@pytest.mark.parametrize("field", ["end_user/name", "wholesaler", "units/0/serial", "units/0/product", "remarks"])
async def test_a_lone_surrogate_in_a_field_is_refused(stack: Stack, field: str) -> None:
    body = await body_of(stack, "installer.abc")
    having(field, "PLACE")(body)
    raw = json.dumps(body).replace("PLACE", "AB\\ud83dCD").encode()
    before = await footprint(stack)
    answer = await stack.client_of("installer.abc").post(
        f"{REQUESTS}/commissioning", content=raw, headers={"Content-Type": "application/json"}
    )
    assert refusal(answer) == (422, "invalid")
    assert await footprint(stack) == before


async def test_another_content_type_is_refused(stack: Stack) -> None:
    answer = await stack.client_of("installer.abc").post(
        f"{REQUESTS}/commissioning", content=b"<country/>", headers={"Content-Type": "application/xml"}
    )
    assert answer.status_code in {415, 422}
    assert refusal(answer)[1] in {"unsupported_type", "invalid"}


async def test_a_body_of_twelve_mebibytes_is_too_large(stack: Stack) -> None:
    answer = await stack.client_of("installer.abc").post(
        f"{REQUESTS}/commissioning",
        content=b'{"remarks": "' + b"x" * (12 * 1024 * 1024) + b'"}',
        headers={"Content-Type": "application/json"},
    )
    assert refusal(answer) == (413, "too_large")


async def test_several_mistakes_are_all_named(stack: Stack) -> None:
    body = await body_of(stack, "installer.abc", wholesaler="XYZ", commissioned_on="2999-01-01", units=outdoor("!"))
    answer = await stack.client_of("installer.abc").post(f"{REQUESTS}/commissioning", json=body)
    assert pointers(answer) == ["/wholesaler", "/commissioned_on", "/units/0/serial"]


async def test_the_value_that_was_sent_is_not_repeated(stack: Stack) -> None:
    body = await body_of(stack, "installer.abc", end_user={"name": "", "email": "secreto@", "city": "x" * 300})
    answer = await stack.client_of("installer.abc").post(f"{REQUESTS}/commissioning", json=body)
    assert answer.status_code == 422
    assert "secreto" not in answer.text
    assert "xxx" not in answer.text


async def test_a_wrong_body_gives_out_no_number(stack: Stack) -> None:
    before = await counter(stack)
    body = await body_of(stack, "installer.abc", line_up="industrial")
    await stack.client_of("installer.abc").post(f"{REQUESTS}/commissioning", json=body)
    assert await counter(stack) == before


async def test_serials_are_normalised_once_at_the_edge(stack: Stack) -> None:
    serial = new_serial()
    typed = f" {serial[:4].lower()}-{serial[4:]} a"
    request = await filed(stack, units=outdoor(typed))
    assert request["data"]["units"][0]["serial"] == f"{serial}A"
    assert (await seen(stack, request["id"]))["data"]["units"][0]["serial"] == f"{serial}A"
