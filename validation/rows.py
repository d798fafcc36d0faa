"""What the report consists of: rows with an expected and an own value, in sections."""

import math
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """One case.

    Attributes
    ----------
    case
        Its name in the collection.
    quantity
        What is compared.
    expected, ours
        The two values; NaN where there must be none.
    tolerance
        Allowed error, relative unless `absolute`; NaN where the row is shown for comparison only.
    source
        Where the expected value was published.
    note
        Where the publication is wrong or the convention another: how, and by how much.
    sigma
        Standard deviation of the difference, where the error counts in those.
    """

    case: str
    quantity: str
    expected: float
    ours: float
    tolerance: float
    source: str
    note: str = ""
    absolute: bool = False
    sigma: float = math.nan

    @property
    def error(self) -> float:
        """Relative error, or the absolute one, or that in standard deviations; 0 where both are NaN or equal."""
        if self.ours == self.expected or (math.isnan(self.expected) and math.isnan(self.ours)):
            return 0.0
        difference = self.ours - self.expected
        if not math.isnan(self.sigma):
            return difference / self.sigma
        return difference if self.absolute or self.expected == 0.0 else difference / self.expected

    @property
    def is_judged(self) -> bool:
        """False for rows that are shown for comparison only."""
        return not math.isnan(self.tolerance)

    @property
    def passed(self) -> bool:
        """Whether the error is within the tolerance."""
        return not self.is_judged or abs(self.error) <= self.tolerance


@dataclass(slots=True)
class Section:
    """Rows of one kind, a page of the report.

    Attributes
    ----------
    name
        Of the page's file.
    title
        Of the page.
    about
        What was compared, and how.
    rows
        In the order of the page.
    """

    name: str
    title: str
    about: str
    rows: list[Row] = field(default_factory=list)

    @property
    def failed(self) -> list[Row]:
        """Rows outside their tolerance."""
        return [row for row in self.rows if not row.passed]
