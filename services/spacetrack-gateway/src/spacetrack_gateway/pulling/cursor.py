"""How far the pull of CDMs is: a watermark that only moves forward, and the run under way.

A run asks for everything above a number, page by page, upward. Most begin at the watermark; once a day one begins where
the watermark stood two days before, so that rows which came up to a day late under lower numbers are found too: the
watermark of the run before may have passed a number that nobody could see yet.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

__all__ = ["Cursor", "Run"]

_OVERLAP_EVERY: Final = timedelta(days=1)
_LONGEST_LATENESS: Final = timedelta(days=1)
_KEPT: Final = timedelta(days=4)
_MOST_ROWS: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class Run:
    """A pull under way."""

    position: int
    """Everything up to this number is stored; 0 is the moment of the grant."""
    rows: int = 0
    new: int = 0
    is_overlap: bool = False


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """What the pull keeps between its steps.

    Attributes
    ----------
    watermark
        The highest CDM_ID that is stored; None before the first row.
    page_rows
        How many rows are asked for at once, and never more than the setting's number; None is that number.
    marks
        Watermarks of the last days, each with its time, the oldest first.
    overlap_at
        When a run last began where the watermark stood two days before.
    columns
        Unknown and missing columns of the newest page.
    conflicts
        How many rows came again with another content.
    """

    watermark: int | None = None
    page_rows: int | None = None
    marks: tuple[tuple[datetime, int], ...] = ()
    overlap_at: datetime | None = None
    columns: tuple[str, ...] = ()
    conflicts: int = 0
    run: Run | None = field(default=None)

    def begun(self, now: datetime) -> Run:
        """Return the run under way, or the one that begins now."""
        if self.run is not None:
            return self.run
        watermark = self.watermark or 0
        if not self.marks or (self.overlap_at is not None and self.overlap_at > now - _OVERLAP_EVERY):
            return Run(position=watermark)
        old = [number for at, number in self.marks if at <= now - _OVERLAP_EVERY - _LONGEST_LATENESS]
        return Run(position=min(old[-1], watermark) if old else 0, is_overlap=True)

    def after_page(self, run: Run, highest: int | None, rows: int, new: int, *, is_last: bool, now: datetime) -> Self:
        """Return the cursor when a page has been stored whose highest number is `highest`."""
        position = run.position if highest is None else max(run.position, highest)
        watermark = self.watermark if highest is None else max(self.watermark or 0, highest)
        going_on = replace(run, position=position, rows=run.rows + rows, new=run.new + new)
        if not is_last:
            return replace(self, watermark=watermark, run=going_on)
        marks = tuple((at, number) for at, number in self.marks if at > now - _KEPT)
        if watermark is not None:
            marks = (*marks, (now, watermark))
        return replace(
            self,
            watermark=watermark,
            run=None,
            marks=marks,
            # What was too long may have been so once: the next run tries twice as many again.
            page_rows=None if self.page_rows is None else min(2 * self.page_rows, _MOST_ROWS),
            overlap_at=now if run.is_overlap or self.overlap_at is None else self.overlap_at,
        )

    def as_data(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "watermark": self.watermark,
            "page_rows": self.page_rows,
            "marks": [[at.isoformat(), number] for at, number in self.marks],
            "overlap_at": None if self.overlap_at is None else self.overlap_at.isoformat(),
            "columns": list(self.columns),
            "conflicts": self.conflicts,
            "run": None if self.run is None else vars(self.run),
        }

    @classmethod
    def of(cls, data: dict[str, Any]) -> Self:
        """Return what was stored."""
        if not data:
            return cls()
        return cls(
            watermark=data["watermark"],
            page_rows=data["page_rows"],
            marks=tuple((datetime.fromisoformat(at), number) for at, number in data["marks"]),
            overlap_at=None if data["overlap_at"] is None else datetime.fromisoformat(data["overlap_at"]),
            columns=tuple(data["columns"]),
            conflicts=data["conflicts"],
            run=None if data["run"] is None else Run(**data["run"]),
        )
