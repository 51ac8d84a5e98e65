"""What a page costs: the server's share at the median and the bytes of each, with many requests stored.

Measured beside a bare page of the same framework, over the same loopback, in the same run. Style sheets and scripts
have been fetched before: what counts is what a page transfers after the first visit.

    python -m benchmarks.pages [--requests 10000] [--rounds 40]
"""

import argparse
import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import httpx
import structlog
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import text

from tests.stack.running import Stack, running
from tests.stack.servers import free_port
from tests.stack.walks import filed, processed
from workers import demo
from workers.embedded.ports import LOOPBACK

MOST_BYTES, MOST_SECONDS = 100_000, 0.1
COPIES = """
INSERT INTO requests (id, country, kind, state, version, login, company_id, line_up, postcode, commissioned_on, data,
                      turn, turn_since, due_at, keyuser_used, requester_used, submitted_at)
SELECT 'ES-COM-' || lpad((100000 + n)::text, 6, '0'), country, kind,
       (ARRAY['submitted', 'processed', 'denied', 'cancelled'])[1 + n % 4], version, login, company_id, line_up,
       lpad((28000 + n % 50)::text, 5, '0'), commissioned_on, data,
       CASE WHEN n % 4 = 0 THEN 'keyuser' END, submitted_at - n * interval '7 minutes',
       submitted_at + interval '7 days' - n * interval '7 minutes', keyuser_used, requester_used,
       submitted_at - n * interval '7 minutes'
FROM requests, generate_series(1, :count) AS n WHERE id = :original
"""
UNITS = """
INSERT INTO request_units (request_id, position, role, product, serial)
SELECT 'ES-COM-' || lpad((100000 + n)::text, 6, '0'), position, role, product, 'B' || lpad(n::text, 7, '0') || position
FROM request_units, generate_series(1, :count) AS n WHERE request_id = :original
"""
JOURNAL = """
INSERT INTO journal (request_id, version, at, actor, action, from_state, to_state, comment, changes)
SELECT 'ES-COM-' || lpad((100000 + n)::text, 6, '0'), version, at - n * interval '7 minutes', actor, action, from_state,
       to_state, comment, changes
FROM journal, generate_series(1, :count) AS n WHERE request_id = :original
"""

# What was accepted was granted what `granted` was, every fifth nothing; of what was denied the invoice was.
DECIDED = """
INSERT INTO journal (request_id, version, at, actor, action, from_state, to_state, comment, changes)
SELECT 'ES-COM-' || lpad((100000 + n)::text, 6, '0'), version + 1, at + interval '5 hours' - n * interval '7 minutes',
       'keyuser.es', CASE n % 4 WHEN 1 THEN 'accept' ELSE 'deny' END, 'submitted',
       CASE n % 4 WHEN 1 THEN 'accepted' ELSE 'denied' END, 'why',
       CASE n % 4 WHEN 1 THEN jsonb_build_object('policy', jsonb_build_object('from', NULL,
           'to', CASE WHEN n % 5 > 0 THEN 'STD-1-5' END))
       ELSE '{"documents/invoice": {"from": null, "to": "denied"}}' END
FROM journal, generate_series(1, :count) AS n WHERE request_id = :original AND version = 1 AND n % 4 IN (1, 2)
"""
GRANTED = """
INSERT INTO assignments (request_id, version, policy, snapshot)
SELECT 'ES-COM-' || lpad((100000 + n)::text, 6, '0'), 2, CASE WHEN n % 5 > 0 THEN policy END, snapshot
FROM assignments, generate_series(1, :count) AS n WHERE request_id = :granted AND n % 4 = 1
"""
REFUSED = """
INSERT INTO request_documents (request_id, requirement, document_id, verdict, reason, replaced)
SELECT 'ES-COM-' || lpad((100000 + n)::text, 6, '0'), requirement, document_id, 'denied', 'why', false
FROM request_documents, generate_series(1, :count) AS n
WHERE request_id = :original AND requirement = 'invoice' AND n % 4 = 2
"""


class Server(uvicorn.Server):
    """Signals are the benchmark's."""

    capture_signals = nullcontext  # type: ignore[assignment]


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """The application behind a real server; its address."""
    port = free_port()
    server = Server(uvicorn.Config(app, LOOPBACK, port, lifespan="off", log_config=None, access_log=False))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://{LOOPBACK}:{port}"
    server.should_exit = True
    await task


def bare() -> FastAPI:
    """A page that does nothing."""
    app = FastAPI()

    @app.get("/", response_class=HTMLResponse)
    async def page() -> str:
        return "<!doctype html><title>Bare</title><p>Bare</p>"

    return app


async def fill(stack: Stack, count: int) -> str:
    """Store so many requests; the id of one that can be decided."""
    original = await filed(stack)
    granted = await processed(stack)
    values = {"count": count, "original": original["id"], "granted": granted["id"]}
    async with stack.sessions.begin() as session:
        for statement in (COPIES, UNITS, JOURNAL, DECIDED, GRANTED, REFUSED):
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            await session.execute(text(statement), used)
        await session.execute(text("ANALYZE"))
    found: str = original["id"]
    return found


async def measure(client: httpx.AsyncClient, path: str, rounds: int) -> tuple[float, int]:
    """Median seconds and bytes of a page."""
    took, size = [], 0
    for _ in range(rounds):
        started = time.perf_counter()
        answer = await client.get(path)
        took.append(time.perf_counter() - started)
        assert answer.status_code == 200, (path, answer.status_code)
        size = len(answer.content)
    return statistics.median(took), size


async def main(count: int, rounds: int) -> None:
    """Print one line per page, and fail if one is too slow or too large."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder)) as stack, serving(stack.app) as address, serving(bare()) as nothing:
            request_id = await fill(stack, count)
            pages = {
                "keyuser.es": (
                    "/requests",
                    "/requests?sort=newest",
                    "/requests?q=28013",
                    "/requests?q=B00012341",
                    "/requests?q=abc&state=processed",
                    f"/requests/{request_id}",
                    f"/requests/{request_id}?edit=save",
                    "/dashboard",
                    "/configuration/ES/policies",
                ),
                "installer.abc": ("/requests", f"/requests/{request_id}", "/new"),
            }
            async with httpx.AsyncClient(base_url=nothing) as client:
                await measure(client, "/", 5)
                floor, _ = await measure(client, "/", rounds)
            print(f"{count} requests stored; a bare page takes {floor * 1000:.1f} ms")
            failed = False
            for login, paths in pages.items():
                async with httpx.AsyncClient(base_url=address, timeout=60) as client:
                    given = {"login": login, "password": demo.PASSWORD}
                    signed = await client.post("/sign-in", data=given)
                    client.headers["Cookie"] = signed.headers["set-cookie"].partition(";")[0]
                    for path in paths:
                        await measure(client, path, 3)
                        took, size = await measure(client, path, rounds)
                        bad = size > MOST_BYTES or took - floor > MOST_SECONDS
                        failed = failed or bad
                        print(f"{login:<14} {path:<34} {took * 1000:6.1f} ms {size:7,d} bytes{'  TOO MUCH' * bad}")
            if failed:
                raise SystemExit("a page is too slow or too large")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=40)
    asked = parser.parse_args()
    asyncio.run(main(asked.requests, asked.rounds))
