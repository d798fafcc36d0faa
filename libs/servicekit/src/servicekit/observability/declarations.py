"""Metrics as values: each is declared once, beside the code that counts, and listed in the reference.

A service declares at the top of a module, and counts where something happens::

    TASK_S = histogram("fairway_screening_task_duration_seconds", "Time of one task.", {"urgency": "urgent, bulk"})

    ctx.metrics.of(TASK_S).labels("urgent").observe(2.5)

Labels have few values that we choose ourselves: route templates, names of consumers, states. An identifier is no label.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

__all__ = ["WORK_BUCKETS_S", "Declared", "Scope", "counter", "declared", "gauge", "histogram"]

WORK_BUCKETS_S = (0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
"""Upper bounds for what takes from hundredths of a second to minutes."""

Scope = Literal["process", "database"]
M = TypeVar("M", Counter, Gauge, Histogram)


@dataclass(frozen=True)
class Declared(Generic[M]):
    """A metric before any process has it."""

    name: str
    kind: type[M]
    meaning: str
    labels: Mapping[str, str]
    """Each label with what its values are."""
    scope: Scope
    """``process``: of one process, so that they are summed. ``database``: a fact that every process reads, so that the
    largest counts."""
    buckets: Sequence[float] = field(default=())
    first: Sequence[tuple[str, ...]] = field(default=())
    """Values of the labels that are there from the start with 0: else the first increase of each could not be seen."""
    declared_in: str = field(default="", compare=False)
    """The package that counts it."""

    def make(self, registry: CollectorRegistry) -> M:
        """Return the metric, new, in `registry`."""
        options: dict[str, Any] = {"buckets": self.buckets} if self.buckets else {}
        made = self.kind(self.name, self.meaning, tuple(self.labels), registry=registry, **options)
        for values in self.first:
            made.labels(*values)
        return made

    @property
    def sample_names(self) -> tuple[str, ...]:
        """The names of its series in the exposition."""
        if self.kind is Histogram:
            return (f"{self.name}_bucket", f"{self.name}_sum", f"{self.name}_count")
        return (self.name,)


_declared: dict[str, Declared[Counter] | Declared[Gauge] | Declared[Histogram]] = {}


def counter(
    name: str, meaning: str, labels: Mapping[str, str] | None = None, *, first: Iterable[tuple[str, ...]] = ()
) -> Declared[Counter]:
    """Declare a counter; its name ends in ``_total``. The series `first` are there from the start."""
    if not name.endswith("_total"):
        raise ValueError(f"the counter {name} has to end in _total")
    made = Declared(name, Counter, meaning, labels or {}, "process", first=tuple(first), declared_in=_caller())
    _keep(made)
    return made


def gauge(
    name: str, meaning: str, labels: Mapping[str, str] | None = None, *, scope: Scope = "process"
) -> Declared[Gauge]:
    """Declare a gauge."""
    made = Declared(name, Gauge, meaning, labels or {}, scope, declared_in=_caller())
    _keep(made)
    return made


def histogram(
    name: str,
    meaning: str,
    labels: Mapping[str, str] | None = None,
    buckets: Sequence[float] = WORK_BUCKETS_S,
    *,
    first: Iterable[tuple[str, ...]] = (),
) -> Declared[Histogram]:
    """Declare a histogram with upper bounds `buckets`, in the unit that its name ends in; for `first` see `counter`."""
    made = Declared(name, Histogram, meaning, labels or {}, "process", tuple(buckets), tuple(first), _caller())
    _keep(made)
    return made


def declared() -> tuple[Declared[Counter] | Declared[Gauge] | Declared[Histogram], ...]:
    """Return what the modules imported up to now have declared, by name."""
    return tuple(_declared[name] for name in sorted(_declared))


def _caller() -> str:
    """Return the package of the module that declares."""
    module: str = sys._getframe(2).f_globals["__name__"]  # noqa: SLF001 - the documented way is slower and the same
    return module.partition(".")[0]


def _keep(made: Declared[Counter] | Declared[Gauge] | Declared[Histogram]) -> None:
    known = _declared.setdefault(made.name, made)
    if known != made:
        raise ValueError(f"the metric {made.name} is declared twice, and not the same")
