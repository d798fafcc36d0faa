"""Trajectories that were given as states at epochs: an operator's ephemeris, segment by segment."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from astrodynamics.errors import InvalidEphemerisError, InvalidStateError
from astrodynamics.frames import rotate_covariance, rtn_axes
from astrodynamics.interpolation import (
    Floats,
    Nanoseconds,
    covariance_neighbours,
    hermite,
    interpolate_covariance,
    lagrange,
    points_of,
)
from astrodynamics.two_body import propagate, state_transition

Method: TypeAlias = Literal["HERMITE", "LAGRANGE", "LINEAR"]


@dataclass(frozen=True, eq=False)
class EphemerisSegment:
    """States between which may be interpolated; nothing is interpolated across its ends.

    Attributes
    ----------
    tai_ns
        Epochs, strictly increasing, shape (n,), n >= 2.
    r_gcrf_km, v_gcrf_km_s
        States, shape (n, 3), GCRF.
    usable_start_tai_ns, usable_stop_tai_ns
        Both included; within the epochs.
    method, degree
        As the file declares.
    covariance_tai_ns, covariance
        Epochs, shape (m,), and position-velocity covariances, shape (m, 6, 6), GCRF, km and km/s; None where the file
        has none.

    Raises
    ------
    InvalidEphemerisError
        Shapes, order, values or the usable interval are not as said here.
    """

    tai_ns: Nanoseconds
    r_gcrf_km: Floats
    v_gcrf_km_s: Floats
    usable_start_tai_ns: int
    usable_stop_tai_ns: int
    method: Method = "HERMITE"
    degree: int = 7
    covariance_tai_ns: Nanoseconds | None = None
    covariance: Floats | None = None
    points: int = field(init=False)
    """Samples that one interpolation uses."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "tai_ns", np.ascontiguousarray(self.tai_ns, dtype=np.int64))
        object.__setattr__(self, "r_gcrf_km", np.ascontiguousarray(self.r_gcrf_km, dtype=np.float64))
        object.__setattr__(self, "v_gcrf_km_s", np.ascontiguousarray(self.v_gcrf_km_s, dtype=np.float64))
        object.__setattr__(self, "points", points_of(self.method, self.degree, self.tai_ns.size))
        n = self.tai_ns.size
        if self.r_gcrf_km.shape != (n, 3) or self.v_gcrf_km_s.shape != (n, 3):
            raise InvalidEphemerisError(
                f"A segment with {n} epochs needs {n} positions and {n} velocities of three components"
            )
        if not (np.isfinite(self.r_gcrf_km).all() and np.isfinite(self.v_gcrf_km_s).all()):
            raise InvalidEphemerisError("A state of the segment is not finite: remove or correct it")
        if (np.diff(self.tai_ns) <= 0).any():
            raise InvalidEphemerisError("The epochs of the segment do not increase: sort them and remove duplicates")
        if not self.tai_ns[0] <= self.usable_start_tai_ns <= self.usable_stop_tai_ns <= self.tai_ns[-1]:
            raise InvalidEphemerisError("The usable interval of the segment is not within its epochs: correct its ends")
        if (self.covariance is None) != (self.covariance_tai_ns is None):
            raise InvalidEphemerisError("Covariances and their epochs go together: give both or neither")
        if self.covariance is not None and self.covariance_tai_ns is not None:
            m = len(self.covariance_tai_ns)
            if np.shape(self.covariance) != (m, 6, 6) or (np.diff(self.covariance_tai_ns) <= 0).any():
                raise InvalidEphemerisError(f"{m} covariances of shape 6 by 6 at increasing epochs are needed")


@dataclass(frozen=True, eq=False)
class Ephemeris:
    """One object's trajectory by one file.

    Attributes
    ----------
    designator
        How the caller names it, for example a document id.
    norad_cat_id
        Catalogue number; objects of the same number are never paired.
    segments
        In the order of their usable intervals, which may touch but not overlap.

    Raises
    ------
    InvalidEphemerisError
        No segments, or usable intervals that overlap.
    """

    designator: str
    norad_cat_id: int
    segments: tuple[EphemerisSegment, ...]

    def __post_init__(self) -> None:
        if not self.segments:
            raise InvalidEphemerisError(f"The ephemeris {self.designator} has no segments")
        for earlier, later in pairwise(self.segments):
            if later.usable_start_tai_ns < earlier.usable_stop_tai_ns:
                raise InvalidEphemerisError(
                    f"Usable intervals of the ephemeris {self.designator} overlap or are out of order"
                )

    @property
    def usable_intervals(self) -> tuple[tuple[int, int], ...]:
        """Start and stop (TAI nanoseconds, both included) of each run without gaps."""
        runs: list[tuple[int, int]] = []
        for segment in self.segments:
            if runs and runs[-1][1] == segment.usable_start_tai_ns:
                runs[-1] = (runs[-1][0], segment.usable_stop_tai_ns)
            else:
                runs.append((segment.usable_start_tai_ns, segment.usable_stop_tai_ns))
        return tuple(runs)

    def state(self, tai_ns: Nanoseconds) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
        """States at instants.

        Parameters
        ----------
        tai_ns
            Shape (t,).

        Returns
        -------
        Position (km) and velocity (km/s), shape (t, 3), GCRF, NaN outside the usable intervals; and which are usable,
        shape (t,). Where two segments touch, the later one holds.
        """
        instants = np.atleast_1d(np.asarray(tai_ns, dtype=np.int64))
        r = np.full((instants.size, 3), np.nan)
        v = np.full((instants.size, 3), np.nan)
        usable = np.zeros(instants.size, dtype=bool)
        for segment in self.segments:
            inside = (instants >= segment.usable_start_tai_ns) & (instants <= segment.usable_stop_tai_ns)
            if inside.any():
                r[inside], v[inside] = _states(segment, instants[inside])
                usable |= inside
        return r, v, usable

    def covariance(self, tai_ns: int) -> Floats | None:
        """Position-velocity covariance, shape (6, 6), GCRF, km and km/s; None where the file has none for it.

        It is interpolated in RTN axes, where it changes slowly; inertial components turn with the orbit, which matrices
        an hour apart do not show. A segment's only covariance is propagated along the two-body orbit, see
        `covariance_is_propagated`.
        """
        for segment in reversed(self.segments):
            if segment.usable_start_tai_ns <= tai_ns <= segment.usable_stop_tai_ns:
                if segment.covariance is None or segment.covariance_tai_ns is None:
                    return None
                if len(segment.covariance_tai_ns) == 1:
                    return _propagated_covariance(
                        segment, int(segment.covariance_tai_ns[0]), segment.covariance[0], tai_ns
                    )
                return _covariance_in_rtn(segment, segment.covariance_tai_ns, segment.covariance, tai_ns)
        return None

    def covariance_is_propagated(self, tai_ns: int) -> bool:
        """Whether `covariance` propagates there a single matrix by two-body motion, which knows no process noise."""
        for segment in reversed(self.segments):
            if segment.usable_start_tai_ns <= tai_ns <= segment.usable_stop_tai_ns:
                epochs = segment.covariance_tai_ns
                return epochs is not None and len(epochs) == 1 and int(epochs[0]) != tai_ns
        return False


def _states(segment: EphemerisSegment, tai_ns: Nanoseconds) -> tuple[Floats, Floats]:
    samples = (segment.tai_ns, segment.r_gcrf_km, segment.v_gcrf_km_s, tai_ns)
    if segment.method == "HERMITE":
        return hermite(*samples, degree=segment.degree)
    return lagrange(*samples, degree=segment.points - 1)


def _covariance_in_rtn(
    segment: EphemerisSegment, epochs: Nanoseconds, covariance: Floats, tai_ns: int
) -> Floats | None:
    near = covariance_neighbours(epochs, tai_ns)
    near = near[(epochs[near] >= segment.tai_ns[0]) & (epochs[near] <= segment.tai_ns[-1])]
    try:
        axes = rtn_axes(*_states(segment, np.append(epochs[near], np.int64(tai_ns))))
    except InvalidStateError:  # motion along the radius has no orbit plane, and no RTN axes
        return None
    in_rtn = interpolate_covariance(epochs[near], rotate_covariance(covariance[near], axes[:-1]), tai_ns)
    return None if in_rtn is None else rotate_covariance(in_rtn, axes[-1].T)


def _propagated_covariance(
    segment: EphemerisSegment, epoch_tai_ns: int, covariance: Floats, tai_ns: int
) -> Floats | None:
    """A covariance moved by two-body state transition; None where its epoch lies outside the segment.

    The two-body orbit drifts from the ephemeris (by the oblateness of the earth, above all), so the moved covariance is
    taken over in RTN axes.
    """
    if not segment.tai_ns[0] <= epoch_tai_ns <= segment.tai_ns[-1]:
        return None
    r_km, v_km_s = _states(segment, np.array([epoch_tai_ns, tai_ns]))
    seconds = 1e-9 * (tai_ns - epoch_tai_ns)
    transition = state_transition(r_km[:1], v_km_s[:1], seconds)[0]
    moved = transition @ covariance @ transition.T
    try:
        two_body_axes = rtn_axes(*propagate(r_km[:1], v_km_s[:1], seconds))[0]
        axes = rtn_axes(r_km[1], v_km_s[1])
    except InvalidStateError:
        return None
    return rotate_covariance(0.5 * (moved + moved.T), axes.T @ two_body_axes)
