"""What is told of every HTTP call: a correlation id, one log line, figures. Never a query, a body or a name."""

import re
import time
from uuid import uuid4

import structlog
from opentelemetry.propagate import extract
from opentelemetry.trace import NoOpTracer, Span, SpanKind, Tracer
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.methods import named

CALLS = Counter("keydesk_http_requests_total", "HTTP calls", ["method", "route", "status"])
SECONDS = Histogram("keydesk_http_request_seconds", "Time to answer", ["method", "route"])
HEADER = "X-Correlation-ID"
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")

log = structlog.get_logger("keydesk.api")


class Telemetry:
    """ASGI middleware around everything. `request_id` in the log is the case; the correlation id the HTTP call."""

    def __init__(self, app: ASGIApp, tracer: Tracer | None = None) -> None:
        self._app = app
        self._tracer = tracer or NoOpTracer()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        correlation_id = given if GIVEN.fullmatch(given) else uuid4().hex
        started, status = time.perf_counter(), 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = correlation_id
            await send(message)

        came_with = extract(dict(Headers(scope=scope)))
        with (
            structlog.contextvars.bound_contextvars(correlation_id=correlation_id),
            self._tracer.start_as_current_span(scope["method"], came_with, SpanKind.SERVER) as span,
        ):
            try:
                await self._app(scope, receive, sent)
            finally:
                self._tell(scope, status, time.perf_counter() - started, span)

    def _tell(self, scope: Scope, status: int, seconds: float, span: Span) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        method = named(scope["method"])
        CALLS.labels(method, route, status).inc()
        SECONDS.labels(method, route).observe(seconds)
        case = scope.get("path_params", {}).get("request_id")
        about = {"request_id": case} if case else {}
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.request.method": method, "http.route": route, **about})
        span.set_attribute("http.response.status_code", status)
        log.info("answered", method=method, route=route, status=status, seconds=round(seconds, 4), **about)
