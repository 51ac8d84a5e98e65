"""Points on pages: the participant's form and balance, verdicts and points of the keyuser, adjustments."""

import re

from tests.kinds import claims
from tests.pages.test_filing import begun
from tests.pages.walks import hidden, read, sent, signed_in
from tests.stack.running import Stack
from tests.stack.walks import PDF, decided, seen, settled


async def test_a_participant_claims_points(stack: Stack) -> None:
    client = await signed_in(stack, claims.ANA)
    draft = await begun(client, "points")
    page = (await client.get(draft)).text
    fields = {
        **hidden(page),
        "campaign": "SPRING",
        "coupon": "SPRING",
        "lines/0/product": claims.PUSHED,
        "lines/0/quantity": "2",
        "lines/1/product": claims.PLAIN,
        "lines/1/quantity": "1",
    }
    chosen = await client.post(draft, data={**fields, "do": "keep"})
    assert 'name="file/invoice"' in await read(client, chosen.headers["location"])
    wrong = await client.post(draft, data={**fields, "lines/1/quantity": "", "do": "submit"})
    assert wrong.status_code == 422
    assert 'id="lines-1-quantity-error"' in wrong.text
    answer = await client.post(draft, data={**fields, "do": "submit"}, files={"file/invoice": ("invoice.pdf", PDF)})
    assert answer.status_code == 303, answer.text
    request = await seen(stack, re.findall(r"ES-PTS-\d+", answer.headers["location"])[0])
    assert [len(line["documents"]) for line in request["data"]["lines"]] == [1, 1], "one upload serves both lines"
    assert (request["points"]["total"], request["points"]["push"]) == (131, True)


async def test_a_keyuser_judges_sets_points_processes_and_adjusts(stack: Stack) -> None:
    invoices = [await claims.invoice(stack) for _ in range(2)]
    lines = [claims.line(claims.PUSHED, invoices[0], quantity=2), claims.line(claims.PLAIN, invoices[1])]
    request = await claims.claimed(stack, lines)
    client, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    undecided = await sent(client, path, f"{path}/actions/process")
    assert undecided.status_code == 409
    first, second = (f"document/{one}" for one in invoices)
    silent = await sent(client, path, f"{path}/verdicts", **{first: "denied"})
    assert silent.status_code == 422
    verdicts = {first: "accepted", second: "denied", f"reason/{second}": "another shop's invoice"}
    assert (await sent(client, path, f"{path}/verdicts", **verdicts)).status_code == 303
    assert (await sent(client, path, f"{path}/verdicts", **{"points/1": "80"})).status_code == 303
    assert (await seen(stack, request["id"]))["points"]["lines"][0]["points"] == 80
    assert "another shop" in await read(client, f"{path}/preview/process")
    assert (await sent(client, path, f"{path}/actions/process")).status_code == 303
    done = await settled(stack, request["id"])
    assert done["state"] == "partially_accepted"
    adjusted = await sent(
        client, path, f"{path}/actions/adjust", line="1", points="70", comment="miscounted", stay="yes"
    )
    assert adjusted.status_code == 303, adjusted.text
    participant = await signed_in(stack, claims.ANA)
    page = await read(participant, "/points")
    assert "+80" in page
    assert "-10" in page
    assert "another shop" in await read(participant, path)


async def test_a_denied_document_is_answered(stack: Stack) -> None:
    invoice = await claims.invoice(stack)
    request = await claims.claimed(stack, [claims.line(claims.PLAIN, invoice)])
    keyuser, path = await signed_in(stack, "keyuser.es"), f"/requests/{request['id']}"
    verdict = {f"document/{invoice}": "denied", f"reason/document/{invoice}": "too dark"}
    assert (await sent(keyuser, path, f"{path}/verdicts", **verdict)).status_code == 303
    await decided(stack, "keyuser.es", request["id"], "process")
    client = await signed_in(stack, claims.ANA)
    draft = (await sent(client, path, f"{path}/draft")).headers["location"]
    assert "too dark" in await read(client, draft)
    fields = hidden((await client.get(draft)).text)
    answer = await client.post(draft, data={**fields, "do": "submit"}, files={"file/invoice": ("again.pdf", PDF)})
    assert answer.status_code == 303, answer.text
    assert (await seen(stack, request["id"]))["state"] == "submitted"
