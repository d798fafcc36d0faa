"""Monte Carlo: objects drawn from their covariances in equinoctial elements, moved on two-body orbits, and counted.

D. T. Hall, S. J. Casali, L. C. Johnson, B. B. Skrehart and L. G. Baars, "High Fidelity Collision Probabilities
Estimated Using Brute Force Monte Carlo Simulations", AAS 18-244 (2018), for the two-body form that samples equinoctial
elements. The random numbers are functions of seed and trial, and blocks of trials are summed as whole numbers: the same
seed gives the same bits, whatever the number of threads.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from astrodynamics.encounter import tca_offset_s
from astrodynamics.encounter_duration import encounter_bounds_s
from astrodynamics.errors import InvalidStateError
from astrodynamics.probability.binomial_interval import clopper_pearson
from astrodynamics.probability.equinoctial import EquinoctialPair, equinoctial_pair
from astrodynamics.probability.plane import Array, Outcome, StateEncounters

_BLOCK = 16_384
_ROUNDING = 1e-9
"""Eigenvalues of a correlation matrix this little below zero are rounding, not a fault of the covariance."""
_WINDOW_MARGIN = 2.0
"""The window is this many times Coppola's bounds, whose straight lines are only nearly true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonteCarloSettings:
    """How many trials, of which seed.

    Attributes
    ----------
    target_relative_error
        The trials end when half the confidence interval is this part of the probability.
    maximum_trials
        They end here at the latest.
    confidence
        Of the interval.
    seed
        Key of the random numbers, 64 bits.
    threads
        Has no influence on the result.
    """

    target_relative_error: float = 0.1
    maximum_trials: int = 2_000_000
    confidence: float = 0.95
    seed: int = 1
    threads: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MonteCarloEstimate:
    """What was counted.

    Attributes
    ----------
    hits
        Trials in which the objects came within the hard-body radius at some time of the window.
    initial_hits
        Those within it at the begin of the window already.
    entries
        Those that enter it from outside during the window, for the first time or again.
    trials
        All.
    probability
        Hits by trials; NaN without a hit.
    low, high
        Clopper and Pearson's limits at the confidence.
    window_begin_s, window_end_s
        Relative to the states.
    target_reached
        False where the trials ended at their maximum.
    remediated
        True where a covariance was not positive semi-definite and was made so.
    seed, confidence
        As asked for.
    """

    hits: int
    initial_hits: int
    entries: int
    trials: int
    low: float
    high: float
    confidence: float
    window_begin_s: float
    window_end_s: float
    target_reached: bool
    remediated: bool
    seed: int
    probability: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "probability", self.hits / self.trials if self.hits else math.nan)


def monte_carlo(
    states: Array,
    covariances_km2: Array,
    hard_body_radius_km: float,
    window_s: tuple[float, float],
    settings: MonteCarloSettings | None = None,
) -> MonteCarloEstimate:
    """Count collisions of two objects in a window of time.

    Parameters
    ----------
    states
        Position (km) and velocity (km/s) of both in one inertial frame, shape (2, 6).
    covariances_km2
        In the axes of the states, km², km²/s and km²/s², shape (2, 6, 6).
    hard_body_radius_km
        Combined radius.
    window_s
        Begin and end relative to the states.
    settings
        Trials and seed.

    Raises
    ------
    InvalidStateError
        An orbit is not closed, or the window has no length.

    """
    pair = equinoctial_pair(states, covariances_km2)
    if pair is None:
        raise InvalidStateError("An orbit is not closed: two-body Monte Carlo needs ellipses. Give other states.")
    if not (math.isfinite(window_s[0]) and math.isfinite(window_s[1]) and window_s[0] < window_s[1]):
        raise InvalidStateError(f"The window {window_s[0]:g} s to {window_s[1]:g} s has no length. Give begin and end.")
    return _count(pair, hard_body_radius_km, window_s, settings or MonteCarloSettings())


def _factors(covariances: Array) -> tuple[Array, bool]:
    """Matrices whose product with their transpose is each covariance, and whether one had to be made semi-definite.

    Cholesky's factor of the correlations, which is unique. Where they are not positive definite, their eigenvectors
    with negative eigenvalues set to zero.
    """
    factors = np.empty_like(covariances)
    remediated = False
    for i, covariance in enumerate(covariances):
        sigma = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
        scale = np.where(sigma > 0.0, sigma, 1.0)
        correlation = covariance / np.outer(scale, scale)
        try:
            factors[i] = scale[:, None] * np.linalg.cholesky(correlation)
        except np.linalg.LinAlgError:
            values, vectors = np.linalg.eigh(correlation)
            remediated |= bool(values[0] < -_ROUNDING)
            factors[i] = scale[:, None] * vectors * np.sqrt(np.maximum(values, 0.0))
    return factors, remediated


def _count(
    pair: EquinoctialPair, radius_km: float, window_s: tuple[float, float], settings: MonteCarloSettings
) -> MonteCarloEstimate:
    from astrodynamics.probability.monte_carlo_kernels import count_hits  # noqa: PLC0415 - numba is imported when a kernel is first used

    factors, remediated = _factors(pair.covariances)
    key = np.uint64(settings.seed)

    def block(first: int) -> npt.NDArray[np.int64]:
        counts = np.zeros(3, dtype=np.int64)
        trials = min(_BLOCK, settings.maximum_trials - first)
        count_hits(pair.elements, factors, radius_km, window_s[0], window_s[1], key, first, trials, counts)
        return counts

    counts = np.zeros(3, dtype=np.int64)
    trials, wanted = 0, _BLOCK
    low, high, reached = 0.0, 1.0, False
    with ThreadPoolExecutor(settings.threads) as pool:
        while trials < settings.maximum_trials and not reached:
            wanted = min(wanted, settings.maximum_trials)
            counts += sum(pool.map(block, range(trials, wanted, _BLOCK)))
            trials = wanted
            hits = int(counts[0])
            low, high = clopper_pearson(hits, trials, settings.confidence)
            reached = hits > 0 and 0.5 * (high - low) <= settings.target_relative_error * hits / trials
            wanted = 2 * trials
    return MonteCarloEstimate(
        hits=int(counts[0]),
        initial_hits=int(counts[1]),
        entries=int(counts[2]),
        trials=trials,
        low=low,
        high=high,
        confidence=settings.confidence,
        window_begin_s=window_s[0],
        window_end_s=window_s[1],
        target_reached=reached,
        remediated=remediated,
        seed=settings.seed,
    )


def encounter_window_s(
    states: Array, covariances_km2: Array, hard_body_radius_km: float, shorter_period_s: float
) -> tuple[float, float]:
    """Return the window in which the trials of one encounter are watched, relative to the states.

    Twice Coppola's bounds about closest approach, at most half the shorter period to each side; half a period to each
    side where there are no bounds.
    """
    position, velocity = states[1, :3] - states[0, :3], states[1, 3:] - states[0, 3:]
    offset = float(tca_offset_s(position, velocity))
    covariance = covariances_km2[0, :3, :3] + covariances_km2[1, :3, :3]
    bounds = encounter_bounds_s(position + offset * velocity, velocity, covariance, hard_body_radius_km)
    begin, end = (float(bound) for bound in bounds)
    half = 0.5 * shorter_period_s
    offset = min(max(offset, -half), half)
    if not (math.isfinite(begin) and math.isfinite(end)):
        return offset - half, offset + half
    reach = _WINDOW_MARGIN * max(abs(begin), abs(end))
    return offset - min(reach, half), offset + min(reach, half)


def evaluate(encounters: StateEncounters, settings: MonteCarloSettings | None = None) -> Outcome:
    """Estimate of each encounter, one after the other; `details` hold a `MonteCarloEstimate`."""
    settings = settings or MonteCarloSettings()
    size = encounters.hard_body_radius_km.size
    probability = np.full(size, np.nan)
    open_orbit, no_hits, exhausted, remediated = (np.zeros(size, dtype=np.bool_) for _ in range(4))
    details: list[object] = []
    for i in range(size):
        states = np.array(
            [
                np.concatenate((encounters.position_1_km[i], encounters.velocity_1_km_s[i])),
                np.concatenate((encounters.position_2_km[i], encounters.velocity_2_km_s[i])),
            ]
        )
        covariances = np.array([encounters.covariance_1_km2[i], encounters.covariance_2_km2[i]])
        radius = float(encounters.hard_body_radius_km[i])
        pair = equinoctial_pair(states, covariances)
        if pair is None:
            open_orbit[i] = True
            details.append(None)
            continue
        window = encounter_window_s(states, covariances, radius, pair.shorter_period_s)
        estimate = _count(pair, radius, window, settings)
        probability[i] = estimate.probability
        no_hits[i], exhausted[i] = estimate.hits == 0, not estimate.target_reached
        remediated[i] = estimate.remediated
        details.append(estimate)
    return Outcome(
        probability,
        reasons={"orbit_not_closed": open_orbit, "no_hits": no_hits},
        flags={"trials_exhausted": exhausted, "covariance_remediated": remediated},
        details=tuple(details),
    )
