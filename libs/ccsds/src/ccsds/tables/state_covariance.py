"""The covariance block of OPM and OMM: 21 elements, the lower triangle row by row (CCSDS 502.0-B-3 tables 3-3, 4-3)."""

from __future__ import annotations

__all__ = ["COVARIANCE", "COVARIANCE_ELEMENTS", "COVARIANCE_ROWS"]

AXES = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
COVARIANCE_ELEMENTS = tuple(
    (f"C{row_axis}_{column_axis}", row, column)
    for row, row_axis in enumerate(AXES)
    for column, column_axis in enumerate(AXES[: row + 1])
)
"""Keyword, row and column."""
COVARIANCE = tuple(name for name, _, _ in COVARIANCE_ELEMENTS)
UNITS = ("km**2", "km**2/s", "km**2/s**2")
COVARIANCE_ROWS = "COV_REF_FRAME C\n" + "\n".join(
    f"{name} C {UNITS[(row > 2) + (column > 2)]}" for name, row, column in COVARIANCE_ELEMENTS
)
"""Rows for a keyword table."""
