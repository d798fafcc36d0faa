"""States of many objects at many instants, compiled."""

import math

import numpy as np
import numpy.typing as npt

from astrodynamics.jit import kernel
from astrodynamics.sgp4.deep_space import deep_space_error, deep_space_states
from astrodynamics.sgp4.elements import Floats, Integers
from astrodynamics.sgp4.near_earth import near_earth_error, near_earth_states

NANOSECONDS_PER_MINUTE = 6.0e10

Bytes = npt.NDArray[np.uint8]


@kernel
def propagate_near_earth(
    records: npt.NDArray[np.void],
    epoch_tai_ns: Integers,
    rows: Integers,
    tai_ns: Integers,
    r_km: Floats,
    v_km_s: Floats,
    error: Bytes,
) -> None:
    """Fill the rows of near-earth objects: positions and velocities, shape (n, t, 3), error numbers, shape (n, t)."""
    minutes = np.empty(tai_ns.size)
    states = np.empty((6, tai_ns.size))
    for i in range(records.size):
        for m in range(tai_ns.size):
            minutes[m] = (tai_ns[m] - epoch_tai_ns[i]) / NANOSECONDS_PER_MINUTE
        near_earth_states(records[i], minutes, states)
        for m in range(tai_ns.size):
            failed = math.isnan(states[0, m])
            error[rows[i], m] = near_earth_error(records[i], minutes[m]) if failed else 0
            for k in range(3):
                r_km[rows[i], m, k] = states[k, m]
                v_km_s[rows[i], m, k] = math.nan if failed else states[k + 3, m]


@kernel
def propagate_deep_space(
    records: npt.NDArray[np.void],
    epoch_tai_ns: Integers,
    rows: Integers,
    tai_ns: Integers,
    r_km: Floats,
    v_km_s: Floats,
    error: Bytes,
) -> None:
    """Fill the rows of deep-space objects: positions and velocities, shape (n, t, 3), error numbers, shape (n, t)."""
    minutes = np.empty(tai_ns.size)
    states = np.empty((6, tai_ns.size))
    for i in range(records.size):
        for m in range(tai_ns.size):
            minutes[m] = (tai_ns[m] - epoch_tai_ns[i]) / NANOSECONDS_PER_MINUTE
        deep_space_states(records[i], minutes, states)
        for m in range(tai_ns.size):
            failed = math.isnan(states[0, m])
            error[rows[i], m] = deep_space_error(records[i], minutes[m]) if failed else 0
            for k in range(3):
                r_km[rows[i], m, k] = states[k, m]
                v_km_s[rows[i], m, k] = math.nan if failed else states[k + 3, m]


@kernel
def errors_at_epoch(near_earth: npt.NDArray[np.void], deep_space: npt.NDArray[np.void]) -> tuple[Bytes, Bytes]:
    """Error numbers of both kinds of objects at their own epochs."""
    near_earth_errors = np.empty(near_earth.size, np.uint8)
    deep_space_errors = np.empty(deep_space.size, np.uint8)
    for i in range(near_earth.size):
        near_earth_errors[i] = near_earth_error(near_earth[i], 0.0)
    for i in range(deep_space.size):
        deep_space_errors[i] = deep_space_error(deep_space[i], 0.0)
    return near_earth_errors, deep_space_errors
