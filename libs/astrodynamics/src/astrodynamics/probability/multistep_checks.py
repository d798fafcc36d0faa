"""Whether the assumptions of a method hold for an encounter: the usage violations of NASA CARA, with its limits.

CARA Analysis Tools, PcMultiStep and UsageViolationPc2D. An encounter is *extended* where collisions are expected over
too long a part of an orbital period, *offset* where they are expected too far from closest approach, and a method is
*inaccurate* where what it leaves out is seen to count.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from astrodynamics.probability.nc_2d import BOUND_WIDTHS, ShortEncounter, highest
from astrodynamics.probability.nc_3d import CollisionPass
from astrodynamics.probability.two_body_pairs import TwoBodyEncounter

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limits:
    """Above which a method is not used: parts of the shorter period, and relative errors."""

    disk_extended: float = 0.02
    disk_offset: float = 0.01
    disk_inaccurate: float = 0.02
    nc_2d_extended: float = 0.05
    nc_2d_offset: float = 0.1
    nc_2d_inaccurate: float = 0.1
    nc_3d_extended: float = 0.5
    nc_3d_offset: float = 0.75


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Check:
    """One assumption of a method.

    Attributes
    ----------
    name
        ``positive_definite``, ``extended``, ``offset``, ``inaccurate`` or ``converged``.
    value
        What was found; NaN where it cannot be said.
    limit
        The assumption holds up to it.
    meaning
        In words, what the value is.
    """

    name: str
    value: float
    limit: float
    meaning: str

    @property
    def holds(self) -> bool:
        """False where the value is above the limit or unknown."""
        return self.value <= self.limit

    @property
    def finding(self) -> str:
        """The violation in words, with the value and its limit."""
        if math.isnan(self.value):
            return f"{self.meaning} cannot be said"
        return f"{self.meaning} is {self.value:.3g}, above {self.limit:g}"


@dataclass(frozen=True, slots=True)
class StraightLines:
    """The overlap of the uncertainties were both motions straight and both covariances constant.

    Attributes
    ----------
    peak_s, width_s
        Time of the greatest overlap relative to closest approach, and its width (see `OverlapPeak`).
    exponent
        There.
    speed_km_s
        Relative speed.
    is_positive_definite
        Whether both position covariances and their sum are.
    """

    peak_s: float
    width_s: float
    exponent: float
    speed_km_s: float
    is_positive_definite: bool

    @classmethod
    def of(cls, relative: Array, covariances_km2: Array, floor_km: float) -> "StraightLines":
        """Take the relative state (6,) at closest approach and both position covariances (2, 3, 3)."""
        positive = all(np.linalg.eigvalsh(covariance)[0] > 0.0 for covariance in covariances_km2)
        values, vectors = np.linalg.eigh(covariances_km2[0] + covariances_km2[1])
        widened = np.maximum(values, floor_km * floor_km)
        r, v = vectors.T @ relative[:3], vectors.T @ relative[3:]
        v_v, r_v, r_r = (float(np.sum(a * b / widened)) for a, b in ((v, v), (r, v), (r, r)))
        moving = v_v > 0.0
        return cls(
            peak_s=-r_v / v_v if moving else 0.0,
            width_s=1.0 / math.sqrt(v_v) if moving else math.inf,
            exponent=r_r - (r_v * r_v / v_v if moving else 0.0) + float(np.sum(np.log(widened))),
            speed_km_s=float(np.linalg.norm(relative[3:])),
            is_positive_definite=positive and bool(values[0] > 0.0),
        )


def disk_checks(
    lines: StraightLines, encounter: TwoBodyEncounter | None, period_s: float, limits: Limits
) -> tuple[Check, ...]:
    """Check the two-dimensional integral; without a two-body encounter by straight lines only, its error unknown."""
    middle, width, log_ratio = lines.peak_s, lines.width_s, math.nan
    peak = None if encounter is None else highest(encounter.peaks)
    if encounter is not None and peak is not None and math.isfinite(peak.width_s):
        middle, width = peak.time_s - encounter.closest_s, peak.width_s
        log_ratio = _log_ratio(lines, encounter, peak.time_s, peak.width_s, peak.exponent)
    reach = BOUND_WIDTHS * width
    return (
        Check(
            "positive_definite",
            0.0 if lines.is_positive_definite else 1.0,
            0.0,
            "the number of faults of the position covariances",
        ),
        *_duration_checks(middle - reach, middle + reach, period_s, limits.disk_extended, limits.disk_offset),
        Check(
            "inaccurate",
            1.0 - math.exp(-abs(log_ratio)),
            limits.disk_inaccurate,
            "the relative effect of curved motion for a small hard body",
        ),
    )


def _log_ratio(
    lines: StraightLines, encounter: TwoBodyEncounter, time_s: float, width_s: float, exponent: float
) -> float:
    """Logarithm of the expected number on curved paths by that on straight ones, for a small hard body."""
    speed = encounter.relative_speed_km_s(time_s)
    if not (speed > 0.0 and lines.speed_km_s > 0.0):
        return math.nan
    widths, speeds = math.log(width_s / lines.width_s), math.log(speed / lines.speed_km_s)
    return widths + speeds + 0.5 * (lines.exponent - exponent)


def nc_2d_checks(found: ShortEncounter, period_s: float, limits: Limits) -> tuple[Check, ...]:
    """Check 2D-Nc by the interval of its parabola, and by how far the overlap departs from that."""
    return (
        *_duration_checks(found.begin_s, found.end_s, period_s, limits.nc_2d_extended, limits.nc_2d_offset),
        Check(
            "inaccurate",
            found.departure,
            limits.nc_2d_inaccurate,
            "the relative departure of the overlap from one simple peak",
        ),
    )


def nc_3d_checks(found: CollisionPass, period_s: float, limits: Limits) -> tuple[Check, ...]:
    """Check 3D-Nc: how much of the period collisions are expected in, and how near to the ends of the pass."""
    offset = max(_part(found.begin_s, found.window_begin_s), _part(found.end_s, found.window_end_s))
    return (
        Check(
            "extended",
            (found.end_s - found.begin_s) / period_s,
            limits.nc_3d_extended,
            "the duration of the encounter as part of the period",
        ),
        Check(
            "offset",
            offset,
            limits.nc_3d_offset,
            "the distance from closest approach as part of the pass",
        ),
        Check("converged", 0.0 if found.converged else 1.0, 0.0, "the number of integrals that did not settle"),
    )


def _part(time_s: float, limit_s: float) -> float:
    return time_s / limit_s if limit_s != 0.0 else math.inf


def _duration_checks(
    begin_s: float, end_s: float, period_s: float, extended: float, offset: float
) -> tuple[Check, Check]:
    farthest = max(abs(begin_s), abs(end_s))
    return (
        Check(
            "extended",
            min((end_s - begin_s) / period_s, 1.0),
            extended,
            "the duration of the encounter as part of the period",
        ),
        Check(
            "offset",
            min(farthest / period_s, 1.0),
            offset,
            "the distance from closest approach as part of the period",
        ),
    )
