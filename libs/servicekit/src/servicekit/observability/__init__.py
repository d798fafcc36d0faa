"""What a running process tells about itself: structured logs and metrics."""

from servicekit.observability.logs import configure_logging, log_context, logger
from servicekit.observability.metrics import Metrics

__all__ = ["Metrics", "configure_logging", "log_context", "logger"]
