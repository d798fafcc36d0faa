"""The report as Markdown."""

import math
from collections.abc import Sequence

from validation.rows import Row, Section

_HEAD = "| case | quantity | expected | ours | error | allowed | source | remark |\n|---|---|---|---|---|---|---|---|"


def _number(value: float) -> str:
    return "none" if math.isnan(value) else f"{value:.9g}"


def _error(row: Row) -> str:
    unit = " abs." if row.absolute else "" if math.isnan(row.sigma) else " sigma"
    return f"{row.error:.1e}{unit}"


def _line(row: Row) -> str:
    allowed = f"{row.tolerance:.0e}" if row.is_judged else "shown only"
    failed = "" if row.passed else "**outside** "
    return (
        f"| {row.case} | {row.quantity} | {_number(row.expected)} | {_number(row.ours)} | {failed}{_error(row)} "
        f"| {allowed} | {row.source} | {row.note} |"
    )


def page(section: Section) -> str:
    """One section, every row."""
    lines = "\n".join(_line(row) for row in section.rows)
    return f"# {section.title}\n\n{section.about}\n\n{_HEAD}\n{lines}\n"


def _worst(rows: Sequence[Row]) -> str:
    judged = [abs(row.error) for row in rows if row.is_judged and not row.absolute and math.isnan(row.sigma)]
    return f"{max(judged):.1e}" if judged else "–"


def overview(sections: Sequence[Section], drawings: Sequence[tuple[str, str]]) -> str:
    """The first page: a line for each section, and the drawings."""
    lines = [
        f"| [{section.title}]({section.name}.md) | {len(section.rows)} | {sum(row.is_judged for row in section.rows)} "
        f"| {len(section.failed)} | {_worst(section.rows)} |"
        for section in sections
    ]
    table = "\n".join(lines)
    pictures = "\n\n".join(f"{caption}\n\n![{caption}]({name})" for name, caption in drawings)
    return f"""# Validation of the probability of collision

Written by `make validation` from the numbers in `tests/data/probability`: published cases of NASA CARA, Orekit, Alfano
(2009) and Armellin, with exact values from quadrature with 40 digits where they are known. The same comparisons, with
the same tolerances, are tests (`tests/validation/probability`). Errors are relative unless marked.

| section | rows | judged | outside | worst relative error |
|---|---|---|---|---|
{table}

Rows that are not judged show what a method or a publication gives where it is known to be off.

## Drawings

{pictures}
"""
