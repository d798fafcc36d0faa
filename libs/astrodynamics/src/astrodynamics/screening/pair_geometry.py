"""Where the second of many pairs is from the first, at an instant for each."""

import numpy as np
import numpy.typing as npt

from astrodynamics.screening.population import Population

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def relative_positions_rtn_km(population: Population, first: Integers, second: Integers, tai_ns: Integers) -> Floats:
    """Position of the second from the first in the first's RTN axes, by their own propagators.

    Parameters
    ----------
    population
        The objects.
    first, second
        Indices of the population, shape (n,).
    tai_ns
        Instants, shape (n,).

    Returns
    -------
    Radial, in-track and cross-track, km, shape (n, 3); NaN where either has no state.
    """
    from astrodynamics.screening.encounters import ENCOUNTER, describe  # noqa: PLC0415 - numba, at first use

    described = np.empty((len(first), 5))
    if len(first):
        pairs = np.zeros(len(first), dtype=ENCOUNTER)
        pairs["first"], pairs["second"], pairs["tca_tai_ns"] = first, second, tai_ns
        describe(population.trajectories(int(np.min(tai_ns)), int(np.max(tai_ns)) + 1), pairs, described)
    return described[:, 2:]
