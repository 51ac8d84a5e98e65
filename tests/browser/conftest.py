"""A real browser, and the stack's application behind a real server on loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from pathlib import Path

import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, async_playwright

from tests.chromium import ensure_chromium
from tests.stack.running import Stack
from tests.stack.servers import free_port
from workers.embedded.ports import LOOPBACK

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"


class Server(uvicorn.Server):
    """Signals are pytest's."""

    capture_signals = nullcontext  # type: ignore[assignment]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def address(stack: Stack) -> AsyncIterator[str]:
    """Where the application answers browsers."""
    port = free_port()
    config = uvicorn.Config(stack.app, LOOPBACK, port, lifespan="off", log_config=None, access_log=False)
    server = Server(config)
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:
            await asyncio.sleep(0.01)
    yield f"http://{LOOPBACK}:{port}"
    server.should_exit = True
    await serving


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a head; as root it has no sandbox of its own."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = await asyncio.to_thread(ensure_chromium)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        await browser.close()
