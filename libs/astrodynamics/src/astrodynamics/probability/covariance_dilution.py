"""Dilution of an encounter given as states: which of the two covariances, made smaller, would raise the probability.

S. Alfano, "Relating Position Uncertainty to Maximum Conjunction Probability", J. Astronautical Sciences 53 (2005), for
dilution; the scaling of both together, and of one with the other held, as in NASA CARA's DilutionMaxPc.
"""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from astrodynamics.probability.batch import EncounterBatch
from astrodynamics.probability.collision import collision_probability
from astrodynamics.probability.dilution import Dilution, is_diluted, maximum_over_scale, search_scale
from astrodynamics.probability.gates import DEFAULT_GATES, Gates

Array = npt.NDArray[np.float64]
Scaled = Literal["both", "first", "second"]


def covariance_dilution(
    position_1_km: npt.ArrayLike,
    velocity_1_km_s: npt.ArrayLike,
    covariance_1_km2: npt.ArrayLike | None,
    position_2_km: npt.ArrayLike,
    velocity_2_km_s: npt.ArrayLike,
    covariance_2_km2: npt.ArrayLike | None,
    hard_body_radius_m: npt.ArrayLike,
    gates: Gates = DEFAULT_GATES,
    scaled: Scaled = "both",
) -> Dilution:
    """Greatest disk probability when covariances are scaled, and whether a smaller one would raise it.

    Parameters as for `collision_probability`; `scaled` names the objects whose covariance is scaled. Arrays of shape
    (n,) come back, of shape (1,) for one encounter; maximum and scale are NaN where there is no probability.
    """
    batch = EncounterBatch.of(
        {
            "position_1_km": position_1_km,
            "velocity_1_km_s": velocity_1_km_s,
            "covariance_1_km2": covariance_1_km2,
            "position_2_km": position_2_km,
            "velocity_2_km_s": velocity_2_km_s,
            "covariance_2_km2": covariance_2_km2,
            "hard_body_radius_m": hard_body_radius_m,
        },
        gates=gates,
        refine_tca=True,
    )
    batch.check_plane()
    batch.check_covariances()
    batch.project()
    passed = batch.reasons.passed
    maximum, scale = np.full(passed.size, np.nan), np.full(passed.size, np.nan)
    diluted = np.zeros(passed.size, dtype=np.bool_)
    found = maximum_over_scale(batch.selected()) if scaled == "both" else _of_one(batch, scaled, gates)
    maximum[passed], scale[passed], diluted[passed] = found.maximum_probability, found.scale_factor, found.diluted
    return Dilution(maximum, scale, diluted)


def _of_one(batch: EncounterBatch, scaled: Scaled, gates: Gates) -> Dilution:
    rows = np.flatnonzero(batch.reasons.passed)
    arguments = {name: array[rows] for name, array in batch.arrays.items()}
    name = "covariance_1_km2" if scaled == "first" else "covariance_2_km2"
    given = arguments[name]
    # A scaled covariance may pass the size that stands for an unknown one.
    open_gates = replace(gates, maximum_position_sigma_km=np.inf)

    def evaluate(log_scale: Array) -> Array:
        factors = np.exp(2.0 * log_scale)[:, None, None]
        result = collision_probability(**arguments | {name: given * factors}, gates=open_gates)  # type: ignore[arg-type]
        return np.asarray(result.probability)

    found, log_scale = search_scale(evaluate, np.zeros(rows.size))
    nominal = evaluate(np.zeros(rows.size))
    maximum, scale = np.maximum(found, nominal), np.exp(log_scale)
    return Dilution(maximum, scale, is_diluted(maximum, nominal, scale))
