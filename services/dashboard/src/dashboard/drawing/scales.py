"""From values to places on the page, and where the ticks go."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = ["LinearScale", "LogScale", "TimeScale", "nice_step"]

_TIME_STEPS = tuple(
    timedelta(**step)
    for step in (
        {"minutes": 5},
        {"minutes": 15},
        {"minutes": 30},
        {"hours": 1},
        {"hours": 3},
        {"hours": 6},
        {"hours": 12},
        {"days": 1},
        {"days": 2},
        {"days": 5},
        {"days": 10},
        {"days": 30},
    )
)


def nice_step(span: float, count: int) -> float:
    """Return 1, 2 or 5 times a power of ten that divides `span` into at most `count` parts."""
    raw = span / count
    power = 10.0 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= raw * (1.0 - 1e-12))


@dataclass(frozen=True, slots=True)
class LinearScale:
    """Values between `low` and `high` to places between `start` and `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of `value`."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, count: int = 5) -> Iterator[float]:
        """Give round values inside the scale."""
        step = nice_step(self.high - self.low, count)
        for multiple in range(math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9) + 1):
            yield multiple * step


@dataclass(frozen=True, slots=True)
class LogScale:
    """Positive values to places, by their decimal logarithm."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def around(cls, values: list[float], start: float, end: float) -> "LogScale":
        """Return a scale over whole decades that holds all `values` with room at both ends."""
        low = math.floor(math.log10(min(values)) - 0.1)
        high = math.ceil(math.log10(max(values)) + 0.1)
        return cls(10.0**low, 10.0 ** max(high, low + 1), start, end)

    def __call__(self, value: float) -> float:
        """Return the place of `value`."""
        fraction = math.log10(value / self.low) / math.log10(self.high / self.low)
        return self.start + fraction * (self.end - self.start)

    def ticks(self, count: int = 5) -> Iterator[float]:
        """Give powers of ten, at most about `count` of them."""
        first, last = round(math.log10(self.low)), round(math.log10(self.high))
        step = max(1, math.ceil((last - first) / count))
        for exponent in range(first, last + 1, step):
            yield 10.0**exponent


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Times to places."""

    low: datetime
    high: datetime
    start: float
    end: float

    def __call__(self, value: datetime) -> float:
        """Return the place of `value`."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, count: int = 6) -> Iterator[datetime]:
        """Give round times (UTC) inside the scale."""
        span = self.high - self.low
        step = next((step for step in _TIME_STEPS if span / step <= count), None) or span / count
        origin = datetime(2000, 1, 1, tzinfo=UTC)
        tick = origin + math.ceil((self.low - origin) / step) * step
        while tick <= self.high:
            yield tick
            tick += step
