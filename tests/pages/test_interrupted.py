"""What somebody typed outlives a session that ended, a colleague who was quicker, and a refusal."""

import html

import httpx

from api.pages.holding import unpacked
from tests.kinds import claims
from tests.kinds.walks import end_user_filed
from tests.pages.test_filing import begun
from tests.pages.walks import browser, filled, hidden, read, sent, signed_in
from tests.stack.running import Stack
from tests.stack.walks import decided, filed, new_serial, outdoor, seen
from workers import demo

ACCOUNT = {"login": "keyuser.es", "password": demo.PASSWORD}


async def signed_in_anew(stack: Stack, client: httpx.AsyncClient) -> None:
    """The cookie of another session, as after signing in again in another tab."""
    async with browser(stack) as other:
        await other.post("/sign-in", data=ACCOUNT)
        client.cookies.clear()
        client.cookies.update({"keydesk_session": other.cookies["keydesk_session"], "keydesk_language": "en"})


async def test_a_correction_outlives_the_session(stack: Stack) -> None:
    request = await filed(stack)
    path = f"/requests/{request['id']}"
    async with browser(stack) as client:
        await client.post("/sign-in", data=ACCOUNT)
        typed = filled((await client.get(f"{path}?edit=save")).text, f"{path}/save")
        client.cookies.clear()
        client.cookies["keydesk_language"] = "en"
        asked = await client.post(f"{path}/save", data={**typed, "remarks": 'two\r\n"lines" <b>'})
        assert asked.status_code == 401
        assert "What you typed is kept" in asked.text
        wrong = await client.post("/sign-in", data={**hidden(asked.text), "login": "keyuser.es", "password": "x"})
        back = await client.post("/sign-in", data={**hidden(wrong.text), **ACCOUNT})
        assert back.status_code == 200, back.text
        again = filled(back.text, f"{path}/save")
        answer = await client.post(f"{path}/save", data=again)
        assert answer.status_code == 303, answer.text
    assert (await seen(stack, request["id"]))["data"]["remarks"] == 'two\n"lines" <b>'


async def test_a_message_outlives_signing_in_anew_in_another_tab(stack: Stack) -> None:
    request = await filed(stack)
    path = f"/requests/{request['id']}"
    async with browser(stack) as client:
        await client.post("/sign-in", data=ACCOUNT)
        typed = {**filled((await client.get(path)).text, f"{path}/messages"), "text": "Which invoice?"}
        await signed_in_anew(stack, client)
        held = await client.post(f"{path}/messages", data=typed)
        assert held.status_code == 403
        answer = await client.post(f"{path}/messages", data=filled(held.text, f"{path}/messages"))
        assert answer.status_code == 303
        assert "Which invoice?" in await read(client, path)
        unproven = await client.post(f"{path}/messages", data=typed, headers={"Sec-Fetch-Site": "none"})
        assert unproven.status_code == 403
        assert "Which invoice?" not in unproven.text, "only what came from our own pages is offered once more"


async def test_a_draft_that_keeps_itself_goes_on_after_signing_in_anew(stack: Stack) -> None:
    script = {"Accept": "application/json"}
    account = {**ACCOUNT, "login": "installer.abc"}
    async with browser(stack) as client:
        await client.post("/sign-in", data=account)
        client.cookies["keydesk_language"] = "en"
        draft = await begun(client, "commissioning")
        typed = {**hidden((await client.get(draft)).text), "end_user/name": "Marta", "do": "keep"}
        client.cookies.delete("keydesk_session")
        out = await client.post(draft, data=typed, headers=script)
        assert (out.status_code, "Sign in again" in out.json()["sentence"]) == (401, True)
        await client.post("/sign-in", data=account)
        old = await client.post(draft, data=typed, headers=script)
        assert old.status_code == 403
        kept = await client.post(draft, data={**typed, "csrf": old.json()["csrf"]}, headers=script)
        assert kept.status_code == 200
        assert 'value="Marta"' in await read(client, draft)


def test_only_forms_of_this_desk_are_held() -> None:
    lone = '{"path": "/new/points", "fields": {"a": "\\ud800"}, "files": false}'
    for junk in ("", "[]", "{", "[" * 900_000, lone, '{"path": "//evil", "fields": {}, "files": false}'):
        assert unpacked(junk) is None, junk[:50]
    assert unpacked('{"path": "/sign-out", "fields": {}, "files": false}') is None
    assert unpacked('{"path": "/new/points", "fields": {"a": 1}, "files": false}') is None


async def test_two_correct_at_once_and_neither_undoes_the_other(stack: Stack) -> None:
    request = await filed(stack, units=outdoor(new_serial()))
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    mine = filled(await read(client, f"{path}?edit=save"), f"{path}/save")
    serial = new_serial()
    theirs = {**mine, "end_user/city": "Getafe", "units/0/serial": serial}
    assert (await client.post(f"{path}/save", data=theirs)).status_code == 303
    answer = await client.post(f"{path}/save", data={**mine, "remarks": "On the roof"})
    assert answer.status_code == 412
    page = html.unescape(answer.text)
    assert "Getafe" in page.split("What you typed is still in the form")[0], "what changed meanwhile is named"
    again = filled(answer.text, f"{path}/save")
    assert (again["remarks"], again["end_user/city"], again["units/0/serial"]) == ("On the roof", "Getafe", serial)
    assert (await client.post(f"{path}/save", data=again)).status_code == 303
    data = (await seen(stack, request["id"]))["data"]
    assert (data["remarks"], data["end_user"]["city"], data["units"][0]["serial"]) == ("On the roof", "Getafe", serial)


async def test_whoever_decides_too_late_is_told_and_keeps_the_comment(stack: Stack) -> None:
    request = await filed(stack)
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    form = filled(await read(client, path), f"{path}/actions/flag_wrong_data")
    await decided(stack, "keyuser.es", request["id"], "deny", comment="No invoice.", documents=["invoice"])
    answer = await client.post(f"{path}/actions/flag_wrong_data", data={**form, "comment": "Wrong street."})
    assert answer.status_code == 412
    for said in ("Denied", "No invoice.", "You had written:", "Wrong street."):
        assert said in answer.text


async def test_a_refused_verdict_loses_none_of_the_others(stack: Stack) -> None:
    invoices = [await claims.invoice(stack) for _ in range(2)]
    request = await claims.claimed(stack, [claims.line(claims.PLAIN, one) for one in invoices])
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    form = filled(await read(client, path), f"{path}/verdicts")
    first, second = (f"document/{one}" for one in invoices)
    typed = {**form, first: "accepted", f"reason/{first}": "Good", second: "denied"}
    answer = await client.post(f"{path}/verdicts", data=typed)
    assert answer.status_code == 422
    again = filled(answer.text, f"{path}/verdicts")
    assert (again[first], again[f"reason/{first}"], again[second]) == ("accepted", "Good", "denied")
    assert 'href="#r-document-2">Reason for document 2</a>' in answer.text
    assert 'id="r-document-2-error"' in answer.text


async def test_a_comment_outlives_its_preview(stack: Stack) -> None:
    request = await end_user_filed(stack)
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    fields = {"comment": "The scan is too dark.", "denied/invoice": "on"}
    for trigger, status in (("deny", 200), ("accept", 409)):
        shown = await client.get(f"{path}/preview/{trigger}", params=fields)
        assert shown.status_code == status, shown.text
        back = f"{path}?tried={trigger}"
        page = shown.text if status == 409 else await read(client, back + "&" + str(httpx.QueryParams(fields)))
        assert back.replace("&", "&amp;") in shown.text or status == 409
        assert filled(page, f"{path}/actions/{trigger}")["comment"] == "The scan is too dark."


async def test_nothing_typed_is_no_change(stack: Stack) -> None:
    request = await filed(stack, remarks="one\ntwo")
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    form = filled(await read(client, f"{path}?edit=save"), f"{path}/save")
    form["remarks"] = form["remarks"].replace("\n", "\r\n")  # as browsers send it
    await sent(client, path, f"{path}/save", **form)
    assert (await seen(stack, request["id"]))["data"]["remarks"] == "one\ntwo"
