"""Erasing personal data: no word about the person is left anywhere, the facts are, and the warranty still counts."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from domain.errors import Conflict, NotFound
from store import erasure
from store.files import Files
from store.tables import Base
from store.tables.countries import Country
from store.tables.requests import JournalEntry, Request
from tests.stack.countries import new_country
from tests.stack.footprint import has_workflow
from tests.stack.running import Stack
from tests.stack.walks import decided, eventually, filed, history, pulled, seen, settled, uploaded
from tests.workflows.walks import ended
from workers.erasing import erase, run
from workers.reconcile import reconcile

PERSON = {
    "name": "Hermenegilda Bustamante",
    "email": "hermenegilda.b@example.org",
    "phone": "+34 633 222 111",
    "address": "Travesía del Olvido 9",
    "postcode": "46099",
    "city": "Olvidópolis",
}
WORDS = ("nobody may know this", "Dear Hermenegilda", "her dog bites")
INVOICE = b"%PDF-1.7\nHermenegilda Bustamante's invoice\n"


async def walk(stack: Stack) -> str:
    """Filed, denied, resubmitted with a document of its own, written about, accepted, amended. The other documents
    hang on another request, too, which stays."""
    installer = stack.client_of("installer.abc")
    await filed(stack)
    request_id: str = (await filed(stack, end_user=PERSON, remarks=WORDS[0]))["id"]
    await decided(stack, "keyuser.es", request_id, "deny", comment=WORDS[1], documents=["invoice"])
    invoice = await uploaded(installer, "Hermenegilda.pdf", INVOICE + request_id.encode())
    again = [{"requirement": "invoice", "document_id": invoice}]
    await decided(stack, "installer.abc", request_id, "resubmit", documents=again)
    await installer.post(f"/api/v1/requests/{request_id}/messages", json={"text": WORDS[2]})
    await decided(stack, "keyuser.es", request_id, "accept")
    await settled(stack, request_id)
    await decided(stack, "keyuser.es", request_id, "amend", comment=WORDS[1], data={"remarks": f"{WORDS[0]}!"})
    await settled(stack, request_id)
    await ended(stack, request_id)
    return request_id


async def left_over(stack: Stack) -> list[str]:
    """Words about the person in any table, or in any stored file."""
    words = [*PERSON.values(), *WORDS, "Hermenegilda"]
    found = []
    async with stack.sessions() as session:
        for table in Base.metadata.sorted_tables:
            rows = await session.scalars(text(f'SELECT t::text FROM "{table.name}" t'))
            found += [f"{table.name}: {word}" for row in rows for word in words if word in row]
    files = [file.read_bytes() for file in stack.documents.rglob("*") if file.is_file()]
    return found + [f"files: {word}" for content in files for word in words if word.encode() in content]


async def erased(stack: Stack, request_id: str) -> str:
    """What erasing it says."""
    return await erase(
        stack.sessions, Files(stack.settings.documents), stack.parts.desk.client, request_id, stack.parts.now()
    )


async def test_no_word_is_left_and_the_facts_are(cluster: Stack) -> None:
    request_id = await walk(cluster)
    before, facts = await seen(cluster, request_id), await history(cluster, request_id)
    assert await left_over(cluster)
    assert await erased(cluster, request_id) == f"{request_id}: erased, with 3 files"
    assert await left_over(cluster) == []

    async def forgotten() -> bool:
        return not await has_workflow(cluster, request_id)

    await eventually(forgotten, "Temporal keeps its history")
    after, kept = await seen(cluster, request_id), await history(cluster, request_id)
    same = ("id", "state", "submitted_at", "requester", "assignment")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert [card["number"] for card in after["cards"]] == [card["number"] for card in before["cards"]]
    assert after["data"]["units"] == before["data"]["units"]
    steps = ("version", "at", "actor", "action", "from_state", "to_state")
    assert [[one[name] for name in steps] for one in kept[:-1]] == [[one[name] for name in steps] for one in facts]
    assert (kept[-1]["action"], kept[-1]["actor"], kept[-1]["to_state"]) == ("erase", "system", "processed")

    ops = cluster.client_of("ops")
    assert (await ops.get(f"/api/v1/requests/{request_id}/card")).status_code == 404
    for document in after["documents"]:
        shared = document["requirement"] == "commissioning-sheet"  # it hangs on other requests, too
        answer = await ops.get(f"/api/v1/documents/{document['document_id']}")
        assert answer.status_code == (200 if shared else 404)
    token = await _token(cluster, request_id)
    assert (await ops.get(f"/verify/{token}", headers={"Accept": "application/json"})).json()["status"] == "valid"


async def test_what_was_erased_is_erased_once_and_can_still_be_cancelled(cluster: Stack) -> None:
    request_id = await walk(cluster)
    await erased(cluster, request_id)
    version = (await seen(cluster, request_id))["version"]
    assert await erased(cluster, request_id) == f"{request_id}: was erased before, with 3 files"
    assert (await seen(cluster, request_id))["version"] == version
    amended = await pulled(cluster, "keyuser.es", request_id, "amend", comment="Again.", data={"remarks": "x"})
    assert (amended.status_code, amended.json()["code"]) == (409, "move_refused")
    assert "amend" not in (await seen(cluster, request_id, "keyuser.es"))["allowed_actions"]
    cancelled = await decided(cluster, "keyuser.es", request_id, "cancel", comment="Removed.")
    assert cancelled["state"] == "cancelled"
    assert not [one for one in await reconcile(cluster.settings) if request_id in one]


async def test_what_is_still_needed_is_not_erased(cluster: Stack) -> None:
    request_id = (await filed(cluster, end_user=PERSON))["id"]
    with pytest.raises(Conflict):
        await erased(cluster, request_id)
    async with cluster.sessions() as session:
        with pytest.raises(Conflict, match="not settled"):
            await erasure.erase(session, request_id, cluster.parts.now())
        with pytest.raises(NotFound):
            await erasure.erase(session, "ES-COM-999999", cluster.parts.now())
    assert (await seen(cluster, request_id))["data"]["end_user"]["name"] == PERSON["name"]
    await decided(cluster, "installer.abc", request_id, "withdraw")
    await ended(cluster, request_id)
    await settled(cluster, request_id)
    await erased(cluster, request_id)


async def test_a_country_s_period_says_what_is_due(cluster: Stack) -> None:
    country = await new_country(cluster, personal_data_retention=timedelta(days=30))
    ids = [(await filed(cluster, country.installer, country=country.code))["id"] for _ in range(3)]
    for request_id in ids[:2]:
        await decided(cluster, country.installer, request_id, "withdraw")
        await settled(cluster, request_id)
        await ended(cluster, request_id)
    await decided(cluster, country.keyuser, ids[2], "accept")
    await settled(cluster, ids[2])
    long_ago = cluster.parts.now() - timedelta(days=31)
    async with cluster.sessions.begin() as session:
        old = update(JournalEntry).where(JournalEntry.request_id.in_([ids[1], ids[2]]))
        await session.execute(old.values(at=long_ago))
        came = update(Request).where(Request.id.in_([ids[1], ids[2]]))
        await session.execute(came.values(submitted_at=long_ago))

    async def due() -> list[str]:
        async with cluster.sessions() as session:
            return [one async for one in erasure.due(session, cluster.parts.now()) if one in ids]

    # The first was settled too lately, the third has a warranty that runs.
    assert await due() == [ids[1]]
    said: list[str] = []
    assert await run(cluster.settings, [], due=True, say=said.append) == 0
    assert said == [f"{ids[1]}: erased, with 0 files"]
    assert await due() == []
    async with cluster.sessions.begin() as session:
        await session.execute(update(Country).where(Country.code == country.code).values(personal_data_retention=None))
    assert await due() == []


async def test_the_command_says_what_it_could_not(cluster: Stack) -> None:
    said: list[str] = []
    assert await run(cluster.settings, ["ES-COM-999999", "x' OR 'a'='a"], due=False, say=said.append) == 2
    assert said[0] == "ES-COM-999999: not erased: There is no request ES-COM-999999."


async def _token(stack: Stack, request_id: str) -> Any:
    async with stack.sessions() as session:
        query = "SELECT token FROM cards WHERE request_id = :id AND status = 'valid'"
        return await session.scalar(text(query), {"id": request_id})
