"""`keydesk api` as a process: it serves until it is asked to end, and drops nobody then."""

import asyncio
import signal
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from settings import Settings

GRACE = 10  # seconds for calls that are under way when the doors shut


class Leaving(uvicorn.Server):
    """At SIGTERM `/readyz` says no first, and for `drain` seconds everything else goes on: so proxies send nobody any
    more when the doors shut. What is under way then may finish. A second signal, or Ctrl-C, shuts them at once."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, drain: float) -> None:
        super().__init__(config)
        self._app = app
        self._drain = drain

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """What uvicorn does at a signal, later."""
        if self._drain == 0 or sig != signal.SIGTERM or getattr(self._app.state, "leaving", False):
            super().handle_exit(sig, frame)
            return
        self._app.state.leaving = True
        asyncio.get_running_loop().call_later(self._drain, super().handle_exit, sig, frame)


def serve(settings: Settings) -> None:
    """Run API and pages until they are asked to end."""
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    Leaving(config, app, settings.drain_seconds).run()
