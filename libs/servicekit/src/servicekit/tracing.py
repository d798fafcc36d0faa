"""The trace that follows one cause through requests, events and mails (W3C Trace Context).

Its identifiers are kept here, for logs, problem documents and events, whether or not spans are recorded. Spans are
recorded where a recorder is installed (`servicekit.observability.traces`); without one, a span costs a comparison.

- `enter` begins a process's part of a trace: a request, an event that arrived, a run of a job.
- `span` is a step within the present trace. Outside of a recorded trace it does nothing.
- `traceparent` and `continue_trace` carry the trace across whatever stands between two processes.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal, Protocol

__all__ = [
    "Attributes",
    "Kind",
    "Recorder",
    "Span",
    "TraceContext",
    "continue_trace",
    "current_trace",
    "enter",
    "install_recorder",
    "parse_traceparent",
    "passed_on",
    "present_trace",
    "span",
    "start_trace",
    "traceparent",
    "within",
]

Kind = Literal["server", "internal", "client", "producer", "consumer"]
Attributes = Mapping[str, str | int | float | bool]

_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")
_SAMPLED = 0x01


@dataclass(frozen=True, slots=True)
class TraceContext:
    """Where in which trace we are."""

    trace_id: str
    """32 hexadecimal digits."""
    span_id: str
    """16 hexadecimal digits; of a span that nobody recorded, where the trace is not sampled."""
    is_sampled: bool = False
    """Whether the trace's spans are recorded, here and in every process after this one."""

    @property
    def traceparent(self) -> str:
        """The header of W3C Trace Context."""
        return f"00-{self.trace_id}-{self.span_id}-{_SAMPLED if self.is_sampled else 0:02x}"


class Span(Protocol):
    """A step of a trace while it is being taken."""

    context: TraceContext

    def rename(self, name: str) -> None:
        """Give the span another name: that of a route is known when it has been found."""

    def put(self, **attributes: str | float | bool) -> None:
        """Add attributes; a double underscore in a name stands for a dot."""

    def fail(self, error: BaseException | str) -> None:
        """Mark the span as failed, by an error or by its kind.

        Of an error only type or code are kept: its text may hold what nobody is to read.
        """

    def end(self) -> None:
        """End the span."""


class Recorder(Protocol):
    """Whoever records spans."""

    def begin(self, name: str, kind: Kind, parent: TraceContext | None, attributes: Attributes) -> Span:
        """Begin a span below `parent`, or a trace of its own."""


class _NoSpan:
    """The span of a trace that nobody records."""

    def __init__(self, context: TraceContext) -> None:
        self.context = context

    def rename(self, name: str) -> None:
        pass

    def put(self, **attributes: str | float | bool) -> None:
        pass

    def fail(self, error: BaseException | str) -> None:
        pass

    def end(self) -> None:
        pass


_present: ContextVar[TraceContext | None] = ContextVar("trace", default=None)
_recorder: Recorder | None = None


def install_recorder(recorder: Recorder | None) -> None:
    """Have `recorder` record the spans of this process from now on; None: nobody does."""
    global _recorder  # noqa: PLW0603 - a process has one, as it has one standard error
    _recorder = recorder


def parse_traceparent(text: str | None) -> TraceContext | None:
    """Return what a ``traceparent`` header says, or None where there is none or it has another form."""
    match = _TRACEPARENT.fullmatch(text) if text else None
    if match is None:
        return None
    return TraceContext(match[1], match[2], bool(int(match[3], 16) & _SAMPLED))


def current_trace() -> str:
    """Return the identifier of the present trace, and begin one where there is none."""
    return _current().trace_id


def present_trace() -> str | None:
    """Return the identifier of the present trace, or None where none was begun."""
    context = _present.get()
    return None if context is None else context.trace_id


def traceparent() -> str:
    """Return the present trace and span as a ``traceparent`` header, and begin a trace where there is none."""
    return _current().traceparent


def start_trace(trace_id: str | None = None) -> str:
    """Make `trace_id`, or a new identifier, the present trace of this task."""
    context = TraceContext(trace_id or os.urandom(16).hex(), os.urandom(8).hex())
    _present.set(context)
    return context.trace_id


def continue_trace(traceparent: str | None) -> str:
    """Make the trace of a ``traceparent`` header the present one of this task, and return its identifier.

    A new trace begins where there is no header, or where it has another form.
    """
    context = parse_traceparent(traceparent)
    if context is None:
        return start_trace()
    _present.set(context)
    return context.trace_id


@contextmanager
def enter(
    name: str,
    kind: Kind,
    *,
    traceparent: str | None = None,
    trace_id: str | None = None,
    attributes: Attributes | None = None,
) -> Iterator[Span]:
    """Begin this process's part of a trace: that of `traceparent`, or a new one. It is the present one in the block.

    `trace_id` is for what has no ``traceparent``: an event that was emitted before there was one.
    """
    parent = parse_traceparent(traceparent)
    if parent is None and trace_id is not None and _TRACE_ID.fullmatch(trace_id):
        parent = TraceContext(trace_id, os.urandom(8).hex())
    begun: Span
    if _recorder is not None:
        begun = _recorder.begin(name, kind, parent, attributes or {})
    else:  # a process that records nothing hands on what it was given
        begun = _NoSpan(parent or TraceContext(os.urandom(16).hex(), os.urandom(8).hex()))
    with _within(begun):
        yield begun


@contextmanager
def span(name: str, kind: Kind = "internal", attributes: Attributes | None = None) -> Iterator[Span]:
    """Record a step of the present trace, where that is recorded."""
    parent = _present.get()
    if _recorder is None or parent is None or not parent.is_sampled:
        yield _NoSpan(parent or _NO_TRACE)
        return
    with _within(_recorder.begin(name, kind, parent, attributes or {})) as begun:
        yield begun


def passed_on(name: str, traceparent: str | None, attributes: Attributes | None = None) -> str | None:
    """Record that a message went on its way, and return the ``traceparent`` that it is to carry.

    For relays, which handle many messages of many traces at once; the present trace stays what it is.
    """
    parent = parse_traceparent(traceparent)
    if _recorder is None or parent is None or not parent.is_sampled:
        return traceparent
    begun = _recorder.begin(name, "producer", parent, attributes or {})
    begun.end()
    return begun.context.traceparent


@contextmanager
def within(context: TraceContext | None) -> Iterator[None]:
    """Make a trace that was begun elsewhere the present one in the block; None leaves the present one."""
    if context is None:
        yield
        return
    token = _present.set(context)
    try:
        yield
    finally:
        _present.reset(token)


@contextmanager
def _within(begun: Span) -> Iterator[Span]:
    token = _present.set(begun.context)
    try:
        yield begun
    except BaseException as error:
        begun.fail(error)
        raise
    finally:
        begun.end()
        with suppress(ValueError):  # a generator that was left behind is closed by somebody else's task
            _present.reset(token)


def _current() -> TraceContext:
    context = _present.get()
    if context is None:
        context = TraceContext(os.urandom(16).hex(), os.urandom(8).hex())
        _present.set(context)
    return context


_NO_TRACE = TraceContext("0" * 32, "0" * 16)
