"""A keyuser's pages without scripts: inbox, correction, decision, previews, and who sees nothing of it."""

import httpx
import pytest

from tests.kinds import swaps
from tests.kinds.walks import end_user_filed
from tests.pages.walks import filled, hidden, read, sent, signed_in
from tests.stack.days import day
from tests.stack.footprint import footprint
from tests.stack.outbox import emails_to
from tests.stack.running import Stack
from tests.stack.walks import PDF, decided, filed, new_serial, outdoor, processed, seen, settled, version_of


async def test_the_page_of_a_request_says_what_to_decide_by(stack: Stack) -> None:
    serial = new_serial()
    old = await filed(stack, units=outdoor(serial))
    await decided(stack, "keyuser.es", old["id"], "cancel", comment="twice")
    request = await filed(stack, units=outdoor(serial), remarks="<script>alert(1)</script>")
    client = await signed_in(stack, "keyuser.es")
    page = await client.get(f"/requests/{request['id']}")
    assert "<script>alert" not in page.text
    for said in ("STD-1-5", "own warranty does not fit", "Standard installer", "gives no warranty", old["id"], serial):
        assert said in page.text, said


async def test_save_corrects_and_decides_nothing(stack: Stack) -> None:
    request = await filed(stack)
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    fields = {"end_user/city": "Getafe", "units/0/product": "CU-2Z50TBE", "units/3/serial": "ok", "version": "1"}
    wrong = await sent(client, f"{path}?edit=save", f"{path}/save", **fields)
    assert wrong.status_code == 422
    assert 'value="Getafe"' in wrong.text, "what was typed stays"
    assert 'id="units-1-product-error"' in wrong.text
    fields = {"end_user/city": "Getafe", "version": "1"}
    saved = await sent(client, f"{path}?edit=save", f"{path}/save", **fields)
    assert saved.status_code == 303
    now = await seen(stack, request["id"])
    assert (now["state"], now["version"], now["data"]["end_user"]["city"]) == ("submitted", 2, "Getafe")
    stale = await client.post(f"{path}/save", data={"csrf": await csrf(client), "version": "1", "end_user/city": "X"})
    assert stale.status_code == 412


async def test_a_replacement_is_corrected(stack: Stack) -> None:
    base = await processed(stack, commissioned_on=day(9))
    swap = await swaps.swap_filed(stack, base["data"]["units"][0]["serial"])
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{swap['id']}"
    serial = new_serial()
    fields = {"old_serial": swap["data"]["old_serial"], "new_unit/serial": serial, "new_unit/product": "CU-2Z50TBE"}
    saved = await sent(client, f"{path}?edit=save", f"{path}/save", coverage_reason="factory-defect", **fields)
    assert saved.status_code == 303, saved.text
    assert (await seen(stack, swap["id"]))["data"]["new_unit"]["serial"] == serial


async def test_documents_are_taken_off_and_added(stack: Stack) -> None:
    request = await filed(stack)
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    fields = filled(await read(client, f"{path}?edit=save"), f"{path}/save")
    kept, taken = request["documents"]
    ticked = f"attached/{taken['document_id']}/{taken['requirement']}"
    assert fields.pop(ticked) == "on"
    junk = await client.post(f"{path}/save", data=fields, files={"file/invoice": ("x.pdf", b"no document")})
    assert junk.status_code == 415
    assert f'name="{ticked}">' in junk.text, "what was unticked stays so"
    saved = await client.post(f"{path}/save", data=fields, files={"file/invoice": ("found.pdf", PDF)})
    assert saved.status_code == 303, saved.text
    now = (await seen(stack, request["id"]))["documents"]
    assert [(one["requirement"], one["filename"]) for one in now] == [
        ("commissioning-sheet", kept["filename"]),
        ("invoice", "found.pdf"),
    ]


async def test_an_amendment_is_shown_before_it_is_made(stack: Stack) -> None:
    request = await processed(stack)
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    fields = filled(await read(client, f"{path}?edit=amend"), f"{path}/actions/amend")
    fields |= {"end_user/city": "Getafe", "comment": "Se mudó a Getafe"}
    before = await footprint(stack)
    silent = await client.post(f"{path}/preview/amend", data={**fields, "comment": ""})
    assert (silent.status_code, 'value="Getafe"' in silent.text) == (422, True)
    shown = await client.post(f"{path}/preview/amend", data=fields, files={"file/invoice": ("x.pdf", PDF)})
    assert shown.status_code == 200, shown.text
    assert "Se mudó a Getafe" in shown.text
    assert 'src="data:image/webp;base64,' in shown.text
    assert len(shown.content) < 100_000
    assert await footprint(stack) == before
    stranger = await signed_in(stack, "keyuser.pt")
    assert (await sent(stranger, "/requests", f"{path}/preview/amend", version="3", comment="x")).status_code == 404
    assert (await client.post(f"{path}/actions/amend", data=fields)).status_code == 303
    assert (await settled(stack, request["id"]))["data"]["end_user"]["city"] == "Getafe"


async def test_a_replacement_is_amended(stack: Stack) -> None:
    base = await processed(stack, commissioned_on=day(9))
    swap = await swaps.swapped(stack, base["data"]["units"][0]["serial"])
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{swap['id']}"
    assert 'href="?edit=amend#data"' in await read(client, path)
    fields = filled(await read(client, f"{path}?edit=amend"), f"{path}/actions/amend")
    serial = new_serial()
    preview = {**fields, "new_unit/serial": serial, "comment": "a typing error"}
    assert "a typing error" in (await client.post(f"{path}/preview/amend", data=preview)).text
    silent = await client.post(f"{path}/actions/amend", data={**fields, "new_unit/serial": serial})
    assert silent.status_code == 422
    assert f'value="{serial}"' in silent.text, "what was typed stays"
    early = {"comment": "a typing error", "new_unit/serial": serial, "replaced_on": day()}
    refused = await client.post(f"{path}/actions/amend", data={**fields, **early})
    assert 'id="replaced_on-error"' in refused.text
    given = {"comment": "a typing error", "new_unit/serial": serial, "replaced_on": day(18)}
    amended = await client.post(f"{path}/actions/amend", data={**fields, **given})
    assert amended.status_code == 303, amended.text
    now = await settled(stack, swap["id"], "keyuser.es")
    assert (now["data"]["new_unit"]["serial"], now["data"]["replaced_on"]) == (serial, day(18))
    assert [email["event"] for email in now["emails"]].count("amended") == 1


async def test_process_decides_once_and_goes_on(stack: Stack) -> None:
    await filed(stack)
    request = await filed(stack)
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    answer = await sent(client, path, f"{path}/actions/accept", version="1", key="one", comment="Bienvenido")
    assert answer.status_code == 303
    there = answer.headers["location"]
    assert there.startswith("/requests/ES-")
    assert not there.startswith(path)
    assert f"about={request['id']}" in there
    again = await sent(client, path, f"{path}/actions/accept", version="1", key="one", comment="Bienvenido")
    assert again.status_code == 303
    settled_ = await settled(stack, request["id"])
    assert (settled_["state"], len(settled_["cards"])) == ("processed", 1)
    card = await client.get(f"{path}/card")
    assert card.content.startswith(b"%PDF")


async def test_a_denial_names_documents_and_needs_a_comment(stack: Stack) -> None:
    request = await filed(stack)
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    silent = await sent(client, path, f"{path}/actions/deny", version="1", **{"denied/invoice": "on"})
    assert silent.status_code == 422
    answer = await sent(
        client, path, f"{path}/actions/deny", version="1", comment="unreadable", **{"denied/invoice": "on"}
    )
    assert answer.status_code == 303
    verdicts = {one["requirement"]: one["verdict"] for one in (await seen(stack, request["id"]))["documents"]}
    assert verdicts == {"commissioning-sheet": None, "invoice": "denied"}
    [email] = [
        one
        for one in emails_to(stack, "installer.abc@keydesk.example", (await settled(stack, request["id"]))["id"])
        if "denied" in one.message_id
    ]
    assert f"https://desk.keydesk.example/requests/{request['id']}" in email.text


async def test_a_preview_shows_what_would_go_out_and_leaves_nothing(stack: Stack) -> None:
    request = await filed(stack)
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    before = await footprint(stack)
    page = await read(client, f"{path}/preview/accept?comment=Bienvenido")
    assert "Bienvenido" in page
    assert "installer.abc@keydesk.example" in page
    card = await client.get(f"{path}/preview/accept/card")
    assert (card.status_code, card.headers["content-type"]) == (200, "image/webp")
    denial = await read(client, f"{path}/preview/deny?comment=ilegible&denied/invoice=on")
    assert "ilegible" in denial
    assert "Documentos rechazados: invoice" in denial
    assert "ilegible" in await read(client, f"{path}/preview/deny?comment=ilegible&denied/invoice=on")
    assert (await client.get(f"{path}/preview/finish")).status_code in {409, 422}
    assert await footprint(stack) == before
    assert await version_of(stack, request["id"]) == 1


async def test_a_warranty_type_is_chosen_before_accepting(stack: Stack) -> None:
    request = await end_user_filed(stack)
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    too_soon = await sent(client, path, f"{path}/actions/accept", version="1")
    assert too_soon.status_code == 409
    chosen = await sent(client, path, f"{path}/save", version="1", warranty_type="EU-5")
    assert chosen.status_code == 303
    assert (await seen(stack, request["id"]))["warranty_type"] == "EU-5"


async def test_messages_go_to_the_other_side(stack: Stack) -> None:
    request = await filed(stack)
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    refused = await sent(client, path, f"{path}/messages", text="é" * 4001)
    assert refused.status_code == 422
    assert f">{'é' * 4001}</textarea>" in refused.text, "nobody types it again"
    assert (await sent(client, path, f"{path}/messages", text=" ")).status_code == 422
    assert (await sent(client, path, f"{path}/messages", text="¿Dónde?")).status_code == 303
    installer = await signed_in(stack, "installer.abc")
    assert '<span class="unread">1' in await read(installer, f"/requests?q={request['id']}")
    assert "¿Dónde?" in await read(installer, path)
    assert '<span class="unread">' not in await read(installer, f"/requests?q={request['id']}")


@pytest.mark.parametrize("login", ["keyuser.pt", "installer.ac1", "installer.pt", "partner.pro", "admin"])
async def test_no_page_shows_what_belongs_to_others(stack: Stack, login: str) -> None:
    request = await processed(stack)
    document = request["documents"][0]["document_id"]
    client, path = await signed_in(stack, login), f"/requests/{request['id']}"
    for address in (path, f"{path}/card", f"/documents/{document}", f"/documents/{document}/picture"):
        assert (await client.get(address)).status_code == 404, address
    assert (await client.get(f"{path}/preview/cancel")).status_code in {403, 404}
    if login != "admin":
        assert request["id"] not in await read(client, "/requests?sort=newest")
    token = await csrf(client)
    for action in ("save", "actions/cancel", "messages"):
        answer = await client.post(
            f"{path}/{action}", data={"csrf": token, "version": "1", "comment": "x", "text": "x"}
        )
        assert answer.status_code in {403, 404}, action
    assert (await seen(stack, request["id"]))["state"] == "processed"


async def csrf(client: httpx.AsyncClient) -> str:
    """The token of the client's session."""
    page = await client.get("/sign-out")
    return hidden(page.text)["csrf"]
