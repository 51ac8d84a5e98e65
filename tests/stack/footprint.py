"""What the desk holds at one moment: rows of every table, stored files, emails. Two of them show what was left."""

from sqlalchemy import func, literal, select, text, union_all
from temporalio.service import RPCError, RPCStatusCode

from store.tables import Base
from tests.stack.running import Stack
from tests.stack.walks import eventually

# What remembers a refused submission under its key, and a gap in the numbers.
INTAKE = frozenset({"intakes", "counters"})
# What remembers a refused decision under its key.
DECISION = frozenset({"decisions"})

Footprint = dict[str, int]


async def footprint(stack: Stack, *, but: frozenset[str] = frozenset()) -> Footprint:
    """Counts of everything, once nothing is under way any more. `but` leaves tables out by name."""
    await quiet(stack)
    tables = [table for table in Base.metadata.sorted_tables if table.name not in but]
    async with stack.sessions() as session:
        rows = union_all(*(select(literal(table.name), func.count()).select_from(table) for table in tables))
        counts: Footprint = {name: count for name, count in await session.execute(rows)}  # noqa: C416 - not a mapping
    counts["(stored files)"] = sum(1 for file in stack.documents.rglob("*") if file.is_file())
    counts["(emails)"] = sum(1 for _ in stack.mail.glob("*.eml"))
    return counts


async def quiet(stack: Stack) -> None:
    """Wait until nothing is under way: no submission, no card, no email."""
    await eventually(lambda: _quiet(stack), "the desk does not come to rest")


async def has_workflow(stack: Stack, request_id: str) -> bool:
    """Whether Temporal knows a workflow of this id."""
    try:
        await stack.temporal.get_workflow_handle(request_id).describe()
    except RPCError as missing:
        if missing.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


async def counter(stack: Stack, country: str = "ES") -> int:
    """How many ids of commissioning requests the country has given out."""
    async with stack.sessions() as session:
        query = text("SELECT value FROM counters WHERE country = :country AND name = 'COM'")
        return await session.scalar(query, {"country": country}) or 0


async def _quiet(stack: Stack) -> bool:
    under_way = text(
        "SELECT (SELECT count(*) FROM requests WHERE state = 'accepted' AND card_blocked IS NULL)"
        " + (SELECT count(*) FROM emails WHERE status = 'queued')"
        " + (SELECT count(*) FROM intakes WHERE outcome IS NULL)"
    )
    async with stack.sessions() as session:
        return bool(await session.scalar(under_way) == 0)
