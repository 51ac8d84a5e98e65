"""Requests, their documents and their journal."""

from uuid import UUID, uuid4

from sqlalchemy import select

from domain.requests import Attachment, EndUser, Unit, UnitRole
from domain.states import State
from domain.warranties import Assignment
from store import grants, requests, units
from store.engine import Sessions
from store.requests import Step, differences
from store.tables.documents import Document
from store.tables.requests import RequestUnit
from tests.domain.submissions import INDOOR, OUTDOOR, commissioning
from tests.store.rows import NOW, file_requests, request_row


async def upload(sessions: Sessions, *names: str) -> list[Attachment]:
    """Uploaded documents, each as an answer to the requirement of its name."""
    rows = [
        Document(
            id=uuid4(),
            country="ES",
            login="installer.abc",
            filename=f"{name}.pdf",
            media_type="application/pdf",
            size=1,
            sha256="0",
            created_at=NOW,
        )
        for name in names
    ]
    async with sessions.begin() as session:
        session.add_all(rows)
    return [Attachment(name, str(row.id)) for name, row in zip(names, rows, strict=True)]


async def test_what_a_request_carries_comes_back_with_its_documents(sessions: Sessions) -> None:
    attached = await upload(sessions, "invoice", "photo")
    wanted = commissioning(documents=tuple(attached))
    async with sessions.begin() as session:
        row = request_row("R1")
        session.add(row)
        requests.carry(row, wanted)
        await session.flush()
        await requests.attach(session, "R1", wanted.documents)
    async with sessions() as session:
        found = await requests.request(session, "R1")
        assert found is not None
        assert await requests.carried(session, found) == wanted
        assert (found.line_up, found.postcode, found.commissioned_on) == (
            "residential",
            "28013",
            wanted.commissioned_on,
        )
        assert "documents" in found.data
        assert found.data["documents"] == [], "documents stand in their own table only"
        assert requests.owner_of(found).login == "installer.abc"
        assert await requests.request(session, "R2") is None
        assert await requests.locked(session, "R2") is None


async def test_a_document_that_stays_keeps_its_verdict_and_one_that_goes_is_kept(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    invoice, photo, new_invoice = await upload(sessions, "invoice", "photo", "invoice")
    async with sessions.begin() as session:
        await requests.attach(session, "R1", (invoice, photo))
        for row in await requests.attached(session, "R1"):
            row.verdict = "denied" if row.requirement == "invoice" else "accepted"
    async with sessions.begin() as session:
        await requests.attach(session, "R1", (photo, new_invoice))
    async with sessions() as session:
        found = [(row.requirement, row.document_id, row.verdict) for row in await requests.attached(session, "R1")]
    assert found == [
        ("photo", UUID(photo.document_id), "accepted"),
        ("invoice", UUID(new_invoice.document_id), None),
    ]
    async with sessions.begin() as session:
        await requests.attach(session, "R1", (invoice,))
        again = await requests.attached(session, "R1")
        assert [(row.document_id, row.verdict) for row in again] == [(UUID(invoice.document_id), None)]


async def test_every_step_is_a_version_of_the_request(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        row = request_row("R1")
        session.add(row)
        await session.flush()
        requests.journalise(session, row, Step("installer.abc", "submit", State.SUBMITTED, NOW))
        requests.journalise(session, row, Step("keyuser.es", "deny", State.DENIED, NOW, "illegible", {"a": {"to": 1}}))
        assert (row.version, row.state) == (2, "denied")
    async with sessions() as session:
        entries = await requests.journal(session, "R1")
        assert await requests.journal(session, "R2") == []
    assert [(one.version, one.action, one.from_state, one.to_state, one.comment) for one in entries] == [
        (1, "submit", None, "submitted", ""),
        (2, "deny", "submitted", "denied", "illegible"),
    ]
    assert [one.changes for one in entries] == [{}, {"a": {"to": 1}}]


async def test_the_units_are_those_written_last(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    async with sessions.begin() as session:
        await units.write_units(session, "R1", (OUTDOOR, INDOOR))
        await units.write_units(session, "R1", (INDOOR,))
    async with sessions() as session:
        found = await session.scalars(select(RequestUnit))
        assert [(row.position, row.role, row.serial) for row in found] == [(1, "indoor", INDOOR.serial)]


async def test_the_latest_grant_counts(sessions: Sessions) -> None:
    await file_requests(sessions, "R1")
    async with sessions.begin() as session:
        assert await grants.latest(session, "R1") is None
        grants.freeze(session, "R1", 2, Assignment(policy="STD-1-5", policy_number=1))
        grants.freeze(session, "R1", 10, Assignment(policy="STD-C5", policy_number=2))
        await session.flush()
        assert await grants.latest(session, "R1") == Assignment(policy="STD-C5", policy_number=2)


def test_equal_requests_do_not_differ() -> None:
    assert differences(commissioning(), commissioning()) == {}


def test_each_field_that_differs_is_named_with_both_values() -> None:
    before = commissioning()
    after = commissioning(
        remarks="by the door",
        end_user=EndUser("Lucía Pérez", "Calle Mayor 1", "28901", "Getafe"),
        units=(Unit(UnitRole.OUTDOOR, "CU-2Z50TBE", "99990000"),),
    )
    found = differences(before, after)
    assert found.keys() == {"remarks", "end_user/postcode", "end_user/city", "units"}
    assert found["remarks"] == {"from": "", "to": "by the door"}
    assert found["end_user/city"] == {"from": "Madrid", "to": "Getafe"}
    assert [unit["serial"] for unit in found["units"]["to"]] == ["99990000"]
    assert len(found["units"]["from"]) == 2
