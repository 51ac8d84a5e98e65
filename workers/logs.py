"""Logs of every process: one JSON object a line on stderr, from structlog and the standard library alike.

What is bound with `structlog.contextvars` stands in every line: the HTTP call's correlation id, the case and the
workflow's run of an activity; so do the ids of a trace. Lines never carry personal data: log ids and counts, not names,
addresses, serial numbers or request bodies.
"""

import logging
import sys

import structlog
from opentelemetry.trace import format_span_id, format_trace_id, get_current_span
from structlog.typing import EventDict, Processor, WrappedLogger

# At INFO these write addresses, query strings or one line per step.
QUIET = ("transitions", "uvicorn.access", "mail.log", "httpx", "alembic", "fontTools", "xhtml2pdf", "obstore")


def _trace(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """The trace and span that are under way, if any."""
    now = get_current_span().get_span_context()
    if now.is_valid:
        line.update(trace_id=format_trace_id(now.trace_id), span_id=format_span_id(now.span_id))
    return line


def configure_logging(level: str = "INFO") -> None:
    """Route everything through one formatter. `level` is DEBUG, INFO, WARNING or ERROR."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _trace,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            # A standard record brings its arguments unformatted, an `extra` only where it is allowed by name.
            foreign_pre_chain=[
                structlog.stdlib.ExtraAdder(("temporal_workflow", "temporal_activity")),
                *shared,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.EventRenamer("message"),
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.captureWarnings(capture=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
