"""How the earth stands and turns: UT1, polar motion and the offsets of the celestial pole, from tables of the IERS.

The table is ``finals2000A`` (IERS Rapid Service, daily, USNO) as the package astropy-iers-data carries it, or the file
that the environment variable ``ASTRODYNAMICS_EARTH_ORIENTATION`` names: nothing is fetched. Per day the values of
Bulletin B are used where the file has them (final), else those of Bulletin A (rapid, then predicted). Between days they
are interpolated by four-point Lagrange polynomials, UT1 as UT1 - TAI, which has no jumps (IERS Conventions (2010),
section 5.1 and 8.1). The ocean tides' daily part (chapter 8; below 1 mas, or 3 cm at the earth's surface) is left out,
as in most operational software.
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from astrodynamics.errors import EarthOrientationError
from astrodynamics.timescales import DAY_NS, SECOND_NS, Nanoseconds, from_tai_ns, iso_utc, to_tai_ns

Floats: TypeAlias = npt.NDArray[np.float64]
Quality: TypeAlias = Literal["final", "rapid", "predicted"]

FILE_VARIABLE: Final = "ASTRODYNAMICS_EARTH_ORIENTATION"
ARCSECOND_RAD: Final = np.pi / (180.0 * 3600.0)

_QUALITIES: Final[tuple[Quality, ...]] = ("final", "rapid", "predicted")
_FINAL, _RAPID, _PREDICTED = range(3)
_POINTS: Final = 4
_MJD_OF_1970: Final = 40_587
_LINE_LENGTH: Final = 187
_MJD: Final = slice(7, 15)
_FLAG: Final = 57
_BULLETIN_A: Final = {
    "x": slice(18, 27), "y": slice(37, 46), "ut1": slice(58, 68), "dx": slice(97, 106), "dy": slice(116, 125),
}  # fmt: skip
_BULLETIN_B: Final = {
    "x": slice(134, 144), "y": slice(144, 154), "ut1": slice(154, 165), "dx": slice(165, 175), "dy": slice(175, 185),
}  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class EarthOrientation:
    """The earth's orientation at instants, each of shape (n,).

    Attributes
    ----------
    ut1_minus_tai_s
        UT1 - TAI in seconds.
    length_of_day_s
        By which a turn of the earth takes longer than 86,400 s.
    x_rad, y_rad
        Polar motion.
    dx_rad, dy_rad
        Offsets of the celestial pole from IAU 2006/2000A; 0 where the table has none.
    """

    ut1_minus_tai_s: Floats
    length_of_day_s: Floats
    x_rad: Floats
    y_rad: Floats
    dx_rad: Floats
    dy_rad: Floats


@dataclass(frozen=True, eq=False, slots=True)
class EarthOrientationTable:
    """A table as it was read; one row a day, at 0 h UTC.

    Attributes
    ----------
    source
        What is used, in words: the file, and until when its values are final, rapid and predicted.
    tai_ns
        Of the rows, shape (n,), a day apart but for leap seconds.
    values
        Shape (n, 5): UT1 - TAI in seconds; x, y, dX, dY in radians.
    quality
        Shape (n,), 0 final, 1 rapid, 2 predicted.
    """

    source: str
    tai_ns: Nanoseconds
    values: Floats
    quality: npt.NDArray[np.int8]

    def at(self, tai_ns: Nanoseconds) -> EarthOrientation:
        """Interpolate at instants of shape (n,).

        Raises
        ------
        EarthOrientationError
            An instant lies outside the table.
        """
        instants = np.atleast_1d(np.asarray(tai_ns, dtype=np.int64))
        first = self._row_before(instants) - 1
        first = np.clip(first, 0, len(self.tai_ns) - _POINTS)
        rows = first[:, None] + np.arange(_POINTS)
        days = (self.tai_ns[rows] - instants[:, None]) / DAY_NS
        weights, slopes = _lagrange(days)
        value = np.einsum("nk,nkc->nc", weights, self.values[rows])
        ut1_rate_s_per_day = np.einsum("nk,nk->n", slopes, self.values[rows, 0])
        return EarthOrientation(value[:, 0], -ut1_rate_s_per_day, *value[:, 1:].T)

    def quality_at(self, tai_ns: int) -> Quality:
        """How good the values are at an instant: that of the worse of the two days around it."""
        row = int(self._row_before(np.array([tai_ns]))[0])
        return _QUALITIES[int(self.quality[row : row + 2].max())]

    def _row_before(self, instants: Nanoseconds) -> npt.NDArray[np.intp]:
        outside = (instants < self.tai_ns[0]) | (instants > self.tai_ns[-1])
        if outside.any():
            raise EarthOrientationError(
                f"The earth's orientation at {iso_utc(int(instants[outside][0]), 0)} is not known: {self.source}; "
                f"install a newer astropy-iers-data, or name a finals2000A file in {FILE_VARIABLE}"
            )
        return np.minimum(np.searchsorted(self.tai_ns, instants, side="right") - 1, len(self.tai_ns) - 2)


@lru_cache(maxsize=1)
def earth_orientation() -> EarthOrientationTable:
    """The table in use, read at the first call.

    Raises
    ------
    EarthOrientationError
        The file can't be read.
    """
    named = os.environ.get(FILE_VARIABLE)
    if named:
        return read_finals2000a(Path(named), named)
    from astropy_iers_data import IERS_A_FILE  # noqa: PLC0415 - looked for when a table is first needed

    return read_finals2000a(Path(IERS_A_FILE), f"finals2000A of astropy-iers-data {version('astropy-iers-data')}")


def read_finals2000a(path: Path, name: str) -> EarthOrientationTable:
    """Read a ``finals2000A`` file (``finals2000A.all``, ``.data`` or ``.daily``).

    Parameters
    ----------
    path
        Of the file.
    name
        How `EarthOrientationTable.source` calls it.

    Raises
    ------
    EarthOrientationError
        It can't be read or is of another format.
    """
    try:
        lines = [line for line in path.read_bytes().splitlines() if line.strip()]
    except OSError as error:
        raise EarthOrientationError(f"The table of the earth's orientation {name} can't be read: {error}") from error
    characters = np.array([line.ljust(_LINE_LENGTH) for line in lines], dtype=f"S{_LINE_LENGTH}")
    cells = characters.view(np.uint8).reshape(len(lines), -1)
    try:
        days = _column(cells, _MJD)
        rapid = {key: _column(cells, place) for key, place in _BULLETIN_A.items()}
        final = {key: _column(cells, place) for key, place in _BULLETIN_B.items()}
    except ValueError as error:
        raise EarthOrientationError(f"{name} is no finals2000A file of the IERS: {error}") from error
    best = {key: np.where(np.isnan(final["ut1"]), rapid[key], final[key]) for key in final}
    known = ~(np.isnan(best["ut1"]) | np.isnan(best["x"]) | np.isnan(best["y"]))
    if np.count_nonzero(known) < _POINTS or (np.diff(days[known]) != 1.0).any():
        raise EarthOrientationError(f"{name} has gaps, or fewer than {_POINTS} days: fetch finals2000A.all anew")
    utc_ns = (days[known].astype(np.int64) - _MJD_OF_1970) * DAY_NS
    tai_ns = to_tai_ns(utc_ns.view("datetime64[ns]"))
    values = np.column_stack((
        best["ut1"][known] + (utc_ns - tai_ns) / SECOND_NS,
        best["x"][known] * ARCSECOND_RAD,
        best["y"][known] * ARCSECOND_RAD,
        np.nan_to_num(best["dx"][known]) * 1e-3 * ARCSECOND_RAD,
        np.nan_to_num(best["dy"][known]) * 1e-3 * ARCSECOND_RAD,
    ))  # fmt: skip
    predicted = cells[known, _FLAG] == ord("P")
    quality = np.where(~np.isnan(final["ut1"][known]), _FINAL, np.where(predicted, _PREDICTED, _RAPID))
    return EarthOrientationTable(_describe(name, tai_ns, quality), tai_ns, values, quality.astype(np.int8))


def _column(cells: npt.NDArray[np.uint8], place: slice) -> Floats:
    """Numbers of a column; NaN where it is blank."""
    width = place.stop - place.start
    texts = np.ascontiguousarray(cells[:, place]).view(f"S{width}").ravel()
    blank = (cells[:, place] == ord(" ")).all(axis=1)
    numbers = np.full(len(texts), np.nan)
    numbers[~blank] = texts[~blank].astype(np.float64)
    return numbers


def _describe(name: str, tai_ns: Nanoseconds, quality: npt.NDArray[np.int_]) -> str:
    parts = [
        f"{label} to {str(from_tai_ns(tai_ns[quality == code][-1]))[:10]}"
        for code, label in enumerate(_QUALITIES)
        if (quality == code).any()
    ]
    return f"{name} ({', '.join(parts)}, from {str(from_tai_ns(tai_ns[0]))[:10]})"


def _lagrange(distances: Floats) -> tuple[Floats, Floats]:
    """Weights of four samples at 0, and those of the slope, for samples at distances of shape (n, 4)."""
    weights = np.ones_like(distances)
    slopes = np.zeros_like(distances)
    for j in range(_POINTS):
        others = [k for k in range(_POINTS) if k != j]
        for k in others:
            weights[:, j] *= -distances[:, k] / (distances[:, j] - distances[:, k])
            product = 1.0 / (distances[:, j] - distances[:, k])
            for m in others:
                if m != k:
                    product = product * -distances[:, m] / (distances[:, j] - distances[:, m])
            slopes[:, j] += product
    return weights, slopes
