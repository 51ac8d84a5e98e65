"""The landing page's look-ups: what they show, what they never show, and how often one may guess (§9)."""

from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import text

from api.app import create_app
from tests.api.refusals import refusal
from tests.kinds.walks import (
    PUBLIC,
    cancelled_on_the_page,
    card_of,
    end_user_filed,
    extra_granted,
    found,
    granted,
    later,
    proof,
    visitor,
)
from tests.stack.countries import new_country
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, Json, decided, filed, new_serial, outdoor, processed

LONG = timedelta(days=3650)
SECRET: Json = {
    "name": "Hortensia Zúñiga",
    "email": "hortensia.zuniga@example.org",
    "phone": "+34 699 887 766",
    "address": "Callejón del Gato 7",
    "postcode": "28012",
    "city": "Alcobendas",
}


async def searched(client: httpx.AsyncClient, serial: str, postcode: str = "28013", country: str = "ES") -> Any:
    """The answer to a look-up."""
    return await client.post(
        f"{PUBLIC}/warranties/search", json={"country": country, "serial": serial, "postcode": postcode}
    )


async def test_every_match_with_installer_label_and_card(stack: Stack) -> None:
    serial = new_serial()
    sold = await processed(stack, units=outdoor(serial))
    base = await granted(stack, units=outdoor(serial))
    extra = await extra_granted(stack, base)
    shown = await found(stack, base)
    assert [one["id"] for one in shown] == [extra["id"], base["id"], sold["id"]]
    assert {one["label"] for one in shown} == {"Accepted"}
    assert shown[1] == {
        "id": base["id"],
        "kind": "end-user-warranty",
        "label": "Accepted",
        "installer": {
            "company": "Clima Sol",
            "address": "Calle Demo 1",
            "postcode": "41001",
            "city": "Sevilla",
            "phone": "+34 600 000 000",
            "email": "partner.pro@keydesk.example",
        },
        "card": {"number": base["cards"][0]["number"]},
        "may_cancel": shown[1]["may_cancel"],
        "may_request_extra": False,
        "extra_years_message": None,
    }


async def test_the_end_users_data_are_nowhere(stack: Stack) -> None:
    serial = new_serial()
    requests = [await filed(stack, units=outdoor(serial), end_user=SECRET)]
    requests.append(await granted(stack, units=outdoor(serial), end_user=SECRET))
    requests.append(await extra_granted(stack, requests[1]))
    client = visitor(stack)
    answers = [await searched(client, serial, "28012"), await client.get(f"{PUBLIC}/countries/ES/form")]
    answers.append(await cancelled_on_the_page(stack, requests[0]))
    for answer in answers:
        assert answer.status_code == 200
        whole = answer.text + str(answer.headers)
        for secret in ("Hortensia", "Zúñiga", "hortensia", "699", "887 766", "Callejón", "Gato", "Alcobendas"):
            assert secret not in whole
            assert secret.encode("unicode-escape").decode() not in whole


async def test_wrong_data_reads_as_pending_and_a_denial_as_denied(stack: Stack) -> None:
    request = await filed(stack)
    await decided(stack, "keyuser.es", request["id"], "flag_wrong_data", comment="Which city?")
    assert [one["label"] for one in await found(stack, request)] == ["Check pending"]
    denied = await end_user_filed(stack)
    await decided(stack, "keyuser.es", denied["id"], "deny", comment="No.")
    [shown] = await found(stack, denied)
    assert (shown["label"], shown["may_cancel"], shown["card"]) == ("Denied", False, None)


async def test_the_card_can_be_fetched_with_serial_and_postcode(stack: Stack) -> None:
    done = await granted(stack)
    client, path = visitor(stack), f"{PUBLIC}/warranties/{done['id']}/card"
    answer = await client.post(path, json={**proof(done), "postcode": "2 80-13"})
    assert (answer.status_code, answer.content) == (200, await card_of(stack, done))
    assert refusal(await client.post(path, json={**proof(done), "postcode": "28014"})) == (404, "not_found")
    assert refusal(await client.post(path, json={**proof(done), "serial": new_serial()})) == (404, "not_found")
    pending = await end_user_filed(stack)
    there_is_none = await client.post(f"{PUBLIC}/warranties/{pending['id']}/card", json=proof(pending))
    assert refusal(there_is_none) == (404, "not_found")


async def test_an_end_user_cancels_inside_the_withdrawal_period_only(stack: Stack) -> None:
    open_, over = await new_country(stack, withdrawal_period=LONG), await new_country(stack)
    done = await granted(stack, open_)
    assert (await cancelled_on_the_page(stack, done)).json()["label"] == "Canceled"
    assert refusal(await cancelled_on_the_page(stack, done)) == (409, "move_refused")
    pending, key = await end_user_filed(stack), {"Idempotency-Key": "everybody's"}
    denying = f"{REQUESTS}/{pending['id']}/actions/deny"
    body = {"version": 1, "comment": "No."}
    assert (await stack.client_of("keyuser.es").post(denying, json=body, headers=key)).status_code == 200
    path = f"{PUBLIC}/warranties/{pending['id']}/cancel"
    assert refusal(await visitor(stack).post(path, json=proof(pending), headers=key)) == (422, "idempotency_conflict")
    late = await granted(stack, over, commissioned_on="2026-01-01")
    assert refusal(await cancelled_on_the_page(stack, late)) == (409, "move_refused")


async def test_unknown_serial_and_wrong_postcode_give_the_same_answer(stack: Stack) -> None:
    request = await filed(stack)
    client, known = visitor(stack), proof(request)["serial"]
    answers = [
        await searched(client, known, "28014"),
        await searched(client, new_serial()),
        await searched(client, known, country="PT"),
        await searched(client, known, country="ZZ"),
        await searched(client, known, country="es"),
        await searched(client, request["data"]["units"][1]["serial"]),
    ]
    assert {(one.status_code, one.text) for one in answers} == {(200, '{"items":[]}')}
    actions = [
        await client.post(f"{PUBLIC}/warranties/{request_id}/cancel", json={"serial": serial, "postcode": postcode})
        for request_id, serial, postcode in (
            (request["id"], known, "28014"),
            (request["id"], new_serial(), "28013"),
            ("ES-COM-999999", known, "28013"),
        )
    ]
    assert len({one.text for one in actions}) == 1
    assert refusal(actions[0]) == (404, "not_found")


async def test_ten_misses_a_minute_and_then_the_address_waits(stack: Stack) -> None:
    request = await filed(stack)
    client, known = visitor(stack), proof(request)["serial"]
    for _ in range(12):
        assert (await searched(client, known)).status_code == 200, "what is found does not count"
    for _ in range(10):
        assert (await searched(client, new_serial())).json() == {"items": []}
    limited = await searched(client, known)
    assert refusal(limited) == (429, "rate_limited")
    assert 0 < int(limited.headers["Retry-After"]) <= 61
    path = f"{PUBLIC}/warranties/{request['id']}"
    assert refusal(await client.post(f"{path}/card", json=proof(request))) == (429, "rate_limited")
    assert refusal(await client.post(f"{path}/cancel", json=proof(request))) == (429, "rate_limited")
    asked = {"warranty_card": "ES-UNHEARD0", **proof(request)}
    assert refusal(await client.post(f"{PUBLIC}/requests/extra-years", json=asked)) == (429, "rate_limited")
    assert (await searched(visitor(stack), known)).status_code == 200, "another address is not affected"


async def test_misses_of_every_look_up_count_together(stack: Stack) -> None:
    request = await filed(stack)
    client, wrong = visitor(stack), {"serial": new_serial(), "postcode": "28013"}
    path = f"{PUBLIC}/warranties/{request['id']}"
    for call in (f"{path}/card", f"{path}/cancel", f"{PUBLIC}/requests/extra-years"):
        extra = {"warranty_card": "ES-UNHEARD0"} if call.endswith("extra-years") else {}
        for _ in range(3):
            assert refusal(await client.post(call, json={**wrong, **extra})) == (404, "not_found")
    assert (await searched(client, new_serial())).status_code == 200
    assert refusal(await searched(client, new_serial())) == (429, "rate_limited")


async def test_the_limit_is_one_for_two_api_processes(stack: Stack) -> None:
    """Two applications on one database, as two processes are; the same visitor comes to both."""
    other = create_app(stack.settings)
    address = "192.0.2.44"
    async with other.router.lifespan_context(other):
        transport = httpx.ASGITransport(other, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://keydesk.test") as there:
            here = visitor(stack, address)
            for _ in range(5):
                assert (await searched(here, new_serial())).status_code == 200
                assert (await searched(there, new_serial())).status_code == 200
            assert refusal(await searched(here, new_serial())) == (429, "rate_limited")
            assert refusal(await searched(there, new_serial())) == (429, "rate_limited")


async def test_after_a_minute_the_address_may_look_again(stack: Stack) -> None:
    address = "192.0.2.45"
    for _ in range(10):
        await searched(visitor(stack, address), new_serial())
    wait = int((await searched(visitor(stack, address), new_serial())).headers["Retry-After"])
    assert (await searched(visitor(later(stack, timedelta(seconds=wait)), address), new_serial())).status_code == 200


async def test_no_address_is_kept_as_it_came(stack: Stack) -> None:
    await searched(visitor(stack, "192.0.2.46"), new_serial())
    async with stack.sessions() as session:
        kept = (await session.execute(text("SELECT address FROM lookup_misses"))).scalars().all()
        callers = (await session.execute(text("SELECT caller FROM intakes"))).scalars().all()
    assert kept
    assert not [one for one in (*kept, *callers) if "192.0.2" in one or one.startswith("10.")]
