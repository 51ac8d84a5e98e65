"""The accounting finds what is wrong: every fault is planted where only it can be seen, and taken back."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from tests.crash.account import account, settled
from tests.crash.client import Client
from tests.crash.desk import CrashDesk

pytestmark = pytest.mark.enable_socket


@dataclass(frozen=True)
class Cases:
    """One request per state, and one that was amended."""

    processed: str
    denied: str
    cancelled: str
    submitted: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cases(desk: CrashDesk, client: Client) -> AsyncIterator[Cases]:
    """Requests that are settled, and nothing is wrong with them."""
    processed, denied, cancelled, submitted = [(await client.file())["id"] for _ in range(4)]
    await client.decide(processed, "accept")
    await client.reach(processed, "processed")
    await client.decide(processed, "amend", data={"remarks": "corrected"})
    await client.decide(denied, "deny", documents=["invoice"])
    await client.decide(cancelled, "accept")
    await client.reach(cancelled, "processed")
    await client.decide(cancelled, "cancel")
    found = await settled(desk.home)
    assert found.sentences == []
    yield Cases(processed, denied, cancelled, submitted)
    assert (await account(desk.home)).sentences == []


PLANTED = {
    "UPDATE requests SET state = 'wrong_data' WHERE id = '{denied}'": (
        "{denied}: wrong_data at 2 in the row, denied at 2 in the last journal entry",
        "{denied}: wrong_data in the row, denied in the search attributes",
        "{denied}: wrong_data in the row, not in Temporal",
    ),
    "UPDATE journal SET version = 9 WHERE request_id = '{processed}' AND action = 'amend'": (
        "{processed}: processed at 4 in the row, processed at 9 in the last journal entry",
        "{processed}: the journal lacks version 4",
        "{processed}: the decision amend was booked 0 times",
        "{processed}: version 9 (amend) was decided 0 times",
        "{processed}: version 9 (amend) queued 0 emails to the requester instead of 1",
        "{processed}: the journal made 1 submitted, 2 accepted, 3 processed, 9 processed, the history ",
    ),
    "UPDATE journal SET from_state = 'denied' WHERE request_id = '{processed}' AND version = 3": (
        "{processed}: version 3 leaves denied, but the one before reached accepted",
    ),
    "UPDATE requests SET state = 'accepted' WHERE id = '{processed}'": (
        "{processed}: still accepted, no card was issued",
        "{processed}: accepted, with 1 valid cards instead of 0",
    ),
    "UPDATE requests SET state = 'cancelled' WHERE id = '{denied}'": (
        "{denied}: cancelled in the row, but a workflow still runs",
    ),
    "UPDATE requests SET state = 'submitted' WHERE id = '{processed}'": (
        "{processed}: submitted in the row, but its workflow has ended as processed",
    ),
    'INSERT INTO requests SELECT (jsonb_populate_record(requests, \'{{"id": "ES-COM-999999"}}\')).* FROM requests'
    " WHERE id = '{submitted}'": ("ES-COM-999999: nobody submitted it", "ES-COM-999999: no workflow ever ran"),
    "UPDATE intakes SET outcome = NULL WHERE request_id = '{submitted}'": (
        "{submitted}: its intake says nothing, but a request is there",
    ),
    "DELETE FROM intakes WHERE request_id = '{submitted}'": ("{submitted}: nobody submitted it",),
    "UPDATE decisions SET outcome = NULL WHERE request_id = '{denied}'": ("{denied}: the decision deny is pending",),
    "DELETE FROM decisions WHERE request_id = '{denied}'": ("{denied}: version 2 (deny) was decided 0 times",),
    "UPDATE pool_numbers SET request_id = '{denied}' WHERE request_id = '{processed}'": (
        "{denied}: 1 numbers were drawn for 0 warranty",
        "{processed}: 0 numbers were drawn for 1 warranty",
    ),
    "UPDATE cards SET number = (SELECT number FROM pool_numbers WHERE request_id = '{processed}'), version = 7"
    " WHERE request_id = '{cancelled}'": (" stands on cards of 2 requests", "{cancelled}: its card has the number "),
    "UPDATE cards SET status = 'superseded' WHERE request_id = '{processed}'": (
        "{processed}: processed, with 0 valid cards instead of 1",
    ),
    "UPDATE cards SET status = 'valid' WHERE request_id = '{cancelled}'": (
        "{cancelled}: cancelled, with 1 valid cards instead of 0",
    ),
    "UPDATE cards SET status = 'pending' WHERE request_id = '{processed}' AND version = 1": (
        "{processed}: card version 1 is pending",
        "{processed}: card version 1 is pending, though a later one is not",
    ),
    "UPDATE cards SET sha256 = NULL WHERE request_id = '{processed}' AND version = 2": (
        "{processed}: card version 2 is valid, but has no PDF",
        "{processed}.v4.amended.requester@keydesk>: does not carry the card of its request",
    ),
    "UPDATE request_units SET serial = (SELECT serial FROM request_units WHERE request_id = '{denied}')"
    " WHERE request_id = '{submitted}'": (" live requests hold the outdoor serial ",),
    "DELETE FROM serial_claims WHERE request_id = '{submitted}'": (
        "{submitted}: submitted, and holds 0 of its 1 outdoor serials",
    ),
    "DELETE FROM emails WHERE request_id = '{denied}' AND event = 'denied'": (
        "{denied}: version 2 (deny) queued 0 emails to the requester instead of 1",
        "{denied}.v2.denied.requester@keydesk>: nobody queued this email",
    ),
    "UPDATE emails SET status = 'queued' WHERE request_id = '{submitted}'": (": still queued",),
    "UPDATE emails SET status = 'failed' WHERE request_id = '{submitted}'": (
        "{submitted}: the email submitted failed, and nobody knows why",
        ": failed, says the row, but it arrived",
    ),
    """UPDATE emails SET "to" = 'other@example.org' WHERE request_id = '{submitted}'""": (
        ", not to other@example.org",
    ),
    "UPDATE emails SET message_id = 'other' WHERE request_id = '{submitted}'": (
        "other: sent, says the row, but it never arrived",
    ),
    "UPDATE documents SET size = 1": (": its 1 bytes are not stored",),
}


@pytest.mark.parametrize("fault", PLANTED)
async def test_a_fault_in_the_database_is_found(desk: CrashDesk, cases: Cases, fault: str) -> None:
    names = vars(cases)
    with psycopg.connect(desk.run["database"]) as connection:
        # Owner of the tables, and all is rolled back: constraints that would refuse the fault go for the moment.
        connection.execute("SET LOCAL lock_timeout = '5s'")
        for constraint in ("uq_cards_number_version", "uq_pool_numbers_request_id"):
            table = "cards" if "cards" in constraint else "pool_numbers"
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}".encode())
        connection.execute("DROP INDEX uq_cards_valid")
        changed = connection.execute(fault.format(**names).encode()).rowcount
        found = (await account(desk.home, connection)).sentences
        connection.rollback()
    assert changed
    for expected in PLANTED[fault]:
        assert any(expected.format(**names) in sentence for sentence in found), found


def lost(file: Path) -> None:
    """The file is gone."""
    file.unlink()


def torn(file: Path) -> None:
    """Something else is in the file."""
    file.write_bytes(file.read_bytes() + b"?")


@contextmanager
def damaged(file: Path, damage: Callable[[Path], None]) -> Iterator[None]:
    """Do this to a file, and mend it afterwards."""
    content = file.read_bytes()
    damage(file)
    try:
        yield
    finally:
        file.write_bytes(content)


@pytest.mark.parametrize("damage", [lost, torn])
async def test_a_damaged_card_is_found(desk: CrashDesk, cases: Cases, damage: Callable[[Path], None]) -> None:
    with psycopg.connect(desk.run["database"]) as connection:
        query = "SELECT sha256 FROM cards WHERE request_id = %s AND status = 'valid'"
        row = connection.execute(query, (cases.processed,)).fetchone()
    assert row
    with damaged(desk.home / "documents" / row[0][:2] / row[0], damage):
        found = (await account(desk.home)).sentences
    assert len(found) == 1
    assert found[0] in {
        f"{cases.processed}: the PDF of card version 2 is not stored",
        f"stored file {row[0]}: this is not the hash of what is in it",
    }


async def test_a_lost_email_is_found_and_a_repeated_one_counted(desk: CrashDesk, cases: Cases) -> None:
    file = next(one for one in (desk.home / "mail").glob("*.eml") if f"<{cases.denied}.v1." in one.read_text())
    before = await account(desk.home)
    with damaged(file, lost):
        assert (await account(desk.home)).sentences == [
            f"<{cases.denied}.v1.submitted.requester@keydesk>: sent, says the row, but it never arrived"
        ]
    again = file.with_name("again.eml")
    again.write_bytes(file.read_bytes())
    try:
        after = await account(desk.home)
        assert after.sentences == []
        assert after.repeated == before.repeated + 1
    finally:
        again.unlink()
