"""The leap seconds of UTC.

Source: IERS Bulletin C, numbers 1 to 70. Each date's last minute had 61 seconds; the bulletin announces half a year
ahead.
"""

from __future__ import annotations

import numpy as np

__all__ = ["LEAP_SECOND_DATES", "MIDNIGHTS_AFTER_NS"]

LEAP_SECOND_DATES = frozenset(
    (year, month, 30 if month == 6 else 31)
    for month, years in (
        (6, (1972, 1981, 1982, 1983, 1985, 1992, 1993, 1994, 1997, 2012, 2015)),
        (12, (1972, 1973, 1974, 1975, 1976, 1977, 1978, 1979, 1987, 1989, 1990, 1995, 1998, 2005, 2008, 2016)),
    )
    for year in years
)

MIDNIGHTS_AFTER_NS = np.sort(
    np.array([f"{y:04}-{m:02}-{d:02}" for y, m, d in LEAP_SECOND_DATES], dtype="datetime64[D]") + np.timedelta64(1, "D")
).astype("datetime64[ns]")
"""The midnights that follow the leap seconds, increasing, datetime64[ns] of UTC, shape (27,)."""
