"""The bookings of points requests without Temporal, where a kill is a booking that is cancelled and ordered again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.exceptions import ApplicationError

from activities.booking import Booking
from activities.move import Changes
from activities.refusals import refusal_in
from domain.errors import KeydeskError
from domain.messages import Booked, BookMove, BookSystemMove
from domain.points import Verdict
from domain.requests import Attachment, Line, Points
from domain.states import Kind, Side, State, Trigger
from statemachines.machine import RequestMachine
from statemachines.registry import maker
from store import decisions, intake, ledger, requests
from store.engine import Sessions
from store.snapshots import to_json
from store.tables.documents import Document
from store.tables.loyalty import LedgerEntry
from store.tables.requests import Intake, Request
from tests.kinds.claims import ANA, KEYUSER

LOGINS = {Side.KEYUSER: KEYUSER, Side.REQUESTER: ANA}
_keys = count(1)


@dataclass
class Desk:
    """The bookings of ES, on a database of their own."""

    sessions: Sessions
    booking: Booking
    documents: list[str] = field(default_factory=list)

    async def stock(self) -> None:
        """Documents to attach."""
        async with self.sessions.begin() as session:
            rows = [
                Document(
                    id=uuid4(),
                    country="ES",
                    login=ANA,
                    filename="invoice.pdf",
                    media_type="application/pdf",
                    size=1,
                    sha256="",
                    created_at=datetime.now(UTC),
                )
                for _ in range(4)
            ]
            session.add_all(rows)
            self.documents = [str(row.id) for row in rows]

    async def file(self, lines: tuple[Line, ...]) -> str:
        """An intake, and the request that is recorded from it."""
        async with self.sessions.begin() as session:
            request_id = await intake.next_request_id(session, "ES", Kind.POINTS)
            session.add(
                Intake(
                    request_id=request_id,
                    caller=ANA,
                    login=ANA,
                    idempotency_key=request_id,
                    body_hash="",
                    kind=Kind.POINTS,
                    country="ES",
                    body=to_json(Points(country="ES", campaign="SPRING", lines=lines)),
                    submitted_at=datetime.now(UTC),
                )
            )
        return request_id

    async def answered(self, request_id: str, fresh: Callable[[int], str]) -> dict[str, Any]:
        """The request with a new document for every denied one, as a payload."""
        async with self.sessions() as session:
            row = await session.get_one(Request, request_id)
            data = await requests.carried(session, row)
            denied = {
                (one.line, str(one.document_id))
                for one in await requests.attached(session, request_id)
                if one.verdict == Verdict.DENIED
            }
        assert isinstance(data, Points)
        lines = tuple(
            replace(
                line,
                documents=tuple(
                    Attachment("invoice", fresh(n)) if (n, one.document_id) in denied else one for one in line.documents
                ),
            )
            for n, line in enumerate(data.lines, start=1)
        )
        return to_json(replace(data, lines=lines))

    async def change(self, request_id: str, make: Callable[[AsyncSession, Request], Awaitable[Changes]]) -> bool:
        """What the API does for a verdict and for points; False if it was refused."""
        try:
            async with self.sessions.begin() as session:
                row = await requests.locked(session, request_id)
                assert row is not None
                if changes := await make(session, row):
                    step = requests.Step(KEYUSER, "judge", State(row.state), datetime.now(UTC), changes=changes)
                    requests.journalise(session, row, step)
        except KeydeskError:
            return False
        return True

    async def decide(self, request_id: str, trigger: Trigger, kill: int, **payload: Any) -> Booked | None:
        """Decide under a new key: killed after so many steps of the loop, and ordered three times. None: refused."""
        side, key = maker(Kind.POINTS, trigger), f"K{next(_keys)}"
        async with self.sessions.begin() as session:
            row = await session.get_one(Request, request_id)
            state = State(row.state)
            await decisions.propose(
                session,
                request_id=request_id,
                key=key,
                body_hash="",
                login=LOGINS[side],
                trigger=trigger,
                version=row.version,
                payload={"comment": "Because.", **payload},
                at=datetime.now(UTC),
            )
        order = BookMove(
            request_id, key, trigger, state, RequestMachine(Kind.POINTS, state).targets(trigger)[0], by=side
        )
        await killed(lambda: self.booking.book_move(order), kill)
        told: list[Booked | None] = []
        for _ in range(2):
            try:
                told.append(await self.booking.book_move(order))
            except ApplicationError as failure:
                if refusal_in(failure) is None:
                    raise
                told.append(None)
        assert told[0] == told[1], "asked again, a decision answers the same"
        return told[0]

    async def by_itself(self, request_id: str, trigger: Trigger, source: State, kill: int) -> Booked:
        """A move of the system: killed, and ordered twice."""
        target = RequestMachine(Kind.POINTS, source).targets(trigger)[0]
        order = BookSystemMove(request_id, trigger, source, target)
        await killed(lambda: self.booking.book_system_move(order), kill)
        await self.booking.book_system_move(order)
        return await self.booking.book_system_move(order)

    async def entries(self) -> list[tuple[Any, ...]]:
        """The whole ledger."""
        columns = LedgerEntry.__table__.columns
        async with self.sessions() as session:
            return [tuple(row) for row in await session.execute(select(*columns).order_by(LedgerEntry.id))]

    async def balance(self) -> int:
        """What the participant has."""
        async with self.sessions() as session:
            return await ledger.balance(session, ANA)


async def killed(book: Callable[[], Awaitable[Any]], after: int) -> None:
    """Begin, and be gone after so many steps of the loop; done by then, or not."""
    task = asyncio.ensure_future(book())
    for _ in range(after):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
