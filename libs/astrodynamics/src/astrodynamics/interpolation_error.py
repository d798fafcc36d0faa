"""How far an interpolated ephemeris may be off between its samples, estimated from the samples themselves.

Every other sample is left out, the ones left out are interpolated from the rest, and the difference is what
interpolation does at twice the step. The error of a polynomial of degree d grows with the (d + 1)th power of the step,
so at the step itself it is smaller by that power of two (Atkinson, "An Introduction to Numerical Analysis", section
3.1). Where the doubled step is already too long for the orbit the power law fails, and the estimate is a lower bound:
it is then metres and more, and a step that is too long all the same.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from astrodynamics.interpolation import hermite, lagrange
from astrodynamics.trajectories import Ephemeris, EphemerisSegment

Floats: TypeAlias = npt.NDArray[np.float64]

TOO_LONG_M: Final = 10.0
"""From this estimate on the step is called too long: a tenth of the smallest screening sphere is not far."""


@dataclass(frozen=True, slots=True)
class InterpolationError:
    """The worst place of an ephemeris.

    Attributes
    ----------
    position_m
        Estimated error of position between samples.
    left_out_m
        What was seen there with every other sample left out.
    tai_ns
        The instant.
    step_s
        Seconds between the samples around it.
    segment
        Its number, from 0.
    """

    position_m: float
    left_out_m: float
    tai_ns: int
    step_s: float
    segment: int

    @property
    def step_is_too_long(self) -> bool:
        """Whether the samples are too far apart for the declared interpolation of this orbit."""
        return self.position_m >= TOO_LONG_M


def interpolation_error(ephemeris: Ephemeris) -> InterpolationError | None:
    """Estimate the interpolation error of an ephemeris where it is largest.

    Returns
    -------
    None where no segment has enough samples to leave any out: (2 points - 1) of them for an interpolation by `points`.
    """
    worst = (_worst_of(segment, number) for number, segment in enumerate(ephemeris.segments))
    return max((each for each in worst if each is not None), key=lambda each: each.position_m, default=None)


def _worst_of(segment: EphemerisSegment, number: int) -> InterpolationError | None:
    kept, left_out = slice(None, None, 2), slice(1, -1, 2)
    if len(segment.tai_ns[kept]) < segment.points or not len(segment.tai_ns[left_out]):
        return None
    samples = (segment.tai_ns[kept], segment.r_gcrf_km[kept], segment.v_gcrf_km_s[kept])
    at_ns = segment.tai_ns[left_out]
    if segment.method == "HERMITE":
        r_km, _ = hermite(*samples, at_ns, degree=segment.degree)
    else:
        r_km, _ = lagrange(*samples, at_ns, degree=segment.points - 1)
    seen_m = 1e3 * np.linalg.norm(r_km - segment.r_gcrf_km[left_out], axis=1)
    row = int(np.argmax(seen_m))
    sample = 1 + 2 * row
    coefficients = segment.points * (2 if segment.method == "HERMITE" else 1)
    return InterpolationError(
        position_m=float(seen_m[row]) / 2.0**coefficients,
        left_out_m=float(seen_m[row]),
        tai_ns=int(at_ns[row]),
        step_s=float(segment.tai_ns[sample + 1] - segment.tai_ns[sample - 1]) * 0.5e-9,
        segment=number,
    )
