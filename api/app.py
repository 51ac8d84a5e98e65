"""The application: every part is built here, once per process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI

from activities.mail_server import MailServer
from api import (
    accounts,
    api_keys,
    audit,
    card_texts,
    codec,
    commissioning,
    configuring,
    documents,
    downloads,
    errors,
    examples,
    health,
    importing,
    judging,
    landing,
    listing,
    lives,
    messages,
    notifications,
    numbers,
    participants,
    permits,
    points,
    policies,
    public,
    readiness,
    requests,
    settings_of_countries,
    stock,
    templates,
    unit_replacement,
    verify,
    warranty_extension,
)
from api.dependencies import Parts, readable_path
from api.identity import LocalTokens
from api.limits import BodyLimit
from api.methods import Heads
from api.pages import routes as pages
from api.pages.press import Previews
from api.telemetry import Telemetry
from api.tracing import Tracing
from api.wiring import cluster_of, issuer_of, now, tracing_of
from domain.errors import Invalid, Unavailable
from settings import Settings
from store.engine import connect, sessions
from store.files import Files
from workflows import client as temporal

RESOURCES = (
    commissioning,
    warranty_extension,
    unit_replacement,
    points,
    listing,
    requests,
    judging,
    participants,
    messages,
    documents,
    permits,
    numbers,
    lives,
    stock,
    settings_of_countries,
    accounts,
    card_texts,
    notifications,
    downloads,
    audit,
    readiness,
    policies,
    importing,
    configuring,
    public,
    landing,
    templates,
    codec,
    api_keys,
)


@asynccontextmanager
async def running(settings: Settings, tracing: Tracing | None = None) -> AsyncIterator[Parts]:
    """The parts, connected to database and Temporal; let go of at the end."""
    engine = connect(settings.database_url.get_secret_value())
    client = await temporal.connect(cluster_of(settings, tracing))
    previews = Previews()
    try:
        yield Parts(
            sessions=sessions(engine),
            files=Files(settings.documents),
            desk=temporal.Desk(client),
            tokens=LocalTokens(settings.token_secret.get_secret_value()),
            now=now,
            mail=MailServer(settings.smtp_url.get_secret_value(), timeout=10),
            sender=settings.mail_from,
            base_url=settings.base_url,
            pepper=settings.token_secret.get_secret_value().encode(),
            demo=settings.demo,
            previews=previews,
            temporal_ui=settings.temporal_ui_url,
            temporal_namespace=settings.temporal_namespace,
            codec=client.data_converter.payload_codec,
            issuer=issuer_of(settings),
        )
    finally:
        await previews.close()
        await engine.dispose()
        if tracing is not None:
            await asyncio.to_thread(tracing.close)


def create_app(settings: Settings) -> FastAPI:
    """The ASGI application of `keydesk api`."""
    tracing = tracing_of(settings, "keydesk-api")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running(settings, tracing) as parts:
            app.state.parts = parts
            yield

    app = FastAPI(
        title="Keydesk",
        summary="The desk where a manufacturer's partner club is decided.",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(BodyLimit)
    app.add_middleware(codec.CodecFromUi, ui_url=settings.temporal_ui_url)
    app.add_middleware(Telemetry, tracer=tracing.tracer if tracing else None)
    app.add_middleware(Heads)
    errors.install(app)
    app.include_router(_v1())
    app.include_router(health.router)
    app.include_router(verify.router)
    pages.install(app)
    examples.describe(app)
    return app


def _v1() -> APIRouter:
    router = APIRouter(
        prefix="/api/v1", responses=errors.documented(Invalid, Unavailable), dependencies=[Depends(readable_path)]
    )
    for resource in RESOURCES:
        router.include_router(resource.router)
    router.include_router(numbers.entries)
    return router
