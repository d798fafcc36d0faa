"""The identifier that follows one cause through requests, events and mails."""

from contextvars import ContextVar

from servicekit.ids import new_id

__all__ = ["current_trace", "present_trace", "start_trace"]

_trace: ContextVar[str | None] = ContextVar("trace_id", default=None)


def current_trace() -> str:
    """Return the identifier of the present trace, and begin one where there is none."""
    return _trace.get() or start_trace()


def present_trace() -> str | None:
    """Return the identifier of the present trace, or None where none was begun."""
    return _trace.get()


def start_trace(trace_id: str | None = None) -> str:
    """Make `trace_id`, or a new identifier, the present trace of this task."""
    trace_id = trace_id or new_id().replace("-", "")
    _trace.set(trace_id)
    return trace_id
