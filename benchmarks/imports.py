"""What an import costs, against a bare COPY of the same rows: `python -m benchmarks.imports [products]`.

Ours, over the API and the worker: take the file, read and check it, hold it against the configuration, write entries
and audit log, in one transaction. The reference: COPY of as many rows into a table of the same columns, in the same
database. The times are this machine's and today's: compare the ratios. API and worker run in this process, whose peak
of memory is printed before and after.
"""

import asyncio
import logging
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import structlog

from activities.spreadsheets import files
from activities.spreadsheets.files import Format
from configuration.lists import LISTS
from domain.sheets import Part, Row
from tests.stack.countries import NewCountry, new_country
from tests.stack.running import Stack, running

PRODUCTS = 20_000
LIST = "campaign-products"
ASKED = {"requirement": "invoice", "title": "Invoice"}
CAMPAIGN = {
    "code": "BENCH",
    "name": "Benchmark",
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
    "claim_deadline": "2026-12-31",
    "documents": [ASKED],
}


def rows(count: int, points: int) -> Iterator[Row]:
    """Participating products with so many points each."""
    for number in range(count):
        yield {"product": f"BENCH-{number:06d}", "default_points": points, "document: invoice": number % 2 == 0}


async def copied(stack: Stack, country: NewCountry, count: int) -> float:
    """Seconds of the reference. What it wrote becomes the products that can take part."""
    url = stack.settings.database_url.get_secret_value()
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute("CREATE TABLE bare (LIKE campaign_products INCLUDING ALL)")
        start = time.perf_counter()
        async with connection.cursor().copy("COPY bare FROM STDIN") as copy:
            for row in rows(count, 11):
                await copy.write_row((country.code, "BENCH", row["product"], 11, '["invoice"]', "[]"))
        await connection.commit()
        seconds = time.perf_counter() - start
        await connection.execute(
            "INSERT INTO products (country, reference, line_up, role)"
            " SELECT country, product, 'residential', 'indoor' FROM bare"
        )
    return seconds


async def imported(client: httpx.AsyncClient, country: NewCountry, content: bytes) -> tuple[float, dict[str, Any]]:
    """Seconds from the upload to the end, and how the import ended."""
    start = time.perf_counter()
    answer = await client.post(
        f"/api/v1/countries/{country.code}/{LIST}/import",
        files={"file": ("list", content)},
        params={"campaign": "BENCH"},
    )
    found = answer.raise_for_status().json()
    while found["state"] in {"waiting", "running"}:
        await asyncio.sleep(0.05)
        found = (await client.get(answer.headers["Location"])).json()
    return time.perf_counter() - start, found


def peak() -> int:
    """The most memory that this process has had so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


async def measured(stack: Stack, count: int) -> None:
    """Import the list anew, changed, and unchanged; print each beside the reference. Then export it."""
    country = await new_country(stack)
    client = stack.client_of(country.keyuser)
    (await client.post(f"/api/v1/countries/{country.code}/campaigns", json=CAMPAIGN)).raise_for_status()
    bare = await copied(stack, country, count)
    print(f"{count} rows, bare COPY: {bare:.2f} s")
    async with stack.sessions() as session:
        sheet = await LISTS.sheet(session, Part(LIST, country.code, "BENCH"))
    for what, form, points in (
        ("created", Format.XLSX, 11),
        ("changed", Format.CSV, 12),
        ("unchanged", Format.CSV, 12),
    ):
        content = files.written(form, sheet, rows(count, points))
        before = peak()
        seconds, found = await imported(client, country, content)
        if found["result"] is None or found["result"][what] != count:
            sys.exit(f"not {what}: {found}")
        print(
            f"{form}, {len(content) // 1024} KiB, all {what}: {seconds:.1f} s, {seconds / bare:.0f} x COPY; "
            f"peak of memory {before} MiB before, {peak()} MiB after"
        )
    for form in Format:
        start = time.perf_counter()
        answer = await client.get(f"/api/v1/countries/{country.code}/{LIST}.{form}", params={"campaign": "BENCH"})
        print(f"export as {form}: {time.perf_counter() - start:.1f} s, {len(answer.raise_for_status().content)} bytes")


async def main(count: int) -> None:
    """Start everything, measure, stop."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder)) as stack:
            await measured(stack, count)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else PRODUCTS))
