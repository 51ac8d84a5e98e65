"""Documents: what is taken, what it is told to be, and who may read it."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.api.refusals import refusal
from tests.stack.countries import new_country
from tests.stack.footprint import footprint
from tests.stack.running import Stack
from tests.stack.walks import PDF, filed, uploaded

DOCUMENTS = "/api/v1/documents"
MEBIBYTE = 1024 * 1024


def picture(kind: str) -> bytes:
    target = BytesIO()
    Image.new("RGB", (4, 4), "red").save(target, kind)
    return target.getvalue()


async def upload(stack: Stack, content: bytes, name: str = "invoice.pdf", login: str | None = "installer.abc") -> Any:
    return await stack.client_of(login).post(DOCUMENTS, files={"file": (name, content)})


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(PDF, "application/pdf"), (picture("JPEG"), "image/jpeg"), (picture("PNG"), "image/png")],
    ids=["pdf", "jpg", "png"],
)
async def test_the_content_says_what_a_document_is(stack: Stack, content: bytes, media_type: str) -> None:
    answer = await upload(stack, content, "holiday.exe")
    assert answer.status_code == 201
    assert answer.json()["media_type"] == media_type
    assert answer.json()["filename"] == "holiday.exe"
    assert answer.json()["size"] == len(content)
    back = await stack.client_of("installer.abc").get(f"{DOCUMENTS}/{answer.json()['id']}")
    assert back.content == content
    assert back.headers["content-type"] == media_type
    assert back.headers["content-disposition"] == "attachment"
    assert back.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b"MZ\x90\x00" + b"\x00" * 200,
        b"hello",
        b"PK\x03\x04" + b"\0" * 60,
        b"\x00",
        b"GIF89a" + b"\x00" * 20,
    ],
    ids=["html", "exe", "text", "zip", "nul", "gif"],
)
async def test_anything_else_is_refused_whatever_its_name(stack: Stack, content: bytes) -> None:
    before = await footprint(stack)
    assert refusal(await upload(stack, content, "invoice.pdf")) == (415, "unsupported_type")
    assert await footprint(stack) == before


async def test_an_empty_file_is_refused(stack: Stack) -> None:
    before = await footprint(stack)
    assert refusal(await upload(stack, b"")) == (422, "invalid")
    assert await footprint(stack) == before


async def test_ten_mebibytes_are_taken_and_one_byte_more_is_not(stack: Stack) -> None:
    most = PDF + b"\n" * (10 * MEBIBYTE - len(PDF))
    taken = await upload(stack, most)
    assert (taken.status_code, taken.json()["size"]) == (201, 10 * MEBIBYTE)
    before = await footprint(stack)
    assert refusal(await upload(stack, most + b"\n")) == (413, "too_large")
    assert refusal(await upload(stack, most + b"\n" * 2 * MEBIBYTE)) == (413, "too_large")
    assert await footprint(stack) == before


async def test_a_form_without_a_file_is_refused(stack: Stack) -> None:
    client = stack.client_of("installer.abc")
    assert refusal(await client.post(DOCUMENTS, data={"file": "text"})) == (422, "invalid")
    assert refusal(await client.post(DOCUMENTS, content=b"x", headers={"Content-Type": "text/plain"})) == (
        422,
        "invalid",
    )
    broken = {"Content-Type": "multipart/form-data; boundary=none"}
    assert refusal(await client.post(DOCUMENTS, content=b"--wrong", headers=broken))[0] == 422


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\factura.pdf", "factura.pdf"),
        ("a" * 300, "a" * 200),
        ("factura\u202efdp.exe", "facturafdp.exe"),
        ("Rechnung für Ñoño.pdf", "Rechnung für Ñoño.pdf"),
        ("\u202e", "document"),
    ],
)
async def test_a_name_is_shown_without_folders_and_tricks(stack: Stack, sent: str, kept: str) -> None:
    answer = await upload(stack, PDF, sent)
    assert answer.status_code == 201, answer.text
    assert answer.json()["filename"] == kept


@pytest.mark.parametrize(
    ("login", "expected"),
    [("ops", (403, "forbidden")), ("admin", (403, "forbidden")), (None, (401, "not_authenticated"))],
)
async def test_who_may_not_upload(stack: Stack, login: str | None, expected: tuple[int, str]) -> None:
    before = await footprint(stack)
    assert refusal(await upload(stack, PDF, login=login)) == expected
    assert await footprint(stack) == before


@pytest.mark.parametrize("login", ["installer.abc", "partner.pro", "participant.ana", "keyuser.es"])
async def test_who_may_upload(stack: Stack, login: str) -> None:
    assert (await upload(stack, PDF, login=login)).status_code == 201


async def test_a_document_is_for_its_company_its_keyuser_and_ops(stack: Stack) -> None:
    country = await new_country(stack)
    document = await uploaded(stack.client_of(country.installer), "invoice.pdf")
    seers = {}
    for login in (
        country.installer,
        country.colleague,
        country.rival,
        country.keyuser,
        "installer.abc",
        "keyuser.es",
        "ops",
        "admin",
    ):
        seers[login] = (await stack.client_of(login).get(f"{DOCUMENTS}/{document}")).status_code
    assert seers == {
        country.installer: 200,
        country.colleague: 200,
        country.rival: 404,
        country.keyuser: 200,
        "installer.abc": 404,
        "keyuser.es": 404,
        "ops": 200,
        "admin": 404,
    }


async def test_a_keyusers_document_can_be_read_once_it_hangs_on_the_request(stack: Stack) -> None:
    document = await uploaded(stack.client_of("keyuser.es"), "better.pdf")
    client = stack.client_of("installer.abc")
    assert (await client.get(f"{DOCUMENTS}/{document}")).status_code == 404
    request = await filed(stack)
    attached = [*request["data"]["documents"], {"requirement": "invoice", "document_id": document}]
    saved = await stack.client_of("keyuser.es").patch(
        f"/api/v1/requests/{request['id']}", json={"version": 1, "data": {"documents": attached}}
    )
    assert saved.status_code == 200, saved.text
    assert (await client.get(f"{DOCUMENTS}/{document}")).status_code == 200
    assert (await stack.client_of("installer.ac1").get(f"{DOCUMENTS}/{document}")).status_code == 404


@pytest.mark.parametrize("document", ["nothing", "11111111-2222-4333-8444-555555555555", "%00", "1" * 5000])
async def test_an_unknown_document_is_not_found(stack: Stack, document: str) -> None:
    assert refusal(await stack.client_of("installer.abc").get(f"{DOCUMENTS}/{document}")) == (404, "not_found")
