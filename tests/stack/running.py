"""The whole desk in one process, of real parts; one for the test session."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from temporalio.client import Client

from activities.rendering.pool import CardPress
from api.app import create_app
from api.dependencies import Parts
from api.identity import LocalTokens
from api.wiring import cluster_of, tracing_of
from settings import Settings
from store.engine import Sessions, connect, sessions
from store.migrate import upgrade
from tests.stack import servers
from workers import demo, worker
from workflows.client import TASK_QUEUE
from workflows.client import connect as connect_temporal

BASE_URL = "https://desk.keydesk.example"
SECRET = "the stack signs its own tokens with this"


@dataclass
class Stack:
    """What runs, and how tests reach it. `uploads` remembers documents by login, so that few are sent."""

    settings: Settings
    sessions: Sessions
    temporal: Client
    app: FastAPI
    folder: Path
    clients: dict[str | None, httpx.AsyncClient] = field(default_factory=dict)
    uploads: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    @property
    def mail(self) -> Path:
        """Where the mail catcher puts its `.eml` files."""
        return self.folder / "mail"

    @property
    def documents(self) -> Path:
        """Where documents and cards are stored."""
        return self.folder / "documents"

    @property
    def parts(self) -> Parts:
        """What the application was built from."""
        parts: Parts = self.app.state.parts
        return parts

    def client_of(self, login: str | None) -> httpx.AsyncClient:
        """An HTTP client that is signed in as `login`; None: nobody."""
        if login not in self.clients:
            headers = {} if login is None else {"Authorization": f"Bearer {self.token_of(login)}"}
            self.clients[login] = httpx.AsyncClient(
                transport=httpx.ASGITransport(self.app), base_url="http://keydesk.test", headers=headers, timeout=60
            )
        return self.clients[login]

    def token_of(self, login: str) -> str:
        """A bearer token, as `keydesk token` prints it."""
        return LocalTokens(SECRET).issue(login, now=datetime.now(UTC))


@asynccontextmanager
async def running(folder: Path, *, temporal_file: Path | None = None, **changes: Any) -> AsyncIterator[Stack]:
    """Start everything side by side, migrate, load the demo; stop it in the other order. `changes` are settings."""
    async with AsyncExitStack() as opened:
        keys = Settings(demo=True, **changes).payload_keys_by_id
        temporal = asyncio.create_task(opened.enter_async_context(servers.temporal(file=temporal_file, keys=keys)))
        press = asyncio.create_task(opened.enter_async_context(CardPress()))
        database = asyncio.create_task(opened.enter_async_context(servers.postgres(folder)))
        smtp_url = await opened.enter_async_context(servers.mail_catcher(folder / "mail"))
        database_url = await database
        await asyncio.to_thread(upgrade, database_url)
        await asyncio.to_thread(demo.load, database_url)
        client = await temporal
        settings = Settings(
            home=folder,
            database_url=SecretStr(database_url),
            temporal_address=client.service_client.config.target_host,
            temporal_namespace=client.namespace,
            smtp_url=SecretStr(smtp_url),
            base_url=BASE_URL,
            token_secret=SecretStr(SECRET),
            demo=True,
            **changes,
        )
        engine = connect(database_url)
        opened.push_async_callback(engine.dispose)
        app = create_app(settings)
        await opened.enter_async_context(app.router.lifespan_context(app))
        tracing = tracing_of(settings, "keydesk-worker")
        if tracing is not None:
            opened.callback(tracing.close)
        working = await connect_temporal(cluster_of(settings, tracing))
        await opened.enter_async_context(
            worker.serving(working, settings, sessions(engine), await press, task_queue=TASK_QUEUE)
        )
        stack = Stack(settings, sessions(engine), client, app, folder)
        try:
            yield stack
        finally:
            for client_of in stack.clients.values():
                await client_of.aclose()
