"""Logs of every process: one JSON object a line on stderr, from structlog and the standard library alike.

What is bound with `structlog.contextvars` (the API binds `request_id`) stands in every line. Lines never
carry personal data: log ids and counts, not names, addresses, serial numbers or request bodies.
"""

import logging
import sys

import structlog
from structlog.typing import Processor

# At INFO these write addresses, query strings or one line per step.
QUIET = ("transitions", "uvicorn.access", "mail.log", "httpx", "alembic", "fontTools", "xhtml2pdf", "obstore")


def configure_logging(level: str = "INFO") -> None:
    """Route everything through one formatter. `level` is DEBUG, INFO, WARNING or ERROR."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
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
