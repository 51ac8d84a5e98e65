"""The Temporal worker: workflows and activities, with their dependencies built in one place."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import Worker

from activities.booking import Booking
from activities.cards import Cards
from activities.emails import Emails
from activities.imports import Imports
from activities.mail_server import MailServer
from activities.rendering.pool import CardPress
from api.wiring import cluster_of, now, tracing_of
from configuration.lists import LISTS
from settings import Settings
from store.engine import Sessions, connect, sessions
from store.files import Files
from workers.pulse import BEAT, Pulse
from workers.releasing import deployment_of
from workers.sandbox import runner
from workers.telemetry import Accounts, serve_metrics
from workers.tolerance import Tolerance
from workflows import client as temporal
from workflows.effects import mail_queue
from workflows.importing import ImportWorkflow
from workflows.namespace import prepare
from workflows.registry import WORKFLOWS

GRACE = timedelta(seconds=10)
EMAILS_AT_ONCE = 4


@asynccontextmanager
async def serving(
    client: Client, settings: Settings, database: Sessions, press: CardPress, *, task_queue: str
) -> AsyncIterator[None]:
    """Serve every kind, and imports: one worker for workflows, bookings and cards, one for emails.

    A killed worker's cached workflows are free again after a second, what it had under way after `pulse.SILENCE`.
    """
    files = Files(settings.documents)
    booking = Booking(database, now, settings.base_url, demo=settings.demo)
    cards = Cards(database, files, press, now)
    imports = Imports(database, files, LISTS, now, demo=settings.demo)
    mail = Emails(database, files, MailServer(settings.smtp_url.get_secret_value()), settings.mail_from, now)
    deployment = deployment_of(settings)
    desk = Worker(
        client,
        task_queue=task_queue,
        workflows=[*WORKFLOWS.values(), ImportWorkflow],
        activities=[
            booking.record_request,
            booking.book_move,
            booking.book_system_move,
            booking.ring,
            booking.stand,
            cards.issue_card,
            imports.bring_in,
            imports.give_up,
        ],
        workflow_runner=runner(),
        interceptors=[Accounts(), Pulse(), Tolerance()],
        max_heartbeat_throttle_interval=BEAT,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),
        graceful_shutdown_timeout=GRACE,
        deployment_config=deployment,
    )
    mailroom = Worker(
        client,
        task_queue=mail_queue(task_queue),
        activities=[mail.send_email],
        interceptors=[Accounts(), Pulse()],
        max_heartbeat_throttle_interval=BEAT,
        max_concurrent_activities=EMAILS_AT_ONCE,
        graceful_shutdown_timeout=GRACE,
        deployment_config=deployment,
    )
    async with desk, mailroom:
        yield


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; what is under way may finish."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    engine = connect(settings.database_url.get_secret_value())
    tracing = tracing_of(settings, "keydesk-worker")
    client = await temporal.connect(cluster_of(settings, tracing))
    await prepare(client)
    if settings.metrics_address is not None:
        serve_metrics(settings.metrics_address)
    try:
        async with (
            CardPress() as press,
            serving(client, settings, sessions(engine), press, task_queue=temporal.TASK_QUEUE),
        ):
            await stop.wait()
    finally:
        await engine.dispose()
        if tracing is not None:
            tracing.close()
