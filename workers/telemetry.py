"""What is told of every activity: its case in the log, its outcome and time as figures."""

import time
from typing import Any

import structlog
from prometheus_client import Counter, Histogram, start_http_server
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

ACTIVITIES = Counter("keydesk_activities_total", "Attempts of activities", ["activity", "outcome"])
SECONDS = Histogram("keydesk_activity_seconds", "Time of one attempt", ["activity"])


def serve_metrics(address: str) -> None:
    """Answer Prometheus at host:port, from a thread of its own."""
    host, _, port = address.rpartition(":")
    start_http_server(int(port), host)


class Accounts(Interceptor):
    """Counts attempts, and names the case in every line that is logged meanwhile."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Accounting(next)


class _Accounting(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        info = activity.info()
        started, outcome = time.perf_counter(), "failed"
        named = {
            "request_id": info.workflow_id,
            "workflow_run_id": info.workflow_run_id,
            "activity": info.activity_type,
        }
        with structlog.contextvars.bound_contextvars(**named):
            try:
                done = await super().execute_activity(input)
                outcome = "done"
            except ApplicationError as refusal:
                outcome = "refused" if refusal.category is ApplicationErrorCategory.BENIGN else "failed"
                raise
            else:
                return done
            finally:
                ACTIVITIES.labels(info.activity_type, outcome).inc()
                SECONDS.labels(info.activity_type).observe(time.perf_counter() - started)
