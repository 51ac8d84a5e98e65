"""The activity that brings in a file: once, whole or not at all, whoever runs it and however often."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports import Imports, Lists
from configuration.lists import LISTS
from domain.messages import BringIn
from domain.sheets import Flaws, Part, Row, Sheet
from store.audit import Author
from store.files import Files
from store.tables.audit import Audit
from store.tables.countries import Account
from store.tables.imports import Import
from tests.configuration.test_campaigns import CAMPAIGN
from tests.configuration.test_imports import HEADINGS, LIST
from tests.configuration.test_wholesalers import at
from tests.stack.countries import NewCountry, new_country
from tests.stack.running import Stack
from tests.stack.walks import eventually
from workers.reconcile import reconcile

FILE = f"{HEADINGS}\nCS-Z25TKEW;11;1;0\nCS-Z35TKEW;20;1;0\n".encode()


@pytest_asyncio.fixture
async def country(stack: Stack) -> NewCountry:
    country = await new_country(stack)
    answer = await stack.client_of(country.keyuser).post(at(country, "campaigns"), json=CAMPAIGN)
    assert answer.status_code == 201, answer.text
    return country


@pytest.fixture
def imports(stack: Stack) -> Imports:
    return Imports(stack.sessions, Files(stack.settings.documents), LISTS, lambda: datetime.now(UTC), demo=True)


async def written_down(stack: Stack, country: NewCountry, content: bytes = FILE, *, scope: str = "AUTUMN") -> BringIn:
    """An import that no workflow knows of."""
    row = Import(
        country=country.code,
        resource=LIST,
        scope=scope,
        login=country.keyuser,
        idempotency_key=str(uuid4()),
        filename="list.csv",
        size=len(content),
        sha256=await Files(stack.settings.documents).put(content),
        created_at=datetime.now(UTC),
    )
    async with stack.sessions.begin() as session:
        session.add(row)
    return BringIn(row.id)


async def stored(stack: Stack, order: BringIn) -> Import:
    async with stack.sessions() as session:
        return await session.get_one(Import, order.import_id)


async def counted(stack: Stack, country: NewCountry) -> dict[str, int]:
    """How often the audit log names what."""
    async with stack.sessions() as session:
        rows = await session.execute(
            select(Audit.resource, func.count()).where(Audit.country == country.code).group_by(Audit.resource)
        )
        return {resource: count for resource, count in rows}  # noqa: C416 - not a mapping


WRITTEN = {"campaigns": 1, "campaign-products": 2, "imports": 1}


@dataclass
class Halting(Lists):
    """The real lists, which halt between writing and the end: until they are let go, or for good."""

    fails: bool = False
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def sheet(self, session: AsyncSession, part: Part) -> Sheet:
        return await LISTS.sheet(session, part)

    async def put(
        self,
        session: AsyncSession,
        part: Part,
        rows: Sequence[tuple[int, Row]],
        flaws: Flaws,
        author: Author,
    ) -> dict[str, int]:
        result = await LISTS.put(session, part, rows, flaws, author)
        self.reached.set()
        if self.fails:
            raise ConnectionError("the worker dies here")
        await self.go_on.wait()
        return result


async def test_a_second_attempt_finds_it_done(stack: Stack, country: NewCountry, imports: Imports) -> None:
    order = await written_down(stack, country)
    assert [await imports.bring_in(order), await imports.bring_in(order)] == ["done", "done"]
    assert await counted(stack, country) == WRITTEN


async def test_of_rivals_one_writes(stack: Stack, country: NewCountry, imports: Imports) -> None:
    order = await written_down(stack, country)
    assert await asyncio.gather(*(imports.bring_in(order) for _ in range(4))) == ["done"] * 4
    assert await counted(stack, country) == WRITTEN


async def test_who_dies_before_the_end_leaves_nothing_and_the_next_one_does_it(
    stack: Stack, country: NewCountry, imports: Imports
) -> None:
    order = await written_down(stack, country)
    with pytest.raises(ConnectionError):
        await replace(imports, lists=Halting(fails=True)).bring_in(order)
    assert await counted(stack, country) == {"campaigns": 1}
    assert (await stored(stack, order)).state == "running"
    assert await imports.bring_in(order) == "done"
    assert await counted(stack, country) == WRITTEN


async def test_progress_is_seen_while_it_runs(stack: Stack, country: NewCountry, imports: Imports) -> None:
    order, halting = await written_down(stack, country), Halting()
    running = asyncio.create_task(replace(imports, lists=halting).bring_in(order))
    await halting.reached.wait()
    answer = await stack.client_of(country.keyuser).get(at(country, "imports", str(order.import_id)))
    seen = answer.json()
    assert (seen["state"], seen["rows_read"], seen["finished_at"]) == ("running", 2, None)
    assert seen["rows_total"] >= 2
    halting.go_on.set()
    assert await running == "done"


async def test_an_account_that_was_closed_meanwhile_imports_nothing(
    stack: Stack, country: NewCountry, imports: Imports
) -> None:
    order = await written_down(stack, country)
    async with stack.sessions.begin() as session:
        await session.execute(update(Account).where(Account.login == country.keyuser).values(active=False))
    assert await imports.bring_in(order) == "refused"
    assert await counted(stack, country) == {"campaigns": 1}
    assert "may no longer" in (await stored(stack, order)).flaws[0]["detail"]


async def test_a_campaign_that_is_gone_refuses_the_file(stack: Stack, country: NewCountry, imports: Imports) -> None:
    order = await written_down(stack, country, scope="GONE")
    assert await imports.bring_in(order) == "refused"
    assert "no campaign GONE" in (await stored(stack, order)).flaws[0]["detail"]


async def test_a_file_that_the_store_lost_fails_the_import(stack: Stack, country: NewCountry) -> None:
    order = await written_down(stack, country)
    async with stack.sessions.begin() as session:
        await session.execute(update(Import).where(Import.id == order.import_id).values(sha256="0" * 64))
    await stack.parts.desk.bring_in(order.import_id, country.code, LIST)

    async def failed() -> bool:
        return (await stored(stack, order)).state == "failed"

    await eventually(failed, "the import does not end")
    assert await counted(stack, country) == {"campaigns": 1}
    flaw = (await stored(stack, order)).flaws[0]
    assert (flaw["row"], "nothing was changed" in flaw["detail"]) == (None, True)


async def test_who_gives_up_too_late_changes_nothing(stack: Stack, country: NewCountry, imports: Imports) -> None:
    order = await written_down(stack, country)
    await imports.bring_in(order)
    assert await imports.give_up(order) == "done"
    assert (await stored(stack, order)).flaws == []


async def test_reconcile_names_an_import_that_nobody_works_on(
    stack: Stack, country: NewCountry, imports: Imports
) -> None:
    order = await written_down(stack, country)
    name = f"import {order.import_id} of {country.code}"
    assert not any(name in line for line in await reconcile(stack.settings)), "it may still be on its way"
    async with stack.sessions.begin() as session:
        row = await session.get_one(Import, order.import_id)
        row.created_at = datetime.now(UTC) - timedelta(minutes=2)
    assert [line.split(":")[0] for line in await reconcile(stack.settings) if name in line] == [name]
    assert await imports.bring_in(order) == "done"
    assert not any(name in line for line in await reconcile(stack.settings))
