"""Brings a spreadsheet file into a list: all of it, or nothing with every error named."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.spreadsheets import files
from domain.access import is_keyuser
from domain.errors import Forbidden, NotFound
from domain.messages import BringIn
from domain.sheets import Flaw, Flaws, Part, Reading, Row, Sheet
from store import accounts, audit, imports
from store.audit import FIRST, Author
from store.engine import Sessions
from store.files import Damaged, Files
from store.tables.imports import Import

AT_ONCE = 1000
RESOURCE = "imports"
DONE, REFUSED, FAILED = "done", "refused", "failed"
ENDED = {DONE, REFUSED, FAILED}


class Lists(Protocol):
    """What this activity asks of the configuration; `configuration.spreadsheets` answers."""

    async def sheet(self, session: AsyncSession, part: Part) -> Sheet:
        """The columns of a list. Raises NotFound."""

    async def put(
        self,
        session: AsyncSession,
        part: Part,
        rows: Sequence[tuple[int, Row]],
        flaws: Flaws,
        author: Author,
    ) -> dict[str, int]:
        """Write the rows, or say in `flaws` what is wrong with them; how many became what."""


@dataclass(frozen=True)
class Imports:
    """The activities of imports."""

    sessions: Sessions
    files: Files
    lists: Lists
    now: Callable[[], datetime]
    demo: bool = False

    @activity.defn
    async def bring_in(self, order: BringIn) -> str:
        """Read the file, write its entries, end the import; the state in which it ended.

        A retry, or a rival that was thought dead, finds it ended or does all of it once more: entries, audit log and
        the import's end are one transaction, and only one of two can end it.
        """
        job = await self._job(order)
        if job.state in ENDED:
            return job.state
        try:
            sheet = await self._sheet(job)
        except (NotFound, Forbidden) as changed:
            flaws = Flaws()
            flaws.add(Flaw(None, None, changed.detail))
            return await self._refuse(job, flaws, 0)
        reading = Reading(sheet)
        rows = await self._read(job, reading)
        return await self._write(job, reading, rows)

    @activity.defn
    async def give_up(self, order: BringIn) -> str:
        """The file cannot be read by this desk, whatever it holds: say so."""
        flaw = Flaw(None, None, "the desk could not bring in this file; it has been logged, and nothing was changed")
        async with self.sessions.begin() as session:
            await imports.end(session, order.import_id, FAILED, self.now(), flaws=[flaw])
        return (await self._job(order)).state

    async def _job(self, order: BringIn) -> Import:
        async with self.sessions() as session:
            return await imports.import_of(session, order.import_id)

    async def _sheet(self, job: Import) -> Sheet:
        """The columns as they are now. Raises NotFound for a part of the list that is gone, Forbidden."""
        async with self.sessions() as session:
            caller = await accounts.caller_of(session, job.login, demo=self.demo)
            if caller is None or not is_keyuser(caller, job.country):
                raise Forbidden("the account may no longer configure this country")
            return await self.lists.sheet(session, _part(job))

    async def _read(self, job: Import, reading: Reading) -> list[tuple[int, Row]]:
        """The rows that are right. In a thread, so that the worker goes on breathing while a file is parsed."""
        content = await self._content(job)
        total = await asyncio.to_thread(files.length_of, content)
        lines = reading.values(files.lines_of(content, reading.sheet))
        rows: list[tuple[int, Row]] = []
        while batch := await asyncio.to_thread(lambda: list(islice(lines, AT_ONCE))):
            rows += batch
            async with self.sessions.begin() as session:
                await imports.progress(session, job.id, read=reading.rows, total=max(total, reading.rows))
        return rows

    async def _content(self, job: Import) -> bytes:
        try:
            return await self.files.get(job.sha256)
        except Damaged as damaged:
            raise ApplicationError("the file is not what was stored", type="damaged", non_retryable=True) from damaged

    async def _write(self, job: Import, reading: Reading, rows: Sequence[tuple[int, Row]]) -> str:
        author = Author(job.login, self.now())
        async with self.sessions() as session:  # what is not committed is taken back
            result = await self.lists.put(session, _part(job), rows, reading.flaws, author)
            if reading.flaws.count == 0 and await imports.end(
                session, job.id, DONE, self.now(), rows=reading.rows, result=result
            ):
                after = {"list": job.resource, "part": job.scope, "sha256": job.sha256, "rows": reading.rows, **result}
                audit.note(session, job.country, RESOURCE, str(job.id), FIRST, "import", author, after=after)
                await session.commit()
                return DONE
        return await self._refuse(job, reading.flaws, reading.rows)

    async def _refuse(self, job: Import, flaws: Flaws, rows: int) -> str:
        async with self.sessions.begin() as session:
            await imports.end(session, job.id, REFUSED, self.now(), rows=rows, flaws=flaws.shown, more=flaws.more)
        return (await self._job(BringIn(job.id))).state


def _part(job: Import) -> Part:
    return Part(job.resource, job.country, job.scope)
