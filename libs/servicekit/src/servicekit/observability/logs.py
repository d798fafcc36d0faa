"""Structured logs: one line an entry, ours and the libraries' alike, with the trace and without secrets."""

import logging
import re
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from servicekit.settings import LogSettings
from servicekit.tracing import present_trace

__all__ = ["configure_logging", "log_context", "logger", "redact", "without_secrets"]

_SECRET_NAME = re.compile(
    r"(authorization|cookie|csrf|passw|secret|token$|api_?key|sign_in_link|database_url)", re.IGNORECASE
)
_SECRET_TEXT = re.compile(r"fwy_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_URL_PASSWORD = re.compile(r"(://[^\s:/@]+):[^\s@/]+@")
_HIDDEN = "***"
_QUIET_LIBRARIES = (
    *("uvicorn", "uvicorn.error", "uvicorn.access", "httpx", "httpcore"),
    *("sqlalchemy", "alembic", "asyncio", "aiokafka", "aiobotocore", "botocore", "opentelemetry"),
)
"""What they say below a warning is of no use to who runs the service."""


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module: ``_log = logger(__name__)``."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound


def log_context(**values: Any) -> AbstractContextManager[None]:
    """Have every entry of this task carry `values` while the block runs, whoever writes it."""
    return structlog.contextvars.bound_contextvars(**values)


def redact(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    """Take out of an entry what must not be written down: values by their name, tokens and passwords by their form."""
    return {name: _HIDDEN if _SECRET_NAME.search(name) else without_secrets(value) for name, value in entry.items()}


def without_secrets(value: Any) -> Any:
    """Return `value` with the tokens and passwords in its texts hidden, however deep they stand."""
    if isinstance(value, str):
        return _URL_PASSWORD.sub(rf"\1:{_HIDDEN}@", _SECRET_TEXT.sub(rf"fwy_\1_{_HIDDEN}", value))
    if isinstance(value, Mapping):
        return {
            name: _HIDDEN if _SECRET_NAME.search(str(name)) else without_secrets(inner) for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [without_secrets(inner) for inner in value]
    return value


def _add_trace(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    trace_id = present_trace()
    if trace_id is not None:
        entry.setdefault("trace_id", trace_id)
    return entry


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    _add_trace,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
]
"""What every entry goes through, ours and the libraries'."""

structlog.configure(  # from the first import on: entries go the way of the standard library, whoever listens there
    processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)


def configure_logging(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Write every log entry of the process, ours and the libraries', to `stream` (standard error where it is None)."""
    out = stream or sys.stderr
    renderer = (
        structlog.processors.JSONRenderer(default=str)
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(colors=out.isatty())
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *_SHARED],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.level.upper())
    for name in _QUIET_LIBRARIES:
        library = logging.getLogger(name)
        library.handlers = []
        library.propagate = True
        library.setLevel(logging.WARNING)
